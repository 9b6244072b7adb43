"""What every part of the report is: a frozen value that can be written as JSON, with a schema that says what each field means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from pathway.language.source import Language
from pathway.language.texts import texts_of

LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")
Text = dict[Language, str]
"""What is said, in each language."""


class Part(BaseModel):
    """A value: never changed. The texts beneath its fields stand in the JSON schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True)


def in_each(say: Callable[[Language], str]) -> Text:
    """A text in every language."""
    return {language: say(language) for language in LANGUAGES}


def title_of(named: Any, name: str) -> Text:
    """The titles of something declared; of what is not, its name."""
    return in_each(lambda language: named.title(language) if named is not None else name.replace("_", " "))


def words(group: str, name: str) -> Text:
    """An entry of `grammars/figures.toml`."""
    entry: Mapping[Language, str] = texts_of("figures")[group][name]
    return {language: entry[language] for language in LANGUAGES}
