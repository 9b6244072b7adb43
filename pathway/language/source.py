"""A text that an author wrote, and places in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

Language = Literal["en", "nb", "nn"]
LANGUAGES: tuple[Language, ...] = ("en", "nb", "nn")


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text. Lines and columns count from 1, columns in characters; `end_column` is the column after the last."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The place that reaches from the start of this one to the end of the other."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


_MOST_READ = 1 << 24
"""Bytes: more than the reader takes, so that a file of any size is refused without being held in memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one pathway file. `name` is what messages call it: a path as the user gave it, or `<text>`."""

    name: str
    text: str
    path: Path | None = None

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its line ending; empty beyond the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


def read_source(path: Path, name: str) -> Source:
    """The text of a file, which messages call by a name. Raises `OSError`."""
    with path.open("rb") as file:
        return Source(name, read_text(file), path)


def read_text(file: BinaryIO) -> str:
    """What a file holds, character by character: bytes that are no text come along as what no text has, to be answered."""
    # As bytes: `read_text` would swallow carriage returns, and columns would no longer be the author's.
    return file.read(_MOST_READ).decode("utf-8", errors="surrogateescape")
