"""A text in the one style, and in another of the three languages: the same tree, the same comments.

    text → tree → rows → text → tree again: is it the same?

The rows of each statement are made in `folding.py`, its words in `wording.py`; here stands what is between statements: indentation,
empty rows, comments. Nothing here knows a statement: what may stand beneath what comes from the grammar. The result is read
anew, so no text is given that would say something else: a name that is a word of the other language is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pathway.language.blocks import BLOCKS
from pathway.language.described import language_name
from pathway.language.diagnostics import Problems
from pathway.language.folding import WIDEST, Comment, Row, clauses, lines_of, rows_of
from pathway.language.layout import STEP, indentation
from pathway.language.lexer import INVISIBLE, lex
from pathway.language.parse import parse
from pathway.language.source import Language, Source
from pathway.language.tree import Line, Node, Tree, Word, nodes_in, walk
from pathway.language.wording import SIGNS, spelled
from pathway.language.words import vocabulary

_GAP = 2
"""Columns between a row and the comment behind it."""


class Formatted(NamedTuple):
    """What came of formatting: the text, or None where the problems say why there is none; and the language it was written in."""

    text: str | None
    problems: Problems
    language: Language


def formatted(source: Source, language: Language | None = None) -> Formatted:
    """A text in the one style, in its own language or another. There is none when it has mistakes, or would say something else in
    that language. Takes somewhat longer than reading the text twice."""
    tree, problems = parse(source)
    if problems.errors:
        return Formatted(None, problems, tree.language)
    wanted = language or tree.language
    # Bokmål and Nynorsk share the word that opens a file, and most others.
    named = wanted == "nn" and tree.language != wanted
    text = _Writing(tree, wanted).text(named)
    if text == source.text and tree.language == wanted:
        return Formatted(text, problems, tree.language)
    again, misread = parse(Source(source.name, text))
    if again.language != wanted and not named:
        text = _Writing(tree, wanted).text(True)
        again, misread = parse(Source(source.name, text))
    changed = _changed(tree, again)
    if changed is None and again.language == wanted and not misread.errors:
        return Formatted(text, problems, tree.language)
    line = changed or tree.lines[0]
    refused = Problems()
    refused.add("PW176", line.span, written=source.line(line.span.line).strip(), language=language_name(wanted))
    return Formatted(None, refused, tree.language)


class _Open(NamedTuple):
    """A line in which the next may stand: its indentation in the author's text, its depth in the tree."""

    width: int
    depth: int
    opens: bool
    """Whether lines may stand beneath it."""


class _Writing:
    """One text being written, from the top."""

    def __init__(self, tree: Tree, language: Language) -> None:
        self._tree = tree
        self._language = language
        self._physical = tree.source.text.splitlines()
        self._comments = dict(_comments(self._physical))
        self._coded = dict(_title_codes(tree, language))
        self._open: list[_Open] = []

    def text(self, named: bool) -> str:
        """The whole text. `named`: with a line that names the language. In another language it is left out where it is not needed."""
        lines = [(line, depth) for line, depth in walk(self._tree.lines) if named or not self._is_needless(line)]
        opening = next((line for line in self._tree.lines if "language" in _lines_beneath(line)), None)
        missing = named and all(line.statement.kind != "language" for line, _ in lines)
        rows = [self._language_row(0)] if missing and opening is None else []
        margin: Line | None = None
        row = 1
        for line, depth in lines:
            above = self._between(row, line.span.line, depth)
            own, lifted = rows_of(line, depth, self._within(line), self._spell)
            own[0].blank = self._is_blank_above(line.span.line, row)
            above += own[:lifted]
            if depth and self._open and depth > self._open[-1].depth:
                (above or own)[0].blank = False
            if depth == 0 and margin is not None and (_is_section(line) or _is_section(margin)):
                _set_apart([*above, own[lifted]])
            rows += [*above, *own[lifted:]]
            if missing and line is opening:
                rows.append(self._language_row(STEP))
            self._enter(line, depth)
            if depth == 0 and line.statement.kind != "language":
                margin = line
            row = line.span.end_line + 1
        rows += self._between(row, len(self._physical) + 1, 0)
        return _written(rows)

    def _spell(self, words: Sequence[Word], place: int) -> str:
        word = words[place]
        if word.kind == "LANG" and words[0].kind == "LANGUAGE":
            return self._language
        code = self._coded.get((word.span.line, word.span.column))
        if code is None:
            return spelled(words, place, self._language)
        return f"{code} {spelled(words, place, self._language)}" if code else ""

    def _is_needless(self, line: Line) -> bool:
        return line.statement.kind == "language" and self._language != self._tree.language and not line.comments

    def _language_row(self, indent: int) -> Row:
        return Row(indent, f"{vocabulary(self._language).write('LANGUAGE')} {self._language}")

    def _within(self, line: Line) -> list[Comment]:
        """The comments on the rows of a line."""
        return [self._comments[n] for n in range(line.span.line, line.span.end_line + 1) if n in self._comments]

    def _between(self, first: int, end: int, depth: int) -> list[Row]:
        """The comments on the author's rows from `first` up to the line at `end`, which has a depth."""
        rows: list[Row] = []
        for number in range(first, end):
            if number in self._comments:
                indent = self._depth_of_comment(number, depth) * STEP
                rows.append(Row(indent, "", self._comments[number].text, self._is_blank_above(number, first)))
        return rows

    def _depth_of_comment(self, row: int, following: int) -> int:
        """As deep as the line that follows; deeper if it stands under the lines before, as the last words of their block."""
        width = indentation(self._physical[row - 1])[0]
        for line in reversed(self._open):
            if width >= line.width:
                return max(following, line.depth + (width > line.width and line.opens))
        return following

    def _is_blank_above(self, row: int, first: int) -> bool:
        """Whether the row above is empty; rows before `first` belong to other lines."""
        return row > first and all(c.isspace() or c in INVISIBLE for c in self._physical[row - 2])

    def _enter(self, line: Line, depth: int) -> None:
        del self._open[depth:]
        width = indentation(self._physical[line.span.line - 1])[0]
        self._open.append(_Open(width, depth, line.statements[-1].kind in BLOCKS))


