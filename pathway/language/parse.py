"""Text → tree of lines, with everything that is wrong with the text as such.

    text → layout (logical lines by indentation) → each line read alone by the grammar → tree

A line that cannot be read is answered by one message and never spoils another: it is mended where one change carries it,
else kept as a `broken` line with its words. What names mean is settled later (`pathway/model/`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pathway.language.blocks import BLOCKS, FILE, OPENED_BY, STARTS
from pathway.language.case import Case
from pathway.language.diagnostics import Problems
from pathway.language.faults import odd_atoms, refused_forms, too_deep
from pathway.language.hygiene import capped, refused
from pathway.language.layout import Layout, RawLine, lay_out
from pathway.language.lexer import WORD, Atom
from pathway.language.reading import LONGEST, Reader, Reading
from pathway.language.repair import Answer, answer, as_names, begun_otherwise, broken_words, out_of_place
from pathway.language.settle import contradiction, settle
from pathway.language.source import Language, Source
from pathway.language.tree import BROKEN, Line, Node, Tree, Word
from pathway.language.words import fold, vocabulary

MOST = 50
"""Problems that are shown of one text. Beyond it, lines are no longer mended, only counted."""


def parse(source: Source) -> tuple[Tree, Problems]:
    """The tree of lines of a text and its problems. Never raises, whatever the text holds."""
    problems = Problems()
    if refused(source, problems):
        return Tree(source, "nb", []), problems
    layout = lay_out(source, problems)
    language = settle(layout)
    contradiction(layout, language, source.name, problems)
    parsing = _Parsing(source, layout, language, problems)
    top = _Block(FILE, [])
    parsing.fill(layout.lines, [top])
    parsing.note_quotes()
    return Tree(source, language, top.lines, tuple(layout.comments)), capped(problems, MOST)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block being filled with lines, and the start rule of its lines."""

    start: str
    lines: list[Line]


