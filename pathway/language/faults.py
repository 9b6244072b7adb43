"""What is wrong with lines that can be read: atoms that were understood although something is odd about them, and forms that
the grammar takes but the language refuses because a reader would take them for something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pathway.language.diagnostics import Problems
from pathway.language.lexer import Atom
from pathway.language.slips_of_words import SIGNS, phrases
from pathway.language.tree import Node, Word
from pathway.language.words import Vocabulary, fold

_CODES = {
    "decimal comma": "PW108",
    "date order": "PW109",
    "unclosed": "PW107",
    "no such day": "PW113",
    "no such time": "PW115",
}

_MEANT = ("decimal comma", "date order")
"""Faults of which it is plain what was meant."""

DEEPEST_CONDITION = 40


def odd_atoms(atoms: Iterable[Atom], file: str, problems: Problems) -> list[Atom]:
    """Report what is odd about atoms. Typographic quotation marks are given back: they get one note for the whole file."""
    quotes = []
    for atom in atoms:
        if atom.fault == "quotes":
            quotes.append(atom)
        elif atom.fault == "unclosed":
            problems.add("PW107", atom.span(file), text=atom.value)
        else:
            meant = atom.value if atom.fault in _MEANT else None
            problems.add(_CODES[atom.fault], atom.span(file), meant, written=atom.text)
    return quotes


def refused_forms(node: Node, words: Sequence[Word], vocabulary: Vocabulary, problems: Problems) -> None:
    """Report forms that can be read in two ways."""
    for place in range(2, len(words)):
        number, unit, word = words[place - 2 : place + 1]
        if number.kind in ("NUMBER", "ORDINAL") and unit.kind == "TIMEUNIT":
            amount = f"{number.text} {unit.text}"
            following = words[place + 1].text if place + 1 < len(words) else "…"
            if word.kind == "BEFORE":
                problems.add("PW143", number.span.to(word.span), amount=amount, word=word.text, event=following)
            elif word.kind == "FROM":
                until = words[place + 3].text if place + 3 < len(words) else "…"
                meant = f"{vocabulary.write('EXPECT')} {until} {vocabulary.write('WITHIN')} {amount} "
                meant += f"{vocabulary.write('AFTER')} {following}"
                problems.add("PW139", number.span.to(words[-1 if place + 3 >= len(words) else place + 3].span), meant)
    for place, word in enumerate(words):
        if word.kind in ("OR", "AND") and place and words[place - 1].kind in ("NUMBER", "TIMEUNIT", "UNIT_WORD"):
            for one in phrases("compared_behind", vocabulary.language).get(fold(word.text), ()):
                behind = words[place : place + len(one.words)]
                if tuple(fold(each.text) for each in behind) == one.words:
                    written = " ".join(each.text for each in behind)
                    sign = SIGNS[one.meant[0][0]]
                    problems.add("PW164", word.span.to(behind[-1].span), written=written, counts=sign)
    for mixed in _mixed(node):
        problems.add("PW151", mixed.span)


def too_deep(atoms: Sequence[Atom], words: Sequence[Word]) -> bool:
    """Whether a condition is nested beyond what anyone can read, or any part of the program can follow."""
    return len(atoms) > DEEPEST_CONDITION and sum(w.kind in ("LPAR", "NOT") for w in words) > DEEPEST_CONDITION


def _mixed(node: Node) -> Iterator[Node]:
    """Conditions in which `and` and `or` stand side by side without parentheses."""
    for part in node.parts:
        if isinstance(part, Node):
            if part.kind == "either" and any(isinstance(inner, Node) and inner.kind == "both" for inner in part.parts):
                yield part
            else:
                yield from _mixed(part)
