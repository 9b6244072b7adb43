"""PW323–PW326: patients who fall between the chairs, and chairs that stand on each other.

PW323: a patient for whom none of the transitions of a stage on one event applies. PW324: one for whom two apply that lead to
different places, so that the order of the lines decides; silent where the first is a special case of the second, for that is
how a rule and its exception are written. PW325: a line that is never taken, whoever the patient is. PW326: a patient who comes in
by none of several lines on one event, though both a lower and a higher value of the same fact would have come in.

Only one condition on an event is no choice: whoever it does not fit stays, and that is plain to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from pathway.checks.choices import Choice, Line, Way, transitions, ways_in
from pathway.checks.example import in_words
from pathway.checks.operands import ordered
from pathway.checks.parties import Whom, whom
from pathway.checks.search import Found, Goal, Search
from pathway.language.diagnostics import Diagnostic
from pathway.model.expressions import Condition
from pathway.model.pathway import Enter, Pathway, Transition

_MOST_TRIED = 500
"""Pairs of values, below and above, that are tried for each fact and two lines."""


def between_transitions(pathway: Pathway) -> Iterator[Diagnostic]:
    """What is found where a stage's transitions choose by an event."""
    never: list[Transition] = []
    for choice in transitions(pathway):
        stage = choice.stage
        assert stage is not None
        search = Search(pathway, choice.conditions, choice.event)
        party = whom(stage.party)
        if len(choice.conditional) > 1 and not choice.always and not choice.caught:
            found = search.find([Goal(condition, False) for condition in choice.conditions])
            if found is not None:
                values = {"stage": stage.name, "event": choice.event.key, "patient": in_words(pathway, found), "whom": party}
                yield Diagnostic("PW323", choice.conditional[0].line.span, values)
        yield from _overlap(pathway, search, choice, party)
        own = [way for way in choice.ways if way.line not in pathway.throughout.transitions]
        for way in _dead(search, choice, own):
            if way.line not in never:
                never.append(way.line)
                yield _never(choice, way, party)


def between_ways_in(pathway: Pathway) -> Iterator[Diagnostic]:
    """What is found where the lines `enter` choose by an event."""
    for choice in ways_in(pathway):
        search = Search(pathway, choice.conditions, choice.event)
        if len(choice.conditional) > 1 and not choice.always:
            found = _between(pathway, search, choice)
            if found is not None:
                values = {"event": choice.event.key, "patient": in_words(pathway, found), "whom": whom(None)}
                yield Diagnostic("PW326", choice.conditional[0].line.span, values)
        yield from _overlap(pathway, search, choice, whom(None))
        for entry in _dead(search, choice, choice.ways):
            yield _never(choice, entry, whom(pathway.stages[entry.line.stage].party))


def _overlap(pathway: Pathway, search: Search, choice: Choice[Line], party: Whom) -> Iterator[Diagnostic]:
    """The first two ways of a choice that one patient could take."""
    ways = choice.conditional
    if len(ways) < 2 or None in choice.before:
        return
    for first, second in combinations(ways, 2):
        if first.target == second.target or first.when is None or second.when is None:
            continue
        if search.find([Goal(first.when, True), Goal(second.when, True)]) is None:
            continue
        earlier = [*choice.first, *_conditions(ways[: ways.index(first)])]
        found = search.find([*(Goal(one, False) for one in earlier), Goal(first.when, True), Goal(second.when, True)])
        if found is None or search.find([Goal(first.when, True), Goal(second.when, False)], unknown=True) is None:
            continue
        above = [*choice.first, *_conditions(ways[: ways.index(second)])]
        if not search.possible([*(Goal(one, None) for one in above), Goal(second.when, True)]):
            continue  # it is never taken at all: PW325
        values = {"patient": in_words(pathway, found), "first": _name(first), "second": _name(second)}
        yield Diagnostic("PW324", second.line.span, {**values, "event": choice.event.key, "whom": party})
        return


def _dead(search: Search, choice: Choice[Line], ways: Sequence[Way[Line]]) -> Iterator[Way[Line]]:
    """The ways that are never taken: those before them always are, or their condition never holds."""
    before: list[Condition | None] = list(choice.before)
    for way in ways:
        if None in before:
            if not way.last:
                yield way
        elif way.when is not None and not way.last:
            earlier = [Goal(condition, None) for condition in before if condition is not None]
            if not search.possible([*earlier, Goal(way.when, True)]):
                yield way
        if not way.last:
            before.append(way.when)


def _never(choice: Choice[Line], way: Way[Line], party: Whom) -> Diagnostic:
    return Diagnostic("PW325", way.line.span, {"target": _name(way), "event": choice.event.key, "whom": party})


def _between(pathway: Pathway, search: Search, choice: Choice[Enter]) -> Found | None:
    """A patient who comes in by no line, but would with less of something by one of them, and with more by another."""
    for operand, regions in search.regions.items():
        if not ordered(pathway, operand):
            continue
        known = [region for region in regions if not region.unknown]
        tried = 0
        for low, middle, high in combinations(known, 3):
            for one, other in permutations(_conditions(choice.ways), 2):
                tried += 1
                if tried > _MOST_TRIED:
                    break
                fixed = [Goal(condition, False, {operand: middle}) for condition in choice.conditions]
                found = search.find([*fixed, Goal(one, True, {operand: low}), Goal(other, True, {operand: high})])
                if found is not None:
                    return {operand: middle, **{other: region for other, region in found.items() if other != operand}}
    return None


def _conditions(ways: Sequence[Way[Line]]) -> list[Condition]:
    return [way.when for way in ways if way.when is not None and not way.last]


def _name(way: Way[Line]) -> str:
    return way.target or "return"
