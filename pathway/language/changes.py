"""One word changed: what is tried for a line that could not be read and has none of the slips that are known by name.

A misspelt keyword, a keyword of a sister language, a word missing, a word too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pathway.language.blocks import FILE
from pathway.language.case import Case, Fix
from pathway.language.described import Told, language_name, parts
from pathway.language.grammar import LineState
from pathway.language.nearness import near
from pathway.language.reading import Reader
from pathway.language.settle import opening_words
from pathway.language.words import fold, languages_of, mingled

_JOINTS = [
    "AFTER", "ON", "WHEN", "TO", "FROM", "WITH", "IS", "AS", "IN", "BY", "AND", "OR", "WITHIN", "AT_LATEST", "EVERY",
    "PER", "TIMES", "BECAUSE", "COMMA", "COLON", "RPAR", "LPAR", "PERCENT", "EXPECT", "MEASURE", "SEND", "DECIDE",
    "NEED", "HANDOVER", "THEN", "STAGE", "EVENT", "PARTY", "MESSAGE", "RESOURCE", "FACT", "PATHWAY", "LIBRARY",
    "SOURCE", "ENTER", "END", "GE", "LE", "LEVEL", "CODE", "ONE_OF", "NUMBER_T", "BEFORE", "AT_LEAST", "PATIENT",
    "REACHED_WHEN", "PAID_BY", "SPLIT_AT", "COSTS", "GOAL", "START", "COUNT", "OUT_OF",
]  # fmt: skip
"""Words that may be missing, most telling first."""

_OPEN = [
    "NAME", "NUMBER", "STRING", "DATE", "CLOCK", "TIMEUNIT", "CODE_VALUE", "LEVEL_VALUE", "FORCE_VALUE",
    "SEVERITY_VALUE", "BREAKKIND", "SUBTYPE", "PHASE", "LANG", "DOTTED", "UNIT_WORD", "KNOWN", "HAPPENED",
]  # fmt: skip
"""Things that may be missing and that only the author can fill in."""

_OFFERS = 3


def in_order(kinds: list[str]) -> list[str]:
    """Kinds of words, most telling first."""
    rank = {kind: place for place, kind in enumerate((*_OPEN[:4], *_JOINTS, *_OPEN[4:]))}
    return sorted(kinds, key=lambda kind: (rank.get(kind, len(rank)), kind))


def foreign(case: Case) -> Iterator[Fix]:
    """Keywords of a sister language. The whole line is read with all three, in one go."""
    reader = Reader(case.reader.file, mingled(case.language))
    reading = reader.read(case.start, case.atoms)
    if reading.node is None:
        return
    for word in reading.words:
        spoken = languages_of(word.text)
        if word.kind not in ("NAME", "LANG") and spoken and case.language not in spoken:
            own = case.write(word.kind, word.value)
            values = {
                "word": word.text,
                "foreign": language_name(spoken[0]),
                "own": language_name(case.language),
            }
            places = {(atom.line, atom.column): atom for atom in case.atoms}
            atoms = [
                replace(places[each.span.line, each.span.column], kinds=(each.kind,), text=each.text, value=each.value)
                for each in reading.words
            ]
            yield Fix("PW123", word.span, atoms, values, own)
            return


def misspelt(case: Case) -> Iterator[Fix]:
    """Keywords that are nearly what stands there, the nearest first, from where the line stopped backwards."""
    found: list[tuple[int, int, Fix]] = []
    places = dict.fromkeys((case.stop, case.stop - 1, case.stop - 2, 0))
    for turn, place in enumerate(places):
        if not 0 <= place < len(case.atoms) or not case.word(place):
            continue
        state = case.state(place)
        if state is None:
            continue
        for end in range(place + 1, min(place + 4, len(case.atoms) + 1)):
            if not case.word(end - 1):
                break
            written = case.text(place, end)
            for kind, value, meant, slips in _near_words(case, state, written, end - place):
                changed = case.swap(place, end, case.token(place, kind, value))
                code = "PW121" if place == 0 else "PW122"
                fix = Fix(code, case.span(place, end), changed, {"word": written}, meant)
                found.append((slips, turn, fix))
    for _, _, fix in sorted(found, key=lambda each: each[:2]):
        yield fix


def _near_words(case: Case, state: LineState, written: str, words: int) -> Iterator[tuple[str, str, str, int]]:
    """Kind, value, spelling and number of slips of the keywords near to some words, that a line can go on with."""
    for meanings in case.reader.words.meanings.values():
        for meaning in meanings:
            if abs(len(meaning.words) - words) <= 1 and fold(written) != fold(meaning.written):
                slips = near(written, meaning.written)
                if slips is not None and state.takes(meaning.kind):
                    yield meaning.kind, meaning.value, meaning.written, slips


def missing(case: Case) -> Iterator[Fix]:
    """A word that makes the line whole where it stopped, or at its beginning; all that would are offered."""
    for place in dict.fromkeys((case.stop, 0)):
        state = case.state(place)
        if state is None:
            continue
        choices = state.choices()
        opened = case.start != FILE or any(case.elsewhere.get(word) for word in opening_words())
        joints = _JOINTS if opened else ["PATHWAY", "LIBRARY", "ADAPT", *_JOINTS]
        for kinds, guess in ((joints, False), (_OPEN, True)):
            fixes: list[Fix] = []
            for kind in kinds:
                if kind in choices:
                    changed = case.swap(place, place, case.token(place, kind))
                    if case.reader.read(case.start, changed).node is not None:
                        fixes.append(Fix("PW128", case.span(place), changed, {}, guess=guess))
            if fixes:
                offered = parts([fix.atoms[place].kinds[0] for fix in fixes[:_OFFERS]], case.language)
                first = fixes[0]
                values = {"missing": offered, "word": case.text(place)}
                code = "PW128" if place < len(case.atoms) else "PW129"
                only = case.write(first.atoms[place].kinds[0]) if len(fixes) == 1 and not guess else ""
                yield Fix(code, first.span, first.atoms, values, only or None, guess=guess or len(fixes) > 1)
                return


def too_many(case: Case) -> Iterator[Fix]:
    """A word that the line can do without."""
    for place in (case.stop, case.stop - 1):
        if 0 < place < len(case.atoms):
            yield Fix("PW127", case.span(place), case.swap(place, place + 1), {"word": case.text(place)})


def expected(case: Case) -> Told | None:
    """What may stand where the line stopped, in the author's words."""
    choices = in_order(case.reading.state.choices())
    return parts(choices[:5], case.language) if choices else None
