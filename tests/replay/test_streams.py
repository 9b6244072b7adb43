"""What a log in blocks is read as: the same events, the same account of its rows, the same mistakes, as when it is read at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

from pathway.errors import EventsError, PathwayError
from pathway.events import text_columns
from pathway.events.mapping import MappedEvent, Mapping
from pathway.events.mapping_file import load_mapping
from pathway.events.read import read_log, read_table
from pathway.model.pathway import Pathway
from pathway.replay import hashing, settling, sorting, source, streams
from pathway.replay.streams import Stream
from tests.events.conftest import made
from tests.events.corpora import BAD, GOOD, HERE, beside
from tests.replay.hostile import KINDS, hostile, same, table_of


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks, runs and parts of a few rows: what happens at their edges happens in logs of some rows."""
    monkeypatch.setattr(streams, "BLOCK", 7)
    monkeypatch.setattr(source, "PART", 4)
    monkeypatch.setattr(sorting, "RUN", 11)
    monkeypatch.setattr(sorting, "_BATCH", 3)
    monkeypatch.setattr(hashing, "_HELD", 10)
    monkeypatch.setattr(text_columns, "PART", 5)


@pytest.fixture(scope="module")
def pathway() -> Pathway:
    return made()


def _mapping(path: Path, pathway: Pathway) -> Mapping | None:
    place = beside(path, ".map.toml")
    return load_mapping(place, pathway) if place.exists() else None


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_logs_of_every_form_are_read_as_at_once(path: Path, pathway: Pathway, tmp_path: Path) -> None:
    how = _mapping(path, pathway)
    last = read_log(path, pathway, how).last_recorded or 0
    for known_at in (None, last, last - 86_400_000_000 * 3):
        with Stream(path, pathway, how, folder=tmp_path, known_at=known_at) as stream:
            same(read_log(path, pathway, how), stream, known_at)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_what_cannot_be_read_is_said_in_the_same_words(path: Path, pathway: Pathway, tmp_path: Path) -> None:
    with pytest.raises(PathwayError) as expected:
        read_log(path, pathway, _mapping(path, pathway))
    with pytest.raises(PathwayError) as found, Stream(path, pathway, _mapping(path, pathway), folder=tmp_path) as stream:
        list(stream.blocks())
    assert found.value.message("nb") == expected.value.message("nb").replace(str(HERE), str(path.parent))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(16))
def test_hostile_logs_are_settled_as_at_once(seed: int, pathway: Pathway, tmp_path: Path) -> None:
    table = table_of(hostile(seed, 120, ids=seed % 4 != 3, abroad=seed % 2 == 0))
    parquet.write_table(table, tmp_path / "log.parquet", row_group_size=17)
    log = read_log(tmp_path / "log.parquet", pathway)
    known_at = None if log.last_recorded is None or seed % 3 else log.last_recorded - 86_400_000_000 * 2
    with Stream(tmp_path / "log.parquet", pathway, folder=tmp_path, known_at=known_at) as stream:
        same(log, stream, known_at)


def test_the_hostile_logs_are_so(pathway: Pathway) -> None:
    found: Counter[str] = Counter()
    for seed in range(16):
        counts = read_table(table_of(hostile(seed, 120, ids=seed % 4 != 3, abroad=seed % 2 == 0)), pathway).counts
        found.update(counts.settled)
        found.update({reason: count for reason, (count, _) in counts.rejected.items()})
    often = ("duplicate", "retraction", "moved", "corrections in a circle", "correction of what is not there")
    assert all(found[name] > 5 for name in often), found


@pytest.mark.parametrize("seed", range(6))
def test_sorted_logs_are_followed_as_they_stand(seed: int, pathway: Pathway, tmp_path: Path) -> None:
    rows = [
        row | {"id": f"{seed}-{place}" if seed % 2 else row["id"]} for place, row in enumerate(hostile(seed, 90, ids=False))
    ]
    rows.sort(key=lambda row: row["patient"] or "")
    parquet.write_table(table_of(rows), tmp_path / "log.parquet", row_group_size=13)
    with Stream(tmp_path / "log.parquet", pathway, folder=tmp_path) as stream:
        assert not list(tmp_path.glob(".sorting/run-*"))
        same(read_log(tmp_path / "log.parquet", pathway), stream)


def _apart(table: pa.Table) -> pa.Table:
    return table.take(random.Random(1).sample(range(len(table)), len(table)))


def _numbered(table: pa.Table) -> pa.Table:
    return table.set_column(0, "patient", pa.array([int((name or "p0")[1:]) for name in table["patient"].to_pylist()]))


