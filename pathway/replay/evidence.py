"""The evidence of the breaks that the kernel found (O13): the same text that `tracking/evidence.py` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pathway.model.calendar import to_datetime
from pathway.replay.kernel import layout as shape
from pathway.tracking.evidence import timing_facts
from pathway.tracking.records import PARTS

if TYPE_CHECKING:
    from pathway.replay.told import Told


def evidence_of(told: Told, found: Any, columns: Mapping[str, pa.Array]) -> Iterator[str]:
    """One JSON object for each break."""
    anchors, closings = columns["anchor_event"].to_pylist(), columns["closed_event"].to_pylist()
    limits = [timing_facts(timing) for timing in told.lowered.timings]
    parties = told.lowered.parties.all
    for owed, anchor, closing in zip(found, anchors, closings, strict=True):
        rule = told.lowered.rules[owed["rule"]].rule
        waits = told.chunk.waits[owed["waits0"] : owed["waits1"]]
        waited = {parties[party] if party >= 0 else "": time / 1_000_000 for party, time in waits.tolist()}
        seen = [place for place in _seen(told, owed) if place != owed["closed_by"]]
        due, held, receiver = int(owed["due"]), int(owed["held"]), int(owed["receiver"])
        evidence: dict[str, Any] = {
            "anchor": _event(told, owed, int(owed["anchor"]), anchor),
            "due": None if due == shape.FAR else to_datetime(due).isoformat(),
            "closed": None if closing is None else _event(told, owed, int(owed["closed_by"]), closing),
            "seen": [_event(told, owed, place, None) for place in seen],
            "limit": limits[owed["timing"]] if owed["timing"] >= 0 else {},
            "waited": waited,
            "held": held / 1_000_000 or None,
            "lacking": list(told.lacking(owed)),
            "stale": told.stale(owed),
            "required": rule.frequency.amount if rule.frequency else None,
            "got": float(owed["got"]) if owed["got"] >= 0 else None,
            "sender": rule.sender,
            "receiver": parties[receiver] if receiver >= 0 else None,
            "part": PARTS[owed["part"]],
            "source": rule.standing.source,
            "place": rule.standing.place,
            "force": rule.standing.force,
        }
        kept = {name: value for name, value in evidence.items() if value not in (None, [], {}) or name in ("anchor", "closed")}
        yield json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _seen(told: Told, owed: Any) -> Iterator[int]:
    node = int(owed["seen0"])
    while node >= 0:
        yield int(told.chunk.seen["place"][node])
        node = int(told.chunk.seen["next"][node])


def _event(told: Told, owed: Any, place: int, root: str | None) -> dict[str, str | bool]:
    patient = int(owed["patient"])
    row = int(told.row_of(np.array([patient]), np.array([place]))[0])
    if root is None:
        root = told.rows.roots[row].as_py()
    key, at = told.event(patient, place)
    seen: dict[str, str | bool] = {"id": root or "", "event": key, "at": to_datetime(at).isoformat()}
    return seen | {"day": True} if told.rows.date_only(row) else seen
