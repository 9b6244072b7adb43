"""One line of a tree, with its comments, as rows of text.

A statement stands on one row if it has at most two clauses there and is no wider than `WIDEST`. Else the first clause stays
and each of the others gets a row of its own beneath. Clauses that the author put beneath stay there, and their order is
never changed. What is still too wide is folded after a comma, `and` or `or`, eight columns in; a row that holds a
comment within a statement ends where the author ended it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pathway.language.automaton import automaton
from pathway.language.blocks import BLOCKS
from pathway.language.layout import STEP
from pathway.language.tree import Line, Node, Word

WIDEST = 120
"""Columns of a row, when it can be folded at all."""

_MOST = 2
"""Clauses on the row of their statement."""

_FOLDED = ("COMMA", "AND", "OR")
"""What a row may end in and still be read as going on; after the others (`_JOINS`) it is only folded for a comment's sake."""
_JOINS = (*_FOLDED, "GE", "LE", "GT", "LT", "LPAR")
_CLOSE_BEFORE = ("COMMA", "COLON", "RPAR")
_CLOSE_AFTER = ("LPAR", "PLUS")


@dataclass(slots=True)
class Row:
    """A row of the text: columns of indentation, words, the comment behind them or, without words, alone on its row.
    `blank` stands for an empty row above."""

    indent: int
    text: str = ""
    comment: str = ""
    blank: bool = False

    @property
    def width(self) -> int:
        return self.indent + len(self.text)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the author's: the row on which it stood, and whether it stood there alone."""

    row: int
    text: str
    alone: bool


def rows_of(
    line: Line, depth: int, comments: Sequence[Comment], spell: Callable[[Sequence[Word], int], str]
) -> tuple[list[Row], int]:
    """A line's rows, and how many of them stand above it (comments for which there is no place within it).

    `comments` are those on the rows that the line takes in the author's text; `spell` writes one of its words (empty: not at all).
    """
    words = _Words(line, comments, spell)
    above = [Row(depth * STEP, "", comment) for comment in words.above]
    ends = [*clause_starts(line), len(line.words)]
    header, indent = ends[0], depth * STEP
    whole, fits = words.fold(0, len(line.words), indent)
    several = len(ends) - 1 + (header > 0)
    if several == 1 or (len(ends) - 1 <= _MOST and fits):
        return above + whole, len(above)
    rows: list[Row] = []
    beneath = ends
    if header > 0:
        rows, fits = words.fold(0, ends[1], indent)
        beneath = ends[1:]
        if not fits:
            rows, beneath = words.fold(0, header, indent)[0], ends
        indent += STEP
    for start, end in pairwise(beneath):
        rows += words.fold(start, end, indent)[0]
    return above + rows, len(above)


class _Words:
    """The words of a line as they are to be written, and the comments between them."""

    def __init__(self, line: Line, comments: Sequence[Comment], spell: Callable[[Sequence[Word], int], str]) -> None:
        self._words = line.words
        self._texts = [spell(line.words, place) for place in range(len(line.words))]
        self._after: dict[int, list[Comment]] = {}
        self.above: list[str] = []
        for comment in comments:
            place = self._place(comment)
            if place is None:
                self.above.append(comment.text)
            else:
                self._after.setdefault(place, []).append(comment)

    def _place(self, comment: Comment) -> int | None:
        """The word after which a comment stands. None within a phrase, and where the row could not end."""
        last = bisect_right(self._words, comment.row, key=lambda word: word.span.line) - 1
        word = self._words[last]
        within = word.span.end_line > comment.row
        ends = last == len(self._words) - 1 or word.kind in _JOINS
        return last if ends and not within else None

    def fold(self, start: int, end: int, indent: int) -> tuple[list[Row], bool]:
        """Some of the words as rows, as few as their width and the comments between them allow; and whether none is folded for
        its width, or too wide."""
        rows = [Row(indent)]
        fits = True
        for text, comments in self._pieces(start, end):
            row = rows[-1]
            if row.text and row.width + 1 + len(text) > WIDEST:
                row = Row(indent + 2 * STEP)
                rows.append(row)
                fits = False
            row.text = f"{row.text} {text}" if row.text else text
            if comments:
                if not comments[0].alone:
                    row.comment = comments[0].text
                rows += (Row(indent + 2 * STEP, "", comment.text) for comment in comments if comment.alone)
                rows.append(Row(indent + 2 * STEP))
        return [row for row in rows if row.text or row.comment], fits and all(row.width <= WIDEST for row in rows)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[str, list[Comment]]]:
        """What cannot be folded, each with the comments after it."""
        piece = ""
        close = True
        for place in range(start, end):
            word, text = self._words[place], self._texts[place]
            if not text:
                continue
            piece += text if close or word.kind in _CLOSE_BEFORE else f" {text}"
            close = word.kind in _CLOSE_AFTER
            comments = self._after.get(place, [])
            if comments or (word.kind in _FOLDED and not _between(self._words, place)):
                yield piece, comments
                piece, close = "", True
        if piece:
            yield piece, []


def _between(words: Sequence[Word], place: int) -> bool:
    """Whether an `and` belongs to `between 2 and 7 days`."""
    return any(word.kind == "BETWEEN" for word in words[max(0, place - 3) : place])


def clause_starts(line: Line) -> list[int]:
    """The words with which those clauses of a line begin that could each stand on a row of their own."""
    nodes = line.statements if len(line.statements) > 1 else clauses(line.statement)
    places = {(word.span.line, word.span.column): place for place, word in enumerate(line.words)}
    return [places[node.span.line, node.span.column] for node in nodes]


def clauses(statement: Node) -> tuple[Node, ...]:
    """The parts at a statement's end that could as well stand on a line beneath it."""
    block = BLOCKS.get(statement.kind)
    found = len(statement.parts)
    if block is not None:
        known = lines_of(block)
        while found and isinstance(part := statement.parts[found - 1], Node) and part.kind in known:
            found -= 1
    return tuple(part for part in statement.parts[found:] if isinstance(part, Node))


@cache
def lines_of(block: str) -> frozenset[str]:
    """The kinds of statements and clauses that can stand on a line of a block."""
    return frozenset(_reached(block, _expansions(), set()))


@cache
def _expansions() -> Mapping[str, tuple[tuple[bool, tuple[str, ...]], ...]]:
    """The rules of the grammar: for each, whether it leaves no node of its own, and the rules that it is made of."""
    found: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
    for rule in automaton().productions:
        found.setdefault(rule.name, []).append((rule.inlined or rule.single, rule.made_of))
    return {name: tuple(rules) for name, rules in found.items()}


def _reached(rule: str, expansions: Mapping[str, Iterable[tuple[bool, tuple[str, ...]]]], seen: set[str]) -> Iterator[str]:
    for _, parts in expansions[rule]:
        for part in parts:
            if part in seen:
                continue
            seen.add(part)
            if any(inlined for inlined, _ in expansions[part]):
                yield from _reached(part, expansions, seen)
            else:
                yield part
