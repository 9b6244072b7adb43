"""The sheet that a graph is laid out on: its lanes, cards, lines and messages with their places, and the paper that it is made for."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cards import Card, Content, Row
from .lettering import Line
from .routes import Path

SMALL = 11.0
"""The smallest letters, in pixels of the drawing."""
LEAD = 13.0
APART = 2.2
"""Between the rows of a card."""
TITLE = 13.0
TITLE_LEAD = 16.0
PARTY = 12.0
PARTY_LEAD = 14.0
PAD = 8.0
MARKS = 15.0
"""Room for a row's mark."""
INDENT = 13.0
PILL = 42.0
"""Room for a share, where breaks are laid over."""
MARGIN = 14.0
TOP = 56.0
GAP = 30.0
"""Between the cards of a lane: room for two or three lines that pass."""
STUB = 20.0
"""To the right of a card, where ways end that lead to no other card."""
BARE = 5.0
"""The same where no way ends so."""
ARROW = 14.0
"""To the left of a card, where arrows come in."""
BOXED_STUB, BOXED_ARROW, BOXED_CARD = 158.0, 58.0, 250.0
"""The same where there are events, and how broad a card is at least."""
BOXED_ROW = 29.0
BOXED_EDGE = 24.0
BAND = 18.0
MESSAGE = 15.5
NARROWEST, WIDEST = 128.0, 520.0

PAPER = (420.0, 297.0)
"""A3, in millimetres."""
EDGE = 8.0
"""What printers leave white, in millimetres."""
_POINT = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Look:
    """What the rows and the edges of cards need besides the words."""

    shares: bool = False
    """Room for a share beside each rule."""
    boxed: bool = False
    """Rows so far apart that each can be a figure of its own, with events on the edges of the card and beside it."""


@dataclass(slots=True)
class Lane:
    party: str
    title: list[str]
    level: str
    x: float = 0.0
    wide: float = 0.0

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2


@dataclass(slots=True)
class Arrow:
    """A message as it is drawn: from a lane to others, with its words from `x` on."""

    number: int
    start: float
    ends: tuple[float, ...]
    x: float
    text_wide: float
    runs: Line
    over: bool = False
    """Whether the words stand on the line."""
    beneath: bool = False
    y: float = 0.0

    @property
    def words_y(self) -> float:
        return self.y + (MESSAGE if self.beneath else 0.0)


@dataclass(slots=True)
class Sheet:
    """The drawing, laid out. All in pixels."""

    content: Content
    lanes: list[Lane]
    cards: dict[str, Card]
    everywhere: list[Row] = field(default_factory=list)
    everywhere_high: float = 0.0
    lanes_top: float = 0.0
    head_high: float = 0.0
    body_top: float = 0.0
    body_end: float = 0.0
    arrows: list[Arrow] = field(default_factory=list)
    messages_top: float = 0.0
    messages_end: float = 0.0
    paths: dict[tuple[str, int], Path] = field(default_factory=dict)
    wide: float = 0.0
    high: float = 0.0

    @property
    def smallest(self) -> float:
        """The size of its smallest letters, in points, when it is printed on A3."""
        return SMALL * scale(self.wide, self.high)


def scale(across: float, high: float) -> float:
    """Points for each pixel when a drawing fills an A3 sheet, lying or standing, whichever is larger."""
    long, short = ((side - 2 * EDGE) * _POINT for side in PAPER)
    return max(min(long / across, short / high), min(short / across, long / high))


def paper(across: float, high: float) -> tuple[float, float, float]:
    """The paper that a drawing is printed on (its sides in millimetres) and the millimetres that a pixel takes: A3, unless its
    letters would be smaller than six points; then the next size that shows them."""
    long, short = PAPER
    while SMALL * _fit(across, high, long, short) * _POINT < 6 and long < 1200:
        long, short = short * 2, long
    if across < high:
        long, short = short, long
    return long, short, min((long - 2 * EDGE) / across, (short - 2 * EDGE) / high)


def _fit(across: float, high: float, long: float, short: float) -> float:
    one, other = long - 2 * EDGE, short - 2 * EDGE
    return max(min(one / across, other / high), min(other / across, one / high))
