"""The three questions that a manager comes with, answered from the figures: where are most days lost and at whose hand-over, is it
getting better, does anyone differ beyond chance. And the same for each municipality, hospital and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pathway.reports.figures import Figures
from pathway.reports.names import PAIR, WEEKDAY


@dataclass(frozen=True, slots=True)
class Standing:
    """How one group lies. `row` is its row among episodes without a break, `most` the comparison and row of the rule where it loses
    most days, `differs` those where it lies outside chance. `days` are all that it lost, as in the table behind: the rules that can be
    told of a small group seldom add up to them."""

    row: Any
    days: float
    most: tuple[Any, Any] | None
    differs: Sequence[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Profile:
    """Every group of one dimension."""

    dimension: str
    place: bool
    """Whether its groups are places that can answer for a difference."""
    overall: Any
    comparison: Any
    standings: Sequence[Standing]


def never_done(rule: Any) -> bool:
    """Whether what a rule asks for was not once done in all of the log: it may be recorded elsewhere, and says little of the care."""
    main = rule.parts[0]
    return main.judged > 0 and not main.outcomes.get("met") and not main.outcomes.get("late")


def most_days(figures: Figures) -> Any:
    """The task of the pathway itself that loses most days, of those whose rule is done at all; None where no days are lost."""
    return _most_days(figures, [task for task in figures.tasks if task.pathway == figures.pathway])


def most_days_beyond(figures: Figures) -> Any:
    """The same of the pathways that it starts: the days of the headline are not theirs."""
    return _most_days(figures, [task for task in figures.tasks if task.pathway != figures.pathway])


def days_beyond(figures: Figures) -> float:
    """The days lost in the pathways that it starts."""
    return sum(one.days_lost for one in figures.headline.pathways[1:])


def _most_days(figures: Figures, tasks: Sequence[Any]) -> Any:
    done = {(rule.pathway, rule.name) for rule in figures.rules if not never_done(rule)}
    losing = [task for task in tasks if task.days_lost and (task.pathway, task.rule) in done]
    return max(losing, key=lambda task: task.days_lost, default=None)


def changed(figures: Figures, verdict: str) -> list[Any]:
    """The rules whose control chart says that they have become better, or worse."""
    return [rule for rule in figures.rules if rule.parts and rule.parts[0].chart and rule.parts[0].chart.verdict == verdict]


def seen(row: Any) -> bool:
    """Whether a group is known and large enough to be shown."""
    return not row.hidden and row.group is not None and row.share is not None and row.share.value is not None


def known_for(comparison: Any) -> int:
    """Of how many the group is known at all."""
    unknown = sum(row.share.whole for row in comparison.rows if row.group is None and row.share is not None)
    whole: int = comparison.overall.whole
    return whole - unknown


def fair(comparison: Any) -> bool:
    """Whether most have a known group. Where few have, they may be known because something went wrong, and tell of nobody else."""
    return 2 * known_for(comparison) >= comparison.overall.whole


def outside(figures: Figures, verdict: str) -> list[tuple[Any, Any]]:
    """Places whose share is better, or worse, than chance allows: in all first, then those farthest from the rest."""
    found = [
        (one, row)
        for one in figures.comparisons
        if _is_place(one.dimension, figures) and fair(one)
        for row in one.rows
        if seen(row) and row.verdict == verdict
    ]
    return sorted(found, key=lambda pair: (pair[0].rule is not None, -abs(pair[1].share.value - pair[0].overall.value)))


def uncompared(figures: Figures) -> str:
    """The text that says why no places are compared: the log has no two of them, they are too small to show, or few patients' place is
    known; or what the log has are no parties of the pathway."""
    shown = profiles(figures)
    if any(profile.place for profile in shown):
        return "places_unknown"
    if any(_is_place(one.dimension, figures) for one in figures.comparisons):
        return "places_small"
    if any(profile.dimension != WEEKDAY for profile in shown):
        return "places_others"
    return "places_small" if has_groups(figures) else "no_places"


def has_groups(figures: Figures) -> bool:
    """Whether the log has two groups of anything but kinds of day, be they ever so small."""
    split = [split for indicator in figures.indicators for split in indicator.splits]
    several = any(sum(each.group is not None for each in one.groups) > 1 for one in split)
    return several or any(one.dimension not in (WEEKDAY, PAIR) for one in figures.comparisons)


def _is_place(dimension: str, figures: Figures) -> bool:
    """Municipalities, hospitals, wards, offices: those who can answer for a difference. Ages and days cannot."""
    return dimension in figures.names.parties


def profiles(figures: Figures) -> list[Profile]:
    """For every dimension with at least two groups to show: where each loses its days, and where it stands out. Places first."""
    made: list[Profile] = []
    undone = frozenset((rule.pathway, rule.name) for rule in figures.rules if never_done(rule))
    for whole in figures.comparisons:
        if whole.rule is not None or whole.pathway != figures.pathway:
            continue
        shown = [row for row in whole.rows if seen(row)]
        if len(shown) < 2:
            continue
        mine = [one for one in figures.comparisons if (one.dimension, one.pathway) == (whole.dimension, whole.pathway)]
        place = _is_place(whole.dimension, figures)
        made.append(Profile(whole.dimension, place, whole.overall, whole, tuple(_standing(row, mine, undone) for row in shown)))
    return sorted(made, key=lambda profile: (not fair(profile.comparison), not profile.place))


def _standing(unbroken: Any, compared: Sequence[Any], undone: frozenset[tuple[str, str]]) -> Standing:
    mine = [(one, row) for one in compared for row in one.rows if row.group == unbroken.group and seen(row)]
    lost = [(one, row) for one, row in mine if one.rule is not None and row.days_lost and (one.pathway, one.rule) not in undone]
    return Standing(
        row=unbroken,
        days=unbroken.days_lost,
        most=max(lost, key=lambda pair: pair[1].days_lost, default=None),
        differs=tuple(pair for pair in mine if pair[1].verdict in ("better", "worse") and fair(pair[0])),
    )


def matrix(figures: Figures, pathway: str) -> tuple[list[str], list[str], dict[tuple[str, str], Any]]:
    """Senders, receivers, and the hand-over of each pair of one pathway of which a share can be told."""
    found = {(one.sender, one.receiver): one for one in figures.handovers if one.pathway == pathway and _told(one)}
    return list(dict.fromkeys(sender for sender, _ in found)), list(dict.fromkeys(to for _, to in found)), found


def in_matrix(figures: Figures) -> list[str]:
    """The pathways with such hand-overs, the page's own first."""
    names = dict.fromkeys(one.pathway for one in figures.handovers if _told(one))
    return sorted(names, key=lambda name: name != figures.pathway)


def _told(one: Any) -> bool:
    return one.on_time is not None and one.on_time.whole > 0


def heat(value: float) -> str:
    """The class of a share in time, in steps that can be told apart: a half, three quarters, nine tenths."""
    return "h-4" if value < 0.5 else "h-3" if value < 0.75 else "h-2" if value < 0.9 else "h-1"
