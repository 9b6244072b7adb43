"""The lines from card to card: along the channels between lanes, and across a lane where no card stands.

Lines that lead to the same side of the same card are one net: they join, and share what they can. Lines of different nets never lie
on each other. The work is small: for each line the cheapest heights at which to cross the lanes between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Path = list[tuple[float, float]]
Key = tuple[str, int]
Net = tuple[str, bool]
"""A card and whether its right side is meant."""

TRACK = 6.5
"""Between two lines that run side by side."""
_CLEAR = 9.0
"""Between a line and a card that it passes."""
_BEND = 26.0
_BELOW = 90.0
"""How far beneath the lowest card lines may go round."""
_STRAIGHT = 8.0
"""How far beside its place a line may come in, to be straight."""
ENTRY = 17.0
"""From the top of a card to where lines come in."""


@dataclass(frozen=True, slots=True)
class Port:
    """A way that leaves a card at a height and leads to another."""

    key: Key
    source: str
    target: str
    y: float


@dataclass(slots=True)
class _Line:
    port: Port
    net: Net
    exit_right: bool
    legs: list[tuple[int, float, float]] = field(default_factory=list)
    """Channel by channel: the height at which it comes in and at which it goes out."""


class Routing:
    """How the lines go, before the channels have a breadth."""

    def __init__(self, lines: Sequence[_Line], tracks: dict[int, dict[Net, int]]) -> None:
        self._lines = lines
        self._tracks = tracks

    def room(self, channel: int) -> float:
        """How broad a channel must be (0 is before the first lane)."""
        tracks = self._tracks.get(channel)
        return 6.0 + TRACK * (1 + max(tracks.values())) if tracks else 4.0

    def paths(self, channel: Callable[[int], tuple[float, float]], side: Callable[[str, bool], float]) -> dict[Key, Path]:
        """The points of each line. `channel` says from where to where a channel reaches, `side` where a card's side is."""
        found: dict[Key, Path] = {}
        for line in self._lines:
            name, right = line.net
            points = [(side(line.port.source, line.exit_right), line.port.y)]
            for place, came, goes in line.legs:
                if abs(came - goes) > 0.01:
                    x = channel(place)[0] + TRACK * (self._tracks[place][line.net] + 0.5) + 1
                    points += [(x, came), (x, goes)]
            points.append((side(name, right), line.legs[-1][2]))
            found[line.port.key] = points
        return found


def routed(cards: dict[str, tuple[int, float, float]], ports: Iterable[Port], lanes: int) -> Routing:
    """Find a way for each line. `cards` have a lane, a top and a bottom."""
    return _Router(cards, list(ports), lanes).routing()


class _Router:
    def __init__(self, cards: dict[str, tuple[int, float, float]], ports: list[Port], lanes: int) -> None:
        self.cards = cards
        self.ports = ports
        self.used: dict[int, list[tuple[float, Net]]] = defaultdict(list)
        self.taken: dict[int, list[tuple[float, Net]]] = defaultdict(list)
        """Heights at which lines meet a channel from a card's side."""
        self.blocked: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for lane, top, bottom in cards.values():
            self.blocked[lane].append((top - _CLEAR, bottom + _CLEAR))
        self.low = max((bottom for _, _, bottom in cards.values()), default=0.0) + _BELOW

    def routing(self) -> Routing:
        lines = [self._line(port) for port in self.ports]
        for line in lines:
            lane = self.cards[line.port.source][0]
            self.taken[lane + 1 if line.exit_right else lane].append((line.port.y, line.net))
        for line in sorted(lines, key=lambda line: (self._across(line), self._rise(line), line.port.key)):
            self._find(line)
        return Routing(lines, self._tracks(lines))

    def _line(self, port: Port) -> _Line:
        here, there = self.cards[port.source][0], self.cards[port.target][0]
        return _Line(port, (port.target, here >= there), here <= there)

    def _entry(self, name: str) -> float:
        return self.cards[name][1] + ENTRY

    def _across(self, line: _Line) -> int:
        return abs(self.cards[line.port.source][0] - self.cards[line.port.target][0])

    def _rise(self, line: _Line) -> float:
        return abs(line.port.y - self._entry(line.port.target))

    def _find(self, line: _Line) -> None:
        here, there = self.cards[line.port.source][0], self.cards[line.port.target][0]
        entry = self._entry(line.port.target)
        if here != there and abs(line.port.y - entry) <= _STRAIGHT:
            entry = line.port.y  # a line that can be straight is
        if here == there:
            line.legs = [(here + 1, line.port.y, entry)]
            return
        forward = here < there
        between = list(range(here + 1, there)) if forward else list(range(here - 1, there, -1))
        heights = self._heights(line, between, entry)
        channels = [lane if forward else lane + 1 for lane in between] + [there if forward else there + 1]
        came = line.port.y
        for place, goes in zip(channels, [*heights, entry], strict=True):
            line.legs.append((place, came, goes))
            came = goes
        for lane, y in zip(between, heights, strict=True):
            if (y, line.net) not in self.used[lane]:
                self.used[lane].append((y, line.net))
                self.taken[lane].append((y, line.net))
                self.taken[lane + 1].append((y, line.net))

    def _heights(self, line: _Line, between: Sequence[int], entry: float) -> list[float]:
        """The heights at which to cross the lanes between: the cheapest together."""
        reached: list[tuple[float, float, int]] = [(line.port.y, 0.0, -1)]
        steps: list[list[tuple[float, float, int]]] = []
        for lane in between:
            free = self._free(lane, line, entry)
            reached = _stepped(reached, free)
            steps.append(reached)
        if not steps:
            return []
        last = min(range(len(reached)), key=lambda n: (reached[n][1] + _move(reached[n][0], entry), n))
        found: list[float] = []
        for step in reversed(steps):
            y, _, last = step[last]
            found.append(y)
        return found[::-1]

    def _free(self, lane: int, line: _Line, entry: float) -> list[tuple[float, float]]:
        """Heights at which a lane can be crossed, each with what it costs there, in order."""
        heights = {line.port.y, entry, *(y for y, net in self.used[lane] if net == line.net)}
        heights |= {step * TRACK for step in range(1, int(self.low / TRACK) + 1)}
        found: list[tuple[float, float]] = []
        for y in sorted(heights):
            if y < 5 or any(top < y < bottom for top, bottom in self.blocked[lane]):
                continue
            near = [net for other, net in self.used[lane] if abs(other - y) < TRACK - 0.6]
            if any(net != line.net for net in near):
                continue
            cost = -14.0 if any(abs(other - y) < 0.01 for other, net in self.used[lane] if net == line.net) else 0.0
            for channel in (lane, lane + 1):
                cost += sum(60.0 for other, net in self.taken[channel] if net != line.net and abs(other - y) < 5)
            found.append((y, cost))
        return found

    def _tracks(self, lines: Iterable[_Line]) -> dict[int, dict[Net, int]]:
        """Side by side in each channel, in the order that crosses least."""
        spans: dict[int, dict[Net, _Span]] = defaultdict(dict)
        for line in lines:
            here = self.cards[line.port.source][0]
            # From the left into the next channel, unless it goes back.
            left = line.exit_right
            for place, (channel, came, goes) in enumerate(line.legs):
                span = spans[channel].setdefault(line.net, _Span())
                last = place == len(line.legs) - 1
                span.add(came, left=left)
                turned = last and self.cards[line.port.target][0] == here
                span.add(goes, left=left if turned else not left)
        found: dict[int, dict[Net, int]] = {}
        for channel, nets in spans.items():
            moving = {net: span for net, span in nets.items() if span.bottom - span.top > 0.01}
            if moving:
                found[channel] = _ordered(moving)
        return found


