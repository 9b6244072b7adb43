"""`pathway explain`: the long form of a message, or why a break is one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pathway.api.definition import Definition
from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import language_for, opened
from pathway.cli.replaying import follow, local, log_options
from pathway.cli.words import say
from pathway.errors import NotFoundError
from pathway.language.diagnostics import catalogue
from pathway.language.source import Language
from pathway.model.scope import nearest


@click.command("explain", cls=Command)
@argument("what")
@option("--pathway", metavar="word.pathway")
@option("--events", metavar="word.log", type=click.Path(path_type=Path))
@log_options
@speaking
def command(
    language: Language,
    what: str,
    pathway: str | None,
    events: Path | None,
    mapping: Path | None,
    as_of: str | None,
    known_at: str | None,
) -> None:
    if pathway is None and events is None:
        click.echo(_message(what.upper(), language))
        return
    for missing, name in ((pathway, "--pathway"), (events, "--events")):
        if missing is None:
            raise click.UsageError(say("wrong.missing", language, name=name))
    assert pathway is not None
    assert events is not None
    definition = opened(pathway)
    found = follow(definition, events, language, mapping=mapping, as_of=as_of, known_at=known_at)
    row, evidence = found.explain(what)
    spoken = language_for(definition, language)
    click.echo(found.sentence(row, spoken))
    click.echo()
    click.echo(_evidence(row, evidence, definition, spoken))


def _message(code: str, language: Language) -> str:
    if code not in catalogue():
        raise NotFoundError("PW507", suggestion=nearest(code, catalogue()), code=code)
    entry = catalogue()[code]
    severity = say(f"severity.{entry.severity}", language)
    parts = [click.style(f"{code}: {entry.title[language]} ({severity})", bold=True)]
    for heading, text in (
        ("meaning", entry.long.get(language, "")),
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


def _evidence(row: Mapping[str, Any], evidence: Mapping[str, Any], definition: Definition, language: Language) -> str:
    """What the break rests on, each in a line: from what, until when, what came, and whose limit it is."""

    calendar = definition.compiled.calendar

    def event(happened: Mapping[str, Any]) -> str:
        return f"{happened['event']} {local(happened['at'], calendar)} ({happened['id']})"

    document = definition.model.sources.get(evidence.get("source", ""))
    source = [document.title if document else "", evidence.get("place", "")]
    party = [str(row[name]) for name in ("party", "unit") if row[name]]
    lines = {
        "party": ", ".join(party),
        "anchor": event(evidence["anchor"]) if evidence.get("anchor") else "",
        "due": local(evidence["due"], calendar) if evidence.get("due") else "",
        "closed": event(evidence["closed"]) if evidence.get("closed") else say("explain.open", language),
        "seen": ", ".join(event(happened) for happened in evidence.get("seen", ())),
        "lacking": ", ".join(row["lacking"] or ()),
        "explained": row["explained"] or "",
        "source": ", ".join(part for part in source if part),
    }
    names = {part: say(f"explain.{part}", language) for part in lines}
    width = max(len(names[part]) for part, text in lines.items() if text)
    return "\n".join(f"  {names[part].ljust(width)}  {text}" for part, text in lines.items() if text)
