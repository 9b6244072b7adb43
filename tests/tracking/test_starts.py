"""P2: one pathway starts another for the same patient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration
from pathway.model.calendar import to_instant
from pathway.model.expressions import Compare, EventRef, FactValue
from pathway.model.load import load
from pathway.model.pathway import Pathway, Start, Transition
from pathway.model.rules import Anchor
from pathway.tracking.live import Live
from pathway.tracking.tell import Story, tell
from tests.replay.pairs import by_kernel, by_tracker

STROKE = """pathway stroke "Stroke"
    version 1

party ward "Ward" level specialist

event arrived "Arrived"
event discharged "Discharged"
event checked "Checked"

about patient
    fact frail yes or no

enter unit on arrived

stage unit "Unit" by ward
    then home on discharged

stage home "Home" by ward
    check: expect checked within 30 days after discharged
    then over on checked

end over "Over"
"""
FRAIL = """pathway frail "Frail elderly"
    version 7

party nurse "Nurse" level municipal

event discharged "Discharged"
event referred "Referred"
event visited "Visited"

about patient
    fact elsewhere yes or no

enter weeks on discharged when elsewhere
enter planned on referred
unsuited when elsewhere because "Cared for elsewhere"

stage planned "Planned" by nurse
    then weeks on visited

stage weeks "First weeks" by nurse
    visit: expect visited within 3 days after discharged
    then done on visited

end done "Done"
"""
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _pathway(text: str) -> Pathway:
    found = load(text, text=True)
    assert not found.problems.errors
    assert found.pathway is not None
    return found.pathway


def _compiled(*, under: bool = False, by_time: bool = False, when: bool = False) -> Compiled:
    """Stroke starts frail elderly: at discharge from the unit, beneath the way home, or ten days after discharge."""
    stroke = _pathway(STROKE)
    condition = Compare(op="==", left=FactValue(fact="frail"), right=True) if when else None
    unit, home = stroke.stages["unit"], stroke.stages["home"]
    (way,) = unit.transitions
    if by_time:
        later = Transition(
            target="over",
            after=Duration(amount=10, unit="day"),
            anchor=Anchor(events=(EventRef(name="discharged"),)),
            starts=(Start(pathway="frail"),),
        )
        home = home.model_copy(update={"transitions": (*home.transitions, later)})
    elif under:
        way = way.model_copy(update={"starts": (Start(pathway="frail", when=condition),)})
        unit = unit.model_copy(update={"transitions": (way,)})
    else:
        unit = unit.model_copy(update={"starts": (Start(pathway="frail", on=(EventRef(name="discharged"),), when=condition),)})
    stroke = stroke.model_copy(update={"stages": {**stroke.stages, "unit": unit, "home": home}})
    return compile_pathway(stroke, started={"frail": compile_pathway(_pathway(FRAIL))})


def _story(compiled: Compiled, *told: tuple[str, float, dict[str, bool]], days: float = 20) -> Story:
    events = [
        Event(str(number), "someone", name, to_instant(START + timedelta(days=day)), facts=facts)
        for number, (name, day, facts) in enumerate(told)
    ]
    as_of = to_instant(START + timedelta(days=days))
    live = Live(compiled, "someone")
    for event in reversed(events):
        live.add(event)
        live.breaks(event.occurred)
    story = tell(compiled, events, as_of=as_of)
    assert live.story(as_of) == story
    return story


def _courses(story: Story) -> list[tuple[str, str, str | None]]:
    return [(e.pathway, e.stage, e.started_by) for e in story.episodes]


def test_the_starting_event_is_the_others_enter_event() -> None:
    for under in (False, True):
        story = _story(_compiled(under=under), ("arrived", 0, {}), ("discharged", 5, {}))
        assert _courses(story) == [("stroke", "home", None), ("frail", "weeks", "stroke")]
        assert [(b.pathway, b.rule, b.subtype) for b in story.breaks] == [("frail", "visit", "missing")]
        assert story.stage == "home"


def test_a_condition_that_does_not_hold_starts_nothing_and_an_unknown_one_is_counted() -> None:
    for under in (False, True):
        compiled = _compiled(under=under, when=True)
        assert len(_story(compiled, ("arrived", 0, {"frail": True}), ("discharged", 5, {})).episodes) == 2
        assert len(_story(compiled, ("arrived", 0, {"frail": False}), ("discharged", 5, {})).episodes) == 1
        unknown = _story(compiled, ("arrived", 0, {}), ("discharged", 5, {}))
        assert (len(unknown.episodes), unknown.entry_unknown) == (1, 2), "the start, and the way in of its own"


def test_one_that_is_open_is_not_started_again() -> None:
    story = _story(_compiled(), ("referred", 1, {}), ("arrived", 2, {}), ("discharged", 5, {}))
    assert _courses(story) == [("stroke", "home", None), ("frail", "planned", None)]


def test_unsuited_is_tried_first() -> None:
    story = _story(_compiled(), ("arrived", 0, {"elsewhere": True}), ("discharged", 5, {}))
    (_, frail) = story.episodes
    assert (frail.individual_course, frail.started_by) == ("Cared for elsewhere", "stroke")
    assert story.breaks == ()


def test_a_transition_by_time_starts_it_when_its_instant_is_over() -> None:
    story = _story(_compiled(by_time=True), ("arrived", 0, {}), ("discharged", 5, {}))
    stroke, frail = story.episodes
    assert _courses(story) == [("stroke", "over", None), ("frail", "weeks", "stroke")]
    assert frail.entered_at == stroke.ended_at


def test_an_event_that_some_pathway_took_up_is_not_counted_as_idle() -> None:
    story = _story(
        _compiled(), ("arrived", 0, {}), ("discharged", 5, {}), ("visited", 6, {}), ("referred", 7, {}), ("referred", 8, {})
    )
    assert story.not_taken_up == {("home", "referred"): 1}, "the first opened a course, the second was idle everywhere"


def test_a_date_starts_it_whatever_its_place_in_the_day_is_there() -> None:
    """It comes into the first pathway, so that it is first in its day there; it is none to come in by in the other."""
    stroke = _pathway(STROKE)
    start = Start(pathway="frail", on=(EventRef(name="arrived"),))
    stroke = stroke.model_copy(
        update={"stages": {**stroke.stages, "unit": stroke.stages["unit"].model_copy(update={"starts": (start,)})}}
    )
    compiled = compile_pathway(stroke, started={"frail": compile_pathway(_pathway(FRAIL))})
    day = compiled.calendar.start(START.date())
    arrived = Event("0", "someone", "arrived", day, date_only=True)
    story = tell(compiled, [arrived], as_of=to_instant(START + timedelta(days=1)))
    assert _courses(story) == [("stroke", "unit", None), ("frail", "weeks", "stroke")]
    patients = {"someone": [arrived]}
    found = [each(compiled, patients, to_instant(START + timedelta(days=1)), receipts=True) for each in (by_kernel, by_tracker)]
    assert found[0] == found[1]
