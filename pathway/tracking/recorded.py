"""A scenario made from a patient's events: what happened, moved to other days and without the patient, and what then holds.

A scenario says less than a log: minutes are its finest time, and it has no units, corrections or free text. So what holds is
told of the scenario itself, and `Recorded.faithful` says whether the log tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import BaseModel

from pathway.errors import PathwayError
from pathway.events.event import Event, Instant
from pathway.language.texts import texts_of
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime, to_instant
from pathway.model.expressions import EventRef, Value
from pathway.model.pathway import Check, Pathway, Scenario, Status, Step
from pathway.model.rules import Basis, Rule
from pathway.tracking.scenario_text import scenario_text
from pathway.tracking.scenarios import events_of
from pathway.tracking.tell import Story, tell

_FIRST_MONDAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scenario, its text in the pathway's language, and how many of the patient's events it cannot say."""

    scenario: Scenario
    text: str
    left_out: int
    faithful: bool
    """Whether stage, breaks and next deadline are those of the log."""


def record(
    compiled: Compiled,
    events: Iterable[Event],
    as_of: Instant,
    *,
    title: str | None = None,
    first_day: date | None = None,
    receipts: bool = True,
) -> Recorded:
    """Make a scenario of one patient's settled events up to a time.

    All dates are moved together, so that the first event is on `first_day`; by default on the same day of the week in the
    first week of 2026 (or of the pathway's validity). What no rule or condition asks for is left out, and so are the reasons
    that people wrote: neither should be known of a patient. Raises `PathwayError` where there is no event.
    """
    told = [event for event in events if event.until is None and event.occurred <= as_of]
    told.sort(key=lambda event: (event.occurred, event.id.encode()))
    if not told:
        raise PathwayError("PW609")
    words = texts_of("sentences")["recorded"]
    language = compiled.pathway.language
    title = title or words["title"][language]
    maker = _Maker(compiled, told, first_day, words["because"][language])
    steps = [step for event in told if (step := maker.step(event)) is not None]
    facts, steps = _facts_first(steps)
    at = maker.moved(as_of)
    story = tell(compiled, events_of(Scenario(title=title, facts=facts, steps=tuple(steps))), as_of=to_instant(at))
    checks = tuple(_checks(compiled, story))
    scenario = Scenario(title=title, facts=facts, steps=tuple(steps), statuses=(Status(at=at, checks=checks),))
    truth = tell(compiled, told, as_of=as_of, receipts=receipts)
    return Recorded(
        scenario=scenario,
        text=scenario_text(scenario, compiled.pathway, compiled.calendar),
        left_out=len(told) - len(steps),
        faithful=_gist(truth) == _gist(story),
    )


class _Maker:
    """Makes the lines of one patient's scenario."""

    def __init__(self, compiled: Compiled, events: list[Event], first_day: date | None, because: str) -> None:
        self.pathway = compiled.pathway
        self.calendar = compiled.calendar
        self.because = because
        first = self.calendar.day(events[0].occurred)
        self.by = (first_day or _same_weekday(first, self.pathway)) - first
        self.rules = {rule.name for rule in self.pathway.rules()} | set(self.pathway.stages)
        self.asked = _asked_for(self.pathway)
        self.names = {*self.pathway.events, *self.pathway.messages, *self.pathway.resources}

    def moved(self, instant: Instant) -> datetime:
        """An instant on its other day, to the minute; the end of a day stays the end of a day."""
        day = self.calendar.day(instant)
        if instant == self.calendar.end(day):
            return to_datetime(self.calendar.end(day + self.by))
        clock = self.calendar.local(instant).time().replace(second=0, microsecond=0)
        return self._at(day, clock)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day + self.by, clock, self.calendar.zone)

    def step(self, event: Event) -> Step | None:
        """An event as a line; None for one that the pathway has no line for."""
        day = self.calendar.day(event.occurred)
        at = self._at(day, time()) if event.date_only else self.moved(event.occurred)
        fields: dict[str, Any] = {"at": at, "date_only": event.date_only}
        if event.deviation is not None:
            if event.deviation not in self.rules:
                return None
            fields |= {"deviation": event.deviation, "because": self.because}
            if event.deviation_until is not None:
                until = self.calendar.day(event.deviation_until)
                fields["until"] = to_datetime(self.calendar.end(until + self.by))
            recorded = None if event.recorded is None else self.moved(event.recorded)
            if recorded is not None and recorded > at:
                fields["recorded"] = recorded
            return Step(**fields)
        if event.name not in self.names:
            return None  # another pathway's, that this one starts
        parties = self.pathway.parties
        fields["event"] = EventRef(name=event.name, phase=event.phase)
        for name, party in (("party", event.party), ("sender", event.sender), ("receiver", event.receiver)):
            fields[name] = party if party in parties else None
        if event.name in self.pathway.messages:
            declared = {element.name for element in self.pathway.messages[event.name].contains}
            fields["elements"] = tuple(name for name in event.elements or () if name in declared) or None
        if event.amount is not None and event.amount >= 0:
            fields["amount"] = round(event.amount, 6)
        fields["facts"] = {name: value for name, told in event.facts.items() if (value := self._value(name, told)) is not None}
        return Step(**fields)

    def _value(self, name: str, value: Value) -> Value | None:
        if name not in self.asked:
            return None
        if isinstance(value, date):
            return value + self.by
        if isinstance(value, float):
            value = round(value, 6)
        return None if isinstance(value, int | float) and value < 0 else value


