"""Logs as they come: good ones, odd ones and broken ones. Every row is accounted for."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.errors import EventsError, MappingError
from pathway.events.event import Event
from pathway.events.read import Log, read_log, read_table
from pathway.model.calendar import to_datetime
from pathway.model.pathway import Pathway

XES = """<?xml version="1.0"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="NA"/>
<event><string key="concept:name" value="admitted"/><date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/></event>
<event><string key="concept:name" value="discharged"/><date key="time:timestamp" value="2026-03-03T10:00:00.000+01:00"/>
<string key="destination" value="home"><string key="destination" value="nursing_home"/></string></event>
</trace></log>"""


def read(tmp_path: Path, pathway: Pathway, text: str, name: str = "log.csv", mapping: str | None = None) -> Log:
    (tmp_path / name).write_text(text, encoding="utf-8")
    told = None
    if mapping is not None:
        told = tmp_path / "map.toml"
        told.write_text(mapping, encoding="utf-8")
    log = read_log(tmp_path / name, pathway, told)
    counts = log.counts
    rejected = sum(count for count, _ in counts.rejected.values())
    assert counts.read == counts.used + sum(counts.unknown.values()) + counts.ignored + rejected
    return log


def only(log: Log) -> Event:
    ((_, (event,)),) = log.by_patient()
    return event


@pytest.mark.parametrize("patient", ["NA", "007", "1e5", "null", "None", "nan", "å 1", "🙂", "true", " x "])
def test_names_of_patients_are_text(tmp_path: Path, pathway: Pathway, patient: str) -> None:
    log = read(tmp_path, pathway, f"patient,event,occurred\n{patient},admitted,2026-03-02T10:00\n")
    assert [name for name, _ in log.by_patient()] == [patient]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-02T10:00", "2026-03-02 09:00:00"),
        ("2026-07-02 10:00:01.5", "2026-07-02 08:00:01.500000"),
        ("2026-03-02T10:00:00+00:00", "2026-03-02 10:00:00"),
        ("2026-03-02T10:00:00Z", "2026-03-02 10:00:00"),
        ("02.03.2026 10:00", "2026-03-02 09:00:00"),
        ("2.3.2026 kl. 10.30", "2026-03-02 09:30:00"),
        ("2026/03/02 10:00:00", "2026-03-02 09:00:00"),
        ("2026-10-25T02:30", "2026-10-25 00:30:00"),  # the hour that comes twice: the first
    ],
)
def test_times(tmp_path: Path, pathway: Pathway, written: str, utc: str) -> None:
    event = only(read(tmp_path, pathway, f"patient;event;occurred\n1;admitted;{written}\n"))
    assert str(to_datetime(event.occurred)).removesuffix("+00:00") == utc
    assert not event.date_only


@pytest.mark.parametrize("written", ["2026-03-02", "02.03.2026", "2.3.2026"])
def test_a_date_without_a_time_is_told_apart(tmp_path: Path, pathway: Pathway, written: str) -> None:
    event = only(read(tmp_path, pathway, f"patient,event,occurred\n1,admitted,{written}\n"))
    assert event.date_only
    assert str(to_datetime(event.occurred)) == "2026-03-01 23:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,admitted,", "no time"),
        ("1,admitted,yesterday", "not a time"),
        ("1,admitted,31.02.2026", "not a time"),
        ("1,admitted,1900-01-01", "time outside 1990-2060"),
        ("1,admitted,9999-12-31", "time outside 1990-2060"),
        (",admitted,2026-03-02", "no patient"),
        ("1,,2026-03-02", "no event"),
        ("1,admitted,2026-03-02,more,still more", "columns"),
        ("1,admitted", "columns"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted_with_its_place(tmp_path: Path, pathway: Pathway, row: str, reason: str) -> None:
    log = read(tmp_path, pathway, f"patient,event,occurred\n1,admitted,2026-03-01\n{row}\n2,admitted,2026-03-02\n")
    assert log.counts.used == 2
    assert log.counts.rejected == {reason: (1, "row 3")}
    with pytest.raises(EventsError):
        read_log(tmp_path / "log.csv", pathway, strict=True)


def test_an_unknown_event_is_counted_with_the_nearest_known(tmp_path: Path, pathway: Pathway) -> None:
    log = read(tmp_path, pathway, "patient,event,occurred\n1,admited,2026-03-01\n1,zzz,2026-03-01\n")
    assert log.counts.unknown == {"admited": 1, "zzz": 1}
    assert log.counts.nearest == {"admited": "admitted"}


def test_an_alias_and_a_phase_are_understood(tmp_path: Path, pathway: Pathway) -> None:
    text = (
        "patient,event,occurred,phase,receiver,elements\n"
        '1,innlagt,2026-03-01,,,\n1,letter,2026-03-02T10:00,sent,fastlege,"diagnosis, medicines"\n1,bed started,2026-03-03,,,\n'
    )
    ((_, events),) = read(tmp_path, pathway, text).by_patient()
    assert [e.key for e in events] == ["admitted", "letter sent", "bed started"]
    assert events[1].receiver == "gp" and events[1].elements == ("diagnosis", "medicines")


def test_facts_are_read_by_their_type(tmp_path: Path, pathway: Pathway) -> None:
    text = (
        "patient;event;occurred;age;mrs;diagnosis;smoker;born;remark;destination\n"
        "1;discharged;2026-03-01;71,5;9;I63.9;ja;1950-02-01;NA;Home\n"
    )
    log = read(tmp_path, pathway, text, mapping='decimal_comma = true\ndelimiter = ";"\n')
    assert only(log).facts == {
        "age": 71.5, "diagnosis": "I63.9", "smoker": True, "born": date(1950, 2, 1), "remark": "NA", "destination": "home"
    }  # fmt: skip
    assert log.counts.facts == {"mrs": 1}  # 9 is outside 0 to 6: the event is kept, the value is not


def test_bom_crlf_quotes_and_the_windows_code_page(tmp_path: Path, pathway: Pathway) -> None:
    text = '\ufeffpatient;event;occurred;remark\r\n"Åse; 1";admitted;2026-03-01;"a ""b""\nc"\r\n'
    assert only(read(tmp_path, pathway, text)).patient == "Åse; 1"
    (tmp_path / "old.csv").write_bytes(text.lstrip("\ufeff").encode("cp1252"))
    assert [name for name, _ in read_log(tmp_path / "old.csv", pathway).by_patient()] == ["Åse; 1"]


def test_xes_plain_and_packed(tmp_path: Path, pathway: Pathway) -> None:
    mapping = '[columns]\npatient = "case:concept:name"\nevent = "concept:name"\noccurred = "time:timestamp"\n'
    plain = read(tmp_path, pathway, XES, "log.xes", mapping)
    ((patient, events),) = plain.by_patient()
    assert patient == "NA" and events[1].facts == {"destination": "home"}
    (tmp_path / "log.xes.gz").write_bytes(gzip.compress(XES.encode()))
    assert list(read_log(tmp_path / "log.xes.gz", pathway, tmp_path / "map.toml").by_patient()) == list(plain.by_patient())


def test_parquet_and_tables_give_what_csv_gives(tmp_path: Path, pathway: Pathway) -> None:
    import pyarrow.parquet as parquet

    text = "patient,event,occurred,age\nNA,admitted,2026-03-02T10:00:00+00:00,71\n2,discharged,2026-03-02T10:00:00+00:00,\n"
    expected = list(read(tmp_path, pathway, text).by_patient())
    from datetime import UTC, datetime

    moment = datetime(2026, 3, 2, 10, tzinfo=UTC)
    table = pa.table({"patient": ["NA", "2"], "event": ["admitted", "discharged"], "occurred": [moment] * 2, "age": [71, None]})
    parquet.write_table(table, tmp_path / "log.parquet")

    def content(log: Log) -> list[object]:
        return [(p, [(e.key, e.occurred, dict(e.facts)) for e in events]) for p, events in log.by_patient()]

    wanted = [(p, [(e.key, e.occurred, dict(e.facts)) for e in events]) for p, events in expected]
    assert content(read_log(tmp_path / "log.parquet", pathway)) == content(read_table(table, pathway)) == wanted


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.xes", b"<!DOCTYPE log [<!ENTITY a 'b'>]><log/>"),
        ("log.xes", b"<log><trace>"),
        ("log.xes", b"<html/>"),
        ("log.xes.gz", b"not packed"),
        ("log.parquet", b"PAR1 not really"),
        ("log.csv", b"patient,event\n1,admitted\n"),
        ("log.csv", b"\x00\x01\x02\xff"),
    ],
)
def test_what_is_no_log_is_refused_with_a_message(tmp_path: Path, pathway: Pathway, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EventsError) as refused:
        read_log(tmp_path / name, pathway)
    for language in ("en", "nb", "nn"):
        assert refused.value.message(language)


def test_a_missing_and_an_empty_log(tmp_path: Path, pathway: Pathway) -> None:
    with pytest.raises(EventsError):
        read_log(tmp_path / "nowhere.csv", pathway)
    (tmp_path / "empty.csv").write_text("")
    assert list(read_log(tmp_path / "empty.csv", pathway).by_patient()) == []
    assert read(tmp_path, pathway, "patient,event,occurred\n").last_recorded is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("time_zone = ", "PW402"),
        ("timezone = 'Europe/Oslo'", "PW403"),
        ("[columns]\npatiant = 'x'", "PW403"),
        ("[events]\nX = { event = 'admitted', phase = 'flown' }", "PW404"),
        ("[events]\nX = 'admited'", "PW405"),
        ("[events]\nX = { event = 'letter', sender = 'gpp' }", "PW405"),
        ("[facts]\nagee = 'Age'", "PW405"),
        ("time_zone = 'Europe/Olso'", "PW406"),
        ("delimiter = 'ab'", "PW404"),
    ],
)
def test_a_mapping_with_a_mistake_is_answered(tmp_path: Path, pathway: Pathway, text: str, code: str) -> None:
    with pytest.raises(MappingError) as refused:
        read(tmp_path, pathway, "patient,event,occurred\n", mapping=text)
    assert refused.value.code == code


def test_a_mapping_gives_events_their_phase_parties_and_facts(tmp_path: Path, pathway: Pathway) -> None:
    mapping = """
