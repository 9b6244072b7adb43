"""Where everything in the graph stands: a lane for each party side by side, its cards beneath each other, time running down.

Cards of different lanes never meet, so each stands as high as its course lets it, and a sheet is filled evenly. Lanes are made as
wide as gives the largest letters on A3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from .cards import Card, Content, fresh
from .measures import Measured
from .messages import arrows
from .routes import Path, Port, Routing, routed
from .sheet import (
    ARROW,
    BAND,
    BARE,
    BOXED_ARROW,
    BOXED_STUB,
    GAP,
    LEAD,
    MARGIN,
    PARTY_LEAD,
    SMALL,
    STUB,
    TOP,
    WIDEST,
    Arrow,
    Lane,
    Look,
    Sheet,
    scale,
)

_ENOUGH = 7.2 / SMALL
"""Points to a pixel with which a drawing is easily read."""
_COMFORTABLE = 260.0
"""As broad as a card is liked."""


def sheet(content: Content, legend: Callable[[float], float], look: Look = Look()) -> Sheet:  # noqa: B008 (it cannot change)
    """Lay the content out. `legend` says how high what stands beneath will be at a breadth."""
    measured = Measured(content, look)
    best: tuple[float, Layout] | None = None
    for follow in (1.0, 0.6, 0.3, 0.1):
        grown = _grown(Layout(measured, measured.narrowest, follow, legend))
        for start in (max(grown, key=Layout.worth), Layout(measured, dict.fromkeys(measured.narrowest, 220.0), follow, legend)):
            found = _climbed(start)
            if best is None or found[0] > best[0] + 1e-9:
                best = found
    assert best is not None  # eight starts have been tried
    return best[1].sheet()


def _grown(layout: Layout) -> list[Layout]:
    """From the narrowest on, the lane that reaches furthest down made broader each time."""
    found = [layout]
    while sum(layout.across.values()) < 2200 and len(found) < 60:
        party = layout.lowest()
        if party is None or layout.across[party] >= WIDEST:
            break
        layout = layout.changed({party: layout.across[party] + 36})
        found.append(layout)
    return found


def _climbed(layout: Layout) -> tuple[float, Layout]:
    """From a layout, step by step to one that is worth more: the cards of a lane made broader or narrower."""
    layout = layout.changed({})
    layout.messages = None
    worth = layout.worth()
    for step in (48.0, 24.0, 12.0):
        better = True
        while better:
            better = False
            for party in layout.across:
                for change in (step, -step):
                    tried = layout.changed({party: layout.across[party] + change})
                    if tried.across != layout.across and (value := tried.worth()) > worth + 1e-6:
                        layout, worth, better = tried, value, True
    layout.messages = None
    return layout.worth(), layout


class Layout:
    """One way to lay it out: how broad the cards of each lane are, and how far down a card stands beneath what leads to it
    (1: beneath the line that leads there; 0: beside it)."""

    def __init__(
        self,
        measured: Measured,
        across: Mapping[str, float],
        follow: float,
        legend: Callable[[float], float],
        messages: float | None = None,
    ) -> None:
        self.measured = measured
        self.content = measured.content
        self.across = dict(across)
        self.follow = follow
        self.legend = legend
        self.messages = messages
        """How high the messages are where it is known well enough: it changes little from step to step, and costs most to tell."""

    def changed(self, across: Mapping[str, float]) -> Layout:
        """With other breadths, none narrower than its words and none broader than can be read."""
        wanted = {**self.across, **across}
        held = {party: min(max(wide, self.measured.narrowest[party]), WIDEST) for party, wide in wanted.items()}
        return Layout(self.measured, held, self.follow, self.legend, self.messages)

    def worth(self) -> float:
        """Letters that can be read first; where there is room, cards that are not all line breaks, and time that runs down."""
        tops = self._tops()
        end = max((y + self._of(name).high for name, y in tops.items()), default=60.0)
        lanes = self._lanes(dict.fromkeys(range(len(self.content.parties) + 1), 20.0))
        across = lanes[-1].x + lanes[-1].wide + MARGIN if lanes else 600.0
        messages = self.messages = self.messages if self.messages is not None else self._arrows(lanes, across)[1]
        high = TOP + self.measured.everywhere_high(across) + 60 + end + 24 + messages + self.legend(across)
        size = scale(across, high)
        even = 0.55 / math.sqrt(across * high / 2.9e6)  # where one side is the limit, it still counts what the other takes
        mean = sum(min(each, _COMFORTABLE) for each in self.across.values()) / max(1, len(self.across))
        read = 20 * min(size, _ENOUGH) + 2 * min(even, _ENOUGH) + 0.1 * size
        return read + 0.05 * self.follow + 0.12 * mean / _COMFORTABLE + (0.02 if across > high else 0.0)

    def lowest(self) -> str | None:
        """The lane whose cards reach furthest down."""
        ends = {self.content.cards[name].party: y + self._of(name).high for name, y in self._tops().items()}
        return max(ends, key=lambda party: ends[party], default=None)

    def _of(self, name: str) -> Card:
        return self.measured.card(name, self.across[self.content.cards[name].party])

    def sheet(self) -> Sheet:
        cards = self._stacked()
        lane_of = {party: place for place, party in enumerate(self.content.parties)}
        ports = [
            Port((card.name, place), card.name, row.target or "", row.y + LEAD / 2)
            for card in cards.values()
            for place, row in enumerate(card.rows)
            if row.glyph == "arrow"
        ]
        blocks = {card.name: (lane_of[card.party], card.y, card.y + card.high) for card in cards.values()}
        routing = routed(blocks, ports, len(self.content.parties))
        lanes = self._lanes({place: routing.room(place) for place in range(len(self.content.parties) + 1)})
        across = (lanes[-1].x + lanes[-1].wide if lanes else 500.0) + MARGIN
        rows, everywhere = self.measured.everywhere(across)
        top = TOP + everywhere + (8 if rows else 0)
        head = BAND + max((len(lane.title) for lane in lanes), default=1) * PARTY_LEAD + 9
        body = top + head
        found = Sheet(self.content, lanes, cards, rows, everywhere, top, head, body, wide=across)
        inset = self._insets
        for card in cards.values():
            place = lane_of[card.party]
            card.x = lanes[place].x + inset[place][0] + (routing.room(0) if place == 0 else 0.0)
        found.paths = self._paths(cards, lanes, lane_of, routing, body)
        for card in cards.values():
            card.y += body
            for row in card.rows:
                row.x, row.y = row.x + card.x, row.y + body
        lowest = max((card.y + card.high for card in cards.values()), default=body + 60)
        lowest = max([lowest, *(y for path in found.paths.values() for _, y in path)])
        found.body_end = lowest + 12
        arrows, high = self._arrows(lanes, across)
        found.messages_top = found.body_end
        for arrow in arrows:
            arrow.y += found.messages_top
        found.arrows = arrows
        found.messages_end = found.messages_top + high
        found.high = found.messages_end + self.legend(across)
        return found

    def _tops(self) -> dict[str, float]:
        """How far down each card stands in its lane."""
        bottom: dict[str, float] = {}
        coming: dict[str, float] = {}
        tops: dict[str, float] = {}
        cards = self.content.cards
        for name in sorted(cards, key=lambda name: cards[name].order):
            card = self._of(name)
            above = bottom.get(card.party)
            tops[name] = y = max(14.0 if above is None else above + GAP, coming.get(name, 0.0))
            bottom[card.party] = y + card.high
            for row in card.ways:
                other = cards[row.target or ""]
                if other.order > card.order and other.party != card.party:
                    low = y + self.follow * row.y - 10
                    coming[other.name] = max(coming.get(other.name, 0.0), low)
        return tops

    def _stacked(self) -> dict[str, Card]:
        """The cards with their rows, in their places beneath the top of the lanes."""
        cards = fresh(self._of(name) for name in self.content.cards)
        for name, y in self._tops().items():
            cards[name].y = y
            for row in cards[name].rows:
                row.y += y
        return cards

    @cached_property
    def _insets(self) -> list[tuple[float, float]]:
        """What each lane keeps free beside its cards, to the left and to the right."""
        look = self.measured.look
        arrow, stub = (BOXED_ARROW, BOXED_STUB) if look.boxed else (ARROW, STUB)
        found = dict.fromkeys(self.across, (arrow, BARE))
        for card in self.content.cards.values():
            ends_here = any(row.glyph is not None and row.glyph != "arrow" for row in card.rows if row.kind != "start")
            if ends_here or (look.shares and card.ways):
                found[card.party] = (arrow, stub)
        return [found.get(party, (2.0, 2.0)) for party in self.content.parties]

    def _arrows(self, lanes: Sequence[Lane], across: float) -> tuple[list[Arrow], float]:
        return arrows(self.measured, {lane.party: lane.middle for lane in lanes}, across)

    def _lanes(self, rooms: Mapping[int, float]) -> list[Lane]:
        """The lanes. The channel after a lane is its own; so is the one before the first."""
        lanes: list[Lane] = []
        x = MARGIN
        for place, (party, inset) in enumerate(zip(self.content.parties, self._insets, strict=True)):
            across = (
                sum(inset)
                + (self.across.get(party) or self.measured.thin(party))
                + rooms[place + 1]
                + (rooms[0] if place == 0 else 0.0)
            )
            title = self.measured.title(party, across - 8)
            lanes.append(Lane(party, title, self.content.levels[party], x, across))
            x += across
        return lanes

    def _paths(
        self, cards: dict[str, Card], lanes: list[Lane], lane_of: dict[str, int], routing: Routing, body: float
    ) -> dict[tuple[str, int], Path]:
        def edge(place: int) -> tuple[float, float]:
            """Where the lines of a boundary may run: from, to."""
            if place == 0:
                return lanes[0].x, lanes[0].x + routing.room(0)
            lane = lanes[place - 1]
            return lane.x + lane.wide - routing.room(place), lane.x + lane.wide

        def side(name: str, right: bool) -> float:
            card = cards[name]
            return card.x + card.wide if right else card.x

        return {key: [(x, y + body) for x, y in path] for key, path in routing.paths(edge, side).items()}
