"""The indicators of the file, the patients' own goals, and who held the patients how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal, NamedTuple

from pathway.model.measures import Indicator
from pathway.reports.data import DAY, Data, rows
from pathway.reports.limits import SourceFigures, source_of
from pathway.reports.measures import SMALL, Share, Waiting, share_of, worth_of
from pathway.reports.part import Part, Text, in_each, words
from pathway.reports.rules import RuleFigures, TargetFigures, aimed
from pathway.reports.suppression import hidden
from pathway.tracking.indicators import total


class IndicatorGroup(Part):
    """An indicator in one group. Numbers are null where they are hidden; a null group is one that is not known."""

    group: str | None
    counted: int | None
    value: float | None
    share: Share | None
    hidden: bool


class IndicatorSplit(Part):
    """An indicator by one of its `group by`."""

    dimension: str
    groups: tuple[IndicatorGroup, ...]


class IndicatorFigures(Part):
    """A share, a sum or a median, as the file defines it."""

    pathway: str
    name: str
    titles: Text
    kind: Literal["count", "sum", "median"]
    unit: Literal["share", "day", "hour"]
    per: Text
    """What counts once: the event of the denominator, the episode, or the patient."""
    counted: int
    """The denominator: those that could be observed in full."""
    not_yet: int
    """Left out, because they cannot be observed in full yet."""
    patients: int
    value: float | None
    """A share from 0 to 1, days or hours; null of fewer than five patients."""
    share: Share | None
    target: TargetFigures | None
    source: SourceFigures | None
    splits: tuple[IndicatorSplit, ...]


class HeldRow(Part):
    """How long one party, or one stage, had the patients."""

    name: str | None
    """Null: nobody."""
    patients: int
    days: float
    share: float
    """Of all the days of all patients."""
    median_days: float | None
    """Of the finished stays; null of fewer than five patients."""
    waiting_days: float | None
    """Days waited in rules that were broken, from what they are counted from until it came, while this party had the patient. Rules
    that wait at once count each, so it may be more than `days`; null by stage."""


class HeldFigures(Part):
    """The time of the patients in the pathway, by who had them and by stage. Both add up to `days`."""

    days: float
    parties: tuple[HeldRow, ...]
    stages: tuple[HeldRow, ...]


class GoalFigures(Part):
    """A goal of the patients', beside the times of the services."""

    pathway: str
    rule: str
    reached: Share | None
    times: Waiting | None


class _Seen(NamedTuple):
    patient: str
    pathway: str
    indicator: str
    value: float | None
    groups: list[str | None]


def indicators_of(data: Data) -> tuple[IndicatorFigures, ...]:
    """Every indicator of the pathway and of those that it starts."""
    found: dict[tuple[str, str], list[_Seen]] = defaultdict(list)
    for row in (_Seen(*each) for each in rows(data.result.indicators, _Seen._fields)):
        found[row.pathway, row.indicator].append(row)
    return tuple(
        _indicator(data, pathway, indicator, found.get((pathway, name), []))
        for pathway, text in data.pathways.items()
        for name, indicator in text.indicators.items()
    )


def _indicator(data: Data, pathway: str, indicator: Indicator, seen: Sequence[_Seen]) -> IndicatorFigures:
    text = data.pathways[pathway]
    counted = [row for row in seen if row.value is not None]
    patients = len({row.patient for row in counted})
    share = _share(indicator, counted) if patients >= SMALL else None
    target = indicator.target
    return IndicatorFigures(
        pathway=pathway,
        name=indicator.name,
        titles=in_each(indicator.title),
        kind=indicator.kind,
        unit="share" if indicator.kind == "count" else indicator.unit or "day",
        per=words("per", "event" if indicator.per == "event" else indicator.per),
        counted=len(counted),
        not_yet=len(seen) - len(counted),
        patients=patients,
        value=total(indicator, (row.value for row in counted)) if patients >= SMALL else None,
        share=share,
        target=None
        if target is None
        else TargetFigures(percent=target.percent, at=target.at, verdict=aimed(target.percent, target.at, share)),
        source=source_of(data, text, indicator.standing),
        splits=tuple(
            IndicatorSplit(dimension=group.name, groups=_groups(indicator, place, counted))
            for place, group in enumerate(indicator.groups)
        ),
    )


