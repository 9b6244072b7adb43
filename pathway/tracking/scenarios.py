"""The scenarios of a pathway file, told by the engine and held against what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pathway.events.event import DEVIATION, Event, Instant
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES, Language, Span
from pathway.language.texts import texts_of
from pathway.language.words import vocabulary
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime, to_instant
from pathway.model.pathway import Check, Scenario, Status, Step
from pathway.tracking.indicators import total
from pathway.tracking.records import BreakRecord
from pathway.tracking.tell import Story, story_of, told_courses, visible
from pathway.tracking.timeline import Moment, held_up, in_order, timeline

_SHOWN = 4
"""Breaks that a message lists."""

_NEAR = 0.05
"""How near a number of an indicator has to be: authors round."""


@dataclass(frozen=True, slots=True)
class StatusResult:
    """One time of a scenario: the story then, what it does not say that it should, and what was seen of what that is about
    (nothing where there is no difference)."""

    span: Span | None
    as_of: Instant
    story: Story
    differences: tuple[Diagnostic, ...]
    seen: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario as the engine tells it, at each of its times."""

    title: str
    span: Span | None
    statuses: tuple[StatusResult, ...]

    @property
    def differences(self) -> tuple[Diagnostic, ...]:
        """Where it says something else than the engine; none: it holds."""
        return tuple(difference for status in self.statuses for difference in status.differences)

    @property
    def stories(self) -> tuple[Story, ...]:
        return tuple(status.story for status in self.statuses)

    @property
    def holds(self) -> bool:
        return not self.differences


def run_scenarios(compiled: Compiled) -> list[ScenarioResult]:
    """Run the pathway's scenarios, in the order written."""
    return [run(compiled, scenario) for scenario in compiled.pathway.scenarios]


def run(compiled: Compiled, scenario: Scenario) -> ScenarioResult:
    """Run one scenario."""
    events = events_of(scenario)
    statuses: list[StatusResult] = []
    for status in scenario.statuses:
        as_of = to_instant(status.at)
        known_at = None if status.known_at is None else to_instant(status.known_at)
        known = [event for event in events if visible(event, known_at)]
        courses = told_courses(compiled, known, as_of=as_of, receipts=True)
        story = story_of(courses, as_of)
        found = list(_differences(compiled, status, story))
        seen: tuple[Moment, ...] = ()
        if found:
            waits = [moment for course in courses for moment in held_up(course, known)]
            seen = in_order((*timeline(story, known, as_of, _spoken_of(found, story)), *waits))
        statuses.append(StatusResult(status.span, as_of, story, tuple(wrong for _, wrong in found), seen))
    return ScenarioResult(scenario.title, scenario.span, tuple(statuses))


def events_of(scenario: Scenario) -> list[Event]:
    """The scenario's lines as events. The facts of `patient` are known from the first of them; what has no `recorded` was
    recorded when it occurred."""
    events: list[Event] = []
    for number, step in enumerate(scenario.steps):
        event = _event(number, step)
        if number == 0:
            event = _with_facts(event, scenario.facts)
        events.append(event)
    return events


def _event(number: int, step: Step) -> Event:
    occurred = to_instant(step.at)
    return Event(
        id=f"step {number + 1:04}",
        patient="scenario",
        name=DEVIATION if step.event is None else step.event.name,
        occurred=occurred,
        phase=None if step.event is None else step.event.phase,
        date_only=step.date_only,
        recorded=occurred if step.recorded is None else to_instant(step.recorded),
        party=step.party,
        sender=step.sender,
        receiver=step.receiver,
        elements=step.elements,
        amount=step.amount,
        facts=step.facts,
        deviation=step.deviation,
        because=step.because,
        deviation_until=None if step.until is None else to_instant(step.until),
    )


def _with_facts(event: Event, facts: Mapping[str, Any]) -> Event:
    return replace(event, facts={**facts, **event.facts})


def _differences(compiled: Compiled, status: Status, story: Story) -> Iterator[tuple[Check, Diagnostic]]:
    named: set[str] = set()
    for check in status.checks:
        if check.kind == "no_other_break":
            continue
        wrong = _check(compiled, check, story, named)
        if wrong is not None:
            yield check, wrong
    for check in status.checks:
        if check.kind == "no_other_break":
            others = [record for record in story.breaks if record.break_id not in named]
            if others:
                yield check, Diagnostic("PW607", check.span, {"breaks": _list(others)})


def _spoken_of(differences: Iterable[tuple[Check, Diagnostic]], story: Story) -> set[str]:
    """The rules that differences are about: those that they name, or all that broke."""
    rules: set[str] = set()
    for check, _ in differences:
        if check.kind != "stage" and check.name is not None:
            rules.add(check.name)
        elif check.kind in ("no_break", "no_other_break"):
            rules.update(record.rule for record in story.breaks)
    return rules


