"""Events written as a log that `read_log` reads without a mapping."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from pathway.events.event import Event
from pathway.model.calendar import to_datetime

_FIELDS = (
    "patient", "event", "occurred", "id", "phase", "recorded", "party", "unit", "sender", "receiver", "elements", "amount",
    "refers", "deviation", "because", "until",
)  # fmt: skip


def events_table(events: Iterable[Event]) -> pa.Table:
    """Events as a table with the columns that a log has, one more for each fact; columns without a value are left out."""
    rows = [_row(event) for event in events]
    facts = sorted({name for row in rows for name in row} - set(_FIELDS))
    wanted = [
        name for name in (*_FIELDS, *facts) if name in ("patient", "event", "occurred") or any(name in row for row in rows)
    ]
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in wanted})


def write_events(events: Iterable[Event], path: str | Path) -> None:
    """Write a log, as Parquet or CSV by the path's ending."""
    table = events_table(events)
    if str(path).lower().endswith(".parquet"):
        parquet.write_table(table, path, compression="zstd")
    else:
        csv.write_csv(table, path)


def _row(event: Event) -> dict[str, Any]:
    def instant(value: int | None) -> str | None:
        return None if value is None else to_datetime(value).isoformat()

    row = {
        "patient": event.patient,
        "event": event.name,
        "occurred": instant(event.occurred),
        "id": event.id,
        "phase": event.phase,
        "recorded": instant(event.recorded),
        "party": event.party,
        "unit": event.unit,
        "sender": event.sender,
        "receiver": event.receiver,
        "elements": None if event.elements is None else ",".join(event.elements),
        "amount": None if event.amount is None else f"{event.amount:g}",
        "refers": event.refers,
        "deviation": event.deviation,
        "because": event.because,
        "until": instant(event.deviation_until),
    }
    row |= {name: _text(value) for name, value in event.facts.items()}
    return {name: value for name, value in row.items() if value is not None}


def _text(value: object) -> str:
    return "true" if value is True else "false" if value is False else str(value)
