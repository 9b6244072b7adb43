"""Where the patient is: coming in, moving between stages, leaving (P1-P7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pathway.events.event import Instant
from pathway.language.source import Span
from pathway.machine.tables import Compiled, CompiledEntry, CompiledExit, CompiledRule, CompiledStart, CompiledTransition
from pathway.tracking.obligations import come_into_force, raise_at
from pathway.tracking.outcomes import lapse, settle
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Occurrence, Stay


def try_to_enter(patient: Patient, event: Occurrence) -> Episode | None:
    """Open an episode if the event is one to come in by: `unsuited` is tried first; an unknown condition does not open (P1)."""
    unknown = False
    edition = edition_in_force(patient, event)
    for entry in edition.entries:
        if not event.is_one_of(entry.keys):
            continue
        because = _unsuited(patient, edition)
        suits = because is not None or entry.when is None or entry.when(patient)
        if suits:
            return _open(patient, edition, entry, event, because)
        unknown |= suits is None
    patient.entry_unknown += unknown
    return None


def enter_started(patient: Patient, event: Occurrence, by: str) -> Episode:
    """Open an episode because another pathway started it (P2): the event is its enter event, whatever its own conditions say.
    It begins in the stage that the event enters, else in that of the first `enter`. `unsuited` is tried first as ever."""
    edition = edition_in_force(patient, event)
    fitting = (entry for entry in edition.entries if event.is_one_of(entry.keys))
    entry = next(fitting, edition.entries[0])
    episode = _open(patient, edition, replace(entry, place=None), event, _unsuited(patient, edition))
    episode.started_by = by
    return episode


def edition_in_force(patient: Patient, event: Occurrence) -> Compiled:
    """The text that holds for an episode that begins now (P7): a local adaptation for this patient, else the version in force
    on that local date; where none is, the one that was loaded."""
    main = patient.main
    if not main.editions:
        return main
    day = main.calendar.day(event.at)
    for edition in main.editions:
        if edition.applies_when is not None and edition.valid.covers(day) and edition.applies_when(patient) is True:
            return edition
    national = [edition for edition in (main, *main.editions) if edition.pathway.adaptation is None]
    in_force = [edition for edition in national if edition.valid.covers(day)]
    return max(in_force, key=lambda edition: edition.valid.start or date.min, default=main)


def _unsuited(patient: Patient, edition: Compiled) -> str | None:
    """Why the standard is not for this patient (P6)."""
    return next((because for case, because in edition.unsuited if case is None or case(patient) is True), None)


def _open(patient: Patient, edition: Compiled, entry: CompiledEntry, event: Occurrence, individual: str | None) -> Episode:
    patient.compiled = edition
    day = edition.calendar.day(event.at)
    patient.out_of_force += not edition.valid.covers(day)
    patient.adaptation_unknown += any(
        other.applies_when is not None and other.valid.covers(day) and other.applies_when(patient) is None
        for other in patient.main.editions
    )
    first = event.place
    if entry.looking_back is not None:
        since = edition.calendar.back(event.at, entry.looking_back)
        first = min(earlier.place for earlier in patient.loose() if earlier.at >= since)
    episode = Episode(len(patient.episodes) + 1, edition, event, entry.stage, first, individual)
    patient.episodes = (*patient.episodes, episode)
    patient.current = episode
    _stand(patient, episode, entry.stage, entry.place)
    return episode


def begin_course(patient: Patient, episode: Episode, event: Occurrence) -> None:
    """Raise what holds from the beginning: the rules of `throughout`, then those of the first stage."""
    for rule in episode.edition.in_force[None]:
        come_into_force(patient, episode, rule, event, patient.now)
    _rules_of(patient, episode, event)


def _stand(patient: Patient, episode: Episode, stage: str, place: Span | None) -> None:
    declared = episode.edition.stage(stage)
    episode.stage = stage
    episode.uncertain_since = None
    episode.stays = (*episode.stays, Stay(patient.now, stage, declared.party, place))


def _rules_of(patient: Patient, episode: Episode, event: Occurrence) -> None:
    for rule in episode.edition.in_force.get(episode.stage, ()):
        come_into_force(patient, episode, rule, event, patient.now)
    plan_by_time(patient, episode)


def move(patient: Patient, episode: Episode, way: CompiledTransition, event: Occurrence, leaving: list[Obligation]) -> None:
    """Take a transition: leave the stage, enter the next, raise what stands under it (O1)."""
    if way.staying is not None:
        for obligation in patient.live.get(way.staying, ()):
            if obligation.episode == episode.number and obligation.live:
                obligation.seen = (*obligation.seen, event)
                settle(patient, obligation, event)
    target = way.transition.target or episode.left or episode.stage
    enter(patient, episode, target, event, leaving, way.transition.span)
    _raise_beneath(patient, episode, way.rules, event)
    start_others(patient, episode, way.starts, event)


def _raise_beneath(patient: Patient, episode: Episode, rules: Iterable[CompiledRule], event: Occurrence) -> None:
    """Raise what stands beneath a line that is taken (O1). What comes again and again does so until the stage is left. What is
    counted from another event than the one that took it waits for that event like any rule in force."""
    for rule in rules:
        if rule.ends_with_stage:
            episode.taken |= {rule}
        waits = rule.watch is not None or (rule.raised_by and not event.is_one_of(rule.raised_by))
        if waits or rule.rule.frequency is not None:
            come_into_force(patient, episode, rule, event, patient.now)
        else:
            raise_at(patient, episode, rule, event)


def start_others(patient: Patient, episode: Episode, starts: Iterable[CompiledStart], event: Occurrence) -> bool:
    """Begin other pathways for the same patient (P2). One whose condition is unknown does not begin, and is counted."""
    begun = False
    for start in starts:
        holds = True if start.when is None else start.when(patient)
        patient.entry_unknown += holds is None
        if not holds:
            continue
        begun = True
        patient.starts = (*patient.starts, (start.start.pathway, event, patient.now))
        _raise_beneath(patient, episode, start.rules, event)
    return begun


def enter(
    patient: Patient,
    episode: Episode,
    target: str,
    event: Occurrence,
    leaving: list[Obligation],
    place: Span | None = None,
) -> None:
    """Leave the stage for another. What ends with it is noted in `leaving`: it lapses when the instant is over. `place` is the
    line of the transition, if there is one."""
    again = {rule for rule in episode.taken if rule.ends_with_stage}
    episode.taken -= again
    for rule in (*episode.edition.in_force.get(episode.stage, ()), *again):
        for obligation in patient.live.get(rule, ()):
            if obligation.episode != episode.number or not obligation.waits:
                continue
            if rule.ends_with_stage or rule.staying:
                leaving.append(obligation)
            elif rule.rule.whole_stage and obligation.due is None:
                obligation.due = patient.now  # needed for the whole stage, and the stage is over
    episode.left = episode.stage
    _stand(patient, episode, target, place)
    if episode.edition.stage(target).end:
        end(patient, episode, event)
    else:
        _rules_of(patient, episode, event)


def end(patient: Patient, episode: Episode, event: Occurrence) -> None:
    """The episode is over. What it owes is judged or lapses when the instant is over (see `lapse_at_end`)."""
    episode.ended_at = patient.now
    episode.by_time = ()
    episode.last = patient.placed - 1
    patient.ended = patient.placed
    patient.current = None


def lapse_at_end(patient: Patient, episode: Episode) -> None:
    """O1: `expect`, `measure` and `need` lapse with the episode; what is to be sent, acknowledged or answered is still owed,
    unless it was to come before something that now never comes, or ends with the stage."""
    for obligation in [o for live in patient.live.values() for o in live]:
        if obligation.episode != episode.number or not obligation.waits:
            continue
        message = obligation.rule.rule.kind == "send"
        never = obligation.due is None and obligation.rule.before_in(obligation.timing, obligation.part) is not None
        if not message or never or obligation.unknown or obligation.rule.ends_with_stage:
            lapse(patient, obligation)


def way_out(patient: Patient, event: Occurrence) -> CompiledExit | None:
    """The `leave` by which the event takes the patient out of the pathway: tried before transitions."""
    for way in patient.compiled.exits:
        if event.is_one_of(way.keys) and (way.when is None or way.when(patient) is True):
            return way
    return None


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
    planned: list[tuple[Instant, int, Occurrence]] = []
    for index in patient.compiled.by_time.get(episode.stage, ()):
        way = patient.compiled.transitions[index]
        assert way.after is not None  # it is one by time
        happened = patient.happened(episode, way.after_keys)
        if happened or not way.after_keys:
            event = happened[-1] if happened else episode.entered_by
            since = event.at if happened else episode.stays[-1].since
            planned.append((patient.compiled.calendar.due(since, way.after), index, event))
    episode.by_time = tuple(sorted(planned, key=lambda timed: timed[0]))  # at one instant in the order to try them (P3)


def next_by_time(patient: Patient) -> Instant | None:
    episode = patient.current
    return episode.by_time[0][0] if episode is not None and episode.by_time else None
