"""`pathway replay`: a log followed, its breaks as tables."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import opened
from pathway.cli.replaying import block_progress, follow, kernel_made_ready, log_options, status_of, summary_text
from pathway.cli.words import say
from pathway.language.source import Language


@click.command("replay", cls=Command)
@argument("pathway")
@option("--events", metavar="word.log", type=click.Path(path_type=Path), required=True)
@log_options
@option("--strict", is_flag=True)
@option("--in-blocks", is_flag=True)
@option("--counts-only", is_flag=True)
@option("-o", "--output", metavar="word.folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@speaking
def command(
    language: Language,
    pathway: str,
    events: Path,
    mapping: Path | None,
    as_of: str | None,
    known_at: str | None,
    strict: bool,
    in_blocks: bool,
    counts_only: bool,
    output: Path,
) -> int:
    definition = opened(pathway)
    if in_blocks or counts_only:
        kernel_made_ready(language)
        with block_progress(language) as told:
            summary = definition.replay_in_blocks(
                events, output, mapping=mapping, as_of=as_of, known_at=known_at, strict=strict, progress=told
            )
        click.echo(summary_text(summary, definition.compiled, language))
        click.echo()
        click.echo(say("written", language, path=output))
        return status_of(summary)
    found = follow(definition, events, language, mapping=mapping, as_of=as_of, known_at=known_at, strict=strict)
    click.echo(summary_text(found.summary, definition.compiled, language))
    click.echo()
    for path in found.write(output):
        click.echo(say("written", language, path=path))
    return status_of(found.summary)
