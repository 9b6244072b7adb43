"""The ids and the evidence of the breaks that the kernel found (O13): the same texts that `tracking/evidence.py` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.replay.follow import Chunk, given
from pathway.replay.kernel import evidence as written
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.digest import BLOCK, ROUNDS, WORDS
from pathway.replay.kernel.jit import PLAIN
from pathway.replay.kernel.lower import Lowered
from pathway.replay.rows import Rows
from pathway.tracking.records import PARTS

_USUAL = 512
"""Bytes that a break's evidence takes, about."""
_MANY = 1 << 16


class Pieces:
    """What is known of evidence before anything has happened, as pieces of text with numbers."""

    def __init__(self, lowered: Lowered) -> None:
        self._lowered, self._parties = lowered, lowered.parties.all
        self._numbers: dict[str, int] = {piece: number for number, piece in enumerate(written.PIECES)}
        self.limit = np.array([self._said("limit", limit or None) for limit in lowered.limits] or [-1], np.int32)
        rules = [compiled.rule for compiled in lowered.rules]
        self.required = np.array([self._said("required", r.frequency.amount if r.frequency else None) for r in rules], np.int32)
        names = [edition.pathway.name for edition in lowered.editions for _ in edition.rules]
        self.pathway = np.array([self(f"{name}\x1f") for name in names], np.int32)

    def __call__(self, piece: str) -> int:
        return self._numbers.setdefault(piece, len(self._numbers))

    def _said(self, name: str, value: Any) -> int:
        return -1 if value is None else self(f',"{name}":{_json(value)}')

    def rows(self, owed: Any, broken: Any) -> Any:
        """The pieces of each break: `owed` are what is broken."""
        rows = np.full(len(broken), -1, shape.ROW)
        rule = owed["rule"]
        rows["limit"] = np.where(broken["timing"] < 0, -1, self.limit[broken["timing"]])
        rows["required"], rows["pathway"] = self.required[rule], self.pathway[rule]
        for name in ("lacking", "stale"):
            _some(
                rows[name], broken[name] != 0, (rule, broken[name]),
                lambda rule, bits, name=name: self._said(name, self._lowered.named(rule, bits) or None),
            )  # fmt: skip
        _some(rows["got"], broken["got"] >= 0, (broken["got"],), lambda got: self._said("got", got))
        number, first = distinct((rule, owed["part"], owed["receiver"]))
        kinds = [*zip(*(owed[name][first].tolist() for name in ("rule", "part", "receiver")), strict=True)]
        rows["end"] = np.array([self._end(*kind) for kind in kinds], np.int32)[number]
        rows["rule"] = np.array([self._rule(*kind) for kind in kinds], np.int32)[number]
        return rows

    def _end(self, rule: int, part: int, receiver: int) -> int:
        about = self._lowered.rules[rule].rule
        said = {
            "sender": about.sender,
            "receiver": self._receiver(receiver),
            "part": PARTS[part],
            "source": about.standing.source,
            "place": about.standing.place,
            "force": about.standing.force,
        }
        return self("".join(f',"{name}":{_json(value)}' for name, value in said.items() if value is not None))

    def _rule(self, rule: int, part: int, receiver: int) -> int:
        parts = ("", self._lowered.rules[rule].rule.name, PARTS[part], self._receiver(receiver) or "", "")
        return self("\x1f".join(parts))

    def _receiver(self, receiver: int) -> str | None:
        return None if receiver < 0 else self._parties[receiver]

    def tables(self) -> tuple[Any, Any, Any]:
        """All pieces as bytes, where each begins, and the numbers of the first key's and the first party's."""
        keys = [f'","event":{_json(key)},"at":"' for key in self._lowered.keys.all]
        parties = [f"{_json(party)}:" for party in ("", *self._parties)]
        pieces = [piece.encode() for piece in (*self._numbers, *keys, *parties)]
        first = len(self._numbers)
        return (
            np.frombuffer(b"".join(pieces), np.uint8),
            np.cumsum([0, *map(len, pieces)], dtype=np.int64),
            np.array([first, first + len(keys)], np.int64),
        )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _some(numbers: Any, there: Any, columns: Sequence[Any], piece: Any) -> None:
    """Numbers for those rows of which there is something to say, worked out once for each distinct row."""
    if there.any():
        number, first = distinct([column[there] for column in columns])
        values = zip(*(column[there][first].tolist() for column in columns), strict=True)
        numbers[there] = np.array([piece(*each) for each in values], np.int32)[number]


