"""Parquet and Arrow tables give what a CSV of the same content gives."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from pathway.errors import EventsError
from pathway.events.event import Event
from pathway.events.read import read_log, read_table
from pathway.model.calendar import to_datetime
from pathway.model.pathway import Pathway

MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def only(table: Any, pathway: Pathway) -> Event:
    ((_, (event,)),) = read_table(table, pathway).by_patient()
    return event


def table(**columns: pa.Array) -> pa.Table:
    plain = {"patient": pa.array(["NA"]), "event": pa.array(["admitted"]), "occurred": pa.array([MOMENT])}
    return pa.table({**plain, **columns})


@pytest.mark.parametrize(
    ("patient", "name"),
    [
        (pa.array([7]), "7"),
        (pa.array([7.0]), "7"),
        (pa.array([10**18]), str(10**18)),
        (pa.array(["007"]), "007"),
        (pa.array(["NA"]).dictionary_encode(), "NA"),
        (pa.array([Decimal("7")]), "7"),
        (pa.array([b"7"]), "7"),
        (pa.array(["x"], pa.large_string()), "x"),
    ],
)
def test_ids_are_text_whatever_their_type(pathway: Pathway, patient: pa.Array, name: str) -> None:
    assert only(table(patient=patient), pathway).patient == name


@pytest.mark.parametrize(
    ("occurred", "utc", "date_only"),
    [
        (pa.array([MOMENT]), "2026-03-02 10:00:00", False),
        (pa.array([datetime(2026, 3, 2, 10)]), "2026-03-02 09:00:00", False),
        (pa.array([1772445600123456789], pa.timestamp("ns", "Europe/Oslo")), "2026-03-02 10:00:00.123456", False),
        (pa.array([1772445600], pa.timestamp("s", "UTC")), "2026-03-02 10:00:00", False),
        (pa.array([date(2026, 3, 2)]), "2026-03-01 23:00:00", True),
        (pa.array(["2026-03-02"]), "2026-03-01 23:00:00", True),
    ],
)
def test_instants_of_every_type(pathway: Pathway, occurred: pa.Array, utc: str, date_only: bool) -> None:
    event = only(table(occurred=occurred), pathway)
    assert (str(to_datetime(event.occurred)).removesuffix("+00:00"), event.date_only) == (utc, date_only)


def test_facts_of_every_type(pathway: Pathway) -> None:
    event = only(
        table(
            age=pa.array([71.0]), mrs=pa.array([float("nan")]), smoker=pa.array([True]), born=pa.array([date(1950, 2, 1)]),
            remark=pa.array([None], pa.null()), crp=pa.array([5], pa.int8()),
        ),
        pathway,
    )  # fmt: skip
    assert event.facts == {"age": 71, "smoker": True, "born": date(1950, 2, 1), "crp": 5}


def test_a_list_is_the_contents_of_a_message(pathway: Pathway) -> None:
    for told, wanted in ((["diagnosis", "medicines"], ("diagnosis", "medicines")), ([], ()), (None, None)):
        made = table(event=pa.array(["letter sent"]), elements=pa.array([told], pa.list_(pa.string())))
        assert only(made, pathway).elements == wanted


def test_a_file_gives_what_its_table_gives_and_columns_with_one_name_are_told_apart(tmp_path: Path, pathway: Pathway) -> None:
    one = table(age=pa.array([71]))
    two = pa.Table.from_arrays([*one.columns, pa.array([17])], names=[*one.column_names, "age"])
    for made in (one, two):
        parquet.write_table(made, tmp_path / "log.parquet")
        assert list(read_log(tmp_path / "log.parquet", pathway).by_patient()) == list(read_table(made, pathway).by_patient())
        assert only(made, pathway).facts == {"age": 71}


def test_what_speaks_arrows_interface_is_a_table(pathway: Pathway) -> None:
    class Foreign:
        """What pandas, Polars and DuckDB give."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return table().__arrow_c_stream__(requested_schema)

    assert only(Foreign(), pathway).patient == "NA"


@pytest.mark.parametrize("given", [5, "log.csv", None, {"patient": [1, 2], "event": ["x"]}, [[1]]])
def test_what_is_no_table_is_refused_with_a_message(pathway: Pathway, given: object) -> None:
    with pytest.raises(EventsError) as refused:
        read_table(given, pathway)
    assert refused.value.code == "PW419" and refused.value.message("nb")


def test_bytes_that_are_no_text_are_refused_with_a_message(tmp_path: Path, pathway: Pathway) -> None:
    made = table(patient=pa.array([b"\xff\xfe"]))
    with pytest.raises(EventsError):
        read_table(made, pathway)
    parquet.write_table(made, tmp_path / "log.parquet")
    with pytest.raises(EventsError):
        read_log(tmp_path / "log.parquet", pathway)
