"""One block of a Parquet log as columns of numbers: what a mapping-less log says, accounted for as `events/rows.py` does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.errors import EventsError
from pathway.events.event import DEVIATION, Instant
from pathway.events.facts import Columns
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts
from pathway.events.mapping_file import deviable
from pathway.events.rows import names_of
from pathway.events.tables import column_texts
from pathway.events.times import Times
from pathway.events.values import fact_value, number
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import EARLIEST, LATEST, Calendar, calendar_for, to_instant
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import by_any_name
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Names
from pathway.replay.rows import SAID, Rows

FIRST, LAST = to_instant(EARLIEST), to_instant(LATEST)
_PARTIES = ("party", "sender", "receiver")
_NUMBERED = (*_PARTIES, "unit", "elements", "refers", "deviation", "because", "cause")
_NO_DAY = -1_000_000


class _Judged(NamedTuple):
    """What rows say, and why which of them cannot be used (None: an event that nobody knows), in the order in which it is said."""

    what: Any
    whats: list[tuple[str, str | None]]
    at: Any
    dated: Any
    recorded: Any
    early: Any
    reasons: tuple[tuple[str | None, Any], ...]


class Reader:
    """Makes rows of the tables of one log. `counts` grows; `told` are the names and phases that there were."""

    def __init__(self, vocabulary: Pathway, columns: Columns, counts: Counts) -> None:
        self.counts = counts
        self.told: set[tuple[str, str | None]] = set()
        self.date_only = 0
        self._vocabulary, self._columns = vocabulary, columns
        self._names = names_of(vocabulary)
        self._parties = by_any_name(vocabulary.parties)
        self._deviable = deviable(vocabulary)
        self._days = calendar_for(vocabulary.time_zone, vocabulary.calendar)
        self._times = Times(self._days, self._days)

    def rows(self, table: pa.Table, file: str) -> Rows:
        """The rows of a table that can be used; the others are counted by reason. Raises `EventsError`."""
        self._without_names(table, file)
        first = self.counts.read + 1
        self.counts.read += len(table)
        judged = self._judge(table, file)
        what, at, dated, recorded = judged.what, judged.at, judged.dated, judged.recorded
        kept = np.ones(len(table), bool)
        for reason, those in judged.reasons:
            if reason is not None:
                self._reject(reason, those & kept, first)
            else:
                self._unknown_events(table, those & kept, first)
            kept &= ~those
        self.counts.mended["recorded before it occurred"] += int((kept & judged.early).sum())
        self.counts.mended = +self.counts.mended
        self.counts.used += int(kept.sum())
        row = np.nonzero(kept)[0] + first
        if not kept.all():
            table = table.filter(pa.array(kept))
            what, at, recorded = what[kept], at[kept], recorded[kept]
            dated = None if dated is None else dated[kept]
        those, what = np.unique(what, return_inverse=True)
        named = [judged.whats[number_] for number_ in those.tolist()]
        self.told.update(named)
        rows = _identified(table, at, what, named, file)
        self._say(rows, table, row, dated, recorded, file)
        return rows

    def last(self, table: pa.Table, file: str) -> Instant:
        """The last time at which a row that can be used was recorded; `NEVER` where there is none. Counts nothing."""
        judged = self._judge(table, file)
        used = ~np.logical_or.reduce([those for _, those in judged.reasons])
        at = judged.at
        if judged.dated is not None:  # of what has only a date the whole day is over
            at = _day_ends(at, self._days)
        recorded = np.where(judged.recorded == shape.NEVER, at, judged.recorded)
        return int(recorded[used].max(initial=shape.NEVER))

    def _judge(self, table: pa.Table, file: str) -> _Judged:
        what, whats, phased = self._whats(table)
        at, dated = instants(table.column("occurred"), self._days, file)
        recorded = _ends(table, "recorded", self._days, file)
        patient = pc.fill_null(pc.greater(pc.utf8_length(_as_text(table.column("patient"))), 0), False).to_numpy()
        outside = (recorded != shape.NEVER) & ((recorded < FIRST) | (recorded >= LAST))
        reasons = (
            ("no patient", ~patient), ("no event", what == -1), (None, what == -2), ("recorded outside 1990-2060", outside),
            ("no time", at == shape.NEVER), ("time outside 1990-2060", (at < FIRST) | (at >= LAST)), ("unknown phase", ~phased),
        )  # fmt: skip
        early = (recorded != shape.NEVER) & (recorded < at)
        return _Judged(what, whats, at, dated, np.where(early, at, recorded), early, reasons)

    def _without_names(self, table: pa.Table, file: str) -> None:
        """No national identity number goes out with the results: a log that has one is refused, as ever."""
        for name in sorted(self._columns.told() & {*table.column_names}):
            texts = pc.unique(_as_text(table.column(name)))
            long = texts.filter(pc.fill_null(pc.greater(pc.utf8_length(texts), 10), False))
            found = nationals(long.filter(pc.match_substring_regex(long, "[0-9]{6}[ \u00a0]?[0-9]{5}")).to_pylist())
            if found:
                raise EventsError("PW422", file=file, column=masked(name), count=len(found))

    def _reject(self, reason: str, those: Any, first: int) -> None:
        if those.any():
            before, where = self.counts.rejected.get(reason, (0, f"row {first + int(those.argmax())}"))
            self.counts.rejected[reason] = (before + int(those.sum()), where)

    def _unknown_events(self, table: pa.Table, those: Any, first: int) -> None:
        if those.any():
            self._unknown(table.column("event"), those, np.arange(len(table)) + first, self.counts.unknown, self._names)

    def _unknown(self, column: pa.ChunkedArray, those: Any, row: Any, counted: Any, known: Iterable[str]) -> None:
        """Count the texts that are known to nobody, each with its first row and the known one that may have been meant."""
        code, texts = _coded(column.filter(pa.array(those)))
        for number_, place, often in zip(*np.unique(code, return_index=True, return_counts=True), strict=True):
            text = texts[number_]
            if text not in counted:
                self.counts.first.setdefault(text, f"row {row[those][place]}")
                like = nearest(text, sorted(known))
                if like is not None:
                    self.counts.nearest[text] = like
            counted[text] += int(often)

    def _whats(self, table: pa.Table) -> tuple[Any, list[tuple[str, str | None]], Any]:
        """The number of each row's name and phase (-1: none, -2: known to nobody), what they are, and where the phase is one."""
        code, texts = _coded(table.column("event"))
        phase, phases = _coded(table.column("phase")) if has(table, "phase") else (np.full(len(table), -1), [])
        speaks = np.zeros(len(table), np.int64)
        if has(table, "deviation"):
            deviating, names = _coded(table.column("deviation"))
            speaks = np.array([*(bool(name) for name in names), False])[deviating].astype(np.int64)
        width = len(phases) + 1
        pair = ((code + 1) * width + phase + 1) * 2 + speaks
        distinct, number_ = np.unique(pair, return_inverse=True)
        whats: dict[tuple[str, str | None], int] = {}
        meaning, right = [], []
        for one in distinct.tolist():
            rest, deviates = divmod(one, 2)
            event, of = divmod(rest, width)
            found, fits = self._meaning(texts[event - 1] if event else "", phases[of - 1] if of else "", bool(deviates))
            meaning.append(found if isinstance(found, int) else whats.setdefault(found, len(whats)))
            right.append(fits)
        return np.array(meaning or [0], np.int64)[number_], list(whats), np.array(right or [True])[number_]

    def _meaning(self, text: str, phase: str, deviates: bool) -> tuple[int | tuple[str, str | None], bool]:
        if not text:
            return -1, True
        if text == DEVIATION and deviates:
            return (DEVIATION, None), True
        name, own = self._names.get(text.strip()), ""
        if name is None or " " in text.strip():
            bare, _, last = text.strip().partition(" ")
            if last in (*MESSAGE_PHASES, *RESOURCE_PHASES) and bare in self._names:
                name, own = self._names[bare], last
        if name is None:
            return -2, True
        if name in self._vocabulary.events:
            return (name, None), True
        known: tuple[str, ...] = MESSAGE_PHASES if name in self._vocabulary.messages else RESOURCE_PHASES
        said = own or phase or None
        return (name, said), said is None or said in known

    def _say(self, rows: Rows, table: pa.Table, row: Any, dated: Any, recorded: Any, file: str) -> None:
        """What the log says beside who, what and when."""
        facts = self._facts(rows, table, row)
        told = [name for name in (*_NUMBERED, "amount") if has(table, name)]
        if dated is None and not told and facts is None:
            return
        rows.said = said = np.zeros(len(rows), SAID)
        for name in _NUMBERED:
            said[name] = -1
        said["recorded"] = recorded
        said["until"] = _ends(table, "until", self._days, file)
        if dated is not None:
            said["date"] = dated
            self.date_only += len(rows)
        for name in _PARTIES:
            self._named(rows.parties, table, name, said, row, self._parties, self.counts.parties)
        self._named(rows.notes, table, "deviation", said, row, dict.fromkeys(self._deviable), self.counts.deviations)
        for name, numbers in (("unit", rows.units), ("because", rows.notes), ("cause", rows.notes)):
            self._named(numbers, table, name, said, row)
        self._elements(rows, table, said)
        self._refers(rows, table, said)
        if has(table, "amount"):
            code, texts = _coded(table.column("amount"))
            amounts = [number(text.strip()) if text else None for text in texts]
            said["amount"] = np.array([*(amount or 0.0 for amount in amounts), 0.0])[code]
            wrong = np.array([*(bool(text) and told is None for text, told in zip(texts, amounts, strict=True)), False])[code]
            self.counts.mended["amount that is not a number"] += int(wrong.sum())
            self.counts.mended = +self.counts.mended
        if facts is not None:
            said["facts0"], said["facts1"] = facts

    def _named(
        self,
        numbers: Names,
        table: pa.Table,
        name: str,
        said: Any,
        row: Any,
        known: Mapping[str, str | None] | None = None,
        counted: Any = None,
    ) -> None:
        """Names by number, called as they are declared where they are; those that are not are counted, and kept."""
        if not has(table, name):
            return
        code, texts = _coded(table.column(name))
        called = [(known or {}).get(text) or text for text in texts]
        said[name] = np.array([*(numbers(text) if text else -1 for text in called), -1], np.int64)[code]
        if known is not None:
            those = np.array([*(bool(text) and text not in known for text in texts), False])[code]
            if those.any():
                self._unknown(table.column(name), those, row, counted, known)

    def _elements(self, rows: Rows, table: pa.Table, said: Any) -> None:
        """What messages contained; nothing but a comma says that one was empty."""
        if has(table, "elements"):
            code, texts = _coded(table.column("elements"))
            split = [text.replace(";", ",").split(",") for text in texts]
            rows.element_sets = [tuple(part.strip() for part in parts if part.strip()) for parts in split]
            said["elements"] = np.where(np.array([*(text == "" for text in texts), False])[code], -1, code)

    def _refers(self, rows: Rows, table: pa.Table, said: Any) -> None:
        """Ids that receipts refer to, and the events that have them, by numbers of their own."""
        if has(table, "refers"):
            ids = Names()
            code, texts = _coded(table.column("refers"))
            said["refers"] = np.array([*(ids(text) if text else -1 for text in texts), -1], np.int64)[code]
            found = pc.index_in(rows.ids, value_set=pa.array(ids.all, pa.string()))
            known = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
            said["id"] = said["root"] = np.where(known >= 0, known, len(ids) + np.arange(len(rows)))

    def _facts(self, rows: Rows, table: pa.Table, row: Any) -> tuple[Any, Any] | None:
        """Where each row's facts begin and end. A value that is none of its fact's is counted and left out."""
        found = []
        for name, asked in self._columns.facts.items():
            column = next((own for own in asked if own in table.column_names), None)
            if column is None or not has(table, column):
                continue
            there = np.nonzero(pc.is_valid(table.column(column)).to_numpy())[0]
            code, texts = _coded(table.column(column).drop_null())
            values = [fact_value(text, self._vocabulary.facts[name], self._times.day) if text else None for text in texts]
            known = [value for value in values if value is not None]
            numbers = np.array([*(0 if value is None else 1 for value in values), 0])
            numbers = np.where(numbers > 0, np.cumsum(numbers), 0)[code]
            wrong = np.array([*(bool(text) and value is None for text, value in zip(texts, values, strict=True)), False])[code]
            if wrong.any():
                self._misfit(name, texts[code[wrong.argmax()]], int(row[there[wrong.argmax()]]), int(wrong.sum()))
            if known:
                place = rows.facts(name)
                rows.values.append(known)
                found.append((there[numbers > 0], place, numbers[numbers > 0]))
        if not found:
            return None
        of = np.concatenate([there for there, _, _ in found])
        order = np.argsort(of, kind="stable")
        rows.fact = np.concatenate([np.full(len(there), place, np.int64) for there, place, _ in found])[order]
        rows.value = np.concatenate([numbers for _, _, numbers in found]).astype(np.int64)[order]
        edges = np.searchsorted(of[order], np.arange(len(rows) + 1))
        return edges[:-1], edges[1:]

    def _misfit(self, name: str, text: str, row: int, often: int) -> None:
        if name not in self.counts.facts:
            like = nearest(text, self._vocabulary.facts[name].type.values)
            self.counts.misfits[name] = {"first": f"row {row}"} | ({} if like is None else {"nearest": like})
        self.counts.facts[name] += often


