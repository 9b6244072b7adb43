"""The order of things: events one instant after the other, and between them what falls due (E3, E6).

An instant is closed before anything is judged: first all its events, each in one fixed order (facts, coming in, holds, what it
meets, decisions, undoing, raising, at most one transition), then what is due by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pathway.events.event import DEVIATION, Event, Instant
from pathway.machine.tables import Compiled, CompiledRule
from pathway.tracking import decisions, obligations, outcomes, position, resources
from pathway.tracking.messages import reaches
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Occurrence, Spans


@dataclass(frozen=True, slots=True)
class Begun:
    """Another pathway has started this one: by an event (its root id), at an instant (P2)."""

    root: str
    at: Instant
    by: str


@dataclass(slots=True)
class _AtEnd:
    """What is to be seen to when the instant is over."""

    decided: list[tuple[Episode, CompiledRule, Occurrence]] = field(default_factory=list)
    withdrawn: list[tuple[Episode, Occurrence]] = field(default_factory=list)
    leaving: list[Obligation] = field(default_factory=list)
    """What ends with its stage."""
    ended: list[Episode] = field(default_factory=list)
    fired: set[int] = field(default_factory=set)
    """The transitions by time that were taken at this instant."""


class Course:
    """One patient's way through one pathway, event by event in order. Fed with `take`, brought up to a time with `close`.

    `begun` says by which events other pathways have started this one.
    """

    __slots__ = ("_at_end", "begun", "patient")

    def __init__(self, compiled: Compiled, patient: str, *, receipts: bool, begun: tuple[Begun, ...] = ()) -> None:
        self.patient = Patient(compiled, patient, receipts=receipts)
        self.begun = begun
        self._at_end: _AtEnd | None = None

    def copy(self) -> Course:
        """The same course, to be followed further without this one being changed. Only between instants: after `close`."""
        copied = Course.__new__(Course)
        copied.patient = self.patient.copy()
        copied.begun = self.begun
        copied._at_end = None
        return copied

    def expect(self, coming: Iterable[Occurrence]) -> None:
        """Tell of the date-only events to come: they are seen from the first instant of their day."""
        self.patient.coming = tuple(coming)

    def take(self, event: Occurrence) -> None:
        """Take the next event. Earlier instants are closed first; events of one instant come in the order of E3."""
        patient = self.patient
        if event.at > patient.now:
            self.close(event.at - 1)
            patient.now = event.at
        event.place = patient.placed
        patient.placed += 1
        patient.coming = tuple([o for o in patient.coming if o is not event])
        event.keys = _keys(patient, event.event)
        for key in event.keys:
            patient.history[key] = (*patient.history.get(key, ()), event)
        if event.event.name == DEVIATION:
            patient.deviations = (*patient.deviations, event)
            return
        if event.event.facts:
            patient.facts = {**patient.facts, **{fact: (value, event) for fact, value in event.event.facts.items()}}
        self._note_unit(event.event)
        stage = patient.current.stage if patient.current else ""
        if not self._apply(event) and not event.event.facts:
            patient.not_taken_up = (*patient.not_taken_up, (stage, event))

    def _apply(self, event: Occurrence) -> bool:
        patient = self.patient
        opened = self._come_in(event) if patient.current is None else None
        episode = patient.current
        taken = opened is not None
        if episode is not None:
            self._watch(episode, event)
            taken |= self._hold(episode, event)
        for edition in patient.editions:
            for key in event.keys:
                taken |= obligations.meet(patient, event, edition.meets.get(key, ()))
        if episode is None:
            obligations.condition_known(patient)
            return taken
        taken |= obligations.reach(patient, episode, event)
        taken |= self._fall_due(episode, event)
        taken |= self._undo(episode, event)
        if opened is not None:
            position.begin_course(patient, episode, event)
        else:
            taken |= self._raise(episode, event)
        obligations.condition_known(patient)
        for key in event.keys:
            starts = episode.edition.starts.get((episode.stage, key))
            if starts:
                taken |= position.start_others(patient, episode, starts, event)
        return self._move(episode, event) or taken

    def _come_in(self, event: Occurrence) -> Episode | None:
        for start in self.begun:
            # Of a date the other pathway may have made the first instant of its day (T3).
            if start.root == event.root and event.low <= start.at <= event.at:
                return position.enter_started(self.patient, event, start.by)
        return position.try_to_enter(self.patient, event)

    def _note_unit(self, event: Event) -> None:
        """An event's unit is that of its party or its sender. Where the source names neither, nothing is inferred: a blood
        test's unit is not the unit of the ward that holds the patient."""
        party = event.party or event.sender
        if event.unit is not None and party is not None:
            self.patient.units = {**self.patient.units, party: event.unit}

    def _watch(self, episode: Episode, event: Occurrence) -> None:
        """Note which watched conditions the event turned true; unknown to true counts (O3)."""
        before = episode.watched
        now = tuple([judgement(self.patient) for judgement in episode.edition.watched])
        episode.watched = now
        for number, value in enumerate(now):
            if value is True and not (before and before[number]):
                episode.turned = {**episode.turned, number: (*episode.turned.get(number, ()), event)}

    def _hold(self, episode: Episode, event: Occurrence) -> bool:
        """O11: a clock stops or goes on; deadlines are worked out again."""
        touched = False
        for rule in _concerned(event, episode.edition.holds):
            held = episode.held.get(rule, ((),) * len(rule.holds))
            episode.held = {
                **episode.held,
                rule: tuple([_turned(spans, hold, event) for spans, hold in zip(held, rule.holds, strict=True)]),
            }
            touched = True
            for obligation in self.patient.live.get(rule, ()):
                if obligation.waits:
                    outcomes.plan(self.patient, obligation)
        return touched

    def _fall_due(self, episode: Episode, event: Occurrence) -> bool:
        """O5, O8: what had to come before this event is due now; decisions are judged when the instant is over."""
        patient, edition = self.patient, episode.edition
        touched = False
        for key in event.keys:
            for rule in edition.before.get(key, ()):
                for obligation in patient.live.get(rule, ()):
                    own = rule.before_in(obligation.timing, obligation.part) == key
                    if own and obligation.waits and obligation.episode == episode.number and obligation.anchor is not event:
                        obligation.due = obligation.sure = event.at
                        touched = True
            for rule in edition.decides.get(key, ()):
                if episode.in_force(rule):
                    self._when_over().decided.append((episode, rule, event))
                    touched = True
            if key.endswith(" ended"):
                self._when_over().withdrawn.append((episode, event))
        return touched

    def _undo(self, episode: Episode, event: Occurrence) -> bool:
        keys = [gone for key in event.keys for gone in episode.edition.undone.get(key, ())]
        undone = self.patient.happened(episode, keys)
        if undone:
            outcomes.undo(self.patient, undone, event)
        return bool(undone)

    def _raise(self, episode: Episode, event: Occurrence) -> bool:
        edition = episode.edition
        raised = dict.fromkeys(_concerned(event, edition.raises))
        for fact in event.event.facts:
            raised |= dict.fromkeys(edition.date_anchors.get(fact, ()))
        turned = {number for number, events in episode.turned.items() if event in events}
        raised |= dict.fromkeys(rule for rule in edition.watching if rule.watch in turned)
        touched = False
        for rule in raised:
            if episode.in_force(rule):
                obligations.raise_at(self.patient, episode, rule, event)
                touched = True
        return touched

    def _move(self, episode: Episode, event: Occurrence) -> bool:
        """At most one transition: `leave` first, then the stage's own, then those of `throughout`; else a jump."""
        patient = self.patient
        episode.left_by = position.way_out(patient, event)
        if episode.left_by is not None:
            position.end(patient, episode, event)
            self._when_over().ended.append(episode)
            return True
        way, unknown = position.transition_on(patient, episode, event)
        if way is not None:
            position.move(patient, episode, way, event, self._when_over().leaving)
        elif unknown:
            episode.uncertain_since = patient.now if episode.uncertain_since is None else episode.uncertain_since
            return True
        else:
            jump = position.recognised_stage(patient, episode, event.keys)
            if jump is None:
                ways = (episode.edition.transitions[number] for number in episode.edition.by_time.get(episode.stage, ()))
                if any(event.is_one_of(way.after_keys) for way in ways):
                    position.plan_by_time(patient, episode)
                return event.is_one_of(episode.edition.recognised)
            episode.jumps += 1
            position.enter(patient, episode, jump, event, self._when_over().leaving)
        if episode.ended_at is not None:
            self._when_over().ended.append(episode)
        return True

    def close(self, until: Instant) -> None:
        """Close every instant up to and with this one: judge what falls due, fire transitions by time."""
        self._over(self.patient.now)
        while (due := self.upcoming()) is not None and due <= until:
            self.patient.now = max(self.patient.now, due)
            self._over(self.patient.now)
        self.patient.now = until

    def upcoming(self) -> Instant | None:
        """The next instant at which something happens by itself."""
        patient = self.patient
        times = [o.due for live in patient.live.values() for o in live if o.due is not None and o.waits and not o.unknown]
        by_time = position.next_by_time(patient)
        if by_time is not None:
            times.append(by_time)
        times += [start.at for start in self.begun if start.at > patient.now]
        return min(times, default=None)

    def _over(self, now: Instant) -> None:
        """An instant is over. Obligations are judged before anything by time moves the patient on."""
        patient = self.patient
        while True:
            if self._at_end is not None:
                self._decide(self._at_end)
            due = [o for live in patient.live.values() for o in live if _is_due(o, now)]
            for obligation in sorted(due, key=lambda o: (o.due, o.rule.index, o.number)):
                obligations.judge(patient, obligation)
            if self._at_end is not None:
                self._leave(self._at_end)
            if not self._by_time(now):
                self._at_end = None
                return

    def _when_over(self) -> _AtEnd:
        if self._at_end is None:
            self._at_end = _AtEnd()
        return self._at_end

    def _decide(self, over: _AtEnd) -> None:
        for episode, rule, event in over.decided:
            decisions.judge(self.patient, episode, rule, event)
        for episode, event in over.withdrawn:
            resources.withdraw(self.patient, episode, event)
        over.decided, over.withdrawn = [], []

    def _leave(self, over: _AtEnd) -> None:
        for obligation in over.leaving:
            if obligation.waits:
                outcomes.lapse(self.patient, obligation)
                outcomes.tidy(self.patient, obligation.rule)
        for episode in over.ended:
            position.lapse_at_end(self.patient, episode)
        over.leaving, over.ended = [], []

    def _by_time(self, now: Instant) -> bool:
        """Whether something happens by itself now: a transition by time, or a start by another pathway's."""
        patient = self.patient
        episode = patient.current
        if episode is None:
            return self._started_by_time(now)
        if not episode.by_time or episode.by_time[0][0] > now:
            return False
        (_, number, event), *later = episode.by_time
        episode.by_time = tuple(later)
        way = episode.edition.transitions[number]
        fits = True if way.when is None else way.when(patient)
        # One that is past already on entry fires at entry; in a circle of such each fires once an instant.
        over = self._when_over()
        if fits and number not in over.fired:
            over.fired.add(number)
            position.move(patient, episode, way, event, self._when_over().leaving)
            if episode.ended_at is not None:
                over.ended.append(episode)
        return True

    def _started_by_time(self, now: Instant) -> bool:
        for start in self.begun:
            if start.at != now:
                continue
            event = next((o for o in self.patient.loose() if o.root == start.root), None)
            if event is not None:
                episode = position.enter_started(self.patient, event, start.by)
                position.begin_course(self.patient, episode, event)
                return True
        return False


