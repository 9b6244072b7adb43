"""Local adaptations side by side: who has changed what, and how it goes there against everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pathway.model.change_texts import change_text
from pathway.model.changes import Change, ChangeKind
from pathway.model.pathway import Pathway
from pathway.reports.data import Data, Owed
from pathway.reports.measures import SMALL, Share, share_of, worth_of
from pathway.reports.part import Part, Text, in_each
from pathway.reports.rules import has_limit
from pathway.reports.statistics import difference


class ChangeFigures(Part):
    """One thing that an adaptation changes, and for a rule how it goes: in time, of those judged."""

    kind: ChangeKind
    text: Text
    because: str | None
    rule: str | None
    local: Share | None
    elsewhere: Share | None
    """Of the episodes that do not follow this adaptation. Null where either is of fewer than five patients."""
    difference: float | None
    low: float | None
    """The lower bound of the difference's 95 % interval (Newcombe)."""
    high: float | None


class AdaptationFigures(Part):
    """One local adaptation. Those without an episode are here too: what has been agreed is shown, used or not."""

    pathway: str
    title: str
    version: str
    based_on: str | None
    """The national version that it was agreed against."""
    owner: str | None
    valid_from: date | None
    valid_to: date | None
    units: dict[str, str]
    """By party, the unit that it is bound to."""
    episodes: int | None
    """Null where they are too few to say."""
    changes: tuple[ChangeFigures, ...]


def adaptations_of(data: Data) -> tuple[AdaptationFigures, ...]:
    """The adaptations of the pathway and of those that it starts, by the order in which they are tried."""
    return tuple(
        _adaptation(data, text, None if key in data.unsaid else len(data.followers.get(key, ())))
        for key, text in data.texts.items()
        if text.adaptation is not None
    )


def _adaptation(data: Data, text: Pathway, episodes: int | None) -> AdaptationFigures:
    return AdaptationFigures(
        pathway=text.name,
        title=text.adaptation or "",
        version=text.version,
        based_on=text.based_on,
        owner=text.owner,
        valid_from=text.valid.start,
        valid_to=text.valid.end,
        units=text.units,
        episodes=episodes,
        changes=tuple(_change(data, text, change) for change in text.changes),
    )


def _change(data: Data, text: Pathway, change: Change) -> ChangeFigures:
    rule = change.after or change.before
    local = elsewhere = gap = low = high = None
    if rule is not None and has_limit(rule, "main"):
        sides = [list(_judged(data, text, rule.name, there)) for there in (True, False)]
        if all(len({row.patient for row in side}) >= SMALL for side in sides):
            worth = worth_of((row.patient, row.outcome == "met") for side in sides for row in side)
            local, elsewhere = (share_of(sum(row.outcome == "met" for row in side), len(side), worth) for side in sides)
            gap = local.part / local.whole - elsewhere.part / elsewhere.whole
            low, high = difference(*((each.part * worth, each.whole * worth) for each in (local, elsewhere)))
    return ChangeFigures(
        kind=change.kind,
        text=in_each(lambda language: change_text(change, text, language, titled=True)),
        because=change.because,
        rule=None if rule is None else rule.name,
        local=local,
        elsewhere=elsewhere,
        difference=gap,
        low=low,
        high=high,
    )


def _judged(data: Data, text: Pathway, rule: str, there: bool) -> Iterator[Owed]:
    for row in data.judged((text.name, rule, "main")):
        if (data.by_key[row.key].adaptation == text.adaptation) == there:
            yield row