class _Parsing:
    """One text being read. Blocks are handed down as the list of those that a line stands in, innermost last."""

    def __init__(self, source: Source, layout: Layout, language: Language, problems: Problems) -> None:
        self._reader = Reader(source.name, vocabulary(language))
        self._problems = problems
        self._layout = layout
        self._quotes: list[Atom] = []
        self._failed = 0

    def fill(self, raws: Sequence[RawLine], blocks: list[_Block], quiet: bool = False) -> None:
        """Read lines into the innermost block. `quiet`: they are out of place already, and nothing more is said of them."""
        for raw in raws:
            self._read(raw, blocks, quiet)

    def _read(self, raw: RawLine, blocks: list[_Block], quiet: bool) -> None:
        start = blocks[-1].start
        if len(raw.atoms) > LONGEST:
            self._problems.add("PW116", raw.atoms[0].span(self._reader.file), most=LONGEST)
            self._keep_broken(raw, (), blocks, True)
            return
        reading = self._reader.read(start, raw.atoms)
        if reading.node is not None:
            self._place(raw, reading, blocks)
            return
        case = Case(self._reader, start, raw.atoms, reading, self._all_words)
        renamed = as_names(case)
        if renamed is not None:
            self._place(raw, renamed, blocks)
            return
        self._failed += not quiet
        other = None if quiet else begun_otherwise(case)
        if other is not None and other.reading is not None:
            self._say(other)
            self._place(raw, other.reading, blocks, mended=True)
            return
        if self._moved(raw, case, blocks, quiet):
            return
        if quiet:
            self._keep_broken(raw, reading.words, blocks, True)
        elif any(atom.fault == "unclosed" for atom in raw.atoms):
            self._odd(atom for atom in raw.atoms if atom.fault == "unclosed")
            self._keep_broken(raw, reading.words, blocks, False)
        elif too_deep(raw.atoms, reading.words):
            self._problems.add("PW117", raw.span)
            self._keep_broken(raw, (), blocks, True)
        else:
            found = answer(case) if self._failed <= MOST else Answer("PW147", case.span(0), {"word": case.text(0)})
            self._say(found)
            if found.reading is not None:
                self._place(raw, found.reading, blocks, mended=True)
            else:
                self._odd(reading.faults)
                self._keep_broken(raw, reading.words, blocks, False)

    def _place(self, raw: RawLine, reading: Reading, blocks: list[_Block], mended: bool = False) -> None:
        """Put a line that was read into the innermost block, and read what stands beneath it."""
        assert reading.node is not None
        self._odd(reading.faults)
        if too_deep(raw.atoms, reading.words):
            self._problems.add("PW117", raw.span)
            self._keep_broken(raw, (), blocks, True)
            return
        if not mended:
            refused_forms(reading.node, reading.words, self._reader.words, self._problems)
        statements = tuple(part for part in reading.node.parts if isinstance(part, Node))
        line = Line(statements, raw.span, reading.words, [], tuple(raw.comments))
        blocks[-1].lines.append(line)
        beneath = BLOCKS.get(statements[-1].kind)
        if beneath is not None:
            self.fill(raw.children, [*blocks, _Block(beneath, line.children)])
        elif raw.children:
            child = raw.children[0]
            self._problems.add("PW114", self._reader.span(child.atoms), word=reading.words[0].text, child=child.atoms[0].text)
            self.fill(raw.children, blocks, quiet=True)

    def _moved(self, raw: RawLine, case: Case, blocks: list[_Block], quiet: bool) -> bool:
        """Put a line where it can be read as it is: beneath a line before it, or in a block around. So a slip of indentation
        is one mistake."""
        before = blocks[-1].lines[-1] if blocks[-1].lines else None
        homes: list[list[_Block]] = []
        inner = blocks
        while before is not None and (start := BLOCKS.get(before.statements[-1].kind)) is not None:
            inner = [*inner, _Block(start, before.children)]
            homes.append(inner)
            before = before.children[-1] if before.children else None
        homes.extend(blocks[:depth] for depth in range(len(blocks) - 1, 0, -1))
        for home in homes:
            reading = self._reader.read(home[-1].start, raw.atoms)
            if reading.node is not None:
                if not quiet:
                    self._say(out_of_place(case, home[-1].start))
                self._place(raw, reading, home)
                return True
        return False

    def _keep_broken(self, raw: RawLine, read: tuple[Word, ...], blocks: list[_Block], whole: bool) -> None:
        """Keep a line that could not be read, with its words; read what stands beneath it in the block that it was to open."""
        words = broken_words(self._reader, raw.atoms, read)
        line = Line((Node(BROKEN, words, raw.span),), raw.span, words, [], tuple(raw.comments))
        blocks[-1].lines.append(line)
        beneath = None if whole else self._meant_block(raw, words)
        inner = _Block(beneath or blocks[-1].start, line.children)
        self.fill(raw.children, [*blocks, inner], quiet=beneath is None)

    def _meant_block(self, raw: RawLine, words: tuple[Word, ...]) -> str | None:
        if words and words[0].kind in OPENED_BY:
            return OPENED_BY[words[0].kind]
        if len(raw.atoms) > 1 and raw.atoms[1].kinds == ("COLON",):
            return "rule_line"
        read: Counter[str] = Counter()
        for child in raw.children[:5]:
            read.update(start for start in STARTS if self._reader.read(start, child.atoms).node is not None)
        return read.most_common(1)[0][0] if read else None

    def _say(self, found: Answer) -> None:
        self._problems.add(found.code, found.span, found.suggestion, **found.values)

    def _odd(self, atoms: Iterable[Atom]) -> None:
        self._quotes.extend(odd_atoms(atoms, self._reader.file, self._problems))

    @cached_property
    def _all_words(self) -> Counter[str]:
        """How often each word stands in the text."""
        lines = self._layout.walk()
        return Counter(fold(atom.value) for line in lines for atom in line.atoms if atom.kinds == (WORD,))

    def note_quotes(self) -> None:
        """One note for all the typographic quotation marks of the text."""
        if self._quotes:
            first = min(self._quotes, key=lambda atom: (atom.line, atom.column))
            self._problems.add("PW106", first.span(self._reader.file), count=len(self._quotes))
