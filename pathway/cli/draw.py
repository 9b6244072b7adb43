"""`pathway draw`: the graph of a pathway, as a file of the form that its ending says."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import language_for, opened
from pathway.cli.words import say
from pathway.language.source import Language


@click.command("draw", cls=Command)
@argument("pathway")
@option("-o", "--output", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path))
@speaking
def command(language: Language, pathway: str, output: Path | None) -> None:
    definition = opened(pathway)
    target = output or Path(f"{definition.model.name}.svg")
    definition.draw(target, language=language_for(definition, language))
    click.echo(say("written", language, path=target))
