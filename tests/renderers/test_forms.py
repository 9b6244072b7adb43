"""The graph as files: pictures, paper, and text that other programs draw."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
from pathway.renderers.forms import ENDINGS, draw
from pathway.renderers.outline import dot_text, mermaid_text
from pathway.renderers.sheet import paper

from pathway.errors import DrawingError
from pathway.model.pathway import Pathway
from tests.renderers.drawings import PATHWAYS, pathway_of

needs_rsvg = pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="no rsvg-convert on this machine")


@needs_rsvg
@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".dot", b"digraph"),
        (".mmd", b"---\ntitle: "),
        (".bpmn", b"<?xml"),
    ],
)
def test_forms(suffix: str, start: bytes) -> None:
    assert suffix in ENDINGS
    assert draw(pathway_of("tia"), f"x{suffix}").startswith(start)


def test_another_ending_is_answered_with_those_that_there_are(stroke: Pathway) -> None:
    with pytest.raises(DrawingError) as refused:
        draw(stroke, "x.gif")
    assert refused.value.code == "PW532"
    assert all(ending in refused.value.message("nb") for ending in ENDINGS)


def test_without_other_programs_only_png_and_pdf_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for ending in (".png", ".pdf"):
        with pytest.raises(DrawingError) as refused:
            draw(pathway_of("tia"), f"x{ending}")
        assert "apt-get install librsvg2-bin" in refused.value.help("nb")
    for ending in (".svg", ".dot", ".mmd", ".bpmn"):
        assert draw(pathway_of("tia"), f"x{ending}")


@needs_rsvg
@pytest.mark.parametrize(("name", "sides"), [("stroke", (420, 297)), ("frail_elderly", (297, 420))])
def test_a_pdf_is_one_page_of_a3(name: str, sides: tuple[int, int]) -> None:
    pdf = draw(pathway_of(name), "x.pdf")
    inside = pdf + b"".join(_unpacked(stream) for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL))
    boxes = set(re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", inside))
    assert len(boxes) == 1
    (box,) = boxes
    assert [round(float(side) * 25.4 / 72) for side in box] == list(sides)


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream.strip(b"\r\n"))
    except zlib.error:
        return b""


def test_only_what_could_not_be_read_on_a3_gets_a_larger_sheet() -> None:
    assert paper(2000, 1400)[:2] == (420, 297)
    assert paper(1400, 2000)[:2] == (297, 420)
    wide, high, millimetres = paper(2600, 1800)
    assert (wide, high) == (594, 420)
    assert 11 * millimetres * 72 / 25.4 >= 6


@pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz on this machine")
@pytest.mark.parametrize("name", ["everything", "tia", "diabetes_foot"])
def test_graphviz_draws_the_dot_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.dot").write_text(dot_text(pathway_of(name), "en"), encoding="utf-8")
    made = subprocess.run(["dot", "-Tplain", "x.dot"], cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
    assert made.returncode == 0 and "syntax error" not in made.stderr
    nodes = {line.split()[1] for line in made.stdout.splitlines() if line.startswith("node ")}
    stages = list(pathway_of(name).stages)
    assert {f"stage{n}" for n in range(len(stages))} <= nodes
    edges = [line.split()[1:3] for line in made.stdout.splitlines() if line.startswith("edge ")]
    for place, stage in enumerate(pathway_of(name).stages.values()):
        for way in stage.transitions:
            if way.target is not None:
                assert [f"stage{place}", f"stage{stages.index(way.target)}"] in edges


@pytest.mark.parametrize("form", [dot_text, mermaid_text])
@pytest.mark.parametrize("name", [*PATHWAYS, "everything"])
def test_text_forms_say_every_stage_way_and_message(name: str, form: object) -> None:
    pathway = pathway_of(name)
    assert callable(form)
    written = form(pathway, "nb")
    for stage in pathway.stages.values():
        assert stage.title("nb") in written
    for rule in pathway.rules():
        if rule.kind == "send":
            assert pathway.messages[rule.message or ""].title("nb") in written


def test_mermaid_is_told_nothing_that_it_would_take_for_its_own() -> None:
    written = mermaid_text(pathway_of("everything"), "en")
    lines = written.splitlines()
    assert lines[3] == "flowchart LR"
    assert written.count("subgraph ") == sum(line == "  end" for line in lines)
    names = re.findall(r"^ +(\w+)(?:\[|\(|>)", written, re.MULTILINE)
    assert len(names) == len(set(names)) and "end" not in names
    quoted = re.findall(r'"([^"]*)"', written)
    assert all(quoted), "it takes no empty names"
    assert all("<" not in text.replace("<br/>", "") and "`" not in text for text in quoted)
    assert "Went home (otherwise)" in written and "Onward within 4 days after ready" in written
    ends = {name for line in lines for name in re.findall(r"^  (\w+) -.*?(?:\|\"[^\"]*\"\|)? (\w+)$", line) for name in name}
    assert ends <= set(names)
