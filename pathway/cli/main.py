"""The command `pathway`. What each of its commands does stands in the file of its name beside this one."""

from __future__ import annotations

import click

from pathway.cli.command import Commands, Option
from pathway.language.source import LANGUAGES


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("patient-pathway")
        except PackageNotFoundError:
            number = "?"
        click.echo(f"pathway {number}")
        context.exit()


main = Commands(
    "pathway",
    params=[
        Option(["--language"], type=click.Choice(LANGUAGES), expose_value=False),
        Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version),
    ],
)
