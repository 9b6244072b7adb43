"""Where the messages stand: arrows from lane to lane, in rows beneath the cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .lettering import Line, wide
from .measures import Measured
from .sheet import BAND, MARGIN, MESSAGE, PILL, SMALL, Arrow

_NEAR = 6
"""How many rows up a message may stand, to fill them."""


def arrows(measured: Measured, middle: Mapping[str, float], across: float) -> tuple[list[Arrow], float]:
    """The messages in rows, and how high they are together. Several stand in a row where they do not meet, but none far from its
    number. `middle` says where each party's lane has its middle."""
    messages = measured.content.messages
    if not messages:
        return [], 0.0
    rows: list[list[tuple[float, float]]] = []
    found: list[Arrow] = []
    for message in messages:
        start = middle[message.rule.sender or ""]
        ends = tuple(middle[receiver] for receiver in message.rule.receivers)
        spoken = _spoken(message.number, start, ends, measured.runs(message), across, PILL if measured.look.shares else 0.0)
        tried = ((n, arrow) for n in range(max(0, len(rows) - _NEAR), len(rows) + 1) for arrow in spoken)
        place, arrow = next((n, arrow) for n, arrow in tried if _free(rows[n:], _taken(arrow)))
        for n, span in enumerate(_taken(arrow)):
            if place + n == len(rows):
                rows.append([])
            rows[place + n].append(span)
        arrow.y = BAND + 14 + place * MESSAGE
        found.append(arrow)
    return found, BAND + len(rows) * MESSAGE + 12


def _taken(arrow: Arrow) -> list[tuple[float, float]]:
    """What a message takes of its row, and of the next where its words stand there."""
    line = (min(arrow.start, *arrow.ends) - 8, max(arrow.start, *arrow.ends) + 8)
    words = (arrow.x - 6, arrow.x + arrow.text_wide + 6)
    return [line, words] if arrow.beneath else [(min(line[0], words[0]), max(line[1], words[1]))]


def _free(rows: Sequence[Sequence[tuple[float, float]]], taken: Sequence[tuple[float, float]]) -> bool:
    """Whether what a message takes, row by row, meets nothing that stands there."""
    return all(b <= low or high <= a for (low, high), row in zip(taken, rows, strict=False) for a, b in row)


def _spoken(number: int, start: float, ends: tuple[float, ...], runs: Line, across: float, share: float) -> list[Arrow]:
    """A message with its words, in the ways that there is room for: on the line where it is long enough, else to its right or its
    left, else beneath."""
    low, high = min(start, *ends), max(start, *ends)
    text_wide = 22 + wide(runs, SMALL) + share
    right = across - MARGIN - 6
    if text_wide + 40 < high - low:
        return [Arrow(number, start, ends, (low + high - text_wide) / 2, text_wide, runs, over=True)]
    beside = [high + 9] if high + 9 + text_wide < right else []
    beside += [low - 9 - text_wide] if low - 9 - text_wide > MARGIN + 4 else []
    if beside:
        return [Arrow(number, start, ends, x, text_wide, runs) for x in beside]
    return [Arrow(number, start, ends, max(MARGIN + 4, min(low, right - text_wide)), text_wide, runs, beneath=True)]
