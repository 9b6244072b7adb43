"""What `replay`, `report` and `explain` share: a log followed, with progress on a terminal, and what it came to in words."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway.api.definition import Definition
from pathway.cli.command import option
from pathway.cli.numbers import count
from pathway.cli.words import say, texts
from pathway.language.source import Language
from pathway.machine.tables import Compiled
from pathway.model.calendar import Calendar
from pathway.model.phrases import rule_text
from pathway.renderers.columns import table
from pathway.tracking.tell import lineage

if TYPE_CHECKING:
    from pathway.api.replayed import Replayed
    from pathway.replay.source import Progress

_FILE = click.Path(path_type=Path)
_NAMES = 5
"""So many unknown names are shown; the rest stand in `summary.json`."""


def log_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that reads a log."""
    for one in (
        option("--known-at", metavar="word.time"),
        option("--as-of", metavar="word.time"),
        option("--map", "mapping", metavar="word.file", type=_FILE),
    ):
        function = one(function)
    return function


def follow(
    definition: Definition,
    events: Path,
    language: Language,
    *,
    mapping: Path | None,
    as_of: str | None,
    known_at: str | None,
    strict: bool = False,
) -> Replayed:
    """Replay a log."""
    with progress(language) as told:
        return definition.replay(events, mapping=mapping, as_of=as_of, known_at=known_at, strict=strict, progress=told)


@contextmanager
def progress(language: Language) -> Iterator[Callable[[int], None] | None]:
    """A count of events that grows in one line of a terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0

    def told(done: int) -> None:
        nonlocal shown
        if done - shown >= 1000:
            shown = done
            click.echo(f"\r{say('progress', language, count=count(done, language))}", err=True, nl=False)

    try:
        yield told
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def kernel_made_ready(language: Language) -> None:
    """Have the machine code that blocks are followed by; where it has to be made, say so. Until then nothing is written, and
    Ctrl-C ends the program at once: what compiles would not hear of it for a minute."""
    from pathway.replay.compiling import is_kept, make_ready

    if not is_kept():
        click.echo(say("progress.compiling", language), err=True)
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:  # not the main thread: nobody's keyboard
        make_ready()
        return
    try:
        make_ready()
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def block_progress(language: Language) -> Iterator[Callable[[Progress], None] | None]:
    """How far a log in blocks has come, how fast, and how long is left: while it is read, put in order, and followed."""
    if not sys.stderr.isatty():
        yield None
        return
    began = latest = time.monotonic()
    stage, skipped = "", 0

    def told(at: Progress) -> None:
        nonlocal began, latest, stage, skipped
        skipped = at.skipped or skipped
        now = "progress.blocks" if not at.reading else "progress.reading" if at.events is None else "progress.sorting"
        now = "progress.skipped" if at.skipped else now
        if now != stage:
            began, stage = latest, now
        latest = time.monotonic()
        rate = (at.done - skipped) / max(latest - began, 0.001)
        of = at.done if at.events is None else at.events
        left = timedelta(seconds=round(max(of - at.done, 0) / rate)) if rate else "…"
        values = {"count": count(at.done, language), "of": count(of, language), "rate": count(round(rate), language)}
        click.echo(f"\r\x1b[K{say(stage, language, **values, left=left)}", err=True, nl=False)

    try:
        yield told
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


def summary_text(summary: Mapping[str, Any], compiled: Compiled, language: Language) -> str:
    """A replay's summary in some lines: who, what was understood of the log, and the outcomes of each rule."""
    outcomes = _breaks(summary, compiled, language) if summary["events"]["used"] else []
    return "\n".join([log_text(summary, compiled, language), *outcomes])


def log_text(summary: Mapping[str, Any], compiled: Compiled, language: Language) -> str:
    """Who is in a log, and what was understood of it."""
    events = summary["events"]
    if not events["used"]:
        lines = [nobody_text(summary, language)]
    else:
        counts = {name: count(summary[name], language) for name in ("patients", "episodes")}
        counts |= {
            "own": count(sum(summary["moves"].get("", {}).values()), language),
            "title": compiled.pathway.title(language),
        }
        lines = [say("replay.patients", language, **counts, as_of=local(summary["as_of"], compiled.calendar))]
    lines.append(say("replay.events", language, read=count(events["read"], language), used=count(events["used"], language)))
    if events["set_aside_mapping"] is not None:
        lines.append(say("replay.set_aside", language, file=events["set_aside_mapping"]))
    if events["absent_columns"]:
        lines.append(say("replay.absent", language, names=absent_text(events["absent_columns"])))
    if events["unknown"]:
        lines.append(say("replay.unknown", language, names=_most(events["unknown"], language, events["nearest"])))
    if events["facts"]:
        lines.append(say("replay.facts", language, names=_misfits(events, language)))
    if events["unknown_parties"]:
        lines.append(say("replay.parties", language, names=_most(events["unknown_parties"], language, events["nearest"])))
    if events["unknown_elements"]:
        lines.append(say("replay.elements", language, names=_most(events["unknown_elements"], language, events["nearest"])))
    if events["unknown_deviations"]:
        names = _most(events["unknown_deviations"], language, events["nearest"])
        lines.append(say("replay.deviations", language, names=names))
    if events["mended"]:
        mended = {say(f"reason.{reason}", language): count for reason, count in events["mended"].items()}
        lines.append(say("replay.mended", language, names=_most(mended, language)))
    lines += settled_lines(events["settled"], events["settled_first"], language)
    for reason, rejected in events["rejected"].items():
        first = row_text(rejected["first"], language)
        told = say(f"reason.{reason}", language) if f"reason.{reason}" in texts() else reason
        lines.append(say("replay.rejected", language, reason=told, count=count(rejected["count"], language), first=first))
    if summary["entry_unknown"]:
        lines.append(say("replay.entry_unknown", language, count=summary["entry_unknown"]))
    if summary["adaptation_unknown"]:
        lines.append(say("replay.adaptation_unknown", language, count=summary["adaptation_unknown"]))
    if summary["out_of_force"]:
        lines.append(say("replay.out_of_force", language, count=summary["out_of_force"]))
    never = summary.get("never_seen", ())
    if never:
        lines.append(say("replay.never", language, count=len(never), names=_some(never)))
    return "\n".join(lines)


