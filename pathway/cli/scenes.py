"""Scenarios that were run, as people and programs read them: what differs, what was seen, what is touched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import click

from pathway.api.definition import Definition
from pathway.cli.shown import as_rows, as_text
from pathway.cli.words import say
from pathway.events.event import Instant
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Language, Span
from pathway.language.words import vocabulary
from pathway.model.calendar import Calendar
from pathway.tracking.coverage import Coverage
from pathway.tracking.scenario_text import event_name
from pathway.tracking.scenarios import ScenarioResult, break_in_words
from pathway.tracking.timeline import Moment


def scenario_text(result: ScenarioResult, definition: Definition, language: Language, spoken: Language) -> str:
    """Whether a scenario holds; where it does not, each difference in its place and beneath it what was seen."""
    word = say("test.holds" if result.holds else "test.differs", language)
    mark = click.style("✓ " + word, "green") if result.holds else click.style("✗ " + word, "red", bold=True)
    lines = [f"{mark}  {result.title}"]
    for status in result.statuses:
        sources = {definition.source.name: definition.source}
        lines += [as_text(difference, spoken, sources) for difference in status.differences]
        if status.seen:
            calendar = definition.compiled.calendar
            lines.append("  " + say("timeline.title", spoken, as_of=_when(status.as_of, calendar)))
            before = ""
            for moment in status.seen:
                when = _when(moment.at, calendar, moment.date_only)
                lines.append(f"    {when if when != before else '':16}  {moment_text(moment, definition, spoken)}")
                before = when
    return "\n".join(lines)


def moment_text(moment: Moment, definition: Definition, language: Language) -> str:
    """One thing that happened, in words."""
    calendar = definition.compiled.calendar
    name, broken = moment.name, moment.break_
    if moment.part != "main":
        name = f"{name} ({say(f'part.{moment.part}', language)})"
    match moment.happened:
        case "event":
            return event_name(name, definition.model, language)
        case "deviation":
            return say("timeline.deviation", language, rule=name)
        case "came_in":
            return say("timeline.came_in", language, stage=name)
        case "moved":
            return say("timeline.moved", language, stage=name, before=moment.before)
        case "left":
            return say("timeline.left", language, stage=name)
        case "kept_out":
            facts = ", ".join(f"`{fact}`" for fact in moment.lacking)
            return say("timeline.kept_out", language, stage=name, facts=facts)
        case "held_up":
            facts = ", ".join(f"`{fact}`" for fact in moment.lacking) or say("timeline.something", language)
            otherwise = vocabulary(language).write("OTHERWISE")
            return say("timeline.held_up", language, stage=name, facts=facts, otherwise=otherwise)
        case "owed" if moment.due is not None:
            return say("timeline.owed", language, rule=name, due=_when(moment.due, calendar))
        case "owed":
            return say("timeline.owed_open", language, rule=name)
        case "broken" if broken is not None:
            told = break_in_words(broken.kind, broken.subtype, name)[language]
            return click.style(say("timeline.broken", language, told=told), "red")
        case "closed":
            return say("timeline.closed", language, rule=name)
        case outcome:
            return f"{say(f'outcome.{outcome}', language)}: {name}"


def coverage_text(found: Coverage, definition: Definition, language: Language) -> str:
    """How much the scenarios touch, and each part that none does."""
    untouched = found.untouched
    counts = {"percent": int(found.percent), "touched": len(found.parts) - len(untouched), "all": len(found.parts)}
    if not untouched:
        return say("coverage.whole", language, **counts)
    rows = [(_place(part.place, definition), say(f"part.{part.part}", language), part.name) for part in untouched]
    places, parts = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"  {place:>{places}}  {part:{parts}}  {name}" for place, part, name in rows]
    return "\n".join([say("coverage.found", language, **counts), *lines])


def as_object(
    definition: Definition,
    language: Language,
    problems: Iterable[Diagnostic] = (),
    *,
    results: Iterable[ScenarioResult] = (),
    coverage: Coverage | None = None,
) -> dict[str, Any]:
    """A file that was tested, for JSON. Times are those of the place; `coverage` is null where it was not asked for."""
    touched = None
    if coverage is not None:
        parts = [
            {
                "part": p.part,
                "name": p.name,
                "touched": p.touched,
                "file": p.place and p.place.file,
                "line": p.place and p.place.line,
            }
            for p in coverage.parts
        ]
        touched = {"percent": round(coverage.percent, 2), "parts": parts}
    return {
        "file": definition.source.name,
        "name": definition.name,
        "errors": as_rows(problems, language),
        "scenarios": [_row(result, definition, language) for result in results],
        "coverage": touched,
    }


def _row(result: ScenarioResult, definition: Definition, language: Language) -> dict[str, Any]:
    calendar = definition.compiled.calendar
    return {
        "title": result.title,
        "line": result.span.line if result.span else None,
        "holds": result.holds,
        "statuses": [
            {
                "line": status.span.line if status.span else None,
                "as_of": _when(status.as_of, calendar),
                "differences": as_rows(status.differences, language),
                "seen": [
                    {
                        "at": _when(moment.at, calendar, moment.date_only),
                        "happened": moment.happened,
                        "name": moment.name,
                        "line": moment.place.line if moment.place else None,
                        "text": click.unstyle(moment_text(moment, definition, language)),
                    }
                    for moment in status.seen
                ],
            }
            for status in result.statuses
        ],
    }


def _when(instant: Instant, calendar: Calendar, date_only: bool = False) -> str:
    """A time at the place; a bare date for what has no other, and for the end of a day."""
    local = calendar.local(instant)
    whole = date_only or instant == calendar.end(local.date())
    return f"{local:%Y-%m-%d}" if whole else f"{local:%Y-%m-%d %H:%M}"


def _place(place: Span | None, definition: Definition) -> str:
    if place is None:
        return ""
    return f"{place.line}" if place.file == definition.source.name else f"{PurePath(place.file).name}:{place.line}"
