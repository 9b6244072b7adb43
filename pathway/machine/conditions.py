"""Conditions compiled to functions of what is known now: true, false, or None for unknown (O3).

Both executors' conditions start here. A function asks a `Knowledge`, which the tracker's patient provides.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from pathway.model.base import Duration
from pathway.model.calendar import Calendar, elapsed
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
from pathway.model.keys import covers, event_key
from pathway.model.pathway import FactType, Pathway


class Knowledge(Protocol):
    """What is known of a patient at an instant. Keys are those of `EventRef.key`; undone events count as not happened."""

    now: int

    def fact(self, name: str) -> Value | None: ...
    def told(self, fact: str, key: str) -> Value | None: ...
    def count(self, key: str, since: int | None) -> int: ...
    def latest(self, key: str) -> int | None: ...


Judgement = Callable[[Knowledge], "bool | None"]
_Operand = Callable[[Knowledge], Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_condition(condition: Condition, pathway: Pathway, calendar: Calendar) -> Judgement:
    """A condition as a function. A fact of the wrong kind of value counts as unknown, never as an error."""

    def build(node: Condition) -> Judgement:
        return compile_condition(node, pathway, calendar)

    match condition:
        case And(items=items):
            return _all([build(item) for item in items])
        case Or(items=items):
            return _any([build(item) for item in items])
        case Not(item=item):
            return _not(build(item))
        case Known(fact=fact):
            return lambda knowledge: knowledge.fact(fact) is not None
        case Happened(event=event):
            key = event_key(event, pathway)
            return lambda knowledge: knowledge.latest(key) is not None
        case Within(left=left, values=values):
            return _within(_operand(left, pathway, calendar), _type(left, pathway), values, condition.op == "in")
        case Compare(left=TimeSince(event=event), right=right):
            assert isinstance(right, Duration)  # the builder lets nothing else stand beside `time since`
            return _since(event_key(event, pathway), condition.op, right, calendar)
        case Compare(left=left, right=right):
            return _compare(_operand(left, pathway, calendar), _type(left, pathway), condition.op, right)
    raise TypeError(f"not a condition: {condition!r}")


def _all(items: list[Judgement]) -> Judgement:
    def judge(knowledge: Knowledge) -> bool | None:
        unknown = False
        for item in items:
            value = item(knowledge)
            if value is False:
                return False
            unknown |= value is None
        return None if unknown else True

    return judge


def _any(items: list[Judgement]) -> Judgement:
    def judge(knowledge: Knowledge) -> bool | None:
        unknown = False
        for item in items:
            value = item(knowledge)
            if value:
                return True
            unknown |= value is None
        return None if unknown else False

    return judge


def _not(item: Judgement) -> Judgement:
    def judge(knowledge: Knowledge) -> bool | None:
        value = item(knowledge)
        return None if value is None else not value

    return judge


def _operand(operand: object, pathway: Pathway, calendar: Calendar) -> _Operand:
    match operand:
        case FactValue(fact=fact):
            return lambda knowledge: knowledge.fact(fact)
        case LastFact(fact=fact, event=event):
            told_by = event_key(event, pathway)
            return lambda knowledge: knowledge.told(fact, told_by)
        case CountOf(event=event, span=span):
            counted = event_key(event, pathway)
            if span is None:
                return lambda knowledge: knowledge.count(counted, None)
            window = span
            return lambda knowledge: knowledge.count(counted, calendar.back(knowledge.now, window))
    raise TypeError(f"not an operand: {operand!r}")


def _type(operand: object, pathway: Pathway) -> FactType | None:
    return pathway.facts[operand.fact].type if isinstance(operand, FactValue | LastFact) else None


def _compare(operand: _Operand, fact_type: FactType | None, op: str, right: Value) -> Judgement:
    compare = _ORDER[op]
    if fact_type is not None and fact_type.kind == "code":
        wanted = covers(str(right))
        return _known(operand, str, wanted if op == "==" else lambda code: not wanted(code))
    if fact_type is not None and fact_type.kind == "one_of":
        place = {value: index for index, value in enumerate(fact_type.values)}
        limit = place[str(right)]
        return _known(operand, str, lambda value: compare(place[value], limit) if value in place else None)
    kind = date if isinstance(right, date) else bool if isinstance(right, bool) else str if isinstance(right, str) else None
    if kind is None:
        return _known(operand, (int, float), lambda value: compare(value, right))
    return _known(operand, kind, lambda value: compare(value, right))


def _within(operand: _Operand, fact_type: FactType | None, values: tuple[Any, ...], positive: bool) -> Judgement:
    if fact_type is not None and fact_type.kind == "code":
        wanted = [covers(*value) if isinstance(value, tuple) else covers(str(value)) for value in values]
        return _known(operand, str, lambda code: any(fits(code) for fits in wanted) is positive)
    return _known(operand, object, lambda value: (value in values) is positive)


def _known(operand: _Operand, kind: Any, judge: Callable[[Any], bool | None]) -> Judgement:
    def judged(knowledge: Knowledge) -> bool | None:
        value = operand(knowledge)
        return judge(value) if value is not None and isinstance(value, kind) else None

    return judged


def _since(key: str, op: str, span: Duration, calendar: Calendar) -> Judgement:
    compare = _ORDER[op]

    def judge(knowledge: Knowledge) -> bool | None:
        latest = knowledge.latest(key)
        if latest is None:
            return None
        if span.elapsed:
            return compare(knowledge.now - latest, elapsed(span))
        return compare(calendar.day(knowledge.now), calendar.add(calendar.day(latest), span))  # days compare dates (T2)

    return judge
