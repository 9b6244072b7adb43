"""What understood columns come to: rows for the kernel, versions of events for settling, and ids made of what events say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Event
from pathway.events.facts import FACT
from pathway.events.named import parts_of
from pathway.events.settle import Version, id_of
from pathway.events.values import fact_value
from pathway.model.expressions import Value
from pathway.model.pathway import Pathway
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Names
from pathway.replay.rows import SAID, Rows
from pathway.replay.understood import REFERRING, TEXTS, Whats, as_text, coded, distinct_of, has, numbers_of, texts_in, whole


class Meaning:
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
                rows.element_sets, said[name] = [parts_of(text) for text in texts], code
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
        if not table.column("id").null_count:
            return table
        table = texts_in(table, ("id",))
        missing = pc.is_null(table.column("id"))
        untold = missing.to_numpy()
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
                told = [*(repr(parts_of(text) if name == "elements" else text) for text in texts), "None"]
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
        rows = texts_in(table.select(names), ("patient", "id")).to_pylist()
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
            elements=None if elements is None else parts_of(elements),
            facts=facts,
            deviation_until=row.get("until"),
            **{name: row.get(name) for name in (*_PLAIN, "amount", "refers")},
        )
        return Version(event, row.get("corrects"), row.get("retracts"), not row.get("untold"), row["row"])


_PLAIN = tuple(name for name in TEXTS if name != "elements")


def _refer(rows: Rows, column: pa.ChunkedArray) -> None:
    """Ids that receipts refer to, and the events that have them, by numbers of their own."""
    code, texts = coded(column)
    ids = Names()
    rows.said["refers"] = np.array([*(ids(text) for text in texts), -1], np.int64)[code]
    known = pa.array(ids.all, pa.string())
    for name, own in (("id", as_text(pa.chunked_array([rows.ids]))), ("root", rows.root_texts)):
        found = pc.fill_null(pc.index_in(own, value_set=known), -1).to_numpy(zero_copy_only=False).astype(np.int64)
        rows.said[name] = np.where(found >= 0, found, len(ids) + np.arange(len(rows)))
