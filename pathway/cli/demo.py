"""`pathway demo`: the whole way, on a county that nobody lives in."""

from __future__ import annotations

from pathlib import Path

import click

from pathway.api.definition import load
from pathway.cli.command import Command, option, speaking
from pathway.cli.replaying import follow, summary_text
from pathway.cli.shown import show
from pathway.cli.words import say
from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.load import shipped
from pathway.outputs import write_whole

_FOLLOWED = "stroke"
"""The pathway that the county's patients go through."""


@click.command("demo", cls=Command)
@option("-o", "--output", metavar="word.folder", type=click.Path(file_okay=False, path_type=Path), default="demo")
@option("--patients", metavar="word.number", type=click.IntRange(1, 100_000), default=400)
@option("--seed", metavar="word.number", type=int, default=2026)
@speaking
def command(language: Language, output: Path, patients: int, seed: int) -> int:
    from pathway.events.write import write_events
    from pathway.model.calendar import to_datetime
    from pathway.simulation.county import county

    definitions = [load(name) for name in shipped()]
    for definition in definitions:
        show(definition.errors, language)
    if any(definition.errors for definition in definitions):
        return 1
    click.echo(say("demo.checked", language, names=", ".join(definition.name for definition in definitions)))

    stroke = load(_FOLLOWED).alone()  # nothing is made up of what the pathways that it starts ask for
    click.echo(say("demo.county", language, patients=patients))
    made = county(stroke.compiled, patients=patients, seed=seed)
    log = output / "events.csv"
    write_whole(log, lambda beside: write_events(made.events, beside))
    as_of = to_datetime(made.as_of).isoformat()
    found = follow(stroke, log, language, mapping=None, as_of=as_of, known_at=None)
    click.echo()
    click.echo(summary_text(found, stroke.compiled.calendar, language))
    click.echo()

    report = found.report(language=language)
    written = [log, *found.write(output), report.save(output / "report.html")]
    try:
        written.append(report.draw(output / "graph-with-breaks.svg"))
        for definition in definitions:
            if definition.model.kind == "pathway":
                written.append(output / f"{definition.name}.svg")
                definition.draw(written[-1], language=language)
    except DrawingError as error:
        show([error.diagnostic], language)
    for path in written:
        click.echo(say("written", language, path=path))
    click.echo(say("demo.open", language, path=(output / "report.html").resolve()))
    return 0
