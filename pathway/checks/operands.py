"""What conditions ask of a patient, and the kinds of answers that make a difference to them.

Every comparison in a condition is between one operand (a fact, a count, a time since) and what the author wrote. So the values of
an operand fall into a few *regions* in which all comparisons come out alike, and a patient is a choice of one region for each
operand: finite, and exact. A region is shown by a typical value of it, round where it can be.

Numbers are whole where all that they are compared with is whole and the unit is one of time or none (age, mRS); measured amounts
(mg/L, kg) have values between. A number without a range is not below zero unless something compares it with less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, get_args

from pathway.checks.times import in_family
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
    Within,
)
from pathway.model.keys import covers
from pathway.model.pathway import FactType, Pathway

Operand = FactValue | LastFact | CountOf | TimeSince | Happened
"""What a condition asks. `Happened` stands for itself, `Known` for the fact whose knowing it asks for."""

Atom = Compare | Within | Known | Happened


@dataclass(frozen=True, slots=True)
class Region:
    """Values between which no condition tells the difference. `truth` has, by atom, true, false or None for unknown."""

    value: Any
    truth: Mapping[Atom, bool | None]
    unknown: bool = False


def atoms(conditions: Iterable[Condition]) -> Iterator[Atom]:
    """The comparisons in conditions, in the order written."""
    for node in conditions:
        match node:
            case And(items=items) | Or(items=items):
                yield from atoms(items)
            case Not(item=item):
                yield from atoms([item])
            case _:
                yield node


def operand_of(atom: Atom) -> Operand:
    match atom:
        case Known(fact=fact):
            return FactValue(fact=fact)
        case Happened():
            return atom
    return atom.left


def event_of(operand: Operand) -> EventRef | None:
    """The event that an operand is about; None for a fact of the patient."""
    return None if isinstance(operand, FactValue) else operand.event


def regions(pathway: Pathway, operand: Operand, asked: Mapping[Operand, list[Atom]], now: EventRef | None) -> list[Region]:
    """The regions of an operand, in the order of their values. `now` is the event on which the conditions are judged: it has
    happened, just now. A region in which the operand is unknown stands last, where one can be. Values that other questions about
    the same event tell apart (whether it has happened, how often) are regions of their own."""
    event = event_of(operand)
    others = [other for other in asked if other != operand and event is not None and event_of(other) == event]
    spans = [other.span for other in others if isinstance(other, CountOf) and other.span is not None]
    apart = bool(others) and isinstance(operand, CountOf | TimeSince)
    values, typical = _values(pathway, operand, asked[operand], now, spans)
    own = asked[operand]
    runs: list[tuple[list[bool], list[Any]]] = []
    for value in values:
        truth = [_judge(pathway, atom, value) for atom in own]
        if runs and runs[-1][0] == truth and not apart:
            runs[-1][1].append(value)
        else:
            runs.append((truth, [value]))
    found = [Region(typical(run), dict(zip(own, truth, strict=True))) for truth, run in runs]
    if isinstance(operand, FactValue | LastFact | TimeSince):
        unknown = {atom: False if isinstance(atom, Known) else None for atom in own}
        found.append(Region(None, unknown, unknown=True))
    return found


def ordered(pathway: Pathway, operand: Operand) -> bool:
    """Whether one value of an operand lies between two others."""
    if isinstance(operand, FactValue | LastFact):
        return pathway.facts[operand.fact].type.kind in ("number", "one_of", "date")
    return isinstance(operand, CountOf | TimeSince)


def _values(
    pathway: Pathway, operand: Operand, asked: list[Atom], now: EventRef | None, spans: list[Duration]
) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """Values of an operand, in order, so many that every region has one; and how the typical one of some is chosen."""
    match operand:
        case Happened(event=event):
            return [True] if event == now else [False, True], _first
        case CountOf(event=event):
            most = max(int(count) for count in _compared(asked)) + 2
            return list(range(1 if event == now else 0, most + 1)), _first
        case TimeSince(event=event):
            return [Duration(amount=0, unit="minute")] if event == now else _spans([*_compared(asked), *spans]), _first
        case FactValue(fact=fact) | LastFact(fact=fact):
            return _of_type(pathway.facts[fact].type, asked)


def _of_type(wanted: FactType, asked: list[Atom]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    compared = _compared(asked)
    match wanted.kind:
        case "yes_no":
            return [False, True], _first
        case "one_of":
            return list(wanted.values), _first
        case "date":
            days = sorted(compared)
            return sorted({day + timedelta(days=step) for day in days for step in (-1, 0, 1)}), _first
        case "code":
            return _codes(compared), _first
        case "text":
            return [*dict.fromkeys(map(str, compared)), "…"], _first
    return _numbers(wanted, compared)


def _compared(asked: list[Atom]) -> list[Any]:
    """What an operand is compared with; of a range of codes both ends."""
    found: list[Any] = []
    for atom in asked:
        if isinstance(atom, Compare):
            found.append(atom.right)
        elif isinstance(atom, Within):
            for value in atom.values:
                found += value if isinstance(value, tuple) else (value,)
    return found


def _numbers(wanted: FactType, compared: list[Any]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    low = wanted.minimum if wanted.minimum is not None else min([0, *compared])
    low = low - 10 if low in compared and low < 0 and wanted.minimum is None else low
    marks = [n for n in (*compared, wanted.minimum, wanted.maximum) if n is not None]
    if all(float(n).is_integer() for n in marks) and (wanted.unit is None or wanted.unit in get_args(Unit)):
        high = None if wanted.maximum is None else int(wanted.maximum)
        whole = _whole_numbers([int(n) for n in compared], int(low), high)
        return whole, lambda run: _round(run, whole)
    beyond = wanted.maximum if wanted.maximum is not None else max([1.0, *(2 * abs(n) for n in compared)])
    edges = sorted({low, beyond, *(n for n in compared if low <= n <= beyond)})
    between = [(one + other) / 2 for one, other in pairwise(edges)]
    near = [n for n in (round(b) for b in between) if low <= n <= beyond]
    return [int(n) if float(n).is_integer() else n for n in sorted({*edges, *between, *near})], _middle


def _whole_numbers(compared: list[int], low: int, high: int | None) -> list[int]:
    """Whole numbers from the lowest to beyond what they are compared with."""
    marks = sorted({low, *(n for n in compared if n >= low)})
    top = high if high is not None else marks[-1] + 20
    found = {n for mark in marks for n in range(mark - 1, mark + 11) if low <= n <= top}
    found |= {n for one, other in zip(marks, [*marks[1:], top], strict=True) for n in range(one - one % 5, other, 5)[:40]}
    found |= {(one + other) // 2 for one, other in pairwise(marks)}
    found |= {n for n in (high,) if n is not None}
    return sorted(n for n in found if low <= n <= top)


def _spans(compared: list[Any]) -> list[Duration]:
    """Lengths of time at, just before and just after those compared with, and far from them; shortest first."""
    lengths = [length for length in compared if isinstance(length, Duration)]
    steps = [
        (length.unit, n)
        for length in lengths
        for n in (length.amount // 2, length.amount - 1, length.amount, length.amount + 1)
    ]
    found = {Duration(amount=max(0, n), unit=unit) for unit, n in steps}
    return sorted(found, key=lambda length: (roughly(length), length.unit))


def roughly(length: Duration) -> float:
    """A length of time in days, as an order of lengths in different units."""
    a_unit = {"minute": 1 / 1440, "hour": 1 / 24, "month": 365.25 / 12, "year": 365.25, "working_day": 7 / 5, "week": 7.0}
    return length.amount * a_unit.get(length.unit, 1.0)


def _codes(compared: list[Any]) -> list[str]:
    """The codes compared with, and their neighbours: one of each set that the lists cut out, and one outside them all."""
    written = list(dict.fromkeys(map(str, compared)))
    return list(dict.fromkeys([*written, *(near for code in written for near in _neighbours(code))]))


def _neighbours(code: str) -> Iterator[str]:
    """The codes on both sides of one: `I62` and `I64` of `I63`."""
    digits = code[len(code.rstrip("0123456789")) :]
    stem = code[: len(code) - len(digits)]
    for step in (1, -1):
        number = int(digits or "0") + step
        if digits and 0 <= number < 10 ** len(digits):
            yield f"{stem}{number:0{len(digits)}}"
    if not digits:
        yield f"{code}0"
    if code[:1].isalpha():
        yield ("R" if code[0].upper() != "R" else "S") + "69"


def _first(run: list[Any]) -> Any:
    return run[0]


def _middle(run: list[Any]) -> Any:
    """The middle of a run, whole if one is."""
    whole = [value for value in run if isinstance(value, int)] or run
    return whole[len(whole) // 2]


def _round(run: list[int], values: list[int]) -> int:
    """The roundest number of a run: a ten in a long one, a five in a shorter. Of a run between two marks the one nearest its
    middle; at either end the one nearest the mark, for far from it few patients are."""
    width = run[-1] - run[0]
    step = 10 if width >= 20 else 5 if width >= 8 else 1
    lowest, highest = run[0] == values[0], run[-1] == values[-1]
    wanted = run[-1] if lowest and not highest else run[0] if highest and not lowest else (run[0] + run[-1]) / 2
    return min(run, key=lambda n: (n % step != 0, abs(n - wanted), n))


def _judge(pathway: Pathway, atom: Atom, value: Any) -> bool:
    """Whether a comparison holds for a known value, as when a patient is followed."""
    match atom:
        case Known() | Happened():
            return bool(value) if isinstance(atom, Happened) else True
        case Within(left=left, values=values):
            return _within(pathway, left, values, value) is (atom.op == "in")
        case Compare(op=op, left=left, right=right):
            kind = pathway.facts[left.fact].type if isinstance(left, FactValue | LastFact) else None
            if kind is not None and kind.kind == "code":
                return covers(str(right))(value) is (op == "==")
            if kind is not None and kind.kind == "one_of":
                value, right = kind.values.index(value), kind.values.index(str(right))
            elif isinstance(value, Duration) and isinstance(right, Duration):
                same = value.unit == right.unit
                value, right = (in_family(value), in_family(right)) if same else (roughly(value), roughly(right))
            return bool(_COMPARE[op](value, right))
    raise TypeError(f"not a comparison: {atom!r}")


def _within(pathway: Pathway, left: Any, values: tuple[Any, ...], value: Any) -> bool:
    if isinstance(left, FactValue | LastFact) and pathway.facts[left.fact].type.kind == "code":
        return any((covers(*each) if isinstance(each, tuple) else covers(str(each)))(value) for each in values)
    return bool(value in values)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def agree(one: Operand, value: Any, other: Operand, second: Any) -> bool:
    """Whether two answers can be one patient's: what has not happened has no time since, no count and has told nothing; a
    shorter time holds no more than a longer one."""
    if isinstance(other, Happened) and not isinstance(one, Happened):
        one, value, other, second = other, second, one, value
    match one, other:
        case Happened(event=event), LastFact(event=of) | TimeSince(event=of) if event == of:
            return bool(value) == (second is not None)
        case Happened(event=event), CountOf(event=of, span=span) if event == of:
            return bool(value or second == 0) if span is not None else bool(value) == (second > 0)
        case CountOf(event=event, span=span), CountOf(event=of, span=longer) if event == of:
            lengths = [float("inf") if length is None else roughly(length) for length in (span, longer)]
            return bool(value <= second if lengths[0] <= lengths[1] else value >= second)
        case TimeSince(event=event), CountOf(event=of, span=span) if event == of:
            return _counted(value, second, span)
        case CountOf(event=of, span=span), TimeSince(event=event) if event == of:
            return _counted(second, value, span)
    return True


def _counted(since: Duration | None, count: int, span: Duration | None) -> bool:
    if since is None:
        return count == 0
    return count > 0 if span is None or roughly(since) < roughly(span) else count == 0
