"""`pathway check`: mistakes and risks, placed."""

from __future__ import annotations

import json
import os
from collections import Counter

import click

from pathway.cli.answers import answers_of
from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import NOT_FOUND, asked_language, named
from pathway.cli.kept import kept
from pathway.cli.shown import as_rows, show
from pathway.cli.words import say
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Language


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
    heard: set[Language] = set()
    files = 0
    for source, (written, every) in answers_of(named(pathways), None if no_cache else kept(dict(os.environ))):
        files += 1
        spoken = asked_language(written, language)
        # A library's problems come with each file that uses it: they are told once.
        problems: list[Diagnostic] = []
        for problem in every:
            key = (problem.code, problem.place(), problem.message("en"))
            if key not in seen:
                seen.add(key)
                problems.append(problem)
                found["missing" if problem.code in NOT_FOUND else problem.severity] += 1
        heard |= {spoken} if problems else set()
        rows += as_rows(problems, spoken)
        if not as_json:
            show(problems, spoken, {source.name: source}, to_output=True)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo(say("check.fine", language, files=files))
    elif not found["missing"]:
        last = heard.pop() if len(heard) == 1 else language
        click.echo(say("check.found", last, errors=found["error"], risks=found["risk"], notes=found["note"]))
    if found["missing"]:
        return 2
    return int(bool(found["error"] or (strict and found["risk"])))
