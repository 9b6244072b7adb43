"""Text to instants and to values of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pathway.events.event import Instant
from pathway.model.calendar import EARLIEST, LATEST, to_instant
from pathway.model.expressions import Value
from pathway.model.pathway import Fact

_NORWEGIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](?:kl\.? ?)?(.+))?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ T](.+))?")
_YES = frozenset({"yes", "ja", "true", "1", "j", "y"})
_NO = frozenset({"no", "nei", "false", "0", "n"})
_DATES = (date(1850, 1, 1), date(2100, 12, 31))


class Times:
    """Reads times, each distinct text once. A time without an offset is local in the zone given."""

    def __init__(self, zone: ZoneInfo, formats: Iterable[str] = ()) -> None:
        self.zone = zone
        self._formats = tuple(formats)
        self._read: dict[str, tuple[Instant, bool] | str] = {}

    def read(self, text: str) -> tuple[Instant, bool] | str:
        """The instant and whether only its date is known; or why it is refused: `time` (not one) or `range` (T1)."""
        known = self._read.get(text)
        if known is None:
            known = self._read[text] = self._parse(text.strip())
        return known

    def _parse(self, text: str) -> tuple[Instant, bool] | str:
        moment = self._moment(text)
        if moment is None:
            return "time"
        date_only = not isinstance(moment, datetime)
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day)
        try:
            # Of an hour that comes twice the first is meant; one that the spring skips is read as before the change.
            aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone)
            aware = aware.astimezone(UTC)
        except (OverflowError, ValueError):
            return "range"
        if not EARLIEST <= aware < LATEST:
            return "range"
        return to_instant(aware), date_only

    def _moment(self, text: str) -> datetime | date | None:
        for form in self._formats:
            try:
                moment = datetime.strptime(text, form)
            except ValueError:
                continue
            return moment if any(code in form for code in ("%H", "%I", "%X", "%c")) else moment.date()
        for pattern, order in ((_NORWEGIAN, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3))):
            found = pattern.fullmatch(text)
            if found is not None:
                year, month, day = (int(found[place]) for place in order)
                text = f"{year:04}-{month:02}-{day:02}" + (f"T{found[4].replace('.', ':', 2)}" if found[4] else "")
                if found[4] and pattern is _YEAR_FIRST:
                    text = f"{year:04}-{month:02}-{day:02}T{found[4]}"
                break
        try:
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            return None


def fact_value(text: str, fact: Fact, *, decimal_comma: bool = False, factor: float = 1.0) -> Value | None:
    """A text as a value of the fact's type; None when it is none."""
    text = text.strip()
    kind = fact.type
    match kind.kind:
        case "yes_no":
            word = text.casefold()
            return True if word in _YES else False if word in _NO else None
        case "number":
            return _number(text.replace(",", ".") if decimal_comma else text, fact, factor)
        case "one_of":
            return text if text in kind.values else next((v for v in kind.values if v.casefold() == text.casefold()), None)
        case "date":
            try:
                day = date.fromisoformat(text[:10])
            except ValueError:
                return None
            return day if _DATES[0] <= day <= _DATES[1] else None
    return text or None


def _number(text: str, fact: Fact, factor: float) -> Value | None:
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text):
        return None
    number = float(text) * factor
    low, high = fact.type.minimum, fact.type.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return None
    return int(number) if number.is_integer() else number
