"""What became of the parts of rules: of the thing itself, and of the receipt, the answer or the level beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pathway.tracking.records import OUTCOMES, PARTS

Counted = Mapping[tuple[str, str, str], int]
"""How many obligations there were, by rule, part and outcome."""


def parts_of(counted: Counted) -> dict[str, dict[str, dict[str, int]]]:
    """By rule and part the outcomes, of those rules that had more than one part."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for (rule, part, outcome), count in counted.items():
        found.setdefault(rule, {}).setdefault(part, Counter())[outcome] += count
    return {
        rule: {part: {outcome: of[part][outcome] for outcome in OUTCOMES} for part in PARTS if part in of}
        for rule, of in found.items()
        if of.keys() - {"main"}
    }
