"""Every format gives what a CSV of the same events gives: the same names of patients, the same events, the same breaks."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from pathway.errors import EventsError
from pathway.events.columns import read_columns
from pathway.events.read import Log, read_log
from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.replay.population import replay
from tests.events.conftest import made
from tests.events.test_read import accounted

NAMES = [
    "NA",
    "007",
    "1e5",
    "null",
    "None",
    "nan",
    "å 1",
    "🙂",
    "true",
    " x ",
    "12345678901234567890",
    "-0",
    "1.0",
    "#N/A",
    "=1+1",
    "<&>",
]
ROWS = [
    {"patient": name, "event": event, "occurred": f"2026-03-{day:02}T10:00", "age": "71" if event == "admitted" else "", "remark": name}
    for name in NAMES
    for event, day in (("admitted", 2), ("scored", 3), ("discharged", 20))
]  # fmt: skip
COLUMNS = list(ROWS[0])


def as_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(ROWS)


def as_excel(path: Path) -> None:
    book = openpyxl.Workbook()
    for number, row in enumerate([COLUMNS, *(list(row.values()) for row in ROWS)], 1):
        for place, text in enumerate(row, 1):
            if text:
                cell = book.active.cell(number, place)
                cell.value = text
                cell.data_type = "s"  # `=1+1` is a name here, and no formula
    book.save(path)


def as_json_lines(path: Path) -> None:
    data = "".join(json.dumps({key: text for key, text in row.items() if text}) + "\n" for row in ROWS).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def as_json(path: Path) -> None:
    path.write_text(json.dumps(ROWS, ensure_ascii=False), encoding="utf-8")


def as_parquet(path: Path) -> None:
    path.mkdir()
    for part in range(3):
        rows = ROWS[part * 16 : (part + 1) * 16]
        parquet.write_table(pa.Table.from_pylist(rows), path / f"{part}.parquet")


def as_xes(path: Path) -> None:
    parts = ["<log>"]
    for name in NAMES:
        parts.append(f'<trace><string key="patient" value={quoteattr(name)}/>')
        for row in ROWS:
            if row["patient"] == name:
                inner = "".join(f'<string key="{key}" value={quoteattr(text)}/>' for key, text in row.items() if text)
                parts.append(f"<event>{inner}</event>")
        parts.append("</trace>")
    path.write_text("".join([*parts, "</log>"]), encoding="utf-8")


FORMS: dict[str, Callable[[Path], None]] = {
    "log.xlsx": as_excel, "log.jsonl": as_json_lines, "log.ndjson.gz": as_json_lines, "log.json": as_json, "parts": as_parquet,
    "log.xes": as_xes,
}  # fmt: skip


def told(log: Log) -> list[object]:
    return [(patient, [(e.key, e.occurred, dict(e.facts)) for e in events]) for patient, events in log.by_patient()]


@pytest.mark.parametrize("name", FORMS)
def test_a_format_gives_what_a_csv_gives(tmp_path: Path, pathway: Pathway, name: str) -> None:
    as_csv(tmp_path / "log.csv")
    FORMS[name](tmp_path / name)
    expected, found = read_log(tmp_path / "log.csv", pathway), read_log(tmp_path / name, pathway)
    assert accounted(found) and found.counts.used == len(ROWS)
    assert told(found) == told(expected)
    assert {patient for patient, _ in found.by_patient()} == set(NAMES)


@pytest.mark.parametrize("name", ["log.csv", *FORMS])
def test_names_come_out_of_a_replay_as_they_went_in(tmp_path: Path, pathway: Pathway, name: str) -> None:
    ({**FORMS, "log.csv": as_csv})[name](tmp_path / name)
    result = replay(compile_pathway(pathway), read_log(tmp_path / name, pathway))
    result.write(tmp_path / "out")
    kept = parquet.read_table(tmp_path / "out" / "episodes.parquet")["patient"]
    assert kept.type == pa.string() and set(kept.to_pylist()) == set(NAMES)


@pytest.mark.parametrize("name", ["log.csv", *FORMS])
def test_only_columns_that_are_asked_for_are_kept(tmp_path: Path, name: str) -> None:
    ({**FORMS, "log.csv": as_csv})[name](tmp_path / name)
    text = read_columns(tmp_path / name, lambda column: column == "patient")
    assert list(text.columns) == ["patient"] and len(text.columns["patient"]) == len(text.rows) == len(ROWS)
    assert set(COLUMNS) <= set(text.names)


def test_a_file_is_what_it_begins_as_whatever_it_is_called(tmp_path: Path, pathway: Pathway) -> None:
    as_excel(tmp_path / "log.xlsx")
    (tmp_path / "log.xlsx").rename(tmp_path / "log.csv")
    assert read_log(tmp_path / "log.csv", pathway).counts.used == len(ROWS)


def test_a_workbook_with_entities_is_refused(tmp_path: Path, pathway: Pathway) -> None:
    as_excel(tmp_path / "good.xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    changed = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(changed, "w") as bad:
        for part in good.infolist():
            content = good.read(part)
            if part.filename.startswith("xl/worksheets/"):
                head, mark, rest = content.partition(b"<worksheet")
                content = head + bomb + mark + rest.replace(b"</row>", b"&b;</row>", 1)
            bad.writestr(part.filename, content)
    (tmp_path / "bad.xlsx").write_bytes(changed.getvalue())
    with pytest.raises(EventsError) as refused:
        read_log(tmp_path / "bad.xlsx", pathway)
    assert refused.value.code in ("PW412", "PW414")


def message(number: int, patient: str) -> str:
    return (
        f'<MsgHead><MsgInfo><Type V="EPIKRISE"/><GenDate>2026-03-{number:02}T10:00:00</GenDate><MsgId>m{number}</MsgId>'
        f"<Sender/><Receiver/><Patient><Ident><Id>{escape(patient)}</Id></Ident></Patient></MsgInfo></MsgHead>"
    )


def test_a_receipt_is_its_patients_wherever_it_lies_in_the_folder(tmp_path: Path) -> None:
    discharge = load("discharge").pathway
    assert discharge is not None
    receipt = (
        '<AppRec><GenDate>2026-03-20T10:00:00</GenDate><Id>a1</Id><Status V="3"/>'
        '<OriginalMsgId><MsgType V="EPIKRISE"/><Id>m2</Id></OriginalMsgId></AppRec>'
    )
    (tmp_path / "box" / "in").mkdir(parents=True)
    (tmp_path / "box" / "0.xml").write_text(receipt, encoding="utf-8")
    for number, name in enumerate(NAMES[:5], 1):
        (tmp_path / "box" / "in" / f"{number}.xml").write_text(message(number, name), encoding="utf-8")
    log = read_log(tmp_path / "box", discharge)
    assert accounted(log) and log.counts.used == 6
    assert [event.key for event in dict(log.by_patient())["007"]] == [
        "discharge_summary sent",
        "discharge_summary acknowledged",
    ]


@pytest.mark.parametrize("status", ["planned", "cancelled", "entered-in-error"])
def test_what_was_not_done_is_no_event(tmp_path: Path, pathway: Pathway, status: str) -> None:
    resource = {
        "resourceType": "Procedure", "id": "1", "status": status, "code": {"coding": [{"code": "NCMP1"}]},
        "subject": {"reference": "Patient/7"}, "performedDateTime": "2026-03-02",
    }  # fmt: skip
    (tmp_path / "one.ndjson").write_text(json.dumps(resource), encoding="utf-8")
    log = read_log(tmp_path / "one.ndjson", pathway)
    assert accounted(log) and not any(log.events.values())
    (tmp_path / "one.ndjson").write_text(json.dumps({**resource, "status": "completed"}), encoding="utf-8")
    assert [event.name for event in read_log(tmp_path / "one.ndjson", pathway).events["7"]] == ["scored"]


def test_messages_in_an_envelope_are_read_and_what_a_message_holds_is_its_own(tmp_path: Path) -> None:
    inner = "<Message><Type V='EPI'/><GenDate>2026-03-05</GenDate><MsgId>inner</MsgId></Message>"
    old = (
        "<Message><Type V='EPIKRISE'/><GenDate V='2026-03-06T10:00:00'/><MsgId>old</MsgId>"
        "<ServRprt><Patient><Name>Oppdiktet</Name><OffId>p-9</OffId></Patient></ServRprt></Message>"
    )
    first = message(4, "p-1").replace("</MsgInfo>", f"</MsgInfo><Document>{inner}</Document>")
    (tmp_path / "one.xml").write_text(f"<envelope><body>{first}{message(5, 'p-2')}</body>{old}</envelope>", encoding="utf-8")
    discharge = load("discharge").pathway
    assert discharge is not None
    log = read_log(tmp_path / "one.xml", discharge)
    assert accounted(log) and {patient: [event.id for event in events] for patient, events in log.events.items()} == {
        "p-1": ["m4"], "p-2": ["m5"], "p-9": ["old"]
    }  # fmt: skip


def test_a_title_above_the_names_of_the_columns_of_a_sheet_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Uttrekk"],
        [],
        ["Uke", "10"],
        ["patient", "event", "occurred", "age"],
        ["1", "admitted", "2026-03-02 10:00", "70"],
    ):
        book.active.append(row)
    book.active.append(["2", "admitted", "2026-03-02 11:00"])
    book.save(tmp_path / "log.xlsx")
    log = read_log(tmp_path / "log.xlsx", made())
    assert (log.counts.used, sorted(log.events)) == (2, ["1", "2"])
    assert log.counts.mended == {"line above the names of the columns": 2}
