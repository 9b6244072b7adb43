"""What a replay found and what was planted, in one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pathway.replay.population import Result
from pathway.simulation.planted import Planted

Breaks = Counter[tuple[str, str, str, str]]


def found(result: Result) -> Breaks:
    return Counter((row["break_id"], row["patient"], row["rule"], row["subtype"]) for row in result.breaks.to_pylist())


def planted(rows: Iterable[Planted], followed: str) -> Breaks:
    return Counter((one.break_id, one.patient, one.rule, one.subtype) for one in rows if one.followed == followed)
