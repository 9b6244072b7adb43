"""Pathway files of any length, made from one that is shipped: its stages, rules and scenarios again and again under other names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.tree import Line, Word
from pathway.model.load import shipped

_ONCE = frozenset({"pathway", "library", "use", "language", "throughout", "accept", "unsuited", "leave"})
"""What a file has once: it is kept from the first round."""
_NAMED = frozenset({"PATHWAY", "EVENT", "PARTY", "RESOURCE", "MESSAGE", "STAGE", "END", "FACT", "DEFINE"})


def long_text(lines: int, *, of: str = "stroke", mark: str = "") -> str:
    """A pathway file of so many lines (the block under way is ended), free of mistakes. Another `mark` makes other names."""
    path = shipped()[of]
    text = path.read_text(encoding="utf-8")
    tree, _ = parse(Source(str(path), text, Path(path)))
    names = _declared(tree.lines)
    written = text.split("\n")
    made: list[str] = []
    number = 0
    while len(made) < lines:
        for line in tree.lines:
            if number and line.statement.kind in _ONCE:
                continue
            if len(made) >= lines:
                break
            for each in _block(line):
                if _of_library(each, names):
                    continue
                row = written[each.span.line - 1 : each.span.end_line]
                suffix = f"{mark}_{number}" if number else mark
                made += _renamed(row, each, names, suffix) if suffix else row
        number += 1
    return "\n".join(made) + "\n"


def _declared(lines: list[Line]) -> set[str]:
    """The names that the file gives, and the labels of its rules."""
    found: set[str] = set()
    for line in lines:
        for each in _block(line):
            words = each.words
            if len(words) > 1 and words[0].kind in _NAMED and words[1].kind == "NAME":
                found.add(words[1].value)
            if len(words) > 1 and words[0].kind == "NAME" and words[1].kind == "COLON":
                found.add(words[0].value)
            carried = [place for place, word in enumerate(words) if word.kind == "CARRIES"]
            found.update(words[place + 1].value for place in carried if words[place + 1].kind == "NAME")
    return found


def _of_library(line: Line, names: set[str]) -> bool:
    """Whether a line speaks of a rule that came with a hand-over: used again, that has another name."""
    rule = line.statement.one("rule_name")
    return rule is not None and "." not in rule.words()[0].value and rule.words()[0].value not in names


def _block(line: Line) -> Iterator[Line]:
    yield line
    for child in line.children:
        yield from _block(child)


def _renamed(rows: list[str], line: Line, names: set[str], suffix: str) -> list[str]:
    """The rows of a line with the file's own names marked, from the right so that places stay true."""
    rows = list(rows)
    own: list[Word] = [word for word in line.words if word.kind in ("NAME", "DOTTED")]
    for word in reversed(own):
        parts = [f"{part}{suffix}" if part in names else part for part in word.value.split(".")]
        row, start, end = word.span.line - line.span.line, word.span.column - 1, word.span.end_column - 1
        rows[row] = rows[row][:start] + ".".join(parts) + rows[row][end:]
    return rows