def instants(column: pa.ChunkedArray, days: Calendar, file: str) -> tuple[Any, Any]:
    """Instants in UTC microseconds (`NEVER` for none), and which of them are dates (None: none is). Raises `EventsError`."""
    if pa.types.is_date(column.type):
        told = pc.fill_null(column.cast(pa.int32()), _NO_DAY).to_numpy()
        distinct, number_ = np.unique(told, return_inverse=True)
        known = [
            shape.NEVER if day == _NO_DAY else days.start(date(1970, 1, 1) + timedelta(days=day)) for day in distinct.tolist()
        ]
        return np.array(known or [0], np.int64)[number_], np.ones(len(told), np.uint8)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif not pa.types.is_integer(column.type):
        raise EventsError("PW559", file=file, found=str(column.type))
    return pc.fill_null(column.cast(pa.int64()), shape.NEVER).to_numpy(), None


def _ends(table: pa.Table, name: str, days: Calendar, file: str) -> Any:
    """The last instants that times can mean: of a date its day's. `NEVER` where there is none."""
    if not has(table, name):
        return np.full(len(table), shape.NEVER)
    at, dated = instants(table.column(name), days, file)
    return at if dated is None else _day_ends(at, days)


def _day_ends(starts: Any, days: Calendar) -> Any:
    """The last instants of the days that begin then."""
    distinct, number_ = np.unique(starts, return_inverse=True)
    ends = [start if start == shape.NEVER else days.end(days.day(start)) for start in distinct.tolist()]
    return np.array(ends or [0], np.int64)[number_]


