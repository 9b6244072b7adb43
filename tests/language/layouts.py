"""Texts laid out at random: what a file says, written as authors write who have never seen the one style.

The words are those of a good file. Spaces, tabs, indentation, endings of rows, capitals, synonyms, signs, quotation marks, decomposed
letters, empty rows, rows that go on, comments and the place of clauses are drawn.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from random import Random

from pathway.language.folding import clause_starts
from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.tree import Line, Tree, Word
from pathway.language.words import vocabulary

_SPACES = (" ", " ", " ", "  ", "   ", "\t", "\u00a0", " \u00a0")
_QUOTES = ('""', "“”", "«»", "„“")
_GO_ON = ("COMMA", "AND", "OR", "GE", "LE", "GT", "LT")
_SIGNS = {"GE": (">=", "≥"), "LE": ("<=", "≤")}
_BARE = ("COMMA", "COLON", "RPAR")


class Drawn:
    """A text drawn from another. With `clauses`, these may come to stand beneath their statement; with `comments`, there are more
    of them, and those that there were are gone."""

    def __init__(self, text: str, random: Random, *, clauses: bool, comments: bool) -> None:
        self._random = random
        self._clauses = clauses
        self._comments = comments
        self._tree: Tree
        self._tree, problems = parse(Source("<drawn>", text))
        assert not problems.errors
        self._step = random.choice(("    ", "  ", "\t"))
        self._number = 0
        rows = [""] * random.randrange(3)
        for line in self._tree.lines:
            rows += self._line(line, 0)
        ending = random.choice(("\n", "\r\n"))
        self.text = random.choice(("", "\ufeff")) + ending.join(rows) + random.choice(("", ending, ending * 3))

    def _line(self, line: Line, depth: int) -> list[str]:
        ends = [len(line.words)]
        starts = clause_starts(line)
        if self._clauses and len(line.statements) == 1 and starts and self._random.random() < 0.5:
            first = self._random.randrange(len(starts))
            ends = [*starts[first:], len(line.words)]
        rows = self._words(line.words, 0, ends[0], depth)
        for start, end in pairwise(ends):
            rows += self._words(line.words, start, end, depth + 1)
        for child in line.children:
            rows += self._line(child, depth + 1)
        return rows

    def _words(self, words: tuple[Word, ...], start: int, end: int, depth: int) -> list[str]:
        rows = self._above(depth)
        row = self._step * depth
        for place in range(start, end):
            word = words[place]
            close = word.kind in _BARE or (place > start and words[place - 1].kind in ("LPAR", "PLUS"))
            space = self._random.choice(("", "", " ") if close else _SPACES)
            row += (space if row.strip() else "") + self._spelled(words, place)
            if word.kind in _GO_ON and place + 1 < end and self._random.random() < 0.2:
                rows.append(row + self._behind())
                if self._comments and self._random.random() < 0.2:
                    rows.append(self._step * self._random.randrange(6) + self._comment())
                row = self._step * (depth + self._random.choice((1, 2, 3)))
        return [*rows, row + self._behind()]

    def _above(self, depth: int) -> list[str]:
        if self._comments and self._random.random() < 0.15:
            shown = self._step * max(0, depth + self._random.choice((-1, 0, 0, 0, 1))) + self._comment()
            return [*([""] * self._random.randrange(3)), shown, *([""] * self._random.randrange(3))]
        return []

    def _behind(self) -> str:
        if self._comments and self._random.random() < 0.15:
            return self._random.choice(("", " ", "     ")) + self._comment()
        return self._random.choice(("", "", " ", "\t"))

    def _comment(self) -> str:
        self._number += 1
        return f"# comment {self._number}, og den står"

    def _spelled(self, words: tuple[Word, ...], place: int) -> str:
        word = words[place]
        if word.kind in _SIGNS:
            return self._random.choice(_SIGNS[word.kind])
        if word.kind == "STRING":
            opening, closing = self._random.choice(_QUOTES)
            taken = '"' in word.text[1:-1] or set(word.value) & {opening, closing, "”", "“"}
            return word.text if taken else f"{opening}{word.value}{closing}"
        if not vocabulary(self._tree.language).write(word.kind, word.value):
            return self._composed(word.text) if word.kind == "NAME" else word.text
        said = word.text
        if self._random.random() < 0.3 and place and word.kind != "LANG":
            # Not the first word: a file is known by it. Not a word that could as well be another where it stands.
            said = self._random.choice(self._synonyms(word))
        said = said.capitalize() if self._random.random() < 0.2 else said
        return " ".join(self._composed(part) for part in said.split())

    def _synonyms(self, word: Word) -> list[str]:
        meanings = vocabulary(self._tree.language).meanings.values()
        known = {m.written for group in meanings for m in group if (m.kind, m.value) == (word.kind, word.value)}
        return sorted(known)

    def _composed(self, text: str) -> str:
        return unicodedata.normalize("NFD", text) if self._random.random() < 0.1 else text
