"""`pathway explain`: the long form of a message, why a break is one, or what local adaptations change."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.changes import changes_text
from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import language_for, opened
from pathway.cli.replaying import follow, log_options
from pathway.cli.words import say
from pathway.errors import NotFoundError
from pathway.language.diagnostics import catalogue
from pathway.language.source import Language
from pathway.model.finding import named


@click.command("explain", cls=Command)
@argument("what")
@option("--pathway", metavar="word.pathway")
@option("--patient", metavar="word.patient")
@option("--events", metavar="word.log", type=click.Path(path_type=Path))
@log_options
@speaking
def command(
    language: Language,
    what: str,
    pathway: str | None,
    patient: str | None,
    events: Path | None,
    mapping: Path | None,
    as_of: str | None,
    known_at: str | None,
) -> None:
    if pathway is None and events is None and patient is None:
        click.echo(_message(what.upper(), language) if named(what) is None else _adaptations(what, language))
        return
    for missing, name in ((pathway, "--pathway"), (events, "--events")):
        if missing is None:
            raise click.UsageError(say("wrong.missing", language, name=name))
    assert pathway is not None
    assert events is not None
    definition = opened(pathway)
    found = follow(definition, events, language, mapping=mapping, as_of=as_of, known_at=known_at)
    spoken = language_for(definition, language)
    if patient is None:
        row, _ = found.explain(what)
        click.echo(found.sentence(row, spoken))
        click.echo()
    click.echo(found.explanation(what, patient).text(spoken))


def _adaptations(what: str, language: Language) -> str:
    """What a pathway's local adaptations change, or what the one in a file does."""
    definition = opened(what)
    spoken = language_for(definition, language)
    return changes_text(definition.adaptations, spoken) or say("changes.nobody", spoken, name=definition.model.title(spoken))


def _message(code: str, language: Language) -> str:
    if code not in catalogue():
        raise NotFoundError("PW507", code=code)  # another code that is like it is another matter
    entry = catalogue()[code]
    severity = say(f"severity.{entry.severity}", language)
    parts = [click.style(f"{code}: {entry.title[language]} ({severity})", bold=True)]
    for heading, text in (
        ("meaning", entry.long.get(language, "")),
        ("becomes", entry.becomes.get(language, "")),
        ("remedy", _unfilled(entry.help[language])),
        ("example", entry.example.get(language, "")),
    ):
        if text:
            parts.append(f"{say('explain.' + heading, language)}:\n  " + text.strip().replace("\n", "\n  "))
    return "\n\n".join(parts)


def _unfilled(template: str) -> str:
    """A template as it reads where nothing has happened: the values' places are left open."""
    return template.format_map(_Open())


class _Open(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
