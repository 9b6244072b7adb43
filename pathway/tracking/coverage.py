"""What the scenarios of a file touch: which of its rules and ways they see through, and which they say nothing about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pathway.language.source import Span
from pathway.model.pathway import Pathway
from pathway.tracking.scenarios import ScenarioResult
from pathway.tracking.tell import Story

Touchable = Literal["enter", "unsuited", "leave", "rule", "transition", "start", "end"]


@dataclass(frozen=True, slots=True)
class Touched:
    """A part of a pathway, and whether a scenario touches it. `name` is the rule's, the stage come to, or the reason.

    A rule is touched when an obligation of it came to an outcome other than waiting; a way in, on or out when it was taken.
    """

    part: Touchable
    name: str
    place: Span | None
    touched: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every part of a pathway that a scenario can touch, in the order of the text."""

    parts: tuple[Touched, ...]

    @property
    def untouched(self) -> tuple[Touched, ...]:
        return tuple(part for part in self.parts if not part.touched)

    @property
    def percent(self) -> float:
        """How much is touched, from 0 to 100. A pathway with nothing to touch is covered whole."""
        return 100 * (1 - len(self.untouched) / len(self.parts)) if self.parts else 100.0


def coverage(pathway: Pathway, results: Iterable[ScenarioResult]) -> Coverage:
    """What scenarios that were run touch of their pathway."""
    stories = [story for result in results for story in result.stories]
    parts = [*_rules(pathway, stories), *_ways(pathway, stories), *_ends(pathway, stories)]
    own = pathway.span.file if pathway.span else ""
    if pathway.adaptation is not None:  # the rest is for the scenarios of what it adapts
        parts = [part for part in parts if part.place is not None and part.place.file == own]
    return Coverage(tuple(sorted(parts, key=lambda part: _place(part, own))))


def _place(part: Touched, own: str) -> tuple[bool, str, int, int]:
    """The file itself first, then the libraries whose hand-overs it has."""
    place = part.place
    return (False, "", 0, 0) if place is None else (place.file != own, place.file, place.line, place.column)


def _rules(pathway: Pathway, stories: Iterable[Story]) -> Iterator[Touched]:
    decided = {o.rule for s in stories for o in s.obligations if o.pathway == pathway.name and o.outcome != "waiting"}
    for rule in pathway.rules():
        yield Touched("rule", rule.name, rule.span, rule.name in decided)


def _ways(pathway: Pathway, stories: Iterable[Story]) -> Iterator[Touched]:
    taken = {move.place for story in stories for move in story.moves}
    individual = {e.individual_course for s in stories for e in s.episodes if e.pathway == pathway.name}
    begun = {e.pathway for s in stories for e in s.episodes if e.started_by == pathway.name}
    for entry in pathway.enters:
        yield Touched("enter", entry.stage, entry.span, entry.span in taken)
    for case in pathway.unsuited:
        yield Touched("unsuited", case.because, case.span, case.because in individual)
    for way in pathway.leaves:
        yield Touched("leave", way.because or " / ".join(event.key for event in way.on), way.span, way.span in taken)
    for stage in (pathway.throughout, *pathway.stages.values()):
        for transition in stage.transitions:
            target = transition.target or stage.name
            yield Touched("transition", target, transition.span, transition.span in taken)
            starts = transition.starts
            yield from (Touched("start", start.pathway, start.span, start.pathway in begun) for start in starts)
        yield from (Touched("start", start.pathway, start.span, start.pathway in begun) for start in stage.starts)


def _ends(pathway: Pathway, stories: Iterable[Story]) -> Iterator[Touched]:
    reached = {move.after for story in stories for move in story.moves if move.pathway == pathway.name}
    for stage in pathway.stages.values():
        if stage.end:
            yield Touched("end", stage.name, stage.span, stage.name in reached)
