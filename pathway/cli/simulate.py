"""`pathway simulate`: a made-up log of any size, with a record of the breaks that were planted in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from pathway.api.moments import day_of
from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import opened
from pathway.cli.numbers import count
from pathway.cli.replaying import local, progress
from pathway.cli.words import say
from pathway.errors import OutputError, PathwayError
from pathway.language.source import Language
from pathway.model.calendar import Calendar, to_datetime
from pathway.model.scope import nearest

if TYPE_CHECKING:
    from pathway.simulation.profile import Profile
    from pathway.tracking.records import Subtype

_ENDINGS = (".parquet", ".csv")


@click.command("simulate", cls=Command)
@argument("pathways", nargs=-1, required=True)
@option("-o", "--output", metavar="word.log", type=click.Path(dir_okay=False, path_type=Path), required=True)
@option("--planted", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path))
@option("--patients", metavar="word.number", type=click.IntRange(1, 100_000_000), default=1000)
@option("--seed", metavar="word.number", type=int, default=1)
@option("--from", "start", metavar="word.date")
@option("--to", "end", metavar="word.date")
@option("--breaks", metavar="word.percent", type=click.FloatRange(0, 100), default=8.0)
@option("--weight", "weights", metavar="word.weight", multiple=True)
@option("--walked", metavar="word.number", type=click.IntRange(1, 1_000_000), default=2000)
@option("--integers", is_flag=True)
@speaking
def command(
    language: Language,
    pathways: tuple[str, ...],
    output: Path,
    planted: Path | None,
    patients: int,
    seed: int,
    start: str | None,
    end: str | None,
    breaks: float,
    weights: tuple[str, ...],
    walked: int,
    integers: bool,
) -> None:
    from pathway.simulation.profile import Share
    from pathway.simulation.stream import write_population

    if output.suffix.lower() not in _ENDINGS:
        raise OutputError("PW560", name=output.name)
    compiled = [opened(name).compiled for name in pathways]
    profile = replace(
        _between(start, end, compiled[0].calendar), usual_break=Share(breaks / 100), hows=dict(map(_weight, weights))
    )
    record = planted or output.with_name(f"{output.stem}.planted.parquet")
    with progress(language) as told:
        made = write_population(
            compiled, profile, output, record, patients=patients, seed=seed, walked=walked, integers=integers, progress=told
        )
    counts = {name: count(getattr(made, name), language) for name in ("patients", "events", "planted")}
    click.echo(say("simulate.made", language, **counts, as_of=local(to_datetime(made.as_of).isoformat(), compiled[0].calendar)))
    for path in (output, record):
        click.echo(say("written", language, path=path))


def _between(start: str | None, end: str | None, calendar: Calendar) -> Profile:
    """From the beginning of one day to the end of another."""
    from pathway.simulation.profile import Profile

    usual = Profile()
    first = usual.start if start is None else to_datetime(calendar.start(day_of(start)))
    last = usual.end if end is None else to_datetime(calendar.end(day_of(end)))
    if first >= last:
        raise PathwayError("PW561", start=f"{first:%Y-%m-%d}", end=f"{last:%Y-%m-%d}")
    return replace(usual, start=first, end=last)


def _weight(text: str) -> tuple[Subtype, float]:
    """`late=2`."""
    from pathway.tracking.records import Subtype

    known: tuple[Subtype, ...] = get_args(Subtype)
    name, _, number = text.partition("=")
    for subtype in known:
        if subtype == name.strip().replace(" ", "_") and number.replace(".", "", 1).isdecimal():
            return subtype, float(number)
    raise PathwayError("PW562", nearest(name, known), text=text, known=", ".join(known))
