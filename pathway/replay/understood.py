"""What a log says, understood: columns of one kind whatever the log was, which can lie on disk and be put in order.

`row` is where it stood, `patient` whose it is, `what` the number of a name and phase, `at` when (UTC microseconds), `id` the event's own,
made of what it says where the source gives none (`untold`). The others are there only where the log says anything: `date` (only the
day is known), `recorded` and `until` (instants), `amount`, texts (`TEXTS`, `REFERRING`), and facts as `fact:NAME`, written so that
`fact_value` reads them again. Names are those that are declared; every row can be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Event
from pathway.events.facts import FACT
from pathway.events.settle import Version, id_of
from pathway.events.tables import column_texts
from pathway.events.values import fact_value
from pathway.model.expressions import Value
from pathway.model.pathway import Pathway
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Names
from pathway.replay.rows import SAID, Rows

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


class Understood:
    """What is made of understood tables of one log: rows for the kernel, versions of events, ids by content."""

    def __init__(self, vocabulary: Pathway, whats: Whats, day: Callable[[str], date | None]) -> None:
        self._facts = vocabulary.facts
        self._whats = whats
        self._day = day

    def rows(self, table: pa.Table, start: Any, names: pa.Array) -> Rows:
        """The rows of whole patients, for the kernel. The table has `root` where events have versions."""
        those, what = distinct_of(numbers_of(table, "what", 0))
        whats = [self._whats.all[number] for number in those.tolist()]
        ids = whole(table.column("id"))
        roots = whole(table.column("root")) if "root" in table.column_names else ids
        rows = Rows(names, start, numbers_of(table, "at", shape.NEVER), what, whats, ids, roots)
        facts = self._told(rows, table)
        told = [name for name in (*TEXTS, "amount", "refers", "date") if has(table, name)]
        if told or facts is not None:
            self._say(rows, table, facts)
        return rows

    def _say(self, rows: Rows, table: pa.Table, facts: tuple[Any, Any] | None) -> None:
        """What the log says beside who, what and when."""
        rows.said = said = np.zeros(len(rows), SAID)
        said["date"] = numbers_of(table, "date", 0)
        said["recorded"], said["until"] = (numbers_of(table, name, shape.NEVER) for name in ("recorded", "until"))
        if has(table, "amount"):
            said["amount"] = pc.fill_null(table.column("amount"), 0.0).to_numpy()
        kept = {"unit": rows.units, **dict.fromkeys(("deviation", "because", "cause"), rows.notes)}
        for name in TEXTS:
            said[name] = -1
            if not has(table, name):
                continue
            code, texts = coded(table.column(name))
            if name == "elements":
                rows.element_sets, said[name] = [elements_of(text) for text in texts], code
            else:
                numbers = kept.get(name, rows.parties)
                said[name] = np.array([*(numbers(text) for text in texts), -1], np.int64)[code]
        said["refers"] = -1
        if has(table, "refers"):
            _refer(rows, table.column("refers"))
        if facts is not None:
            said["facts0"], said["facts1"] = facts

    def _told(self, rows: Rows, table: pa.Table) -> tuple[Any, Any] | None:
        """Where each row's facts begin and end."""
        found = []
        for name in (name for name in self._facts if has(table, FACT + name)):
            code, values = self._values(name, table.column(FACT + name))
            there = np.nonzero(code >= 0)[0]
            place = rows.facts(name)
            rows.values.append(values)
            found.append((there, np.full(len(there), place, np.int64), code[there] + 1))
        if not found:
            return None
        of, fact, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(of, kind="stable")
        rows.fact, rows.value = fact[order], value[order]
        edges = np.searchsorted(of[order], np.arange(len(rows) + 1))
        return edges[:-1], edges[1:]

    def _values(self, name: str, column: pa.ChunkedArray) -> tuple[Any, list[Any]]:
        code, texts = coded(column)
        return code, [fact_value(text, self._facts[name], self._day) for text in texts]

    def identified(self, table: pa.Table) -> pa.Table:
        """The same where events without an id have the one that `content_id` makes, and are `untold`. Cost: some 3 µs an event."""
        missing = pc.is_null(table.column("id"))
        untold = missing.to_numpy()
        if not untold.any():
            return table
        made = pa.array([id_of(said) for said in self._said(table.filter(missing))], pa.string())
        ids = pc.replace_with_mask(whole(table.column("id")), whole(missing), made)
        table = table.set_column(table.column_names.index("id"), "id", ids)
        return table.append_column("untold", pa.array(untold.astype(np.uint8)))

    def _said(self, table: pa.Table) -> Iterator[str]:
        """What each row says, written as `content_id` writes it: what is distinct is written once."""
        names, phases = zip(*((repr(name), repr(phase)) for name, phase in self._whats.all), strict=True)
        what = table.column("what").to_pylist()
        written = {"name": [names[number] for number in what], "phase": [phases[number] for number in what]}
        written |= {
            "facts": self._facts_said(table),
            "date": [repr(told > 0) for told in numbers_of(table, "date", 0).tolist()],
        }
        for name in ("patient", *_PLAIN, "elements"):
            if has(table, name):
                code, texts = coded(table.column(name))
                told = [*(repr(elements_of(text) if name == "elements" else text) for text in texts), "None"]
                written[name] = [told[number] for number in code.tolist()]
        for name in ("at", "amount", "until", *REFERRING):
            if has(table, name):
                written[name] = [repr(value) for value in table.column(name).to_pylist()]
        order = (
            "patient", "name", "at", "date", "phase", "party", "unit", "sender", "receiver", "elements", "amount", "refers",
            "facts", "deviation", "because", "until", "cause",
        )  # fmt: skip
        rows = map(", ".join, zip(*(written.get(name) or ["None"] * len(table) for name in order), strict=True))
        if not {"corrects", "retracts"} & {*written}:
            return (f"({row})" for row in rows)
        corrects, retracts = (written.get(name) or ["None"] * len(table) for name in ("corrects", "retracts"))
        pairs = (f", {one}, {other}" if one != other else "" for one, other in zip(corrects, retracts, strict=True))
        return (f"({row}{pair})" for row, pair in zip(rows, pairs, strict=True))

    def _facts_said(self, table: pa.Table) -> list[str]:
        told: list[list[str]] = [[] for _ in range(len(table))]
        for name in (name for name in sorted(self._facts) if has(table, FACT + name)):
            code, values = self._values(name, table.column(FACT + name))
            pairs = [repr((name, repr(value))) for value in values]
            for row in np.nonzero(code >= 0)[0].tolist():
                told[row].append(pairs[code[row]])
        return [f"({', '.join(pairs)}{',' * (len(pairs) == 1)})" for pairs in told]

    def versions(self, table: pa.Table) -> list[Version]:
        """The rows as versions of events. Cost: some 10 µs a row."""
        facts: list[dict[str, Value]] = [{} for _ in range(len(table))]
        for name in (name for name in self._facts if has(table, FACT + name)):
            code, values = self._values(name, table.column(FACT + name))
            for row in np.nonzero(code >= 0)[0].tolist():
                facts[row][name] = values[code[row]]
        names = [name for name in table.column_names if not name.startswith(FACT)]
        rows = table.select(names).set_column(names.index("patient"), "patient", as_text(table.column("patient"))).to_pylist()
        return [self._version(row, told) for row, told in zip(rows, facts, strict=True)]

    def _version(self, row: dict[str, Any], facts: dict[str, Value]) -> Version:
        name, phase = self._whats.all[row["what"]]
        elements, own = row.get("elements"), "" if row.get("untold") else row["id"]
        event = Event(
            id=own,
            patient=row["patient"],
            name=name,
            occurred=row["at"],
            phase=phase,
            date_only=bool(row.get("date")),
            recorded=row.get("recorded"),
            root=own,
            elements=None if elements is None else elements_of(elements),
            facts=facts,
            deviation_until=row.get("until"),
            **{name: row.get(name) for name in (*_PLAIN, "amount", "refers")},
        )
        return Version(event, row.get("corrects"), row.get("retracts"), not row.get("untold"), row["row"])


_PLAIN = tuple(name for name in TEXTS if name != "elements")


def elements_of(text: str) -> tuple[str, ...]:
    """What a message contained; nothing but a comma says that it was empty."""
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def _refer(rows: Rows, column: pa.ChunkedArray) -> None:
    """Ids that receipts refer to, and the events that have them, by numbers of their own."""
    code, texts = coded(column)
    ids = Names()
    rows.said["refers"] = np.array([*(ids(text) for text in texts), -1], np.int64)[code]
    known = pa.array(ids.all, pa.string())
    for name, own in (("id", rows.ids), ("root", rows.roots)):
        found = pc.fill_null(pc.index_in(own, value_set=known), -1).to_numpy(zero_copy_only=False).astype(np.int64)
        rows.said[name] = np.where(found >= 0, found, len(ids) + np.arange(len(rows)))