def _same_weekday(first: date, pathway: Pathway) -> date:
    """The same day of the week in a week that has nothing to do with the patient, with the pathway in force."""
    monday, valid = _FIRST_MONDAY, pathway.valid
    if valid.end is not None and valid.end < monday:
        monday = valid.start or valid.end - timedelta(days=365)
    if valid.start is not None and valid.start > monday:
        monday = valid.start
    monday += timedelta(days=-monday.weekday() % 7)
    return monday + timedelta(days=first.weekday())


def _asked_for(pathway: Pathway) -> set[str]:
    """The facts that some condition or rule of the pathway asks for."""
    found: set[str] = set()
    coming: list[object] = [pathway]
    while coming:
        part = coming.pop()
        found.add(getattr(part, "fact", None) or "")
        if isinstance(part, Basis) and part.kind == "fact":
            found.add(part.name)
        elif isinstance(part, Rule) and part.answer_fact is not None:
            found.add(part.answer_fact)
        if isinstance(part, BaseModel):
            coming.extend(value for _, value in part)
        elif isinstance(part, dict):
            coming.extend(part.values())
        elif isinstance(part, tuple):
            coming.extend(part)
    return found & set(pathway.facts)


def _facts_first(steps: list[Step]) -> tuple[dict[str, Value], list[Step]]:
    """What the first event tells stands in the line about the patient."""
    if not steps or not steps[0].facts:
        return {}, steps
    return steps[0].facts, [steps[0].model_copy(update={"facts": {}}), *steps[1:]]


def _checks(compiled: Compiled, story: Story) -> Iterator[Check]:
    """What holds: the stage, each break, that there is no other, and the next deadline."""
    own = compiled.pathway.name
    if story.stage is not None:
        yield Check(kind="stage", name=story.stage)
    breaks = dict.fromkeys((b.kind, b.subtype, b.rule) for b in story.breaks if b.pathway == own)
    for kind, subtype, rule in breaks:
        yield Check(kind="break", break_kind=kind, subtype=subtype, name=rule)
    if all(found.pathway == own for found in story.breaks):  # those of another pathway have no name here
        yield Check(kind="no_other_break" if breaks else "no_break")
    waiting = [(o.due_at, o.rule) for o in story.obligations if o.pathway == own and o.outcome == "waiting" and o.due_at]
    if waiting:
        due, rule = min(waiting)
        calendar = compiled.calendar
        day = calendar.day(due)
        if due == calendar.end(day):
            yield Check(kind="next_deadline", name=rule, due=datetime.combine(day, time(), calendar.zone), date_only=True)
        else:
            yield Check(kind="next_deadline", name=rule, due=calendar.local(due).replace(second=0, microsecond=0))


def _gist(story: Story) -> tuple[object, ...]:
    """What a scenario says of a story, without its times."""
    breaks = sorted((b.rule, b.kind, b.subtype, b.open) for b in story.breaks)
    return story.stage, breaks, story.next_due[1] if story.next_due else None
