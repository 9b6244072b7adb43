"""`pathway profile`: what a log is like, before anything is replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway.cli.command import Command, argument, option, speaking
from pathway.cli.files import opened
from pathway.cli.numbers import count, share
from pathway.cli.replaying import absent_text, row_text, settled_lines
from pathway.cli.words import say, texts
from pathway.language.source import Language
from pathway.model.phrases import event_text
from pathway.renderers.columns import table

if TYPE_CHECKING:
    from pathway.events.log import Counts
    from pathway.events.profile import Profile

_MOST = 12
"""So many unknown codes, gaps and the like are shown; the rest are counted, and stand in what `--json` gives."""


@click.command("profile", cls=Command)
@argument("log", type=click.Path(path_type=Path))
@option("--for", "for_pathway", metavar="word.pathway")
@option("--map", "mapping", metavar="word.file", type=click.Path(path_type=Path))
@option("--json", "as_object", is_flag=True)
@speaking
def command(language: Language, log: Path, for_pathway: str | None, mapping: Path | None, as_object: bool) -> int:
    from pathway.api.replayed import mapping_beside
    from pathway.events.profile import profile
    from pathway.tracking.unseen import never_seen

    if mapping is not None and for_pathway is None:
        raise click.UsageError(say("wrong.for_missing", language))
    definition = None if for_pathway is None else opened(for_pathway)
    model = None if definition is None else definition.model
    usual = None if definition is None else mapping_beside(definition)
    found = profile(log, model, mapping, usual=usual)
    never = [] if definition is None or definition.model.kind == "library" else never_seen(definition.compiled, found.told)
    if as_object:
        click.echo(json.dumps({**found.as_dict(), "never_seen": never}, ensure_ascii=False, indent=1))
    else:
        title = None if model is None else model.title(language)
        shown = [] if model is None else [f"{event_text(key, model, language)} ({key})" for key in never]
        click.echo("\n".join(_page(found, title, shown, language)))
    return 0


def _page(found: Profile, title: str | None, never: list[str], language: Language) -> Iterator[str]:
    yield click.style(found.file, bold=True)
    yield ""
    yield from table(_facts(found, language), gap=3)
    for name, number in found.national.items():
        yield ""
        yield click.style(say("profile.national", language, column=name, count=count(number, language)), "red", bold=True)
    if found.account is not None and title is not None:
        yield ""
        yield click.style(say("profile.use", language, title=title), bold=True)
        if found.drafted:
            yield say("profile.drafted", language)
        yield from _account(found.account, language)
        yield from _ends(found, language)
        if never:
            yield ""
            yield say("profile.never", language, count=len(never))
            yield from (f"  {name}" for name in never[:_MOST])
            if len(never) > _MOST:
                yield "  " + say("profile.more", language, count=len(never) - _MOST)
    elif title is not None:
        yield ""
        yield say("profile.unfound", language)
    yield ""
    yield click.style(say("profile.columns", language), bold=True)
    yield from _columns(found, language)


def _facts(found: Profile, language: Language) -> Iterator[list[str]]:
    """What is told of the log as a whole, each with its name."""

    def line(name: str, text: str) -> list[str]:
        return [say(f"word.profile_{name}", language), text]

    def of_timed(number: int) -> str:
        return f"{count(number, language)} ({share(number, found.timed, language)})"

    yield line("rows", count(found.rows, language))
    if found.roles.patient is None or not found.timed:
        yield line("patients", say("profile.unknown_columns", language))
    else:
        each = f"{found.per_patient:.1f}".replace(".", "." if language == "en" else ",")
        yield line("patients", say("profile.patients", language, count=count(found.patients, language), each=each))
        yield line("span", say("profile.span", language, first=found.first, last=found.last, months=len(found.months)))
        yield line("gaps", _some(found.gaps, language) or say("profile.none", language))
        yield line("ties", of_timed(found.ties))
        fine = [name for name in ("second", "minute", "day") if found.precision[name]]
        yield line("precision", ", ".join(f"{say(f'word.to_the_{n}', language)} {of_timed(found.precision[n])}" for n in fine))
        yield line("midnight", of_timed(found.midnight))
        order = "profile.in_order" if found.in_order else "profile.in_order_each" if not found.backwards else None
        backwards = say("profile.backwards", language, count=of_timed(found.backwards))
        yield line("order", backwards if order is None else say(order, language))
    yield line("duplicates", count(found.duplicates, language))
    if found.impossible:
        yield line("impossible", _reasons(found.impossible, language))
    if found.broken:
        yield line("broken", _reasons(found.broken, language))
    if found.mended:
        yield line("mended", _reasons(found.mended, language))


def _account(counts: Counts, language: Language) -> Iterator[str]:
    rejected = sum(number for number, _ in counts.rejected.values())
    unknown = counts.unknown.total()
    numbers = {"read": counts.read, "used": counts.used, "unknown": unknown, "ignored": counts.ignored, "rejected": rejected}
    yield say("profile.account", language, **{name: count(number, language) for name, number in numbers.items()})
    for reason, (number, first) in counts.rejected.items():
        row = row_text(first, language)
        yield "  " + say(
            "replay.rejected", language, reason=_reason(reason, language), count=count(number, language), first=row
        )
    for name, unfit in (
        ("profile.codes", counts.unknown),
        ("profile.parties", counts.parties),
        ("profile.elements", counts.elements),
        ("profile.deviations", counts.deviations),
    ):
        if unfit:
            yield ""
            yield say(name, language, count=len(unfit))
            rows = [
                ["  " + code, count(number, language), _perhaps(counts.nearest.get(code), language)]
                for code, number in unfit.most_common(_MOST)
            ]
            yield from table(rows, right={1})
            if len(unfit) > _MOST:
                yield "  " + say("profile.more", language, count=len(unfit) - _MOST)
    if counts.facts:
        yield ""
        yield say(
            "replay.facts", language, names=", ".join(f"{name} ({number})" for name, number in counts.facts.most_common())
        )
    if counts.absent:
        yield say("replay.absent", language, names=absent_text(counts.absent))
    account = counts.as_dict()
    yield from settled_lines(account["settled"], account["settled_first"], language)
    if counts.mended:
        yield say("replay.mended", language, names=_reasons(counts.mended, language))


def _ends(found: Profile, language: Language) -> Iterator[str]:
    if found.without_end is not None and found.followed:
        told = {"count": count(found.without_end, language), "all": count(found.followed, language)}
        yield say("profile.without_end", language, **told, share=share(found.without_end, found.followed, language))


def _columns(found: Profile, language: Language) -> Iterator[str]:
    roles: dict[str | None, str] = {
        found.roles.patient: "patient",
        found.roles.event: "event",
        found.roles.occurred: "occurred",
    }
    roles.update((column, field) for field, column in found.roles.told.items())
    roles.update(dict.fromkeys(found.roles.wide, "occurred"))
    heads = [say(f"word.column_{name}", language) for name in ("name", "looks", "filled", "different", "values")]
    rows = [["  " + heads[0], *heads[1:]]]
    for each, told in zip(found.columns, found.as_dict()["columns"], strict=True):
        looks = say(f"word.looks_{each.kind}", language)
        if each.name in roles:
            looks += " = " + say(f"word.is_{roles[each.name]}", language) if f"word.is_{roles[each.name]}" in texts() else ""
        values = ", ".join(value for value, _ in each.commonest)
        if each.lowest is not None:
            values = f"{each.lowest} – {each.highest}"
        if each.forms:
            values += f"  {each.forms[0]}"
        if each.name == found.roles.patient:
            values = ""
        rows.append(
            ["  " + told["name"], looks, share(each.filled, each.rows, language), count(each.distinct, language), values]
        )
    yield from table(rows, right={2, 3})


def _some(names: list[str], language: Language) -> str:
    more = f", {say('profile.more', language, count=len(names) - _MOST)}" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _reasons(counts: Mapping[str, int], language: Language) -> str:
    return ", ".join(f"{_reason(reason, language)} ({count(number, language)})" for reason, number in counts.items())


def _reason(reason: str, language: Language) -> str:
    return say(f"reason.{reason}", language) if f"reason.{reason}" in texts() else reason


def _perhaps(near: str | None, language: Language) -> str:
    return "" if near is None else say("profile.perhaps", language, near=near)
