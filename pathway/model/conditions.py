"""Conditions from the tree: names resolved, values held against the types of facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from pathway.language.diagnostics import Problems
from pathway.language.tree import Node, Word
from pathway.model.base import Duration, Unit
from pathway.model.expressions import (
    And,
    Compare,
    Condition,
    CountOf,
    EventRef,
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
from pathway.model.pathway import Fact, FactType
from pathway.model.scope import Scope, nearest

_OPERATORS = {"GE": ">=", "LE": "<=", "GT": ">", "LT": "<", "IS": "==", "IS_NOT": "!="}
_CONVERT: dict[tuple[str, str], float] = {
    ("minute", "hour"): 1 / 60,
    ("hour", "minute"): 60,
    ("day", "week"): 1 / 7,
    ("week", "day"): 7,
    ("month", "year"): 1 / 12,
    ("year", "month"): 12,
}
"""From the unit written to the unit of the fact, where the two convert."""


class Conditions:
    """Builds conditions. A part that cannot be built is None, and its problem has been noted."""

    def __init__(self, scope: Scope, facts: Mapping[str, Fact], definitions: Mapping[str, Node]) -> None:
        self.scope = scope
        self.facts = facts
        self._definitions = definitions
        self._built: dict[str, Condition | None] = {}
        self._building: list[str] = []

    def of_clause(self, clause: Node) -> Condition | None:
        """The condition of `when …`, `unless …` and the like."""
        return self.build(next(part for part in clause.parts if isinstance(part, Node)))

    def build(self, node: Node) -> Condition | None:
        match node.kind:
            case "either" | "both":
                return self._several(node)
            case "not":
                item = self.of_clause(node)
                return None if item is None else Not(item=item)
            case "group":
                return self.of_clause(node)
            case "happened" | "not_happened":
                event = self.event(_first(node))
                happened = None if event is None else Happened(event=event)
                return happened if happened is None or node.kind == "happened" else Not(item=happened)
            case "known" | "unknown":
                return self._known(node)
            case "bare":
                return self._bare(node)
            case "comparison":
                return self._comparison(node)
            case "within_list":
                return self._within(node)
        raise TypeError(f"not a condition: {node.kind}")

    def named(self, name: str, node: Node) -> Condition | None:
        """What a defined name stands for, built once; a circle of definitions is a problem."""
        if name in self._building:
            circle = " → ".join([*self._building[self._building.index(name) :], name])
            self.scope.problems.add("PW213", node.span, name=name, circle=circle)
            return None
        if name not in self._built:
            self._building.append(name)
            self._built[name] = self.of_clause(self._definitions[name])
            self._building.pop()
        return self._built[name]

    def _several(self, node: Node) -> Condition | None:
        items = [self.build(part) for part in node.parts if isinstance(part, Node)]
        if node.kind == "either" and any(isinstance(p, Node) and p.kind == "both" for p in node.parts):
            self.scope.problems.add("PW210", node.span)
        built = tuple(item for item in items if item is not None)
        if len(built) < len(items):
            return None
        return Or(items=built) if node.kind == "either" else And(items=built)

    def _known(self, node: Node) -> Condition | None:
        operand = _first(node)
        word = operand.word("NAME")
        fact = self.scope.name(word, "fact") if word else None
        if fact is None:
            return None
        negated = (node.kind == "unknown") != (node.word("IS_NOT") is not None)
        known = Known(fact=fact)
        return Not(item=known) if negated else known

    def _bare(self, node: Node) -> Condition | None:
        word = _first(node).word("NAME")
        if word is None:
            self.scope.problems.add("PW209", node.span, name=node.kind)
            return None
        found = self.scope.resolve(word, "condition", "fact")
        if found is None:
            return None
        if found.kind == "condition":
            return self._definitions_or_library(found.name, node)
        if self.facts[found.name].type.kind != "yes_no":
            self.scope.problems.add("PW209", word.span, name=word.text)
            return None
        return Compare(op="==", left=FactValue(fact=found.name), right=True)

    def _definitions_or_library(self, name: str, node: Node) -> Condition | None:
        return self.named(name, node) if name in self._definitions else self.library[name]

    library: Mapping[str, Condition] = {}
    """The named conditions that came with libraries."""

    def _operand(self, node: Node) -> tuple[Any, FactType | None]:
        """An operand and, where it is a fact's value, the fact's type."""
        word = node.word("NAME")
        if word is not None:
            fact = self.scope.name(word, "fact")
            return (None, None) if fact is None else (FactValue(fact=fact), self.facts[fact].type)
        inner = _first(node)
        event = self.event(inner.one("event_ref"))
        if inner.kind == "last":
            named = inner.word("NAME")
            fact = self.scope.name(named, "fact") if named else None
            if fact is None or event is None:
                return None, None
            return LastFact(fact=fact, event=event), self.facts[fact].type
        if event is None:
            return None, None
        if inner.kind == "count":
            span = inner.one("duration")
            return CountOf(event=event, span=None if span is None else duration(span, self.scope.problems)), FactType(
                kind="number"
            )
        return TimeSince(event=event), None

    def _comparison(self, node: Node) -> Condition | None:
        left, fact_type = self._operand(_first(node))
        operator = node.words()[0]
        value_node = node.one("value")
        if left is None or value_node is None:
            return None
        if isinstance(left, TimeSince):
            right: Value | None = self._span(value_node)
        else:
            right = self.value(value_node, fact_type or FactType(kind="number"))
        return None if right is None else Compare(op=_OPERATORS[operator.kind], left=left, right=right)

    def _span(self, node: Node) -> Duration | None:
        number, unit = node.word("NUMBER"), node.one("unit")
        named = unit.word("TIMEUNIT") if unit else None
        if number is None or named is None or not number.value.isdigit():
            self.scope.problems.add("PW212", node.span, value=_text(node), unit=_UNIT_OF_TIME)
            return None
        return Duration(amount=int(number.value), unit=named.value)

    def _within(self, node: Node) -> Condition | None:
        left, fact_type = self._operand(_first(node))
        if left is None:
            return None
        positive = node.word("NOT_IN") is None
        values: list[Any] = []
        for word in node.words("NAME", "CODE_VALUE", "STRING", "NUMBER"):
            if fact_type is not None and fact_type.kind == "code":
                low, dash, high = word.value.partition("-")
                values.append((low, high) if dash else word.value)
                continue
            value = self.value(Node("value", (word,), word.span), fact_type or FactType(kind="number"))
            if value is None:
                return None
            values.append(value)
        return Within(op="in" if positive else "not in", left=left, values=tuple(values))

    def value(self, node: Node, wanted: FactType) -> Value | None:
        """A value as a fact of the type has it, or None and a problem."""
        word = node.words()[0]
        match wanted.kind:
            case "number" if word.kind == "NUMBER":
                return self._number(node, word, wanted)
            case "yes_no" if word.kind in ("YES", "NO"):
                return word.kind == "YES"
            case "date" if word.kind == "DATE":
                return date.fromisoformat(word.value)
            case "code" if word.kind in ("NAME", "CODE_VALUE", "STRING", "NUMBER"):
                return word.value
            case "text" if word.kind in ("STRING", "NAME"):
                return word.value
            case "one_of" if word.kind in ("NAME", "NUMBER", "STRING", "CODE_VALUE"):
                if word.value in wanted.values:
                    return word.value
                suggestion = nearest(word.value, wanted.values)
                self.scope.problems.add("PW207", word.span, suggestion, value=word.text, values=", ".join(wanted.values))
                return None
        self.scope.problems.add("PW208", node.span, value=_text(node), wanted=_WANTED[wanted.kind])
        return None

    def _number(self, node: Node, word: Word, wanted: FactType) -> Value | None:
        number = float(word.value)
        unit = node.one("unit")
        written = unit.words()[0] if unit else None
        if written is not None and wanted.unit is not None and written.value != wanted.unit:
            factor = _CONVERT.get((written.value, wanted.unit))
            if factor is None:
                self.scope.problems.add("PW212", node.span, value=_text(node), unit=wanted.unit)
                return None
            number *= factor
        low, high = wanted.minimum, wanted.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            values = {"value": _text(node), "low": f"{low:g}", "high": f"{high:g}"}
            self.scope.problems.add("PW211", node.span, **values)
            return None
        return int(number) if number.is_integer() else number

    def event(self, node: Node | None) -> EventRef | None:
        """An event, or a message or a resource with its phase."""
        word = node.word("NAME") if node else None
        if node is None or word is None:
            return None
        found = self.scope.resolve(word, "event", "message", "resource")
        if found is None:
            return None
        phase = node.word("PHASE")
        if phase is None:
            return EventRef(name=found.name)
        if found.kind == "event" or phase.value not in _PHASES[found.kind]:
            self.scope.problems.add("PW227", phase.span, name=word.text, phase=phase.text)
            return None
        return EventRef(name=found.name, phase=phase.value)

    def events(self, node: Node | None) -> tuple[EventRef, ...]:
        found = [self.event(part) for part in node.all("event_ref")] if node else []
        return tuple(event for event in found if event is not None)


_PHASES: dict[str, tuple[str, ...]] = {
    "message": ("sent", "received", "acknowledged", "answered", "rejected"),
    "resource": ("requested", "granted", "started", "delivered", "ended", "refused"),
}
_UNIT_OF_TIME = {"en": "a length of time", "nb": "en tid", "nn": "ei tid"}
_WANTED: dict[str, dict[str, str]] = {
    "number": {"en": "a number", "nb": "et tall", "nn": "eit tal"},
    "yes_no": {"en": "yes or no", "nb": "ja eller nei", "nn": "ja eller nei"},
    "date": {"en": "a date such as 2026-10-01", "nb": "en dato som 2026-10-01", "nn": "ein dato som 2026-10-01"},
    "code": {"en": "a code", "nb": "en kode", "nn": "ein kode"},
    "text": {"en": "a text in quotes", "nb": "en tekst i anførselstegn", "nn": "ein tekst i hermeteikn"},
    "one_of": {"en": "one of the words of its list", "nb": "ett av ordene i listen", "nn": "eitt av orda i lista"},
}


def duration(node: Node, problems: Problems) -> Duration:
    """`4 weeks` as a length of time; parts of an hour are minutes, parts of anything else a problem."""
    number, unit = node.word("NUMBER", "ORDINAL"), node.word("TIMEUNIT")
    assert number is not None and unit is not None and unit.value in get_args(Unit)  # the grammar sees to it
    amount = float(number.value.rstrip("."))
    if unit.value == "hour" and not amount.is_integer() and (amount * 60).is_integer():
        return Duration(amount=int(amount * 60), unit="minute")
    if not amount.is_integer():
        problems.add("PW225", node.span, value=f"{number.text} {unit.text}")
    return Duration(amount=int(amount), unit=unit.value)


def _first(node: Node) -> Node:
    return next(part for part in node.parts if isinstance(part, Node))


def _text(node: Node) -> str:
    parts = [part.text if isinstance(part, Word) else _text(part) for part in node.parts]
    return " ".join(parts)
