"""The rows of the report's tables: headline, what to do first, rules, limits, months and hand-overs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pathway.reports.measures import Share
from pathway.reports.rules import answering

from .cells import SHARE, Cell, Columns, Form, Formed, Part, Row, Words, share_and_counts, share_cells, trend_cell

_LINE: Columns = (("what", "text"), *SHARE)


def _line(said: str, number: Cell, share: Share | None = None) -> Row:
    return [said, number, None, None, None, None] if share is None else [said, *share_cells(share)]


def headline(words: Words) -> Part:
    return _LINE, _headline_rows(words)


def _headline_rows(words: Words) -> Iterator[Row]:
    found, say = words.figures.headline, words.say
    yield _line(say("line", "patients"), found.patients)
    yield _line(say("line", "episodes"), found.episodes)
    yield _line(say("line", "ended"), found.ended)
    yield _line(say("line", "first"), Formed(found.first, "date"))
    yield _line(say("line", "as_of"), Formed(words.clock(words.figures.provenance.as_of), "moment"))
    yield _line(say("line", "unbroken"), None, found.unbroken)
    yield _line(say("line", "broken_patients"), found.broken_patients)
    yield _line(say("line", "breaks"), found.breaks)
    for kind in found.kinds:
        yield _line(say("line", "breaks_of", kind=say("kind", kind.kind).lower()), kind.breaks)
    yield _line(say("line", "open"), found.open)
    yield _line(say("line", "days_lost"), Formed(found.days_lost, "number"))
    yield _line(say("line", "days_open"), Formed(found.days_open, "number"))
    for cost in found.costs:
        yield _line(say("line", "cost_days"), cost.days)
        yield _line(say("line", "unpriced"), cost.unpriced)
        yield _line(say("line", "cost", currency=cost.currency), cost.amount)
    if found.trend is not None:
        for period, share in ((found.trend.before_period, found.trend.before), (found.trend.period, found.trend.now)):
            yield _line(say("line", "trend", start=words.day(period.start), end=words.day(period.end)), None, share)
    if found.days_trend is not None:
        days = found.days_trend
        for period, rate in ((days.before_period, days.before), (days.period, days.now)):
            said = say("line", "days_trend", start=words.day(period.start), end=words.day(period.end))
            yield _line(said, Formed(rate, "number"))
    yield _line(say("line", "understood"), None, found.understood)
    yield _line(say("line", "ignored"), words.figures.quality.ignored)
    for each in found.pathways[1:]:
        yield _line(f"{each.titles[words.language]}: {say('line', 'episodes').lower()}", each.episodes)
        yield _line(f"{each.titles[words.language]}: {say('line', 'unbroken').lower()}", None, each.unbroken)
        yield _line(f"{each.titles[words.language]}: {say('line', 'days_lost').lower()}", Formed(each.days_lost, "number"))


def tasks(words: Words) -> Part:
    columns: Columns = (
        ("place", "count"), ("rule", "text"), ("part", "text"), ("pathway", "text"), ("from", "text"), ("to", "text"),
        ("party", "text"), ("had", "text"), ("patients_broken", "count"), ("of", "count"), ("severity", "text"), ("weight", "number"),
        ("breaks", "count"), ("open", "count"), ("days_lost", "number"), ("losing", "count"), ("days_open", "number"),
        ("trend", "text"),
    )  # fmt: skip
    return columns, (
        [
            task.place,
            words.rule(task.pathway, task.rule),
            words.say("part", task.part),
            words.pathway(task.pathway),
            words.party(task.from_party) if words.sends(task) else None,
            words.party(task.to_party) if words.sends(task) else None,
            words.party(task.party),
            None if words.sends(task) else words.party(task.from_party),
            task.patients.part,
            task.patients.whole,
            words.say("severity", task.severity),
            task.weight,
            task.breaks,
            task.open,
            task.days_lost,
            task.losing,
            task.days_open,
            trend_cell(words, task.trend),
        ]
        for task in words.figures.tasks
    )


def rules(words: Words) -> Part:
    outcomes = ("met", "late", "missing", "excused", "waiting", "lapsed", "cancelled", "undetermined", "not_judged")
    columns: Columns = (
        ("pathway", "text"), ("rule", "text"), ("rule_id", "text"), ("part", "text"), ("column", "text"), ("kind", "text"),
        ("limit", "text"), ("party", "text"), ("patients", "count"), ("owed", "count"), ("ahead", "count"), ("judged", "count"),
        ("in_time", "share"), ("low", "share"), ("high", "share"), *((f"outcome.{name}", "count") for name in outcomes),
        ("breaks", "count"), ("patients_broken", "count"), ("open", "count"), ("days_lost", "number"), ("days_open", "number"),
        ("lower", "number"),
        ("median", "number"), ("upper", "number"), ("delay", "number"), ("target", "share"), ("target_met", "text"),
        ("trend", "text"), ("chart", "text"),
    )  # fmt: skip
    return columns, _rule_rows(words, outcomes)


def _rule_rows(words: Words, outcomes: Sequence[str]) -> Iterator[Row]:
    for rule in words.figures.rules:
        for part in rule.parts:
            share, times, target = part.in_time, part.times, part.target
            yield [
                words.pathway(rule.pathway),
                rule.titles[words.language],
                rule.name,
                words.say("part", part.part),
                words.say("column", rule.column if part.part == "main" or not part.gives_breaks else "rule"),
                words.say("kind", rule.break_kind),
                part.limit[words.language],
                ", ".join(words.party(name) for name in answering(rule, part)),
                part.patients,
                part.owed,
                part.ahead,
                part.judged,
                None if share is None else share.value,
                None if share is None else share.low,
                None if share is None else share.high,
                *(part.outcomes[name] for name in outcomes),
                part.broken,
                part.broken_patients,
                part.open,
                part.days_lost,
                part.days_open,
                _hours(times.lower_s if times else None),
                _hours(times.median_s if times else None),
                _hours(times.upper_s if times else None),
                _hours(part.delays.median if part.delays else None),
                None if target is None else target.percent / 100,
                None if target is None else words.say("target", target.verdict),
                trend_cell(words, part.trend),
                None if part.chart is None else words.say("chart", part.chart.verdict),
            ]


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600


def limits(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("rule", "text"), ("rule_id", "text"), ("adaptation", "text"), ("version", "text"), ("limit", "text"),
        ("valid_from", "date"), ("valid_to", "date"), ("change", "text"), ("because", "text"), ("source", "text"), ("where", "text"),
        ("standing", "text"), ("force", "text"), ("proposed", "text"), ("following", "count"),
    )  # fmt: skip
    return columns, _limit_rows(words)


def _limit_rows(words: Words) -> Iterator[Row]:
    for rule in words.figures.rules:
        for limit in rule.limits:
            source = limit.source
            yield [
                words.pathway(rule.pathway),
                rule.titles[words.language],
                rule.name,
                limit.adaptation or words.say("group", "national"),
                limit.version,
                limit.limit[words.language],
                limit.valid_from,
                limit.valid_to,
                None if limit.change is None else words.say("change", limit.change),
                limit.because,
                None if source is None else source.title,
                None if source is None else source.place,
                None if source is None else words.say("standing", source.standing, d=words.day(source.checked)),
                None if limit.force is None else words.say("force", limit.force),
                words.say("group", "yes") if limit.proposed else None,
                limit.episodes,
            ]


def months(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("rule", "text"), ("part", "text"), ("month", "text"), ("judged", "count"), ("in_time", "share"),
        ("centre", "share"), ("limit_low", "share"), ("limit_high", "share"), ("signals", "text"),
    )  # fmt: skip
    return columns, (
        [
            words.pathway(rule.pathway),
            rule.titles[words.language],
            words.say("part", part.part),
            point.period,
            point.n,
            point.value,
            part.chart.centre,
            point.low,
            point.high,
            ", ".join(words.say("signal", name) for name in point.signals),
        ]
        for rule in words.figures.rules
        for part in rule.parts
        if part.chart is not None
        for point in part.chart.points
    )


def handovers(words: Words) -> Part:
    five = ("sent", "on_time", "complete", "received", "answered")
    columns: list[tuple[str, Form]] = [
        ("pathway", "text"),
        ("from", "text"),
        ("to", "text"),
        ("patients", "count"),
        ("owed", "count"),
    ]
    for name in five:
        columns += [(name, "share"), (f"{name}+number", "count"), (f"{name}+of", "count")]
    columns += [("answers", "text"), ("messages", "text")]
    return columns, _handover_rows(words, five)


def _handover_rows(words: Words, five: Sequence[str]) -> Iterator[Row]:
    for cell in words.figures.handovers:
        row: list[Cell] = [
            words.pathway(cell.pathway),
            words.party(cell.sender),
            words.party(cell.receiver),
            cell.patients,
            cell.owed,
        ]
        for name in five:
            share: Share | None = getattr(cell, name)
            row += share_and_counts(share)
        told = [f"{words.value(each.fact, each.answer)}: {'<5' if each.count is None else each.count}" for each in cell.answers]
        yield [*row, ", ".join(told), ", ".join(words.rule(cell.pathway, name) for name in cell.rules)]
