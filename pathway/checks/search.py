"""A patient for whom some conditions hold and others do not, or none: exact, bounded, and the same each time.

A patient is a region for each operand (`operands`). The search goes through them in the order written and gives up a branch as
soon as what has been chosen settles a condition the wrong way. Where that takes too many steps, z3 is asked, over the same
regions: the first patient in the same order. Its work is bounded by its own count of steps, not by the clock, so the answer does
not depend on the machine. Within those bounds, no patient found means that there is none.

What is unknown is no patient's fault: an operand is unknown only where its knowing is asked for (`mrs is known`), and only when the
search is told so, or where it must be (the time since what has not happened).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathway.checks.operands import Atom, Operand, Region, agree, atoms, event_of, operand_of, regions
from pathway.model.expressions import And, Condition, EventRef, Happened, Not, Or
from pathway.model.pathway import Pathway

_WORK = 60_000
"""Comparisons that a walk may look at."""
_WORK_IN_ALL = 400_000
"""And those of one choice between ways together: half a second."""
_Z3_STEPS = 2_000_000
_MOST_SOLVED = 4
"""Questions of one choice that z3 is asked."""
_TRUE, _FALSE, _UNKNOWN = 1, 2, 4
_OPEN = -1
"""Of an operand for which no region has been chosen yet."""


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
        asked: dict[Operand, list[Atom]] = {}
        for atom in atoms(conditions):
            own = asked.setdefault(operand_of(atom), [])
            if atom not in own:
                own.append(atom)
        self.regions = {operand: regions(pathway, operand, asked, now) for operand in asked}
        self._happened = {operand.event for operand in asked if isinstance(operand, Happened)}
        self._left = _WORK_IN_ALL
        self._solved = 0

    def find(self, goals: Iterable[Goal], *, unknown: bool = False) -> Found | None:
        """The first patient for whom the goals are met, with only what they need; None when there is none, or when the bounds
        do not suffice to tell."""
        question = self._question(goals, unknown)
        try:
            found = self._first(question)
        except _TooLongError:
            return None
        return None if found is None else question.named(question.needed(found))

    def possible(self, goals: Iterable[Goal]) -> bool:
        """Whether there may be such a patient, also one of whom something is not known."""
        try:
            return self._first(self._question(goals, True)) is not None
        except _TooLongError:
            return True

    def _first(self, question: _Question) -> list[int] | None:
        """The first patient, by the walk, else by the solver."""
        question.left = allowed = min(_WORK, self._left)
        try:
            return question.walk(0, [_OPEN] * len(question.operands))
        except _TooLongError:
            self._solved += 1
            if self._solved > _MOST_SOLVED:
                raise
            return question.solve()
        finally:
            self._left -= allowed - max(question.left, 0)

    def _question(self, goals: Iterable[Goal], unknown: bool) -> _Question:
        """The question over the operands that the goals ask about."""
        wanted = list(goals)
        asked = {operand_of(atom) for atom in atoms(goal.condition for goal in wanted)}
        own = {operand: several for operand, several in self.regions.items() if operand in asked}
        return _Question(own, {operand: self._open(operand, unknown) for operand in own}, wanted)

    def _open(self, operand: Operand, unknown: bool) -> list[int]:
        """The places of the regions that may be chosen."""
        forced = not isinstance(operand, Happened) and event_of(operand) in self._happened
        return [place for place, region in enumerate(self.regions[operand]) if unknown or forced or not region.unknown]


class _TooLongError(Exception):
    """More steps are needed than may be taken."""


@dataclass(frozen=True, slots=True)
class _Test:
    """A comparison: the number of its operand, how it comes out by region, and how it may while none is chosen."""

    operand: int
    outcomes: tuple[int, ...]
    open: int


@dataclass(frozen=True, slots=True)
class _Several:
    """All of several (`decides` is false) or any of them (`decides` is true)."""

    parts: tuple[_Form, ...]
    decides: int


@dataclass(frozen=True, slots=True)
class _Turned:
    part: _Form


_Form = _Test | _Several | _Turned


class _Question:
    """Goals over numbered operands and regions."""

    def __init__(
        self, all_regions: Mapping[Operand, list[Region]], choices: Mapping[Operand, list[int]], goals: list[Goal]
    ) -> None:
        self.operands = list(all_regions)
        self.regions = list(all_regions.values())
        self.choices = [choices[operand] for operand in self.operands]
        self.numbers = {operand: number for number, operand in enumerate(self.operands)}
        self.goals = [(self._form(goal.condition, goal.fixed), _WANTED[goal.holds]) for goal in goals]
        self.apart = self._apart(goals)
        self.left = _WORK

    def walk(self, place: int, chosen: list[int]) -> list[int] | None:
        """The first patient with what has been chosen so far."""
        if not all(self._outcome(form, chosen) & wanted for form, wanted in self.goals):
            return None
        if place == len(self.operands):
            return list(chosen)
        for region in self.choices[place]:
            apart = self.apart[place]
            if apart and ((_OPEN, _OPEN, region) in apart or any((o, chosen[o], region) in apart for o in range(place))):
                continue
            chosen[place] = region
            found = self.walk(place + 1, chosen)
            chosen[place] = _OPEN
            if found is not None:
                return found
        return None

    def needed(self, found: Sequence[int]) -> list[int]:
        """A patient without what makes no difference, the last written first."""
        self.left = _WORK
        needed = list(found)
        for place in reversed(range(len(needed))):
            without = [*needed[:place], _OPEN, *needed[place + 1 :]]
            if all(self._outcome(form, without) & ~wanted == 0 for form, wanted in self.goals):
                needed = without
        return needed

    def named(self, chosen: Sequence[int]) -> Found:
        """The regions chosen, by operand."""
        several = zip(self.operands, self.regions, chosen, strict=True)
        return {operand: own[place] for operand, own, place in several if place != _OPEN}

    def _form(self, node: Condition, fixed: Mapping[Operand, Region]) -> _Form:
        match node:
            case Not(item=item):
                return _Turned(self._form(item, fixed))
            case And(items=items) | Or(items=items):
                decides = _FALSE if isinstance(node, And) else _TRUE
                return _Several(tuple(self._form(item, fixed) for item in items), decides)
        operand = operand_of(node)
        number = self.numbers[operand]
        own = self.regions[number]
        outcomes = tuple(_OUTCOME[region.truth[node]] for region in own)
        if operand in fixed:
            outcomes = (outcomes[own.index(fixed[operand])],) * len(own)
        together = 0
        for place in self.choices[number]:
            together |= outcomes[place]
        return _Test(number, outcomes, together)

    def _outcome(self, form: _Form, chosen: Sequence[int]) -> int:
        """How a condition can come out, given what has been chosen: a set of true, false and unknown."""
        if isinstance(form, _Test):
            self.left -= 1
            if self.left < 0:
                raise _TooLongError
            place = chosen[form.operand]
            return form.open if place == _OPEN else form.outcomes[place]
        if isinstance(form, _Turned):
            inner = self._outcome(form.part, chosen)
            return (inner & _UNKNOWN) | (_TRUE if inner & _FALSE else 0) | (_FALSE if inner & _TRUE else 0)
        outcome, unknown, rest = 0, False, True
        other = _TRUE | _FALSE
        for part in form.parts:
            inner = self._outcome(part, chosen)
            if inner == form.decides:
                return inner
            outcome |= inner & form.decides
            unknown = unknown or bool(inner & _UNKNOWN)
            rest = rest and bool(inner & other & ~form.decides)
        return outcome | (_UNKNOWN if unknown else 0) | ((other & ~form.decides) if rest else 0)

    def _apart(self, goals: Iterable[Goal]) -> list[set[tuple[int, int, int]]]:
        """By operand: an earlier operand, a region of it and one of its own that no one patient is in; regions that do not go
        with what goals fix stand with `_OPEN`."""
        apart: list[set[tuple[int, int, int]]] = [set() for _ in self.operands]
        events = [event_of(operand) for operand in self.operands]
        fixed = [pair for goal in goals for pair in goal.fixed.items()]
        for number, (operand, event) in enumerate(zip(self.operands, events, strict=True)):
            if event is None:
                continue
            related = [earlier for earlier in range(number) if events[earlier] == event]
            for place in self.choices[number]:
                value = self.regions[number][place].value
                for earlier in related:
                    for second in self.choices[earlier]:
                        if not agree(operand, value, self.operands[earlier], self.regions[earlier][second].value):
                            apart[number].add((earlier, second, place))
                if any(other != operand and not agree(operand, value, other, region.value) for other, region in fixed):
                    apart[number].add((_OPEN, _OPEN, place))
        return apart

    def solve(self) -> list[int] | None:
        """The same question to z3: a number for each operand, which region it is in."""
        import z3

        solver = z3.Solver()
        solver.set("rlimit", _Z3_STEPS)
        chosen = [z3.Int(f"x{number}") for number in range(len(self.operands))]

        def said(form: _Form, truth: bool) -> Any:
            if isinstance(form, _Turned):
                return said(form.part, not truth)
            if isinstance(form, _Several):
                parts = [said(part, truth) for part in form.parts]
                return z3.Or(parts) if (form.decides == _TRUE) == truth else z3.And(parts)
            fitting = [place for place in self.choices[form.operand] if form.outcomes[place] == _OUTCOME[truth]]
            return z3.Or([chosen[form.operand] == place for place in fitting])

        for number, places in enumerate(self.choices):
            solver.add(z3.Or([chosen[number] == place for place in places]))
            for other, second, place in self.apart[number]:
                together = chosen[number] == place
                solver.add(z3.Not(together if other == _OPEN else z3.And(chosen[other] == second, together)))
        for form, wanted in self.goals:
            solver.add(z3.Not(said(form, True)) if wanted == _FALSE | _UNKNOWN else said(form, wanted == _TRUE))
        return self._read(solver, chosen)

    def _read(self, solver: Any, chosen: Sequence[Any]) -> list[int] | None:
        """The first patient in the order of operands and regions."""
        import z3

        def verdict() -> bool:
            found = solver.check()
            if found == z3.unknown:
                raise _TooLongError
            return bool(found == z3.sat)

        if not verdict():
            return None
        found: list[int] = []
        for number, places in enumerate(self.choices):
            for place in _each(solver, chosen[number], places):
                if verdict():
                    found.append(place)
                    break
        return found


def _each(solver: Any, number: Any, places: Iterable[int]) -> Iterator[int]:
    """The places one after the other, each said of the number until the next; the one that is stopped at stays said."""
    for place in places:
        solver.push()
        solver.add(number == place)
        yield place
        solver.pop()


_OUTCOME: Mapping[bool | None, int] = {True: _TRUE, False: _FALSE, None: _UNKNOWN}
_WANTED: Mapping[bool | None, int] = {True: _TRUE, False: _FALSE, None: _FALSE | _UNKNOWN}
