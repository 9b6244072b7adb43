"""How good the data are, and how the report was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pathway.replay.population import TABLES
from pathway.reports.data import Data
from pathway.reports.limits import SourceFigures, source_of
from pathway.reports.measures import Share, share_of
from pathway.reports.part import Part, Text, title_of


class Rejected(Part):
    """Rows that could not be used, for one reason."""

    reason: str
    count: int
    first: str
    """The first of them: `row 12`."""


class Unknown(Part):
    """A name that the pathway does not have."""

    name: str
    count: int
    nearest: str | None
    """The name that may have been meant."""


class Misfit(Part):
    """Values of a fact that are none of its."""

    fact: str
    titles: Text
    count: int
    first: str
    """Where the first of them stands: `row 12`."""
    nearest: str | None
    """The value that may have been meant by it."""


class NotTaken(Part):
    """Events that changed nothing where the patient was."""

    stage: str
    """Empty: before the patient had come into the pathway, or after."""
    event: str
    count: int


class Quality(Part):
    """What was in the log and could not be used, and what the pathway could not follow."""

    read: int
    used: int
    ignored: int
    """Left out by the mapping."""
    understood: Share
    """Rows used, of all that were read: what the mapping left out stands beside."""
    rejected: tuple[Rejected, ...]
    unknown: tuple[Unknown, ...]
    unknown_parties: tuple[Unknown, ...]
    unknown_deviations: tuple[Unknown, ...]
    misfits: tuple[Misfit, ...]
    settled: dict[str, int]
    """By kind, what was found when corrections and duplicates were put together."""
    mended: dict[str, int]
    not_taken_up: tuple[NotTaken, ...]
    date_only: int
    """Events of which only the day is known."""
    patients: int
    """Patients with a usable event."""
    without_episode: int
    """Patients who never came into the pathway."""
    without_end: int
    """Episodes of the pathway that have not ended."""
    uncertain: int
    """Episodes whose position is not known now."""
    jumps: int
    """Moves that an event showed, though no transition led there."""
    entry_unknown: int
    """Times when it could not be known whether a patient came in."""
    adaptation_unknown: int
    """Episodes for which it could not be known whether a local adaptation applied."""
    out_of_force: int
    """Episodes that began when no version of the pathway was in force."""
    repeated_anchors: int
    """Events that could have raised a rule again and did not, since it waited already."""
    never_seen: tuple[str, ...]
    """What rules wait for and the log never has: it shows as missing, and may only never be recorded."""


class Edition(Part):
    """A text that episodes followed."""

    pathway: str
    adaptation: str | None
    version: str
    episodes: int | None
    """Null where they are too few to say."""


class Provenance(Part):
    """What the report was made from."""

    pathway: str
    version: str
    engine: str
    as_of: datetime | None
    """How far the world has come."""
    known_at: datetime | None
    """What had been recorded by then; null: all that is known."""
    time_zone: str
    owner: str | None
    editions: tuple[Edition, ...]
    sources: tuple[SourceFigures, ...]
    rows: dict[str, int]
    """By table, how many rows stand behind the figures."""


def quality_of(data: Data, pathway: str) -> Quality:
    """The quality of the log, and of what became of it."""
    summary = data.summary
    log: Mapping[str, Any] = summary["events"]
    near: Mapping[str, str] = log["nearest"]
    taken = [
        NotTaken(stage=stage, event=name, count=count)
        for stage, names in log["not_taken_up"].items()
        for name, count in names.items()
    ]
    return Quality(
        read=log["read"],
        used=log["used"],
        ignored=log["ignored"],
        understood=share_of(log["used"], log["read"]),
        rejected=tuple(Rejected(reason=reason, **found) for reason, found in log["rejected"].items()),
        unknown=_unknown(log["unknown"], near),
        unknown_parties=_unknown(log["unknown_parties"], near),
        unknown_deviations=_unknown(log["unknown_deviations"], near),
        misfits=tuple(_misfit(data, name, count, **log["misfits"][name]) for name, count in log["facts"].items()),
        settled=log["settled"],
        mended=log["mended"],
        not_taken_up=tuple(sorted(taken, key=lambda each: (-each.count, each.stage, each.event))),
        date_only=summary["date_only"],
        patients=summary["patients"],
        without_episode=summary["patients"] - len({course.patient for course in data.courses}),
        without_end=sum(course.ended_at is None for course in data.courses if course.pathway == pathway),
        uncertain=summary["uncertain"],
        jumps=summary["jumps"],
        entry_unknown=summary["entry_unknown"],
        adaptation_unknown=summary["adaptation_unknown"],
        out_of_force=summary["out_of_force"],
        repeated_anchors=summary["repeated_anchors"],
        never_seen=tuple(summary["never_seen"]),
    )


def _misfit(data: Data, name: str, count: int, first: str, nearest: str | None = None) -> Misfit:
    fact = next((text.facts[name] for text in data.texts.values() if name in text.facts), None)
    return Misfit(fact=name, titles=title_of(fact, name), count=count, first=first, nearest=nearest)


def _unknown(counts: Mapping[str, int], near: Mapping[str, str]) -> tuple[Unknown, ...]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Unknown(name=name, count=count, nearest=near.get(name)) for name, count in ranked)


def provenance_of(data: Data, pathway: str) -> Provenance:
    """What the report was made from."""
    text = data.pathways[pathway]
    sources: dict[str, SourceFigures] = {}
    for each in data.pathways.values():
        for rule in each.rules():
            found = source_of(data, each, rule.standing)
            if found is not None:
                sources.setdefault(found.title, found.model_copy(update={"place": None}))
    return Provenance(
        pathway=pathway,
        version=text.version,
        engine=data.summary["engine"],
        as_of=_moment(data.summary["as_of"]),
        known_at=_moment(data.summary["known_at"]),
        time_zone=text.time_zone,
        owner=text.owner,
        editions=tuple(
            Edition(pathway=key[0], adaptation=key[1], version=key[2], episodes=None if key in data.unsaid else len(those))
            for key, those in data.followers.items()
        ),
        sources=tuple(sources.values()),
        rows={name: getattr(data.result, name).num_rows for name in TABLES},
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