@dataclass(slots=True)
class _Span:
    """What a net takes of a channel: from the highest to the lowest, and where it comes in and out on each side."""

    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)

    def add(self, y: float, *, left: bool) -> None:
        (self.lefts if left else self.rights).append(y)

    @property
    def top(self) -> float:
        return min([*self.lefts, *self.rights])

    @property
    def bottom(self) -> float:
        return max([*self.lefts, *self.rights])


def _before(one: _Span, other: _Span) -> float:
    """What it costs that `one` stands to the left of `other`: crossings, and lines that lie on each other."""
    cost = sum(1.0 for y in set(other.lefts) if one.top - 1 < y < one.bottom + 1)
    cost += sum(1.0 for y in set(one.rights) if other.top - 1 < y < other.bottom + 1)
    cost += sum(30.0 for y in set(other.lefts) for z in set(one.rights) if abs(y - z) < 4.5)
    return cost


def _ordered(nets: dict[Net, _Span]) -> dict[Net, int]:
    order = sorted(nets, key=lambda net: (not net[1], nets[net].top, net))
    # What two nets cost, whichever stands to the left: worked out once.
    cost = {(one, other): _before(nets[one], nets[other]) for one in order for other in order if one != other}
    better = True
    while better:
        better = False
        for place, net in enumerate(order):
            rest = [each for each in order if each != net]
            # What it costs to stand before each of the others: from the first place on, one more of them is passed each time.
            worth = [sum(cost[net, other] for other in rest)]
            for other in rest:
                worth.append(worth[-1] - cost[net, other] + cost[other, net])
            best = min(range(len(worth)), key=lambda n: (worth[n], abs(n - place)))
            if worth[best] < worth[place] - 1e-9:
                order = [*rest[:best], net, *rest[best:]]
                better = True
                break
    found: dict[Net, int] = {}
    for net in order:
        # To the right of those before it that it runs beside; others may have the same track.
        beside = [found[other] for other in found if _meet(nets[other], nets[net])]
        found[net] = max(beside, default=-1) + 1
    return found


def _meet(one: _Span, other: _Span) -> bool:
    return one.top - 8 < other.bottom and other.top - 8 < one.bottom


def _move(start: float, end: float) -> float:
    return 0.0 if abs(start - end) < 0.01 else abs(start - end) + _BEND


def _stepped(reached: list[tuple[float, float, int]], free: list[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """The cheapest way to each free height from those reached (height, cost, where from). Both are in order of height."""
    found: list[tuple[float, float, int]] = []
    best: list[tuple[float, int]] = [(float("inf"), 0)] * len(free)
    for rising in (False, True):
        ahead = (float("inf"), 0)
        coming = list(enumerate(reached))[:: -1 if rising else 1]
        at = 0
        for place in range(len(free))[:: -1 if rising else 1]:
            y = free[place][0]
            while at < len(coming) and (coming[at][1][0] >= y if rising else coming[at][1][0] <= y):
                n, (z, cost, _) = coming[at]
                ahead = min(ahead, (cost + (z if rising else -z), n))
                at += 1
            best[place] = min(best[place], (ahead[0] + (-y if rising else y) + _BEND, ahead[1]))
    level = {round(y, 2): (cost, n) for n, (y, cost, _) in enumerate(reached)}
    for place, (y, extra) in enumerate(free):
        cost, n = min(best[place], level.get(round(y, 2), (float("inf"), 0)))
        found.append((y, cost + extra, n))
    return found
