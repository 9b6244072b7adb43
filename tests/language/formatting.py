"""What the tests of the formatter compare: comments, names and texts of a file, and what the model makes of it.

`tests/formatted/NAME.pathway` has what becomes of it in `NAME.expected`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pathway.language.format import formatted
from pathway.language.lexer import lex
from pathway.language.parse import parse
from pathway.language.source import Language, Source
from pathway.model.load import Loaded, load
from tests.language.corpora import TESTS, walk

ROOT = TESTS.parent
UGLY = sorted((TESTS / "formatted").glob("*.pathway"))
GOOD = sorted([*TESTS.glob("good/*.pathway"), *TESTS.glob("model/good/*.pathway"), *ROOT.glob("pathways/*/*.pathway")])


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def laid_out(text: str, language: Language | None = None) -> str:
    """A text in the one style; it must have no mistakes."""
    found, problems, _ = formatted(Source("<text>", text), language)
    assert found is not None, [(problem.code, problem.span, problem.message()) for problem in problems]
    return found


def comments(text: str) -> list[str]:
    """The comments of a text, in no order: one that stands within a phrase comes to stand above its line."""
    return sorted(comment for number, row in enumerate(text.splitlines(), 1) if (comment := lex(row, number).comment))


def own_words(text: str) -> list[tuple[str, str]]:
    """The names, texts, codes and dates of a text, in their order."""
    kinds = ("NAME", "STRING", "CODE_VALUE", "DOTTED", "UNIT_WORD", "DATE")
    tree, _ = parse(Source("<text>", text))
    words = (word for _, line in walk(tree.lines) for word in line.words)
    return [(word.kind, word.value if word.kind == "NAME" else word.text) for word in words if word.kind in kinds]


def meaning(text: str, beside: Path, folder: Path) -> tuple[Any, list[str]]:
    """What a text says: its model without the language that it is written in, and what is wrong with it. `beside` is the file in
    whose place it stands, among those that it uses; it is written into a folder for the test."""
    place = folder / "-".join(beside.parent.parts[-2:])
    if not place.is_dir():
        place.mkdir()
        for file in beside.parent.glob("*.pathway"):
            (place / file.name).write_bytes(file.read_bytes())
    (place / beside.name).write_bytes(text.encode())
    loaded: Loaded = load(place / beside.name)
    model = loaded.pathway.model_dump(exclude={"language"}) if loaded.pathway is not None else None
    return model, sorted(problem.code for problem in loaded.problems.errors)
