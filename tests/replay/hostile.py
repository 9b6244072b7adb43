"""Hostile logs, and what says that two readers of logs made the same of one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from pathway.events.event import Instant
from pathway.events.read import Log
from pathway.replay.rows import Rows, rows_of
from pathway.replay.streams import Stream
from pathway.tracking.tell import visible
from pathway.tracking.unseen import told_by

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


Told = list[tuple[str, list[tuple[Any, ...]]]]


def _told(blocks: list[Rows]) -> Told:
    """What rows say, patient by patient."""
    found: Told = []
    for rows in blocks:
        names, roots = rows.patients.to_pylist(), rows.root_texts.to_pylist()
        ids = [str(name) for name in rows.ids.to_pylist()]
        for patient, name in enumerate(names):
            span = range(int(rows.start[patient]), int(rows.start[patient + 1]))
            own = [
                (ids[row], roots[row], int(rows.at[row]), *rows.whats[rows.what[row]], *_said(rows, row, ids, span))
                for row in span
            ]
            found.append((name, sorted(own, key=repr)))
    return found


def _said(rows: Rows, row: int, ids: list[str], span: range) -> tuple[Any, ...]:
    if not len(rows.said):
        return (False, *[None] * 9, 0.0, {}, ())
    said = rows.said[row]
    texts = [
        None if said[name] < 0 else names.all[said[name]]
        for name, names in (
            ("party", rows.parties), ("sender", rows.parties), ("receiver", rows.parties), ("unit", rows.units),
            ("deviation", rows.notes), ("because", rows.notes), ("cause", rows.notes),
        )
    ]  # fmt: skip
    elements = None if said["elements"] < 0 else rows.element_sets[said["elements"]]
    facts = {
        rows.facts.all[rows.fact[at]]: rows.values[rows.fact[at]][rows.value[at] - 1]
        for at in range(int(said["facts0"]), int(said["facts1"]))
    }
    meant = [
        ids[other]
        for other in span
        if said["refers"] >= 0 and said["refers"] in (rows.said[other]["id"], rows.said[other]["root"])
    ]
    return (
        bool(said["date"]),
        *texts,
        elements,
        max(int(said["until"]), 0),
        float(said["amount"]),
        facts,
        tuple(sorted(meant)),
    )


def same(log: Log, stream: Stream, known_at: Instant | None = None) -> None:
    """A stream gives what the log has that is visible."""
    known = [(name, [event for event in events if visible(event, known_at)]) for name, events in log.by_patient()]
    found = _told(list(stream.blocks()))
    expected = _told([rows_of(known)])
    assert sorted(_plainly(found), key=repr) == sorted(_plainly(expected), key=repr)
    assert stream.counts.as_dict() == log.counts.as_dict()
    events = [event for own in log.events.values() for event in own]
    assert stream.told == told_by(events)
    assert stream.date_only == sum(event.date_only for event in events)
    assert stream.last_recorded() == log.last_recorded


def _plainly(told: Told) -> Told:
    return [(name, [tuple(0 if value is None else value for value in row) for row in rows]) for name, rows in told]


def hostile(seed: int, count: int, *, ids: bool = True, correcting: bool = True, abroad: bool = True) -> list[dict[str, Any]]:
    """A hostile log: a coarse clock, names that nobody knows, values that do not fit, corrections, circles, ids that come again."""
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        patient = f"p{draw.randrange(9)}" if draw.random() < 0.97 else draw.choice(["", None])
        occurred = START + timedelta(hours=6 * draw.randrange(20))
        row: dict[str, Any] = {
            "patient": patient,
            "event": draw.choice(
                ["admitted", "discharged", "scored", "NCMP1", "bed", "letter", "letter sent", "nonsense", None]
            ),
            "occurred": None if draw.random() < 0.03 else occurred,
            "id": f"e{number}" if ids and draw.random() < 0.95 else None,
            "phase": draw.choice([None, None, "sent", "received", "shouted"]),
            "recorded": occurred + timedelta(hours=draw.randrange(-3, 30)) if draw.random() < 0.6 else None,
            "party": draw.choice([None, "hospital", "fastlege", "nobody"]),
            "elements": draw.choice([None, ",", "diagnosis", "diagnosis; medicines"]),
            "amount": draw.choice([None, "1.5", "much"]),
            "refers": f"e{draw.randrange(count)}" if draw.random() < 0.2 else None,
            "age": draw.choice([None, "80", "old"]),
        }
        if ids and rows and draw.random() < 0.15:
            earlier = draw.choice(rows)
            if draw.random() < 0.3:
                row = {**earlier} if draw.random() < 0.5 else {**row, "id": earlier["id"]}
            elif correcting:
                row[draw.choice(["corrects", "retracts"])] = earlier["id"] if draw.random() < 0.9 else f"e{count + number}"
            if not abroad or draw.random() < 0.6:
                row["patient"] = earlier["patient"]
        if ids and correcting and rows and draw.random() < 0.05:  # a circle
            rows[-1]["corrects"], row["corrects"] = row["id"], rows[-1]["id"]
        rows.append(row)
    return rows


KINDS = {"occurred": pa.timestamp("us", "UTC"), "recorded": pa.timestamp("us", "UTC")}


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: pa.array([row.get(name) for row in rows], KINDS.get(name, pa.string())) for name in names})
