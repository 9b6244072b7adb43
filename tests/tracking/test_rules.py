"""Every rule of the semantics told by scenarios: `rules/*.pathway`, whose titles name the rule that they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.tracking.scenarios import ScenarioResult, run_scenarios

FILES = sorted((Path(__file__).parent / "rules").glob("*.pathway"))


def _results() -> list[ScenarioResult]:
    found = []
    for file in FILES:
        loaded = load(file)
        assert loaded.pathway is not None
        assert [problem.message() for problem in loaded.problems] == []
        found += [
            pytest.param(result, id=f"{file.stem}: {result.title}") for result in run_scenarios(compile_pathway(loaded.pathway))
        ]
    return found


@pytest.mark.parametrize("result", _results())
def test_scenario_holds(result: ScenarioResult) -> None:
    assert [f"line {d.span.line if d.span else 0}: {d.message()}" for d in result.differences] == []


def test_each_rule_of_obligations_and_position_has_a_scenario() -> None:
    titles = " ".join(line for file in FILES for line in file.read_text().splitlines() if line.startswith("scenario"))
    for rule in (
        "O1",
        "O2",
        "O3",
        "O4",
        "O5",
        "O6",
        "O7",
        "O8",
        "O9",
        "O11",
        "O12",
        "O14",
        "O15",
        "P1",
        "P3",
        "P5",
        "P6",
        "T2",
        "T3",
        "E4",
        "E5",
    ):
        assert f"{rule}:" in titles, rule
