"""A log in blocks: the same answer as all at once, gone on with after an interruption, refused in words where it cannot be read so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from pathway import load
from pathway.api.definition import Definition
from pathway.api.replayed import Replayed
from pathway.cli.main import main
from pathway.errors import EventsError, NotFoundError
from pathway.events.event import Event
from pathway.replay import sorting, source, streams
from pathway.replay.aggregates import COUNTS
from pathway.replay.blocks import replay_blocks
from pathway.replay.source import Progress
from pathway.replay.tables import RECORDS
from pathway.tracking.scenarios import events_of

_INSTANT = pa.timestamp("us", tz="UTC")


@pytest.fixture(scope="module")
def stroke() -> Definition:
    return load("stroke")


@pytest.fixture(scope="module")
def table(stroke: Definition) -> pa.Table:
    """Patients who go through the scenarios, one after the other, each three times."""
    told = [events_of(scenario) for scenario in stroke.model.scenarios]
    rows = [_row(event, f"{number:03}", place) for number, own in enumerate(told * 3) for place, event in enumerate(own)]
    rows += [{"patient": "999", "event": "unheard_of", "occurred": rows[0]["occurred"], "id": "x"}]
    schema = {"occurred": _INSTANT, "recorded": _INSTANT, "until": _INSTANT, "amount": pa.float64()}
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: pa.array([row.get(name) for row in rows], schema.get(name, pa.string())) for name in names})


def _row(event: Event, patient: str, place: int) -> dict[str, Any]:
    facts = {name: value.isoformat() if isinstance(value, date) else str(value).lower() for name, value in event.facts.items()}
    fields = ("phase", "occurred", "recorded", "party", "unit", "sender", "receiver", "amount", "deviation", "because", "cause")
    told = {name: getattr(event, name) for name in fields if getattr(event, name) is not None}
    told |= {} if event.deviation_until is None else {"until": event.deviation_until}
    told |= {} if event.elements is None else {"elements": ",".join(event.elements) or ","}
    told |= {} if event.refers is None else {"refers": f"{patient}-{event.refers}"}
    return {"patient": patient, "event": event.name, "id": f"{patient}-{event.id}", **told, **facts}


@pytest.fixture
def log(table: pa.Table, tmp_path: Path) -> Path:
    parquet.write_table(table, tmp_path / "log.parquet", row_group_size=50)
    return tmp_path / "log.parquet"


def _tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: parquet.read_table(folder / f"{name}.parquet").to_pylist() for name in RECORDS}


def _whole(replayed: Replayed) -> dict[str, list[dict[str, Any]]]:
    return {name: getattr(replayed, name).to_pylist() for name in RECORDS}


def test_in_blocks_as_at_once(stroke: Definition, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    summary = stroke.replay_in_blocks(log, tmp_path / "out")
    whole = stroke.replay(log)
    assert len(list((tmp_path / "out" / "breaks.parquet").glob("part-*"))) > 3
    found = _tables(tmp_path / "out")
    assert found == _whole(whole) and all(found.values())
    assert summary == whole.summary == json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["events"]["unknown"] == {"unheard_of": 1} and summary["costs"]
    read = stroke.results(tmp_path / "out")
    assert read.summary == whole.summary and all(getattr(read, name).equals(getattr(whole, name)) for name in RECORDS)


def test_an_interrupted_run_is_gone_on_with(
    stroke: Definition, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    stroke.replay_in_blocks(log, tmp_path / "whole")

    def stop(at: Progress) -> None:
        if at.done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_blocks(stroke.compiled, log, tmp_path / "out", progress=stop)
    assert not (tmp_path / "out" / "summary.json").exists()
    seen: list[Progress] = []
    again = replay_blocks(stroke.compiled, log, tmp_path / "out", progress=seen.append)
    assert 0 < seen[0].skipped == seen[0].done and seen[0].skipped <= seen[-1].skipped < seen[-1].done
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole")
    assert again == json.loads((tmp_path / "whole" / "summary.json").read_text())


def test_a_block_whose_note_was_cut_off_is_done_again(
    stroke: Definition, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    whole = stroke.replay_in_blocks(log, tmp_path / "whole")

    def stop(at: Progress) -> None:
        if at.done > 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_blocks(stroke.compiled, log, tmp_path / "out", progress=stop)
    notes = tmp_path / "out" / "blocks.jsonl"
    kept = notes.read_text(encoding="utf-8")
    assert kept.count("\n") > 3
    notes.write_text(kept[:-30], encoding="utf-8")
    seen: list[Progress] = []
    assert replay_blocks(stroke.compiled, log, tmp_path / "out", progress=seen.append) == whole
    assert 0 < seen[-1].skipped < seen[-1].done
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole")
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == sorted(
        path.name for path in (tmp_path / "whole").rglob("*")
    )


def _kind(field: pa.Field) -> tuple[str, str]:
    return field.name, f"list of {field.type.value_type}" if pa.types.is_list(field.type) else str(field.type)


def test_other_readers_of_parquet_see_the_same(stroke: Definition, log: Path, tmp_path: Path) -> None:
    stroke.replay_in_blocks(log, tmp_path / "out")
    for name in RECORDS:
        table = parquet.read_table(tmp_path / "out" / f"{name}.parquet")
        with duckdb.connect() as sql:
            sql.execute("set timezone = 'UTC'")
            seen = sql.sql(f"from read_parquet('{tmp_path}/out/{name}.parquet/*')").to_arrow_table()
        assert seen.cast(table.schema).equals(table)
        assert [_kind(field) for field in seen.schema] == [_kind(field) for field in table.schema]
        frame = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert len(frame) == len(table) and [*frame.columns] == table.column_names


def _counts(folder: Path) -> dict[str, pa.Table]:
    return {name: parquet.read_table(folder / "counts" / f"{name}.parquet") for name in COUNTS}


def test_counts_alone_are_those_of_the_whole(
    stroke: Definition, table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    log = tmp_path / "messy.parquet"
    parquet.write_table(_messy(table), log, row_group_size=70)
    whole = stroke.replay_in_blocks(log, tmp_path / "whole")
    stroke.replay_in_blocks(log, tmp_path / "out")  # its tables are of something else

    def stop(at: Progress) -> None:
        if at.done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_blocks(stroke.compiled, log, tmp_path / "out", counts_only=True, progress=stop)
    seen: list[Progress] = []
    assert stroke.replay_in_blocks(log, tmp_path / "out", counts_only=True, progress=seen.append) == whole
    assert 0 < seen[-1].skipped < seen[-1].done
    assert whole["indicators"] and whole["costs"] and whole["breaks"]
    counts = _counts(tmp_path / "whole")
    assert _counts(tmp_path / "out") == counts and all(map(len, counts.values()))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["counts", "summary.json"]
    with pytest.raises(NotFoundError) as caught:
        stroke.results(tmp_path / "out")
    assert caught.value.code == "PW512"
    assert stroke.replay_in_blocks(log, tmp_path / "out") == whole
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole")


def test_counts_of_nobody(stroke: Definition, table: pa.Table, tmp_path: Path) -> None:
    summary = stroke.replay_in_blocks(table.slice(0, 0), tmp_path / "out", counts_only=True)
    assert summary == stroke.replay_in_blocks(table.slice(0, 0), tmp_path / "whole")
    assert not list((tmp_path / "out").glob("*.parquet"))


def test_results_of_another_time_are_not_gone_on_with(stroke: Definition, log: Path, tmp_path: Path) -> None:
    early = stroke.replay_in_blocks(log, tmp_path / "out", as_of="2026-03-10")
    late = stroke.replay_in_blocks(log, tmp_path / "out")
    assert early["rules"] != late["rules"]
    assert _tables(tmp_path / "out")["breaks"] == stroke.replay(log).breaks.to_pylist()


def _messy(table: pa.Table) -> pa.Table:
    """Rows with every kind of mistake, each some times over."""
    rows = table.to_pylist()
    of_message = [place for place, row in enumerate(rows) if row.get("sender") and place > 60]
    changes: list[tuple[int, dict[str, Any]]] = [
        *((place, {"event": "unheard_of"}) for place in (3, 40, 41)), (5, {"patient": None}), (6, {"event": None}),
        (7, {"occurred": datetime(1980, 1, 1, tzinfo=UTC)}), (8, {"occurred": None}),
        (9, {"recorded": datetime(2099, 1, 1, tzinfo=UTC)}), (10, {"recorded": datetime(2001, 1, 1, tzinfo=UTC)}),
        (11, {"alder": "gammel"}), (12, {"alder": "ukjent"}), (13, {"party": "nobody"}), (50, {"party": "nobody"}),
        (of_message[0], {"phase": "shouted"}), (of_message[1], {"receiver": "somebody"}),
        *((place, {"elements": "diagnoser; Legemidler , what"}) for place in of_message[2:]),
        (of_message[2], {"elements": "else, what"}), (of_message[3], {"sender": "SLAGENHETEN", "phase": "Sendt"}),
        (15, {"event": "epikrisse sendt"}),
    ]  # fmt: skip
    for place, change in changes:
        rows[place] |= change
    rows[14] |= {"event": "deviation", "deviation": "no_such_rule", "because": "made up"}
    return pa.table({name: pa.array([row[name] for row in rows], table.schema.field(name).type) for name in table.column_names})


def test_every_row_is_accounted_for_as_at_once(
    stroke: Definition, table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 200)
    monkeypatch.setattr(source, "PART", 100)
    log = tmp_path / "messy.parquet"
    parquet.write_table(_messy(table), log, row_group_size=70)
    blocks, whole = stroke.replay_in_blocks(log, tmp_path / "out"), stroke.replay(log)
    ours, theirs = blocks["events"], whole.summary["events"]
    names = ("read", "used", "unknown", "nearest", "first", "rejected", "facts", "misfits", "mended", "unknown_parties",
             "unknown_deviations", "unknown_elements", "not_taken_up")  # fmt: skip
    assert {name: ours[name] for name in names} == {name: theirs[name] for name in names}
    assert len(ours["rejected"]) == 6 and ours["unknown"] and ours["unknown_parties"] and ours["mended"] and ours["facts"]
    assert _tables(tmp_path / "out")["breaks"] == whole.breaks.to_pylist()
    assert _tables(tmp_path / "out")["obligations"] == whole.obligations.to_pylist()


def test_a_folder_of_files_is_one_log(stroke: Definition, table: pa.Table, tmp_path: Path) -> None:
    cut = next(at for at in range(table.num_rows // 2, table.num_rows) if table["patient"][at] != table["patient"][at - 1])
    (tmp_path / "log").mkdir()
    parquet.write_table(table.slice(0, cut), tmp_path / "log" / "a.parquet")
    parquet.write_table(table.slice(cut), tmp_path / "log" / "b.parquet")
    parquet.write_table(table, tmp_path / "one.parquet")
    stroke.replay_in_blocks(tmp_path / "log", tmp_path / "out")
    stroke.replay_in_blocks(tmp_path / "one.parquet", tmp_path / "out1")
    assert _tables(tmp_path / "out") == _tables(tmp_path / "out1")


def _apart(table: pa.Table) -> pa.Table:
    """Every patient's rows far from each other, and some rows twice."""
    return table.take([0, 5, *range(0, table.num_rows, 3), *range(1, table.num_rows, 3), *range(2, table.num_rows, 3)])


