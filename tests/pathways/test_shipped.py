"""What every shipped pathway must be: free of mistakes, with scenarios that hold and limits that say where they come from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pathway import load as definition
from pathway.checks.table import risks
from pathway.language.format import formatted
from pathway.language.source import Source
from pathway.model.load import load, shipped
from pathway.model.pathway import Pathway
from pathway.tracking.coverage import coverage

LIBRARY = Path(__file__).parents[2] / "pathways"
LIMITS = Path(__file__).parents[3] / "shared" / "content" / "limits.csv"


def _loaded(name: str) -> Pathway:
    loaded = load(name)
    assert [f"{d.code} {d.message()}" for d in loaded.problems if d.severity == "error"] == []
    assert loaded.pathway is not None
    return loaded.pathway


def test_every_folder_is_shipped() -> None:
    folders = {folder.name for folder in LIBRARY.iterdir() if folder.is_dir() and not folder.name.startswith(("_", "."))}
    assert folders == set(shipped())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_no_mistakes_and_no_unanswered_risk(name: str) -> None:
    pathway = _loaded(name)
    if pathway.kind == "pathway":
        assert [f"{d.code} {d.message()}" for d in risks(pathway) if d.severity == "risk" or d.code == "PW330"] == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_all_that_people_read_has_titles_in_norwegian_and_english(name: str) -> None:
    pathway = _loaded(name)
    groups = ("parties", "events", "messages", "resources", "facts", "conditions", "bands", "handovers", "stages", "indicators")
    named = [each for group in groups for each in getattr(pathway, group).values()]
    named += [element for message in pathway.messages.values() for element in message.contains]
    for fact in pathway.facts.values():
        named += [fact.type.called[value] for value in fact.type.values if value in fact.type.called]
        assert [value for value in fact.type.values if value not in fact.type.called] == [], fact.name
    assert [f"{each.name}: {language}" for each in named for language in ("nb", "en") if language not in each.titles] == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_its_scenarios_hold(name: str) -> None:
    """With the pathways that it starts, as `pathway test` tells them."""
    if _loaded(name).kind == "pathway":
        results = definition(name).test()
        assert len(results) >= 5
        assert {r.title: [d.message() for d in r.differences] for r in results if not r.holds} == {}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_its_scenarios_touch_every_rule_and_every_way(name: str) -> None:
    pathway = _loaded(name)
    if pathway.kind == "pathway":
        found = coverage(pathway, definition(name).test())
        assert [(part.part, part.name, part.place and part.place.line) for part in found.untouched] == []
        assert found.percent == 100


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_limit_that_makes_breaks_has_a_checked_source(name: str) -> None:
    pathway = _loaded(name)
    rules = [*pathway.rules(), *(rule for handover in pathway.handovers.values() for rule in handover.rules)]
    for rule in rules:
        if rule.breaks and (rule.timing or rule.frequency):
            assert rule.standing.source in pathway.sources, rule.name
            assert pathway.sources[rule.standing.source].checked is not None, rule.name


@pytest.mark.parametrize("name", sorted(shipped()))
def test_it_has_a_page_for_readers_who_are_not_programmers(name: str) -> None:
    page = (shipped()[name].parent / "README.md").read_text(encoding="utf-8")
    assert "**Kilder:**" in page or "**Kilde" in page
    assert "**In English.**" in page


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.pathway")), ids=lambda path: path.stem)
def test_every_file_is_in_the_one_style(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert formatted(Source(path.name, text)).text == text, "pathway fmt pathways"


@pytest.mark.skipif(not LIMITS.is_file(), reason="the list of limits with their standing is not part of the project")
def test_no_limit_from_memory_is_active() -> None:
    """Limits marked M in the list of facts may only be `proposed`: none of their ids or titles is the label of an active rule."""
    remembered = {row["id"] for row in csv.DictReader(LIMITS.open(encoding="utf-8"), delimiter=";") if row["mark"] == "M"}
    assert remembered
    for name in shipped():
        active = {rule.label for rule in _loaded(name).rules() if rule.breaks}
        assert not active & remembered


def test_bokmål_names_of_the_library_work() -> None:
    stroke = _loaded("stroke")
    assert {"discharge_summary", "early_notice"} <= {rule.message for rule in stroke.rules()}