def _check(compiled: Compiled, check: Check, story: Story, named: set[str]) -> Diagnostic | None:
    name = check.name or ""
    match check.kind:
        case "stage":
            if story.stage == check.name:
                return None
            return Diagnostic("PW601", check.span, {"stage": name, "seen": _stage_in_words(story)})
        case "break":
            fitting = [record for record in _of_rule(story, name) if _is(record, check)]
            named.update(record.break_id for record in fitting)
            if fitting:
                return None
            wanted = break_in_words(check.break_kind, check.subtype, name)
            return Diagnostic("PW602", check.span, {"break": wanted, "seen": _list(story.breaks)})
        case "no_break":
            found = list(story.breaks) if check.name is None else _of_rule(story, name)
            return Diagnostic("PW603", check.span, {"breaks": _list(found)}) if found else None
        case "deviation":
            excused = any(o.rule == name and o.outcome == "excused" for o in story.obligations)
            explained = any(record.explained is not None for record in _of_rule(story, name))
            return None if excused or explained else Diagnostic("PW604", check.span, {"rule": name})
        case "not_judged":
            judged = [o.outcome for o in story.obligations if o.rule == name and o.outcome != "not_judged"]
            some = any(o.rule == name and o.outcome == "not_judged" for o in story.obligations)
            return None if some else Diagnostic("PW605", check.span, {"rule": name, "seen": ", ".join(judged) or _none()})
        case "next_deadline":
            return _deadline(compiled, check, story)
        case "indicator":
            return _indicator(compiled, check, story)
        case "cost":
            spent = sum(record.amount for record in story.costs if record.currency == name)
            values = {"wanted": f"{check.value:g} {name}", "seen": f"{spent:g} {name}"}
            return None if spent == check.value else Diagnostic("PW691", check.span, values)
    return None


def _indicator(compiled: Compiled, check: Check, story: Story) -> Diagnostic | None:
    """What an indicator comes to for the one patient: a share in per cent, else how many, or days or hours."""
    indicator = compiled.pathway.indicators[check.name or ""]
    values = [record.value for record in story.indicators if record.indicator == indicator.name]
    known = [value for value in values if value is not None]
    counted = indicator.kind == "count" and not check.share
    seen = (sum(known) if known else None) if counted else total(indicator, values)
    if seen is not None and check.share:
        seen *= 100
    fits = seen is None if check.value is None else seen is not None and abs(seen - check.value) < _NEAR
    unit = " %" if check.share else ""
    unknown = {language: vocabulary(language).write("UNKNOWN") for language in LANGUAGES}
    told = {"name": indicator.name, "seen": unknown if seen is None else f"{seen:g}{unit}"}
    return None if fits else Diagnostic("PW690", check.span, told)


def _deadline(compiled: Compiled, check: Check, story: Story) -> Diagnostic | None:
    waiting = [o.due_at for o in story.obligations if o.rule == check.name and o.outcome == "waiting" and o.due_at]
    due = min(waiting, default=None)
    zone = compiled.calendar.zone
    seen = None if due is None else to_datetime(due).astimezone(zone)
    if seen is not None and check.due is not None:
        wanted = check.due.astimezone(zone)
        if seen.date() == wanted.date() if check.date_only else abs(seen - wanted) < timedelta(minutes=1):
            return None
    values = {"rule": check.name, "seen": _none() if seen is None else f"{seen:%Y-%m-%d %H:%M}"}
    return Diagnostic("PW606", check.span, values)


def _of_rule(story: Story, name: str) -> list[BreakRecord]:
    return [record for record in story.breaks if record.rule == name]


def _is(record: BreakRecord, check: Check) -> bool:
    return (check.break_kind is None or record.kind == check.break_kind) and (
        check.subtype is None or record.subtype == check.subtype
    )


def _stage_in_words(story: Story) -> dict[Language, str]:
    """The stage that the patient is in, or why there is none."""
    if story.stage is not None:
        return dict.fromkeys(LANGUAGES, f"`{story.stage}`")
    return dict(
        texts_of("descriptions")["stages"]["left" if story.episodes else "unknown" if story.entry_unknown else "before"]
    )


def _none() -> dict[Language, str]:
    return dict(texts_of("descriptions")["lists"]["none"])


def _list(records: Iterable[BreakRecord]) -> dict[Language, str]:
    """The breaks in the words of each language, as a scenario would name them: the first of many, and how many more."""
    named = [break_in_words(record.kind, record.subtype, record.rule) for record in records]
    words = texts_of("descriptions")["lists"]
    told: dict[Language, str] = {}
    for language in LANGUAGES:
        shown = ", ".join(each[language] for each in named[:_SHOWN])
        more = words["more"][language].format(count=len(named) - _SHOWN) if len(named) > _SHOWN else ""
        told[language] = f"{shown}{more}" or _none()[language]
    return told


def break_in_words(kind: str | None, subtype: str | None, rule: str) -> dict[Language, str]:
    """A break as a scenario of each language names it."""
    return {
        language: " ".join(
            (vocabulary(language).write("BREAKKIND", kind), vocabulary(language).write("SUBTYPE", subtype), rule)
        ).strip()
        for language in LANGUAGES
    }
