"""`pathway test`: the scenarios in a file, held against what the engine says."""

from __future__ import annotations

import click

from pathway.cli.command import Command, argument, speaking
from pathway.cli.files import language_for, opened
from pathway.cli.shown import show
from pathway.cli.words import say
from pathway.language.source import Language


@click.command("test", cls=Command)
@argument("pathway")
@speaking
def command(language: Language, pathway: str) -> int:
    definition = opened(pathway)
    spoken = language_for(definition, language)
    if not definition.model.scenarios:
        click.echo(say("test.none", language, name=definition.name))
        return 0
    results = definition.test()
    for result in results:
        word = say("test.holds" if result.holds else "test.differs", language)
        mark = click.style("✓ " + word, "green") if result.holds else click.style("✗ " + word, "red", bold=True)
        click.echo(f"{mark}  {result.title}")
        show(result.differences, spoken, {definition.source.name: definition.source}, to_output=True)
    holding = sum(result.holds for result in results)
    click.echo(say("test.found", language, all=len(results), holding=holding, differing=len(results) - holding))
    return int(holding < len(results))
