"""Resources needed: delivered in time, not refused, not withdrawn, at the right level (O9)."""

from __future__ import annotations

from pathway.machine.tables import CompiledRule
from pathway.model.base import LEVELS, Level
from pathway.tracking import outcomes
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Occurrence


def consider(patient: Patient, obligation: Obligation, target: Occurrence) -> bool:
    """Let a resource event bear on a need. A request or a grant is seen, but meets nothing."""
    phase = target.event.phase or "delivered"
    obligation.seen = (*obligation.seen, target)
    if obligation.unknown:
        return True
    if phase == "refused" and obligation.waits:
        if not outcomes.excused(patient, obligation):
            outcomes.break_(patient, obligation, "refused")
    elif phase in ("delivered", "started"):
        outcomes.settle(patient, obligation, target)
        _level(patient, obligation, target)
    return True


def _level(patient: Patient, obligation: Obligation, target: Occurrence) -> None:
    """Care by a unit above the level wanted is one `wrong level` a stay."""
    wanted, given = obligation.rule.rule.level, _level_of(patient, target)
    if wanted not in LEVELS or given not in LEVELS or LEVELS.index(given) <= LEVELS.index(wanted):
        return
    episode = patient.episode(obligation)
    stay = episode.stays[-1].since
    told = [o for o in patient.owed[obligation.rule] if o.part == "level" and o.episode == episode.number]
    if any(o.anchored_at >= stay for o in told):
        return
    level = outcomes.begin(patient, episode, obligation.rule, "level", None, target, target.at, None, round=len(told))
    level.seen = (target,)
    outcomes.break_(patient, level, "wrong_level")
    outcomes.close(level, target, target.at)


def _level_of(patient: Patient, target: Occurrence) -> Level | None:
    party = target.event.party or target.event.sender
    declared = patient.compiled.pathway.parties.get(party or "")
    return declared.level if declared else None


def running(patient: Patient, episode: Episode, rule: CompiledRule) -> Occurrence | None:
    """What meets a need for the whole stage although it began before: a bed that the patient is in already."""
    if not rule.rule.whole_stage:
        return None
    phases = patient.happened(episode, [f"{rule.rule.resource} started", f"{rule.rule.resource} ended"])
    return phases[-1] if phases and phases[-1].event.phase == "started" else None


def withdraw(patient: Patient, episode: Episode, end: Occurrence) -> None:
    """At the end of an instant: what lasts and was ended before the need was, unless it started again at that instant."""
    for rule in episode.edition.rules:
        if rule.rule.resource != end.event.name or not _lasts(patient, episode, rule):
            continue
        mine = [o for o in patient.owed.get(rule, ()) if o.episode == episode.number and o.part == "main"]
        restarted = any(o.at >= end.at for o in patient.happened(episode, [f"{rule.rule.resource} started"]))
        if restarted or not mine or any(o.live for o in mine):
            continue
        again = outcomes.begin(patient, episode, rule, "main", None, end, end.at, None, round=mine[-1].round + 1)
        again.due = end.at
        outcomes.break_(patient, again, "withdrawn")


def _lasts(patient: Patient, episode: Episode, rule: CompiledRule) -> bool:
    """A need `for the whole stage` lasts until the stage is left, one `from X to Y` until Y; any other is met once for all."""
    if episode.ended_at is not None:
        return False
    if rule.until is not None:
        return not patient.happened(episode, [rule.until])
    return rule.rule.whole_stage and episode.in_force(rule)
