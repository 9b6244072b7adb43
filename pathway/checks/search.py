"""A patient for whom some conditions hold and others do not, or none: exact, bounded, and the same each time.

A patient is a region for each operand (`operands`). The search goes through them in the order written and gives up a branch as
soon as what has been chosen settles a condition the wrong way. Where that takes too many steps, z3 is asked, over the same
regions: the first patient in the same order. Its work is bounded by its own count of steps, not by the clock, so the answer does
not depend on the machine. Within those bounds, no patient found means that there is none.

What is unknown is no patient's fault: an operand is unknown only where its knowing is asked for (`mrs is known`), and only when the
search is told so, or where it must be (the time since what has not happened).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pathway.checks.operands import Operand, Region, agree, atoms, operand_of, regions
from pathway.model.expressions import And, Condition, EventRef, Happened, Not, Or
from pathway.model.pathway import Pathway

_STEPS = 4_000
_Z3_STEPS = 2_000_000
_TRUE, _FALSE, _UNKNOWN = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Goal:
    """A condition that must hold (True), must not (False), or must not be known to (None: it is passed over, P3), with regions
    that are fixed for it alone."""

    condition: Condition
    holds: bool | None
    fixed: Mapping[Operand, Region] = field(default_factory=dict)


Found = dict[Operand, Region]
"""A patient, as far as it matters."""


class Search:
    """Searches over the operands of some conditions. `now` is the event on which they are judged."""

    def __init__(self, pathway: Pathway, conditions: Iterable[Condition], now: EventRef | None) -> None:
        asked: dict[Operand, list[Any]] = {}
        for atom in atoms(conditions):
            own = asked.setdefault(operand_of(atom), [])
            if atom not in own:
                own.append(atom)
        self.regions = {operand: regions(pathway, operand, own, now) for operand, own in asked.items()}
        self.happened = {operand.event for operand in asked if isinstance(operand, Happened)}

    def find(self, goals: Iterable[Goal], *, unknown: bool = False) -> Found | None:
        """The first patient for whom the goals are met, with only what they need; None when there is none, or when the bounds
        do not suffice to tell."""
        wanted = list(goals)
        choices = {operand: self._open(operand, unknown) for operand in self.regions}
        try:
            found = _first(wanted, choices)
        except _TooLongError:
            return None
        return None if found is None else _needed(wanted, found, choices)

    def possible(self, goals: Iterable[Goal]) -> bool:
        """Whether there may be such a patient, also one of whom something is not known."""
        try:
            return _first(list(goals), {operand: self._open(operand, True) for operand in self.regions}) is not None
        except _TooLongError:
            return True

    def _open(self, operand: Operand, unknown: bool) -> list[Region]:
        """The regions that may be chosen."""
        forced = not isinstance(operand, Happened) and getattr(operand, "event", None) in self.happened
        return [region for region in self.regions[operand] if unknown or forced or not region.unknown]


def _needed(goals: list[Goal], found: Found, choices: Mapping[Operand, list[Region]]) -> Found:
    """A patient without what makes no difference, the last written first."""
    needed = dict(found)
    for operand in reversed(list(found)):
        without = {other: region for other, region in needed.items() if other is not operand}
        if all(_outcome(goal, without, choices) & ~_wanted(goal) == 0 for goal in goals):
            needed = without
    return needed


def _first(goals: list[Goal], choices: Mapping[Operand, list[Region]]) -> Found | None:
    try:
        return _Walk(goals, choices).first()
    except _TooLongError:
        return _with_z3(goals, choices)


class _TooLongError(Exception):
    """More steps are needed than may be taken."""


class _Walk:
    def __init__(self, goals: list[Goal], choices: Mapping[Operand, list[Region]]) -> None:
        self.goals = goals
        self.choices = choices
        self.operands = list(choices)
        self.steps = 0

    def first(self) -> Found | None:
        return self._from(0, {})

    def _from(self, place: int, chosen: Found) -> Found | None:
        self.steps += 1
        if self.steps > _STEPS:
            raise _TooLongError
        if not all(_outcome(goal, chosen, self.choices) & _wanted(goal) for goal in self.goals):
            return None
        if place == len(self.operands):
            return dict(chosen)
        operand = self.operands[place]
        for region in self.choices[operand]:
            if all(agree(operand, region.value, other, second.value) for other, second in chosen.items()):
                found = self._from(place + 1, {**chosen, operand: region})
                if found is not None:
                    return found
        return None


def _wanted(goal: Goal) -> int:
    return {True: _TRUE, False: _FALSE, None: _FALSE | _UNKNOWN}[goal.holds]


def _outcome(goal: Goal, chosen: Found, choices: Mapping[Operand, list[Region]]) -> int:
    """How a condition can come out, given what has been chosen: a set of true, false and unknown."""

    def judge(node: Condition) -> int:
        match node:
            case Not(item=item):
                inner = judge(item)
                return (inner & _UNKNOWN) | (_TRUE if inner & _FALSE else 0) | (_FALSE if inner & _TRUE else 0)
            case And(items=items):
                return _joined([judge(item) for item in items], _FALSE, _TRUE)
            case Or(items=items):
                return _joined([judge(item) for item in items], _TRUE, _FALSE)
        operand = operand_of(node)
        region = goal.fixed.get(operand) or chosen.get(operand)
        several = choices[operand] if region is None else [region]
        outcome = 0
        for each in several:
            outcome |= {True: _TRUE, False: _FALSE, None: _UNKNOWN}[each.truth[node]]
        return outcome

    return judge(goal.condition)


def _joined(parts: list[int], decides: int, else_: int) -> int:
    """All of several (`decides` is false) or any of them (`decides` is true)."""
    outcome = decides if any(part & decides for part in parts) else 0
    if all(part & (else_ | _UNKNOWN) for part in parts):
        outcome |= _UNKNOWN if any(part & _UNKNOWN for part in parts) else 0
        outcome |= else_ if all(part & else_ for part in parts) else 0
    return outcome


def _with_z3(goals: list[Goal], choices: Mapping[Operand, list[Region]]) -> Found | None:
    """The same question to z3: a number for each operand, which region it is in."""
    import z3

    solver = z3.Solver()
    solver.set("rlimit", _Z3_STEPS)
    chosen = {operand: z3.Int(f"x{place}") for place, operand in enumerate(choices)}

    def among(operand: Operand, node: Any, truth: bool, fixed: Mapping[Operand, Region]) -> Any:
        if operand in fixed:
            return z3.BoolVal(fixed[operand].truth[node] is truth)
        fitting = [place for place, region in enumerate(choices[operand]) if region.truth[node] is truth]
        return z3.Or([chosen[operand] == place for place in fitting])

    def said(node: Condition, truth: bool, fixed: Mapping[Operand, Region]) -> Any:
        match node:
            case Not(item=item):
                return said(item, not truth, fixed)
            case And(items=items):
                parts = [said(item, truth, fixed) for item in items]
                return z3.And(parts) if truth else z3.Or(parts)
            case Or(items=items):
                parts = [said(item, truth, fixed) for item in items]
                return z3.Or(parts) if truth else z3.And(parts)
        return among(operand_of(node), node, truth, fixed)

    for operand, number in chosen.items():
        solver.add(number >= 0, number < len(choices[operand]))
    for one, other, place, second in _apart(choices):
        solver.add(z3.Not(z3.And(chosen[one] == place, chosen[other] == second)))
    for goal in goals:
        holds = said(goal.condition, goal.holds is not False, goal.fixed)
        solver.add(z3.Not(holds) if goal.holds is None else holds)
    verdict = solver.check()
    if verdict == z3.unknown:
        raise _TooLongError
    if verdict == z3.unsat:
        return None
    found: Found = {}
    for operand, number in chosen.items():
        for place, region in enumerate(choices[operand]):
            solver.push()
            solver.add(number == place)
            if solver.check() == z3.sat:
                found[operand] = region
                break  # the choice stays
            solver.pop()
    return found if len(found) == len(choices) else None


def _apart(choices: Mapping[Operand, list[Region]]) -> Iterable[tuple[Operand, Operand, int, int]]:
    """Pairs of regions that no one patient is in."""
    operands = list(choices)
    for later, other in enumerate(operands):
        for one in operands[:later]:
            for place, region in enumerate(choices[one]):
                for second, region2 in enumerate(choices[other]):
                    if not agree(other, region2.value, one, region.value):
                        yield one, other, place, second
