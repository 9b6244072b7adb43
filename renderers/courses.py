"""A patient's timeline from the figures, made ready to draw and to read as a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .charts import OUTCOME_CLASS
from .timeline import Course, Duty, Happening, Row, Stay

if TYPE_CHECKING:
    from .view import View

_DRAWN = 14
"""Rules that are drawn for a patient at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: `state` is the class of the page that it has, or nothing."""

    at: datetime
    when: str
    what: str
    state: str = ""


def course_of(found: Any, view: View) -> Course:
    """What `timeline` draws."""
    end = _end(found, view)
    broken = {(row.pathway, row.rule, row.part, row.at): row.kind for row in found.breaks}
    return Course(
        stays=[
            Stay(view.stage(row.stage), view.party(row.party), _local(row.since, view), _local(row.until or end, view))
            for row in found.stays
        ],
        happenings=[Happening(view.event(row.event), _local(row.at, view), row.day_only) for row in found.events],
        rows=[
            Row(_title(owed[0], view), view.id_of(owed[0].pathway, owed[0].rule), [_duty(row, broken, view) for row in owed])
            for owed in _rows(found)[:_DRAWN]
        ],
        end=_local(end, view),
    )


def left_out(found: Any) -> int:
    """How many rules are not drawn."""
    return max(0, len(_rows(found)) - _DRAWN)


def _rows(found: Any) -> list[list[Any]]:
    """Obligations by rule: those with a break first, then what is late or waits; those that are drawn stand in the order of time."""
    broken = {(row.pathway, row.rule, row.part) for row in found.breaks}
    rules: dict[tuple[str, str, str], list[Any]] = {}
    for row in found.obligations:
        if row.outcome not in ("cancelled", "lapsed"):
            rules.setdefault((row.pathway, row.rule, row.part), []).append(row)

    def rank(key: tuple[str, str, str]) -> tuple[bool, bool, bool]:
        return key not in broken, all(row.outcome == "met" for row in rules[key]), key[2] != "main"

    ranked = sorted(rules, key=rank)
    drawn = sorted(ranked[:_DRAWN], key=lambda key: min(row.since for row in rules[key]))
    return [rules[key] for key in (*drawn, *ranked[_DRAWN:])]


def _title(row: Any, view: View) -> str:
    title = view.rule_title(row.pathway, row.rule)
    return title if row.part == "main" else f"{view.t('part_' + row.part)}: {title}"


def lines(found: Any, view: View) -> list[Line]:
    """Everything of a timeline in the order that it happened."""
    return sorted(_lines(found, view), key=lambda line: line.at)


def _lines(found: Any, view: View) -> Iterator[Line]:
    for row in found.stays:
        title = view.stage(row.stage)
        said = view.t("enters_end", s=title) if row.party is None else view.t("enters_stage", s=title, p=view.party(row.party))
        yield Line(row.since, view.moment(row.since), said, "stage")
    for row in found.events:
        when = view.day(row.at) if row.day_only else view.moment(row.at)
        yield Line(row.at, when, view.event(row.event))
    broken = {(row.pathway, row.rule, row.part, row.at) for row in found.breaks}
    for row in found.obligations:
        outcome = _outcome(row)
        if (
            row.due is None
            or outcome in ("met", "cancelled", "lapsed", "early")  # of what came too early its break tells
            or (row.pathway, row.rule, row.part, row.due) in broken
        ):
            continue
        said = f"{view.t('fell_due', r=view.rule_title(row.pathway, row.rule))}: {view.t('outcome_' + outcome)}"
        yield Line(row.due, view.moment(row.due), said, OUTCOME_CLASS[outcome])
    for row in found.breaks:
        yield Line(row.at, view.moment(row.at), view.w(row.sentence), "gone" if row.closed is None else "late")


def _outcome(row: Any) -> str:
    """The outcome as the page says it: what came before its time is not late."""
    early = row.outcome == "late" and row.met is not None and row.due is not None and row.met < row.due
    return "early" if early else str(row.outcome)


def _duty(row: Any, broken: dict[tuple[str, str, str, Any], Any], view: View) -> Duty:
    return Duty(
        start=_local(row.since, view),
        due=None if row.due is None else _local(row.due, view),
        met=None if row.met is None else _local(row.met, view),
        state=OUTCOME_CLASS[_outcome(row)],
        said=view.t("outcome_" + _outcome(row)),
        broken=broken.get((row.pathway, row.rule, row.part, row.due)),
    )


def _end(found: Any, view: View) -> datetime:
    """When the last stay ended; while it goes on, as of when the report is."""
    ends = [row.until for row in found.stays]
    seen = [row.at for row in found.events] + [row.closed for row in found.breaks if row.closed is not None]
    if all(ends) and ends:
        return max([*ends, *seen])
    as_of: datetime = view.figures.provenance.as_of
    return as_of


def _local(moment: datetime, view: View) -> datetime:
    return moment.astimezone(view.zone)