def _large(table: pa.Table) -> pa.Table:
    return table.cast(
        pa.schema([(field.name, pa.large_string() if field.type == pa.string() else field.type) for field in table.schema])
    )


def _views(table: pa.Table) -> pa.Table:
    return table.cast(
        pa.schema([(field.name, pa.string_view() if field.type == pa.string() else field.type) for field in table.schema])
    )


def _dictionaries(table: pa.Table) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name not in KINDS and name != "id":
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table


def _days(table: pa.Table) -> pa.Table:
    return table.set_column(2, "occurred", table["occurred"].cast(pa.date32()))


def _local(table: pa.Table) -> pa.Table:
    return table.set_column(2, "occurred", pc.local_timestamp(table["occurred"]))


def _written(table: pa.Table) -> pa.Table:
    return table.set_column(
        2, "occurred", pa.array([None if at is None else at.isoformat() for at in table["occurred"].to_pylist()])
    )


def _people(table: pa.Table) -> pa.Table:
    """Times as they are written by hand and by machines, and mistaken."""
    forms = (
        "2026-03-02T08:00:00Z", "2026-03-02 09:00:00.125+01:00", "2026-03-02T08:00", "02.03.2026 kl. 08.10", "2026-03-02", "2.3.2026",
        "2026-02-30T08:00:00Z", "2026-10-25 02:30", "2026-03-29 02:30", "02.03.26", "soon", "1926-03-02", " 2026-03-02T08:00:00Z ",
        "2026-03-02T08:00:00.1234567Z", "2026-03-02T24:00:00Z", "2088-01-01T00:00:00Z", "1989-12-31T23:30:00-01:00", "", None,
    )  # fmt: skip
    draw = random.Random(4)
    for name in ("occurred", "recorded", "until"):
        told = pa.array([draw.choice(forms) for _ in range(len(table))], pa.string())
        place = table.column_names.index(name) if name in table.column_names else -1
        table = table.set_column(place, name, told) if place >= 0 else table.append_column(name, told)
    return table.append_column("deviation", pa.array(["stay"] * len(table)))


def _lists(table: pa.Table) -> pa.Table:
    place = table.column_names.index("elements")
    told = [
        None if text is None else [part for part in text.split("; ") if part != ","] for text in table["elements"].to_pylist()
    ]
    return table.set_column(place, "elements", pa.array(told))


@pytest.mark.parametrize("change", [_apart, _numbered, _large, _views, _dictionaries, _days, _local, _written, _people, _lists])
def test_tables_of_every_kind_from_a_file_and_from_memory(change: Any, pathway: Pathway, tmp_path: Path) -> None:
    table = change(table_of(hostile(5, 90)))
    parquet.write_table(table, tmp_path / "log.parquet")
    for events in (tmp_path / "log.parquet", table, table.to_reader(8)):
        with Stream(events, pathway, folder=tmp_path) as stream:
            same(read_table(table, pathway), stream)


@pytest.mark.parametrize("seed", range(4))
def test_hostile_logs_that_a_mapping_says_how_to_read(seed: int, pathway: Pathway, tmp_path: Path) -> None:
    how = Mapping(ignore=["nonsense"], events={"bed": MappedEvent(event="letter", phase="sent")}, parties={"nobody": "gp"})
    table = _people(table_of(hostile(seed, 90))) if seed % 2 else table_of(hostile(seed, 90))
    csv.write_csv(table, tmp_path / "log.csv")
    for events in (tmp_path / "log.csv", table):
        log = read_table(table, pathway, how) if events is table else read_log(events, pathway, how)
        with Stream(events, pathway, how, folder=tmp_path) as stream:
            same(log, stream)


def test_the_columns_of_several_files_are_those_of_one_log(pathway: Pathway, tmp_path: Path) -> None:
    """`alder` is `age` where no file has a column of that name."""
    table = table_of(hostile(1, 40, ids=False))
    for names in (("age", "alder"), ("alder", "alder")):
        (tmp_path / names[0]).mkdir()
        for number, name in enumerate(names):
            parquet.write_table(table.rename_columns([name if own == "age" else own for own in table.column_names]),
                                tmp_path / names[0] / f"{number}.parquet")  # fmt: skip
        with Stream(tmp_path / names[0], pathway, folder=tmp_path) as stream:
            same(read_log(tmp_path / names[0], pathway), stream)


def test_categories_as_polars_has_them(pathway: Pathway, tmp_path: Path) -> None:
    """Dictionaries of views of texts."""
    table = table_of(hostile(5, 90))
    numbered = table["event"].combine_chunks().dictionary_encode()
    views = pa.DictionaryArray.from_arrays(numbered.indices.cast(pa.uint32()), numbered.dictionary.cast(pa.string_view()))
    categories = table.set_column(table.column_names.index("event"), "event", views)
    for at_once, given in ((table, categories), (categories, table)):
        with Stream(given, pathway, folder=tmp_path) as stream:
            same(read_table(at_once, pathway), stream)


