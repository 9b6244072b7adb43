"""`pathway replay`: a log followed, its breaks as tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pathway.api.definition import Definition
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
    how: dict[str, Any] = {"mapping": mapping, "as_of": as_of, "known_at": known_at, "strict": strict}
    if in_blocks or counts_only:
        summary = _in_blocks(definition, events, output, language, counts_only=counts_only, **how)
        written = [output]
    else:
        summary, written = _at_once(definition, events, output, language, how)
    click.echo(summary_text(summary, definition.compiled, language))
    click.echo()
    for path in written:
        click.echo(say("written", language, path=path))
    return status_of(summary)


def _in_blocks(definition: Definition, events: Path, folder: Path, language: Language, **how: Any) -> dict[str, Any]:
    kernel_made_ready(language)
    with block_progress(language) as told:
        return definition.replay_in_blocks(events, folder, progress=told, **how)


def _at_once(
    definition: Definition, events: Path, output: Path, language: Language, how: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Path]]:
    """The summary and the files, by whichever way is the shorter for a log of this size."""
    from pathway.replay.choice import beside, kernel_is_sooner, made_whole

    if not kernel_is_sooner(events):
        found = follow(definition, events, language, **how)
        return found.summary, found.write(output)
    with beside(output) as parts:
        summary = _in_blocks(definition, events, parts, language, **how)
        return summary, made_whole(parts, output)
