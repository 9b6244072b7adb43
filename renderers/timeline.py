"""One patient's course on one time axis: stages as bands, events as points, obligations as bars from what raised them to their due
time and to what met them, breaks with the mark of their kind.

Minutes in an emergency department and months at home do not fit on one scale. Each gap between two things that happened is drawn by the
logarithm of its length, with the length written on it where there is room: order and closeness can be seen, and nothing is hidden.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pathway.language.source import Language
from pathway.model.phrases import elapsed_text
from pathway.model.rules import BreakKind

from .lettering import width
from .palette import mark
from .svg import label, short, titled
from .texts import date_text, moment_text, text

_WIDE, _NAMES, _ROW, _TOP = 1000.0, 262.0, 24.0, 46.0
_LETTER = 12.5
_UNIT = 900.0
"""Seconds that a gap is measured in: a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stage that the patient was in, from when to when. All instants are in the pathway's own time zone."""

    title: str
    party: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    title: str
    at: datetime
    date_only: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation: `state` is a class of the page (`good`, `late`, …), `said` what became of it in words. `broken` is the kind of
    its break, at the due time."""

    start: datetime
    due: datetime | None
    met: datetime | None
    state: str
    said: str
    broken: BreakKind | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A rule and its obligations, one after another. `target` is the id of the rule's section."""

    title: str
    target: str
    duties: Sequence[Duty]


@dataclass(frozen=True, slots=True)
class Course:
    stays: Sequence[Stay]
    happenings: Sequence[Happening]
    rows: Sequence[Row]
    end: datetime
    """The end of the episode, or `as of` while it goes on."""


class _Axis:
    """Where an instant lies between the names and the right edge."""

    def __init__(self, course: Course) -> None:
        seen = {stay.start for stay in course.stays} | {happening.at for happening in course.happenings} | {course.end}
        duties = [duty for row in course.rows for duty in row.duties]
        seen |= {moment for duty in duties for moment in (duty.start, duty.due, duty.met) if moment is not None}
        self.moments = sorted(seen)
        gaps = [(b - a).total_seconds() for a, b in zip(self.moments, self.moments[1:], strict=False)]
        sizes = [0.25 + math.log1p(gap / _UNIT) for gap in gaps]
        scale = (_WIDE - _NAMES - 34) / (sum(sizes) or 1)
        self.places = [_NAMES + 16]
        for size in sizes:
            self.places.append(self.places[-1] + size * scale)

    def __call__(self, moment: datetime) -> float:
        at = bisect_right(self.moments, moment) - 1
        if at < 0:
            return self.places[0]
        if at >= len(self.moments) - 1:
            return self.places[-1]
        before, after = self.moments[at], self.moments[at + 1]
        share = (moment - before) / (after - before)
        return self.places[at] + share * (self.places[at + 1] - self.places[at])


def timeline(course: Course, language: Language, said: str) -> str:
    """The picture. `said` is its name for a screen reader; the list behind it has every moment in words."""
    axis = _Axis(course)
    foot = _TOP + 60 + len(course.rows) * _ROW
    parts = [*_days(axis, language, foot), *_stays(course, axis), *_happenings(course, axis, language)]
    for place, row in enumerate(course.rows):
        middle = _TOP + 60 + (place + 0.5) * _ROW
        shown = label(_NAMES, middle + 4, _cut(row.title, _NAMES - 14), anchor="end")
        parts.append(f'<a href="#{row.target}">{shown}</a>')
        parts += [titled(_duty(duty, axis, course.end, middle), f"{row.title}: {duty.said}") for duty in row.duties]
    return f'<svg class="timeline" viewBox="0 0 {short(_WIDE)} {short(foot + 8)}" role="group" aria-label="{said}">{"".join(parts)}</svg>'


