"""Where everything of a BPMN diagram stands (its `BPMNDI` part): the places of the graph, in the figures of BPMN."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, SubElement

from .cards import Card, Row
from .sheet import MARGIN, MARKS, Sheet

_NAMESPACE = {
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
HEADER = 30.0
"""Where a pool's name stands; its lanes begin beneath."""
EVENT = 22.0
"""Across an event."""
_CLOSED = 50.0
"""The height of a participant whose inside is not shown."""
_STEP = 7.0

Points = list[tuple[float, float]]


class Shapes:
    """The plane, filled figure by figure."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.plane = Element(_tag("bpmndi", "BPMNPlane"), id="Plane", bpmnElement="Collaboration")
        self.top = sheet.lanes_top
        count = sum(len(message.rules) * len(message.rule.receivers) for message in sheet.content.messages)
        self.closed_top = sheet.body_end + 30 + _STEP * count
        self.closed: dict[str, int] = {}
        self.arrived: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.drawn = 0

    def diagram(self, tag: str) -> Element:
        diagram = Element(tag, id="Diagram")
        diagram.append(self.plane)
        return diagram

    def pool(self, key: str) -> None:
        lanes = self.sheet.lanes
        left, right = (lanes[0].x, lanes[-1].x + lanes[-1].wide) if lanes else (MARGIN, self.sheet.wide - MARGIN)
        shape = self._shape(key, left, self.top - HEADER, right - left, self.sheet.body_end - self.top + HEADER)
        shape.set("isHorizontal", "false")

    def lane(self, key: str, place: int) -> None:
        lane = self.sheet.lanes[place]
        shape = self._shape(key, lane.x, self.top, lane.wide, self.sheet.body_end - self.top)
        shape.set("isHorizontal", "false")

    def closed_pool(self, key: str, place: int) -> None:
        """A party as one who sends and gets messages, beneath its lane."""
        lane = self.sheet.lanes[place]
        self.closed[key] = place
        shape = self._shape(key, lane.x + 3, self.closed_top, lane.wide - 6, _CLOSED)
        shape.set("isHorizontal", "true")

    def box(self, key: str, x: float, y: float, wide: float, high: float, *, expanded: bool = False) -> None:
        shape = self._shape(key, x, y, wide, high)
        if expanded:
            shape.set("isExpanded", "true")

    def row(self, key: str, row: Row) -> None:
        """A row of a card as a figure inside it."""
        self._shape(key, row.x + MARKS, row.y, row.room - 2 * MARKS - (row.x - self._card_left(row)), row.high - 5)

    def _card_left(self, row: Row) -> float:
        return next(card.x for card in self.sheet.cards.values() if any(each is row for each in card.rows)) + 8

    def enter(self, key: str, card: Card, row: Row) -> tuple[float, float]:
        """A beginning to the left of a card; its words in the card. Where its right edge is."""
        y = row.y + row.high / 2 - 2
        self._event(key, card.x - 40, y, row, card)
        return card.x - 40 + EVENT, y

    def boundary(self, key: str, card: Card, row: Row, *, left: bool) -> tuple[float, float]:
        """An event on a card's edge; its words in the card. Where its outer edge is."""
        y = row.y + 6.5
        x = card.x if left else card.x + card.wide
        self._event(key, x - EVENT / 2, y, row, card)
        return (x - EVENT / 2 if left else x + EVENT / 2), y

    def end(self, key: str, card: Card, y: float) -> float:
        """An end to the right of a card. Where its left edge is."""
        x = card.x + card.wide + 34
        shape = self._shape(key, x, y - EVENT / 2, EVENT, EVENT)
        self._bounds(SubElement(shape, _tag("bpmndi", "BPMNLabel")), x + EVENT + 3, y - 7, 90, 14)
        return x

    def loop(self, card: Card, x: float, y: float) -> Points:
        """From an event on the right edge back into the card."""
        aside, into = card.x + card.wide + 28, card.y + 9
        return [(x, y), (aside, y), (aside, into), (card.x + card.wide, into)]

    def message(self, key: str, card: Card, row: Row, start: str, end: str) -> None:
        """From a task to a party beneath, from a party up to a task, or from party to party."""
        self.drawn += 1
        level = self.sheet.body_end + 10 + _STEP * self.drawn
        points = [*self._leaving(card, row, start, level), *reversed(self._leaving(card, row, end, level))]
        self.edge(key, points)

    def _leaving(self, card: Card, row: Row, key: str, level: float) -> Points:
        """From where a message begins to the height at which it crosses."""
        if key not in self.closed:
            self.passed[card.party] += 1
            x = card.x - 12 - 3.0 * (self.passed[card.party] % 8)
            y = row.y + row.high / 2 - 2
            return [(row.x + MARKS, y), (x, y), (x, level)]
        self.arrived[key] += 1
        lane = self.sheet.lanes[self.closed[key]]
        x = lane.x + 8 + (self.arrived[key] * _STEP) % max(_STEP, lane.wide - 16)
        return [(x, self.closed_top), (x, level)]

    def edge(self, key: str, points: Points) -> None:
        edge = SubElement(self.plane, _tag("bpmndi", "BPMNEdge"), id=f"{key}_di", bpmnElement=key)
        for x, y in points:
            SubElement(edge, _tag("di", "waypoint"), x=f"{x:.1f}", y=f"{y:.1f}")

    def _event(self, key: str, x: float, y: float, row: Row, card: Card) -> None:
        shape = self._shape(key, x, y - EVENT / 2, EVENT, EVENT)
        label = SubElement(shape, _tag("bpmndi", "BPMNLabel"))
        room = card.wide - 2 * MARKS - 8 - (row.x - card.x)
        self._bounds(label, row.x + MARKS, row.y, room, len(row.lines) * 13.2)

    def _shape(self, key: str, x: float, y: float, wide: float, high: float) -> Element:
        shape = SubElement(self.plane, _tag("bpmndi", "BPMNShape"), id=f"{key}_di", bpmnElement=key)
        self._bounds(shape, x, y, wide, high)
        return shape

    @staticmethod
    def _bounds(parent: Element, x: float, y: float, wide: float, high: float) -> None:
        SubElement(parent, _tag("dc", "Bounds"), x=f"{x:.1f}", y=f"{y:.1f}", width=f"{wide:.1f}", height=f"{high:.1f}")


def _tag(prefix: str, name: str) -> str:
    return f"{{{_NAMESPACE[prefix]}}}{name}"
