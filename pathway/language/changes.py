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
_LISTED = 5


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
        if state is None or case.was_read(place):
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
        tried = ((joints, False), (_OPEN, True))
        for kinds, guess in ((("CODE",), False),) if place and _nowhere_else(case, place) else tried:
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


def _nowhere_else(case: Case, place: int) -> bool:
    """Whether a word is neither of the language nor anywhere else in the text: then it is no name that lacks a word before it."""
    word = case.word(place)
    spelt = word.replace("_", "").isalpha()  # with digits in it, it may be a code
    return spelt and not case.reader.words.of(word) and case.elsewhere.get(word, 0) < 2


def replaced(case: Case) -> Iterator[Fix]:
    """A word where something of another kind belongs (`within many weeks`), and with which the line is whole."""
    place = case.stop
    if not place or (not case.word(place) and case.kind(place) not in _OPEN):
        return
    fits = []
    for kind in (each for each in in_order(case.reading.state.choices()) if each in _OPEN and each != "PHASE"):
        changed = case.swap(place, place + 1, case.token(place, kind))
        if case.reader.read(case.start, changed).node is not None:
            fits.append((kind, changed))
    if fits:
        values = {"word": case.text(place), "wanted": parts([kind for kind, _ in fits[:_OFFERS]], case.language)}
        yield Fix("PW162", case.span(place), fits[0][1], values, guess=True)


def too_many(case: Case) -> Iterator[Fix]:
    """A word that the line can do without. One that is no word of the language may say something that has another form."""
    for place in (case.stop, case.stop - 1):
        if 0 < place < len(case.atoms):
            changed = case.swap(place, place + 1)
            values = {"word": case.text(place)}
            if not case.word(place) or case.reader.words.of(case.word(place)):
                yield Fix("PW127", case.span(place), changed, values)
            elif (wanted := expected(case)) is not None:
                yield Fix("PW167", case.span(place), changed, {**values, "expected": wanted})


def expected(case: Case) -> Told | None:
    """What may stand where the line stopped, in the author's words: first what the rest of the line can follow the furthest."""
    choices = in_order(case.reading.state.choices())
    if len(choices) > _LISTED and 0 < case.stop < len(case.atoms):
        choices.sort(key=lambda kind: -_reach(case, kind))
    return parts(choices[:_LISTED], case.language) if choices else None


def _reach(case: Case, kind: str) -> int:
    """How much of the rest of the line can be read with a word of a kind before it, or instead of its first word."""
    token = case.token(case.stop, kind)
    put_in = case.reader.read(case.start, case.swap(case.stop, case.stop, token)).stopped - 1
    put_for = case.reader.read(case.start, case.swap(case.stop, case.stop + 1, token)).stopped
    return max(put_in, put_for)
