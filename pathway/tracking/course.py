"""The order of things: events one instant after the other, and between them what falls due (E3, E6).

An instant is closed before anything is judged: first all its events, each in one fixed order (facts, coming in, holds, what it
meets, decisions, undoing, raising, at most one transition), then what is due by then.
"""

from __future__ import annotations

from pathway.events.event import DEVIATION, Event, Instant
from pathway.machine.compile import Compiled
from pathway.tracking import decisions, obligations, outcomes, position, resources
from pathway.tracking.messages import reaches
from pathway.tracking.state import Episode, Obligation, Occurrence, Patient


class Course:
    """One patient's way through one pathway, event by event in order. Fed with `take`, brought up to a time with `close`."""

    def __init__(self, compiled: Compiled, patient: str, *, receipts: bool = True) -> None:
        self.patient = Patient(compiled, patient, receipts=receipts)
        self._place = 0
        self._leaving: list[Obligation] = []
        self._ended: list[Episode] = []
        self._decided: list[tuple[Episode, int, Occurrence]] = []
        self._withdrawn: list[tuple[Episode, Occurrence]] = []
        self._fired: set[int] = set()

    def expect(self, coming: list[Occurrence]) -> None:
        """Tell of the date-only events to come: they are seen from the first instant of their day."""
        self.patient.coming = coming

    def take(self, event: Occurrence) -> None:
        """Take the next event. Earlier instants are closed first; events of one instant come in the order of E3."""
        patient = self.patient
        if event.at > patient.now:
            self.close(event.at - 1)
            patient.now = event.at
        event.place = self._place
        self._place += 1
        if event in patient.coming:
            patient.coming.remove(event)
        event.keys = _keys(patient, event.event)
        for key in event.keys:
            patient.history.setdefault(key, []).append(event)
        if event.event.name == DEVIATION:
            patient.deviations.append(event)
            return
        for fact, value in event.event.facts.items():
            patient.facts[fact] = (value, event)
        self._note_unit(event.event)
        stage = patient.current.stage if patient.current else ""
        if not self._apply(event) and not event.event.facts:
            counted = (stage, event.event.name)
            patient.not_taken_up[counted] = patient.not_taken_up.get(counted, 0) + 1

    def _apply(self, event: Occurrence) -> bool:
        patient, compiled = self.patient, self.patient.compiled
        opened = position.try_to_enter(patient, event) if patient.current is None else None
        episode = patient.current
        taken = opened is not None
        if episode is None:
            patient.loose.append(event)
        else:
            position.remember(episode, event)
            self._watch(episode, event)
            taken |= self._hold(episode, event)
        for key in event.keys:
            taken |= obligations.meet(patient, event, compiled.meets.get(key, ()))
        if episode is None:
            obligations.condition_known(patient)
            return taken
        taken |= self._fall_due(episode, event)
        taken |= self._undo(episode, event)
        if opened is not None:
            position.begin_course(patient, episode, event)
        else:
            taken |= self._raise(episode, event)
        obligations.condition_known(patient)
        return self._move(episode, event) or taken

    def _note_unit(self, event: Event) -> None:
        """An event's unit is that of its party or its sender. Where the source names neither, nothing is inferred: a blood
        test's unit is not the unit of the ward that holds the patient."""
        party = event.party or event.sender
        if event.unit is not None and party is not None:
            self.patient.units[party] = event.unit

    def _watch(self, episode: Episode, event: Occurrence) -> None:
        """Note which watched conditions the event turned true; unknown to true counts (O3)."""
        for number, judgement in enumerate(self.patient.compiled.watched):
            value = judgement(self.patient)
            if number == len(episode.watched):
                episode.watched.append(None)
            if value is True and episode.watched[number] is not True:
                episode.turned.setdefault(number, []).append(event)
            episode.watched[number] = value

    def _hold(self, episode: Episode, event: Occurrence) -> bool:
        """O11: a clock stops or goes on; deadlines are worked out again."""
        touched = False
        for index in dict.fromkeys(i for key in event.keys for i in self.patient.compiled.holds.get(key, ())):
            rule = self.patient.compiled.rules[index]
            held = episode.held.setdefault(index, [])
            for start, end in rule.holds:
                running = held and held[-1][1] is None
                if start in event.keys and not running:
                    held.append((event.at, None))
                elif end in event.keys and running:
                    held[-1] = (held[-1][0], event.at)
            touched = True
            for obligation in self.patient.live.get(index, ()):
                if obligation.waits and obligation.episode is episode:
                    outcomes.plan(self.patient, obligation)
        return touched

    def _fall_due(self, episode: Episode, event: Occurrence) -> bool:
        """O5, O8: what had to come before this event is due now; decisions are judged when the instant is over."""
        patient, compiled = self.patient, self.patient.compiled
        touched = False
        for key in event.keys:
            for index in compiled.before.get(key, ()):
                for obligation in patient.live.get(index, ()):
                    own = obligation.rule.befores.get(obligation.part) == key
                    if own and obligation.waits and obligation.episode is episode and obligation.anchor is not event:
                        obligation.due = obligation.sure = event.at
                        touched = True
            for index in compiled.decides.get(key, ()):
                if index in episode.in_force:
                    self._decided.append((episode, index, event))
                    touched = True
            if key.endswith(" ended"):
                self._withdrawn.append((episode, event))
        return touched

    def _undo(self, episode: Episode, event: Occurrence) -> bool:
        undone = [o for key in event.keys for o in episode.happened(self.patient.compiled.undone.get(key, ()))]
        if undone:
            outcomes.undo(self.patient, undone, event)
        return bool(undone)

    def _raise(self, episode: Episode, event: Occurrence) -> bool:
        patient, compiled = self.patient, self.patient.compiled
        touched = False
        raised = [index for key in event.keys for index in compiled.raises.get(key, ())]
        raised += [index for fact in event.event.facts for index in compiled.date_anchors.get(fact, ())]
        raised += [rule for rule in episode.in_force if _turned(compiled, episode, rule, event)]
        for index in dict.fromkeys(raised):
            if index in episode.in_force:
                obligations.raise_at(patient, episode, compiled.rules[index], event)
                touched = True
        return touched

    def _move(self, episode: Episode, event: Occurrence) -> bool:
        """At most one transition: `leave` first, then the stage's own, then those of `throughout`; else a jump."""
        patient = self.patient
        if patient.current is not episode:
            return False
        if position.leaves(patient, event):
            position.end(patient, episode, event)
            self._ended.append(episode)
            return True
        way, unknown = position.transition_on(patient, episode, event)
        if way is not None:
            position.move(patient, episode, way, event, self._leaving)
        elif unknown:
            episode.uncertain_since = patient.now if episode.uncertain_since is None else episode.uncertain_since
            return True
        else:
            jump = position.recognised_stage(patient, episode, event.keys)
            if jump is None:
                if any(key in patient.compiled.transitions[i].after_keys for _, i, _ in episode.by_time for key in event.keys):
                    position.plan_by_time(patient, episode)
                return any(key in patient.compiled.recognised for key in event.keys)
            episode.jumps += 1
            position.enter(patient, episode, jump, event, self._leaving)
        if episode.ended_at is not None:
            self._ended.append(episode)
        return True

    def close(self, until: Instant) -> None:
        """Close every instant up to and with this one: judge what falls due, fire transitions by time."""
        self._over(self.patient.now)
        while (due := self._next()) is not None and due <= until:
            self.patient.now = max(self.patient.now, due)
            self._over(self.patient.now)
        self.patient.now = max(self.patient.now, until)

    def _next(self) -> Instant | None:
        times = [o.due for live in self.patient.live.values() for o in live if o.waits and not o.unknown and o.due is not None]
        by_time = position.next_by_time(self.patient)
        return min(times + ([] if by_time is None else [by_time]), default=None)

    def _over(self, now: Instant) -> None:
        """An instant is over. Obligations are judged before anything by time moves the patient on."""
        patient = self.patient
        while True:
            for episode, index, event in self._decided:
                decisions.judge(patient, episode, patient.compiled.rules[index], event)
            for episode, event in self._withdrawn:
                resources.withdraw(patient, episode, [event])
            self._decided, self._withdrawn = [], []
            due = [o for live in patient.live.values() for o in live if _is_due(o, now)]
            for obligation in sorted(due, key=lambda o: (o.due or 0, o.rule.index)):
                if obligation.waits:
                    obligations.judge(patient, obligation)
            for obligation in self._leaving:
                if obligation.waits:
                    outcomes.lapse(patient, obligation)
            for episode in self._ended:
                position.lapse_at_end(patient, episode)
            self._leaving, self._ended = [], []
            if not self._by_time(now):
                self._fired.clear()
                return

    def _by_time(self, now: Instant) -> bool:
        patient = self.patient
        episode = patient.current
        if episode is None or not episode.by_time or episode.by_time[0][0] > now:
            return False
        _, index, event = episode.by_time.pop(0)
        way = patient.compiled.transitions[index]
        fits = True if way.when is None else way.when(patient)
        # One that is past already on entry fires at entry; in a circle of such each fires once an instant.
        if fits and index not in self._fired:
            self._fired.add(index)
            position.move(patient, episode, way, event, self._leaving)
            if episode.ended_at is not None:
                self._ended.append(episode)
        return True


def _is_due(obligation: Obligation, now: Instant) -> bool:
    return obligation.waits and not obligation.unknown and obligation.due is not None and obligation.due <= now


def _turned(compiled: Compiled, episode: Episode, index: int, event: Occurrence) -> bool:
    watch = compiled.rules[index].watch
    return watch is not None and event in episode.turned.get(watch, ())


def _keys(patient: Patient, event: Event) -> tuple[str, ...]:
    """What the event is looked up by. A message that was received, acknowledged, answered or rejected was sent (E1): where
    no sending was told, this event tells it."""
    pathway = patient.compiled.pathway
    if event.name in pathway.resources:
        return (f"{event.name} {event.phase or 'delivered'}",)
    if event.name not in pathway.messages:
        return (event.key,)
    phase = event.phase or "sent"
    keys = [f"{event.name} {phase}"]
    sent = patient.history.get(f"{event.name} sent", ())
    if phase != "sent" and not any(reaches(patient, o.event.receiver, event.receiver) for o in sent):
        keys.insert(0, f"{event.name} sent")
    return tuple(keys)