def _as_text(table: pa.Table) -> pa.Table:
    return table.set_column(table.column_names.index("occurred"), "occurred", table["occurred"].cast(pa.string()))


def _correcting(table: pa.Table) -> pa.Table:
    """Each tenth event was told again in a row of its own, an hour later; each fifteenth never was, and one was another patient's."""
    rows = [row for row in table.to_pylist() if row["event"] != "unheard_of"]
    hour = timedelta(hours=1)
    again = [
        row
        | {
            "id": f"{row['id']}*",
            "occurred": row["occurred"] + hour,
            "recorded": row["occurred"] + 2 * hour,
            "corrects": row["id"],
        }
        for row in rows[::10]
    ]
    again[3]["patient"] = "000"
    never = [
        row | {"id": f"{row['id']}-", "recorded": row["occurred"] + 5 * hour, "retracts": row["id"]} for row in rows[7::15]
    ]
    schema = table.schema.append(pa.field("corrects", pa.string())).append(pa.field("retracts", pa.string()))
    return pa.Table.from_pylist([*rows, *again, *never], schema=schema)


def _with_number(table: pa.Table) -> pa.Table:
    """A made-up number with right control digits, as a patient."""
    return table.set_column(
        0, "patient", pa.array(["13097248022" if name == "000" else name for name in table["patient"].to_pylist()])
    )


