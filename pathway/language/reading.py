"""The atoms of one line → its statement, or the place where it stops making sense.

At each atom the readings of the table of words are tried against what the grammar can take there, longest phrase first:
keywords and values where they fit, else a name. A function word is never a name, so a line that has one in a name's
place stops there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathway.language.grammar import LineState
from pathway.language.lexer import WORD, Atom, plain
from pathway.language.source import Span
from pathway.language.tree import Node, Word
from pathway.language.words import Meaning, Vocabulary, fold, reserved

LONGEST = 2000
"""More atoms than this are no line of a pathway; it keeps the cost of noise bounded."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a line. `node` is the start rule's node, or None: then `stopped` is the number of the atom at which
    nothing fits (the number of atoms when the line only ends too early) and `state` what came before it."""

    node: Node | None
    words: tuple[Word, ...]
    stopped: int
    state: LineState
    faults: tuple[Atom, ...] = ()
    """Atoms that were understood although something is odd about them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads lines of one file."""

    file: str
    words: Vocabulary

    def read(self, start: str, atoms: Sequence[Atom], names: frozenset[int] = frozenset(), *, ends: bool = True) -> Reading:
        """Read a line in the block whose start rule is given. `names` are atoms to be taken as names, keyword or not.
        Without `ends` the atoms are only the beginning of a line, and the reading has a state from which it can go on."""
        state = LineState(start)
        place = 0
        read: list[Word] = []
        faults: list[Atom] = []
        while place < len(atoms):
            for candidate in self._candidates(atoms, place, place in names):
                if state.takes(candidate[1]):
                    break
            else:
                return Reading(None, tuple(read), place, state, tuple(faults))
            taken, kind, value = candidate
            if atoms[place].fault and kind == atoms[place].kinds[0]:
                faults.append(atoms[place])
            word = self._word(atoms[place : place + taken], kind, value)
            state.feed(word)
            read.append(word)
            place += taken
        return Reading(state.finish() if ends else None, tuple(read), place, state, tuple(faults))

    def _candidates(self, atoms: Sequence[Atom], place: int, name: bool) -> Iterator[tuple[int, str, str]]:
        """The ways to take the next atoms of a line: how many, as a word of which kind, with which value."""
        atom = atoms[place]
        if atom.kinds != (WORD,):
            for kind in atom.kinds:
                yield 1, kind, atom.value if kind == atom.kinds[0] else plain(atom.text)
            return
        labels = place == 0 and len(atoms) > 1 and atoms[1].kinds == ("COLON",) and not is_reserved(atom.value)
        if name or labels:
            yield 1, "NAME", atom.value
            return
        for meaning in self.words.of(atom.value):
            if self.fits(meaning, atoms, place):
                yield len(meaning.words), meaning.kind, meaning.value
        if not is_reserved(atom.value):
            yield 1, "NAME", atom.value

    def fits(self, meaning: Meaning, atoms: Sequence[Atom], place: int) -> bool:
        """Whether a phrase stands at a place."""
        if len(meaning.words) == 1:
            return True
        following = atoms[place + 1 : place + len(meaning.words)]
        return len(following) == len(meaning.words) - 1 and all(
            atom.kinds == (WORD,) and fold(atom.value) == word for atom, word in zip(following, meaning.words[1:], strict=True)
        )

    def _word(self, atoms: Sequence[Atom], kind: str, value: str) -> Word:
        if len(atoms) == 1:
            return Word(kind, value, atoms[0].text, atoms[0].span(self.file))
        return Word(kind, value, " ".join(atom.text for atom in atoms), self.span(atoms))

    def span(self, atoms: Sequence[Atom]) -> Span:
        return atoms[0].span(self.file).to(atoms[-1].span(self.file))


def is_reserved(word: str) -> bool:
    """Whether a word is a function word in any language. Written in capitals it may be a name (`OR`, an operating room)."""
    return fold(word) in reserved() and not (word.isupper() and len(word) > 1)