def _polars(table: pa.Table) -> Any:
    return pytest.importorskip("polars").from_arrow(table)


@pytest.mark.parametrize("kind", ["pandas", "duckdb", "polars"])
def test_frames_and_relations(kind: str, pathway: Pathway, tmp_path: Path) -> None:
    table = table_of(hostile(6, 60))
    with duckdb.connect() as sql:
        events: Any = {"pandas": table.to_pandas, "duckdb": lambda: sql.from_arrow(table), "polars": lambda: _polars(table)}[
            kind
        ]()
        with Stream(events, pathway, folder=tmp_path) as stream:
            same(read_table(table, pathway), stream)


def test_what_gives_no_table_is_refused(pathway: Pathway, tmp_path: Path) -> None:
    for events in (7, [1, 2], object()):
        with pytest.raises(EventsError) as caught, Stream(events, pathway, folder=tmp_path):
            pass
        assert caught.value.code == "PW419"
    with pytest.raises(EventsError) as caught, Stream(pa.table({"patient": ["1"]}), pathway, folder=tmp_path):
        pass
    assert caught.value.code == "PW415"


def test_patients_in_several_files_of_several_kinds(pathway: Pathway, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    tables = [table_of(hostile(seed, 40)) for seed in (1, 2)]
    tables += [_numbered(table_of(hostile(3, 20))), table_of(hostile(4, 20)).drop_columns(["amount", "age"])]
    for number, table in enumerate(tables):
        parquet.write_table(table, tmp_path / "log" / f"{number}.parquet")
    with Stream(tmp_path / "log", pathway, folder=tmp_path) as stream:
        same(read_log(tmp_path / "log", pathway), stream)


def test_more_that_hangs_together_than_memory_is_there_for_is_refused(
    pathway: Pathway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "MOST_ABROAD", 30)
    rows = [
        row | {"patient": f"p{place % 5}", "id": f"{place // 5}"} for place, row in enumerate(hostile(1, 80, correcting=False))
    ]
    with pytest.raises(EventsError) as caught, Stream(table_of(rows), pathway, folder=tmp_path):
        pass
    assert caught.value.code == "PW570" and list(tmp_path.iterdir()) == []


def test_strict_refuses_what_cannot_be_used(pathway: Pathway, tmp_path: Path) -> None:
    table = table_of(hostile(5, 60))
    with pytest.raises(EventsError) as expected:
        read_table(table, pathway, strict=True)
    with pytest.raises(EventsError) as found, Stream(table, pathway, folder=tmp_path, strict=True):
        pass
    assert found.value.message("en") == expected.value.message("en")


def test_a_log_without_rows(pathway: Pathway, tmp_path: Path) -> None:
    for table in (table_of(hostile(1, 5)).slice(0, 0), table_of([{**row, "event": "nonsense"} for row in hostile(1, 5)])):
        parquet.write_table(table, tmp_path / "log.parquet")
        for events in (tmp_path / "log.parquet", table):
            with Stream(events, pathway, folder=tmp_path) as stream:
                same(read_table(table, pathway), stream)


def test_what_lies_there_meanwhile_is_removed_after_errors_too(pathway: Pathway, tmp_path: Path) -> None:
    stale = tmp_path / ".sorting"
    stale.mkdir()
    (stale / "run-00000").write_bytes(b"left by a run that was killed")

    def stopped() -> Iterator[pa.RecordBatch]:
        yield from table_of(hostile(1, 40)).to_batches(max_chunksize=9)
        raise KeyboardInterrupt

    schema = table_of(hostile(1, 40)).schema
    with (
        pytest.raises(KeyboardInterrupt),
        Stream(pa.RecordBatchReader.from_batches(schema, stopped()), pathway, folder=tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_days_that_no_calendar_reaches_are_counted(pathway: Pathway, tmp_path: Path) -> None:
    table = pa.table(
        {
            "patient": ["1"] * 3,
            "event": ["admitted"] * 3,
            "occurred": pa.array([10**8, -(10**8), 20_000], pa.int32()).cast(pa.date32()),
        }
    )
    with Stream(table, pathway, folder=tmp_path) as stream:
        list(stream.blocks())
    assert stream.counts.used == 1 and stream.counts.rejected["time outside 1990-2060"][0] == 2
    assert date(1970, 1, 1) + timedelta(days=20_000) == date(2024, 10, 4)
