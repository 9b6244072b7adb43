"""`pathway export`: a pathway as FHIR, or a log in the words of a pathway, so that other programs can go on."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import opened
from pathway.cli.numbers import count
from pathway.cli.replaying import settled_lines
from pathway.cli.words import say
from pathway.errors import OutputError
from pathway.language.source import Language
from pathway.outputs import write_text

_LOGS = (".parquet", ".csv", ".xes", ".xes.gz")


@click.command("export", cls=Command)
@argument("pathway")
@option("--events", metavar="word.log", type=click.Path(path_type=Path))
@option("--map", "mapping", metavar="word.file", type=click.Path(path_type=Path))
@option("-o", "--output", metavar="word.file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@speaking
def command(language: Language, pathway: str, events: Path | None, mapping: Path | None, output: Path) -> int:
    definition = opened(pathway)
    name = output.name.lower()
    if events is None:
        if not name.endswith(".json"):
            raise OutputError("PW565", name=output.name, known=".json")
        text = json.dumps(definition.plan_definition(), ensure_ascii=False, indent=1) + "\n"
        click.echo(say("written", language, path=write_text(output, text)))
        return 0
    if not name.endswith(_LOGS):
        raise OutputError("PW565", name=output.name, known=", ".join(_LOGS))

    from pathway.api.replayed import log_of
    from pathway.events.write import write_events

    log = log_of(events, definition, mapping, strict=False)
    told = [event for _, each in log.by_patient() for event in each]
    write_events(told, output, time_zone=definition.model.time_zone)
    counts = log.counts
    left = {"unknown": sum(counts.unknown.values()), "ignored": counts.ignored}
    left["rejected"] = sum(often for often, _ in counts.rejected.values())
    shown = {name: count(number, language) for name, number in {"read": counts.read, "written": len(told), **left}.items()}
    if counts.set_aside is not None:
        click.echo(say("replay.set_aside", language, file=counts.set_aside))
    click.echo(say("export.events", language, **shown))
    for line in settled_lines(counts.settled, {}, language):
        click.echo(line)
    click.echo(say("written", language, path=output))
    if not log.receipts:
        # No event can say it: without it every receipt that the log never could know of would be missing.
        beside = write_text(output.with_name(f"{output.name}.toml"), "receipts = false\n")
        click.echo(say("export.receipts", language, path=beside))
    return 0 if counts.used else 1
