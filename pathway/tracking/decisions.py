"""`decide X with A, B` and `look up R before E`: what must be at hand when a decision is taken (O8)."""

from __future__ import annotations

from pathway.machine.tables import CompiledRule
from pathway.model.base import MESSAGE_PHASES
from pathway.model.rules import Basis
from pathway.tracking import outcomes
from pathway.tracking.answerable import holding
from pathway.tracking.messages import reaches
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Occurrence

_ARRIVED = ("received", "acknowledged", "answered")


def judge(patient: Patient, episode: Episode, rule: CompiledRule, decision: Occurrence) -> None:
    """At the end of the decision's instant: each message reached the party, each event happened, each fact is known, none is
    older than allowed. One break, listing what lacked, closed at once."""
    holds = outcomes.applies(patient, rule, decision)
    if episode.individual is not None or holds is False:
        return
    obligation = outcomes.begin(patient, episode, rule, "main", None, decision, decision.at, None)
    obligation.due = decision.at
    # The decision may have moved the patient on within its instant: it was taken where the patient was.
    obligation.stage = rule.stage or holding(episode, decision.at, decision.at).stage
    if holds is None:
        outcomes.decide(patient, obligation, "not_judged")
        return
    party = rule.rule.by or holding(episode, decision.at, decision.at).party
    lacked: list[str] = []
    stale: list[str] = []
    for basis in rule.rule.basis:
        at = _had(patient, episode, basis, party, decision)
        if at is None:
            lacked.append(basis.name)
        elif basis.max_age is not None and at < patient.compiled.calendar.back(decision.at, basis.max_age):
            stale.append(basis.name)
    if not lacked and not stale:
        obligation.met_at = decision.at
        outcomes.decide(patient, obligation, "met")
    elif outcomes.excused(patient, obligation):
        outcomes.decide(patient, obligation, "excused")
    else:
        outcomes.break_(patient, obligation, "uninformed" if lacked else "stale")
        outcomes.close(obligation, decision, decision.at)
        if obligation.break_ is not None:
            obligation.break_.lacking, obligation.break_.stale = tuple(lacked), tuple(stale)


def _had(patient: Patient, episode: Episode, basis: Basis, party: str | None, decision: Occurrence) -> int | None:
    """When the latest of what the decision needs was had, or None."""
    if basis.kind == "fact":
        known = patient.facts.get(basis.name)
        return None if known is None else known[1].at
    if basis.kind == "event":
        happened = [o for o in patient.happened(episode, [basis.name]) if o is not decision]
        return happened[-1].at if happened else None
    carriers = episode.edition.carriers[basis.name]
    arrived = [
        o
        for o in patient.happened(episode, [f"{carrier} {phase}" for carrier in carriers for phase in MESSAGE_PHASES])
        if _reached(patient, o, party)
    ]
    return arrived[-1].at if arrived else None


def _reached(patient: Patient, message: Occurrence, party: str | None) -> bool:
    """Received by the party, or sent to it where the source has no receipts; what it sent itself it has."""
    event = message.event
    if party is None or (event.sender is not None and reaches(patient, event.sender, party)):
        return True
    arrived = event.phase in _ARRIVED or (not patient.receipts and event.phase != "rejected")
    return arrived and reaches(patient, event.receiver, party)
