"""Conditions as programs of atoms, and what each atom makes of each value that a log has for its fact.

The truth of an atom is asked of the very function that the tracker uses, once for each distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pathway.machine.conditions import Judgement, compile_condition
from pathway.machine.tables import Compiled
from pathway.model.base import Duration
from pathway.model.expressions import (
    And,
    Compare,
    Condition,
    CountOf,
    FactValue,
    Happened,
    Known,
    LastFact,
    Not,
    Or,
    TimeSince,
    Value,
    Within,
)
from pathway.model.keys import event_key
from pathway.replay.kernel import layout as shape

_ORDER = ("==", "!=", "<", "<=", ">", ">=")


class _Told:
    """The `Knowledge` of one fact's value."""

    now = 0

    def __init__(self, value: Value | None) -> None:
        self.value = value

    def fact(self, name: str) -> Value | None:
        return self.value

    def told(self, fact: str, key: str) -> Value | None:
        return self.value

    def count(self, key: str, since: int | None) -> int:
        return 0

    def latest(self, key: str) -> int | None:
        return None


class Programs:
    """The programs of all editions' conditions, in one pool, and their atoms."""

    def __init__(
        self, editions: Sequence[Compiled], keys: Callable[[str], int], facts: Callable[[str], int], pool: list[int]
    ) -> None:
        self._editions, self._keys, self._facts, self._pool = editions, keys, facts, pool
        self._atoms: list[dict[str, Any]] = []
        self._judges: list[tuple[int, Judgement] | None] = []
        """By atom, its fact and what judges a value of it, where it asks for one."""
        self._known: dict[tuple[int, Condition], int] = {}

    def of(self, edition: int) -> Callable[[Condition | None], int]:
        """What makes programs of an edition's conditions: their place in the pool, -1 for none."""

        def program(condition: Condition | None) -> int:
            if condition is None:
                return -1
            found = self._known.get((edition, condition))
            if found is None:
                signs = self._signs(condition, edition)
                found = self._known[edition, condition] = len(self._pool)
                self._pool += [len(signs), *signs]
            return found

        return program

    def _signs(self, node: Condition, edition: int) -> list[int]:
        match node:
            case And(items=items):
                return [*self._all(items, edition), shape.P_AND, len(items)]
            case Or(items=items):
                return [*self._all(items, edition), shape.P_OR, len(items)]
            case Not(item=item):
                return [*self._signs(item, edition), shape.P_NOT]
            case Within(left=CountOf() as count, values=values):
                each = [Compare(op="==", left=count, right=value) for value in values if not isinstance(value, tuple)]
                signs = [*self._all(each, edition), shape.P_OR, len(each)]
                return signs if node.op == "in" else [*signs, shape.P_NOT]
        return [self._atom(node, edition)]

    def _all(self, items: Sequence[Condition], edition: int) -> list[int]:
        return [sign for item in items for sign in self._signs(item, edition)]

    def _atom(self, node: Condition, edition: int) -> int:
        pathway = self._editions[edition].pathway
        atom: dict[str, Any] = {"fact": -1, "key": -1, "unit": -1}
        judge: tuple[int, Judgement] | None = None
        match node:
            case Known(fact=fact):
                atom |= {"kind": shape.A_KNOWN, "fact": self._facts(fact)}
            case Happened(event=event):
                atom |= {"kind": shape.A_HAPPENED, "key": self._keys(event_key(event, pathway))}
            case Compare(left=TimeSince(event=event), right=Duration(amount=amount, unit=unit)):
                atom |= {"kind": shape.A_SINCE, "key": self._keys(event_key(event, pathway)), "op": _ORDER.index(node.op)}
                atom |= {"unit": shape.UNITS.index(unit), "amount": amount}
            case Compare(left=CountOf(event=event, span=span), right=int() | float() as number):
                atom |= {"kind": shape.A_COUNT, "key": self._keys(event_key(event, pathway)), "op": _ORDER.index(node.op)}
                atom |= {"number": float(number)}
                if span is not None:
                    atom |= {"unit": shape.UNITS.index(span.unit), "amount": span.amount}
            case Compare(left=FactValue(fact=fact)) | Within(left=FactValue(fact=fact)):
                atom |= {"kind": shape.A_FACT, "fact": self._facts(fact)}
            case Compare(left=LastFact(fact=fact, event=event)) | Within(left=LastFact(fact=fact, event=event)):
                atom |= {"kind": shape.A_TOLD, "fact": self._facts(fact), "key": self._keys(event_key(event, pathway))}
            case _:
                raise TypeError(f"not an atom: {node!r}")
        if atom["kind"] in (shape.A_FACT, shape.A_TOLD):
            judge = (atom["fact"], compile_condition(node, pathway, self._editions[edition].calendar))
        self._atoms.append(atom)
        self._judges.append(judge)
        return len(self._atoms) - 1

    def tables(self, values: Mapping[int, Sequence[Value]]) -> tuple[Any, Any]:
        """The atoms, and the truth of those that ask for a fact: for none, then for each of its values."""
        truth: list[int] = []
        atoms = [dict(atom) for atom in self._atoms]
        for atom, judge in zip(atoms, self._judges, strict=True):
            if judge is not None:
                fact, judgement = judge
                atom["table"] = len(truth)
                truth += [_truth(judgement(_Told(value))) for value in (None, *values.get(fact, ()))]
        return records(shape.ATOM, atoms), np.array([*truth, shape.UNKNOWN], np.uint8)


def _truth(value: bool | None) -> int:
    return shape.UNKNOWN if value is None else shape.TRUE if value else shape.FALSE


def records(kind: np.dtype[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    """An array of records; fields that are not told are 0."""
    found = np.zeros(len(rows), kind)
    for name in kind.names or ():
        told = [row.get(name, 0) for row in rows]
        found[name] = told
    return found
