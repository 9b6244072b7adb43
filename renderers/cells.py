"""Cells of the report's tables, and the words that stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pathway.language.source import Language
from pathway.language.texts import texts_of
from pathway.reports.figures import Figures
from pathway.reports.measures import Share, Trend
from pathway.reports.ranking import Task

Form = Literal["text", "count", "share", "number", "date", "moment"]
"""How a column is written: `number` has two decimals, a `share` is from 0 to 1."""
Value = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Formed:
    """A value that is written in another form than its column's."""

    value: Value
    form: Form


Cell = Value | Formed
Row = Sequence[Cell]


Columns = Sequence[tuple[str, Form]]
"""Headings by name (`in_time`, `outcome.met`, `sent+of`), each with the form of what stands beneath."""
Part = tuple[Columns, Iterator[Row]]

SHARE: Columns = (("number", "count"), ("of", "count"), ("share", "share"), ("low", "share"), ("high", "share"))
"""What `share_cells` fills."""


class Words:
    """The words of the tables, and the titles of what the figures name, in one language."""

    def __init__(self, figures: Figures, language: Language) -> None:
        self.figures = figures
        self.language: Language = language
        self._rules = {(rule.pathway, rule.name): rule.titles[language] for rule in figures.rules}

    def say(self, group: str, name: str, /, **values: object) -> str:
        text: str = texts_of("figures")[group][name][self.language]
        return text.format(**values)

    def party(self, name: str | None) -> str:
        titles = self.figures.names.parties.get(name or "")
        return titles[self.language] if titles is not None else name or ""

    def stage(self, name: str | None) -> str:
        titles = self.figures.names.stages.get(name or "")
        return titles[self.language] if titles is not None else name or ""

    def event(self, key: str) -> str:
        titles = self.figures.names.events.get(key)
        return titles[self.language] if titles is not None else key

    def pathway(self, name: str) -> str:
        titles = self.figures.names.pathways.get(name)
        return titles[self.language] if titles is not None else name

    def rule(self, pathway: str, name: str | None) -> str:
        return self.say("group", "all_episodes") if name is None else self._rules.get((pathway, name), name)

    def sends(self, task: Task) -> bool:
        """Whether what breaks is a message on its way; else nobody sends, and somebody had the patient."""
        rule = self.figures.of(task.rule, task.pathway)
        return rule is not None and rule.sender is not None

    def dimension(self, name: str | None) -> str:
        titles = self.figures.names.dimensions.get(name or "")
        return titles[self.language] if titles is not None else self.party(name)

    def value(self, fact: str | None, value: str) -> str:
        titles = self.figures.names.values.get(fact or "", {}).get(value)
        return titles[self.language] if titles is not None else value

    def group(self, dimension: str | None, name: str | None) -> str:
        if name is None:
            return self.say("group", "unknown")
        return self.say("group", name) if name in ("working_day", "day_off") else self.value(dimension, name)

    def reason(self, name: str) -> str:
        """Why a row was not used, or what was mended in it."""
        entry = texts_of("commands").get(f"reason.{name}")
        return name if entry is None else str(entry[self.language])

    def row(self, first: str) -> str:
        """`row 12` in the reader's language."""
        return first.replace("row", str(texts_of("commands")["word.row"][self.language]))

    def clock(self, moment: datetime | None) -> datetime | None:
        """An instant as clocks say it where the pathway is, to the minute: a spreadsheet makes the last second of a day the next day."""
        zone = ZoneInfo(self.figures.provenance.time_zone)
        return None if moment is None else moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)

    def day(self, day: date | None) -> str:
        if day is None:
            return ""
        return day.isoformat() if self.language == "en" else f"{day.day}.{day.month}.{day.year}"


def share_cells(share: Share | None) -> list[Cell]:
    """A share as number, of, share and interval."""
    if share is None:
        return [None] * 5
    return [share.part, share.whole, share.value, share.low, share.high]


def share_and_counts(share: Share | None) -> list[Cell]:
    """A share before its number and what it is of."""
    return [None] * 3 if share is None else [share.value, share.part, share.whole]


def trend_cell(words: Words, trend: Trend | None) -> str | None:
    return None if trend is None else words.say("trend", trend.verdict)
