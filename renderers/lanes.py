"""Who has a lane in the graph, and in which order the lanes stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pathway.model.base import LEVELS

if TYPE_CHECKING:
    from .cards import Card, Message

EVERYWHERE = "*"
"""The lane of what holds throughout, where that is a card of its own."""
_AGAINST = 1.5
"""What it weighs, in lanes passed, that a way to a later stage goes to the left: the course is read to the right."""
_MESSAGE = 0.3
"""What a lane weighs that a message passes, to one that a way passes."""


def lanes(cards: Iterable[Card], messages: Iterable[Message], level: Callable[[str], str]) -> list[str]:
    """The parties from the highest level to home, and within a level so that what belongs together stands together. `level` says a
    party's."""
    by_name = {card.name: card for card in cards}
    sent = [(m.rule.sender or "", receiver) for m in messages for receiver in m.rule.receivers]
    drawn = [(start, end, _MESSAGE, 0.0) for start, end in sent]
    for card in by_name.values():
        for way in card.ways:
            led_to = by_name[way.target or ""]
            drawn.append((card.party, led_to.party, 1.0, _AGAINST if led_to.order > card.order else 0.0))

    def rank(party: str) -> int:
        if party == EVERYWHERE:
            return -len(LEVELS)
        return next((-place for place, each in enumerate(LEVELS) if each == level(party)), 1)

    def length(order: Sequence[str]) -> float:
        at = {party: place for place, party in enumerate(order)}
        return sum(abs(at[a] - at[b]) * heavy + left * (at[b] < at[a]) for a, b, heavy, left in drawn)

    found = dict.fromkeys([*(card.party for card in by_name.values()), *(party for pair in sent for party in pair)])
    parties = sorted(found, key=rank)
    better = True
    while better:
        better = False
        for one, other in combinations(range(len(parties)), 2):
            if rank(parties[one]) != rank(parties[other]):
                continue
            for moved in (_swapped(parties, one, other), _moved(parties, one, other), _moved(parties, other, one)):
                if length(moved) < length(parties) - 1e-9:
                    parties, better = moved, True
    return parties


def _swapped(parties: list[str], one: int, other: int) -> list[str]:
    found = [*parties]
    found[one], found[other] = found[other], found[one]
    return found


def _moved(parties: list[str], start: int, end: int) -> list[str]:
    found = [*parties]
    found.insert(end, found.pop(start))
    return found