def _unnumbered(table: pa.Table) -> pa.Table:
    """No ids; receipts then refer to nothing."""
    return table.drop_columns([name for name in ("id", "refers") if name in table.column_names])


def _assert_same(found: dict[str, Any], folder: Path, whole: Replayed) -> None:
    tables = _tables(folder)
    assert tables == _whole(whole)
    assert all(rows for name, rows in tables.items() if name not in ("deviations", "answers")), "of those there are few"
    assert found == whole.summary


@pytest.mark.parametrize("change", [_apart, _as_text, _correcting, _unnumbered, lambda table: _apart(_correcting(table))])
def test_logs_that_must_be_put_in_order(
    stroke: Definition, table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 150)
    monkeypatch.setattr(sorting, "RUN", 170)
    monkeypatch.setattr(sorting, "_BATCH", 30)
    parquet.write_table(change(table), tmp_path / "log.parquet")
    summary = stroke.replay_in_blocks(tmp_path / "log.parquet", tmp_path / "out")
    _assert_same(summary, tmp_path / "out", stroke.replay(tmp_path / "log.parquet"))
    if change is _correcting:
        known = "2026-03-03"
        summary = stroke.replay_in_blocks(tmp_path / "log.parquet", tmp_path / "known", known_at=known)
        _assert_same(summary, tmp_path / "known", stroke.replay(tmp_path / "log.parquet", known_at=known))
        assert summary["breaks"] != json.loads((tmp_path / "out" / "summary.json").read_text())["breaks"]


