"""A population replayed: every patient's story, as tables."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.events.event import Instant
from pathway.events.read import Log
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.outputs import write_text, write_whole
from pathway.replay.parts import parts_of
from pathway.replay.tables import RECORDS, table_of
from pathway.replay.totals import cost_totals, indicator_totals
from pathway.tracking.context import Context, context_of
from pathway.tracking.records import (
    OUTCOMES,
    AnswerRecord,
    BreakRecord,
    CostRecord,
    DeviationRecord,
    EpisodeRecord,
    GroupRecord,
    IndicatorRecord,
    ObligationRecord,
    StayRecord,
)
from pathway.tracking.tell import Story, lineage, story_of, told_courses, visible
from pathway.tracking.unseen import never_seen, told_by

TABLES = tuple(RECORDS)


@dataclass(frozen=True)
class Result:
    """What a replay gives: Arrow tables with the columns of `pathway/tracking/records.py`, and `summary`, plain JSON data."""

    breaks: pa.Table
    obligations: pa.Table
    episodes: pa.Table
    indicators: pa.Table
    costs: pa.Table
    stays: pa.Table
    groups: pa.Table
    deviations: pa.Table
    answers: pa.Table
    summary: dict[str, Any]

    def write(self, folder: str | Path) -> list[Path]:
        """Write the tables (`breaks.parquet` and so on) and `summary.json` into a folder, made if need be.

        Each file is replaced as a whole or not at all. Returns their paths.
        """
        target = Path(folder)
        for place in places_in(target):
            if place.is_dir():  # of a replay in blocks
                shutil.rmtree(place)
        written = [write_whole(target / f"{name}.parquet", self._writer(name)) for name in TABLES]
        text = json.dumps(self.summary, ensure_ascii=False, indent=1) + "\n"
        return [*written, write_text(target / "summary.json", text)]

    def _writer(self, name: str) -> Callable[[Path], object]:
        return lambda path: parquet.write_table(getattr(self, name), path, compression="zstd")

    @classmethod
    def read(cls, folder: str | Path) -> Result:
        """A result that was written before."""
        source = Path(folder)
        tables = {name: parquet.read_table(source / f"{name}.parquet") for name in TABLES}
        return cls(**tables, summary=json.loads((source / "summary.json").read_text(encoding="utf-8")))


def places_in(folder: Path) -> list[Path]:
    """Where the tables of a replay lie, and what a replay in blocks counts."""
    return [*(folder / f"{name}.parquet" for name in TABLES), folder / "counts"]


def replay(
    compiled: Compiled,
    log: Log,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Tell every patient's story.

    `as_of` and `known_at` default to the last `recorded` of the log (E4), so that an extract's end does not make everything
    missing. `progress` is called after each patient with the number of events told so far.
    """
    if as_of is None:
        as_of = log.last_recorded if known_at is None else known_at
    until = 0 if as_of is None else as_of
    stories: list[Story] = []
    contexts: list[Context] = []
    told = patients = 0
    for _, events in log.by_patient():
        known = [event for event in events if visible(event, known_at)]
        courses = told_courses(compiled, known, as_of=until, receipts=log.receipts)
        stories.append(story_of(courses, until))
        contexts.append(context_of(courses))
        patients += 1
        told += len(events)
        if progress is not None:
            progress(told)
    tables = {
        "breaks": table_of(BreakRecord, (record for story in stories for record in story.breaks)),
        "obligations": table_of(ObligationRecord, (record for story in stories for record in story.obligations)),
        "episodes": table_of(EpisodeRecord, (record for story in stories for record in story.episodes)),
        "indicators": table_of(IndicatorRecord, (record for story in stories for record in story.indicators)),
        "costs": table_of(CostRecord, (record for story in stories for record in story.costs)),
        "stays": table_of(StayRecord, (record for context in contexts for record in context.stays)),
        "groups": table_of(GroupRecord, (record for context in contexts for record in context.groups)),
        "deviations": table_of(DeviationRecord, (record for context in contexts for record in context.deviations)),
        "answers": table_of(AnswerRecord, (record for context in contexts for record in context.answers)),
    }
    totals = {"indicators": indicator_totals(compiled.pathway, [tables["indicators"]]), "costs": cost_totals([tables["costs"]])}
    return Result(**tables, summary=_summary(compiled, log, stories, patients, as_of, known_at) | totals)


def _summary(
    compiled: Compiled, log: Log, stories: list[Story], patients: int, as_of: Instant | None, known_at: Instant | None
) -> dict[str, Any]:
    texts = [text for pathway in lineage(compiled) for text in (pathway, *pathway.editions)]
    outcomes: dict[str, Counter[str]] = {rule.rule.name: Counter() for text in texts for rule in text.rules}
    owed: Counter[tuple[str, str, str]] = Counter()
    breaks: dict[str, Counter[str]] = defaultdict(Counter)
    left: dict[str, Counter[str]] = defaultdict(Counter)
    for story in stories:
        for obligation in story.obligations:
            outcomes[obligation.rule][obligation.outcome] += 1
            owed[obligation.rule, obligation.part, obligation.outcome] += 1
        for found in story.breaks:
            breaks[found.kind][found.subtype] += 1
        for (stage, name), count in story.not_taken_up.items():
            left[stage][name] += count
    return {
        "pathway": compiled.pathway.name,
        "version": compiled.pathway.version,
        "engine": engine_version(),
        "as_of": _iso(as_of),
        "known_at": _iso(known_at),
        "events": {**log.counts.as_dict(), "not_taken_up": {stage: dict(found) for stage, found in left.items()}},
        "date_only": sum(event.date_only for events in log.events.values() for event in events),
        "never_seen": never_seen(compiled, told_by(event for events in log.events.values() for event in events)),
        "patients": patients,
        "episodes": sum(len(story.episodes) for story in stories),
        "entry_unknown": sum(story.entry_unknown for story in stories),
        "adaptation_unknown": sum(story.adaptation_unknown for story in stories),
        "out_of_force": sum(story.out_of_force for story in stories),
        "repeated_anchors": sum(story.repeated_anchors for story in stories),
        "moves": _moves(stories),
        "jumps": sum(story.jumps for story in stories),
        "uncertain": sum(story.uncertain for story in stories),
        "rules": {rule: {outcome: found[outcome] for outcome in OUTCOMES} for rule, found in outcomes.items()},
        "parts": parts_of(owed),
        "breaks": {kind: dict(found) for kind, found in breaks.items()},
    }


def _moves(stories: list[Story]) -> dict[str, dict[str, int]]:
    """How often patients went from one stage (empty: coming in) to another."""
    moves: dict[str, Counter[str]] = defaultdict(Counter)
    for story in stories:
        for move in story.moves:
            if move.after and move.pathway == story.pathway:
                moves[move.before][move.after] += 1
    return {before: dict(found) for before, found in moves.items()}


def _iso(instant: Instant | None) -> str | None:
    return None if instant is None else to_datetime(instant).isoformat()


def engine_version() -> str:
    """The version of the installed package."""
    try:
        return version("patient-pathway")
    except PackageNotFoundError:
        return "unknown"