ignore = ["NOISE"]
[columns]
patient = "Case"
event = ["Activity", "Code"]
occurred = "Time"
[events]
A = "admitted"
E = { event = "letter", phase = "sent", sender = "hospital", receiver = "gp", elements = ["diagnosis"] }
D = { event = "discharged", facts = { destination = "home" } }
[facts]
age = { column = "Months", factor = 0.08333333333333333 }
smoker = { column = "Smoke", values = { S = "yes", N = "no" } }
[only]
state = ["complete"]
"""
    text = (
        "Case,Code,Time,Months,Smoke,state\n1,A,2026-03-01,24,S,complete\n1,E,2026-03-02,,,complete\n"
        "1,D,2026-03-03,,N,complete\n1,NOISE,2026-03-03,,,complete\n1,A,2026-03-04,,,start\n"
    )
    log = read(tmp_path, pathway, text, mapping=mapping)
    ((_, events),) = log.by_patient()
    assert [e.key for e in events] == ["admitted", "letter sent", "discharged"]
    assert events[0].facts == {"age": 2, "smoker": True}
    assert (events[1].sender, events[1].receiver, events[1].elements) == ("hospital", "gp", ("diagnosis",))
    assert events[2].facts == {"destination": "home", "smoker": False}
    assert log.counts.ignored == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from(["log.csv", "log.xes", "log.parquet", "log.csv.gz"]))
def test_noise_never_ends_in_anything_but_a_message(tmp_path: Path, pathway: Pathway, noise: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(noise)
    try:
        read_log(tmp_path / name, pathway)
    except EventsError as refused:
        assert refused.message("nb")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet='ab,;"\n\r 0123é', max_size=25), max_size=8))
def test_no_row_of_a_ragged_file_is_lost(tmp_path: Path, pathway: Pathway, lines: list[str]) -> None:
    read(tmp_path, pathway, "patient,event,occurred\n" + "\n".join(lines) + "\n")


def test_without_ids_a_row_is_known_by_its_content_wherever_it_stands(tmp_path: Path, pathway: Pathway) -> None:
    rows = ["1,admitted,2026-03-01", "2,admitted,2026-03-01", "1,scored,2026-03-02"]
    one = read(tmp_path, pathway, "patient,event,occurred\n" + "\n".join(rows) + "\n")
    other = read(tmp_path, pathway, "patient,event,occurred\n" + "\n".join(["9,scored,2026-03-01", *rows[::-1]]) + "\n")
    ids = {(p, e.key): e.id for p, events in one.by_patient() for e in events}
    assert ids.items() <= {(p, e.key): e.id for p, events in other.by_patient() for e in events}.items()
    assert len(set(ids.values())) == 3


def test_the_last_day_of_a_log_of_dates_is_over(tmp_path: Path, pathway: Pathway) -> None:
    log = read(tmp_path, pathway, "patient,event,occurred\n1,admitted,2026-03-01\n")
    assert log.last_recorded is not None
    assert str(to_datetime(log.last_recorded)) == "2026-03-01 22:59:59.999999+00:00"
