"""Logs in the house's own columns, however they lie in Parquet files; and what no log may say."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from pathway.errors import EventsError
from pathway.events.read import read_log
from pathway.model.pathway import Pathway
from pathway.replay import source, streams
from pathway.replay.digits import with_room
from pathway.replay.streams import Stream
from tests.events.conftest import made
from tests.replay.hostile import hostile, same, table_of


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and parts of a few rows."""
    monkeypatch.setattr(streams, "BLOCK", 7)
    monkeypatch.setattr(source, "PART", 4)


@pytest.fixture(scope="module")
def pathway() -> Pathway:
    return made()


def _standing(seed: int) -> pa.Table:
    """A log that can be followed as it stands."""
    rows = [
        row | {"id": None if row["event"] is None else f"{place:03}"} for place, row in enumerate(hostile(seed, 90, ids=False))
    ]
    return table_of(sorted((row for row in rows if row["patient"]), key=lambda row: str(row["patient"])))


def _with_ids(table: pa.Table, kind: pa.DataType) -> pa.Table:
    """With ids that are whole numbers, and all there."""
    place = table.column_names.index("id")
    return table.set_column(place, "id", pa.array(range(len(table), 0, -1), kind))


def _numbers(table: pa.Table) -> pa.Table:
    return table.set_column(0, "patient", pa.array([int(name[1:]) for name in table["patient"].to_pylist()]))


def _large(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(field.name, pa.large_string() if field.type == pa.string() else field.type) for field in schema])


def _twice(table: pa.Table) -> pa.Table:
    """With dictionaries that say the same twice, and have numbers without sign."""
    for place, name in enumerate(table.column_names):
        if name in ("patient", "event", "phase"):
            one = table[name].combine_chunks().dictionary_encode()
            texts = pa.concat_arrays([one.dictionary, one.dictionary])
            code = [
                None if at is None else at + (row % 2) * len(one.dictionary) for row, at in enumerate(one.indices.to_pylist())
            ]
            table = table.set_column(place, name, pa.DictionaryArray.from_arrays(pa.array(code, pa.uint8()), texts))
    return table


_DELTA = dict.fromkeys(("patient", "event", "phase", "age"), "DELTA_BYTE_ARRAY")


@pytest.mark.parametrize("change", [
    lambda table: table,
    lambda table: _with_ids(table, pa.int64()),
    lambda table: _with_ids(_numbers(table), pa.uint16()),
    lambda table: _with_ids(table, pa.int32()).slice(30),
    lambda table: _twice(table),
    lambda table: table.cast(_large(table.schema)),
])  # fmt: skip
@pytest.mark.parametrize("how", [
    {"row_group_size": 13},
    {"use_dictionary": False},
    {"use_dictionary": False, "column_encoding": _DELTA, "row_group_size": 50},
    {"dictionary_pagesize_limit": 8, "data_page_size": 8, "write_batch_size": 4},
    {"store_schema": False},
])  # fmt: skip
def test_sorted_logs_however_they_lie_in_a_file(change: Any, how: dict[str, Any], pathway: Pathway, tmp_path: Path) -> None:
    table = change(_standing(2))
    if "column_encoding" in how and pa.types.is_dictionary(table.schema.field("patient").type):
        pytest.skip("Arrow does not read back what it writes so")
    if "column_encoding" in how and pa.types.is_integer(table.schema.field("patient").type):
        how = {**how, "column_encoding": {**_DELTA, "patient": "DELTA_BINARY_PACKED"}}
    parquet.write_table(table, tmp_path / "log.parquet", **how)
    with Stream(tmp_path / "log.parquet", pathway, folder=tmp_path) as stream:
        assert not list(tmp_path.glob(".sorting/run-*"))
        same(read_log(tmp_path / "log.parquet", pathway), stream)


def test_ids_are_numbers_in_one_file_and_texts_in_another(pathway: Pathway, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    table = _standing(2)
    parts = (_with_ids(table.slice(0, 30), pa.int64()), table.slice(30), _with_ids(table.slice(0, 0), pa.int64()))
    for number, part in enumerate(parts):
        parquet.write_table(part, tmp_path / "log" / f"{number}.parquet")
    with Stream(tmp_path / "log", pathway, folder=tmp_path) as stream:
        same(read_log(tmp_path / "log", pathway), stream)


@pytest.mark.parametrize("change", [lambda column: column, lambda column: column.dictionary_encode()])
@pytest.mark.parametrize("text", ["21016700077", "the son of 210167 00077", "210167\u00a000077", "x210167 00077"])
def test_national_identity_numbers_are_found_wherever_they_stand(
    text: str, change: Any, pathway: Pathway, tmp_path: Path
) -> None:
    for name in ("patient", "id", "party", "because"):
        table = _standing(2)
        told = [*(f"{place:012}" for place in range(len(table) - 1)), text]
        place = table.column_names.index(name) if name in table.column_names else -1
        column = change(pa.chunked_array([told], pa.string()))
        table = table.append_column(name, column) if place < 0 else table.set_column(place, name, column)
        parquet.write_table(table, tmp_path / "log.parquet")
        with pytest.raises(EventsError) as caught, Stream(tmp_path / "log.parquet", pathway, folder=tmp_path) as stream:
            list(stream.blocks())
        assert caught.value.code == "PW422"


def test_texts_with_room_for_a_national_identity_number() -> None:
    draw = random.Random(3)
    texts = [
        "".join(draw.choices("0123456789 \u00a0a\u00b2", (10,) * 10 + (8, 8, 2, 1), k=draw.randrange(9, 18)))
        for _ in range(3000)
    ]
    room = re.compile("[0-9]{6}[ \u00a0]?[0-9]{5}")
    expected = [text for text in texts if room.search(text)]
    found = with_room(pa.chunked_array([pa.array(["", *texts]).slice(1)]))
    assert found is not None and found.to_pylist() == expected and 300 < len(expected) < 2700
    assert with_room(pa.chunked_array([[5, None, 10**10 - 1, 10**10]])).to_pylist() == [str(10**10)]  # type: ignore[union-attr]
    assert with_room(pa.chunked_array([["1234567890", None]])) is None
