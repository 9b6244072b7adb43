"""How high things become at a breadth: a card with its rows, the band of what holds throughout. Each is asked for many times while a
sheet is laid out, and worked out once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pathway.language.source import Language

from .cards import Card, Content, Message, Row, fresh
from .lanes import EVERYWHERE
from .lettering import Line, Run, flowed, longest, wide, wrapped
from .saying import Saying
from .sheet import (
    APART,
    BOXED_CARD,
    BOXED_EDGE,
    BOXED_ROW,
    INDENT,
    LEAD,
    MARGIN,
    MARKS,
    NARROWEST,
    PAD,
    PARTY,
    PILL,
    SMALL,
    TITLE,
    TITLE_LEAD,
    TOP,
    Look,
)
from .texts import text

_COLUMN = 300.0
"""As broad as a column of the band must be."""


class Measured:
    """The cards laid out in the breadths that have been asked for."""

    def __init__(self, content: Content, look: Look) -> None:
        self.content = content
        self.look = look
        self.language = content.language
        self._cards: dict[tuple[str, float], Card] = {}
        self._runs: dict[int, Line] = {}
        self._titles: dict[tuple[str, int], list[str]] = {}
        self._everywhere: dict[float, tuple[list[Row], float]] = {}
        saying = Saying(content.pathway, content.language)
        self.titles = {party: saying.bound(party or None) for party in content.parties}
        if EVERYWHERE in self.titles:
            self.titles[EVERYWHERE] = text("everywhere", self.language)
        self.narrowest: dict[str, float] = {}
        """By lane with cards, the breadth at which words are parted only where the language parts them."""
        for card in content.cards.values():
            words = [longest(card.title, TITLE, self.language, bold=True), longest(card.under, SMALL, self.language)]
            for row in card.rows:
                before = MARKS + row.indent * INDENT
                words += [before + longest(run.text, SMALL, self.language, bold=run.style == "bold") for run in row.said.runs]
            needed = 2 * PAD + 2 + max(words)
            self.narrowest[card.party] = max(
                BOXED_CARD if look.boxed else NARROWEST, needed, self.narrowest.get(card.party, 0.0)
            )

    def card(self, name: str, across: float) -> Card:
        key = (name, across)
        if key not in self._cards:
            (card,) = fresh([self.content.cards[name]]).values()
            card.wide = across
            _lay(card, self.look, self.language)
            self._cards[key] = card
        return self._cards[key]

    def runs(self, message: Message) -> Line:
        """The words of a message, on one line."""
        if message.number not in self._runs:
            (self._runs[message.number],) = flowed(message.said.runs, SMALL, math.inf, self.language)
        return self._runs[message.number]

    def title(self, party: str, across: float) -> list[str]:
        """A lane's title in lines."""
        key = (party, int(across))
        if key not in self._titles:
            self._titles[key] = wrapped(self.titles[party], PARTY, key[1], self.language, bold=True)
        return self._titles[key]

    def thin(self, party: str) -> float:
        """The breadth of a lane that holds no cards: its longest word, parted, and no more than three lines if that can be."""
        title = self.titles[party]
        across = max(56.0, longest(title, PARTY, self.language, bold=True) + 10)
        while across < 130 and len(self.title(party, across - 4)) > 3:
            across += 6
        return across

    def everywhere(self, across: float) -> tuple[list[Row], float]:
        """The band of what holds throughout, in columns that are read downwards."""
        rows = [replace(row) for row in self.content.everywhere]
        if not rows:
            return [], 0.0
        count = max(1, min(len(rows), int((across - 2 * MARGIN) // _COLUMN)))
        column = (across - 2 * MARGIN) / count
        for row in rows:
            _lay_row(row, column - 18, self.look, self.language)
        limit = max(row.high for row in rows)
        while len(columns := _columns(rows, limit)) > count:  # the lowest height at which they hold all rows
            limit += 3.0
        for place, found in enumerate(columns):
            y = TOP + 24
            for row in found:
                row.x, row.y = MARGIN + 9 + place * column, y
                y += row.high
        return rows, max(sum(row.high for row in found) for found in columns) + 30

    def everywhere_high(self, across: float) -> float:
        """About how high it is."""
        near = round(across / 30) * 30.0
        if near not in self._everywhere:
            self._everywhere[near] = self.everywhere(near)
        return self._everywhere[near][1]


def _columns(rows: Sequence[Row], limit: float) -> list[list[Row]]:
    found: list[list[Row]] = [[]]
    for row in rows:
        if found[-1] and sum(each.high for each in found[-1]) + row.high > limit + 0.01:
            found.append([])
        found[-1].append(row)
    return found


def _lay(card: Card, look: Look, language: Language) -> None:
    """A card's lines and height for its breadth. Rows get their places from the card's top left corner."""
    room = card.wide - 2 * PAD
    card.head = wrapped(card.title, TITLE, room, language, bold=True)
    card.under_lines = wrapped(card.under, SMALL, room, language)
    y = PAD + len(card.head) * TITLE_LEAD + len(card.under_lines) * LEAD + 5
    before: Row | None = None
    for row in card.rows:
        if row.kind == "heading" and not row.said.whole:
            row.high = 7.0
        elif row.kind == "sends" and row.indent and not look.boxed and before is not None and before.kind in ("way", "start"):
            last = wide(before.lines[-1], SMALL)
            inline = before.x + MARKS + last + 22 + wide(row.said.runs, SMALL)
            if inline <= card.wide - PAD:
                row.lines = [row.said.runs]
                row.x, row.y, row.high = before.x + MARKS + last + 7, before.y + before.high - LEAD - APART, 0.0
                before = row
                continue
        if row.high == 0.0:
            _lay_row(row, room, look, language)
        row.x, row.y = PAD + row.indent * INDENT, y
        y += row.high
        before = row
    card.high = y + PAD - 3


def _lay_row(row: Row, room: float, look: Look, language: Language) -> None:
    row.room = room
    room -= MARKS + row.indent * INDENT + (BOXED_EDGE if look.boxed else 0.0)
    row.lines = flowed(named(row) if look.boxed else row.said.runs, SMALL, room, language)
    row.high = max(1, len(row.lines)) * LEAD + APART
    if look.boxed:
        row.high = max(BOXED_ROW, len(row.lines) * 14.6 + 15.0) if row.kind != "heading" or row.lines else row.high
    elif look.shares and row.rule is not None:
        row.share_y = row.high - LEAD - APART
        if wide(row.lines[-1], SMALL) + PILL > room:
            row.share_y += LEAD
            row.high += LEAD


def named(row: Row) -> tuple[Run, ...]:
    """The name of a row that is a figure of its own: what is to happen and when. For whom stands behind it."""
    if row.kind not in ("rule", "message"):
        return row.said.runs
    return tuple(run for run in row.said.runs if run.style != "soft")
