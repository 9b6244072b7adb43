"""`pathway demo`: the whole way, on a county that nobody lives in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway.api.definition import Definition, load
from pathway.cli.command import Command, option, speaking
from pathway.cli.replaying import follow, summary_text
from pathway.cli.shown import show
from pathway.cli.words import say
from pathway.language.source import Language
from pathway.model.load import shipped
from pathway.model.pathway import Pathway
from pathway.outputs import write_text, write_whole
from pathway.renderers.columns import table

if TYPE_CHECKING:
    from pathway.api.replayed import Replayed

_FIRST = "stroke"
"""The pathway whose tables and report stand first; those of each other stand in a folder of its name."""
_ASIDE = ("sepsis",)
"""Those that the county has no patients in: that one is a single hospital's, with a log of its own."""


@click.command("demo", cls=Command)
@option("-o", "--output", metavar="word.folder", type=click.Path(file_okay=False, path_type=Path), default="demo")
@option("--patients", metavar="word.number", type=click.IntRange(1, 100_000), default=600)
@option("--seed", metavar="word.number", type=int, default=2026)
@speaking
def command(language: Language, output: Path, patients: int, seed: int) -> int:
    from pathway.events.write import write_events
    from pathway.model.calendar import to_datetime
    from pathway.simulation.county import county
    from pathway.simulation.planted import write_planted

    definitions = [load(name) for name in shipped()]
    for definition in definitions:
        show(definition.errors, language)
    if any(definition.errors for definition in definitions):
        return 1
    click.echo(say("demo.checked", language, names=", ".join(definition.name for definition in definitions)))

    lived = [each for each in definitions if each.model.kind == "pathway" and each.name not in _ASIDE]
    lived.sort(key=lambda each: each.name != _FIRST)
    click.echo(say("demo.county", language, patients=patients))
    made = county(*(each.compiled for each in lived), patients=patients, seed=seed)
    log = output / "events.csv"
    write_whole(log, lambda beside: write_events(made.events, beside))
    written = [log, write_planted(made.planted, output / "planted.parquet")]
    as_of = to_datetime(made.as_of).isoformat()
    rows = []
    for each in lived:
        folder = output if each.name == _FIRST else output / each.name
        mapping = folder / "mapping.toml"
        write_text(mapping, ignoring(each, lived))
        found = follow(each, log, language, mapping=mapping, as_of=as_of, known_at=None)
        planted = sum(one.followed == each.name for one in made.planted)
        rows.append([each.name, *map(str, (found.episodes.num_rows, planted, found.breaks.num_rows))])
        if each.name == _FIRST:
            click.echo(f"\n{summary_text(found.summary, each.compiled, language)}\n")
        written += [mapping, *found.write(folder), *_shown(each, found, folder, language)]
    heads = [
        say("demo.pathway", language),
        say("demo.episodes", language),
        say("demo.planted", language),
        say("demo.found", language),
    ]
    for line in table([heads, *rows], right=range(1, len(heads))):
        click.echo(line)
    click.echo()
    click.echo(say("demo.files", language, count=len(written), path=output))
    click.echo(say("demo.open", language, path=(output / "report.html").resolve()))
    return 0


def ignoring(own: Definition, lived: Iterable[Definition]) -> str:
    """A mapping that says which events of the county's log are other pathways' and none of this one's."""
    from pathway.simulation.followed import Followed

    known = Followed(own.compiled).names
    names = {name for each in lived for name in _named(Followed(each.compiled).names)} - set(_named(known))
    lines = "".join(f'    "{name}",\n' for name in sorted(names))
    return f"ignore = [\n{lines}]\n"


def _named(vocabulary: Pathway) -> Iterable[str]:
    return (*vocabulary.events, *vocabulary.messages, *vocabulary.resources)


def _shown(definition: Definition, found: Replayed, folder: Path, language: Language) -> Iterable[Path]:
    """The report, and the graphs with the breaks and without."""
    report = found.report(language=language)
    yield report.save(folder / "report.html")
    yield report.draw(folder / "graph-with-breaks.svg")
    yield definition.draw(folder / f"{definition.name}.svg", language=language)
