"""Parts of a log in the house's own columns, with times that are times, understood: accounted for as `events/rows.py` does it,
but by what is distinct and not row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
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
from pathway.model.expressions import Value
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import Known, contents_known, parties_known, phase_of
from pathway.replay.digits import with_room
from pathway.replay.instants import DECIDED, NO_TIME, OUTSIDE, SHORT, Moments, ends, last_of, moments, somewhere
from pathway.replay.kernel import layout as shape
from pathway.replay.understood import (
    REFERRING,
    What,
    Whats,
    as_text,
    blank,
    coded,
    distinct_of,
    fact_text,
    filled,
    has,
    recoded,
)

_PARTIES = ("party", "sender", "receiver")
_READ = ("patient", "event", "phase", "occurred", "recorded", "id")
"""Columns that are understood before it is known which rows are used."""
_KEPT = 1 << 16
"""So much that was understood is kept, for when it comes again."""
Near = Callable[[str], str | None]


def _as_one(text: str) -> Sequence[str]:
    return (text,)


class _Judged(NamedTuple):
    """What rows say, and why which of them cannot be used (a reason that is None: an event that nobody knows), in the order in which
    it is said. None for rows stands for none of them."""

    what: Any
    whats: list[What]
    at: Any
    dated: Any | None
    recorded: Any | None
    early: Any | None
    decided: Any | None
    reasons: tuple[tuple[str | None, Any | None], ...]


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
        self._meant: dict[tuple[str, str, bool], tuple[int | What, bool]] = {}
        self._free: dict[str, pa.Array] = {}
        """By column, texts that were seen to hold no national identity number."""
        self._value = lru_cache(_KEPT)(self._valued)

    def understood(self, table: pa.Table, file: str, row: Any = None) -> pa.Table:
        """The rows of a table that can be used; the others are counted by reason. They are numbered on, where their numbers in
        `row` are not told. Raises `EventsError`."""
        self._without_names(table, file)
        row = np.arange(self.counts.read + 1, self.counts.read + 1 + len(table)) if row is None else row
        self.counts.read += len(table)
        judged = self._judge(table)
        kept: Any = None
        rejected = []
        for reason, those in judged.reasons:
            if reason == "unknown phase":  # times were looked at before
                self._decided(judged, kept)
            if those is None:
                continue
            own = those if kept is None else those & kept
            if reason is not None:
                rejected.append((int(own.argmax()), reason, own))
            else:
                self._unknown_events(table, own, row)
            kept = ~those if kept is None else kept & ~those
        for _, reason, own in sorted(rejected, key=lambda each: each[0]):  # told in the order in which they came
            self._reject(reason, own, row)
        # Numbers are given to what was used only: what was not must not seem to have been seen.
        number_of = np.array([*(self.whats(each) for each in judged.whats), -1, -1], np.int32)
        ids = filled(table.column("id")) if has(table, "id") else pa.nulls(len(table), pa.string())
        columns: dict[str, Any] = {
            "row": row,
            "patient": _named(table.column("patient")),
            "what": number_of[judged.what],
            "at": judged.at,
            "id": ids,
        }
        if judged.dated is not None and judged.dated.any():
            columns["date"] = judged.dated.astype(np.uint8)
        if judged.recorded is not None:
            columns["recorded"] = pa.array(judged.recorded, mask=judged.recorded == shape.NEVER)
        used = pa.table(columns)
        more = table.select([name for name in table.column_names if name not in _READ])
        if kept is not None:
            used, more = (each.filter(pa.array(kept)) if each.num_columns else each for each in (used, more))
        self.counts.used += len(used)
        if more.num_columns:
            for name, column in self._told(more, used).items():
                used = used.append_column(name, column)
        return used

    def last(self, table: pa.Table) -> Instant:
        """The last time at which a row that can be used was recorded; `NEVER` where there is none. Counts nothing."""
        judged = self._judge(table)
        used = np.ones(len(table), bool)
        for _, those in judged.reasons:
            used &= True if those is None else ~those
        at, dated, recorded = (None if each is None else each[used] for each in (judged.at, judged.dated, judged.recorded))
        return last_of(at, dated, recorded, self._days)

    def _judge(self, table: pa.Table) -> _Judged:
        retracts = _there(table, "retracts")
        what, whats, phased = self._whats(table, retracts)
        occurred = moments(table, "occurred", self._days, self._times) or Moments(np.full(len(table), shape.NEVER))
        noted = moments(table, "recorded", self._days, self._times)
        at, recorded = occurred.at, None if noted is None else ends(noted, self._days)
        if retracts is not None and recorded is not None:  # what is taken back is so from when that was recorded
            late = retracts & (at == shape.NEVER) & _untold(occurred) & (recorded != shape.NEVER)
            at = np.where(late, recorded, at)
        no_time = None if at.min(initial=0) > shape.NEVER else somewhere((at == shape.NEVER) & _untold(occurred))
        least = int(what.min(initial=0))
        reasons = (
            ("no patient", blank(table.column("patient"))), ("no event", somewhere(what == -1) if least < 0 else None),
            (None, somewhere(what == -2) if least < -1 else None),
            ("recorded: not a time", None if noted is None else noted.wrong(NO_TIME, SHORT)),
            ("recorded outside 1990-2060", None if noted is None else noted.wrong(OUTSIDE)), ("no time", no_time),
            ("not a time", occurred.wrong(NO_TIME)), ("year of two digits", occurred.wrong(SHORT)),
            ("time outside 1990-2060", occurred.wrong(OUTSIDE)), ("unknown phase", phased),
        )  # fmt: skip
        early = None
        if recorded is not None:
            early = somewhere((recorded != shape.NEVER) & (recorded < at))
            recorded = recorded if early is None else np.where(early, at, recorded)
        return _Judged(what, whats, at, occurred.dated, recorded, early, occurred.decided, reasons)

    def _without_names(self, table: pa.Table, file: str) -> None:
        """No national identity number goes out with the results: a log that has one is refused, as ever."""
        for name in sorted(self._columns.told() & {*table.column_names}):
            found = nationals(self._with_room(name, table.column(name)))
            if found:
                raise EventsError("PW422", file=file, column=masked(name), count=len(found))

    def _with_room(self, name: str, column: pa.ChunkedArray) -> list[str]:
        """The distinct texts of a column that have room for one. Those that many rows share are looked at once."""
        if pa.types.is_dictionary(column.type):
            shared = [chunk.dictionary for chunk in column.chunks]
            known = self._free.get(name)
            if known is not None and all(known.equals(texts) for texts in shared):
                return []
            if shared:
                self._free[name] = shared[-1]  # one that is not free of them ends it all
            column = pa.chunked_array(shared, column.type.value_type)
        long = with_room(column)
        return [] if long is None else pc.unique(long).to_pylist()

    def _decided(self, judged: _Judged, kept: Any) -> None:
        """Count what had to be decided about the times of rows that are kept."""
        if judged.early is not None:
            self._mend("recorded before it occurred", int((judged.early if kept is None else judged.early & kept).sum()))
        if judged.decided is not None:
            decided = judged.decided if kept is None else judged.decided[kept]
            for number_, decision in enumerate(DECIDED[1:], 1):
                self._mend(decision, int((decided == number_).sum()))

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

    def _whats(self, table: pa.Table, retracts: Any | None) -> tuple[Any, list[What], Any | None]:
        """The number of each row's name and phase (-1: none, -2: known to nobody), what they are, and where the phase is none that
        there is (None: nowhere)."""
        code, texts = coded(table.column("event"))
        pair = code + 1
        phases: list[str] = []
        if has(table, "phase"):
            phase, phases = coded(table.column("phase"))
            pair = pair * (len(phases) + 1) + phase + 1
        deviating = has(table, "deviation")
        if deviating:
            of, names = coded(table.column("deviation"))
            pair = pair * 2 + np.array([*(bool(name) for name in names), False])[of]
        if retracts is not None:
            pair = pair * 2 + retracts
        pairs, number_ = distinct_of(pair)
        whats: dict[What, int] = {}
        meaning, wrong = [], []
        for one in pairs.tolist():
            rest, retracting = (one, 0) if retracts is None else divmod(one, 2)
            rest, deviates = divmod(rest, 2) if deviating else (rest, 0)
            event, of_ = divmod(rest, len(phases) + 1)
            found, fits = self._known(texts[event - 1] if event else "", phases[of_ - 1] if of_ else "", bool(deviates))
            if retracting:  # it says which event never was: what it calls it is no matter
                told = phase_of(phases[of_ - 1]) if of_ else ""
                found, fits = ("", told or None) if isinstance(found, int) else found, True
            meaning.append(found if isinstance(found, int) else whats.setdefault(found, len(whats)))
            wrong.append(not fits)
        what = np.array(meaning or [0], np.int64)[number_]
        return what, list(whats), np.array(wrong)[number_] if any(wrong) else None

    def _known(self, text: str, phase: str, deviates: bool) -> tuple[int | What, bool]:
        """What a name and a phase mean: each is made out once."""
        told = (text, phase, deviates)
        found = self._meant.get(told)
        if found is None:
            found = self._meaning(text, phase_of(phase), deviates)
            if len(self._meant) < _KEPT:
                self._meant[told] = found
        return found

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

    def _told(self, table: pa.Table, used: pa.Table) -> dict[str, Any]:
        """What the log says beside who, what and when."""
        found: dict[str, Any] = {}
        row, what = used.column("row").to_numpy(), used.column("what").to_numpy()
        every = np.ones(len(table), bool)
        for name in _PARTIES:
            self._names_in(found, table, name, row, every, self._parties, self.counts.parties)
        self._names_in(found, table, "deviation", row, every, self._deviable, self.counts.deviations)
        asked = np.array([*(name in self._asking for name, _ in self.whats.all), False])[what]
        self._names_in(found, table, "elements", row, asked, self._contents, self.counts.elements, parts_of)
        for name in ("unit", "because", "cause"):
            if has(table, name):
                found[name] = recoded(*coded(table.column(name)))
        found |= {name: filled(as_text(table.column(name))) for name in REFERRING if has(table, name)}
        told = moments(table, "until", self._days, self._times)
        if told is not None:
            until = ends(told, self._days)
            if told.why is not None:
                self._mend("end of a deviation that is not a time", int((told.why > 0).sum()))
                until = np.where(told.why > 0, shape.NEVER, until)
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
        values = [self._value(name, text) if text else None for text in texts]
        wrong = np.array([*(bool(text) and value is None for text, value in zip(texts, values, strict=True)), False])[code]
        if wrong.any():
            self._misfit(name, texts[code[wrong.argmax()]], int(row[wrong.argmax()]), int(wrong.sum()))
        return recoded(code, [None if value is None else fact_text(value) for value in values])

    def _valued(self, name: str, text: str) -> Value | None:
        return fact_value(text, self._vocabulary.facts[name], self._times.day)

    def _misfit(self, name: str, text: str, row: int, often: int) -> None:
        if name not in self.counts.facts:
            like = nearest(text, self._vocabulary.facts[name].type.values)
            self.counts.misfits[name] = {"first": f"row {row}"} | ({} if like is None else {"nearest": like})
        self.counts.facts[name] += often


def _named(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Patients' names: whole numbers may stay so, what many rows share stays so."""
    kept = pa.types.is_integer(column.type) or pa.types.is_dictionary(column.type)
    return column if kept else as_text(column)


def _there(table: pa.Table, name: str) -> Any | None:
    """Where a column says anything; None: nowhere."""
    if not has(table, name):
        return None
    nothing = blank(table.column(name))
    return np.ones(len(table), bool) if nothing is None else somewhere(~nothing)


def _untold(occurred: Moments) -> Any:
    """Where nothing is told that is no time."""
    return True if occurred.why is None else occurred.why == 0
