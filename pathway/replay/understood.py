"""What a log says, understood: columns of one kind whatever the log was, which can lie on disk and be put in order.

`row` is where it stood, `patient` whose it is, `what` the number of a name and phase, `at` when (UTC microseconds), `id` the event's own,
made of what it says where the source gives none (`untold`). The others are there only where the log says anything: `date` (only the
day is known), `recorded` and `until` (instants), `amount`, texts (`TEXTS`, `REFERRING`), and facts as `fact:NAME`, written so that
`fact_value` reads them again. Names are those that are declared; every row can be used.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def texts_in(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """The table with some of its columns as text."""
    for at, name in enumerate(table.column_names):
        if name in names and not pa.types.is_string(table.column(name).type):
            table = table.set_column(at, name, as_text(table.column(name)))
    return table


def filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, with null where there is nothing. Whole numbers stay."""
    if pa.types.is_integer(column.type):
        return column
    text = as_text(column)
    return text if shortest(text) > 0 else pc.if_else(pc.equal(text, ""), None, text)


def shortest(texts: pa.ChunkedArray | pa.Array) -> int:
    """How many bytes the shortest of some texts has; 1 where there are none."""
    least = pc.min(pc.binary_length(texts)).as_py()
    return 1 if least is None else int(least)


def blank(column: pa.ChunkedArray) -> Any | None:
    """Where a column says nothing; None: it says something everywhere."""
    if pa.types.is_dictionary(column.type):
        if not column.null_count and all(shortest(chunk.dictionary) > 0 for chunk in column.chunks):
            return None
        code, texts = coded(column)
        empty = np.array([*(not text for text in texts), True])
        return empty[code] if empty[:-1].any() or column.null_count else None
    text = column if pa.types.is_integer(column.type) else as_text(column)
    if not pa.types.is_integer(text.type) and shortest(text) == 0:
        text = filled(text)
    return text.is_null().to_numpy() if text.null_count else None


def coded(column: pa.ChunkedArray) -> tuple[Any, list[str]]:
    """A column as numbers of its distinct texts (-1 for null), the same that a reader of whole logs makes of it."""
    if pa.types.is_nested(column.type):
        column = as_text(column)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    one = column.chunk(0) if column.num_chunks == 1 else whole(column.unify_dictionaries())
    code = numbers_in(pa.chunked_array([one.indices]), -1)
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
    return numbers_in(table.column(name), missing)


def numbers_in(column: pa.ChunkedArray, missing: int) -> Any:
    """Numbers of 64 bits, and what stands for none. Not to be written into."""
    numbers = whole(column if pa.types.is_int64(column.type) else column.cast(pa.int64()))
    return (pc.fill_null(numbers, missing) if numbers.null_count else numbers).to_numpy()


def patients(column: pa.ChunkedArray) -> tuple[Any, pa.Array]:
    """Where the rows of each patient begin, and the end; and the patients' names. Each patient's rows stand together, and none is
    without. Nothing is looked at row by row but whether it is as the one before."""
    starts: list[Any] = []
    names = []
    before = 0
    for chunk in (chunk for chunk in column.chunks if len(chunk)):
        told = chunk.indices if pa.types.is_dictionary(chunk.type) else chunk
        if pa.types.is_string(told.type):
            other = pc.not_equal(told[1:], told[:-1]).to_numpy(zero_copy_only=False)
        else:
            numbers = told.to_numpy()
            other = numbers[1:] != numbers[:-1]
        first = np.concatenate([[0], np.flatnonzero(other) + 1])
        name = chunk.take(pa.array(first))
        names.append(name.dictionary_decode() if pa.types.is_dictionary(name.type) else name.cast(pa.string()))
        starts.append(before + first)
        before += len(chunk)
    if not names:
        return np.zeros(1, np.int64), pa.array([], pa.string())
    found, called = np.concatenate(starts), pa.concat_arrays(names)
    again = pc.equal(called[1:], called[:-1]).to_numpy(zero_copy_only=False)
    if again.any():  # parts meet within a patient, or a dictionary has a name twice
        new = np.concatenate([[True], ~again])
        found, called = found[new], called.filter(pa.array(new))
    return np.append(found, before), called


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
