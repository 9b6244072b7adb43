"""The life of an obligation: raised, met, judged (O1-O6).

        waiting -> met | late | missing | excused | lapsed | cancelled | undetermined | not_judged

What can become of it stands in `outcomes`; what is particular to one kind of rule in `messages` (send), `resources` (need),
`decisions` and `counts`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pathway.events.event import Instant
from pathway.machine.tables import CompiledRule
from pathway.model.expressions import EventRef
from pathway.model.keys import event_key
from pathway.tracking import counts, messages, resources
from pathway.tracking.outcomes import applies, begin, break_, decide, excused, plan, settle, tidy
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Occurrence


def come_into_force(patient: Patient, episode: Episode, rule: CompiledRule, by: Occurrence, at: Instant) -> None:
    """A rule begins to hold: it is raised at once where its anchors have happened already (O2), else when they do.

    `by` is the event that brought it into force. It counts as if in force since its first anchor.
    """
    if rule.beneath:
        episode.taken |= {rule}
    if episode.individual is not None or rule.decides is not None:
        return
    if rule.rule.frequency is not None:
        counts.first_week(patient, episode, rule, by)
    elif rule.watch is not None:
        for anchor in episode.turned.get(rule.watch, ()):
            raise_at(patient, episode, rule, anchor)
    elif rule.rule.timing and rule.rule.timing.anchor and rule.rule.timing.anchor.fact:
        known = patient.facts.get(rule.rule.timing.anchor.fact)
        if known is not None:
            raise_at(patient, episode, rule, known[1])
    elif rule.raised_by:
        _catch_up(patient, episode, rule)
    else:
        raise_at(patient, episode, rule, by, at)


def _catch_up(patient: Patient, episode: Episode, rule: CompiledRule) -> None:
    """Go through the anchors that have happened as if the rule had been in force since the first (O2)."""
    anchors = patient.happened(episode, rule.raised_by)
    for anchor in anchors[-1:] if rule.pick_latest else anchors:
        for obligation in patient.live.get(rule, ()):
            if obligation.waits and obligation.due is not None and obligation.due < anchor.at and not obligation.unknown:
                judge(patient, obligation)
        if _repeat(rule) == "first" and any(_waited_at(o, anchor) for o in patient.owed.get(rule, ()) if o.part == "main"):
            patient.repeated_anchors += 1
        else:
            raise_at(patient, episode, rule, anchor)


def _waited_at(obligation: Obligation, anchor: Occurrence) -> bool:
    """Whether an obligation that is decided still waited, or would have, when a later anchor of its rule came."""
    if obligation.waits or obligation.anchor.place >= anchor.place:
        return False
    due, met_at = obligation.due, obligation.met_at
    if met_at is not None and (due is None or met_at <= due):
        return obligation.seen[-1].place > anchor.place
    until = [at for at in (due, obligation.decided_at) if at is not None]
    return anchor.at <= min(until, default=anchor.at)


def raise_at(patient: Patient, episode: Episode, rule: CompiledRule, anchor: Occurrence, at: Instant | None = None) -> None:
    """Raise a rule at an anchor, unless the anchor has raised it before or its obligation still waits (O2).

    `at` is the instant counted from when it is not the anchor's own (coming into force by time).
    """
    raised = episode.anchors.get(rule, ())
    if episode.individual is not None or any(earlier.root == anchor.root for earlier in raised):
        return
    anchored_at = anchor.at if at is None else at
    waiting = [o for o in patient.live.get(rule, ()) if o.waits and o.episode == episode.number and o.part == "main"]
    if waiting and _repeat(rule) == "first":
        patient.repeated_anchors += 1
    elif waiting and _repeat(rule) == "latest":
        episode.anchors[rule] = (*raised, anchor)
        for obligation in waiting:
            obligation.anchor, obligation.anchored_at, obligation.anchored_high = anchor, anchored_at, anchored_at
            plan(patient, obligation)
    else:
        owe(patient, episode, rule, anchor, anchored_at)


def _repeat(rule: CompiledRule) -> str:
    return rule.rule.timing.repeat if rule.rule.timing else "first"


def owe(
    patient: Patient,
    episode: Episode,
    rule: CompiledRule,
    anchor: Occurrence,
    anchored_at: Instant,
    *,
    receivers: tuple[str | None, ...] | None = None,
    round: int = 0,
) -> None:
    """Raise the rule's main obligations (one a receiver, or only those for some), judge its condition, and see what has happened
    already."""
    raised = episode.anchors.get(rule, ())
    since = raised[-1].place if raised else -1
    episode.anchors[rule] = (*raised, anchor)
    holds = applies(patient, rule, anchor)
    if holds is False:
        return
    for receiver in receivers or rule.rule.receivers or (None,):
        obligation = begin(patient, episode, rule, "main", receiver, anchor, anchored_at, rule.rule.timing, round=round)
        obligation.unknown = holds is None
        if holds is None:
            patient.unknown = (*patient.unknown, obligation)
        for target in _already(patient, obligation, since):
            if obligation.live:
                consider(patient, obligation, target)


def _already(patient: Patient, obligation: Obligation, since: int) -> Iterable[Occurrence]:
    """What fitted before it was raised: from the anchor on for `within`, else back to the rule's previous anchor or the
    episode's beginning (O3, O5)."""
    rule, anchor = obligation.rule, obligation.anchor
    if rule.reached is not None:
        return _reached_already(patient, obligation, rule.reached, since)
    if rule.rule.timing is not None and rule.rule.timing.every is not None:
        return ()
    start = _looks_from(patient, obligation)
    used = {
        o.seen[-1].place
        for o in patient.owed[rule]
        if o.outcome in ("met", "late") and o.seen and o.receiver == obligation.receiver
    }
    running = resources.running(patient, patient.episode(obligation), rule)
    return [
        target
        for target in patient.happened(patient.episode(obligation), rule.meets)
        if target is running
        or (
            target is not anchor
            and target.place not in used
            and (target.place > since if start is None else target.at >= start)
        )
    ]


