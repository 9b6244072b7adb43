"""What all parts of the model share: they are frozen, have a place in a text, and titles for people.

In modules of models annotations are not postponed (`from __future__ import annotations`): pydantic would compile each of them, which
is a sixth of what it takes to start.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pathway.language.source import Language, Span

Unit = Literal["minute", "hour", "day", "week", "month", "year", "working_day"]
Level = Literal["home", "municipal", "intermediate", "specialist", "other"]
LEVELS: tuple[Level, ...] = ("home", "municipal", "intermediate", "specialist")
"""Low to high; `other` stands outside the order."""

MessagePhase = Literal["sent", "received", "acknowledged", "answered", "rejected"]
ResourcePhase = Literal["requested", "granted", "started", "delivered", "ended", "refused"]
Phase = MessagePhase | ResourcePhase
MESSAGE_PHASES: tuple[MessagePhase, ...] = ("sent", "received", "acknowledged", "answered", "rejected")
RESOURCE_PHASES: tuple[ResourcePhase, ...] = ("requested", "granted", "started", "delivered", "ended", "refused")


class Frozen(BaseModel):
    """A value: equal by content, never changed. A change is a new value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Placed(Frozen):
    """Something an author wrote at a place. The place is left out of `model_dump()`: it is not part of the meaning."""

    span: Span | None = Field(default=None, exclude=True, repr=False)


class Named(Placed):
    """A name for the machine, titles for people, and aliases of the name in other languages."""

    name: str
    titles: dict[Language, str] = {}
    aliases: dict[Language, str] = {}

    def title(self, language: Language = "nb") -> str:
        """The title in a language; else in Bokmål, English or whichever there is; else the name."""
        for wanted in (language, "nb", "nn", "en"):
            if wanted in self.titles:
                return self.titles[wanted]
        return self.name.replace("_", " ")


class Duration(Frozen):
    """A length of time. Minutes and hours are elapsed time, the others calendar time (T2)."""

    amount: int
    unit: Unit

    @property
    def elapsed(self) -> bool:
        return self.unit in ("minute", "hour")


class Period(Frozen):
    """From and to a local date, both included; an open side is None."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
