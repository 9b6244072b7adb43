"""Any patient's events in any pathway make a scenario that says what was written, and holds."""

from __future__ import annotations

from hypothesis import assume, given

from pathway.events.event import Event
from pathway.language.diagnostics import Problems
from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.machine.compile import compile_pathway
from pathway.model.conditions import Conditions
from pathway.model.pathway import Pathway, Scenario
from pathway.model.scenarios import Scenes
from pathway.model.scope import Scope
from pathway.tracking.recorded import record
from pathway.tracking.scenarios import run
from tests.drawn.logs import logs
from tests.drawn.pathways import pathways
from tests.drawn.world import LAST


def read(text: str, pathway: Pathway) -> tuple[Scenario, list[str]]:
    """A scenario as a file of a drawn pathway would hold it, and what is wrong with it."""
    tree, problems = parse(Source("<text>", text))
    scope = Scope(Problems())
    for kind, names in {
        "event": pathway.events, "message": pathway.messages, "resource": pathway.resources, "party": pathway.parties,
        "fact": pathway.facts, "stage": pathway.stages,
    }.items():  # fmt: skip
        for name in names:
            scope.declare(kind, name, None)  # type: ignore[arg-type]
    scene = Scenes(scope, Conditions(scope, pathway.facts, {}), pathway).build(tree.lines[0])
    return scene, [problem.message("en") for problem in (*problems, *scope.problems)]


@given(pathways(), logs())
def test_what_was_recorded_is_read_as_it_was_meant_and_holds(pathway: Pathway, log: list[Event]) -> None:
    compiled = compile_pathway(pathway)
    log = [event for event in log if event.until is None]
    assume(log)
    made = record(compiled, log, LAST)
    scenario, wrong = read(made.text, compiled.pathway)
    assert wrong == []
    assert scenario.model_dump() == made.scenario.model_dump()
    result = run(compiled, scenario)
    assert [difference.message("en") for difference in result.differences] == []
