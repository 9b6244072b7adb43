"""Diagnostics as people read them on a terminal, and as programs do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import click

from pathway.cli.words import say
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Language, Source, Span

_COLOURS = {"error": "red", "risk": "yellow", "note": "cyan"}
_WIDEST = 160


def show(
    problems: Iterable[Diagnostic],
    language: Language,
    sources: Mapping[str, Source] | None = None,
    *,
    to_output: bool = False,
) -> None:
    """Print diagnostics: what, where, the line with a mark, and what to do. On stderr unless they are the output."""
    for problem in problems:
        click.echo(as_text(problem, language, sources), err=not to_output)


def as_text(problem: Diagnostic, language: Language, sources: Mapping[str, Source] | None = None) -> str:
    """One diagnostic, coloured (click drops the colours where nobody sees them)."""
    kind = click.style(f"{say('severity.' + problem.severity, language)} {problem.code}", _COLOURS[problem.severity], bold=True)
    span = problem.span
    place = f" {span.file}:{span.line}:{span.column}" if span else ""
    lines = [f"{kind}{place}: {problem.message(language)}"]
    if span is not None:
        lines += _marked(span, _line(span, sources or {}), _COLOURS[problem.severity])
    help_ = problem.help(language)
    if help_:
        lines.append(f"  = {help_}")
    return "\n".join(lines)


def as_rows(problems: Iterable[Diagnostic], language: Language) -> list[dict[str, str | int | None]]:
    """One object a diagnostic, for JSON. Places are null where there is none; `end_column` is the one after the last."""
    rows: list[dict[str, str | int | None]] = []
    for problem in problems:
        span = problem.span
        rows.append(
            {
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message(language),
                "help": problem.help(language),
                "file": span.file if span else None,
                "line": span.line if span else None,
                "column": span.column if span else None,
                "end_line": span.end_line if span else None,
                "end_column": span.end_column if span else None,
            }
        )
    return rows


def _marked(span: Span, text: str, colour: str) -> list[str]:
    """The line that a place is in, and a mark under the place."""
    if not text.strip() or len(text) > _WIDEST:
        return []
    end = span.end_column if span.end_line == span.line else len(text) + 1
    before = "".join(c if c == "\t" else " " * _width(c) for c in text[: span.column - 1])
    mark = "^" * max(1, sum(_width(c) for c in text[span.column - 1 : end - 1]))
    number = f"{span.line:>5}"
    return [f"{number} | {text}", f"{' ' * len(number)} | {before}{click.style(mark, colour, bold=True)}"]


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _line(span: Span, sources: Mapping[str, Source]) -> str:
    """The line that a place is in."""
    return printable((sources.get(span.file) or _read(span.file)).line(span.line))


def printable(text: str) -> str:
    """A text of somebody's as a terminal may have it. What is no character, or would command the terminal, becomes `�`."""
    return "".join(c if c == "\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in text)


@cache
def _read(file: str) -> Source:
    """A text that a place is in, when it is not the one that was asked about (a library that is used)."""
    try:
        return Source(file, Path(file).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError, ValueError):
        return Source(file, "")