def status_of(summary: Mapping[str, Any]) -> int:
    """1 where not one row was there or could be used: that is not a log without breaks."""
    return 0 if summary["events"]["used"] else 1


def nobody_text(summary: Mapping[str, Any], language: Language) -> str:
    """Why there is nobody to follow."""
    return say("replay.empty" if summary["events"]["read"] else "replay.no_rows", language)


def settled_lines(found: Mapping[str, int], first: Mapping[str, str], language: Language) -> Iterator[str]:
    """What was found of rows that are about one event."""
    told = []
    for kind in (kind for kind in ("duplicate", "retraction", "reused", "moved") if found.get(kind)):
        where = row_text(first[kind], language) if kind in first else ""
        more = say("settled.first", language, row=where) if where else ""
        told.append(f"{say(f'reason.{kind}', language)} ({count(found[kind], language)}{more})")
    if told:
        yield say("replay.settled", language, names=", ".join(told))
    if found.get("reused"):
        yield say("replay.reused", language)


def row_text(told: str, language: Language) -> str:
    """`row 12` in the reader's language."""
    return told.replace("row", say("word.row", language))


def absent_text(absent: Mapping[str, Sequence[str]]) -> str:
    """Columns that a mapping names and a log does not have, each with what it is for."""
    return ", ".join(f"{' / '.join(columns)} ({name})" for name, columns in absent.items())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMES]) + (" …" if len(names) > _NAMES else "")


def _most(counts: Mapping[str, int], language: Language, nearest: Mapping[str, str] | None = None) -> str:
    """The names that came most often, each with the known name that may have been meant."""
    like = nearest or {}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = (
        say("replay.perhaps", language, name=name, count=count(often, language), near=like[name])
        if name in like
        else f"{name} ({count(often, language)})"
        for name, often in ranked[:_NAMES]
    )
    return ", ".join(told) + (" …" if len(ranked) > _NAMES else "")


def _misfits(events: Mapping[str, Any], language: Language) -> str:
    """The facts with values that are none of theirs, and where the first of each stands."""
    firsts = {name: found["first"].replace("row", say("word.row", language)) for name, found in events["misfits"].items()}
    ranked = sorted(events["facts"].items(), key=lambda item: (-item[1], item[0]))
    told = (say("replay.misfit", language, name=name, count=often, first=firsts[name]) for name, often in ranked[:_NAMES])
    return ", ".join(told) + (" …" if len(ranked) > _NAMES else "")


def _breaks(summary: Mapping[str, Any], compiled: Compiled, language: Language) -> list[str]:
    if not summary["breaks"]:
        return [say("replay.no_breaks", language)]
    kinds = ", ".join(f"{say('kind.' + kind, language)} {sum(of.values())}" for kind, of in sorted(summary["breaks"].items()))
    columns = ("met", "late", "missing", "excused", "undetermined", "not_judged", "waiting")
    heads = [say("replay.rule", language), *(say(f"outcome.{name}", language) for name in columns)]
    called = _called(compiled, language)
    rows = []
    for rule, found in summary["rules"].items():
        for part, outcomes in summary["parts"].get(rule, {"main": found}).items():
            if any(outcomes.values()):
                name = called.get(rule, rule) if part == "main" else f"    {say(f'part.{part}', language)}"
                rows.append([name, *(count(outcomes[each], language) for each in columns)])
    return [f"{say('replay.breaks', language)}: {kinds}.", "", *table([heads, *rows], right=range(1, len(heads)))]


def _called(compiled: Compiled, language: Language) -> dict[str, str]:
    """What each rule is about, behind its name where its author gave it one; its stage with it where that does not tell it from
    another."""
    found: dict[str, tuple[str, str, str]] = {}
    for each in lineage(compiled):
        for rule in each.pathway.rules():
            stage = each.pathway.stages.get(rule.stage or "")
            own = "" if rule.label is None and rule.handover is None else f"{rule.name}: "
            found.setdefault(rule.name, (own, rule_text(rule, each.pathway, language), stage.title(language) if stage else ""))
    often = Counter(text for own, text, _ in found.values() if not own)
    return {
        name: f"{own}{text}" if own or not stage or often[text] == 1 else f"{text} ({stage})"
        for name, (own, text, stage) in found.items()
    }


def local(moment: str, calendar: Calendar) -> str:
    """An instant as people at the place would write it."""
    return f"{datetime.fromisoformat(moment).astimezone(calendar.zone):%Y-%m-%d %H:%M}"
