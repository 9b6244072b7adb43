"""Every rule of the semantics told by scenarios: `rules/*.pathway`, whose titles name the rule that they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.tracking.scenarios import ScenarioResult, run_scenarios

FILES = sorted((Path(__file__).parent / "rules").glob("*.pathway"))
TESTS = [file for file in sorted(Path(__file__).parent.glob("test_*.py")) if file != Path(__file__)]


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


def test_each_rule_has_a_scenario_or_a_test_of_its_own() -> None:
    scenarios = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
    titles = {line.split('"')[1].split(":")[0] for line in scenarios if line.startswith("scenario")}
    written = " ".join(file.read_text(encoding="utf-8") for file in TESTS)
    rules = [f"{letter}{n}" for letter, last in (("T", 3), ("E", 7), ("P", 7), ("O", 15)) for n in range(1, last + 1)]
    assert [
        rule
        for rule in rules
        if rule not in titles and f"test_{rule.lower()}_" not in written and f'"""{rule}: ' not in written
    ] == []
