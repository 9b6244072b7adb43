"""The local adaptations that come with the pathways: free of mistakes and unanswered risks, in force for their own, and held by
their scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathway.checks.table import risks
from pathway.machine.compile import compile_pathway
from pathway.model.changes import Change
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.tracking.scenarios import run_scenarios

LIBRARY = Path(__file__).parents[2] / "pathways"
FILES = sorted(LIBRARY.glob("*/adaptations/*.pathway"))


def _adapted(path: Path) -> Pathway:
    loaded = load(path)
    assert [f"{d.code} {d.message()}" for d in loaded.problems if d.severity == "error"] == []
    assert loaded.pathway is not None
    return loaded.pathway


def _id(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def _changes(pathway: Pathway, kind: str) -> dict[str, Change]:
    return {change.before.name: change for change in pathway.changes if change.kind == kind and change.before is not None}


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_no_unanswered_risk(path: Path) -> None:
    found = risks(_adapted(path))
    assert [f"{d.code} {d.message()}" for d in found if d.severity == "risk" or d.code == "PW330"] == []


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_its_scenarios_hold(path: Path) -> None:
    results = run_scenarios(compile_pathway(_adapted(path)))
    assert results
    assert {r.title: [d.message() for d in r.differences] for r in results if not r.holds} == {}


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_it_says_who_the_units_are_and_why_it_changes_anything(path: Path) -> None:
    pathway = _adapted(path)
    assert len(pathway.units) >= 4
    assert all(change.because for change in pathway.changes if change.kind in ("tighten", "loosen", "drop", "not_offered"))


@pytest.mark.parametrize("name", ["stroke", "frail_elderly"])
def test_they_are_editions_of_the_national_pathway(name: str) -> None:
    editions = [edition.adaptation for edition in load(name).editions]
    assert editions == [_adapted(path).adaptation for path in FILES if path.parent.parent.name == name]


def test_a_small_municipality_says_what_it_lacks() -> None:
    frail = _adapted(LIBRARY / "frail_elderly" / "adaptations" / "ytterlia.pathway")
    stroke = _adapted(LIBRARY / "stroke" / "adaptations" / "ytterlia.pathway")
    assert set(frail.not_offered) == {"kad_seng"}
    assert set(stroke.not_offered) == {"slagteam_oppfølging"}
    assert set(_changes(stroke, "loosen")) == {"besøk", "trening"}


def test_flora_is_written_in_nynorsk() -> None:
    flora = LIBRARY / "stroke" / "adaptations" / "flora.pathway"
    assert _adapted(flora).language == "nn"
    said = flora.read_text(encoding="utf-8")
    assert "heim" in said and " ikke " not in said and "kommunen" in said
