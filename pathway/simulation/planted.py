"""The generator's own record of the breaks that it planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.events.event import Instant
from pathway.model.rules import BreakKind
from pathway.outputs import write_whole
from pathway.simulation.happening import Intention, Owed
from pathway.tracking.evidence import break_id
from pathway.tracking.records import Part, Subtype
from pathway.tracking.state import Obligation


@dataclass(frozen=True, slots=True)
class Planted:
    """A break that was planted. `followed` is the pathway that finds it when it is replayed, by itself or in one that it starts.

    `broken_at` is when it was to break. `meant` is False for one that the text of the pathway left no way round.
    """

    followed: str
    break_id: str
    patient: str
    pathway: str
    rule: str
    part: Part
    receiver: str | None
    anchor_event: str | None
    round: int
    kind: BreakKind
    subtype: Subtype
    broken_at: Instant
    meant: bool


def planted(followed: str, patient: str, owed: Owed, meant: Intention, obligation: Obligation, at: Instant) -> Planted:
    """The record of a break. Whether what was late or missing has come after all is known at the end only."""
    assert meant.how is not None  # nothing breaks that was not meant to
    how = meant.how if meant.how not in ("late", "missing") else "missing" if obligation.met_at is None else "late"
    return Planted(
        followed=followed,
        break_id=break_id(owed.pathway, patient, owed.rule, owed.part, owed.receiver, owed.anchor, owed.round),
        patient=patient,
        pathway=owed.pathway,
        rule=owed.rule,
        part=owed.part,
        receiver=owed.receiver,
        anchor_event=owed.anchor,
        round=owed.round,
        kind=obligation.rule.rule.break_kind,
        subtype=how,
        broken_at=at,
        meant=meant.meant,
    )


_INSTANT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("followed", "break_id", "patient", "pathway", "rule", "part", "receiver")),
        pa.field("anchor_event", pa.string()),
        pa.field("round", pa.int32()),
        *(pa.field(name, pa.string()) for name in ("kind", "subtype")),
        pa.field("broken_at", _INSTANT),
        pa.field("meant", pa.bool_()),
    ]
)
"""The columns of a record of planted breaks: those of `Planted`."""


def planted_table(rows: Iterable[Planted]) -> pa.Table:
    known = list(rows)
    return pa.table({name: pa.array([getattr(row, name) for row in known], SCHEMA.field(name).type) for name in SCHEMA.names})


def write_planted(rows: Iterable[Planted], path: str | Path) -> Path:
    """Write a record (Parquet), whole or not at all. Raises `OutputError`."""
    return write_whole(path, lambda beside: parquet.write_table(planted_table(rows), beside, compression="zstd"))
