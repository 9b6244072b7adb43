"""Reasoned deviations: why the standard was not followed, when that was written down, and for whom it was not used at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pathway.reports.data import Data, rows
from pathway.reports.measures import SMALL, Share, share_of
from pathway.reports.part import Part
from pathway.reports.rules import Counted, counted
from pathway.reports.suppression import hidden


class Reason(Part):
    """A reason that was given for at least five patients, or all others together."""

    reason: str
    """In the words that people wrote; empty for the others."""
    count: int
    """Obligations that it excused or explains."""
    patients: int | None
    rules: tuple[str, ...]
    after: Share | None
    """Written after the time was up, of those that people wrote."""


class Deviations(Part):
    """All deviations of the pathway and of those that it starts."""

    total: int
    excused: int
    """Written in time: no break."""
    explained: int
    """Written after the time was up: the break stands, with its reason."""
    foreseen: int
    """The rule itself allows it."""
    after: Share
    """Explained, of those that people wrote."""
    reasons: tuple[Reason, ...]
    causes: tuple[Counted, ...]
    """What people recorded as the causes of breaks."""
    unsuited: tuple[Counted, ...]
    """Episodes for which the standard is not used, by reason."""
    unsuited_total: int


class _Written(NamedTuple):
    patient: str
    rule: str
    written: str
    reason: str | None


def deviations_of(data: Data) -> Deviations:
    """What people wrote, and what the text foresees."""
    found = [_Written(*each) for each in rows(data.result.deviations, _Written._fields)]
    counts = {how: sum(row.written == how for row in found) for how in ("before", "after", "foreseen")}
    individual = [(course.individual_course, course.patient) for course in data.courses if course.individual_course is not None]
    return Deviations(
        total=len(found),
        excused=counts["before"],
        explained=counts["after"],
        foreseen=counts["foreseen"],
        after=share_of(counts["after"], counts["before"] + counts["after"]),
        reasons=_reasons(found),
        causes=counted((row.cause, row.patient) for row in data.broken if row.cause),
        unsuited=counted(individual),
        unsuited_total=len(individual),
    )


def _reasons(found: Sequence[_Written]) -> tuple[Reason, ...]:
    by_reason: dict[str, list[_Written]] = defaultdict(list)
    for row in found:
        by_reason[row.reason or ""].append(row)
    unsaid = hidden({reason: len({row.patient for row in those}) for reason, those in by_reason.items()})
    named = [(reason, those) for reason, those in by_reason.items() if reason and reason not in unsaid]
    named.sort(key=lambda each: (-len(each[1]), each[0]))
    others = [row for reason, those in by_reason.items() if not reason or reason in unsaid for row in those]
    return tuple(_reason(reason, those) for reason, those in [*named, *([("", others)] if others else [])])


def _reason(reason: str, those: Sequence[_Written]) -> Reason:
    written = [row for row in those if row.written != "foreseen"]
    told = len({row.patient for row in those}) >= SMALL and len({row.patient for row in written}) >= SMALL
    return Reason(
        reason=reason,
        count=len(those),
        patients=len({row.patient for row in those}) if reason else None,
        rules=tuple(sorted({row.rule for row in those})) if reason else (),
        after=share_of(sum(row.written == "after" for row in written), len(written)) if told else None,
    )
