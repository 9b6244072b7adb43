"""Rows in the order of one pathway (E3), in the form that the kernel takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.calendars import days_of
from pathway.replay.kernel.lower import Lowered
from pathway.replay.rows import Rows

_NOTHING = np.zeros(0, np.int64)


def in_order(lowered: Lowered, rows: Rows, begun: Any = None) -> tuple[shape.Events, Any]:
    """The kernel's events, and for each place the row that it was. `begun`: how other pathways started this one, by patient."""
    keys = np.array([lowered.key(name, phase) for name, phase in rows.whats] or [0], np.int64)
    key = keys[rows.what]
    at = _placed(lowered, rows, key)
    order = _order(lowered, rows, key, at)
    row = _NOTHING if order is None else order
    if order is not None:
        at, key = at[order], key[order]
    begun_start, started = begun if begun is not None else (np.zeros(1, np.int64), np.zeros(0, shape.BEGUN))
    fact, value = _facts(lowered, rows)
    extra = _extra(lowered, rows, order)
    events = shape.Events(rows.start, at, key, extra, fact, value, row, begun_start, started)
    return events, np.arange(len(rows)) if order is None else order


def _placed(lowered: Lowered, rows: Rows, key: Any) -> Any:
    """Where each event stands in time: a date at the end of its day, or at the beginning for what one comes in by (T3)."""
    if len(rows.said) == 0 or not rows.said["date"].any():
        return rows.at
    at = rows.at.copy()
    start = days_of(lowered.compiled.calendar).start
    dated = np.nonzero(rows.said["date"])[0]
    day = np.searchsorted(start, at[dated], side="right") - 1
    entering = np.array([name in lowered.compiled.entering for name in lowered.keys.all])
    at[dated] = np.where(entering[key[dated]], start[day], start[day + 1] - 1)
    return at


def _order(lowered: Lowered, rows: Rows, key: Any, at: Any) -> Any | None:
    """By patient, instant, rank and id; None where the rows stand so already."""
    if len(rows) < 2:
        return None
    last = len(lowered.compiled.rank)
    rank = np.array([lowered.compiled.rank.get(name, last) for name in lowered.keys.all], np.int32)[key]
    patient = np.repeat(np.arange(len(rows.start) - 1), np.diff(rows.start))
    same = patient[1:] == patient[:-1]
    later, equal = at[1:] > at[:-1], at[1:] == at[:-1]
    ordered = ~same | later | (equal & (rank[1:] > rank[:-1]))
    if ordered.all():
        return None
    order = np.lexsort((rank, at, patient))
    place, ranked = at[order], rank[order]
    tied = (patient[order][1:] == patient[order][:-1]) & (place[1:] == place[:-1]) & (ranked[1:] == ranked[:-1])
    for first, end in _runs(tied):
        order[first:end] = sorted(order[first:end], key=lambda row: str(rows.ids[int(row)]).encode())
    return order


def _runs(tied: Any) -> list[tuple[int, int]]:
    """From and to of each run of neighbours that are tied."""
    edges = np.diff(np.concatenate([[0], tied.astype(np.int8), [0]]))
    return list(zip(np.nonzero(edges == 1)[0].tolist(), (np.nonzero(edges == -1)[0] + 1).tolist(), strict=True))


def _extra(lowered: Lowered, rows: Rows, order: Any | None) -> Any:
    if len(rows.said) == 0:
        return np.zeros(0, shape.EXTRA)
    said = rows.said if order is None else rows.said[order]
    what = rows.what if order is None else rows.what[order]
    extra = np.zeros(len(said), shape.EXTRA)
    for name in ("date", "amount", "id", "root", "refers", "recorded", "until", "facts0", "facts1"):
        extra[name] = said[name]
    parties = np.array([*(lowered.parties(name) for name in rows.parties.all), -1], np.int32)
    units = np.array([*(lowered.units(name) for name in rows.units.all), -1], np.int32)
    notes = np.array([*(lowered.said.known(name) for name in rows.notes.all), -1], np.int32)
    for name in ("sender", "receiver", "party"):
        extra[name] = parties[said[name]]
    extra["unit"] = units[said["unit"]]
    extra["deviation"] = notes[said["deviation"]]
    extra["because"], extra["cause"] = said["because"] >= 0, said["cause"] >= 0
    told = said["elements"] >= 0
    extra["has_elements"] = told
    if told.any():
        sets = len(rows.element_sets)
        pairs, number = np.unique(what[told] * sets + said["elements"][told], return_inverse=True)
        extra["elements"][told] = np.array([_bits(lowered, rows, *divmod(pair, sets)) for pair in pairs.tolist()])[number]
    return extra


def _facts(lowered: Lowered, rows: Rows) -> tuple[Any, Any]:
    if len(rows.fact) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    facts = np.array([lowered.facts(name) for name in rows.facts.all], np.int64)
    return facts[rows.fact], rows.value


def _bits(lowered: Lowered, rows: Rows, what: int, elements: int) -> int:
    """The elements that a message had, as bits."""
    told = rows.element_sets[elements]
    return sum(1 << bit for name, bit in lowered.bits.get(rows.whats[what][0], {}).items() if name in told)
