"""What can become of an obligation: begun, met, broken, closed, excused, lapsed, cancelled (O4, O12, O14, E5).

Nothing here asks what kind of rule it is; that is for `obligations` and the modules of the kinds.
"""

from __future__ import annotations

from collections.abc import Iterable

from pathway.events.event import Instant
from pathway.machine.tables import CompiledRule
from pathway.model.rules import Timing
from pathway.tracking.answerable import answerable
from pathway.tracking.deadlines import set_deadlines, timing_in_force, verdict
from pathway.tracking.patient import Patient
from pathway.tracking.records import Outcome, Part, Subtype
from pathway.tracking.state import Break, Episode, Judged, Obligation, Occurrence

UNMET: dict[Part, Subtype] = {"receipt": "unacknowledged", "answer": "unanswered"}
"""What a break is called of what a message calls for; of anything else it is `missing`, or a subtype of its own."""


def applies(patient: Patient, rule: CompiledRule, anchor: Occurrence) -> bool | None:
    """Whether the rule's condition holds now, as far as is known (O3)."""
    if rule.when is None:
        return True
    holds = rule.when(patient)
    if patient.judged is not None:
        latest = {(judged.rule, judged.anchor): judged.holds for judged in patient.judged}
        if latest.get((rule, anchor), "never") is not holds:
            patient.judged.append(Judged(rule, anchor, holds, patient.now, patient.facts))
    return holds


def begin(
    patient: Patient,
    episode: Episode,
    rule: CompiledRule,
    part: Part,
    receiver: str | None,
    anchor: Occurrence,
    anchored_at: Instant,
    timing: Timing | None,
    *,
    round: int = 0,
) -> Obligation:
    """A new obligation, with its deadlines, on the patient's list."""
    calendar = patient.compiled.calendar
    fact = None
    if timing is rule.rule.timing:
        fact = timing.anchor.fact if timing and timing.anchor else None
        timing = timing_in_force(rule.rule, anchored_at, calendar)
    own_time = anchored_at == anchor.at
    low, high = (anchor.low, anchor.high) if own_time else (anchored_at, anchored_at)
    if fact in patient.facts:
        day = patient.facts[fact][0]  # type: ignore[index]  # None is not among them
        low = high = calendar.start(day)  # type: ignore[arg-type]  # the builder lets only dates be anchors
    obligation = Obligation(
        number=patient.raised,
        rule=rule,
        part=part,
        receiver=receiver,
        episode=episode.number,
        stage=episode.stage,
        anchor=anchor,
        round=round,
        anchored_at=low,
        anchored_high=high,
        raised_at=patient.now,
        timing=timing,
    )
    plan(patient, obligation)
    patient.raised += 1
    patient.owed[rule] = (*patient.owed.get(rule, ()), obligation)
    patient.live[rule] = (*patient.live.get(rule, ()), obligation)
    return obligation


def plan(patient: Patient, obligation: Obligation) -> None:
    """Work out the deadlines, again when a hold begins or ends."""
    holds = patient.episode(obligation).holds(obligation.rule)
    set_deadlines(obligation, patient.compiled.calendar, holds)


def settle(patient: Patient, obligation: Obligation, target: Occurrence, *, early: bool = False) -> None:
    """The event is what was owed: meet the obligation, or close its break."""
    judged = "early" if early else verdict(obligation, target)
    if obligation.broken:
        close(obligation, target, target.at)
    elif judged == "undetermined":
        decide(patient, obligation, "undetermined")
    elif judged == "met":
        obligation.met_at = target.at
        decide(patient, obligation, "met")
    else:
        break_(patient, obligation, "early" if judged == "early" else UNMET.get(obligation.part, "missing"))
        close(obligation, target, target.at)


def decide(patient: Patient, obligation: Obligation, outcome: Outcome) -> None:
    obligation.outcome = outcome
    obligation.decided_at = patient.now


def break_(patient: Patient, obligation: Obligation, subtype: Subtype) -> None:
    """The obligation is broken. `measure`, `proposed` and `promptly` get the outcome without a break (O14)."""
    obligation.broken = True
    decide(patient, obligation, "missing")
    if _can_break(obligation):
        party, unit = answerable(patient, obligation)
        obligation.break_ = Break(subtype, patient.now, party, unit)


def _can_break(obligation: Obligation) -> bool:
    """A message to be sent promptly gives no break itself, but its receipt has a limit of its own."""
    rule, timing = obligation.rule.rule, obligation.timing
    if obligation.part == "main":
        return rule.breaks
    return not rule.standing.proposed and not (timing is not None and timing.promptly)


def close(obligation: Obligation, by: Occurrence | None, at: Instant) -> None:
    """What was owed has come after all. `by` is None for a week that is over."""
    obligation.outcome = "late"
    obligation.met_at = at
    if obligation.break_ is not None:
        obligation.break_.closed_at = at
        obligation.break_.closed_by = by
        if obligation.break_.subtype == "missing":
            obligation.break_.subtype = "late"


def excused(patient: Patient, obligation: Obligation) -> bool:
    """A deviation recorded at or before the due time, or one that the rule foresees (O12)."""
    due = obligation.due if obligation.due is not None else patient.now
    if excusing(patient, obligation, due) is not None:
        return True
    return any(case is None or case(patient) is True for case, _ in obligation.rule.may_deviate)


def excusing(patient: Patient, obligation: Obligation, due: Instant) -> Occurrence | None:
    """The first deviation that was recorded in time to excuse an obligation."""
    for deviation in patient.deviations:
        recorded = deviation.event.recorded
        if recorded is not None and recorded <= due and covers(deviation, obligation):
            return deviation
    return None


def covers(deviation: Occurrence, obligation: Obligation) -> bool:
    """Whether a deviation speaks of the obligation's rule or stage, and had not ended when it was anchored."""
    until = deviation.event.deviation_until
    return speaks_of(deviation, obligation) and (until is None or until >= obligation.anchored_at)


def speaks_of(deviation: Occurrence, obligation: Obligation) -> bool:
    """Whether it names the obligation's rule or stage. One that does not say of what it is speaks of none."""
    rule, said = obligation.rule.rule, deviation.event.deviation
    return said is not None and said in (rule.name, rule.label, obligation.stage)


def lapse(patient: Patient, obligation: Obligation) -> None:
    """It stopped mattering before it was due; one whose condition never became known is not judged (O1, O3)."""
    counted = obligation.rule.rule.frequency is not None
    decide(patient, obligation, "not_judged" if obligation.unknown or counted else "lapsed")


def undo(patient: Patient, undone: Iterable[Occurrence], by: Occurrence) -> None:
    """E5: the events cease to count; obligations that they raised and that still wait are cancelled, their open breaks close."""
    places = {occurrence.place for occurrence in undone}
    patient.undone |= places
    for rule, live in list(patient.live.items()):
        for obligation in live:
            if obligation.anchor.place not in places:
                continue
            if obligation.waits:
                decide(patient, obligation, "cancelled")
            elif obligation.live:
                close(obligation, by, by.at)
        tidy(patient, rule)


def tidy(patient: Patient, rule: CompiledRule) -> None:
    """Let go of what no event can change any longer."""
    patient.live[rule] = tuple([o for o in patient.live[rule] if o.live])
