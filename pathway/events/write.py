"""Events written as a log that `read_log` reads without a mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from pathway.events.event import Event, Instant
from pathway.events.facts import FACT
from pathway.events.xes_write import write_xes
from pathway.model.calendar import Calendar, calendar_for, to_datetime
from pathway.outputs import write_whole

_FIELDS = (
    "patient", "event", "occurred", "id", "phase", "recorded", "party", "unit", "sender", "receiver", "elements", "amount",
    "refers", "corrects", "retracts", "deviation", "because", "until", "cause",
)  # fmt: skip

SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=name not in _FIELDS[:3]) for name in _FIELDS])
"""The columns of a log. All are text: an instant is ISO 8601 with its offset, a bare date what is known to the day only. Each
fact is one column more."""


def events_table(events: Iterable[Event], *, time_zone: str = "Europe/Oslo") -> pa.Table:
    """Events as a table with the columns that a log has, one more for each fact; columns without a value are left out.

    `time_zone` is the pathway's: the day of an event of which only the date is known is a day there. Earlier versions of an
    event, and what was retracted, stand in rows of their own.
    """
    days = calendar_for(time_zone, "NO")
    known = list(events)
    rows = [_row(event, days) for event in known]
    _note_versions(known, rows)
    facts = sorted({name for row in rows for name in row} - set(_FIELDS))
    told = {name for row in rows for name in row}
    fields = [
        *(field for field in SCHEMA if field.name in told or not field.nullable),
        *(pa.field(f, pa.string()) for f in facts),
    ]
    columns = [pa.array([row.get(field.name) for row in rows], pa.string()) for field in fields]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def write_events(events: Iterable[Event], path: str | Path, *, time_zone: str = "Europe/Oslo") -> None:
    """Write a log, as Parquet, XES (also packed: `.xes.gz`) or CSV by the path's ending, whole or not at all. Raises `OutputError`."""
    table = events_table(events, time_zone=time_zone)
    name = str(path).lower()
    if name.endswith(".parquet"):
        write_whole(path, lambda beside: parquet.write_table(table, beside, compression="zstd"))
    elif name.endswith((".xes", ".xes.gz")):
        write_whole(path, lambda beside: write_xes(table, beside, packed=name.endswith(".gz")))
    else:
        write_whole(path, lambda beside: csv.write_csv(table, beside))


def _row(event: Event, days: Calendar) -> dict[str, str]:
    row = {
        "patient": event.patient,
        "event": event.name,
        "occurred": days.day(event.occurred).isoformat() if event.date_only else _instant(event.occurred),
        "id": event.id,
        "phase": event.phase,
        "recorded": _instant(event.recorded),
        "party": event.party,
        "unit": event.unit,
        "sender": event.sender,
        "receiver": event.receiver,
        # An empty cell says that nothing is known of what a message contained; a comma, that it was empty.
        "elements": None if event.elements is None else ",".join(event.elements) or ",",
        "amount": None if event.amount is None else repr(event.amount),
        "refers": event.refers,
        "deviation": event.deviation,
        "because": event.because,
        "until": _instant(event.deviation_until),
        "cause": event.cause,
    }
    facts = {FACT + name if name in _FIELDS else name: _text(value) for name, value in event.facts.items()}
    return {name: value for name, value in (row | facts).items() if value is not None}


def _note_versions(events: Sequence[Event], rows: list[dict[str, str]]) -> None:
    """Note what corrects what, and add a row for each event that was believed until a time at which no other version came."""
    chains: defaultdict[str, list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        chains[event.root or event.id].append(place)
    for root, places in chains.items():
        if len(places) == 1 and events[places[0]].until is None:
            continue
        chain = sorted((events[place] for place in places), key=_order)
        first = root if any(event.id == root for event in chain) else chain[0].id
        for place in places:
            if events[place].id != first:
                rows[place]["corrects"] = first
        for event, after in zip(chain, [*chain[1:], None], strict=True):
            if event.until is not None and (after is None or _recorded(after) != event.until):
                at = _instant(event.until) or ""
                row = {"patient": event.patient, "event": event.name, "occurred": at, "recorded": at}
                # Its id comes after that of what it retracts, also where both were recorded at one time.
                rows.append({**row, "id": f"{event.id} retracted {at}", "retracts": first})


def _order(event: Event) -> tuple[Instant, bytes, bool, Instant]:
    """The order of versions (E2); of those with one id and one time, the one that was believed last comes last."""
    return (_recorded(event), event.id.encode(), event.until is None, event.until or 0)


def _recorded(event: Event) -> Instant:
    return event.occurred if event.recorded is None else event.recorded


def _instant(value: Instant | None) -> str | None:
    return None if value is None else to_datetime(value).isoformat()


def _text(value: object) -> str:
    return "true" if value is True else "false" if value is False else str(value)
