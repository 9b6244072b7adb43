"""`at least N per week`: judged for each full seven local days from coming into force (O6)."""

from __future__ import annotations

from datetime import timedelta

from pathway.machine.tables import CompiledRule
from pathway.tracking import outcomes
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Occurrence

_WEEK = timedelta(days=7)
_MINUTES = {"minutes": 1, "hours": 60}


def first_week(patient: Patient, episode: Episode, rule: CompiledRule, by: Occurrence) -> None:
    """The first week begins at the next local midnight."""
    calendar = patient.compiled.calendar
    _week(patient, episode, rule, by, calendar.end(calendar.day(patient.now)) + 1)


def _week(patient: Patient, episode: Episode, rule: CompiledRule, by: Occurrence, start: int) -> None:
    if outcomes.applies(patient, rule, by) is False:
        return
    calendar = patient.compiled.calendar
    # Weeks are numbered from their anchor: a stage that is entered again by time has the same one.
    number = sum(earlier.anchor is by for earlier in patient.owed.get(rule, ()))
    week = outcomes.begin(patient, episode, rule, "main", None, by, start, None, round=number)
    week.due = calendar.end(calendar.day(start) + _WEEK - timedelta(days=1))


def judge(patient: Patient, week: Obligation) -> None:
    """A week is over: enough, too little, or not judged where a day of it was held."""
    rule, episode = week.rule, patient.episode(week)
    frequency, due = rule.rule.frequency, week.due
    assert frequency is not None and due is not None  # only a count has weeks, and a week always ends
    held = episode.holds(rule)
    unknown = rule.when is not None and rule.when(patient) is None
    counted = [o for o in patient.happened(episode, _counted(rule)) if week.anchored_at <= o.at <= due]
    got = float(len(counted))
    if frequency.unit != "times":
        got = sum(o.event.amount or 0.0 for o in counted) / _MINUTES[frequency.unit]
    week.seen = tuple(counted)
    if unknown or any(start <= due and (end is None or end >= week.anchored_at) for start, end in held):
        outcomes.decide(patient, week, "not_judged")
    elif got >= frequency.amount:
        week.met_at = due
        outcomes.decide(patient, week, "met")
    elif outcomes.excused(patient, week):
        outcomes.decide(patient, week, "excused")
    else:
        outcomes.break_(patient, week, "insufficient")
        outcomes.close(week, None, due)
        if week.break_ is not None:
            week.break_.size, week.break_.got = frequency.amount - got, got
    if episode.in_force(rule):
        _week(patient, episode, rule, week.anchor, due + 1)


def _counted(rule: CompiledRule) -> list[str]:
    if rule.rule.kind == "need":
        return [f"{rule.rule.resource} delivered"]
    return sorted(rule.meets)