def _reached_already(patient: Patient, obligation: Obligation, condition: int, since: int) -> list[Occurrence]:
    """The events that turned a goal's condition true in its time; where it only went on being true, the latest event. A goal
    is a state, so the anchor itself may show it reached."""
    episode, timing = patient.episode(obligation), obligation.timing
    back = timing is not None and timing.look == "either"
    turned = [
        event
        for event in episode.turned.get(condition, ())
        if event.place not in patient.undone and (event.place > since if back else event.at >= obligation.anchored_at)
    ]
    if not turned and episode.watched and episode.watched[condition] is True:
        turned = [max((happened[-1] for happened in patient.history.values()), key=lambda event: event.place)]
    return turned


def reach(patient: Patient, episode: Episode, event: Occurrence) -> bool:
    """Offer an event to the goals whose condition is true after it (O15)."""
    taken = False
    for condition, rule in episode.edition.goals.items():
        if episode.watched[condition] is not True:
            continue
        for obligation in patient.live.get(rule, ()):
            if obligation.live and obligation.episode == episode.number:
                taken |= consider(patient, obligation, event)
    return taken


def _looks_from(patient: Patient, obligation: Obligation) -> Instant | None:
    """The first instant at which an event can meet it; None where what came before the anchor counts too (O3, O5)."""
    timing = obligation.timing
    if timing is not None and (timing.look == "either" or (timing.before is not None and timing.anchor is None)):
        return None
    if timing is not None and timing.same_day:  # earlier that day counts, the day before does not
        return patient.compiled.calendar.start(patient.compiled.calendar.day(obligation.anchored_at))
    return obligation.anchored_at


def meet(patient: Patient, target: Occurrence, rules: Iterable[CompiledRule]) -> bool:
    """Offer an event to everything owed that it may meet. One event meets the oldest that waits and closes every open break."""
    taken = False
    for rule in rules:
        met: set[tuple[str, str | None]] = set()
        for obligation in patient.live.get(rule, ()):
            if not obligation.live:
                continue
            slot = (obligation.part, obligation.receiver)
            if obligation.waits and slot in met:
                continue
            waited = obligation.waits
            if consider(patient, obligation, target):
                taken = True
                if waited:
                    met.add(slot)
    return taken


