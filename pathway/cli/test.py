"""`pathway test`: the scenarios in files, held against what the engine says; what they touch; one made from a log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pathway.api.definition import Definition
from pathway.api.moments import day_of
from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import NOT_FOUND, each, is_folder, language_for, opened
from pathway.cli.scenes import as_object, coverage_text, scenario_text
from pathway.cli.shown import show
from pathway.cli.words import say
from pathway.errors import InvalidPathwayError, NotFoundError, PathwayError
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Language
from pathway.outputs import write_text


@click.command("test", cls=Command)
@argument("pathways", nargs=-1, required=True)
@option("--coverage", is_flag=True)
@option("--min", "least", type=click.IntRange(0, 100), metavar="word.percent")
@option("--json", "as_json", is_flag=True)
@option("--record", metavar="word.patient")
@option("--events", type=click.Path(path_type=Path), metavar="word.log")
@option("--map", "mapping", type=click.Path(path_type=Path), metavar="word.file")
@option("--as-of", metavar="word.time")
@option("--shift", metavar="word.date")
@option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="word.file")
@speaking
def command(
    language: Language,
    pathways: tuple[str, ...],
    coverage: bool,
    least: int | None,
    as_json: bool,
    record: str | None,
    events: Path | None,
    mapping: Path | None,
    as_of: str | None,
    shift: str | None,
    output: Path | None,
) -> int:
    if record is not None:
        if events is None or len(pathways) != 1:
            raise PathwayError("PW550")
        return _record(language, opened(pathways[0]), record, events, mapping, as_of, shift, output)
    if events or mapping or as_of or shift or output:
        raise PathwayError("PW551")
    failed = False
    files: list[dict[str, Any]] = []
    several = len(pathways) > 1 or is_folder(pathways[0])
    for definition in each(pathways):
        for problem in definition.errors:
            if problem.code in NOT_FOUND:
                raise NotFoundError(problem)
        rows, wrong = _test(language, definition, coverage or least is not None, least, as_json, several)
        failed |= wrong
        files.append(rows)
    if as_json:
        click.echo(json.dumps(files, ensure_ascii=False, indent=1))
    return int(failed)


def _test(
    language: Language, definition: Definition, coverage: bool, least: int | None, as_json: bool, named: bool
) -> tuple[dict[str, Any], bool]:
    """One file tested and shown: its rows for JSON, and whether something is wrong."""
    spoken = language_for(definition, language)
    try:
        scenarios = definition.model.scenarios
    except InvalidPathwayError as error:
        show([*error.problems[:3], error.diagnostic], spoken)
        return as_object(definition, spoken, error.problems), True
    if definition.model.kind == "library" or not (scenarios or coverage):
        if not as_json:
            click.echo(say("test.none", language, name=definition.name))
        return as_object(definition, spoken), False
    results = definition.test()
    touched = definition.coverage(results) if coverage else None
    differing = sum(not result.holds for result in results)
    if not as_json:
        if named:
            click.secho(definition.source.name, bold=True)
        for result in results:
            click.echo(scenario_text(result, definition, language, spoken))
        click.echo(say("test.found", language, all=len(results), holding=len(results) - differing, differing=differing))
        if touched is not None:
            click.echo(coverage_text(touched, definition, language))
    short = touched is not None and least is not None and touched.percent < least
    if short and touched is not None and not as_json:
        click.echo(say("coverage.short", language, least=least, name=definition.name), err=True)
    return as_object(definition, spoken, results=results, coverage=touched), bool(differing) or short


def _record(
    language: Language,
    definition: Definition,
    patient: str,
    events: Path,
    mapping: Path | None,
    as_of: str | None,
    shift: str | None,
    output: Path | None,
) -> int:
    first_day = None if shift is None else day_of(shift)
    made = definition.record_scenario(patient, events, mapping=mapping, as_of=as_of, first_day=first_day)
    if output is None:
        click.echo(made.text, nl=False)
    else:
        click.echo(say("written", language, path=write_text(output, made.text)))
    if made.left_out:
        show([Diagnostic("PW610", None, {"count": made.left_out})], language)
    if not made.faithful:
        show([Diagnostic("PW608")], language)
    return 0
