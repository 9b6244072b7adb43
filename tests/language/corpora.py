"""The corpora of good and bad files, and how what they should give is written beside them.

`tests/good/NAME.pathway` has its tree in `NAME.tree`; `tests/bad/NAME.pathway` has its messages, in the file's language,
in `NAME.txt`. After a wanted change, `python -m tests.record` writes them anew: read the difference before keeping it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.tree import Line, Node, Word

TESTS = Path(__file__).parent.parent
GOOD = sorted((TESTS / "good").glob("*.pathway"))
BAD = sorted((TESTS / "bad").glob("*.pathway"))


def source(path: Path) -> Source:
    return Source(path.name, path.read_bytes().decode("utf-8"), path)


def tree_text(path: Path) -> str:
    """A file's tree, a line of it on each line; its comments and what is wrong with it too."""
    tree, problems = parse(source(path))
    lines = [tree.language, *(_line_text(line, depth) for depth, line in walk(tree.lines))]
    lines.extend(tree.comments)
    lines.extend(f"{problem.code} {problem.span}" for problem in problems)
    return "\n".join(lines) + "\n"


def walk(lines: list[Line], depth: int = 0) -> Iterator[tuple[int, Line]]:
    """Every line of a tree with its depth, in order."""
    for line in lines:
        yield depth, line
        yield from walk(line.children, depth + 1)


def _line_text(line: Line, depth: int) -> str:
    statements = " & ".join(node_text(statement) for statement in line.statements)
    comments = "".join(f"  {comment}" for comment in line.comments)
    return f"{line.span.line:3} {'    ' * depth}{statements}{comments}"


def node_text(part: Node | Word) -> str:
    """A node as `(kind part part …)`, a word as `KIND=value`."""
    if isinstance(part, Word):
        return part.kind if part.kind == part.value else f"{part.kind}={part.value}"
    return f"({' '.join((part.kind, *(node_text(inner) for inner in part.parts)))})"


def messages_text(path: Path) -> str:
    """What a file's author is told: code and place, the line with the place marked, what is wrong, what to do."""
    tree, problems = parse(source(path))
    told = []
    for problem in problems:
        span = problem.span
        assert span is not None
        text = tree.source.line(span.line)
        end = span.end_column if span.end_line == span.line else len(text) + 1
        mark = " " * (span.column - 1) + "^" * max(1, end - span.column)
        told.append(f"{problem.code} {span.line}:{span.column}\n{text}\n{mark}\n")
        told.append(f"{problem.message(tree.language)}\n{problem.help(tree.language)}\n\n")
    return "".join(told)
