"""The timed graph of a pathway: what must come at least, and at most, so long after what.

Nodes are events by their key, and the entering of a stage. A bound from A to B says that B comes at least (or at most) a length of
time after A: `between` and `not before`, transitions by time, what a decision needs, `before`; and every limit that makes breaks.
A bound under a condition goes with limits that have the same condition, or none.

Lengths of one family (minutes and hours; days and weeks; months and years; working days) add up exactly, as in the calendar: a day
and a day are two days. Between families a length is only known to lie between two numbers of days, and what is claimed holds
for all of them: a limit is found that no calendar could keep, or that every calendar lets be broken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pathway.checks.flow import ways_into
from pathway.model.base import Duration
from pathway.model.expressions import Condition, EventRef
from pathway.model.keys import event_key
from pathway.model.pathway import Pathway, Stage, Transition
from pathway.model.rules import Rule, Timing

AT_ONCE = Duration(amount=0, unit="minute")
_FAMILY = {
    "minute": ("minute", 1),
    "hour": ("minute", 60),
    "day": ("day", 1),
    "week": ("day", 7),
    "month": ("month", 1),
    "year": ("month", 12),
    "working_day": ("working_day", 1),
}
_HOLIDAYS = 14
"""Days by which holidays in a row can at most stretch a number of working days, beyond its weekends."""


@dataclass(frozen=True, slots=True)
class Bound:
    """From one node to another, at least or at most a length. `rule` is the name of the rule that says so."""

    start: str
    end: str
    length: Duration
    when: Condition | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """An upper bound with the rule that it is of, and the stage in which that rule is in force."""

    bound: Bound
    rule: Rule
    holder: Stage


@dataclass
class Times:
    """All bounds of a pathway."""

    at_least: list[Bound] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    @cached_property
    def leading_to(self) -> Mapping[str, list[Bound]]:
        """By node, the lower bounds that end there."""
        found: dict[str, list[Bound]] = {}
        for bound in self.at_least:
            found.setdefault(bound.end, []).append(bound)
        return found

    @cached_property
    def held(self) -> Mapping[str, set[str]]:
        """By node, the nodes that say how late it may be: its own, where it has a limit, and those that must come after it."""
        found: dict[str, set[str]] = {}
        for limit in self.limits:
            found.setdefault(limit.bound.end, set()).add(limit.bound.end)
        for bound in self.at_least:
            found.setdefault(bound.start, set()).add(bound.end)
        return found

    def before(self, *nodes: str) -> list[Bound]:
        """The lower bounds on the way to some nodes: what must come before them."""
        found: list[Bound] = []
        seen = set(nodes)
        todo = list(nodes)
        while todo:
            for bound in self.leading_to.get(todo.pop(), ()):
                found.append(bound)
                if bound.start not in seen:
                    seen.add(bound.start)
                    todo.append(bound.start)
        return found


def entering(stage: str) -> str:
    """The node of the entering of a stage."""
    return f"→ {stage}"


def times_of(pathway: Pathway) -> Times:
    times = Times()
    for holder in (pathway.throughout, *pathway.stages.values()):
        for rule in holder.rules:
            _of_rule(pathway, times, holder, rule, entering(holder.name))
        for way in holder.transitions:
            taken = event_key(way.on[0], pathway) if len(way.on) == 1 else ""
            for rule in way.rules:
                _of_rule(pathway, times, holder, rule, taken)
    for stage in pathway.stages.values():
        _of_entering(pathway, times, stage)
    return times


def _of_rule(pathway: Pathway, times: Times, holder: Stage, rule: Rule, in_force: str) -> None:
    """The bounds that a rule sets. `in_force` is what time counts from where the rule names nothing."""

    def at_least(start: EventRef | str, end: str, length: Duration = AT_ONCE) -> None:
        key = start if isinstance(start, str) else event_key(start, pathway)
        times.at_least.append(Bound(key, end, length, rule.when, rule.name))

    if not rule.breaks or (rule.event is None and rule.kind != "send"):
        return
    event = f"{rule.message} sent" if rule.event is None else event_key(rule.event, pathway)
    for basis in rule.basis:
        if basis.kind != "fact":
            at_least(f"{basis.name} sent" if basis.kind == "message" else basis.name, event)
    timing = rule.timing
    if rule.kind not in ("expect", "send") or timing is None or timing.repeat != "first" or rule.wait_until is not None:
        return
    if timing.before is not None:
        at_least(event, event_key(timing.before, pathway))
    if timing.not_before is not None:
        at_least(timing.not_before, event)
    start = _start(pathway, timing, in_force)
    if start is None:
        return
    if timing.lower is not None:
        at_least(start, event, timing.lower)
    upper = Duration(amount=0, unit="day") if timing.same_day else timing.upper
    if upper is not None:
        times.limits.append(Limit(Bound(start, event, upper, rule.when, rule.name), rule, holder))


def _start(pathway: Pathway, timing: Timing, in_force: str) -> str | None:
    """The node that a limit is counted from; None for what is no single event."""
    if timing.anchor is None:
        return in_force or None
    events = timing.anchor.events
    return event_key(events[0], pathway) if len(events) == 1 else None


def _of_entering(pathway: Pathway, times: Times, stage: Stage) -> None:
    """A stage that only one thing leads to is entered when that happens; one that only one stage leads to, after that."""
    ways = ways_into(pathway, stage.name)
    node = entering(stage.name)
    keys = {event_key(event, pathway) for way in ways for event in way.on}
    timed = [way for way in ways if isinstance(way, Transition) and way.after is not None]
    if len(ways) == 1 and timed:
        way = timed[0]
        if way.after is not None and way.anchor is not None and len(way.anchor.events) == 1:
            times.at_least.append(Bound(event_key(way.anchor.events[0], pathway), node, way.after))
    elif len(keys) == 1 and not timed:
        times.at_least.append(Bound(keys.pop(), node, AT_ONCE))
    before = {other.name for other in pathway.stages.values() for way in other.transitions if way.target == stage.name}
    only = all(isinstance(way, Transition) for way in ways) and all(way not in pathway.throughout.transitions for way in ways)
    if only and len(before) == 1:
        times.at_least.append(Bound(entering(before.pop()), node, AT_ONCE))


# ---------------------------------------------------------------- lengths


def fits(bound: Bound, limit: Bound) -> bool:
    """Whether a bound holds for the patients that a limit is for."""
    return bound.when is None or bound.when == limit.when


def longer(lengths: Iterable[Duration], limit: Duration) -> bool:
    """Whether lengths one after the other are longer than a limit, in every calendar."""
    several = list(lengths)
    return any(
        all(weigh.least(length) is not None for length in several)
        and sum(weigh.least(length) or 0 for length in several) > weigh.most(limit)
        for weigh in weighings(limit)
    )


@dataclass(frozen=True, slots=True)
class Weighing:
    """How lengths are put into numbers: `least` as it is at the least (None: not at all), `most` as it is at the most."""

    least: Callable[[Duration], int | None]
    most: Callable[[Duration], int]


def weighings(limit: Duration) -> tuple[Weighing, Weighing]:
    """Exactly, by lengths of the limit's own family alone; and in days, by all."""
    family = _FAMILY[limit.unit][0]

    def own(length: Duration) -> int | None:
        return in_family(length) if not length.amount or _FAMILY[length.unit][0] == family else None

    return Weighing(own, in_family), Weighing(_shortest_days, _longest_days)


