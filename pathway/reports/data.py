"""The tables of a replay as rows that figures are counted from, and what every figure asks: which text was in force, when, for whom."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa

from pathway.machine.tables import Compiled
from pathway.model.calendar import Calendar, to_datetime, to_instant
from pathway.model.pathway import Pathway
from pathway.replay.population import Result
from pathway.replay.texts import TextKey, texts_of
from pathway.reports.measures import Dates
from pathway.reports.suppression import hidden

JUDGED = ("met", "late", "missing")
DAY = 86_400_000_000
"""A day in microseconds."""
QUARTER, _SHORTEST = 91, 28
"""Days: a period of the trend where the log is long enough, and the shortest."""

EpisodeKey = tuple[str, str, int]
"""Pathway, patient, number."""
RuleKey = tuple[str, str, str]
"""Pathway, rule, part."""


class Owed(NamedTuple):
    """An obligation. Instants are microseconds."""

    patient: str
    pathway: str
    episode: int
    stage: str
    rule: str
    part: str
    receiver: str | None
    anchor_event: str | None
    round: int
    anchored_at: int
    due_at: int | None
    outcome: str
    met_at: int | None
    decided_at: int | None

    @property
    def key(self) -> EpisodeKey:
        return self.pathway, self.patient, self.episode

    @property
    def fell_due(self) -> int | None:
        """When its time was up; what has no due time, when it was decided."""
        return self.decided_at if self.due_at is None else self.due_at


class Broken(NamedTuple):
    """A break."""

    break_id: str
    patient: str
    pathway: str
    episode: int
    rule: str
    kind: str
    subtype: str
    party: str | None
    unit: str | None
    anchored_at: int
    due_at: int | None
    closed_at: int | None
    open: bool
    delay_s: float
    cause: str | None
    explained: str | None
    evidence: str

    @property
    def key(self) -> EpisodeKey:
        return self.pathway, self.patient, self.episode


class Course(NamedTuple):
    """An episode."""

    patient: str
    pathway: str
    version: str
    adaptation: str | None
    episode: int
    entered_at: int
    ended_at: int | None
    individual_course: str | None

    @property
    def key(self) -> EpisodeKey:
        return self.pathway, self.patient, self.episode


@dataclass(frozen=True)
class Periods:
    """The latest period and the one before it, as instants after which and up to which; None where the log is too short."""

    before: int
    middle: int
    now: int
    dates: tuple[Dates, Dates]


class Data:
    """What a report is made from. `compiled` is the pathway that was replayed."""

    def __init__(self, result: Result, compiled: Compiled) -> None:
        self.result = result
        self.compiled = compiled
        self.summary: Mapping[str, Any] = result.summary
        self.as_of = _instant(self.summary["as_of"])
        self.calendar: Calendar = compiled.calendar
        self.courses = [Course(*row) for row in rows(result.episodes, Course._fields)]
        self.owed = [Owed(*row) for row in rows(result.obligations, Owed._fields)]
        self._evidence: dict[str, Mapping[str, Any]] = {}
        self.broken = [Broken(*row) for row in rows(result.breaks, Broken._fields)]

    @cached_property
    def pathways(self) -> dict[str, Pathway]:
        """The pathway, then those that it starts, each once, as it was loaded."""
        found: dict[str, Pathway] = {}
        for key, text in self.texts.items():
            found.setdefault(key[0], text)
        return found

    @cached_property
    def texts(self) -> dict[TextKey, Pathway]:
        """Every text, by pathway, adaptation and version; the one that was loaded stands first of each pathway."""
        return texts_of(self.compiled)

    @cached_property
    def by_key(self) -> dict[EpisodeKey, Course]:
        return {course.key: course for course in self.courses}

    @cached_property
    def followers(self) -> dict[TextKey, list[Course]]:
        """By pathway, adaptation and version, the episodes that follow that text."""
        found: dict[TextKey, list[Course]] = defaultdict(list)
        for course in self.courses:
            found[course.pathway, course.adaptation, course.version].append(course)
        return found

    @cached_property
    def unsaid(self) -> frozenset[TextKey]:
        """The texts that too few patients follow to say how many."""
        found: set[TextKey] = set()
        for pathway in self.pathways:
            patients = {key: len({each.patient for each in of}) for key, of in self.followers.items() if key[0] == pathway}
            found |= hidden(patients)
        return frozenset(found)

    def text_of(self, key: EpisodeKey) -> Pathway:
        """The text in force for an episode (P7)."""
        course = self.by_key[key]
        return self.texts.get((course.pathway, course.adaptation, course.version), self.pathways[course.pathway])

    @cached_property
    def by_rule(self) -> dict[RuleKey, list[Owed]]:
        found: dict[RuleKey, list[Owed]] = defaultdict(list)
        for row in self.owed:
            found[row.pathway, row.rule, row.part].append(row)
        return found

    @cached_property
    def broken_by_rule(self) -> dict[RuleKey, list[Broken]]:
        found: dict[RuleKey, list[Broken]] = defaultdict(list)
        for row in self.broken:
            found[row.pathway, row.rule, self.evidence(row).get("part", "main")].append(row)
        return found

    def evidence(self, row: Broken) -> Mapping[str, Any]:
        """A break's evidence (`BreakRecord`)."""
        known = self._evidence.get(row.break_id)
        if known is None:
            known = self._evidence[row.break_id] = json.loads(row.evidence)
        return known

    @cached_property
    def groups(self) -> dict[EpisodeKey, dict[str, str]]:
        """By episode, what it is compared by: dimension to group."""
        found: dict[EpisodeKey, dict[str, str]] = defaultdict(dict)
        names = ("pathway", "patient", "episode", "dimension", "group")
        for pathway, patient, episode, dimension, group in rows(self.result.groups, names):
            found[pathway, patient, episode][dimension] = group
        return found

    @cached_property
    def _stays(self) -> dict[EpisodeKey, list[tuple[int, int | None, str | None]]]:
        """By episode, from when, to when, and who had the patient; in order."""
        found: dict[EpisodeKey, list[tuple[int, int | None, str | None]]] = defaultdict(list)
        names = ("pathway", "patient", "episode", "entered_at", "left_at", "party")
        for pathway, patient, episode, since, until, party in rows(self.result.stays, names):
            found[pathway, patient, episode].append((since, until, party))
        for stays in found.values():
            stays.sort(key=lambda stay: stay[0])
        return found

    def holder(self, row: Broken) -> str | None:
        """Who had the patient when the time of a break was up; None where nobody had, as after the episode. One who let go at that
        very instant had the patient until then."""
        at = row.anchored_at if row.due_at is None else row.due_at
        stays = self._stays[row.key]
        held = [stay for stay in stays if stay[0] < at] or stays[:1]
        if not held or (held[-1][1] is not None and held[-1][1] < at):
            return None
        return held[-1][2]

    @cached_property
    def over(self) -> set[EpisodeKey]:
        return {course.key for course in self.courses if course.ended_at is not None}

    def judged(self, key: RuleKey) -> list[Owed]:
        """The obligations of a rule whose time was up by `as_of`, and that can be judged. What is met while its time is not up
        is left out: others whose time is not up wait, and are in no share either."""
        return [row for row in self.by_rule.get(key, ()) if row.outcome in JUDGED and self.is_up(row)]

    def is_up(self, row: Owed) -> bool:
        return row.due_at is None or row.due_at <= self.as_of

    def waited(self, row: Broken) -> tuple[int, int] | None:
        """From when to when a break in time lost days: from the due time until it was closed, or until `as_of` while the episode
        lasts. What never came before the episode was over is a thing missing, not days of waiting."""
        if row.kind != "waiting" or row.due_at is None or (row.open and row.key in self.over):
            return None
        until = self.as_of if row.closed_at is None else row.closed_at
        return (row.due_at, until) if until > row.due_at else None

    def lost_days(self, found: Iterable[Broken]) -> float:
        """Days lost by breaks."""
        return sum(span[1] - span[0] for row in found if (span := self.waited(row)) is not None) / DAY

    def moment(self, instant: int) -> datetime:
        return to_datetime(instant)

    def month(self, instant: int) -> str:
        """The local month of an instant: `2026-03`."""
        return f"{self.calendar.day(instant):%Y-%m}"

    @cached_property
    def periods(self) -> Periods | None:
        """A quarter and the quarter before it; in a shorter log its two halves in whole weeks, of four weeks at the least."""
        if not self.courses:
            return None
        first, last = self.calendar.day(min(course.entered_at for course in self.courses)), self.calendar.day(self.as_of)
        length = min(QUARTER, ((last - first).days + 1) // 14 * 7)
        if length < _SHORTEST:
            return None
        middle, begin = last - timedelta(days=length), last - timedelta(days=2 * length)
        return Periods(
            before=self.calendar.end(begin),
            middle=self.calendar.end(middle),
            now=self.as_of,
            dates=(_dates(begin, middle), _dates(middle, last)),
        )


def rows(table: pa.Table, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns. Instants as microseconds; equal texts are one object."""
    return zip(*(_column(table.column(name)) for name in names), strict=True)


def _column(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        return list(column.cast(pa.int64()).to_pylist())
    if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
        found: list[Any] = []
        for chunk in column.chunks:
            coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
            texts = coded.dictionary.to_pylist()
            found += [None if code is None else texts[code] for code in coded.indices.to_pylist()]
        return found
    return list(column.to_pylist())


def _instant(text: str | None) -> int:
    return 0 if text is None else to_instant(datetime.fromisoformat(text))


def _dates(after: date, last: date) -> Dates:
    return Dates(start=after + timedelta(days=1), end=last)
