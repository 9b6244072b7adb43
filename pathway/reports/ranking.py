"""What to do first: rules by patients and severity, with the hand-over at which they break."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pathway.reports.data import Broken, Data
from pathway.reports.measures import Share, Trend, share_of
from pathway.reports.part import Part
from pathway.reports.rules import PartFigures, RuleFigures, Severity

_WEIGHT = {"low": 0.5, "moderate": 1.0, "high": 2.0}


class Task(Part):
    """One line of what to do first."""

    place: int
    """1 is the first."""
    pathway: str
    rule: str
    part: Literal["main", "receipt", "answer", "level"]
    severity: Severity
    weight: float
    """Patients with a break, times the severity: low ½, moderate 1, high 2."""
    party: str | None
    """Who answered for most of the breaks."""
    from_party: str | None
    """The sender of the message; of what is no message, the party that most often had the patient when the time was up."""
    to_party: str | None
    """The receiver; of what is no message, who answers. Null where both are one party."""
    patients: Share
    """With a break, of those for whom the rule was."""
    breaks: int
    open: int
    days_lost: float
    days_open: float
    """Those of them in what is still waited for."""
    losing: int
    """The patients to whom the days lost belong: of those with a break, not who was early, nor who went without."""
    trend: Trend | None
    examples: tuple[str, ...]
    """Pseudonyms; each leads to a timeline, for the tasks that come first."""


def tasks_of(data: Data, rules: Iterable[RuleFigures]) -> tuple[Task, ...]:
    """Every part of a rule that broke, the heaviest first."""
    found = [(rule, part) for rule in rules for part in rule.parts if part.broken]
    found.sort(key=lambda each: (-_weight(*each), each[0].pathway, each[0].name, each[1].part))
    return tuple(_task(data, place, rule, part) for place, (rule, part) in enumerate(found, 1))


def _weight(rule: RuleFigures, part: PartFigures) -> float:
    return part.broken_patients * _WEIGHT[rule.severity]


def _task(data: Data, place: int, rule: RuleFigures, part: PartFigures) -> Task:
    broken = data.broken_by_rule[rule.pathway, rule.name, part.part]
    party = _most(row.party for row in broken)
    start, end = _between(data, rule, broken, party)
    return Task(
        place=place,
        pathway=rule.pathway,
        rule=rule.name,
        part=part.part,
        severity=rule.severity,
        weight=_weight(rule, part),
        party=party,
        from_party=start,
        to_party=None if end == start else end,
        patients=share_of(part.broken_patients, part.patients),
        breaks=part.broken,
        open=part.open,
        days_lost=part.days_lost,
        days_open=part.days_open,
        losing=len({row.patient for row in broken if data.lost_days([row])}),
        trend=part.trend,
        examples=tuple(example.patient for example in part.examples),
    )


def _between(data: Data, rule: RuleFigures, broken: Sequence[Broken], party: str | None) -> tuple[str | None, str | None]:
    """From whom to whom the word was to go; of what is no message, who had the patient when the time was up, and who answers."""
    if rule.sender is not None:
        return rule.sender, _most(data.evidence(row).get("receiver") for row in broken) or next(iter(rule.receivers), None)
    return _most(data.holder(row) for row in broken) or party, party


def _most(names: Iterable[str | None]) -> str | None:
    """The most frequent, the first by name of equals."""
    counts = Counter(name for name in names if name)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None
