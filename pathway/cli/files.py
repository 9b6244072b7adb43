"""Which pathway a command was given, and in which language it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pathway.cli.kept import SUFFIX
from pathway.cli.words import language_asked
from pathway.errors import NotFoundError
from pathway.language.source import Language
from pathway.model.finding import named as file_of

if TYPE_CHECKING:
    from pathway.api.definition import Definition

NOT_FOUND = frozenset({"PW240", "PW241", "PW642"})
"""What loading says of a name that leads to no text: wrong use, not a mistake in a file."""


def opened(name: str) -> Definition:
    """The one pathway that a command works on. Raises `NotFoundError` when the name leads to none."""
    from pathway.api.definition import load

    definition = load(name)
    for problem in definition.errors:
        if problem.code in NOT_FOUND:
            raise NotFoundError(problem)
    return definition


def each(names: Iterable[str]) -> Iterator[Definition]:
    """The pathways that names stand for."""
    from pathway.api.definition import load

    return (load(name) for name in named(names))


def named(names: Iterable[str]) -> Iterator[str | Path]:
    """What names stand for; a folder stands for every file in it and beneath it, in the order of their paths."""
    for name in names:
        if not is_folder(name):
            yield name
            continue
        found = sorted(Path(name).rglob(f"*{SUFFIX}"))
        if not found and file_of(name) is None:
            raise NotFoundError("PW502", name=name)
        yield from found or (name,)


def is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        # Too long, or with a character that no name can hold: loading says that there is no such pathway.
        return False


def language_for(definition: Definition, language: Language) -> Language:
    """The language to answer an author in: what was asked for, else that of the file."""
    return asked_language(definition.language, language)


def asked_language(written: Language | None, language: Language) -> Language:
    """The language to answer in, for a text that is written in another perhaps."""
    return language if written is None or language_asked() is not None else written