def _days(axis: _Axis, language: Language, foot: float) -> list[str]:
    """The date wherever a new day begins and there is room, and how long the long gaps are."""
    parts: list[str] = []
    free = 0.0
    day = year = None
    for moment, x in zip(axis.moments, axis.places, strict=True):
        if moment.date() == day:
            continue
        day = moment.date()
        said = date_text(day, language, brief=True) + (f" {day.year}" if day.year != year else "")
        if x < free or x + 7 * len(said) > _WIDE:
            continue
        parts.append(f'<path class="grid" d="M{short(x)} {short(_TOP - 14)}V{short(foot)}"/>')
        parts.append(label(x + 3, _TOP - 20, said))
        free = x + 8 + 7.2 * len(said)
        year = day.year
    for (a, b), (left, right) in zip(
        zip(axis.moments, axis.moments[1:], strict=False), zip(axis.places, axis.places[1:], strict=False), strict=True
    ):
        gap = (b - a).total_seconds()
        said = elapsed_text(gap, language).split(" ")
        short_said = " ".join(said[:2])
        if gap > 3 * 86_400 and right - left > 8 * len(short_said):
            parts.append(label((left + right) / 2, _TOP - 4, short_said, anchor="middle", kind="gap"))
    return parts


def _stays(course: Course, axis: _Axis) -> list[str]:
    parts: list[str] = []
    for place, stay in enumerate(course.stays):
        left, right = axis(stay.start), axis(stay.end)
        wide = max(right - left, 3.0)
        band = f'x="{short(left)}" y="{short(_TOP)}" width="{short(wide)}" height="26" rx="4"'
        shape = f'<rect class="stay {"even" if place % 2 else "odd"}" {band}/>'
        parts.append(titled(shape, f"{stay.title} ({stay.party})"))
        if wide > 40:
            parts.append(label(left + 6, _TOP + 17, _cut(stay.title, wide - 12, bold=True), kind="strong"))
    return parts


def _happenings(course: Course, axis: _Axis, language: Language) -> list[str]:
    y = _TOP + 42
    parts = [f'<path class="axis" d="M{short(_NAMES + 16)} {short(y)}H{short(_WIDE - 18)}"/>']
    for happening in course.happenings:
        tip = f"{moment_text(happening.at, language, date_only=happening.date_only)}: {happening.title}"
        parts.append(titled(f'<circle class="event" cx="{short(axis(happening.at))}" cy="{short(y)}" r="4"/>', tip))
    parts.append(label(_NAMES, y + 4, text("events", language), anchor="end"))
    return parts


def _duty(duty: Duty, axis: _Axis, end: datetime, middle: float) -> str:
    start = axis(duty.start)
    last = duty.met or (end if duty.state in ("gone", "waits", "late") else duty.due or duty.start)
    in_time = min(last, duty.due) if duty.due is not None else last
    bars = [_bar("good" if duty.state in ("late", "gone") else duty.state, start, axis(in_time), middle)]
    if duty.due is not None and last > duty.due and duty.state in ("late", "gone"):
        bars.append(_bar(duty.state, axis(duty.due), axis(last), middle))
    if duty.due is not None:
        bars.append(f'<path class="limit" d="M{short(axis(duty.due))} {short(middle - 10)}v20"/>')
    if duty.met is not None:
        bars.append(f'<circle class="dot" cx="{short(axis(duty.met))}" cy="{short(middle)}" r="3.4"/>')
    if duty.broken is not None:
        bars.append(mark(duty.broken, axis(duty.due or duty.met or duty.start), middle, 13))
    return "".join(bars)


def _cut(title: str, room: float, *, bold: bool = False) -> str:
    """A title in one line, with an ellipsis where it is too long. The tip has all of it."""
    if width(title, _LETTER, bold=bold) <= room:
        return title
    kept = title
    while kept and width(f"{kept}…", _LETTER, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _bar(state: str, left: float, right: float, middle: float) -> str:
    wide = max(right - left, 2.0)
    return f'<rect class="{state}" x="{short(left)}" y="{short(middle - 5)}" width="{short(wide)}" height="10" rx="2"/>'
