"""The live tracker gives the story that is told anew from the same events, whatever order they come in and whenever it is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.model.expressions import EventRef
from pathway.model.pathway import Enter, Pathway, Stage, Start
from pathway.tracking.live import Live
from pathway.tracking.tell import tell
from tests.drawn.logs import logs
from tests.drawn.pathways import pathways
from tests.drawn.world import LAST, START, STEP, WORLD


@given(pathways(), logs(), st.data())
def test_live_is_what_is_told_anew(pathway: Pathway, log: list[Event], data: st.DataObject) -> None:
    compiled = compile_pathway(pathway)
    _same(Live(compiled, "someone"), compiled, _arriving(log, data), data)


@given(pathways(), pathways(), logs(), st.data())
def test_live_with_a_pathway_that_starts_another(
    parent: Pathway, child: Pathway, log: list[Event], data: st.DataObject
) -> None:
    compiled = compile_pathway(_starting(parent, data), started={"child": compile_pathway(_named_child(child))})
    _same(Live(compiled, "someone"), compiled, _arriving(log, data), data)


def _same(live: Live, compiled, log: list[Event], data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    ahead = data.draw(st.sampled_from([0, 0, 3, 12])) * STEP
    for number, event in enumerate(log, 1):
        live.add(event)
        if data.draw(st.integers(0, 3)):
            as_of = max(e.occurred for e in log[:number]) + ahead
            assert live.story(as_of) == tell(compiled, log[:number], as_of=as_of)
            assert live.breaks(as_of) == list(tell(compiled, log[:number], as_of=as_of).breaks)
    for as_of in (LAST, START + 10 * STEP):
        assert live.story(as_of) == tell(compiled, log, as_of=as_of)
        assert live.stage(as_of) == tell(compiled, log, as_of=as_of).stage
        assert live.next_due(as_of) == tell(compiled, log, as_of=as_of).next_due


def _arriving(log: list[Event], data: st.DataObject) -> list[Event]:
    """Often in the order of time, sometimes nearly so, sometimes in none. What is retracted is for who keeps the events."""
    log = [event for event in log if event.until is None]
    match data.draw(st.sampled_from(["time", "nearly", "none"])):
        case "time":
            return sorted(log, key=lambda event: event.occurred)
        case "nearly":
            late = data.draw(st.lists(st.integers(0, 2), min_size=len(log), max_size=len(log)))
            return [event for _, event in sorted(zip(late, log, strict=True), key=lambda p: p[1].occurred + p[0] * 3 * STEP)]
    return log


def _starting(parent: Pathway, data: st.DataObject) -> Pathway:
    """The pathway, with a stage of it and one of its transitions starting another."""
    stages = dict(parent.stages)
    name = data.draw(st.sampled_from(["one", "two", "three"]))
    stage = stages[name]
    event = data.draw(st.sampled_from([entry.on[0] for entry in parent.enters] + [w.on[0] for w in stage.transitions if w.on]))
    ways = tuple(
        way.model_copy(update={"starts": (Start(pathway="child"),)}) if number == 0 else way
        for number, way in enumerate(stage.transitions)
    )
    stages[name] = stage.model_copy(update={"starts": (Start(pathway="child", on=(event,)),), "transitions": ways})
    return parent.model_copy(update={"stages": stages})


def _named_child(child: Pathway) -> Pathway:
    never = Enter(stage="one", on=(child.enters[0].on[0],), when=child.enters[0].when)
    return child.model_copy(update={"name": "child", "enters": (never,)})


def test_a_past_day_of_a_long_story_that_was_let_go_of() -> None:
    """What came after the day that is asked for is not taken with what came before it."""
    come = EventRef(name="a")
    stages = {"one": Stage(name="one")}
    pathway = Pathway(
        name="long", version="1", **WORLD, enters=(Enter(stage="one", on=(come,)),), stages=stages,
        throughout=Stage(name="throughout"),
    )  # fmt: skip
    compiled = compile_pathway(pathway)
    log = [Event(id=f"{n:02}", patient="someone", name="a", occurred=START + n * STEP) for n in range(5, 45)]
    live = Live(compiled, "someone")
    for event in log:
        live.add(event)
    live.rest()
    assert live.story(START) == tell(compiled, log, as_of=START)
    assert live.stage(START) is None
