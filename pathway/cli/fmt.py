"""`pathway fmt`: files in the one style, or in another language."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import named
from pathway.cli.shown import printable, show
from pathway.cli.words import say
from pathway.errors import NotFoundError, system_reason
from pathway.language.format import formatted
from pathway.language.source import Language, Source, read_source, read_text
from pathway.outputs import write_text

_STDIN = "-"
_SHOWN = 60
"""Lines of a file's difference."""


@click.command("fmt", cls=Command)
@argument("files", nargs=-1, required=True)
@option("--check", is_flag=True)
@option("-q", "--quiet", is_flag=True)
@speaking
def command(language: Language, files: tuple[str, ...], check: bool, quiet: bool) -> int:
    wanted: Language | None = click.get_current_context().params.get("language")
    found: Counter[str] = Counter()
    for source in [_source(name) for name in named(files)]:
        text, problems, own = formatted(source, wanted)
        found["files"] += 1
        if text is None:
            found["broken"] += 1
            show(problems, wanted or own, {source.name: source})
        elif check and text != source.text:
            found["changed"] += 1
            click.echo(say("fmt.would", language, path=source.name))
            if not quiet:
                _show_difference(source, text, language)
        elif source.path is None and not check:
            click.echo(text.encode(), nl=False)
        elif text != source.text and source.path is not None:
            found["changed"] += 1
            click.echo(say("written", language, path=write_text(source.path, text)))
    if not quiet and _STDIN not in files:
        summary = "fmt.checked" if check else "fmt.done"
        click.echo(say(summary, language, files=found["files"], changed=found["changed"], broken=found["broken"]))
    return int(bool(found["broken"] or (check and found["changed"])))


def _source(name: str | Path) -> Source:
    """The text under a name, or the one that comes in. Raises `NotFoundError`."""
    if name == _STDIN:
        return Source(_STDIN, read_text(sys.stdin.buffer))
    try:
        return read_source(Path(name), str(name))
    except (OSError, ValueError) as error:
        raise NotFoundError("PW241", name=str(name), detail=system_reason(error)) from None


def _show_difference(source: Source, text: str, language: Language) -> None:
    """What would become of a file's lines, in the form that programs know."""
    lines = difflib.unified_diff(source.text.splitlines(), text.splitlines(), source.name, source.name, n=1, lineterm="")
    colours = {"-": "red", "+": "green", "@": "cyan"}
    for line in islice(lines, _SHOWN):
        click.echo(click.style(printable(line), colours.get(line[:1])))
    more = sum(1 for _ in lines)
    if more:
        click.echo(say("fmt.more", language, count=more))
