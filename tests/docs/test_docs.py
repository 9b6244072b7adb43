"""What the documents show works as they show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pathway
from pathway.cli.command import Commands
from pathway.events.write import write_events
from pathway.simulation.county import county

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str, name: str = "") -> list[object]:
    found = []
    for document in DOCUMENTS:
        if name and document.name != name:
            continue
        for number, (kind, text) in enumerate(BLOCK.findall(document.read_text(encoding="utf-8"))):
            if kind == language:
                found.append(pytest.param(text, id=f"{document.name}-{number}"))
    return found


@pytest.mark.parametrize("text", blocks("pathway"))
def test_a_pathway_in_a_document_is_in_order_and_its_scenarios_hold(text: str) -> None:
    loaded = pathway.load(text, text=True)
    # What is noted is of local adaptations that lie beside a pathway which the text starts.
    problems = [problem.message() for problem in loaded.problems if problem.severity != "note"]
    assert problems == []
    assert loaded.format() == text
    results = loaded.test()
    assert results
    assert all(result.holds for result in results), [d.message() for result in results for d in result.differences]


@pytest.mark.parametrize("text", [*blocks("python", "embedding-en.md"), *blocks("python", "embedding-nb.md")])
def test_the_python_of_the_embedding_guide_runs(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(text, "embedding.md", "exec"), {})
    if "pseudonym-17" in text:
        assert "hjemme" in capsys.readouterr().out


def test_the_python_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_events(county(pathway.load("stroke").compiled, patients=20).events, tmp_path / "events.csv")
    for parameter in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        if parameter[0] == "python":
            exec(compile(parameter[1], "README.md", "exec"), {})
    assert (tmp_path / "report.html").is_file()
    assert "break_id" in capsys.readouterr().out


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


def test_every_command_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in Commands.names if f"pathway {name}" not in text]
