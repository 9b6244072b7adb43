"""Logs as they come: good ones, odd ones and broken ones. Every row is accounted for."""

from __future__ import annotations

import csv
import gc
import gzip
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.errors import EventsError, MappingError, PathwayError
from pathway.events.event import Event
from pathway.events.mapping import MappedEvent, MappedFact, Mapping
from pathway.events.read import Log, read_log, read_table
from pathway.model.calendar import to_datetime
from pathway.model.pathway import Pathway

SETTINGS = [
    'time_zone = "Europe/Oslo"', 'time_zone = "../x"', 'delimiter = ";"', 'delimiter = "\\n"', "decimal_comma = true", "[columns]",
    'patient = "x"', "event = []", "[events]", 'a = "admitted"', 'b = { event = "letter", phase = "sent" }', "[facts]",
    'age = { column = "x", unit = "y" }', "[constants]", "facts = { age = 5 }", 'time_formats = ["%", "%d"]', "[only]", "x = 1",
    'date_only = "midnight"', "[wide]", "[except]", "[parties]", 'GP = "gp"', '"I60-I69" = "scored"', '"A*" = "admitted"',
    "ignore = ['Z*']", 'sheet = "1"', 'pseudonyms = { key_file = "gone" }', "[elements]", 'M = "medicines"', 'encoding = "idna"',
    'facts = { born = 2026-01-01, smoker = true }',
]  # fmt: skip
PATIENT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=9)

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
    assert accounted(log)
    return log


def accounted(log: Log) -> bool:
    """Every row that was read is used, or counted with the reason why it is not; and what is used is there."""
    counts = log.counts
    rejected = sum(count for count, _ in counts.rejected.values())
    told = sum(len(events) for events in log.events.values()) + counts.settled["duplicate"] + counts.settled["retraction"]
    return counts.read == counts.used + sum(counts.unknown.values()) + counts.ignored + rejected and counts.used == told


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
        ("[events]\nX = { event = 'admitted', phase = 'flown' }", "PW418"),
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
    assert refused.value.diagnostic.span is not None and refused.value.diagnostic.span.line == text.count("\n") + 1


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


def test_an_object_is_held_against_the_pathway_like_a_file(tmp_path: Path, pathway: Pathway) -> None:
    (tmp_path / "log.csv").write_text("patient,event,occurred\n1,A,2026-03-01\n")
    assert read_log(tmp_path / "log.csv", pathway, Mapping(events={"A": MappedEvent(event="admitted")})).counts.used == 1
    with pytest.raises(MappingError):
        read_log(tmp_path / "log.csv", pathway, Mapping(facts={"agee": MappedFact(column=["Age"])}))


def test_strict_says_what_and_where_in_the_readers_language(tmp_path: Path, pathway: Pathway) -> None:
    (tmp_path / "log.csv").write_text("patient,event,occurred\n1,admitted,2026-03-01\n1,admited,2026-03-01\n")
    with pytest.raises(EventsError) as unknown:
        read_log(tmp_path / "log.csv", pathway, strict=True)
    assert unknown.value.code == "PW417" and unknown.value.diagnostic.suggestion == "admitted"
    assert "rad 3" in unknown.value.message("nb")
    (tmp_path / "log.csv").write_text("patient,event,occurred\n1,admitted,2026-03-01\n,admitted,2026-03-01\n")
    with pytest.raises(EventsError) as rejected:
        read_log(tmp_path / "log.csv", pathway, strict=True)
    assert "ingen pasient (først i rad 3)" in rejected.value.message("nb")


def test_the_collector_works_again_after_reading(tmp_path: Path, pathway: Pathway) -> None:
    with pytest.raises(EventsError):
        read_log(tmp_path / "nowhere.csv", pathway)
    assert gc.isenabled()


def test_what_unpacks_without_end_is_refused(tmp_path: Path, pathway: Pathway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pathway.events.columns._MOST_UNPACKED", 1 << 16)
    text = b"patient,event,occurred\n" + b"1,admitted,2026-03-01\n" * 10_000
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(text))
    with pytest.raises(EventsError) as refused:
        read_log(tmp_path / "log.csv.gz", pathway)
    assert refused.value.code == "PW413"


def test_what_is_packed_is_unpacked_whatever_it_is_called(tmp_path: Path, pathway: Pathway) -> None:
    (tmp_path / "log.csv").write_bytes(gzip.compress(b"patient,event,occurred\n1,admitted,2026-03-01\n"))
    assert only(read_log(tmp_path / "log.csv", pathway)).name == "admitted"


def test_a_letter_of_windows_far_down_changes_nothing_above(tmp_path: Path, pathway: Pathway) -> None:
    """Where a log begins with a megabyte of plain letters, its encoding shows only at the end."""
    text = (
        "patient,event,occurred\n" + "".join(f"{n},admitted,2026-03-01\n" for n in range(40_000)) + "Kåre,admitted,2026-03-01\n"
    )
    (tmp_path / "log.csv").write_bytes(text.encode("cp1252"))
    log = read_log(tmp_path / "log.csv", pathway)
    assert log.counts.used == 40_001 and "Kåre" in log.events
    assert log.counts.mended == {"read as Windows text (cp1252)": 1}