def patients(column: pa.ChunkedArray) -> tuple[Any, Any]:
    """What tells rows of one patient from those of the next, and what gives the names in some rows."""
    if pa.types.is_integer(column.type):
        numbers = pc.fill_null(column, -1).to_numpy()
        return numbers, lambda at: pa.array(numbers[at]).cast(pa.string())
    code, texts = _coded(column)
    names = pa.array(texts, pa.string())
    return code, lambda at: names.take(pa.array(code[at]))


def has(table: pa.Table, name: str) -> bool:
    """Whether a column is there and says anything."""
    return name in table.column_names and table.column(name).null_count < len(table)


def _identified(table: pa.Table, at: Any, what: Any, whats: list[tuple[str, str | None]], file: str) -> Rows:
    """The rows of whole patients, each with an id of its own. Raises `EventsError` for one without, or one that comes twice."""
    ids = _whole(_as_text(table.column("id")))
    if ids.null_count or pc.any(pc.equal(ids, "")).as_py():
        raise EventsError("PW568", file=file)
    if pc.count_distinct(ids).as_py() < len(ids):
        raise EventsError("PW557", file=file, column="id")
    patient, names = patients(table.column("patient"))
    edges = np.nonzero(patient[1:] != patient[:-1])[0] + 1
    start = np.array([0, *edges, len(patient)] if len(patient) else [0], np.int64)
    return Rows(names(start[:-1]), start, np.ascontiguousarray(at), np.ascontiguousarray(what), whats, ids, ids)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text or numbers as text."""
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _coded(column: pa.ChunkedArray) -> tuple[Any, list[str]]:
    """A column as numbers of its distinct texts (-1 for null), the same that a reader of whole logs makes of it."""
    if pa.types.is_nested(column.type):
        column = pa.chunked_array([pa.array(column_texts(column), pa.string())])
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = _whole(column.unify_dictionaries())
    code = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return code, column_texts(pa.chunked_array([whole.dictionary]))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    if not isinstance(combined, pa.ChunkedArray):
        return combined
    return combined.chunk(0) if combined.num_chunks else pa.array([], combined.type)
