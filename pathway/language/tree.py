"""What a text is after parsing: a tree of lines, each with its statement, before any name is resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pathway.language.source import Language, Source, Span


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line. `kind` is the grammar's terminal; `value` what it means in any language (`NAME`: the name, NFC;
    `TIMEUNIT`: `working_day`; `PHASE`: `sent`; `STRING`: the text without quotes; `NUMBER`: as written, decimal point);
    `text` is what the author wrote."""

    kind: str
    value: str
    text: str
    span: Span

    @property
    def type(self) -> str:
        """What Lark calls the kind."""
        return self.kind


@dataclass(frozen=True, slots=True)
class Node:
    """A rule of the grammar with its parts, in the order written (rules marked `?` or `_` there leave no node).
    Punctuation and keywords of which nothing depends (all but those in `KEPT` of the parser) are left out of `parts`."""

    kind: str
    parts: tuple[Node | Word, ...]
    span: Span

    def all(self, kind: str) -> Iterator[Node]:
        """The parts that are nodes of a kind."""
        return (part for part in self.parts if isinstance(part, Node) and part.kind == kind)

    def one(self, kind: str) -> Node | None:
        """The first part that is a node of a kind."""
        return next(self.all(kind), None)

    def words(self, *kinds: str) -> list[Word]:
        """The parts that are words, of the kinds given or of any."""
        return [part for part in self.parts if isinstance(part, Word) and (not kinds or part.kind in kinds)]

    def word(self, *kinds: str) -> Word | None:
        return next(iter(self.words(*kinds)), None)


BROKEN = "broken"
"""The kind of a line that could not be read. Its words are its parts, so that names that it declares can count as declared."""


@dataclass(slots=True)
class Line:
    """A line (with its continuation lines): a statement and the lines that stand beneath it.

    `statements` has more than one item only in a block of clauses (`within 3 days after x` and `by gp` on one line).
    `comments` are comment lines above it and the one at its end, as written.
    """

    statements: tuple[Node, ...]
    span: Span
    words: tuple[Word, ...] = ()
    children: list[Line] = field(default_factory=list)
    comments: tuple[str, ...] = ()

    @property
    def statement(self) -> Node:
        return self.statements[0]


@dataclass(slots=True)
class Tree:
    """A whole text. `language` is what its first keyword (or a `language` line) settles.
    `comments` are those after the last line."""

    source: Source
    language: Language
    lines: list[Line]
    comments: tuple[str, ...] = ()


def walk(lines: Sequence[Line], depth: int = 0) -> Iterator[tuple[Line, int]]:
    """Every line of a tree with its depth, in the order of the text."""
    for line in lines:
        yield line, depth
        yield from walk(line.children, depth + 1)


def nodes_in(node: Node, kind: str) -> Iterator[Node]:
    """The nodes of a kind anywhere within one; none within another of them."""
    for part in node.parts:
        if isinstance(part, Node):
            yield from [part] if part.kind == kind else nodes_in(part, kind)
