"""Who answers for a break (O10)."""

from __future__ import annotations

from pathway.events.event import Instant
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode, Obligation, Stay


def answerable(patient: Patient, obligation: Obligation) -> tuple[str | None, str | None]:
    """The party that answers, and its unit where one is known.

    The rule's `by`; the receiver for what was not acknowledged or answered; the sender for what was not sent; else the party
    that held the patient up to the due instant (if the rule came into force later, at that time).
    """
    rule = obligation.rule.rule
    due = obligation.due if obligation.due is not None else patient.now
    stay = holding(patient.episode(obligation), due, obligation.raised_at)
    party = obligation.receiver if obligation.part in ("receipt", "answer") else rule.by or rule.sender or stay.party
    return party, unit_of(patient, party)


def holding(episode: Episode, due: Instant, raised_at: Instant) -> Stay:
    """The stay that the patient was in up to an instant, or when the rule came into force if that was later."""
    held = [stay for stay in episode.stays if stay.since < due] or episode.stays[:1]
    if raised_at > due:
        held = [stay for stay in episode.stays if stay.since <= raised_at]
    return held[-1]


def unit_of(patient: Patient, party: str | None) -> str | None:
    """The unit bound to a party: by the adaptation in force; the patient's municipality or GP for one that `is residence`;
    else the unit that the party's latest event came from."""
    if party is None:
        return None
    bound = patient.compiled.pathway.units.get(party)
    if bound is not None:
        return bound
    declared = patient.compiled.pathway.parties.get(party)
    if declared is not None and declared.residence is not None:
        known = patient.fact(declared.residence)
        return None if known is None else str(known)
    return patient.units.get(party)
