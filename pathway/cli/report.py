"""`pathway report`: the break report as a page, a workbook, figures, or text for the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import language_for, opened
from pathway.cli.replaying import follow, log_options, log_text, nobody_text, status_of
from pathway.cli.words import say
from pathway.errors import DrawingError, PathwayError
from pathway.language.source import Language


@click.command("report", cls=Command)
@argument("pathway")
@option("--events", metavar="word.log", type=click.Path(path_type=Path))
@log_options
@option("--results", metavar="word.folder", type=click.Path(path_type=Path))
@option("-o", "--output", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path), default="report.html")
@option("--long", is_flag=True)
@option("--no-examples", is_flag=True)
@speaking
def command(
    language: Language,
    pathway: str,
    events: Path | None,
    mapping: Path | None,
    as_of: str | None,
    known_at: str | None,
    results: Path | None,
    output: Path,
    long: bool,
    no_examples: bool,
) -> int:
    from pathway.api.report import FORMS

    shown = str(output) == "-"
    if not shown and output.suffix.lower() not in FORMS:
        # Before the work, not after it.
        raise DrawingError("PW509", name=output.name, known=", ".join(FORMS))
    if output.suffix.lower() == ".pdf":
        from pathway.renderers.printing import browser

        browser()
    definition = opened(pathway)
    if results is not None and events is None:
        found = definition.results(results)
    elif events is not None and results is None:
        found = follow(definition, events, language, mapping=mapping, as_of=as_of, known_at=known_at)
    else:
        raise PathwayError("PW511")
    report = found.report(language=language_for(definition, language), examples=not no_examples)
    if shown:
        click.echo(report.text(), nl=False)
    else:
        click.echo(log_text(found.summary, definition.compiled, language))
        click.echo(say("written", language, path=report.save(output, long=long)))
    status = status_of(found.summary)
    if status and shown:
        click.echo(nobody_text(found.summary, language), err=True)
    return status
