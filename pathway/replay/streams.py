"""A Parquet log in blocks of whole patients, as columns: for logs that are larger than memory.

The columns are called as the fields of an event, and times are times: no mapping, no text to be made out. What a block cannot hold
(a log that corrects itself, events without an id) is answered by a message that names the ordinary way, `read_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.event import DEVIATION, Instant
from pathway.events.facts import Columns
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.rows import names_of
from pathway.events.times import Times
from pathway.events.values import fact_value
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import EARLIEST, LATEST, calendar_for, to_instant
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import by_any_name
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.calendars import days_of
from pathway.replay.kernel.lower import Names
from pathway.replay.rows import SAID, Rows

BLOCK = 1_000_000
"""Events in a block, about: a block ends with a patient."""
_NAMED = ("sender", "receiver", "party")
_FIRST, _LAST = to_instant(EARLIEST), to_instant(LATEST)


def _schema_of(file: Path) -> pa.Schema:
    try:
        return parquet.read_schema(file)
    except pa.ArrowInvalid:
        raise EventsError("PW567", file=str(file)) from None
    except (OSError, pa.ArrowException) as error:
        raise EventsError("PW410", file=str(file), detail=system_reason(error)) from None


@dataclass
class Stream:
    """The blocks of a log, for the names of a vocabulary. `counts` grows as they are taken."""

    files: Sequence[Path]
    vocabulary: Pathway
    counts: Counts = field(default_factory=Counts)
    told: set[tuple[str, str | None]] = field(default_factory=set)
    """The names and phases of the events that there were."""
    date_only: int = 0

    def __post_init__(self) -> None:
        self._columns = Columns(Mapping(), self.vocabulary)
        self._names = names_of(self.vocabulary)
        self._parties = by_any_name(self.vocabulary.parties)
        self._days = calendar_for(self.vocabulary.time_zone, self.vocabulary.calendar)
        self._times = Times(self._days, self._days)
        schema = self._schema()
        self._read = [name for name in schema.names if self._columns.wanted(name)]
        self._seen: list[Any] = []

    def _schema(self) -> pa.Schema:
        schemas = [_schema_of(file) for file in self.files]
        schema = schemas[0]
        for needed in ("patient", "event", "occurred", "id"):
            if needed not in schema.names:
                raise EventsError("PW556", file=str(self.files[0]), column=needed)
        for refused in ("corrects", "retracts"):
            if refused in schema.names:
                raise EventsError("PW557", file=str(self.files[0]), column=refused)
        return schema

    def last_recorded(self) -> Instant | None:
        """The last time at which anything was recorded: from the statistics that Parquet keeps, where they tell, else row by row."""
        found: list[int] = []
        for file in self.files:
            with parquet.ParquetFile(file) as opened:
                kept = [_last_kept(opened, group) for group in range(opened.num_row_groups)]
                for group, last in enumerate(kept):
                    found += [self._last_of(opened, group) if last is None else last]
        return max((last for last in found if last >= _FIRST), default=None)

    def _last_of(self, opened: Any, group: int) -> Instant:
        names = [name for name in ("occurred", "recorded") if name in opened.schema_arrow.names]
        table = opened.read_row_group(group, columns=names)
        at, dated = self._instants(table.column("occurred"))
        if dated is not None:  # of what has only a date the whole day is over
            days = days_of(self._days).start
            at = days[np.minimum(np.searchsorted(days, at, side="right"), len(days) - 1)] - 1
        if "recorded" in names:
            recorded = self._instants(table.column("recorded"))[0]
            at = np.where(recorded == shape.NEVER, at, recorded)
        return int(at.max(initial=shape.NEVER))

    def blocks(self) -> Iterator[Rows]:
        """Blocks of whole patients, in the order of the log."""
        carried: pa.Table | None = None
        for batch in self._batches():
            table = batch if carried is None else pa.concat_tables([carried, batch], promote_options="permissive")
            carried = table
            if table.num_rows >= BLOCK:
                last = _last_patient(table)
                if last > 0:
                    yield self._rows(table.slice(0, last))
                    carried = table.slice(last)
        if carried is not None and carried.num_rows:
            yield self._rows(carried)

    def _batches(self) -> Iterator[pa.Table]:
        for file in self.files:
            with parquet.ParquetFile(file) as opened:
                for group in range(opened.num_row_groups):
                    yield opened.read_row_group(group, columns=self._read)

    def _rows(self, table: pa.Table) -> Rows:
        self._without_names(table)
        self.counts.read += table.num_rows
        phases = _coded(table.column("phase")) if "phase" in table.column_names else None
        what, whats = self._whats(_coded(table.column("event")), phases, table.num_rows)
        at, dated = self._instants(table.column("occurred"))
        kept = (what >= 0) & (at >= _FIRST) & (at < _LAST)
        self._reject("no time", at == shape.NEVER)
        self._reject("time outside 1990-2060", (at != shape.NEVER) & ((at < _FIRST) | (at >= _LAST)))
        if not kept.all():
            table, what, at = table.filter(pa.array(kept)), what[kept], at[kept]
            dated = dated[kept] if dated is not None else None
        self.counts.used += len(at)
        patient, names = _patients(table.column("patient"))
        start = np.concatenate([[0], np.nonzero(patient[1:] != patient[:-1])[0] + 1, [len(patient)]]).astype(np.int64)
        start = start if len(patient) else np.zeros(1, np.int64)
        self._once(names(start[:-1]))
        ids = _texts(table.column("id"))
        if pc.count_distinct(ids).as_py() < len(ids):
            raise EventsError("PW557", file=str(self.files[0]), column="id")
        rows = Rows(names(start[:-1]), start, np.ascontiguousarray(at), np.ascontiguousarray(what), whats, ids, ids)
        self._say(rows, table, dated)
        return rows

    def _without_names(self, table: pa.Table) -> None:
        """No national identity number goes out with the results: a log that has one is refused, as ever."""
        for name in sorted(self._columns.told() & {*table.column_names}):
            column = table.column(name)
            distinct = pc.unique(
                column.cast(pa.string()) if not pa.types.is_dictionary(column.type) else column.unify_dictionaries()
            )
            texts = (distinct.dictionary if isinstance(distinct, pa.DictionaryArray) else distinct).cast(pa.string())
            long = texts.filter(pc.fill_null(pc.greater(pc.utf8_length(texts), 10), False))
            digits = long.filter(pc.match_substring_regex(long, "[0-9]{6}[ \u00a0]?[0-9]{5}"))
            found = nationals(digits.to_pylist())
            if found:
                raise EventsError("PW422", file=str(self.files[0]), column=masked(name), count=len(found))

    def _reject(self, reason: str, rows: Any) -> None:
        if rows.any():
            before, first = self.counts.rejected.get(
                reason, (0, f"row {self.counts.read - len(rows) + int(rows.argmax()) + 1}")
            )
            self.counts.rejected[reason] = (before + int(rows.sum()), first)

    def _once(self, patients: pa.Array) -> None:
        """Each patient's events must stand together in the log."""
        hashed = np.array([hash(name) for name in patients.to_pylist()], np.int64)
        self._seen.append(hashed)
        if len(np.unique(hashed)) < len(hashed):
            raise EventsError("PW558", file=str(self.files[0]))

    def finish(self) -> None:
        """Raises `EventsError` when a patient stood in two places of the log."""
        seen = np.concatenate(self._seen) if self._seen else np.zeros(0, np.int64)
        if len(np.unique(seen)) < len(seen):
            raise EventsError("PW558", file=str(self.files[0]))

    def _whats(self, events: Any, phases: Any, count: int) -> tuple[Any, list[tuple[str, str | None]]]:
        """The number of each row's name and phase; -1, and counted, for what no pathway knows."""
        code, texts = events
        phase, phase_texts = (np.full(count, -1), []) if phases is None else phases
        pair = code.astype(np.int64) * (len(phase_texts) + 1) + phase + 1
        distinct, number, often = np.unique(pair, return_inverse=True, return_counts=True)
        found: list[tuple[str, str | None]] = []
        meaning = []
        for one, times in zip(distinct.tolist(), often.tolist(), strict=True):
            told, of = divmod(one, len(phase_texts) + 1)
            text = texts[told] if told >= 0 else ""
            name, told_phase = self._meaning(text, phase_texts[of - 1] if of else None)
            if name is None:
                self.counts.unknown[text] += times
                like = nearest(text, sorted(self._names))
                if like is not None:
                    self.counts.nearest[text] = like
                meaning.append(-1)
                continue
            found.append((name, told_phase))
            self.told.add((name, told_phase))
            meaning.append(len(found) - 1)
        return np.array(meaning or [0], np.int64)[number], found

    def _meaning(self, text: str, phase: str | None) -> tuple[str | None, str | None]:
        bare, _, own = text.partition(" ")
        name = DEVIATION if text == DEVIATION else self._names.get(text) or self._names.get(bare)
        if name is None:
            return None, None
        phases: tuple[str, ...] = MESSAGE_PHASES if name in self.vocabulary.messages else RESOURCE_PHASES
        if name == DEVIATION or name in self.vocabulary.events:
            return name, None
        told = phase or own or None
        return (name, told) if told is None or told in phases else (None, None)

    def _instants(self, column: pa.ChunkedArray) -> tuple[Any, Any]:
        """Instants in UTC microseconds, and which of them are dates (None: none is)."""
        if pa.types.is_date(column.type):
            days = pc.fill_null(column.cast(pa.int32()), -1_000_000).to_numpy()
            distinct, number = np.unique(days, return_inverse=True)
            known = [self._start_of(int(day)) for day in distinct]
            return np.array(known, np.int64)[number], np.ones(len(days), np.uint8)
        if pa.types.is_integer(column.type):
            return pc.fill_null(column.cast(pa.int64()), shape.NEVER).to_numpy(), None
        if not pa.types.is_timestamp(column.type) or column.type.tz is None:
            raise EventsError("PW559", file=str(self.files[0]), found=str(column.type))
        instants = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
        return pc.fill_null(instants, shape.NEVER).to_numpy(), None

    def _start_of(self, day: int) -> int:
        return shape.NEVER if day == -1_000_000 else self._days.start(date(1970, 1, 1) + timedelta(days=day))

    def _say(self, rows: Rows, table: pa.Table, dated: Any) -> None:
        """What the log says beside who, what and when."""
        facts = self._facts(rows, table)
        told = [name for name in (*_NAMED, "unit", "elements", "amount", "refers", "deviation") if _has(table, name)]
        if dated is None and not told and facts is None:
            return
        said = np.zeros(len(rows), SAID)
        for name in (*_NAMED, "unit", "elements", "refers", "deviation", "because", "cause"):
            said[name] = -1
        said["recorded"] = said["until"] = shape.NEVER
        if dated is not None:
            said["date"] = dated
            self.date_only += len(rows)
        for name in ("recorded", "until"):
            if _has(table, name):
                said[name] = self._instants(table.column(name))[0]
        self._names_in(rows, table, said)
        if _has(table, "amount"):
            said["amount"] = pc.fill_null(table.column("amount").cast(pa.float64()), 0.0).to_numpy()
        if facts is not None:
            said["facts0"], said["facts1"] = facts
        rows.said = said

    def _names_in(self, rows: Rows, table: pa.Table, said: Any) -> None:
        tables = (*((name, rows.parties, self._parties) for name in _NAMED), ("unit", rows.units, {}))
        for name, numbers, known in (*tables, *((name, rows.notes, {}) for name in ("deviation", "because", "cause"))):
            if _has(table, name):
                code, texts = _coded(table.column(name))
                told = np.array([*(numbers(known.get(text, text)) if text else -1 for text in texts), -1], np.int64)
                said[name] = told[code]
        if _has(table, "elements"):
            code, texts = _coded(table.column("elements"))
            rows.element_sets = [tuple(name.strip() for name in text.split(",") if name.strip()) for text in texts]
            said["elements"] = np.where(np.array([*(text == "" for text in texts), False])[code], -1, code)
        if _has(table, "refers"):
            ids = Names()
            code, texts = _coded(table.column("refers"))
            said["refers"] = np.array([*(ids(text) if text else -1 for text in texts), -1], np.int64)[code]
            told = pc.index_in(rows.ids, value_set=pa.array(ids.all, pa.string()))
            number = pc.fill_null(told, -1).to_numpy(zero_copy_only=False).astype(np.int64)
            said["id"] = said["root"] = np.where(number >= 0, number, len(ids) + np.arange(len(rows)))

    def _facts(self, rows: Rows, table: pa.Table) -> tuple[Any, Any] | None:
        """Where each row's facts begin and end. A value that is none of its fact's is counted and left out."""
        found = []
        for name, asked in self._columns.facts.items():
            column = next((own for own in asked if own in table.column_names), None)
            if column is None or table.column(column).null_count == len(table):
                continue
            told = np.nonzero(pc.is_valid(table.column(column)).to_numpy())[0]
            code, texts = _coded(table.column(column).drop_null())
            number = rows.facts(name)
            rows.values.append([])
            values = []
            for text in texts:
                value = fact_value(text, self.vocabulary.facts[name], self._times.day) if text else None
                rows.values[number] += [] if value is None else [value]
                values.append(0 if value is None else len(rows.values[number]))
            value = np.array(values or [0], np.int64)[code]
            self.counts.facts[name] += int(np.isin(code, [c for c, v in enumerate(values) if v == 0 and texts[c]]).sum())
            found.append((told[value > 0], number, value[value > 0]))
        self.counts.facts = +self.counts.facts
        if not found:
            return None
        row = np.concatenate([told for told, _, _ in found])
        order = np.argsort(row, kind="stable")
        rows.fact = np.concatenate([np.full(len(told), number, np.int64) for told, number, _ in found])[order]
        rows.value = np.concatenate([value for _, _, value in found])[order]
        edges = np.searchsorted(row[order], np.arange(len(rows) + 1))
        return edges[:-1], edges[1:]


