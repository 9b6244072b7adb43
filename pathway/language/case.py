"""A line that could not be read, and the changes to it that are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathway.language.grammar import LineState
from pathway.language.lexer import WORD, Atom
from pathway.language.reading import Reader, Reading
from pathway.language.source import Language, Span
from pathway.language.words import fold, table


@dataclass(frozen=True, slots=True)
class Fix:
    """One change to a line and the message that it makes.

    `atoms` is the line as changed. The message is given if the changed line can be read, or if `sure`: then what the author
    meant is plain even though the line has something else in it that cannot be read. The changed line's tree is used unless
    the change put something in that only the author can know (`guess`).
    """

    code: str
    span: Span
    atoms: list[Atom]
    values: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str | None = None
    sure: bool = False
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A line that could not be read in the block whose start rule is `start`; `reading` says where it stopped.
    `elsewhere` counts the words of the whole text: what else it calls things."""

    reader: Reader
    start: str
    atoms: list[Atom]
    reading: Reading
    elsewhere: Mapping[str, int]

    @property
    def stop(self) -> int:
        return self.reading.stopped

    @property
    def language(self) -> Language:
        return self.reader.words.language

    def word(self, place: int) -> str:
        """The word at a place, folded; empty where there is none."""
        if 0 <= place < len(self.atoms) and self.atoms[place].kinds == (WORD,):
            return fold(self.atoms[place].value)
        return ""

    def kind(self, place: int) -> str:
        """The kind of a place's atom that has only one, and is no word; empty otherwise."""
        if 0 <= place < len(self.atoms) and len(self.atoms[place].kinds) == 1:
            only = self.atoms[place].kinds[0]
            return "" if only == WORD else only
        return ""

    def means(self, place: int, *kinds: str) -> bool:
        """Whether a place begins a word or phrase of one of the kinds, in the file's language."""
        return self.kind(place) in kinds or any(
            meaning.kind in kinds and self.reader.fits(meaning, self.atoms, place)
            for meaning in self.reader.words.of(self.word(place))
        )

    def state(self, place: int) -> LineState | None:
        """The line read up to a place, if it can be."""
        reading = self.reader.read(self.start, self.atoms[:place], ends=False)
        return reading.state if reading.stopped == place else None

    def takes(self, place: int, *kinds: str) -> bool:
        state = self.state(place)
        return state is not None and any(state.takes(kind) for kind in kinds)

    def was_read(self, place: int) -> bool:
        """Whether a word before the place where the line stopped was taken for the keyword that it is."""
        at = (self.atoms[place].line, self.atoms[place].column)
        return place < self.stop and any(
            (word.span.line, word.span.column) == at and word.kind != "NAME" for word in self.reading.words
        )

    def span(self, place: int, end: int | None = None) -> Span:
        """The place of an atom, or of those up to `end`; just behind the line when it stands there."""
        if place >= len(self.atoms):
            last = self.atoms[-1]
            return Span(self.reader.file, last.line, last.end_column, last.line, last.end_column + 1)
        last_place = place if end is None else max(place, end - 1)
        return self.reader.span(self.atoms[place : last_place + 1])

    def text(self, place: int, end: int | None = None) -> str:
        """What the author wrote at a place, or up to `end`; any blanks between as one."""
        written = ""
        before: Atom | None = None
        for atom in self.atoms[place : place + 1 if end is None else end]:
            beside = before is None or (before.line == atom.line and before.end_column == atom.column) or atom.text == ","
            written += atom.text if beside else f" {atom.text}"
            before = atom
        return written

    def token(self, place: int, kind: str, value: str = "") -> Atom:
        """An atom that the author did not write, for trying it at a place."""
        near = self.atoms[min(place, len(self.atoms) - 1)]
        column = near.column if place < len(self.atoms) else near.end_column
        return Atom((kind,), "", value or kind, near.line, column)

    def swap(self, place: int, end: int, *new: Atom) -> list[Atom]:
        """The line with the atoms from `place` up to `end` changed for others. The first new one keeps what was written."""
        if new and not new[0].text and end > place:
            first = new[0]
            new = (Atom(first.kinds, self.text(place, end), first.value, first.line, first.column), *new[1:])
        return [*self.atoms[:place], *new, *self.atoms[end:]]

    def write(self, kind: str, value: str | None = None) -> str:
        return self.reader.words.write(kind, value)

    def amount(self, number: float, unit: str) -> str:
        """A number of a unit of time, as it is written."""
        forms = table()["units"][unit][self.language]
        return f"{number:g} {forms[0] if number == 1 else forms[1]}"


def slip_words(name: str) -> Sequence[str]:
    """A list of words that people write instead of the language's own (`slips` in the table of words)."""
    words: Sequence[str] = table()["slips"][name]
    return words
