"""The corpora of bad files as a whole: one message a mistake, in three languages, in words that an author has.

A file has one mistake; one that has more says how many in a comment (`# mistakes: 3`). They are counted by whoever writes
the file, not by the program: so a message that another caused, or one that is missing, is found here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pathway.language.automaton import automaton
from pathway.language.diagnostics import Diagnostic
from pathway.language.grammar import terminals
from pathway.language.parse import parse
from pathway.language.source import LANGUAGES, Source
from pathway.language.words import languages_of
from pathway.model.load import load
from tests.language.corpora import BAD
from tests.model.corpora import BAD as BAD_MEANING

ROOT = Path(__file__).parents[2]
ALL = [*BAD, *BAD_MEANING]
_COUNTED = re.compile(r"^# mistakes: (\d+)$", re.MULTILINE)


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def mistakes(path: Path) -> int:
    said = _COUNTED.search(text_of(path))
    return int(said[1]) if said else 1


def problems(path: Path) -> list[Diagnostic]:
    """What its author is told; of a text that is bad as such, before names are resolved."""
    if path in BAD:
        return list(parse(Source(path.name, text_of(path), path))[1])
    return list(load(path).problems)


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_there_are_as_many_messages_as_mistakes(path: Path) -> None:
    assert len(problems(path)) == mistakes(path), [f"{p.code} {p.span}" for p in problems(path)]


def test_there_are_many_files_with_one_mistake_and_some_with_many() -> None:
    assert sum(mistakes(path) == 1 for path in BAD) >= 75
    assert sum(mistakes(path) >= 10 for path in ALL) >= 5
    assert len({code for path in ALL for code in (p.code for p in problems(path))}) >= 90


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_own(language: str) -> None:
    """Authors of each write mistakes of their own, and are answered in it."""
    written = [path for path in BAD if parse(Source(path.name, text_of(path), path))[0].language == language]
    assert len(written) >= 15


def _of_the_machine() -> re.Pattern[str]:
    """Names that only those who made the program know: of the grammar's terminals and rules, and of its classes."""
    rules = {rule.name for rule in automaton().productions if "_" in rule.name.strip("_")}
    classes = {
        node.name
        for file in [*ROOT.glob("pathway/language/*.py"), *ROOT.glob("pathway/model/*.py")]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and re.search("[a-z][A-Z]", node.name)
    }
    assert len(rules) > 50 and len(classes) > 5
    # In a message `EVENT` stands for an event that the author names: capitals are how it shows that something is left to say.
    words = {"NAME", *(kind for kind in terminals() if languages_of(kind.lower().replace("_", " ")))}
    names = "|".join(sorted(re.escape(name) for name in rules | classes | (terminals() - words)))
    return re.compile(rf"\b(?:{names}|[Tt]okens?|[Tt]erminals?|[Nn]onterminals?|parser?|None|True|False)\b")


MACHINE = _of_the_machine()


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_message_is_there_in_three_languages_and_speaks_the_authors(path: Path) -> None:
    own = set(re.findall(r"\w+", text_of(path)))
    for problem in problems(path):
        told = {language: (problem.message(language), problem.help(language)) for language in LANGUAGES}
        assert len({message for message, _ in told.values()}) >= 2, "the same in every language"
        for message, help_ in told.values():
            assert message and help_
            assert not re.search(r"\{\w*\}", message + help_)
            assert {word[0] for word in MACHINE.finditer(f"{message} {help_}")} <= own, message


def test_names_of_the_machine_would_be_found() -> None:
    assert MACHINE.search("Expected STRING or DOTTED.")
    assert MACHINE.search("In rule_line something else stands.")
    assert MACHINE.search("A LineState cannot go on.")
    assert not MACHINE.search("Here a name or a text could stand: the event, the stage, the rule of a party.")