def in_family(length: Duration) -> int:
    """A length in the smallest unit of its family."""
    return length.amount * _FAMILY[length.unit][1]


def _shortest_days(length: Duration) -> int:
    """How many midnights a length passes at the least, whenever it begins."""
    amount = in_family(length)
    match _FAMILY[length.unit][0]:
        case "minute":
            return max(0, amount - 60) // 1440  # the day on which clocks go back has an hour more
        case "month":
            return amount * 365 // 12 - 2 if amount > 1 else 28 * amount
    return amount


def _longest_days(length: Duration) -> int:
    amount = in_family(length)
    match _FAMILY[length.unit][0]:
        case "minute":
            return (amount + 60) // 1440 + 1
        case "month":
            return amount * 366 // 12 + 2
        case "working_day":
            return amount + 2 * (amount // 5 + 1) + _HOLIDAYS
    return amount


@dataclass(frozen=True, slots=True)
class Link:
    """A bound gone along, or back (`backwards`), with what it weighs."""

    bound: Bound
    weight: int
    backwards: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        return (self.bound.end, self.bound.start) if self.backwards else (self.bound.start, self.bound.end)


Chain = tuple[Link, ...]


def weight(chain: Chain) -> int:
    return sum(link.weight for link in chain)


def earliest(bounds: Iterable[Bound], start: str, weigh: Weighing) -> Mapping[str, Chain]:
    """To each node that must come after a start, the chain of lower bounds that holds it back longest."""
    return _chains(_links(bounds, weigh), start, lambda new, old: new > old)


def holding_back(bounds: Iterable[Bound], end: str, weigh: Weighing) -> Mapping[str, Chain]:
    """From each node that must come before an end, the chain of lower bounds that holds the end back longest, last link first."""
    against = [Link(link.bound, link.weight, True) for link in _links(bounds, weigh)]
    return _chains(against, end, lambda new, old: new > old)


def latest(limits: Iterable[Bound], at_least: Iterable[Bound], start: str, weigh: Weighing) -> Mapping[str, Chain]:
    """To each node, the chain that says how late it may be when all limits are kept: along limits, and back from what must come
    at least so long after it."""
    links = _links(limits, weigh)
    links += [Link(bound, -weigh.most(bound.length), True) for bound in at_least if weigh.least(bound.length) is not None]
    return _chains(links, start, lambda new, old: new < old)


def _links(bounds: Iterable[Bound], weigh: Weighing) -> list[Link]:
    """The bounds that can be weighed."""
    return [Link(bound, least) for bound in bounds if (least := weigh.least(bound.length)) is not None]


def _chains(links: list[Link], start: str, better: Callable[[int, int], bool]) -> Mapping[str, Chain]:
    """The best chain to each node. Circles, which only contradicting limits make, are not gone round."""
    after: dict[str, list[Link]] = {}
    for link in links:
        after.setdefault(link.ends[0], []).append(link)
    best: dict[str, Chain] = {start: ()}
    todo = deque([start])
    for _ in range((len(links) + 1) * (len(after) + 1)):  # as often as a best chain can be bettered, without such circles
        if not todo:
            break
        chain = best[before := todo.popleft()]
        gone = {start, *(link.ends[1] for link in chain)}
        for link in after.get(before, ()):
            node = link.ends[1]
            if node not in gone and (node not in best or better(weight(chain) + link.weight, weight(best[node]))):
                best[node] = (*chain, link)
                todo.append(node)
    return {node: chain for node, chain in best.items() if chain}
