"""What a population comes to in its indicators and its days that cost: added up from the tables, which may be in parts.

Sums of fractions are rounded once, so that parts and the whole come to the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import fsum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.model.pathway import Pathway
from pathway.tracking.indicators import total


def indicator_totals(pathway: Pathway, parts: Iterable[pa.Table]) -> dict[str, dict[str, Any]]:
    """By indicator of the pathway: what it comes to (a share from 0 to 1, or days or hours), of how many, and how many are left out
    because they cannot be observed in full yet. Memory: eight bytes for each that could be observed, and some more of those of one."""
    known: dict[str, list[Any]] = {name: [] for name in pathway.indicators}
    not_yet: Counter[str] = Counter()
    for part in parts:
        own = part.filter(pc.equal(part["pathway"], pathway.name))
        for name in known:
            values = own.filter(pc.equal(own["indicator"], name))["value"]
            known[name].append(values.drop_null().to_numpy())
            not_yet[name] += values.null_count
    return {
        name: {
            "kind": indicator.kind,
            "per": indicator.out_of.key if indicator.per == "event" else indicator.per,
            "value": total(indicator, _numbers(known[name])),
            "of": sum(map(len, known[name])),
            "not_yet": not_yet[name],
            "groups": [group.name for group in indicator.groups],
        }
        for name, indicator in pathway.indicators.items()
    }


def cost_totals(parts: Iterable[pa.Table]) -> dict[str, dict[str, float]]:
    """By currency: the days, what those with a known price come to, and how many have none."""
    found: dict[str, Counter[str]] = {}
    amounts: dict[str, list[Any]] = {}
    for part in parts:
        for currency in pc.unique(part["currency"]).to_pylist():
            own = part.filter(pc.equal(part["currency"], currency))
            found.setdefault(currency, Counter()).update({name: pc.sum(own[name]).as_py() for name in ("days", "unpriced")})
            amounts.setdefault(currency, []).append(own["amount"].to_numpy())
    return {currency: {**sums, "amount": fsum(_numbers(amounts[currency]))} for currency, sums in found.items()}


def _numbers(parts: Sequence[Any]) -> list[float]:
    numbers: list[float] = np.concatenate([np.zeros(0), *parts]).tolist()
    return numbers