def distinct(columns: Sequence[Any]) -> tuple[Any, Any]:
    """For each row the number of those like it, and one row of each number. Whole numbers of small extent need no sorting."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        low, high = (column.min(initial=0), column.max(initial=0)) if column.dtype.kind in "iu" else (0, _MANY)
        if high - low < _MANY:
            number = number * (int(high - low) + 1) + (column - low)
        else:
            values, own = np.unique(column, return_inverse=True)
            number = number * len(values) + own
        if number.max(initial=0) >= _MANY:
            _, number = np.unique(number, return_inverse=True)
    first = np.full(int(number.max(initial=-1)) + 1, -1, np.int64)
    first[number] = np.arange(len(number))
    there = first >= 0
    return (np.cumsum(there) - 1)[number] if len(number) else number, first[there]


def texts_of(lowered: Lowered, rows: Rows, events: shape.Events, order: Any, chunk: Chunk) -> tuple[pa.Array, pa.Array]:
    """The ids of a chunk's breaks, and their evidence: JSON. Cost: some tenths of a microsecond each."""
    number, pieces = len(chunk.broken), Pieces(lowered)
    said = pieces.rows(chunk.owed[chunk.broken["of"]], chunk.broken)
    known, piece, sizes = pieces.tables()
    (ids, id_), (patients, patient) = _bytes(rows.root_texts), _bytes(rows.patients)
    longest = sum(int(np.diff(where).max(initial=0)) for where in (id_, patient, piece)) + int(np.diff(piece).max()) + 32
    end = np.zeros(number, np.int64)
    texts = shape.Texts(
        owed=chunk.owed, broken=chunk.broken, bearing=chunk.bearing, waits=chunk.waits, rows=said, pieces=known, piece=piece,
        sizes=sizes, order=order, dated=rows.said["date"].copy() if len(rows.said) else np.zeros(0, np.uint8), ids=ids, id=id_,
        patients=patients, patient=patient, out=np.zeros(0, np.uint8), end=end, breaks=np.zeros(written.ID * number, np.uint8),
        message=np.zeros(longest + BLOCK, np.uint8), words=np.zeros(WORDS, np.uint64), rounds=ROUNDS,
    )  # fmt: skip
    parts = [_array(end[first:last], out) for first, last, out in _written(texts, events, number)]
    places = np.arange(0, written.ID * (number + 1), written.ID, dtype=np.int32)
    named = pa.Array.from_buffers(pa.string(), number, [None, pa.py_buffer(places), pa.py_buffer(texts.breaks)])
    return named, pa.chunked_array(parts, pa.string())


def _written(texts: shape.Texts, events: shape.Events, number: int) -> Iterator[tuple[int, int, Any]]:
    """The texts of some breaks after others, in a buffer of their own."""
    first, size = 0, _USUAL * min(number, 1 << 16)
    while first < number:
        out = pa.allocate_buffer(size)  # memory that Arrow has used before costs less than new
        places = [given(table) for table in (texts._replace(out=np.frombuffer(out, np.uint8)), events)]
        if PLAIN:
            with np.errstate(over="ignore"):  # a digest counts modulo 2**64
                last = written.texts_of(places[0], places[1], first, number, 0)
        else:
            last = written.write(places[0].ctypes.data, places[1].ctypes.data, first, number, 0)
        if last == first:
            size *= 2
            continue
        yield first, last, out
        first = last


def _array(end: Any, out: Any) -> pa.Array:
    places = np.concatenate([[0], end]).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), len(end), [None, pa.py_buffer(places), out])


def _bytes(texts: pa.Array) -> tuple[Any, Any]:
    """The bytes of an array of text, and where each begins."""
    _, places, data = texts.buffers()
    where = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1] if places else np.zeros(1, np.int32)
    return np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8), where
