"""`pathway map`: a mapping drafted by looking at a log."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.draft_text import draft_text
from pathway.cli.files import opened
from pathway.cli.numbers import count, share
from pathway.cli.words import say
from pathway.errors import OutputError
from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.outputs import write_text


@click.command("map", cls=Command)
@argument("log", type=click.Path(path_type=Path))
@option("--for", "for_pathway", metavar="word.pathway", required=True)
@option("--map", "mapping", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path))
@option("-o", "--output", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path))
@speaking
def command(language: Language, log: Path, for_pathway: str, mapping: Path | None, output: Path | None) -> int:
    from pathway.events.draft import draft
    from pathway.events.identity import masked

    if output is not None and output.exists():
        raise OutputError("PW540", name=str(output))  # what somebody has put right by hand
    definition = opened(for_pathway)
    if mapping is not None:
        return _go_on(language, log, definition.model, mapping, output)
    found = draft(log, definition.model)
    text = draft_text(found, log.name, definition.model, language)
    if output is None:
        click.echo(text, nl=False)
    else:
        click.echo(say("written", language, path=write_text(output, text)))
    # What is to be read stands in the draft; how much there is of it is said where it is not in the way.
    placed = sum(each.count for each in found.events.values() if each.sure) + sum(found.understood.values())
    every = placed + sum(each.count for each in found.events.values() if not each.sure)
    sure = sum(each.sure for each in found.events.values()) + len(found.understood)
    told = {"sure": sure, "all": len(found.events) + len(found.understood), "share": share(placed, every, language)}
    click.echo(say("map.codes", language, **told), err=True)
    facts = sum(each.sure for each in found.facts.values())
    click.echo(say("map.facts", language, sure=facts, all=len(definition.model.facts)), err=True)
    for field in found.missing:
        click.echo(say("map.missing", language, field=say(f"word.is_{field}", language)), err=True)
    for each in found.columns:
        if each.national:
            numbers = count(each.national, language)
            click.echo(say("profile.national", language, column=masked(each.name), count=numbers), err=True)
    return 1 if found.missing else 0


def _go_on(language: Language, log: Path, pathway: Pathway, mapping: Path, output: Path | None) -> int:
    """An edited mapping with what it says nothing of, put in where it belongs."""
    from pathway.cli.draft_more import with_more
    from pathway.events.draft import draft
    from pathway.events.mapping_file import load_mapping

    told = load_mapping(mapping, pathway)
    text, number = with_more(mapping.read_text(encoding="utf-8-sig"), draft(log, pathway, told), told, pathway, language)
    if output is None:
        click.echo(text, nl=False)
    else:
        click.echo(say("written", language, path=write_text(output, text)))
    click.echo(say("map.added", language, count=number), err=True)
    return 0
