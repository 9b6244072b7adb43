"""Values of facts drawn so that the conditions of a pathway come out in every way: what they compare with says what matters."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from pathway.machine.tables import Compiled
from pathway.model.expressions import And, Compare, Condition, FactValue, LastFact, Not, Or, Value, Within
from pathway.model.pathway import FactType, Pathway

_RARE = 0.02
"""The share of patients of whom a yes/no fact is true that makes the standard unsuited."""


class Values:
    """Draws values for the facts of some pathways. `weights` are chosen shares of values, by fact."""

    def __init__(self, texts: Iterable[Compiled], weights: Mapping[str, Mapping[Value, float]]) -> None:
        self._weights = weights
        self._types: dict[str, FactType] = {}
        self._compared: dict[str, list[Value]] = {}
        self._unsuiting: set[str] = set()
        for text in texts:
            self._look(text.pathway)

    def _look(self, pathway: Pathway) -> None:
        for name, fact in pathway.facts.items():
            self._types.setdefault(name, fact.type)
        for condition in conditions_of(pathway):
            for fact_name, value in _compared(condition):
                known = self._compared.setdefault(fact_name, [])
                if value not in known:
                    known.append(value)
        for case in pathway.unsuited:
            self._unsuiting |= {name for name, _ in _compared(case.when)} if case.when is not None else set()

    def draw(self, name: str, chance: random.Random, today: date) -> Value | None:
        """A value of a fact; None where nothing says what it might be."""
        weighted = self._weights.get(name)
        if weighted is not None:
            return chance.choices(list(weighted), list(weighted.values()))[0]
        kind = self._types.get(name)
        return None if kind is None else self._of(name, kind, chance, today)

    def _of(self, name: str, kind: FactType, chance: random.Random, today: date) -> Value | None:
        compared = self._compared.get(name, [])
        match kind.kind:
            case "yes_no":
                return chance.random() < (_RARE if name in self._unsuiting else 0.5)
            case "one_of":
                return chance.choice(kind.values)
            case "code":
                return chance.choice([str(code) for code in compared]) if compared else None
            case "date":
                return today - timedelta(days=chance.randint(0, 20))
            case "number":
                return _number(kind, [value for value in compared if isinstance(value, int | float)], chance)
        return None


def _number(kind: FactType, limits: list[int | float], chance: random.Random) -> Value | None:
    """A whole number on either side of what it is compared with, within what it can be."""
    low, high = kind.minimum, kind.maximum
    if kind.unit == "year" and not limits:
        low, high = 40, 95
    if low is None:
        low = max(0.0, min(limits) * 0.5) if limits else 0
    if high is None:
        high = max(limits) * 1.5 + 1 if limits else max(10.0, low * 2)
    if limits and chance.random() < 0.3:
        near = chance.choice(limits) + chance.choice((-1, 0, 1))
        if low <= near <= high:
            return int(near) if float(near).is_integer() else near
    return chance.randint(int(low), int(high))


def conditions_of(pathway: Pathway) -> Iterator[Condition]:
    """Every condition by which a patient comes in, is moved or is owed something."""
    stages = (pathway.throughout, *pathway.stages.values())
    ways = [way for stage in stages for way in stage.transitions]
    starts = [start for stage in stages for start in stage.starts] + [start for way in ways for start in way.starts]
    rules = pathway.rules()
    turning = [rule.timing.anchor.becomes for rule in rules if rule.timing is not None and rule.timing.anchor is not None]
    found: list[Condition | None] = [
        pathway.applies_when,
        *(case.when for case in pathway.enters),
        *(case.when for case in pathway.unsuited),
        *(case.when for case in pathway.leaves),
        *(case.when for case in ways),
        *(case.when for case in starts),
        *(case.when for case in rules),
        *(case.wait_until for case in rules),
        *(case.reached for case in rules),
        *turning,
    ]
    return (condition for condition in found if condition is not None)


def _compared(condition: Condition) -> Iterator[tuple[str, Value]]:
    """The facts of a condition, each with what it is compared with."""
    match condition:
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _compared(item)
        case Not(item=item):
            yield from _compared(item)
        case Compare(left=FactValue(fact=fact) | LastFact(fact=fact), right=right):
            yield fact, right
        case Within(left=FactValue(fact=fact) | LastFact(fact=fact), values=values):
            for value in values:
                yield fact, value[0] if isinstance(value, tuple) else value
