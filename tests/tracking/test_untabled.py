"""What no table holds: how conditions were judged (once for each rule and anchor, and again when it turned out otherwise), and the
deadline to come."""

from __future__ import annotations

from datetime import date

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.model.calendar import calendar_for
from pathway.model.load import load
from pathway.tracking.course import Course
from pathway.tracking.tell import story_of, told_courses

TEXT = """pathway unit "Unit"
    version 1

party ward "Ward" level specialist

event arrived "Arrived"
event asked "Asked"
event seen "Seen"
event left "Left"
event weighed "Weighed"

about patient
    fact age number years

enter here on arrived

stage here "Here" by ward
    old: expect seen within 2 days after asked when age >= 65 years each
    young: expect seen within 3 days after asked when age < 65 years each
    asked_at_all: expect asked within 1 day after arrived
    gone: expect left within 9 days after arrived
    gone_once: expect left
    often: expect seen at least 1 time per week when age >= 65 years
    no limit because "None"
"""
_HOUR = 3_600_000_000
_START = 1_772_442_000_000_000


def _courses(until: int, *, tracing: bool = True) -> list[Course]:
    """The story up to and with an hour."""
    pathway = load(TEXT, text=True).pathway
    assert pathway is not None
    said = [("arrived", {}), ("asked", {}), ("asked", {}), ("weighed", {}), ("weighed", {"age": 70}), ("weighed", {"age": 70})]
    events = [
        Event(id=str(hour), patient="someone", name=name, occurred=_START + hour * _HOUR, facts=facts)
        for hour, (name, facts) in enumerate(said)
    ]
    return told_courses(compile_pathway(pathway), events, as_of=_START + until * _HOUR, receipts=True, tracing=tracing)


def _judged(*, tracing: bool = True) -> list[tuple[str, str, bool | None]] | None:
    (course,) = _courses(900, tracing=tracing)
    kept = course.patient.judged
    return None if kept is None else [(judged.rule.rule.name, judged.anchor.root, judged.holds) for judged in kept]


def test_a_condition_is_kept_for_each_anchor_and_as_it_turned_out() -> None:
    assert _judged() == [
        ("often", "0", None),
        ("old", "1", None),
        ("young", "1", None),
        ("old", "2", None),
        ("young", "2", None),
        ("old", "1", True),
        ("young", "1", False),
        ("old", "2", True),
        ("young", "2", False),
        ("often", "0", True),
    ]


def test_nobody_asked() -> None:
    assert _judged(tracing=False) is None


def test_the_next_deadline_is_of_what_waits_and_is_known_to_apply() -> None:
    days = calendar_for("Europe/Oslo", "NO")
    told = [story_of(_courses(hours), _START + hours * _HOUR).next_due for hours in (3, 5)]
    assert told == [(days.end(date(2026, 3, 9)), "often"), (days.end(date(2026, 3, 4)), "old")]
