"""The headline: how many, how many without a break, what broke, what it took in days and money, and which way it goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pathway.model.rules import BreakKind
from pathway.reports.charts import ControlChart, single_chart
from pathway.reports.costs import CostFigures, CostSum, sums_of
from pathway.reports.data import DAY, QUARTER, Data, Owed
from pathway.reports.measures import Dates, Share, Trend, share_of, worth_of
from pathway.reports.part import Part, Text, in_each
from pathway.reports.rules import RuleFigures, has_limit
from pathway.reports.trends import chart_by_due, months_between, trend_by_due

_KINDS: tuple[BreakKind, ...] = ("waiting", "information", "resource")


class KindFigures(Part):
    """The breaks of one kind."""

    kind: BreakKind
    breaks: int
    open: int
    patients: int
    subtypes: dict[str, int]


class PathwayFigures(Part):
    """The pathway, or one that it starts."""

    pathway: str
    titles: Text
    patients: int
    episodes: int
    ended: int
    unbroken: Share
    breaks: int
    days_lost: float
    days_open: float
    """Those of them in what is still waited for."""


class PartyDays(Part):
    """Days lost, by who answers for the breaks."""

    party: str | None
    days: float
    breaks: int


class DaysTrend(Part):
    """Days lost in the latest period against the one before, per 100 days that a patient was in the pathway. None while the log is
    young: in its first quarter little has had the time to be late."""

    before_period: Dates
    period: Dates
    before: float | None
    now: float | None
    days_before: float
    days_now: float


class Headline(Part):
    """Of the pathway itself; those that it starts stand under `pathways`."""

    patients: int
    """Patients with an episode of the pathway."""
    episodes: int
    ended: int
    first: date | None
    """The day on which the first episode began."""
    last: date | None
    """The day of `as_of`; null where the log is empty and no day was given."""
    unbroken: Share
    """Episodes without a break, of all."""
    broken_patients: int
    breaks: int
    open: int
    kinds: tuple[KindFigures, ...]
    days_lost: float
    """The days from the due time until what was late in time came, or until `as_of` while the episode lasts."""
    days_open: float
    """Those of them in what is still waited for: they grow until it comes or the episode ends, and where patients are lost from sight
    they say little."""
    days_lost_by: tuple[PartyDays, ...]
    costs: tuple[CostSum, ...]
    trend: Trend | None
    """Of all that fell due and can give a break: done in time."""
    chart: ControlChart | None
    """The same month by month."""
    days_trend: DaysTrend | None
    days_chart: ControlChart | None
    """Days lost in each whole month after the first quarter of the log, per 100 days that a patient was in the pathway."""
    understood: Share
    """Rows of the log that were used, of all that were read."""
    pathways: tuple[PathwayFigures, ...]
    """The pathway first, then those that it starts."""


def headline_of(
    data: Data, pathway: str, rules: Sequence[RuleFigures], costs: Sequence[CostFigures], understood: Share
) -> Headline:
    """The figures that come first."""
    courses = [course for course in data.courses if course.pathway == pathway]
    broken = [row for row in data.broken if row.pathway == pathway]
    by_party: dict[str | None, list[float]] = defaultdict(list)
    for row in broken:
        lost = data.lost_days([row])
        if lost:
            by_party[row.party].append(lost)
    judged = [row for rule in rules if rule.pathway == pathway for row in _breakable(data, rule)]
    worth = worth_of((row.patient, row.outcome == "met") for row in judged)
    days = _days(data, pathway)
    pathways = tuple(_pathway(data, name) for name in data.pathways)
    return Headline(
        patients=pathways[0].patients,
        episodes=pathways[0].episodes,
        ended=pathways[0].ended,
        first=min((data.calendar.day(course.entered_at) for course in courses), default=None),
        last=None if data.summary["as_of"] is None else data.calendar.day(data.as_of),
        unbroken=pathways[0].unbroken,
        broken_patients=len({row.patient for row in broken}),
        breaks=len(broken),
        open=sum(row.open for row in broken),
        kinds=tuple(
            KindFigures(
                kind=kind,
                breaks=sum(row.kind == kind for row in broken),
                open=sum(row.open for row in broken if row.kind == kind),
                patients=len({row.patient for row in broken if row.kind == kind}),
                subtypes=dict(Counter(row.subtype for row in broken if row.kind == kind).most_common()),
            )
            for kind in _KINDS
        ),
        days_lost=pathways[0].days_lost,
        days_open=pathways[0].days_open,
        days_lost_by=tuple(
            PartyDays(party=party, days=sum(those), breaks=len(those))
            for party, those in sorted(by_party.items(), key=lambda item: (-sum(item[1]), item[0] or ""))
        ),
        costs=sums_of(costs, pathway),
        trend=trend_by_due(data, judged, worth),
        chart=chart_by_due(data, judged, worth),
        days_trend=_days_trend(data, days),
        days_chart=_days_chart(data, days),
        understood=understood,
        pathways=pathways,
    )


def _pathway(data: Data, name: str) -> PathwayFigures:
    courses = [course for course in data.courses if course.pathway == name]
    broken = [row for row in data.broken if row.pathway == name]
    keys = {row.key for row in broken}
    unbroken = [(course.patient, course.key not in keys) for course in courses]
    return PathwayFigures(
        pathway=name,
        titles=in_each(data.pathways[name].title),
        patients=len({course.patient for course in courses}),
        episodes=len(courses),
        ended=sum(course.ended_at is not None for course in courses),
        unbroken=share_of(sum(good for _, good in unbroken), len(unbroken), worth_of(unbroken)),
        breaks=len(broken),
        days_lost=data.lost_days(broken),
        days_open=data.lost_days(row for row in broken if row.open),
    )


def _breakable(data: Data, rule: RuleFigures) -> Iterable[Owed]:
    for part in rule.parts:
        if part.gives_breaks and has_limit(rule.rule, part.part):
            yield from data.judged((rule.pathway, rule.name, part.part))


class _Days(Part):
    """Spans of instants: lost by breaks, and spent in the pathway."""

    lost: tuple[tuple[int, int], ...]
    spent: tuple[tuple[int, int], ...]

    def between(self, start: int, end: int) -> tuple[float, float]:
        """Days lost and days spent after an instant and up to another."""
        lost, spent = (sum(max(0, min(b, end) - max(a, start)) for a, b in spans) / DAY for spans in (self.lost, self.spent))
        return lost, spent


def _days(data: Data, pathway: str) -> _Days:
    lost = (data.waited(row) for row in data.broken if row.pathway == pathway)
    spent = (
        (course.entered_at, data.as_of if course.ended_at is None else course.ended_at)
        for course in data.courses
        if course.pathway == pathway
    )
    return _Days(lost=tuple(span for span in lost if span is not None), spent=tuple(spent))


def _days_trend(data: Data, days: _Days) -> DaysTrend | None:
    periods = data.periods
    if periods is None or not days.spent or periods.before < _grown(data, days):
        return None
    (before, spent_before), (now, spent_now) = (
        days.between(periods.before, periods.middle),
        days.between(periods.middle, periods.now),
    )
    return DaysTrend(
        before_period=periods.dates[0],
        period=periods.dates[1],
        before=100 * before / spent_before if spent_before else None,
        now=100 * now / spent_now if spent_now else None,
        days_before=before,
        days_now=now,
    )


def _grown(data: Data, days: _Days) -> int:
    """When the log is a quarter old."""
    return data.calendar.end(data.calendar.day(min(start for start, _ in days.spent)) + timedelta(days=QUARTER))


def _days_chart(data: Data, days: _Days) -> ControlChart | None:
    """Whole months only: the last one has not ended."""
    if not days.spent or data.as_of < _grown(data, days):
        return None
    calendar = data.calendar
    months = months_between(data.month(_grown(data, days)), data.month(data.as_of))
    starts = [calendar.start(date.fromisoformat(f"{month}-01")) - 1 for month in months]
    found = []
    for month, start, end in zip(months[1:-1], starts[1:-1], starts[2:], strict=True):
        lost, spent = days.between(start, end)
        if spent:
            found.append((month, 100 * lost / spent, round(spent)))
    return single_chart(found) if len(found) > 1 else None
