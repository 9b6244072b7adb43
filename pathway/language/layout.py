"""Lines of text → a tree of logical lines, by indentation alone, before any of them is read.

Four spaces are one step. Other indentation is answered and read by rounding, so that one slip moves one line at most. A
logical line is a line with those that continue it: it ends in a comma, `and`, `or` or a comparison and the next is deeper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pathway.language.diagnostics import Problems
from pathway.language.lexer import WORD, Atom, lex
from pathway.language.source import LANGUAGES, Source, Span
from pathway.language.words import fold, table

STEP = 4
DEEPEST = 12
"""No form of the language goes deeper than half of this; what does is read as if it stood here."""

_BLANK = " \t\u00a0\ufeff\u200b\u2060\u2007\u202f\u3000"


@dataclass(slots=True)
class RawLine:
    """A logical line: its atoms, and the lines beneath it."""

    atoms: list[Atom]
    span: Span
    level: int
    comments: list[str] = field(default_factory=list)
    children: list[RawLine] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """A whole text as logical lines. `comments` are those after the last line."""

    lines: list[RawLine]
    comments: list[str]

    def walk(self) -> Iterator[RawLine]:
        """Every line, in the order of the text."""
        stack = list(reversed(self.lines))
        while stack:
            line = stack.pop()
            yield line
            stack.extend(reversed(line.children))


def lay_out(source: Source, problems: Problems) -> Layout:
    """The tree of logical lines of a text."""
    flat, comments = _logical_lines(source, problems)
    return Layout(_nest(flat), comments)


def _logical_lines(source: Source, problems: Problems) -> tuple[list[RawLine], list[str]]:
    physical = source.text.splitlines()
    widths = [indentation(text) for text in physical]
    step = _step(source, physical, widths, problems)
    joining = _joining_words()
    flat: list[RawLine] = []
    comments: list[str] = []
    open_steps: list[int] = []  # the indentation, in steps, of the lines that the next one may stand beneath
    continues = False
    width_before = 0
    for number, (text, (width, tabbed, blanks)) in enumerate(zip(physical, widths, strict=True), 1):
        lexed = lex(text, number)
        if not lexed.atoms:
            if lexed.comment:
                comments.append(lexed.comment)
            continue
        span = lexed.atoms[0].span(source.name).to(lexed.atoms[-1].span(source.name))
        if continues and width > width_before:
            line = flat[-1]
            line.atoms.extend(lexed.atoms)
            line.span = line.span.to(span)
            line.comments.extend(comments)
        else:
            steps = (width + step // 2) // step
            known = steps in open_steps
            while open_steps and open_steps[-1] >= steps:
                open_steps.pop()
            level = min(len(open_steps), DEEPEST)
            jumps = steps > (open_steps[-1] + 1 if open_steps else 0) and not known
            open_steps.append(steps)
            if not tabbed and (width % step or jumps):
                problems.add("PW111", Span(source.name, number, 1, number, blanks + 1), spaces=width, read=level * STEP)
            line = RawLine(lexed.atoms, span, level, comments)
            flat.append(line)
            width_before = width
        comments = []
        if lexed.comment:
            line.comments.append(lexed.comment)
        continues = _goes_on(lexed.atoms[-1], joining)
    return flat, comments


def indentation(text: str) -> tuple[int, bool, int]:
    """How far a line is indented in columns, whether a tab stands there, and how many characters that are."""
    width = blanks = 0
    tabbed = False
    for character in text:
        if character == "\t":
            width += STEP - width % STEP
            tabbed = True
        elif character in _BLANK:
            width += character not in "\ufeff\u200b\u2060"
        else:
            break
        blanks += 1
    return width, tabbed, blanks


def _step(source: Source, physical: list[str], widths: list[tuple[int, bool, int]], problems: Problems) -> int:
    """The file's own step of indentation: four, or two where the whole file is written so. One message for a habit."""
    indented = [
        (number, width, tabbed, blanks)
        for number, (text, (width, tabbed, blanks)) in enumerate(zip(physical, widths, strict=True), 1)
        if width and text.strip() and not text.lstrip(_BLANK).startswith("#")
    ]
    tabs = [(number, blanks) for number, _, tabbed, blanks in indented if tabbed]
    if tabs:
        number, blanks = tabs[0]
        code = "PW110" if len(tabs) == len(indented) else "PW118"
        problems.add(code, Span(source.name, number, 1, number, blanks + 1), count=len(tabs))
    usual = _usual_step(physical, widths)
    for step in (2, 3, 8):
        shapes = Counter(width % step == 0 for _, width, _, _ in indented)
        fits = Counter(width % STEP == 0 for _, width, _, _ in indented)
        lowest = min((width for _, width, _, _ in indented), default=0)
        if lowest == step == usual and not shapes[False] and (fits[False] or step == 8) and len(indented) > 2:
            number, _, _, blanks = indented[0]
            problems.add("PW112", Span(source.name, number, 1, number, blanks + 1), spaces=step, count=len(indented))
            return step
    return STEP


def _usual_step(physical: list[str], widths: list[tuple[int, bool, int]]) -> int:
    """By how much lines mostly stand deeper than the one before: one line that slipped does not make a habit."""
    filled = [width for text, (width, _, _) in zip(physical, widths, strict=True) if text.strip()]
    deeper = Counter(width - before for before, width in pairwise(filled) if width > before)
    return max(deeper, key=lambda step: (deeper[step], -step), default=STEP)


def _goes_on(last: Atom, joining: frozenset[str]) -> bool:
    if last.kinds == (WORD,):
        return fold(last.text) in joining
    return last.kinds in (("COMMA",), ("GE",), ("LE",), ("GT",), ("LT",), ("LPAR",))


def _joining_words() -> frozenset[str]:
    """`and` and `or` in the three languages: a line that ends in one goes on."""
    keywords = table()["keywords"]
    return frozenset(word for kind in ("AND", "OR") for language in LANGUAGES for word in keywords[kind][language])


def _nest(flat: list[RawLine]) -> list[RawLine]:
    top: list[RawLine] = []
    stack: list[RawLine] = []
    for line in flat:
        del stack[line.level :]
        (stack[-1].children if stack else top).append(line)
        stack.append(line)
    return top