def _has(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table.column(name).null_count < len(table)


def _coded(column: pa.ChunkedArray) -> tuple[Any, list[str]]:
    """A column as numbers of its distinct texts; -1 for null."""
    if not pa.types.is_dictionary(column.type):
        text = column if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else column.cast(pa.string())
        column = text.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    code = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return code, ["" if text is None else str(text) for text in whole.dictionary.to_pylist()]


def _patients(column: pa.ChunkedArray) -> tuple[Any, Any]:
    """What tells rows of one patient from those of the next, and what gives the names in some rows."""
    if pa.types.is_integer(column.type):
        numbers = column.to_numpy()
        return numbers, lambda at: pa.array(numbers[at]).cast(pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    return whole.indices.to_numpy(zero_copy_only=False), lambda at: whole.take(pa.array(at)).cast(pa.string())


def _last_patient(table: pa.Table) -> int:
    """Where the last patient's events begin."""
    patient, _ = _patients(table.column("patient"))
    others = np.nonzero(patient != patient[-1])[0]
    return int(others[-1]) + 1 if len(others) else 0


def _texts(column: pa.ChunkedArray) -> pa.Array:
    text = column.cast(pa.string()) if not pa.types.is_string(column.type) else column
    whole = text.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _last_kept(opened: Any, group: int) -> Instant | None:
    """The last time of a part of a file as its statistics tell it; None where they do not."""
    meta = opened.metadata.row_group(group)
    found: list[int] = []
    for at in range(meta.num_columns):
        column = meta.column(at)
        if column.path_in_schema in ("occurred", "recorded"):
            value = column.statistics.max if column.statistics is not None and column.statistics.has_min_max else None
            if isinstance(value, datetime) and value.tzinfo is not None:
                found.append(to_instant(value))
            elif isinstance(value, int):
                found.append(value)
            else:
                return None
    return max(found, default=None)
