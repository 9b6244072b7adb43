"""What the columns of a table, and the cells in which its rows are counted, are made of: fields of records that the kernel gave out.

A row has a record of its own, and may hang on another (`up`): a break on what was owed, a stay on its episode. Records are seen as
numbers side by side, of one, four and eight bytes, so that one loop serves every field of every table.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pathway.replay.kernel.layout import B, D, L, N, fields_of, record

GIVEN, NUMBER, INSTANT, PLACE, TIMES = range(5)
"""Kinds of column: a number that stands in `given`; a field that is a number, or an instant; a field that is the place of an event
of the patient, as the event's row; how long it took from one instant to another."""
COLUMN = record(kind=N, up=N, width=N, place=N, other=N, map=N, out=N, many=N)
"""`width` and `place` are those of a field: bytes, and where it stands among numbers of that width. `other` is the place of the
instant from which time is taken. `map`: where in `maps` stands what each number becomes, from that of -1 on; -1 for what stays as it
is. `out`: which of the arrays is written. `many`: how many different numbers can be counted by, with that for none."""


class Columns(NamedTuple):
    """Rows of records, their columns, and what comes of them."""

    columns: Any
    own1: Any
    own4: Any
    own8: Any
    up1: Any
    up4: Any
    up8: Any
    of: Any
    """By row, the number of the record that it hangs on."""
    given: Any
    """By column, a number for each row."""
    steps: Any
    """The bytes of a row's own record, and of one that it hangs on; how many rows there are."""
    whose: Any
    """By row, its patient. Each patient's stand together."""
    maps: Any
    start: Any
    """Where each patient's events begin."""
    order: Any
    """The row of each event; empty where that is the same."""
    code: Any
    """Numbers of some rows, while a column is worked on."""
    at: Any
    """Instants of some rows."""
    whole: Any
    """Columns of numbers that come out, by `out`."""
    long: Any
    """Columns of instants."""
    there: Any
    """By column, which rows have something, as bits."""
    none: Any
    """By column, how many rows have nothing."""
    left: Any
    """By row: whether it is not counted; empty where all are."""
    months: Any
    """By day from the first on, the number of its month."""
    value: Any
    """Numbers to be added up, by row."""
    key: Any
    slots: Any
    """Where in `keys` a cell stands, by what its key comes to; -1."""
    keys: Any
    """By cell, all that it is counted by as one number."""
    counted: Any
    """By cell: its rows, its patients, and the latest of these."""
    sums: Any
    """By cell, what the numbers come to."""
    often: Any
    """How many cells there are, and the first day of `months`; or between which instants a column lies."""


COLUMNS_FIELDS = fields_of(
    Columns, columns=COLUMN, own1=B, own4=N, up1=B, up4=N, of=N, given=(N, 2), whose=N, maps=N, code=N, whole=(N, 2), long=(L, 2),
    there=(B, 2), left=B, months=N, value=(D, 2), slots=N, counted=(L, 2), sums=(D, 2),
)  # fmt: skip
