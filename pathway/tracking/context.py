"""What surrounds a patient's obligations: who held the patient when, what the episodes are compared by, which deviations people
wrote, and what was answered. None of it decides anything; reports ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pathway.events.event import Instant
from pathway.model.pathway import Pathway
from pathway.tracking.course import Course
from pathway.tracking.hindsight import Hindsight
from pathway.tracking.outcomes import covers, excusing
from pathway.tracking.patient import Patient
from pathway.tracking.records import AnswerRecord, DeviationRecord, GroupRecord, StayRecord
from pathway.tracking.state import Episode, Obligation

_Written = Literal["before", "after", "foreseen"]


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one patient's obligations, in all pathways that were followed."""

    stays: tuple[StayRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    deviations: tuple[DeviationRecord, ...] = ()
    answers: tuple[AnswerRecord, ...] = ()


def context_of(courses: Iterable[Course]) -> Context:
    """What surrounds the courses of one patient. Cost: about that of telling an event or two, and of each party and fact that is
    compared by a walk over the events."""
    patients = [course.patient for course in courses]
    return Context(
        stays=tuple(stay for patient in patients for stay in _stays(patient)),
        groups=tuple(group for patient in patients for group in _groups(patient)),
        deviations=tuple(found for patient in patients for found in _deviations(patient)),
        answers=tuple(answer for patient in patients for answer in _answers(patient)),
    )


def compared_by(pathway: Pathway) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What the episodes of a pathway are compared by: facts, bands and parties. Facts are those of an indicator's `group by` that
    no party stands for; parties all but those that are people themselves (`level home`)."""
    grouped = [group.name for indicator in pathway.indicators.values() for group in indicator.groups if group.kind == "fact"]
    residences = {party.residence for party in pathway.parties.values()}
    facts = tuple(dict.fromkeys(name for name in grouped if name not in residences))
    parties = tuple(name for name, party in pathway.parties.items() if party.level != "home")
    return facts, tuple(pathway.bands), parties


def _stays(patient: Patient) -> Iterator[StayRecord]:
    for episode in patient.episodes:
        pathway = episode.edition.pathway
        ends: list[Instant | None] = [stay.since for stay in episode.stays[1:]]
        for stay, left in zip(episode.stays, [*ends, episode.ended_at], strict=True):
            yield StayRecord(
                patient=patient.name,
                pathway=pathway.name,
                version=pathway.version,
                episode=episode.number,
                stage=stay.stage,
                party=stay.party,
                entered_at=stay.since,
                left_at=left,
            )


def _groups(patient: Patient) -> Iterator[GroupRecord]:
    """As it was known at the end of each episode: a unit is that of the party's latest event (O10)."""
    if not patient.episodes:
        return
    seen = Hindsight(patient)
    for episode in patient.episodes:
        seen.go_to(episode.last)
        for dimension, value in _values(episode, seen):
            yield GroupRecord(patient.name, episode.edition.pathway.name, episode.number, dimension, value)


def _values(episode: Episode, seen: Hindsight) -> Iterator[tuple[str, str]]:
    pathway = episode.edition.pathway
    facts, bands, parties = compared_by(pathway)
    for name in facts:
        value = seen.fact(name)
        if value is not None:
            yield name, str(value)
    for name in bands:
        value = seen.fact(pathway.bands[name].fact)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, pathway.bands[name].band(value)
    for name in parties:
        unit = seen.unit(name)
        if unit is not None:
            yield name, unit


def _deviations(patient: Patient) -> Iterator[DeviationRecord]:
    for obligation in patient.obligations:
        if obligation.outcome == "excused":
            yield _deviation(patient, obligation, *_excuse(patient, obligation))
        elif obligation.broken:
            reasons = [d.event.because for d in patient.deviations if covers(d, obligation)]
            if reasons:
                yield _deviation(patient, obligation, "after", reasons[-1])


def _excuse(patient: Patient, obligation: Obligation) -> tuple[_Written, str | None]:
    due = obligation.due if obligation.due is not None else obligation.decided_at
    deviation = None if due is None else excusing(patient, obligation, due)
    if deviation is not None:
        return "before", deviation.event.because
    return "foreseen", " / ".join(because for _, because in obligation.rule.may_deviate)


def _deviation(patient: Patient, obligation: Obligation, written: _Written, reason: str | None) -> DeviationRecord:
    outcome, part = obligation.outcome, obligation.part
    return DeviationRecord(**_identity(patient, obligation), part=part, outcome=outcome, written=written, reason=reason)


def _identity(patient: Patient, obligation: Obligation) -> dict[str, Any]:
    """What a record of an obligation is known by."""
    pathway = patient.episode(obligation).edition.pathway
    return {
        "patient": patient.name,
        "pathway": pathway.name,
        "version": pathway.version,
        "episode": obligation.episode,
        "rule": obligation.rule.rule.name,
        "receiver": obligation.receiver,
        "anchor_event": obligation.anchor.root,
        "round": obligation.round,
    }


def _answers(patient: Patient) -> Iterator[AnswerRecord]:
    for obligation in patient.obligations:
        fact, message = obligation.rule.rule.answer_fact, obligation.rule.rule.message
        if obligation.part != "answer" or obligation.met_at is None or fact is None or message is None:
            continue
        carriers = patient.episode(obligation).edition.carriers
        value = _answered(patient, obligation, [f"{name} answered" for name in carriers[message]], fact)
        if value is not None:
            yield AnswerRecord(**_identity(patient, obligation), at=obligation.met_at, answer=value)


def _answered(patient: Patient, obligation: Obligation, keys: Sequence[str], fact: str) -> str | None:
    """What the event that met an obligation told of a fact."""
    told = (
        str(event.event.facts[fact])
        for key in keys
        for event in patient.history.get(key, ())
        if event.at == obligation.met_at and fact in event.event.facts
    )
    return next(told, None)
