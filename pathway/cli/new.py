"""`pathway new`: a file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.words import say
from pathway.errors import OutputError
from pathway.language.new import beginning
from pathway.language.source import Language
from pathway.model.load import SUFFIX
from pathway.outputs import write_text


@click.command("new", cls=Command)
@argument("title")
@option("-o", "--output", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path))
@speaking
def command(language: Language, title: str, output: Path | None) -> None:
    name, text = beginning(title, language)
    target = output or Path(f"{name}{SUFFIX}")
    if target.exists() or target.is_symlink():
        raise OutputError("PW540", name=str(target))
    click.echo(say("written", language, path=write_text(target, text)))
    click.echo(say("new.next", language, path=target))
