"""Commands and options that speak the user's language: their help and their complaints come from the table of texts."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Never, TypeVar, cast

import click

from pathway.cli.shown import show
from pathway.cli.words import choose, language_of, remember, say, texts
from pathway.errors import InvalidPathwayError, MappingError, NotFoundError, PathwayError
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES, Language
from pathway.language.texts import texts_of
from pathway.model.scope import nearest

Function = TypeVar("Function", bound=Callable[..., Any])

_WRONG_USE = frozenset(
    {
        "PW401", "PW410", "PW506", "PW509", "PW511", "PW532", "PW540", "PW541", "PW550", "PW551", "PW552", "PW560", "PW561",
        "PW562", "PW565",
    }
)  # fmt: skip
"""Errors in what was asked for, not in what was found: no such log or mapping, no time, no form of file."""


class Option(click.Option):
    """An option whose help stands in the table under its name: `option.strict`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        language = language_of(ctx)
        self.help = say(f"option.{self.name}", language)
        if isinstance(self.default, int | float) and not self.is_flag:
            self.help += f" [{say('word.default', language, value=f'{self.default:g}')}]"
        if self.required:
            self.help += f" [{say('word.required', language)}]"
        shown, self.metavar = self.metavar, say(self.metavar, language) if isinstance(self.metavar, str) else None
        required, self.required = self.required, False
        try:
            # Click asks for these without a context; their words are known only now.
            return super().get_help_record(ctx)
        finally:
            self.metavar, self.required = shown, required


class Argument(click.Argument):
    """An argument that is called what the table says: `word.pathway`."""

    def make_metavar(self, ctx: click.Context) -> str:
        shown = say(f"word.{self.name}", language_of(ctx))
        shown += "…" if self.nargs == -1 else ""
        return shown if self.required else f"[{shown}]"


class Command(click.Command):
    """A command whose help stands in the table under its name: `command.check`."""

    def get_short_help_str(self, limit: int = 45) -> str:
        return say(f"command.{self.name}", language_of(click.get_current_context())).split("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_text(formatter, say(f"command.{self.name}", language_of(ctx)))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(super().get_help_option(ctx), ctx)


class Commands(click.Group):
    """The program: its commands are read from their files only when they are called, so that each starts quickly."""

    names: Sequence[str] = (
        "check", "test", "draw", "profile", "map", "replay", "report", "explain", "fmt", "new", "export", "simulate", "demo",
    )  # fmt: skip

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.names:
            return None
        command: click.Command = import_module(f"pathway.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        remember(ctx, args, os.environ)
        if not args:
            click.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.names and not name.startswith("-"):
            near = next((own for own, words in texts_of("instead")["commands"].items() if name.casefold() in words), None)
            raise NotFoundError("PW520", near or nearest(name, self.names), name=name, known=", ".join(self.names))
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_text(formatter, say("command.pathway", language_of(ctx)))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                rows.append((name, command.get_short_help_str()))
        with formatter.section(say("heading.commands", language_of(ctx))):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(super().get_help_option(ctx), ctx)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *more: Any, **settings: Any) -> Never:
        """Run a command and leave with its status: 0 fine, 1 errors found, 2 wrong use. No traceback ever."""
        given = list(sys.argv[1:] if args is None else args)
        language = choose(given, os.environ)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                # A terminal that cannot show `å` or `✓` gets a `?` for it, and no failure.
                stream.reconfigure(errors="replace")
        try:
            settings["standalone_mode"] = False
            found: object = super().main(given, prog_name or "pathway", *more, **settings)
            status = found if isinstance(found, int) else 0
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "pathway"
            show([Diagnostic("PW519", None, {"what": in_words(error, language), "command": command})], language)
            status = 2
        except PathwayError as error:
            # The first mistakes only: `check` shows them all.
            problems = error.problems[:3] if isinstance(error, InvalidPathwayError) else ()
            more = error.problems[1:10] if isinstance(error, MappingError) else ()
            show([*problems, error.diagnostic, *more], language)
            status = 2 if isinstance(error, NotFoundError) or error.code in _WRONG_USE else 1
        except (click.Abort, KeyboardInterrupt):
            click.echo(say("interrupted", language), err=True)
            status = 130
        except BrokenPipeError:
            # The reader of our output has left (`pathway check … | head`): nobody is there to be told.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            values = {"what": f"{type(error).__name__}: {error}", "place": f"{Path(last.filename).name}:{last.lineno}"}
            show([Diagnostic("PW599", None, values)], language)
            status = 1
        sys.exit(status)


def speaking(function: Function) -> Function:
    """Give a command `--language`, and its function the language as first argument."""

    @wraps(function)
    def run(*arguments: Any, language: str | None, **options: Any) -> Any:
        return function(language_of(click.get_current_context()), *arguments, **options)

    # The group has looked for the option already, so its value is not needed here.
    return option("--language", type=click.Choice(LANGUAGES))(cast(Function, run))


def option(*names: str, **settings: Any) -> Callable[[Function], Function]:
    """An option whose help is in the table of texts; `metavar` names a text too."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Callable[[Function], Function]:
    return click.argument(name, cls=Argument, **settings)


def in_words(error: click.UsageError, language: Language) -> str:
    """Click's complaints in the user's language; one that the table lacks stays as click says it."""
    if isinstance(error, click.MissingParameter) and error.param is not None and error.ctx is not None:
        missing = error.param.make_metavar(error.ctx) if isinstance(error.param, Argument) else error.param.opts[-1]
        return say("wrong.missing", language, name=missing)
    if isinstance(error, click.NoSuchOption):
        return say("wrong.option", language, name=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return say("wrong.value_missing", language, name=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[-1]
        match error.param.type:
            case click.Choice(choices=allowed):
                return say("wrong.choice", language, name=name, known=", ".join(allowed))
            case click.IntRange(min=low, max=high):
                return say("wrong.range", language, name=name, low=low, high=high)
            case click.Path(dir_okay=files_too):
                return say("wrong.folder_wanted" if files_too else "wrong.file_wanted", language, name=name)
            case _:
                return say("wrong.number", language, name=name)
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        known = ", ".join(error.ctx.command.list_commands(error.ctx))
        return say("wrong.command", language, known=known)
    return error.format_message().rstrip(".")


def _write_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    language = language_of(ctx)
    pieces = " ".join(piece for piece in command.collect_usage_pieces(ctx) if piece not in ("[OPTIONS]", "COMMAND [ARGS]..."))
    pieces = (
        say("usage.command", language)
        if isinstance(command, click.Group)
        else f"{pieces} {say('usage.options', language)}".strip()
    )
    formatter.write_usage(ctx.command_path, pieces, f"{say('heading.usage', language)}: ")


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    # Not the arguments: what they are stands in the line of usage.
    options = [parameter for parameter in command.get_params(ctx) if isinstance(parameter, click.Option)]
    records = [record for one in options if (record := one.get_help_record(ctx)) is not None]
    with formatter.section(say("heading.options", language_of(ctx))):
        formatter.write_dl(records)


def _write_text(formatter: click.HelpFormatter, text: str) -> None:
    with formatter.indentation():
        for paragraph in text.strip().split("\n\n"):
            formatter.write_paragraph()
            formatter.write_text(paragraph)


def _help_option(found: click.Option | None, ctx: click.Context) -> click.Option | None:
    if found is not None:
        found.help = texts()["option.help"][language_of(ctx)]
    return found
