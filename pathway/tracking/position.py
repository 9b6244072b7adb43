"""Where the patient is: coming in, moving between stages, leaving (P1-P6)."""

from __future__ import annotations

from collections.abc import Iterable

from pathway.events.event import Instant
from pathway.machine.compile import CompiledEntry, CompiledTransition
from pathway.tracking.obligations import come_into_force, raise_at
from pathway.tracking.outcomes import lapse, settle
from pathway.tracking.state import Episode, Obligation, Occurrence, Patient, Stay


def try_to_enter(patient: Patient, event: Occurrence) -> Episode | None:
    """Open an episode if the event is one to come in by: `unsuited` is tried first; an unknown condition does not open (P1)."""
    unknown = False
    for entry in patient.compiled.entries:
        if not any(key in entry.keys for key in event.keys):
            continue
        for case, because in patient.compiled.unsuited:
            if case is None or case(patient) is True:
                return _open(patient, entry, event, because)
        suits = True if entry.when is None else entry.when(patient)
        if suits:
            return _open(patient, entry, event, None)
        unknown |= suits is None
    patient.entry_unknown += unknown
    return None


def _open(patient: Patient, entry: CompiledEntry, event: Occurrence, individual: str | None) -> Episode:
    episode = Episode(len(patient.episodes) + 1, event, entry.stage, individual)
    if entry.looking_back is not None:
        since = patient.compiled.calendar.back(event.at, entry.looking_back)
        for earlier in patient.loose:
            if earlier.at >= since and earlier is not event:
                remember(episode, earlier)
    patient.loose = []
    patient.episodes.append(episode)
    patient.current = episode
    _stand(patient, episode, entry.stage)
    return episode


def remember(episode: Episode, event: Occurrence) -> None:
    """The event counts as the episode's own from here on."""
    for key in event.keys:
        episode.history.setdefault(key, []).append(event)


def begin_course(patient: Patient, episode: Episode, event: Occurrence) -> None:
    """Raise what holds from the beginning: the rules of `throughout`, then those of the first stage."""
    for index in patient.compiled.in_force[None]:
        come_into_force(patient, episode, patient.compiled.rules[index], event, patient.now)
    _rules_of(patient, episode, event)


def _stand(patient: Patient, episode: Episode, stage: str) -> None:
    declared = patient.compiled.stage(stage)
    episode.stage = stage
    episode.uncertain_since = None
    episode.stays.append(Stay(patient.now, stage, declared.party))


def _rules_of(patient: Patient, episode: Episode, event: Occurrence) -> None:
    for index in patient.compiled.in_force.get(episode.stage, ()):
        come_into_force(patient, episode, patient.compiled.rules[index], event, patient.now)
    plan_by_time(patient, episode)


def move(patient: Patient, episode: Episode, way: CompiledTransition, event: Occurrence, leaving: list[Obligation]) -> None:
    """Take a transition: leave the stage, enter the next, raise what stands under it (O1)."""
    if way.staying is not None:
        for obligation in list(patient.live.get(way.staying, ())):
            if obligation.episode is episode and obligation.live:
                obligation.seen.append(event)
                settle(patient, obligation, event)
    target = way.transition.target or episode.left or episode.stage
    enter(patient, episode, target, event, leaving)
    for index in way.rules:
        rule = patient.compiled.rules[index]
        # Counted from another event than the one that took it, it waits for that event like any rule in force.
        if (rule.raised_by and not any(key in rule.raised_by for key in event.keys)) or rule.watch is not None:
            come_into_force(patient, episode, rule, event, patient.now)
        else:
            raise_at(patient, episode, rule, event)


def enter(patient: Patient, episode: Episode, target: str, event: Occurrence, leaving: list[Obligation]) -> None:
    """Leave the stage for another. What ends with it is noted in `leaving`: it lapses when the instant is over."""
    for index in patient.compiled.in_force.get(episode.stage, ()):
        rule = patient.compiled.rules[index]
        episode.in_force.pop(index, None)
        for obligation in patient.live.get(index, ()):
            if obligation.episode is not episode or not obligation.waits:
                continue
            if rule.ends_with_stage or rule.staying is not None:
                leaving.append(obligation)
            elif rule.rule.whole_stage and obligation.due is None:
                obligation.due = patient.now  # needed for the whole stage, and the stage is over
    episode.left = episode.stage
    _stand(patient, episode, target)
    if patient.compiled.stage(target).end:
        end(patient, episode, event)
    else:
        _rules_of(patient, episode, event)


def end(patient: Patient, episode: Episode, event: Occurrence) -> None:
    """The episode is over. What it owes is judged or lapses when the instant is over (see `lapse_at_end`)."""
    episode.ended_at = patient.now
    episode.in_force.clear()
    episode.by_time.clear()
    patient.current = None
    patient.loose = []


def lapse_at_end(patient: Patient, episode: Episode) -> None:
    """O1: `expect`, `measure` and `need` lapse with the episode; what is to be sent, acknowledged or answered is still owed,
    unless it was to come before something that now never comes."""
    for obligation in patient.obligations:
        if obligation.episode is not episode or not obligation.waits:
            continue
        message = obligation.rule.rule.kind == "send"
        never = obligation.due is None and obligation.rule.before is not None
        if not message or never or obligation.unknown:
            lapse(patient, obligation)


def leaves(patient: Patient, event: Occurrence) -> bool:
    """Whether the event takes the patient out of the pathway: tried before transitions."""
    return any(
        any(key in way.keys for key in event.keys) and (way.when is None or way.when(patient) is True)
        for way in patient.compiled.exits
    )


def transition_on(patient: Patient, episode: Episode, event: Occurrence) -> tuple[CompiledTransition | None, bool]:
    """The one transition that the event takes (P3), and whether one was passed over because its condition is unknown (P4)."""
    unknown = False
    for key in event.keys:
        if (episode.stage, key) not in patient.compiled.on_event:
            continue
        came = patient.compiled.flow.take(episode.stage, key, patient)
        unknown |= came.unknown
        if came.taken is not None:
            return patient.compiled.transitions[came.taken], unknown
    return None, unknown


def recognised_stage(patient: Patient, episode: Episode, keys: Iterable[str]) -> str | None:
    """A stage that the event shows the patient to be in, though no transition led there (P5)."""
    for key in keys:
        stage = patient.compiled.recognised.get(key)
        if stage is not None and stage != episode.stage:
            return stage
    return None


def plan_by_time(patient: Patient, episode: Episode) -> None:
    """When the transitions by time of this stage fire: counted from the latest occurrence, or from entry."""
    episode.by_time.clear()
    for index in patient.compiled.by_time.get(episode.stage, ()):
        way = patient.compiled.transitions[index]
        if way.after is None:
            continue
        happened = episode.happened(way.after_keys)
        if happened or not way.after_keys:
            event = happened[-1] if happened else episode.entered_by
            since = event.at if happened else episode.stays[-1].since
            episode.by_time.append((patient.compiled.calendar.due(since, way.after), index, event))
    episode.by_time.sort(key=lambda planned: planned[:2])


def next_by_time(patient: Patient) -> Instant | None:
    episode = patient.current
    return episode.by_time[0][0] if episode is not None and episode.by_time else None
