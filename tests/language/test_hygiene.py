"""What comes along when text is pasted, sent or written elsewhere: read as it was meant, and said where an author should know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from pathway.language.diagnostics import catalogue
from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.words import fold, languages_of
from tests.language.corpora import GOOD, node_text, source, walk


def nodes(text: str) -> tuple[list[str], list[str]]:
    """What a text is read as, and the codes of what is said of it."""
    tree, problems = parse(Source("text", text))
    read = [f"{depth} {node_text(node)}" for depth, line in walk(tree.lines) for node in line.statements]
    return [unicodedata.normalize("NFC", line) for line in read], [problem.code for problem in problems]


def outside_texts(text: str, change: Callable[[str], str]) -> str:
    """A text with what stands outside quotation marks and comments changed."""
    return re.sub(r'"[^"\n]*"|#.*|[^"#\n]+', lambda m: m[0] if m[0][0] in '"#' else change(m[0]), text)


def capitals(text: str) -> str:
    """The first word of each line with a capital letter, as word processors like it, where it is a word of the language."""

    def raised(line: str) -> str:
        word = re.match(r"\s*(\w+)(?!\w*:)", line)
        return (
            line[: word.start(1)] + line[word.start(1)].upper() + line[word.start(1) + 1 :]
            if word and _known(word[1])
            else line
        )

    return "\n".join(raised(line) for line in text.split("\n"))


def _known(word: str) -> bool:
    return bool(languages_of(fold(word)))


def tabs(text: str) -> str:
    return re.sub(r"^( {4})+", lambda m: "\t" * (len(m[0]) // 4), text, flags=re.MULTILINE)


def some_tabs(text: str) -> str:
    """Every second indented line with tabs."""
    lines = text.split("\n")
    return "\n".join(tabs(line) if number % 2 else line for number, line in enumerate(lines))


def quoted(opening: str, closing: str) -> Callable[[str], str]:
    return lambda text: re.sub(r'"([^"\n]*)"', rf"{opening}\1{closing}", text)


HARMLESS: dict[str, Callable[[str], str]] = {
    "byte order mark": lambda text: "\ufeff" + text,
    "lines that end as on Windows": lambda text: text.replace("\n", "\r\n"),
    "blanks that do not break": lambda text: outside_texts(text, lambda part: part.replace(" ", "\u00a0")),
    "narrow blanks": lambda text: outside_texts(text, lambda part: re.sub(r"(?<=\w) (?=\w)", "\u202f", part)),
    "letters in two parts": lambda text: unicodedata.normalize("NFD", text),
    "capital letters": capitals,
    "blanks at the end of lines": lambda text: re.sub("$", "  ", text, flags=re.MULTILINE),
    "no line ending at the end": lambda text: text.rstrip("\n"),
}
NOTED: dict[str, tuple[str, Callable[[str], str]]] = {
    "curly quotes": ("PW106", quoted("“", "”")),
    "Norwegian quotes": ("PW106", quoted("«", "»")),
    "German quotes": ("PW106", quoted("„", "“")),
    "tabs": ("PW110", tabs),
    "tabs and spaces": ("PW118", some_tabs),
}
FOURS = [path for path in GOOD if not re.search(r"^( {4})* {1,3}\S|\t", path.read_text("utf-8"), re.MULTILINE)]
"""Files that are indented as the language wants it."""


@pytest.mark.parametrize("path", FOURS, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_harmless_is_read_and_nothing_is_said(kind: str, path: Path) -> None:
    text = source(path).text
    changed = HARMLESS[kind](text)
    assert nodes(changed) == nodes(text)


@pytest.mark.parametrize("path", FOURS, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", NOTED)
def test_what_an_author_should_know_is_read_and_said_once(kind: str, path: Path) -> None:
    code, change = NOTED[kind]
    text = source(path).text
    changed = change(text)
    read, said = nodes(changed)
    assert read == nodes(text)[0]
    assert said == ([code] if changed != text else [])
    # Where tabs and spaces are mixed, nobody can see what stands beneath what.
    assert catalogue()[code].severity == ("error" if code == "PW118" else "note")


def test_the_files_hold_what_is_changed() -> None:
    for name, change in {**HARMLESS, **{name: change for name, (_, change) in NOTED.items()}}.items():
        assert any(change(source(path).text) != source(path).text for path in FOURS), name
