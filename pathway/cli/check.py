"""`pathway check`: mistakes and risks, placed."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import NOT_FOUND, asked_language, named
from pathway.cli.kept import Answer, Kept, kept
from pathway.cli.shown import as_rows, show
from pathway.cli.words import say
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Language, Source


@click.command("check", cls=Command)
@argument("pathways", nargs=-1, required=True)
@option("--json", "as_json", is_flag=True)
@option("--strict", is_flag=True)
@option("--no-cache", is_flag=True)
@speaking
def command(language: Language, pathways: tuple[str, ...], as_json: bool, strict: bool, no_cache: bool) -> int:
    seen: set[tuple[object, ...]] = set()
    found: Counter[str] = Counter()
    rows: list[dict[str, str | int | None]] = []
    files = 0
    answers = None if no_cache else kept(dict(os.environ))
    for name in named(pathways):
        files += 1
        source, (written, every) = _checked(name, answers)
        spoken = asked_language(written, language)
        # A library's problems come with each file that uses it: they are told once.
        problems: list[Diagnostic] = []
        for problem in every:
            key = (problem.code, problem.place(), problem.message("en"))
            if key not in seen:
                seen.add(key)
                problems.append(problem)
                found["missing" if problem.code in NOT_FOUND else problem.severity] += 1
        rows += as_rows(problems, spoken)
        if not as_json:
            show(problems, spoken, {source.name: source}, to_output=True)
    if answers is not None:
        answers.tidy()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo(say("check.fine", language, files=files))
    elif not found["missing"]:
        click.echo(say("check.found", language, errors=found["error"], risks=found["risk"], notes=found["note"]))
    if found["missing"]:
        return 2
    return int(bool(found["error"] or (strict and found["risk"])))


def _checked(name: str | Path, answers: Kept | None) -> tuple[Source, Answer]:
    """A file's text, and what is to be said of it: as it was kept, else found out."""
    key, path = "", Path(name)
    try:
        text = path.read_bytes() if answers is not None and path.is_file() else None
    except (OSError, ValueError):  # loading says why
        text = None
    if answers is not None and text is not None:
        key = answers.key(str(name), path, text)
        known = answers.get(key)
        if known is not None:
            return Source(str(name), text.decode("utf-8", errors="surrogateescape"), path), known
    from pathway.api.definition import load  # here: what is kept needs nothing of it

    definition = load(name)
    answer = definition.language, definition.problems
    if answers is not None and key:
        answers.put(key, answer)
    return definition.source, answer
