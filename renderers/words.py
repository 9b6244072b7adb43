"""The graph in words: what a screen reader says of it, and what stands for it where there are no pictures."""

from __future__ import annotations

from collections.abc import Iterable

from .cards import Content, Row
from .texts import text


def described(content: Content) -> str:
    """Everything that the graph says, stage by stage."""
    said: list[str] = []
    if content.everywhere:
        said += [text("text_everywhere", content.language), *_rows(content.everywhere)]
    for card in content.cards.values():
        said += [text("text_stage", content.language, t=_sentence(card.whole)), *_rows(card.rows)]
    if content.messages:
        said.append(text("text_messages", content.language))
        said += [f"{message.number}. {_sentence(message.said.whole)}." for message in content.messages]
    return " ".join(said)


def _rows(rows: Iterable[Row]) -> list[str]:
    return [_sentence(row.said.whole) + "." for row in rows if row.said.whole]


def _sentence(whole: str) -> str:
    return "; ".join(part.rstrip(".") for part in whole.split("\n"))
