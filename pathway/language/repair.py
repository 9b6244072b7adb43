"""What to say of a line that could not be read, and how to go on.

One change is looked for that carries the whole line; it makes the one message that the line gets, and usually its tree.
The kinds of change stand in order: the surest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pathway.language import changes, slips
from pathway.language.blocks import STARTS, USUAL
from pathway.language.case import Case, Fix
from pathway.language.described import block, listed, part
from pathway.language.grammar import LineState
from pathway.language.lexer import WORD, Atom
from pathway.language.nearness import near
from pathway.language.reading import Reader, Reading, is_reserved
from pathway.language.slips_of_names import filler
from pathway.language.slips_of_words import begun
from pathway.language.source import Span
from pathway.language.tree import Word
from pathway.language.words import Meaning, fold, reserved

PASSES: tuple[Callable[[Case], Iterator[Fix]], ...] = (
    *slips.BEFORE_WORDS,
    changes.foreign,
    changes.misspelt,
    *slips.AFTER_WORDS,
    changes.missing,
    changes.replaced,
    changes.too_many,
)
"""Every change that is tried, in this order."""

_WHOLE = (
    changes.missing,
    changes.replaced,
    changes.too_many,
    slips.condition_first,
    slips.comma_between,
    slips.events_listed,
    slips.unquoted,
    filler,
)
"""Changes that say nothing unless they carry the whole line."""

_TRIES = 60
"""Changes read for one line at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The message that a line gets, and its reading as mended: None where it stays broken."""

    code: str
    span: Span
    values: dict[str, Any] = field(default_factory=dict)
    suggestion: str | None = None
    reading: Reading | None = None


def as_names(case: Case) -> Reading | None:
    """The line with one soft keyword read as the name that it may well be (`when last is known`, of a fact `last`)."""
    for place in range(min(case.stop, len(case.atoms) - 1), -1, -1):
        word = case.word(place)
        if word and case.reader.words.of(word) and not is_reserved(case.atoms[place].value):
            reading = case.reader.read(case.start, case.atoms, frozenset({place}))
            if reading.node is not None:
                return reading
    return None


def answer(case: Case) -> Answer:
    """What to say of a line: of one with several mistakes, the first that can be named."""
    sure: Fix | None = None
    partly: Fix | None = None
    left = len(case.atoms) - case.stop
    for look, fix in _tried(case):
        reading = case.reader.read(case.start, fix.atoms)
        if reading.node is not None:
            return Answer(fix.code, fix.span, dict(fix.values), fix.suggestion, None if fix.guess else reading)
        if fix.sure and sure is None:
            sure = fix
        if look not in _WHOLE and len(fix.atoms) - reading.stopped < left:
            partly, left = fix, len(fix.atoms) - reading.stopped
    named = sure or partly
    if named is not None:
        return Answer(named.code, named.span, dict(named.values), named.suggestion)
    return _out_of_place(case) or _not_understood(case)


def begun_otherwise(case: Case) -> Answer | None:
    """What to say of a line that could stand elsewhere as it is, but here with another first word."""
    for fix in begun(case):
        reading = case.reader.read(case.start, fix.atoms)
        if reading.node is not None:
            return Answer(fix.code, fix.span, dict(fix.values), fix.suggestion, reading)
    return None


def _tried(case: Case) -> Iterator[tuple[Callable[[Case], Iterator[Fix]], Fix]]:
    tries = 0
    for look in PASSES:
        for fix in look(case):
            yield look, fix
            tries += 1
            if tries >= _TRIES:
                return


def _out_of_place(case: Case) -> Answer | None:
    """A line that begins as one of another block does."""
    first = next((m for m in case.reader.words.of(case.word(0)) if case.reader.fits(m, case.atoms, 0)), None)
    if first is None or first.kind in ("WHEN", "LANG") or LineState(case.start).takes(first.kind):
        return None
    homes = [start for start in STARTS if LineState(start).takes(first.kind)]
    if not homes:
        return None
    return Answer("PW124", case.span(0, len(first.words)), _belonging(case, first, homes))


def _belonging(case: Case, first: Meaning, homes: list[str]) -> dict[str, Any]:
    places = listed(block(start) for start in homes[:3])
    return {"word": case.text(0, len(first.words)), "places": places}


def out_of_place(case: Case, home: str) -> Answer:
    """A line that can be read as it is, but in another block."""
    first = next((m for m in case.reader.words.of(case.word(0)) if case.reader.fits(m, case.atoms, 0)), None)
    end = len(first.words) if first is not None else 1
    values = {"word": case.text(0, end), "places": block(home)}
    return Answer("PW124", case.span(0, end), values)


def _not_understood(case: Case) -> Answer:
    if not case.reading.words or (case.stop == 1 and case.reading.words[0].kind == "NAME"):
        if case.word(0):
            begins = listed(part(kind, case.language) for kind in _beginnings(case.start))
            return Answer("PW145", case.span(0), {"word": case.text(0), "begins": begins})
        return Answer("PW147", case.span(0), {"word": case.text(0)})
    wanted = changes.expected(case)
    if wanted is not None and len(case.reading.state.choices()) == 1:
        if case.stop >= len(case.atoms):
            return Answer("PW129", case.span(case.stop), {"missing": wanted})
        put_in = case.swap(case.stop, case.stop, case.token(case.stop, case.reading.state.choices()[0]))
        left_out = case.reader.read(case.start, put_in).stopped > case.stop + 1
        values = {"missing" if left_out else "wanted": wanted, "word": case.text(case.stop)}
        return Answer("PW128" if left_out else "PW162", case.span(case.stop), values)
    if wanted is not None and case.stop >= len(case.atoms):
        return Answer("PW148", case.span(case.stop), {"expected": wanted})
    if wanted is None:
        return Answer("PW150", case.span(case.stop, len(case.atoms)), {"word": case.text(case.stop)})
    return Answer("PW149", case.span(case.stop), {"word": case.text(case.stop), "expected": wanted})


def _beginnings(start: str) -> Iterable[str]:
    """The kinds of word with which the lines of a block usually begin: some of all that can, where they are few."""
    return USUAL.get(start) or LineState(start).choices()[:8]


def broken_words(reader: Reader, atoms: list[Atom], read: tuple[Word, ...]) -> tuple[Word, ...]:
    """All words of a line that could not be read: those that were, then the rest by their shape. A misspelt first word
    that opens a statement counts as it, so that the name behind it counts as declared."""
    words = list(read)
    done = {(word.span.line, word.span.column) for word in words}
    behind = max(done, default=(0, 0))
    for atom in atoms:
        if (
            (atom.line, atom.column) > behind
            and atom.kinds
            and not any(
                word.span.line == atom.line and word.span.column <= atom.column < word.span.end_column for word in words[-1:]
            )
        ):
            kind = atom.kinds[0]
            if kind == WORD:
                kind = reserved()[fold(atom.value)].kind if is_reserved(atom.value) else "NAME"
            words.append(Word(kind, atom.value, atom.text, atom.span(reader.file)))
    if words and words[0].kind == "NAME":
        for kind in ("PARTY", "EVENT", "MESSAGE", "RESOURCE", "FACT", "DEFINE", "STAGE", "END"):
            if near(words[0].text, reader.words.write(kind)) is not None:
                words[0] = replace(words[0], kind=kind, value=kind)
                break
    return tuple(words)
