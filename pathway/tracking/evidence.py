"""From what tracking remembers to what it says: records, with the evidence that a person can check (O13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from hashlib import blake2b
from typing import Any

from pathway.events.event import Instant
from pathway.model.base import Duration
from pathway.model.calendar import to_datetime
from pathway.model.rules import Anchor, Timing
from pathway.tracking.deadlines import held_between, warned_at
from pathway.tracking.outcomes import covers
from pathway.tracking.patient import Patient
from pathway.tracking.records import BreakRecord, EpisodeRecord, MoveRecord, ObligationRecord
from pathway.tracking.state import Break, Episode, Obligation, Occurrence


def episode_record(patient: Patient, episode: Episode) -> EpisodeRecord:
    pathway, stay = episode.edition.pathway, episode.stays[-1]
    return EpisodeRecord(
        patient=patient.name,
        pathway=pathway.name,
        version=pathway.version,
        adaptation=pathway.adaptation,
        episode=episode.number,
        entered_at=episode.stays[0].since,
        started_by=episode.started_by,
        stage=stay.stage,
        stage_since=stay.since,
        party=stay.party,
        ended_at=episode.ended_at,
        individual_course=episode.individual,
    )


def move_records(episode: Episode) -> Iterator[MoveRecord]:
    """The moves of an episode: coming in, each stage after another, leaving."""
    name, before = episode.edition.pathway.name, ""
    for stay in episode.stays:
        yield MoveRecord(name, episode.number, stay.since, before, stay.stage, stay.place)
        before = stay.stage
    if episode.left_by is not None and episode.ended_at is not None:
        yield MoveRecord(name, episode.number, episode.ended_at, before, "", episode.left_by.place)


def obligation_record(patient: Patient, obligation: Obligation, as_of: Instant) -> ObligationRecord:
    pathway = patient.episode(obligation).edition.pathway
    return ObligationRecord(
        patient=patient.name,
        pathway=pathway.name,
        version=pathway.version,
        episode=obligation.episode,
        stage=obligation.stage,
        rule=obligation.rule.rule.name,
        part=obligation.part,
        receiver=obligation.receiver,
        kind=obligation.rule.rule.kind,
        anchor_event=obligation.anchor.root,
        round=obligation.round,
        anchored_at=obligation.anchored_at,
        due_at=obligation.due,
        outcome=obligation.outcome,
        met_at=obligation.met_at,
        decided_at=obligation.decided_at,
        at_risk_at=at_risk_at(patient, obligation, as_of),
    )


def at_risk_at(patient: Patient, obligation: Obligation, as_of: Instant) -> Instant | None:
    """When an obligation came to be at risk of breaking: `warn after` had passed, and it still waited."""
    if obligation.unknown:
        return None
    warned = warned_at(obligation, patient.compiled.calendar, patient.episode(obligation).holds(obligation.rule))
    until = as_of if obligation.decided_at is None else obligation.decided_at
    return warned if warned is not None and warned < until and warned >= obligation.raised_at else None


def break_record(patient: Patient, obligation: Obligation, found: Break, as_of: Instant) -> BreakRecord:
    pathway, rule = patient.episode(obligation).edition.pathway, obligation.rule.rule
    anchor = obligation.anchor.root
    return BreakRecord(
        break_id=break_id(
            pathway.name, patient.name, rule.name, obligation.part, obligation.receiver, anchor, obligation.round
        ),
        patient=patient.name,
        pathway=pathway.name,
        version=pathway.version,
        episode=obligation.episode,
        stage=obligation.stage,
        rule=rule.name,
        kind=rule.break_kind,
        subtype=found.subtype,
        party=found.party,
        unit=found.unit,
        anchor_event=anchor,
        anchored_at=obligation.anchored_at,
        due_at=obligation.due,
        closed_event=found.closed_by.root if found.closed_by else None,
        closed_at=found.closed_at,
        open=found.closed_at is None,
        delay_s=_delay(obligation, found, as_of),
        size=found.size,
        lacking=found.lacking,
        cause=_cause(patient, obligation),
        explained=_explained(patient, obligation),
        evidence=json.dumps(_evidence(patient, obligation, found, as_of), ensure_ascii=False, separators=(",", ":")),
    )


def break_id(pathway: str, patient: str, rule: str, part: str, receiver: str | None, anchor: str | None, round: int) -> str:
    """The same break is the same break tomorrow: 16 hexadecimal digits of what identifies it."""
    parts = (pathway, patient, rule, part, receiver or "", anchor or "", str(round))
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _delay(obligation: Obligation, found: Break, as_of: Instant) -> float:
    """Seconds after the due time; before the lower limit (negative) for what came too early."""
    until = as_of if found.closed_at is None else found.closed_at
    limit = obligation.lower if found.subtype == "early" else obligation.due
    return 0.0 if limit is None else (until - limit) / 1_000_000


def _cause(patient: Patient, obligation: Obligation) -> str | None:
    """What people recorded as the cause, latest last."""
    causes = [d.event.cause for d in patient.deviations if d.event.cause is not None and covers(d, obligation)]
    return causes[-1] if causes else None


def _explained(patient: Patient, obligation: Obligation) -> str | None:
    """The reason of a deviation that did not come in time to excuse: it explains (O12)."""
    reasons = [d.event.because or "" for d in patient.deviations if covers(d, obligation)]
    return reasons[-1] if reasons else None


def _waited(patient: Patient, obligation: Obligation, until: Instant) -> tuple[dict[str, float], float]:
    """Seconds waited, by the party that held the patient, and seconds for which the clock stood still (O11)."""
    episode = patient.episode(obligation)
    held = held_between(obligation.anchored_at, until, episode.holds(obligation.rule))
    last = until if episode.ended_at is None else min(until, episode.ended_at)
    ends = [*(stay.since for stay in episode.stays[1:]), last]
    stays = [(stay.party or "", stay.since, end) for stay, end in zip(episode.stays, ends, strict=True)]
    waited: dict[str, int] = {}
    for party, start, end in [*stays, ("", last, until)]:
        start, end = max(start, obligation.anchored_at), min(end, until)
        counted = end - start - sum(max(0, min(end, over) - max(start, begin)) for begin, over in held)
        if end > start and counted > 0:
            waited[party] = waited.get(party, 0) + counted
    return {party: time / 1_000_000 for party, time in waited.items()}, sum(over - begin for begin, over in held) / 1_000_000


def _evidence(patient: Patient, obligation: Obligation, found: Break, as_of: Instant) -> dict[str, Any]:
    rule = obligation.rule.rule
    closing = found.closed_by
    waited, held = _waited(patient, obligation, as_of if found.closed_at is None else found.closed_at)
    evidence: dict[str, Any] = {
        "anchor": _seen(obligation.anchor),
        "due": None if obligation.due is None else to_datetime(obligation.due).isoformat(),
        "closed": None if closing is None else _seen(closing),
        "seen": [_seen(event) for event in obligation.seen if event is not closing],
        "limit": timing_facts(obligation.timing),
        "waited": waited,
        "held": held or None,
        "lacking": list(found.lacking),
        "stale": list(found.stale),
        "required": rule.frequency.amount if rule.frequency else None,
        "got": found.got,
        "sender": rule.sender,
        "receiver": obligation.receiver,
        "part": obligation.part,
        "source": rule.standing.source,
        "place": rule.standing.place,
        "force": rule.standing.force,
    }
    return {key: value for key, value in evidence.items() if value not in (None, [], {}) or key in ("anchor", "closed")}


def _seen(event: Occurrence) -> dict[str, str | bool]:
    seen: dict[str, str | bool] = {"id": event.root, "event": event.keys[-1], "at": to_datetime(event.at).isoformat()}
    return seen | {"day": True} if event.event.date_only else seen


def timing_facts(timing: Timing | None) -> dict[str, str | bool]:
    """A limit as flat facts: durations as `60 minute`, events by key, what is not said left out."""
    facts: dict[str, str | bool] = {}
    for name in Timing.model_fields:
        value = getattr(timing, name, None)
        match value:
            case None | False:
                continue
            case Duration(amount=amount, unit=unit):
                facts[name] = f"{amount} {unit}"
            case Anchor():
                facts[name] = " or ".join(event.key for event in value.events) or value.fact or "condition"
            case date() | time():
                facts[name] = value.isoformat()
            case _:
                facts[name] = value if isinstance(value, bool | str) else value.key
    return facts