def test_a_quote_that_is_never_closed_swallows_one_row(tmp_path: Path, pathway: Pathway) -> None:
    rows = [f"{n},admitted,2026-03-01" for n in range(1000)]
    rows[500] = '500,admitted,"2026-03-01'
    log = read(tmp_path, pathway, "patient,event,occurred\n" + "\n".join(rows) + "\n")
    assert (log.counts.read, log.counts.used) == (1000, 999)
    assert log.counts.rejected == {"columns": (1, "row 502")}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from(["log.csv", "log.xes", "log.parquet", "log.csv.gz"]), st.integers(0, 9))
def test_noise_never_ends_in_anything_but_a_message(
    tmp_path: Path, pathway: Pathway, noise: bytes, name: str, place: int
) -> None:
    """Noise alone, and noise within what was a log."""
    whole = {".xes": XES.encode(), ".csv": b"patient,event,occurred\n1,admitted,2026-03-01\n" * 3}.get(name[-4:], b"")
    cut = len(whole) * place // 10
    (tmp_path / name).write_bytes(whole[:cut] + noise + whole[cut:])
    try:
        log = read_log(tmp_path / name, pathway)
    except EventsError as refused:
        assert refused.message("nb")
    else:
        assert accounted(log)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(SETTINGS), max_size=6).map("\n".join)))
def test_noise_for_a_mapping_never_ends_in_anything_but_a_message(tmp_path: Path, pathway: Pathway, text: str) -> None:
    (tmp_path / "map.toml").write_text(text, encoding="utf-8", errors="replace")
    (tmp_path / "log.csv").write_text("patient,event,occurred\n1,admitted,2026-03-01\n")
    try:
        read_log(tmp_path / "log.csv", pathway, tmp_path / "map.toml")
    except PathwayError as refused:
        assert refused.message("nn")


CELL = st.one_of(
    st.text(alphabet='ab,;"\n\r 0123é', max_size=12),
    st.sampled_from(["admitted", "letter sent", "2026-03-01", "2026-03-01T10:00Z", "1", "gp", "deviation", ""]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, max_size=7).map(",".join), max_size=8))
def test_no_row_of_a_ragged_file_is_lost(tmp_path: Path, pathway: Pathway, lines: list[str]) -> None:
    read(tmp_path, pathway, "patient,event,occurred,id,corrects\n" + "\n".join(lines) + "\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["1,admitted,2026-03-01", "", '2,"admitted",2026-03-01', '"3,admitted,2026-03-01']), max_size=9)
)
def test_every_line_is_a_row_however_quotes_stand(tmp_path: Path, pathway: Pathway, lines: list[str]) -> None:
    """Three columns: what an open quote could swallow never makes a row that fits."""
    log = read(tmp_path, pathway, "patient,event,occurred\n" + "\n".join(lines) + "\n")
    assert log.counts.read == sum(line != "" for line in lines)
    assert log.counts.used == sum(line.startswith(("1", "2")) for line in lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PATIENT, st.text(max_size=9)), min_size=1, max_size=6))
def test_text_comes_through_as_it_was(tmp_path: Path, pathway: Pathway, cells: list[tuple[str, str]]) -> None:
    with (tmp_path / "log.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", "event", "occurred", "unit"])
        writer.writerows([patient, "admitted", "2026-03-01", unit] for patient, unit in cells)
    log = read_log(tmp_path / "log.csv", pathway)
    found = {(patient, event.unit or "") for patient, events in log.by_patient() for event in events}
    assert found == set(cells)


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


def test_clock_times_are_of_the_mappings_time_zone_and_days_of_the_pathways(tmp_path: Path, pathway: Pathway) -> None:
    text = "patient,event,occurred\n1,admitted,2026-03-02 10:00\n2,admitted,2026-03-02\n"
    log = read(tmp_path, pathway, text, mapping='time_zone = "Asia/Tokyo"\n')
    told = [str(to_datetime(event.occurred)) for _, (event,) in log.by_patient()]
    assert told == ["2026-03-02 01:00:00+00:00", "2026-03-01 23:00:00+00:00"]


def test_what_is_retracted_last_is_part_of_the_log(tmp_path: Path, pathway: Pathway) -> None:
    """The log had come that far, though the retraction leaves no event behind."""
    text = (
        "patient,event,occurred,id,recorded,retracts\n1,admitted,2026-03-01,a,2026-03-01T10:00Z,\n1,,,b,2026-03-09T10:00Z,a\n"
    )
    log = read(tmp_path, pathway, text)
    assert log.last_recorded is not None and str(to_datetime(log.last_recorded)) == "2026-03-09 10:00:00+00:00"
