"""One patient, live: events are recorded as they come, in any order, and the story is always that of all of them (E3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pathway.api.given import known_contents, known_event, known_facts, known_party, known_rule
from pathway.api.moments import Moment, instant_of, is_whole_day
from pathway.errors import EventsError
from pathway.events.event import DEVIATION, Event, Instant
from pathway.events.identity import holds_national
from pathway.events.settle import Version, content_id, settle
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime, to_instant
from pathway.model.expressions import Value
from pathway.model.vocabulary import parties_known, vocabulary
from pathway.tracking.changes import Change, Seen
from pathway.tracking.live import Live
from pathway.tracking.records import BreakRecord, ObligationRecord
from pathway.tracking.tell import Story, tell, texts_of, visible

if TYPE_CHECKING:
    from pathway.tracking.explain import Explanation

_AHEAD = 24 * 3_600_000_000
"""An event may be so far ahead of the clock: clocks differ, and a date is its whole day."""


class Patient:
    """A patient in a pathway, and in those that it starts.

    Events may come in any order, twice, and be corrected or retracted. Every question takes `as_of`, how far the world has come:
    without it, now by `clock` (or the latest event, if that is later). Not for several threads at once; different patients are.
    A name that is a national identity number is refused (`EventsError`, PW641): it would stand in whatever is stored or told.
    """

    def __init__(
        self, compiled: Compiled, patient: str, *, receipts: bool = True, clock: Callable[[], datetime] | None = None
    ) -> None:
        if holds_national(patient):
            raise EventsError("PW641")
        self._compiled = compiled
        self._vocabulary = vocabulary(text.pathway for text in texts_of(compiled))
        self._receipts = receipts
        self._clock = clock or _now
        self._live = Live(compiled, patient, receipts=receipts)
        self._versions: dict[str, list[Version]] = {}
        self._plain = True
        """Whether nothing has been corrected or retracted, so that each event is believed for good."""
        self._latest: Instant = 0
        self._seen: Seen | None = None
        self._listeners: list[Callable[[Change], object]] = []
        self.patient = patient

    def __repr__(self) -> str:
        return f"<patient in {self._compiled.pathway.name}: {len(self._versions)} events>"

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
        refers: str | None = None,
        recorded: Moment | None = None,
        id: str | None = None,
        corrects: str | None = None,
        facts: Mapping[str, Value] | None = None,
        **more_facts: Value,
    ) -> Event:
        """Record an event that the pathway declares, or a phase of a message or a resource (`"discharge_summary sent"`).

        `at` is when it happened: an aware `datetime`, a `date` when only that is known, or an ISO text. `by` is the party
        or unit it came from; `refers` the id of the message that a receipt or an answer is about. `id` is the source's own; with
        the same id again, or `corrects`, what was recorded before is corrected (E2). Without an id the same content twice is one
        event. Other keywords are facts that it told (`diagnosis="I63.9"`), or `facts` where a name is taken. Raises
        `EventsError` for what the pathway does not know, or lies more than a day ahead.
        """
        name, phase = known_event(event, self._vocabulary)
        occurred, whole_day = self._when(at)
        party = parties_known(self._vocabulary).get(by) if by else None
        made = Event(
            id=id or "",
            patient=self.patient,
            name=name,
            occurred=occurred,
            phase=phase,
            date_only=whole_day,
            recorded=None if recorded is None else max(occurred, instant_of(recorded, self._compiled.calendar)),
            party=party,
            unit=by if party is None else None,
            sender=known_party(sender, self._vocabulary),
            receiver=known_party(receiver, self._vocabulary),
            elements=known_contents(contains, name, self._vocabulary),
            amount=amount,
            refers=refers,
            facts=known_facts({**(facts or {}), **more_facts}, self._vocabulary),
        )
        return self.add(Version(made, corrects=corrects, told=id is not None))

    def deviate(
        self,
        name: str,
        *,
        because: str,
        at: Moment,
        recorded: Moment | None = None,
        until: Moment | None = None,
        cause: str | None = None,
    ) -> Event:
        """Record a reasoned deviation from a rule or a stage. Recorded by the due time it excuses, later it explains (O12).

        `cause` is what people hold to be the cause of the break, in words of your own choice: breaks show it, reports count it.
        """
        calendar = self._compiled.calendar
        occurred, whole_day = self._when(at)
        made = Event(
            id="",
            patient=self.patient,
            name=DEVIATION,
            occurred=occurred,
            date_only=whole_day,
            # Who records it by hand knows when: unless told otherwise, at once.
            recorded=occurred if recorded is None else max(occurred, instant_of(recorded, calendar)),
            deviation=known_rule(name, self._vocabulary),
            because=because,
            deviation_until=None if until is None else instant_of(until, calendar),
            cause=cause,
        )
        return self.add(Version(made, told=False))

    def retract(self, id: str, *, recorded: Moment | None = None) -> None:
        """Take back an event by its id (of what `record` returned): it did not happen. Raises `EventsError` (PW523)."""
        if id not in self._versions:
            raise EventsError("PW523", id=id)
        told = self._versions[id][-1].event
        at = self.now if recorded is None else instant_of(recorded, self._compiled.calendar)
        self.add(Version(replace(told, id=f"{id} retracted", recorded=max(at, told.occurred)), retracts=id))

    def add(self, version: Version) -> Event:
        """Add an event as a reader or a store gives it, unchecked; the event as it is believed is returned."""
        name = version.event.id if version.told else content_id(version)
        plain = version.corrects is None and version.retracts is None
        if plain and name in self._versions and not version.told:
            return self._versions[name][-1].event
        event = replace(version.event, id=name, root=name)
        known = name in self._versions
        self._versions.setdefault(name, []).append(version._replace(event=event, told=True))
        if version.retracts is None:
            end = (
                self._compiled.calendar.end(self._compiled.calendar.day(event.occurred)) if event.date_only else event.occurred
            )
            self._latest = max(self._latest, end)
        self._plain = self._plain and plain and not known
        if self._plain:
            self._live.add(event)
        else:
            self._live.begin_again(event for event in self._settled() if visible(event, None))
        if self._listeners:
            self._tell(self.now)
        return event

    def story(self, as_of: Moment | None = None, known_at: Moment | None = None) -> Story:
        """Episodes, obligations and breaks as of a time; with `known_at`, as they looked from what had been recorded by then."""
        until = self._until(as_of)
        if known_at is None:
            return self._live.story(until)
        known = instant_of(known_at, self._compiled.calendar)
        return tell(self._compiled, self._settled(), as_of=until, known_at=known, receipts=self._receipts)

    @property
    def stage(self) -> str | None:
        """Where the patient is now, or was last; None before any episode."""
        return self._live.stage(self.now)

    @property
    def next_due(self) -> tuple[datetime, str] | None:
        """The next deadline (in UTC) and the name of its rule. Ask again then: `advance` says what that changed."""
        due = self._live.next_due(self.now)
        return None if due is None else (to_datetime(due[0]), due[1])

    def breaks(self, as_of: Moment | None = None) -> list[BreakRecord]:
        """The breaks there are as of a time, in the order raised."""
        return self._live.breaks(self._until(as_of))

    def obligations(self, as_of: Moment | None = None) -> list[ObligationRecord]:
        """All that has been owed as of a time, with what became of it."""
        return list(self._live.story(self._until(as_of)).obligations)

    def explain(self, what: str, as_of: Moment | None = None) -> Explanation:
        """Why there is a break (by its id), or what became of a rule (by its name) and why, step by step, each to be checked
        against the record. Raises `NotFoundError` (PW524) for what is neither."""
        from pathway.tracking.explain import explain

        events = [event for event in self._settled() if visible(event, None)]
        return explain(self._compiled, events, what, as_of=self._until(as_of), receipts=self._receipts)

    def listen(self, listener: Callable[[Change], object]) -> None:
        """Be told of each change from now on: a stage entered, an early warning, a break opened, closed or withdrawn.

        A listener is called within `record`, `deviate`, `retract` and `advance`; what it raises goes to their caller, after the
        event has been taken.
        """
        self._listeners.append(listener)
        if self._seen is None:
            self._look(self.now)

    def advance(self, to: Moment | None = None) -> list[Change]:
        """Say that time has passed (to now, without a time), and what that changed since the last time that was asked."""
        return self._tell(self._until(to))

    def rest(self) -> None:
        """Let go of all that can be worked out again from the events, for those who hold many patients in memory. The next
        question takes some milliseconds."""
        self._live.rest()

    @property
    def receipts(self) -> bool:
        """Whether the source tells of receipts."""
        return self._receipts

    @property
    def now(self) -> Instant:
        """How far the world has come when nothing else is said: the clock's time, or the latest event if that is later."""
        return max(to_instant(self._clock()), self._latest)

    def store(self) -> dict[str, Any]:
        """The state as plain JSON data, for `Definition.restore`."""
        from pathway.api.stored import stored

        return stored(self, self._compiled)

    @property
    def versions(self) -> list[Version]:
        """All that has been recorded, also what was corrected or retracted since. The order says nothing."""
        return [version for versions in self._versions.values() for version in versions]

    def _settled(self) -> list[Event]:
        return settle(self.versions).events

    def _tell(self, as_of: Instant) -> list[Change]:
        changes = self._look(as_of)
        for change in changes:
            for listener in self._listeners:
                listener(change)
        return changes

    def _look(self, as_of: Instant) -> list[Change]:
        self._seen = self._seen or Seen()
        return self._seen.changes(self._live.at(as_of), self._live.breaks(as_of), as_of)

    def _when(self, at: Moment) -> tuple[Instant, bool]:
        calendar = self._compiled.calendar
        whole_day = is_whole_day(at)
        occurred = instant_of(at, calendar)
        if whole_day:
            occurred = calendar.start(calendar.day(occurred))
        if occurred > to_instant(self._clock()) + _AHEAD:
            raise EventsError("PW525", text=str(at))
        return occurred, whole_day

    def _until(self, as_of: Moment | None) -> Instant:
        return self.now if as_of is None else instant_of(as_of, self._compiled.calendar)


def _now() -> datetime:
    return datetime.now(UTC)
