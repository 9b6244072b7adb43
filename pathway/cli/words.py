"""Which language the commands speak, and what they say in it (`grammars/commands.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from pathway.language.source import LANGUAGES, Language
from pathway.language.texts import texts_of

_IN_LOCALES: Mapping[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}
_KEY = "pathway.cli.language"
_ASKED = "pathway.cli.asked"


def asked(arguments: Sequence[str]) -> Language | None:
    """What `--language` says, before the command or after it."""
    for number, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--language":
            wanted = value or (arguments[number + 1] if number + 1 < len(arguments) else "")
            for language in LANGUAGES:
                if wanted == language:
                    return language
    return None


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """What `--language` says; else what the environment's locale says; else Bokmål.

    It is looked for before the command is parsed, so that help and complaints about wrong use are in it too.
    """
    wanted = asked(arguments)
    if wanted is not None:
        return wanted
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        language_of_locale = _IN_LOCALES.get(environment.get(variable, "")[:2])
        if language_of_locale is not None:
            return language_of_locale
    return "nb"


def remember(context: click.Context, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    context.meta[_KEY] = choose(arguments, environment)
    context.meta[_ASKED] = asked(arguments)


def language_of(context: click.Context) -> Language:
    """The language of the command under way."""
    language: Language = context.meta.get(_KEY, "nb")
    return language


def language_asked() -> Language | None:
    """The language that the command under way was asked for; None where nobody asked for one."""
    language: Language | None = click.get_current_context().meta.get(_ASKED)
    return language


def texts() -> Mapping[str, Mapping[Language, str]]:
    """Every text of the commands, by name and language."""
    return texts_of("commands")


def say(name: str, language: Language, /, **values: object) -> str:
    """One text, filled."""
    return texts()[name][language].format_map(values)
