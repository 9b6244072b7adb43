"""What people write instead of the language's own words (`grammars/instead.toml`): more of the mistakes of `slips`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pathway.language.case import Case, Fix
from pathway.language.lexer import Atom
from pathway.language.source import Language
from pathway.language.texts import texts_of
from pathway.language.tree import Word
from pathway.language.wording import spelled
from pathway.language.words import fold


class Instead(NamedTuple):
    """A phrase that people write, and the kinds of word, with their values, that are meant by it."""

    words: tuple[str, ...]
    meant: tuple[tuple[str, str], ...]


@cache
def phrases(group: str, language: Language) -> Mapping[str, Sequence[Instead]]:
    """The phrases of a group in `instead.toml` by their first word, longest first."""
    found: dict[str, list[Instead]] = {}
    for entry in texts_of("instead")[group]:
        each = entry["as"].split() if isinstance(entry["as"], str) else entry["as"]
        meant = tuple((kind, value or kind) for kind, _, value in (one.partition("=") for one in each))
        for phrase in entry[language]:
            words = tuple(fold(word) for word in phrase.split())
            found.setdefault(words[0], []).append(Instead(words, meant))
    return {word: sorted(each, key=lambda one: -len(one.words)) for word, each in found.items()}


def stands(case: Case, place: int, words: Sequence[str]) -> bool:
    """Whether some words stand at a place."""
    atoms = case.atoms[place : place + len(words)]
    return len(atoms) == len(words) and all(fold(atom.text) == word for atom, word in zip(atoms, words, strict=True))


def at(case: Case, group: str, place: int) -> Iterator[Instead]:
    """The phrases of a group that stand at a place, longest first."""
    if 0 <= place < len(case.atoms):
        for one in phrases(group, case.language).get(fold(case.atoms[place].text), ()):
            if stands(case, place, one.words):
                yield one


def instead(case: Case) -> Iterator[Fix]:
    """`level hospital`, `80 percent`, `daily`, `loosen up`: other words than the language's own."""
    for place in dict.fromkeys((*range(case.stop, max(-1, case.stop - 4), -1), 0)):
        for one in at(case, "written", place):
            end = place + len(one.words)
            reaches = end > case.stop or (end == case.stop == 1 and not case.was_read(0))
            if reaches and case.takes(place, one.meant[0][0]):
                new = [case.token(place, kind, value) for kind, value in one.meant]
                values = {"written": case.text(place, end)}
                yield Fix("PW160", case.span(place, end), case.swap(place, end, *new), values, written(case, place, new))


def begun(case: Case) -> Iterator[Fix]:
    """`enter ward on admitted` in a stage, `by age` in an indicator: words that begin a line elsewhere."""
    for one in at(case, "begun", 0):
        kind, value = one.meant[0]
        if case.takes(0, kind):
            end = len(one.words)
            changed = case.swap(0, end, case.token(0, kind, value))
            yield Fix("PW160", case.span(0, end), changed, {"written": case.text(0, end)}, case.write(kind))


def written(case: Case, place: int, new: Sequence[Atom]) -> str:
    """New words at a place as the language writes them, agreeing with what stands before them."""
    before = [case.atoms[place - 1]] if place else []
    words = [Word(atom.kinds[0] if atom.kinds else "", atom.value, atom.text, case.span(0)) for atom in (*before, *new)]
    words = [word if word.text else Word(word.kind, word.value, word.value, word.span) for word in words]
    return " ".join(spelled(words, each, case.language) for each in range(len(before), len(words))).replace("+ ", "+")


def while_here(case: Case) -> Iterator[Fix]:
    """`while the patient is there`: said in another way than the language does."""
    here = texts_of("instead")["here"]
    begins = any(stands(case, 0, fold(phrase).split()) for phrase in here["begins"])
    if begins and any(case.word(place) in here["speaks"] for place in range(1, len(case.atoms))):
        end = len(case.atoms) - (case.kind(len(case.atoms) - 1) == "COLON")
        meant = case.write("WHILE_HERE")
        changed = [case.swap(0, len(case.atoms), case.token(0, "WHILE_HERE"))[0]]
        yield Fix("PW160", case.span(0, end), changed, {"written": case.text(0, end)}, meant)


def needless(case: Case) -> Iterator[Fix]:
    """`need theatre available`: words that add nothing."""
    for place in (case.stop, case.stop - 1):
        word = case.word(place)
        if place > 0 and word in texts_of("instead")["needless"]["words"]:
            joined = f"{case.word(place - 1)}_{word}"
            if not case.elsewhere.get(joined):
                yield Fix("PW127", case.span(place), case.swap(place, place + 1), {"word": case.text(place)})


def compared(case: Case) -> Iterator[Fix]:
    """`age over 65 years`, `age is at least 65`."""
    for place in (case.stop, case.stop - 1):
        for one in at(case, "compared", place):
            end = place + len(one.words)
            start = place - 1 if case.means(place - 1, "IS") else place
            number = end < len(case.atoms) and case.kind(end) == "NUMBER"
            if number and case.takes(start, one.meant[0][0]):
                new = case.token(start, one.meant[0][0])
                changed = case.swap(start, end, new)
                yield _comparison(case, start, end, changed, [kind for kind, _ in one.meant])


def compared_behind(case: Case) -> Iterator[Fix]:
    """`age is 65 years or older`."""
    for place in (case.stop, case.stop - 1):
        for one in at(case, "compared_behind", place):
            end = place + len(one.words)
            number = next((each for each in range(place - 1, max(0, place - 3), -1) if case.kind(each) == "NUMBER"), 0)
            if not number:
                continue
            already = case.kind(number - 1) in ("GE", "LE", "GT", "LT") or case.means(number - 1, "IS")
            start = number - 1 if already else number
            if case.takes(start, one.meant[0][0]):
                sign = case.token(start, one.meant[0][0])
                changed = [*case.atoms[:start], sign, *case.atoms[number:place], *case.atoms[end:]]
                yield _comparison(case, place, end, changed, [kind for kind, _ in one.meant])


SIGNS = {"GE": ">=", "LE": "<=", "GT": ">", "LT": "<"}


def _comparison(case: Case, place: int, end: int, changed: list[Atom], kinds: Sequence[str]) -> Fix:
    """A comparison in words: with one sign that says the same, or two of which the author must choose."""
    values = {"written": case.text(place, end), "counts": SIGNS[kinds[0]]}
    if len(kinds) == 1:
        return Fix("PW164", case.span(place, end), changed, values, sure=True)
    return Fix("PW165", case.span(place, end), changed, {**values, "beyond": SIGNS[kinds[1]]}, sure=True)


def two_at_once(case: Case) -> Iterator[Fix]:
    """`summary received and acknowledged`: two things that became of a message, on one line."""
    for place in (case.stop - 1, case.stop):
        if case.means(place, "PHASE") and case.means(place + 1, "AND") and case.means(place + 2, "PHASE"):
            values = {"first": case.text(place), "second": case.text(place + 2)}
            changed = case.swap(place, place + 2)
            yield Fix("PW166", case.span(place, place + 3), changed, values, sure=True)