def _turned(spans: Spans, hold: tuple[str, str], event: Occurrence) -> Spans:
    """The times that one clock was held, after an event that may stop it or let it go on."""
    start, end = hold
    running = bool(spans) and spans[-1][1] is None
    if start in event.keys and not running:
        return (*spans, (event.at, None))
    if end in event.keys and running:
        return (*spans[:-1], (spans[-1][0], event.at))
    return spans


def _concerned(event: Occurrence, by_key: Mapping[str, tuple[CompiledRule, ...]]) -> Iterable[CompiledRule]:
    """The rules that an event concerns, each once."""
    return dict.fromkeys(rule for key in event.keys for rule in by_key.get(key, ()))


def _is_due(obligation: Obligation, now: Instant) -> bool:
    return obligation.due is not None and obligation.due <= now and obligation.waits and not obligation.unknown


def _keys(patient: Patient, event: Event) -> tuple[str, ...]:
    """What the event is looked up by. A message that was received, acknowledged, answered or rejected was sent (E1): where
    no sending was told, this event tells it."""
    keys = patient.main.keys.get((event.name, event.phase))
    if keys is None:
        return (event.key,)
    if event.phase in (None, "sent") or event.name not in patient.main.pathway.messages:
        return keys
    sending = patient.main.keys[event.name, "sent"]
    sent = patient.history.get(sending[0], ())
    return keys if any(reaches(patient, o.event.receiver, event.receiver) for o in sent) else sending + keys
