"""Parts of a log in the house's own columns, with times that are times, understood: accounted for as `events/rows.py` does it,
but by what is distinct and not row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.errors import EventsError
from pathway.events.event import DEVIATION, Instant
from pathway.events.facts import FACT, Columns
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts
from pathway.events.mapping_file import deviable_known
from pathway.events.named import Likely, asking_contents, named_in, names_of, parts_of
from pathway.events.times import Times
from pathway.events.values import fact_value, number
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import Known, contents_known, parties_known, phase_of
from pathway.replay.instants import DECIDED, NO_TIME, OUTSIDE, SHORT, ends, last_of, moments
from pathway.replay.kernel import layout as shape
from pathway.replay.understood import REFERRING, What, Whats, as_text, coded, distinct_of, fact_text, filled, has, recoded

_PARTIES = ("party", "sender", "receiver")
Near = Callable[[str], str | None]


def _as_one(text: str) -> Sequence[str]:
    return (text,)


class _Judged(NamedTuple):
    """What rows say, and why which of them cannot be used (None: an event that nobody knows), in the order in which it is said."""

    what: Any
    whats: list[What]
    at: Any
    dated: Any
    recorded: Any
    early: Any
    decided: Any
    reasons: tuple[tuple[str | None, Any], ...]


class Reader:
    """Understands the tables of one log. `counts` grows, and so do `whats`."""

    def __init__(self, vocabulary: Pathway, columns: Columns, counts: Counts, whats: Whats) -> None:
        self.counts, self.whats = counts, whats
        self._vocabulary, self._columns = vocabulary, columns
        self._names = names_of(vocabulary)
        self._like = Likely(vocabulary, self._names)
        self._parties = parties_known(vocabulary)
        self._contents = contents_known(vocabulary)
        self._asking = asking_contents(vocabulary)
        self._deviable = deviable_known(vocabulary)
        self._days = calendar_for(vocabulary.time_zone, vocabulary.calendar)
        self._times = Times(self._days, self._days)

    def understood(self, table: pa.Table, file: str, row: Any = None) -> pa.Table:
        """The rows of a table that can be used; the others are counted by reason. They are numbered on, where their numbers in
        `row` are not told. Raises `EventsError`."""
        self._without_names(table, file)
        row = np.arange(self.counts.read + 1, self.counts.read + 1 + len(table)) if row is None else row
        self.counts.read += len(table)
        judged = self._judge(table)
        what, at, dated, recorded = judged.what, judged.at, judged.dated, judged.recorded
        kept = np.ones(len(table), bool)
        rejected = []
        for reason, those in judged.reasons:
            if reason == "unknown phase":  # times were looked at before
                self._mend("recorded before it occurred", int((kept & judged.early).sum()))
                for number_, decision in enumerate(DECIDED[1:], 1):
                    self._mend(decision, int((judged.decided[kept] == number_).sum()))
            if reason is not None:
                rejected.append((int((those & kept).argmax()), reason, those & kept))
            else:
                self._unknown_events(table, those & kept, row)
            kept &= ~those
        for _, reason, those in sorted(rejected, key=lambda each: each[0]):  # told in the order in which they came
            self._reject(reason, those, row)
        self.counts.used += int(kept.sum())
        if not kept.all():
            table = table.filter(pa.array(kept))
            row, what, at, dated, recorded = (values[kept] for values in (row, what, at, dated, recorded))
        # Numbers are given to what was used only: what was not must not seem to have been seen.
        number_of = np.array([*(self.whats(each) for each in judged.whats), -1], np.int32)
        columns: dict[str, Any] = {
            "row": row,
            "patient": _named(table.column("patient")),
            "what": number_of[what],
            "at": at,
            "id": filled(table.column("id")) if has(table, "id") else pa.nulls(len(table), pa.string()),
        }
        if dated.any():
            columns["date"] = dated.astype(np.uint8)
        if (recorded != shape.NEVER).any():
            columns["recorded"] = pa.array(recorded, mask=recorded == shape.NEVER)
        columns |= self._told(table, row, columns["what"])
        return pa.table(columns)

    def last(self, table: pa.Table) -> Instant:
        """The last time at which a row that can be used was recorded; `NEVER` where there is none. Counts nothing."""
        judged = self._judge(table)
        used = ~np.logical_or.reduce([those for _, those in judged.reasons])
        at, dated, recorded = judged.at[used], judged.dated[used], judged.recorded[used]
        return last_of(at, dated, recorded, self._days)

    def _judge(self, table: pa.Table) -> _Judged:
        retracts = np.zeros(len(table), bool)
        if has(table, "retracts"):
            retracts = _there(table.column("retracts"))
        what, whats, phased = self._whats(table, retracts)
        occurred, noted = (moments(table, name, self._days, self._times) for name in ("occurred", "recorded"))
        at, recorded = occurred.at, ends(noted, self._days)
        if retracts.any():  # what is taken back is so from when that was recorded
            late = retracts & (at == shape.NEVER) & (occurred.why == 0) & (recorded != shape.NEVER)
            at = np.where(late, recorded, at)
        patient = _there(table.column("patient"))
        no_note = (noted.why == NO_TIME) | (noted.why == SHORT)
        reasons = (
            ("no patient", ~patient), ("no event", what == -1), (None, what == -2), ("recorded: not a time", no_note),
            ("recorded outside 1990-2060", noted.why == OUTSIDE), ("no time", (at == shape.NEVER) & (occurred.why == 0)),
            ("not a time", occurred.why == NO_TIME), ("year of two digits", occurred.why == SHORT),
            ("time outside 1990-2060", occurred.why == OUTSIDE), ("unknown phase", ~phased),
        )  # fmt: skip
        early = (recorded != shape.NEVER) & (recorded < at)
        recorded = np.where(early, at, recorded)
        return _Judged(what, whats, at, occurred.dated, recorded, early, occurred.decided, reasons)

    def _without_names(self, table: pa.Table, file: str) -> None:
        """No national identity number goes out with the results: a log that has one is refused, as ever."""
        for name in sorted(self._columns.told() & {*table.column_names}):
            long = _long(table.column(name))
            found = nationals(pc.unique(long.filter(pc.match_substring_regex(long, "[0-9]{6}[ \u00a0]?[0-9]{5}"))).to_pylist())
            if found:
                raise EventsError("PW422", file=file, column=masked(name), count=len(found))

    def _reject(self, reason: str, those: Any, row: Any) -> None:
        if those.any():
            before, where = self.counts.rejected.get(reason, (0, f"row {row[those.argmax()]}"))
            self.counts.rejected[reason] = (before + int(those.sum()), where)

    def _mend(self, what: str, often: int) -> None:
        if often:
            self.counts.mended[what] += often

    def _unknown_events(self, table: pa.Table, those: Any, row: Any) -> None:
        if those.any():
            code, texts = coded(table.column("event").filter(pa.array(those)))
            self._unknown(code, [(text,) for text in texts], row[those], self.counts.unknown, self._like.to)

    def _unknown(self, code: Any, texts: Sequence[Sequence[str]], row: Any, counted: Any, near: Near) -> None:
        """Count what is known to nobody, each with its first row and the known one that may have been meant. `texts` are what
        of it stands in a row, by the row's code."""
        found = zip(*np.unique(code, return_index=True, return_counts=True), strict=True)
        for number_, place, often in sorted(found, key=lambda each: int(each[1])):
            for text in texts[number_]:
                if text not in counted:
                    self.counts.first.setdefault(text, f"row {row[place]}")
                    like = near(text)
                    if like is not None:
                        self.counts.nearest[text] = like
                counted[text] += int(often)

    def _whats(self, table: pa.Table, retracts: Any) -> tuple[Any, list[What], Any]:
        """The number of each row's name and phase (-1: none, -2: known to nobody), what they are, and where the phase is one."""
        code, texts = coded(table.column("event"))
        phase, phases = coded(table.column("phase")) if has(table, "phase") else (np.full(len(table), -1), [])
        speaks = np.zeros(len(table), np.int64)
        if has(table, "deviation"):
            deviating, names = coded(table.column("deviation"))
            speaks = np.array([*(bool(name) for name in names), False])[deviating].astype(np.int64)
        width = len(phases) + 1
        pair = (((code + 1) * width + phase + 1) * 2 + speaks) * 2 + retracts
        pairs, number_ = distinct_of(pair)
        whats: dict[What, int] = {}
        meaning, right = [], []
        for one in pairs.tolist():
            rest, retracting = divmod(one, 2)
            rest, deviates = divmod(rest, 2)
            event, of = divmod(rest, width)
            told = phase_of(phases[of - 1]) if of else ""
            found, fits = self._meaning(texts[event - 1] if event else "", told, bool(deviates))
            if retracting:  # it says which event never was: what it calls it is no matter
                found, fits = ("", told or None) if isinstance(found, int) else found, True
            meaning.append(found if isinstance(found, int) else whats.setdefault(found, len(whats)))
            right.append(fits)
        return np.array(meaning or [0], np.int64)[number_], list(whats), np.array(right or [True])[number_]

    def _meaning(self, text: str, phase: str, deviates: bool) -> tuple[int | What, bool]:
        if not text:
            return -1, True
        if text == DEVIATION and deviates:
            return (DEVIATION, None), True
        meant = named_in(self._names, text)
        if meant is None:
            return -2, True
        name, own = meant
        if name in self._vocabulary.events:
            return (name, None), True
        known: tuple[str, ...] = MESSAGE_PHASES if name in self._vocabulary.messages else RESOURCE_PHASES
        said = own or phase or None
        return (name, said), said is None or said in known

    def _told(self, table: pa.Table, row: Any, what: Any) -> dict[str, Any]:
        """What the log says beside who, what and when."""
        found: dict[str, Any] = {}
        every = np.ones(len(table), bool)
        for name in _PARTIES:
            self._names_in(found, table, name, row, every, self._parties, self.counts.parties)
        self._names_in(found, table, "deviation", row, every, self._deviable, self.counts.deviations)
        asked = np.array([*(name in self._asking for name, _ in self.whats.all), False])[what]
        self._names_in(found, table, "elements", row, asked, self._contents, self.counts.elements, parts_of)
        for name in ("unit", "because", "cause"):
            if has(table, name):
                found[name] = recoded(*coded(table.column(name)))
        found |= {name: filled(table.column(name)) for name in REFERRING if has(table, name)}
        if has(table, "until"):
            told = moments(table, "until", self._days, self._times)
            self._mend("end of a deviation that is not a time", int((told.why > 0).sum()))
            until = np.where(told.why > 0, shape.NEVER, ends(told, self._days))
            found["until"] = pa.array(until, mask=until == shape.NEVER)
        if has(table, "amount"):
            found["amount"] = self._amounts(table.column("amount"))
        for name, asked in self._columns.facts.items():
            column = next((own for own in asked if own in table.column_names), None)
            if column is not None and has(table, column):
                found[FACT + name] = self._fact(name, table.column(column), row)
        return found

    def _names_in(
        self,
        found: dict[str, Any],
        table: pa.Table,
        name: str,
        row: Any,
        asked: Any,
        known: Known,
        counted: Any,
        parts: Callable[[str], Sequence[str]] = _as_one,
    ) -> None:
        """Names as they are declared where they are; those that are not are counted where they are asked for, and kept."""
        if not has(table, name):
            return
        code, texts = coded(table.column(name))
        split = [parts(text) if text else () for text in texts]
        called = [",".join(known.get(part) or part for part in own) or text for own, text in zip(split, texts, strict=True)]
        found[name] = recoded(code, called)
        unknown = [[part for part in own if known.get(part) is None] for own in split]
        those = np.array([*(bool(own) for own in unknown), False])[code] & asked
        if those.any():
            self._unknown(code[those], unknown, row[those], counted, known.near)

    def _amounts(self, column: pa.ChunkedArray) -> pa.Array:
        code, texts = coded(column)
        amounts = [number(text.strip()) if text else None for text in texts]
        wrong = np.array([*(bool(text) and told is None for text, told in zip(texts, amounts, strict=True)), False])[code]
        self._mend("amount that is not a number", int(wrong.sum()))
        return pa.array([*amounts, None], pa.float64()).take(pa.array(np.where(code < 0, len(amounts), code)))

    def _fact(self, name: str, column: pa.ChunkedArray, row: Any) -> pa.Array:
        """A fact's values. One that is none of its fact's is counted and left out."""
        code, texts = coded(column)
        fact = self._vocabulary.facts[name]
        values = [fact_value(text, fact, self._times.day) if text else None for text in texts]
        wrong = np.array([*(bool(text) and value is None for text, value in zip(texts, values, strict=True)), False])[code]
        if wrong.any():
            self._misfit(name, texts[code[wrong.argmax()]], int(row[wrong.argmax()]), int(wrong.sum()))
        return recoded(code, [None if value is None else fact_text(value) for value in values])

    def _misfit(self, name: str, text: str, row: int, often: int) -> None:
        if name not in self.counts.facts:
            like = nearest(text, self._vocabulary.facts[name].type.values)
            self.counts.misfits[name] = {"first": f"row {row}"} | ({} if like is None else {"nearest": like})
        self.counts.facts[name] += often


def _named(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Patients' names: whole numbers may stay so, what many rows share stays so."""
    kept = pa.types.is_integer(column.type) or pa.types.is_dictionary(column.type)
    return column if kept else as_text(column)


def _long(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts of a column that have room for a national identity number: what many rows share at least once."""
    if pa.types.is_integer(column.type):
        return column.filter(pc.fill_null(pc.greater_equal(column, 10**10), False)).cast(pa.string())
    if pa.types.is_dictionary(column.type):
        column = pa.chunked_array([chunk.dictionary for chunk in column.chunks], column.type.value_type)
    texts = as_text(column)
    return texts.filter(pc.fill_null(pc.greater(pc.utf8_length(texts), 10), False))


def _there(column: pa.ChunkedArray) -> Any:
    """Where a column says anything."""
    if pa.types.is_integer(column.type):
        return pc.is_valid(column).to_numpy()
    return pc.fill_null(pc.not_equal(as_text(column), ""), False).to_numpy()