def _comments(physical: Sequence[str]) -> Iterator[tuple[int, Comment]]:
    """Every comment of a text, by its row."""
    for number, text in enumerate(physical, 1):
        if "#" in text:
            lexed = lex(text, number)
            if lexed.comment:
                yield number, Comment(number, lexed.comment, not lexed.atoms)


def _title_codes(tree: Tree, language: Language) -> Iterator[tuple[tuple[int, int], str]]:
    """What titles need so that they stay in their language when the file's becomes another: by the place of a word, the code
    to be written before it; empty for a code that says no more than the file does, and is left out."""
    if language == tree.language:
        return
    for line, _ in walk(tree.lines):
        for title in (title for statement in line.statements for title in nodes_in(statement, "title")):
            first = title.parts[0]
            if isinstance(first, Word):
                yield (first.span.line, first.span.column), tree.language
            elif (code := first.words()[0]).value == language and first.word("NAME") is None:
                yield (code.span.line, code.span.column), ""


def _lines_beneath(line: Line) -> frozenset[str]:
    """The kinds of lines that may stand beneath a line."""
    block = BLOCKS.get(line.statements[-1].kind)
    return frozenset() if block is None else lines_of(block)


def _is_section(line: Line) -> bool:
    """Whether a line at the margin holds blocks, as a stage or a scenario does: such stand between empty rows."""
    return any(kind in BLOCKS for kind in _lines_beneath(line))


def _set_apart(rows: Sequence[Row]) -> None:
    """Put an empty row above the last row, or above the comments that stand on it at the same depth."""
    place = len(rows) - 1
    while place and not rows[place].blank and rows[place - 1].indent == rows[-1].indent:
        place -= 1
    rows[place].blank = True


def _written(rows: Sequence[Row]) -> str:
    """Rows as a text. The comments behind neighbouring rows stand in one column, if there is room for them."""
    lines: list[str] = []
    place = 0
    while place < len(rows):
        end = place + 1
        while end < len(rows) and all(row.text and row.comment for row in rows[end - 1 : end + 1]) and not rows[end].blank:
            end += 1
        together = rows[place:end]
        column = max(row.width for row in together) + _GAP
        column = 0 if any(column + len(row.comment) > WIDEST for row in together) else column
        for row in together:
            if row.blank and lines:
                lines.append("")
            words = f"{' ' * row.indent}{row.text}"
            gap = " " * max(column - row.width, _GAP) if row.text and row.comment else ""
            lines.append(f"{words}{gap}{row.comment}")
        place = end
    return "\n".join(lines) + "\n"


def _changed(before: Tree, after: Tree) -> Line | None:
    """The first line of a tree that another one does not have so. Clauses may stand on their statement's line or beneath it,
    titles may be in the file's language or say which they are in, and the line that names the language may be new."""
    others = _pieces(after)
    for depth, said, line in _pieces(before):
        other = next(others, None)
        if other is None or other[:2] != (depth, said):
            return line
    return None if next(others, None) is None else before.lines[-1]


def _pieces(tree: Tree) -> Iterator[tuple[int, object, Line]]:
    """What a tree says: statements and clauses with their depths, and the lines in which they stand."""
    for line, depth in walk(tree.lines):
        if line.statement.kind == "language":
            continue
        apart = clauses(line.statement) if len(line.statements) == 1 else ()
        for statement in line.statements:
            kept = statement.parts[: len(statement.parts) - len(apart)]
            yield depth, (statement.kind, tuple(_said(part, tree.language) for part in kept)), line
        yield from ((depth + 1, _said(clause, tree.language), line) for clause in apart)


def _said(part: Node | Word, language: Language) -> object:
    if isinstance(part, Word):
        return ("NUMBER" if part.kind == "ORDINAL" else part.kind), SIGNS.get(part.kind, part.value)
    parts = tuple(_said(inner, language) for inner in part.parts)
    if part.kind == "title" and isinstance(part.parts[0], Word):
        parts = (("translation", (("LANG", language), parts[0])), *parts[1:])
    return part.kind, parts