def consider(patient: Patient, obligation: Obligation, target: Occurrence) -> bool:
    """Let one event bear on one obligation; whether it did. What comes again and again is raised anew once it is settled."""
    rule, start = obligation.rule, _looks_from(patient, obligation)
    state = rule.reached is not None or rule.rule.whole_stage  # what may have begun before
    if not state and start is not None and target.at < start:
        return False  # counted from a date that is still to come
    was_live = obligation.live
    bore = _bear(patient, obligation, target)
    if was_live and not obligation.live:
        tidy(patient, rule)
        _next_round(patient, obligation, target)
    return bore


def _bear(patient: Patient, obligation: Obligation, target: Occurrence) -> bool:
    kind = obligation.rule.rule.kind
    if obligation.rule.rule.frequency is not None:
        return False
    if kind == "send":
        return messages.consider(patient, obligation, target)
    if kind == "need":
        return resources.consider(patient, obligation, target)
    not_before = obligation.timing.not_before if obligation.timing else None
    obligation.seen = (*obligation.seen, target)
    if obligation.unknown:
        return True
    early = not_before is not None and not _has_happened(patient, obligation, not_before)
    settle(patient, obligation, target, early=early)
    return True


def _has_happened(patient: Patient, obligation: Obligation, event: EventRef) -> bool:
    episode = patient.episode(obligation)
    return bool(patient.happened(episode, [event_key(event, episode.edition.pathway)]))


def _next_round(patient: Patient, obligation: Obligation, target: Occurrence) -> None:
    """`every`: the next is due a period after the one that met it (O5). A round that was left open when the stage was left, and is
    closed after the patient has come back, begins no second row beside the one that waits then."""
    rule, episode, receiver = obligation.rule, patient.episode(obligation), obligation.receiver
    repeating = rule.rule.timing is not None and rule.rule.timing.every is not None and obligation.part == "main"
    if not repeating or not episode.in_force(rule):
        return
    others = (o for o in patient.live.get(rule, ()) if o.waits and o.part == "main" and o.receiver == receiver)
    if not any(o.episode == obligation.episode for o in others):
        owe(patient, episode, rule, target, target.at, receivers=(receiver,), round=obligation.round + 1)


def judge(patient: Patient, obligation: Obligation) -> None:
    """The due instant is over and it still waits."""
    due = obligation.due
    assert due is not None  # nothing is judged before it is due
    if obligation.rule.rule.frequency is not None:
        counts.judge(patient, obligation)
    elif _uncertain(patient, obligation, due) or _perhaps(patient, obligation, due):
        decide(patient, obligation, "undetermined")
    elif excused(patient, obligation):
        decide(patient, obligation, "excused")
    else:
        break_(patient, obligation, messages.subtype(obligation))
        if obligation.break_ is not None:
            obligation.break_.lacking = messages.lacking(patient, obligation)
    tidy(patient, obligation.rule)


def _uncertain(patient: Patient, obligation: Obligation, due: Instant) -> bool:
    """P4: the position is not known, and the rule is the stage's own."""
    episode = patient.episode(obligation)
    return episode.uncertain_since is not None and due >= episode.uncertain_since and obligation.rule.stage == episode.stage


def _perhaps(patient: Patient, obligation: Obligation, due: Instant) -> bool:
    """A date-only event of the due time's own day may have come in time (T3)."""
    return any(
        target.low <= due < target.high
        and patient.main.key_of(target.event.name, target.event.phase) in obligation.rule.meets
        and (obligation.receiver is None or messages.reaches(patient, target.event.receiver, obligation.receiver))
        for target in patient.coming
    )


def condition_known(patient: Patient) -> None:
    """Judge again the conditions that were unknown: at the first event after which they are known they count (O3)."""
    for obligation in patient.unknown:
        holds = applies(patient, obligation.rule, obligation.anchor) if obligation.waits else None
        if holds is None and obligation.waits:
            continue
        patient.unknown = _without(patient.unknown, obligation)
        if holds is False:
            patient.owed[obligation.rule] = _without(patient.owed[obligation.rule], obligation)
            patient.live[obligation.rule] = _without(patient.live[obligation.rule], obligation)
        elif holds:
            obligation.unknown = False
            seen, obligation.seen = obligation.seen, ()
            for target in seen:
                if obligation.live:
                    consider(patient, obligation, target)


def _without(obligations: tuple[Obligation, ...], gone: Obligation) -> tuple[Obligation, ...]:
    return tuple([o for o in obligations if o is not gone])
