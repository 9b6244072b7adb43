"""One patient, live: events are recorded as they come, and the story is told from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from pathway.api.moments import Moment, instant_of, is_whole_day
from pathway.errors import EventsError
from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Phase
from pathway.model.calendar import to_datetime
from pathway.model.expressions import Value
from pathway.model.pathway import Fact
from pathway.model.scope import nearest
from pathway.tracking.records import BreakRecord
from pathway.tracking.tell import Story, tell


class Patient:
    """A patient in a pathway. Events may come in any order: the story is that of their times (E3)."""

    def __init__(self, compiled: Compiled, patient: str) -> None:
        self._compiled = compiled
        self._events: list[Event] = []
        self.patient = patient

    def record(
        self,
        event: str,
        *,
        at: Moment,
        by: str | None = None,
        sender: str | None = None,
        receiver: str | None = None,
        contains: Iterable[str] | None = None,
        amount: float | None = None,
        recorded: Moment | None = None,
        facts: Mapping[str, Value] | None = None,
        **more_facts: Value,
    ) -> Event:
        """Record an event that the pathway declares, or a phase of a message or a resource (`"discharge_summary sent"`).

        `at` is when it happened: an aware `datetime`, a `date` when only that is known, or an ISO text. `by` is the party
        or unit it came from. Other keywords are facts that it told (`diagnosis="I63.9"`), or `facts` where a name is taken.
        Raises `EventsError` for what the pathway does not know.
        """
        name, phase = self._known(event)
        calendar = self._compiled.calendar
        whole_day = is_whole_day(at)
        occurred = instant_of(at, calendar)
        made = Event(
            id=f"{len(self._events) + 1:08}",
            patient=self.patient,
            name=name,
            occurred=calendar.start(calendar.day(occurred)) if whole_day else occurred,
            phase=phase,
            date_only=whole_day,
            recorded=None if recorded is None else instant_of(recorded, calendar),
            party=by if by in self._compiled.pathway.parties else None,
            unit=None if by in self._compiled.pathway.parties else by,
            sender=sender,
            receiver=receiver,
            elements=None if contains is None else tuple(contains),
            amount=amount,
            facts={key: self._fact(key, value) for key, value in {**(facts or {}), **more_facts}.items()},
        )
        self._events.append(made)
        return made

    def story(self, as_of: Moment | None = None, known_at: Moment | None = None) -> Story:
        """Episodes, obligations and breaks as of a time; by default that of the latest event."""
        calendar = self._compiled.calendar
        known = None if known_at is None else instant_of(known_at, calendar)
        return tell(self._compiled, self._events, as_of=self._until(as_of), known_at=known)

    @property
    def stage(self) -> str | None:
        """Where the patient is after the latest event; None while in no episode."""
        return self.story().stage

    @property
    def next_due(self) -> tuple[datetime, str] | None:
        """The next deadline (in UTC) and the name of its rule."""
        due = self.story().next_due
        return None if due is None else (to_datetime(due[0]), due[1])

    def breaks(self, as_of: Moment | None = None) -> list[BreakRecord]:
        """The breaks there are as of a time; by default that of the latest event."""
        return list(self.story(as_of).breaks)

    def _until(self, as_of: Moment | None) -> Instant:
        if as_of is not None:
            return instant_of(as_of, self._compiled.calendar)
        days = self._compiled.calendar
        return max((days.end(days.day(e.occurred)) if e.date_only else e.occurred for e in self._events), default=0)

    def _known(self, event: str) -> tuple[str, Phase | None]:
        pathway = self._compiled.pathway
        name, _, phase = event.partition(" ")
        if not phase and name in pathway.events:
            return name, None
        if (name in pathway.messages and phase in MESSAGE_PHASES) or (name in pathway.resources and phase in RESOURCE_PHASES):
            return name, phase
        near = nearest(name, [*pathway.events, *pathway.messages, *pathway.resources])
        raise EventsError("PW515", suggestion=near, name=event)

    def _fact(self, name: str, value: Value) -> Value:
        fact = self._compiled.pathway.facts.get(name)
        if fact is None:
            raise EventsError("PW516", suggestion=nearest(name, self._compiled.pathway.facts), name=name)
        wrong = _wanted(fact, value)
        if wrong is not None:
            raise EventsError("PW517", name=name, value=value, wanted=wrong)
        return value


def _wanted(fact: Fact, value: Any) -> dict[str, str] | None:
    """What a fact's value must be, in words, when this one is not."""
    kind = fact.type
    match kind.kind:
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return {"en": "a number", "nb": "et tall", "nn": "eit tal"}
            low, high = kind.minimum, kind.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                shown = partial("{:g}".format)
                least, most = ("…" if end is None else shown(end) for end in (low, high))
                return {
                    "en": f"from {least} to {most}", "nb": f"fra {least} til {most}", "nn": f"frå {least} til {most}"
                }  # fmt: skip
        case "one_of":
            if value not in kind.values:
                known = ", ".join(kind.values)
                return {"en": f"one of {known}", "nb": f"en av {known}", "nn": f"ein av {known}"}
        case "yes_no":
            if not isinstance(value, bool):
                return {"en": "`True` or `False`", "nb": "`True` eller `False`", "nn": "`True` eller `False`"}
        case "date":
            if not isinstance(value, date) or isinstance(value, datetime):
                return {"en": "a `date`", "nb": "en `date`", "nn": "ein `date`"}
        case "code" | "text":
            if not isinstance(value, str):
                return {"en": "a text", "nb": "en tekst", "nn": "ein tekst"}
    return None
