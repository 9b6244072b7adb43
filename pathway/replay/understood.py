"""What a log says, understood: columns of one kind whatever the log was, which can lie on disk and be put in order.

`row` is where it stood, `patient` whose it is, `what` the number of a name and phase, `at` when (UTC microseconds), `id` the event's own,
made of what it says where the source gives none (`untold`). The others are there only where the log says anything: `date` (only the
day is known), `recorded` and `until` (instants), `amount`, texts (`TEXTS`, `REFERRING`), and facts as `fact:NAME`, written so that
`fact_value` reads them again. Names are those that are declared; every row can be used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.tables import column_texts
from pathway.model.expressions import Value

TEXTS = ("party", "sender", "receiver", "unit", "elements", "deviation", "because", "cause")
"""Fields of which many rows say the same."""
REFERRING = ("refers", "corrects", "retracts")
"""Fields that hold an id."""

_SMALL = 1 << 20

What = tuple[str, str | None]
"""A name and its phase."""


class Whats:
    """The names and phases of a log by number. Numbers that were given stay."""

    def __init__(self) -> None:
        self.all: list[What] = []
        self._numbers: dict[What, int] = {}

    def __call__(self, what: What) -> int:
        number = self._numbers.get(what)
        if number is None:
            number = self._numbers[what] = len(self.all)
            self.all.append(what)
        return number


def has(table: pa.Table, name: str) -> bool:
    """Whether a column is there and says anything."""
    return name in table.column_names and table.column(name).null_count < len(table)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text."""
    if pa.types.is_nested(column.type):
        return pa.chunked_array([pa.array(column_texts(column), pa.string())])
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, with null where there is nothing."""
    text = as_text(column)
    return pc.if_else(pc.equal(text, ""), None, text)


def coded(column: pa.ChunkedArray) -> tuple[Any, list[str]]:
    """A column as numbers of its distinct texts (-1 for null), the same that a reader of whole logs makes of it."""
    if pa.types.is_nested(column.type):
        column = as_text(column)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    one = whole(column.unify_dictionaries())
    code = pc.fill_null(one.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return code, column_texts(pa.chunked_array([one.dictionary]))


def recoded(code: Any, texts: Sequence[str | None]) -> pa.Array:
    """Numbers of texts as a column of texts, each distinct one kept once; null for -1 and for texts that are None or empty."""
    distinct: dict[str, int] = {}
    numbers = np.array([*(distinct.setdefault(text, len(distinct)) if text else -1 for text in texts), -1], np.int32)[code]
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=numbers < 0), pa.array(list(distinct), pa.string()))


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    combined = column.combine_chunks()
    if not isinstance(combined, pa.ChunkedArray):
        return combined
    return combined.chunk(0) if combined.num_chunks else pa.array([], combined.type)


def numbers_of(table: pa.Table, name: str, missing: int) -> Any:
    """A column of numbers, and what stands for none."""
    if name not in table.column_names:
        return np.full(len(table), missing)
    return pc.fill_null(table.column(name).cast(pa.int64()), missing).to_numpy()


def patients(column: pa.ChunkedArray) -> tuple[Any, Callable[[Any], pa.Array]]:
    """What tells rows of one patient from those of the next, and what gives the names in some rows."""
    if pa.types.is_integer(column.type):
        numbers = pc.fill_null(column, -1).to_numpy()
        return numbers, lambda at: pa.array(numbers[at]).cast(pa.string())
    code, texts = coded(column)
    names = pa.array(texts, pa.string())
    return code, lambda at: names.take(pa.array(code[at]))


def distinct_of(numbers: Any) -> tuple[Any, Any]:
    """The distinct ones of numbers that are 0 or more, and the place of each among them. Faster than `numpy.unique` where they are
    small, as those of names are."""
    most = int(numbers.max(initial=0))
    if most > _SMALL:
        found: tuple[Any, Any] = np.unique(numbers, return_inverse=True)
        return found
    there = np.zeros(most + 1, bool)
    there[numbers] = True
    return np.nonzero(there)[0], (np.cumsum(there) - 1)[numbers]


def starts(patient: Any) -> Any:
    """Where the rows of each patient begin, and the end."""
    edges = np.nonzero(patient[1:] != patient[:-1])[0] + 1
    return np.array([0, *edges, len(patient)] if len(patient) else [0], np.int64)


def fact_text(value: Value) -> str:
    """A fact's value as the text that it is read from again."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return value
    return repr(value)
