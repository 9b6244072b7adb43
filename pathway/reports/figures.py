"""From the tables of a replay to the figures that a manager reads: one typed model, of which every form of the report is made.

No drawing here, and no patient: only pseudonyms. The rooms beside this one make the parts, in the order of the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pathway.events.log import Log
from pathway.language.source import Language
from pathway.machine.tables import Compiled
from pathway.replay.population import Result
from pathway.reports.adaptations import AdaptationFigures, adaptations_of
from pathway.reports.comparison import Comparison, comparisons_of
from pathway.reports.costs import CostFigures, costs_of
from pathway.reports.data import Data
from pathway.reports.deviations import Deviations, deviations_of
from pathway.reports.examples import pseudonyms
from pathway.reports.handovers import HandoverFigures, handovers_of
from pathway.reports.headline import Headline, headline_of
from pathway.reports.indicators import GoalFigures, HeldFigures, IndicatorFigures, goals_of, held_of, indicators_of
from pathway.reports.names import Names, names_of
from pathway.reports.part import Part, Text, in_each
from pathway.reports.quality import Provenance, Quality, provenance_of, quality_of
from pathway.reports.ranking import Task, tasks_of
from pathway.reports.rules import RuleFigures, rules_of
from pathway.reports.timelines import Timeline, timelines_of


class Way(Part):
    """How often patients went from one stage (empty: came in) to another."""

    before: str
    after: str
    count: int


class Figures(Part):
    """Everything that a report shows of one pathway. Lengths of time are seconds (`…_s`) or days, instants UTC, shares 0 to 1.

    Groups of fewer than five patients are not shown, nor what they could be worked out from: their numbers are null.
    """

    pathway: str
    titles: Text
    language: Language
    """The language of the pathway's text."""
    names: Names
    headline: Headline
    stages: dict[str, int]
    """How often each stage was entered."""
    ways: tuple[Way, ...]
    tasks: tuple[Task, ...]
    """What to do first, the heaviest first."""
    rules: tuple[RuleFigures, ...]
    handovers: tuple[HandoverFigures, ...]
    comparisons: tuple[Comparison, ...]
    adaptations: tuple[AdaptationFigures, ...]
    indicators: tuple[IndicatorFigures, ...]
    held: HeldFigures
    goals: tuple[GoalFigures, ...]
    costs: tuple[CostFigures, ...]
    deviations: Deviations
    quality: Quality
    provenance: Provenance
    timelines: tuple[Timeline, ...]
    """Of the examples of the first tasks, by pseudonym."""

    def of(self, rule: str, pathway: str | None = None) -> RuleFigures | None:
        """A rule of the pathway, or of one that it starts."""
        wanted = pathway or self.pathway
        return next((figures for figures in self.rules if (figures.pathway, figures.name) == (wanted, rule)), None)

    @property
    def moves(self) -> dict[tuple[str, str], int]:
        """By stage (empty: coming in) and the next one, how often patients went that way."""
        return {(way.before, way.after): way.count for way in self.ways}


def figures(
    result: Result, compiled: Compiled, *, log: Log | None = None, secret: bytes | None = None, examples: bool = True
) -> Figures:
    """The figures of a replay. `secret` keys the pseudonyms: the same gives the same ones; without it they are drawn anew. Without
    `examples` no single patient is in the figures, not even by pseudonym.

    `log` is what was replayed: with it the timelines have their events. Cost: some seconds for 100,000 obligations.
    """
    data = Data(result, compiled)
    pseudonym = pseudonyms(secret) if examples else None
    name = compiled.pathway.name
    rules = rules_of(data, pseudonym)
    costs = costs_of(data)
    quality = quality_of(data, name)
    tasks = tasks_of(data, rules)
    timelines = timelines_of(data, log, tasks, pseudonym)
    ways = _ways(compiled, data.summary["moves"])
    stages: dict[str, int] = {}
    for way in ways:
        stages[way.after] = stages.get(way.after, 0) + way.count
    return Figures(
        pathway=name,
        titles=in_each(compiled.pathway.title),
        language=compiled.pathway.language,
        names=names_of(data, _keys(timelines, quality)),
        headline=headline_of(data, name, rules, costs, quality.understood),
        stages=stages,
        ways=ways,
        tasks=tasks,
        rules=rules,
        handovers=handovers_of(data, rules),
        comparisons=comparisons_of(data, rules),
        adaptations=adaptations_of(data),
        indicators=indicators_of(data),
        held=held_of(data, name),
        goals=goals_of(rules),
        costs=costs,
        deviations=deviations_of(data),
        quality=quality,
        provenance=provenance_of(data, name),
        timelines=timelines,
    )


def _ways(compiled: Compiled, moves: Mapping[str, Mapping[str, int]]) -> tuple[Way, ...]:
    """In the order of the text, those of other texts last."""
    place = {name: number for number, name in enumerate(("", *compiled.pathway.stages))}
    found = [Way(before=before, after=after, count=count) for before, to in moves.items() for after, count in to.items()]
    last = len(place)
    return tuple(sorted(found, key=lambda w: (place.get(w.before, last), w.before, place.get(w.after, last), w.after)))


def _keys(timelines: tuple[Timeline, ...], quality: Quality) -> Iterator[str]:
    yield from (mark.event for timeline in timelines for mark in timeline.events)
    yield from (found.event for found in quality.not_taken_up)
    yield from quality.never_seen
