"""What the columns of a log look like, told from their content alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Literal

from pathway.events.identity import holds_national
from pathway.events.times import moment_of
from pathway.events.values import number, yes_or_no
from pathway.model.calendar import EARLIEST, LATEST

Kind = Literal["empty", "time", "date", "number", "yes_no", "code", "text"]

FORMS = (
    "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y",
    "%d.%m.%y %H:%M", "%d.%m.%y %H:%M:%S", "%d.%m.%y", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H:%M:%S",
    "%Y-%m-%d %H.%M", "%Y-%m-%d %H.%M.%S", "%Y-%m-%d-%H.%M.%S.%f", "%d.%m.%Y %H%M", "%d/%m/%y %H:%M", "%d/%m/%y",
    "%d %b %Y %H:%M", "%d %b %Y", "%d-%b-%Y %H:%M", "%d-%b-%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y",
    "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip
"""Ways of writing a time that are not read by themselves, the likelier first. Where day and month cannot be told apart, it is
day before month; of those without anything between, the shorter before the longer, which would read it too."""
_LOOKED_AT = 2000
"""So many different values of a column are looked at."""
_MOST = 0.95
"""The share of them that must be of a kind for the column to be."""
_MOST_TIMES = 0.8
"""The same of times: little else looks like one, and broken ones are to be told as such."""
_SHORT = 16
_SHOWN = 3
_VARIED = 50
"""Of a column with more different values than this none is shown: they may be names."""
_FEW = 5
"""A value that fewer rows have is not shown: it may tell who it is about."""


@dataclass(frozen=True)
class Looks:
    """A column: how full it is, what kind of values it has, and how they are written.

    `forms` are the formats (`strptime`) that its times need, none when they are read by themselves. `comma` says that numbers have
    a decimal comma. `national` is the number of different values that hold a national identity number. `commonest` are values
    that at least five rows have, none of a column with many different ones.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    kind: Kind
    forms: tuple[str, ...] = ()
    comma: bool = False
    national: int = 0
    lowest: str | None = None
    highest: str | None = None
    commonest: tuple[tuple[str, int], ...] = ()

    @property
    def share(self) -> float:
        """The share of rows that have a value."""
        return self.filled / self.rows if self.rows else 0.0


def looks_of(name: str, values: Sequence[str], *, times: float = _MOST_TIMES) -> Looks:
    """Look at a column. `times` is the share of its values that must be times for it to be one of times. Cost: 0.1 µs a row, and
    1 µs for each different value."""
    counted = Counter(values)
    counted.pop("", None)
    filled = counted.total()
    if not counted:
        return Looks(name, len(values), 0, 0, "empty")
    national = sum(len(value) > 10 and holds_national(value) for value in counted)
    kind, forms, comma = _kind([value.strip() for value in islice(counted, _LOOKED_AT)], times)
    bounds = (None, None) if national else _bounds(counted, kind, forms, comma)
    shown: tuple[tuple[str, int], ...] = ()
    if not national and kind in ("code", "text", "yes_no", "number") and len(counted) <= _VARIED:
        shown = tuple((value, count) for value, count in counted.most_common(_SHOWN) if count >= _FEW)
    return Looks(name, len(values), filled, len(counted), kind, forms, comma, national, *bounds, shown)


def _kind(some: Sequence[str], times: float) -> tuple[Kind, tuple[str, ...], bool]:
    """What nearly all of some values are, the formats that they need to be read, and whether they have a decimal comma."""
    needed = max(1, int(_MOST * len(some) + 0.5))
    of_times = max(1, int(times * len(some) + 0.5))
    words = {value.casefold() for value in some}
    if len(words) <= 2 and all(yes_or_no(value) is not None for value in some) and words != {"1"} and words != {"0"}:
        return "yes_no", (), False
    read = _times(some, (), of_times)
    forms: tuple[str, ...] = ()
    if read is None and not all(value.isdigit() and len(value) < 8 for value in some):
        for form in FORMS:
            read = _times(some, (form,), of_times)
            if read is not None:
                forms = (form,)
                break
    if read is not None:
        return "time" if any(isinstance(moment, datetime) for moment in read) else "date", forms, False
    for comma in (False, True):
        if sum(number(value, decimal_comma=comma) is not None for value in some) >= needed:
            return "number", (), comma
    short = all(len(value) <= _SHORT and " " not in value for value in some)
    return "code" if short and any(c.isdigit() for value in some for c in value) else "text", (), False


def _bounds(values: Iterable[str], kind: Kind, forms: tuple[str, ...], comma: bool) -> tuple[str | None, str | None]:
    """The lowest and the highest of numbers and of days."""
    if kind == "number":
        numbers = [found for value in values if (found := number(value.strip(), decimal_comma=comma)) is not None]
        return f"{min(numbers):g}", f"{max(numbers):g}"
    if kind in ("time", "date"):
        days = [day.isoformat()[:10] for value in values if (day := moment_of(value.strip(), forms)) is not None]
        return min(days), max(days)
    return None, None


def _times(some: Sequence[str], forms: tuple[str, ...], needed: int) -> list[date | datetime] | None:
    """The values as times, when nearly all are."""
    missed = 0
    found: list[date | datetime] = []
    for value in some:
        moment = moment_of(value, forms)
        if moment is not None and EARLIEST.year - 100 <= moment.year < LATEST.year:
            found.append(moment)
        else:
            missed += 1
            if missed > len(some) - needed:
                return None
    return found or None
