"""Text → tree of lines, with everything that is wrong with the text as such.

    text → layout (logical lines by indentation) → each line read alone by the grammar → tree

A line that cannot be read is answered by one message and never spoils another: it is repaired where one change carries it,
else kept as a `broken` line with its words. What names mean is settled later (`pathway/model/`).
"""

from __future__ import annotations

from pathway.language.blocks import BLOCKS, FILE
from pathway.language.diagnostics import Problems
from pathway.language.layout import RawLine, lay_out
from pathway.language.reading import Reader
from pathway.language.settle import settle
from pathway.language.source import Source
from pathway.language.tree import BROKEN, Line, Node, Tree
from pathway.language.words import vocabulary


def parse(source: Source) -> tuple[Tree, Problems]:
    """The tree of lines of a text and its problems. Never raises for anything that an author can write."""
    problems = Problems()
    layout = lay_out(source, problems)
    language = settle(layout)
    reader = Reader(source.name, vocabulary(language))

    def read(raw: RawLine, start: str) -> Line:
        reading = reader.read(start, raw.atoms)
        if reading.node is None:
            problems.add("PW199", raw.span)
            node = Node(BROKEN, reading.words, raw.span)
            statements: tuple[Node, ...] = (node,)
        else:
            statements = tuple(part for part in reading.node.parts if isinstance(part, Node))
        line = Line(statements, raw.span, reading.words, [], tuple(raw.comments))
        beneath = BLOCKS.get(statements[-1].kind, FILE)
        line.children = [read(child, beneath) for child in raw.children]
        return line

    lines = [read(raw, FILE) for raw in layout.lines]
    return Tree(source, language, lines, tuple(layout.comments)), problems