def _share(indicator: Indicator, counted: Sequence[_Seen]) -> Share | None:
    if indicator.kind != "count" or not counted:
        return None
    judged = [(row.patient, bool(row.value)) for row in counted]
    return share_of(sum(good for _, good in judged), len(judged), worth_of(judged))


def _groups(indicator: Indicator, place: int, counted: Sequence[_Seen]) -> tuple[IndicatorGroup, ...]:
    found: dict[str | None, list[_Seen]] = defaultdict(list)
    for row in counted:
        found[row.groups[place]].append(row)
    unsaid = hidden({group: len({row.patient for row in those}) for group, those in found.items()})
    ordered = sorted(found, key=lambda group: (group is None, -len(found[group]), group or ""))
    return tuple(
        IndicatorGroup(
            group=group,
            counted=None if group in unsaid else len(found[group]),
            value=None if group in unsaid else total(indicator, (row.value for row in found[group])),
            share=None if group in unsaid else _share(indicator, found[group]),
            hidden=group in unsaid,
        )
        for group in ordered
    )


class _Stay(NamedTuple):
    patient: str
    pathway: str
    stage: str
    party: str | None
    entered_at: int
    left_at: int | None


def held_of(data: Data, pathway: str) -> HeldFigures:
    """The time of the patients in a pathway, up to `as_of`. End stages take no time."""
    text = data.pathways[pathway]
    ends = {name for name, stage in text.stages.items() if stage.end}
    found = (_Stay(*each) for each in rows(data.result.stays, _Stay._fields))
    stays = [stay for stay in found if stay.pathway == pathway and stay.stage not in ends]
    days = sum(_days(data, stay) for stay in stays)
    waiting: dict[str, float] = defaultdict(float)
    for row in data.broken:
        if row.pathway == pathway and data.waited(row) is not None:
            for party, seconds in data.evidence(row).get("waited", {}).items():
                waiting[party] += seconds / 86_400
    parties = _rows(data, ((stay.party, stay) for stay in stays), days)
    return HeldFigures(
        days=days,
        parties=tuple(row.model_copy(update={"waiting_days": waiting.get(row.name or "", 0.0)}) for row in parties),
        stages=tuple(_rows(data, ((stay.stage, stay) for stay in stays), days)),
    )


def _days(data: Data, stay: _Stay) -> float:
    until = data.as_of if stay.left_at is None else stay.left_at
    return max(0, until - stay.entered_at) / DAY


def _rows(data: Data, named: Iterable[tuple[str | None, _Stay]], days: float) -> list[HeldRow]:
    found: dict[str | None, list[_Stay]] = defaultdict(list)
    for name, stay in named:
        found[name].append(stay)
    held = []
    for name, stays in found.items():
        finished = [stay for stay in stays if stay.left_at is not None]
        told = len({stay.patient for stay in finished}) >= SMALL
        length = sum(_days(data, stay) for stay in stays)
        held.append(
            HeldRow(
                name=name,
                patients=len({stay.patient for stay in stays}),
                days=length,
                share=length / days if days else 0.0,
                median_days=median(_days(data, stay) for stay in finished) if told else None,
                waiting_days=None,
            )
        )
    return sorted(held, key=lambda row: (-row.days, row.name or ""))


def goals_of(rules: Iterable[RuleFigures]) -> tuple[GoalFigures, ...]:
    """The patients' goals, with how many reached them in time and how long it took."""
    return tuple(
        GoalFigures(pathway=rule.pathway, rule=rule.name, reached=rule.main.in_time, times=rule.main.times)
        for rule in rules
        if rule.kind == "goal"
    )