@pytest.mark.parametrize(
    ("change", "code"), [(lambda table: table.drop_columns(["occurred"]), "PW415"), (_with_number, "PW422")]
)
def test_what_no_log_may_be_is_said(stroke: Definition, table: pa.Table, tmp_path: Path, change: Any, code: str) -> None:
    parquet.write_table(change(table), tmp_path / "log.parquet")
    for events in (tmp_path / "log.parquet", change(table)):
        with pytest.raises(EventsError) as caught:
            stroke.replay_in_blocks(events, tmp_path / "out")
        assert caught.value.code == code
        assert not (tmp_path / "out" / "summary.json").exists()


def test_an_interrupted_run_of_a_table_is_gone_on_with(
    stroke: Definition, table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    shuffled = _apart(table)

    def stop(at: Progress) -> None:
        if not at.reading and at.done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stroke.replay_in_blocks(shuffled, tmp_path / "out", progress=stop)
    assert not (tmp_path / "out" / ".sorting").exists() and (tmp_path / "out" / "blocks.jsonl").exists()
    seen: list[Progress] = []
    again = stroke.replay_in_blocks(shuffled, tmp_path / "out", progress=seen.append)
    assert any(at.skipped for at in seen) and seen[0].reading
    stroke.replay_in_blocks(shuffled, tmp_path / "whole")
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole")
    assert again == json.loads((tmp_path / "whole" / "summary.json").read_text())


def test_mappings(stroke: Definition, log: Path, table: pa.Table, tmp_path: Path) -> None:
    without, more = tmp_path / "without.toml", tmp_path / "more.toml"
    without.write_text("receipts = false\n")
    summary = stroke.replay_in_blocks(log, tmp_path / "out", mapping=without)
    whole = stroke.replay(log, mapping=without)
    _assert_same(summary, tmp_path / "out", whole)
    assert whole.breaks.to_pylist() != stroke.replay(log).breaks.to_pylist()
    names = {"patient": "Pasient", "event": "Hva", "occurred": "Naar"}
    csv.write_csv(table.rename_columns([names.get(name, name) for name in table.column_names]), tmp_path / "log.csv")
    first = table["event"][0].as_py()
    columns = "\n".join(f'{field} = "{column}"' for field, column in names.items())
    more.write_text(f'[columns]\n{columns}\n[events]\nunheard_of = "{first}"\n')
    summary = stroke.replay_in_blocks(tmp_path / "log.csv", tmp_path / "out", mapping=more)
    _assert_same(summary, tmp_path / "out", stroke.replay(tmp_path / "log.csv", mapping=more))
    assert summary["events"]["used"] == table.num_rows


def test_numbers_as_patients_and_times(stroke: Definition, table: pa.Table, tmp_path: Path) -> None:
    numbered = table.set_column(0, "patient", table["patient"].cast(pa.int64()))
    place = numbered.column_names.index("occurred")
    numbered = numbered.set_column(place, "occurred", numbered["occurred"].cast(pa.int64()))
    for name, own in (("numbers", numbered), ("texts", table)):
        parquet.write_table(own, tmp_path / f"{name}.parquet")
        stroke.replay_in_blocks(tmp_path / f"{name}.parquet", tmp_path / name)
    numbers, texts = (_tables(tmp_path / name)["episodes"] for name in ("numbers", "texts"))
    assert [row | {"patient": int(row["patient"])} for row in texts] == [
        row | {"patient": int(row["patient"])} for row in numbers
    ]


def test_the_command(log: Path, tmp_path: Path) -> None:
    asked = ["replay", "stroke", "--events", str(log), "-o", str(tmp_path / "out"), "--in-blocks"]
    result = CliRunner().invoke(main, [*asked, "--language", "nb"])
    assert result.exit_code == 0, result.output
    assert "Brudd:" in result.output and (tmp_path / "out" / "summary.json").is_file()
    refused = CliRunner().invoke(main, [*asked, "--strict"])
    assert refused.exit_code == 1 and "PW417" in refused.output and "unheard_of" in refused.output
    missing = CliRunner().invoke(main, [*asked[:3], str(tmp_path / "nothing"), *asked[4:]])
    assert missing.exit_code == 2 and "PW410" in missing.output


def test_an_empty_log_and_an_empty_folder(stroke: Definition, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("patient,event,occurred,id\n", encoding="utf-8")
    summary = stroke.replay_in_blocks(tmp_path / "log.csv", tmp_path / "out")
    assert (summary["patients"], summary["as_of"]) == (0, None)
    assert not any(_tables(tmp_path / "out").values())
    assert stroke.results(tmp_path / "out").obligations.schema == stroke.replay(tmp_path / "log.csv").obligations.schema
    (tmp_path / "empty").mkdir()
    asked = ["replay", "stroke", "--events", str(tmp_path / "empty"), "-o", str(tmp_path / "out"), "--in-blocks"]
    told = CliRunner().invoke(main, [*asked, "--language", "nb"])
    assert "PW424" in told.stderr and "empty" in told.stderr


def test_a_report_of_results_in_blocks_is_that_of_the_log(
    stroke: Definition, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)
    stroke.replay_in_blocks(log, tmp_path / "out")
    stroke.replay(log).write(tmp_path / "whole")
    out, whole = (stroke.results(tmp_path / name).report(secret=b"one") for name in ("out", "whole"))
    assert out.figures == whole.figures and out.figures.indicators and out.figures.costs and out.figures.tasks
    assert out.html() == whole.html()
    asked = ["report", "stroke", "-o", str(tmp_path / "x.txt"), "--language", "nb", "--results"]
    told = CliRunner().invoke(main, [*asked, str(tmp_path / "out")])
    assert told.exit_code == 0 and "Brudd" in (tmp_path / "x.txt").read_text(encoding="utf-8")
    stroke.replay(log).write(tmp_path / "out")  # the parts are gone, and what they counted
    assert _tables(tmp_path / "out") == _tables(tmp_path / "whole") and not (tmp_path / "out" / "counts").exists()
    gone = CliRunner().invoke(main, [*asked, str(tmp_path / "gone")])
    assert "PW512" in gone.stderr and "skadet" not in gone.stderr and "finnes ikke" in gone.stderr


def test_results_in_blocks_that_are_not_whole_yet_are_not_reported(
    stroke: Definition, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BLOCK", 120)
    monkeypatch.setattr(source, "PART", 60)

    def stop(at: Progress) -> None:
        if at.done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_blocks(stroke.compiled, log, tmp_path / "out", progress=stop)
    with pytest.raises(NotFoundError) as caught:
        stroke.results(tmp_path / "out")
    assert caught.value.code == "PW512"
