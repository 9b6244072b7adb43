"""Groups compared: who differs from all together by more than chance, without a number of any group that is too small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pathway.model.pathway import Pathway
from pathway.reports.data import Broken, Data, EpisodeKey, Owed
from pathway.reports.measures import Share, share_of, worth_of
from pathway.reports.names import PAIR, WEEKDAY
from pathway.reports.part import Part
from pathway.reports.rules import RuleFigures, has_limit
from pathway.reports.statistics import binomial_quantiles, binomial_tails
from pathway.reports.suppression import hidden
from pathway.tracking.context import compared_by

WORKING_DAY, DAY_OFF = "working_day", "day_off"
_POINTS = 13
_OUTSIDE, _BEYOND = 0.025, 0.001
"""To either side: outside 95 %, and outside 99.8 %."""


class CompRow(Part):
    """One group. Every number is null where it is hidden."""

    group: str | None
    """Null: not known."""
    patients: int | None
    share: Share | None
    low95: float | None
    """Between these a group of this size falls, by chance alone, in 95 of 100 cases if it is like all together."""
    high95: float | None
    low998: float | None
    """In 998 of 1,000 cases."""
    high998: float | None
    verdict: Literal["within", "look", "better", "worse"] | None
    """`look`: outside 95 %; `better`, `worse`: outside 99.8 %, beyond what chance would do. Null of a group that is not known: it is
    no group, but those of whom something is missing."""
    days_lost: float | None
    hidden: bool


class FunnelPoint(Part):
    """The limits of a group of a size."""

    n: int
    low95: float
    high95: float
    low998: float
    high998: float


class Comparison(Part):
    """A share by groups: of what a rule judged, in time; or of episodes, without a break (`rule` null)."""

    pathway: str
    rule: str | None
    dimension: str
    overall: Share
    days_lost: float
    """By all together."""
    rows: tuple[CompRow, ...]
    others: CompRow | None
    """The hidden ones together."""
    verdict: Literal["alike", "differ", "too_few"]
    funnel: tuple[FunnelPoint, ...]


class _One(NamedTuple):
    """What is compared: an obligation or an episode."""

    patient: str
    good: bool
    key: EpisodeKey
    instant: int
    lost: float


def comparisons_of(data: Data, rules: Iterable[RuleFigures]) -> tuple[Comparison, ...]:
    """Episodes without a break by every dimension, then each rule by those that concern it."""
    found = [each for name, text in data.pathways.items() for each in _episodes(data, name, text)]
    return (*found, *(each for rule in rules for each in _rule(data, rule)))


def _episodes(data: Data, pathway: str, text: Pathway) -> Iterator[Comparison]:
    broken: dict[EpisodeKey, list[Broken]] = defaultdict(list)
    for row in data.broken:
        broken[row.key].append(row)
    ones = [
        _One(
            course.patient, course.key not in broken, course.key, course.entered_at, data.lost_days(broken.get(course.key, ()))
        )
        for course in data.courses
        if course.pathway == pathway
    ]
    worth = worth_of((one.patient, one.good) for one in ones)
    facts, bands, parties = compared_by(text)
    own = [name for name in parties if text.parties[name].residence is not None]
    units = [name for name in parties if name not in own]
    for dimension in (*own, *facts, *bands, *units, WEEKDAY):
        yield from _compared(data, pathway, None, dimension, ones, worth, _grouping(data, dimension))


def _rule(data: Data, rule: RuleFigures) -> Iterator[Comparison]:
    if not has_limit(rule.rule, "main"):
        return
    key = (rule.pathway, rule.name, "main")
    lost: dict[tuple[EpisodeKey, int], float] = defaultdict(float)
    for row in data.broken_by_rule.get(key, []):
        lost[row.key, row.anchored_at] += data.lost_days([row])
    ones = [
        _One(row.patient, row.outcome == "met", row.key, row.anchored_at, lost.pop((row.key, row.anchored_at), 0.0))
        for row in data.judged(key)
    ]
    worth = worth_of((one.patient, one.good) for one in ones)
    for dimension in _dimensions(data, rule):
        yield from _compared(data, rule.pathway, rule.name, dimension, ones, worth, _grouping(data, dimension))
    if rule.sender is not None:
        yield from _compared(data, rule.pathway, rule.name, PAIR, ones, worth, _pairs(data, rule, data.judged(key)))


def _dimensions(data: Data, rule: RuleFigures) -> list[str]:
    """What a rule is compared by: facts, bands, the patient's municipality; the units of the parties that it concerns; the kind of
    day."""
    text = data.pathways[rule.pathway]
    facts, bands, parties = compared_by(text)
    concerned = {rule.party, rule.sender, *rule.receivers}
    concerned |= {text.parties[name].part_of for name in concerned if name in text.parties}
    own = [name for name in parties if text.parties[name].residence is not None]
    units = [name for name in parties if name in concerned and name not in own]
    return [*own, *facts, *bands, *units, WEEKDAY]


_Grouping = Callable[[int, _One], str | None]


def _grouping(data: Data, dimension: str) -> _Grouping:
    if dimension == WEEKDAY:
        working = data.calendar.is_working_day
        return lambda _, one: WORKING_DAY if working(data.calendar.day(one.instant)) else DAY_OFF
    return lambda _, one: data.groups[one.key].get(dimension)


def _pairs(data: Data, rule: RuleFigures, judged: Sequence[Owed]) -> _Grouping:
    """By the units of sender and receiver."""

    def pair(place: int, one: _One) -> str | None:
        known = data.groups[one.key]
        sender = known.get(rule.sender or "")
        receiver = known.get(judged[place].receiver or next(iter(rule.receivers), ""))
        return None if sender is None or receiver is None else f"{sender} → {receiver}"

    return pair


def _compared(
    data: Data, pathway: str, rule: str | None, dimension: str, ones: Sequence[_One], worth: float, grouping: _Grouping
) -> Iterator[Comparison]:
    """A comparison, where there are two groups that are known."""
    groups: dict[str | None, list[_One]] = defaultdict(list)
    for place, one in enumerate(ones):
        groups[grouping(place, one)].append(one)
    if len(groups.keys() - {None}) < 2:
        return
    overall = share_of(sum(one.good for one in ones), len(ones), worth)
    unsaid = hidden({group: len({one.patient for one in those}) for group, those in groups.items()})
    order = _order(data, pathway, dimension, groups)
    rows = [_row(group, groups[group], overall, worth, hide=group in unsaid) for group in order]
    shown = [row for row in rows if not row.hidden]
    pooled = [one for group in unsaid for one in groups[group]]
    yield Comparison(
        pathway=pathway,
        rule=rule,
        dimension=dimension,
        overall=overall,
        days_lost=sum(one.lost for one in ones),
        rows=tuple(rows),
        others=_row(None, pooled, overall, worth, hide=False) if pooled and shown else None,
        verdict=_verdict(shown),
        funnel=_funnel([row.share.whole for row in shown if row.share is not None], overall, worth),
    )


def _order(data: Data, pathway: str, dimension: str, groups: Mapping[str | None, Sequence[_One]]) -> list[str | None]:
    """Bands from low to high, else the largest first; the unknown last."""
    known = [group for group in groups if group is not None]
    bands = data.pathways[pathway].bands
    if dimension in bands:
        low = {bands[dimension].band(at): place for place, at in enumerate((bands[dimension].at[0] - 1, *bands[dimension].at))}
        known.sort(key=lambda group: (low.get(group, len(low)), group))
    elif dimension == WEEKDAY:
        known.sort(reverse=True)
    else:
        known.sort(key=lambda group: (-len(groups[group]), group))
    return [*known, *([None] if None in groups else [])]


def _row(group: str | None, those: Sequence[_One], overall: Share, worth: float, *, hide: bool) -> CompRow:
    if hide:
        return CompRow(
            group=group, patients=None, share=None, low95=None, high95=None, low998=None, high998=None, verdict=None,
            days_lost=None, hidden=True,
        )  # fmt: skip
    share = share_of(sum(one.good for one in those), len(those), worth)
    low95, high95, low998, high998 = _limits(len(those), overall, worth)
    return CompRow(
        group=group,
        patients=len({one.patient for one in those}),
        share=share,
        low95=low95,
        high95=high95,
        low998=low998,
        high998=high998,
        verdict=None if group is None else _placed(share, overall, worth),
        days_lost=sum(one.lost for one in those),
        hidden=False,
    )


def _limits(size: int, overall: Share, worth: float) -> tuple[float, float, float, float]:
    """The funnel at a size; one that counts for less where patients count more than once."""
    counts = max(1, round(size * worth))
    low998, low95, high95, high998 = binomial_quantiles(
        counts, overall.value or 0.0, (_BEYOND, _OUTSIDE, 1 - _OUTSIDE, 1 - _BEYOND)
    )
    return low95, high95, low998, high998


def _placed(share: Share, overall: Share, worth: float) -> Literal["within", "look", "better", "worse"]:
    """By the exact probabilities: the limits are drawn between whole numbers, where no group can lie."""
    size = max(1, round(share.whole * worth))
    few, many = binomial_tails((share.value or 0.0) * size, size, overall.value or 0.0)
    if min(few, many) < _BEYOND:
        return "worse" if few < many else "better"
    return "look" if min(few, many) < _OUTSIDE else "within"


def _verdict(shown: Sequence[CompRow]) -> Literal["alike", "differ", "too_few"]:
    if sum(row.group is not None for row in shown) < 2:
        return "too_few"
    return "differ" if any(row.verdict in ("better", "worse") for row in shown) else "alike"


def _funnel(sizes: Sequence[int], overall: Share, worth: float) -> tuple[FunnelPoint, ...]:
    """The limits from a little below the smallest group to a little above the largest, closer where they bend."""
    if len(sizes) < 2 or overall.value is None:
        return ()
    first, last = max(1.0, min(sizes) * 0.8), max(sizes) * 1.1
    ratio = (last / first) ** (1 / (_POINTS - 1))
    found = dict.fromkeys(round(first * ratio**step) for step in range(_POINTS))
    points = []
    for size in found:
        low95, high95, low998, high998 = _limits(size, overall, worth)
        points.append(FunnelPoint(n=size, low95=low95, high95=high95, low998=low998, high998=high998))
    return tuple(points)
