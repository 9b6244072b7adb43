"""What is written is read again as it was, without a mapping."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.errors import OutputError
from pathway.events.event import DEVIATION, Event
from pathway.events.read import log_of, read_log, read_table
from pathway.events.settle import Version, settle
from pathway.events.write import SCHEMA, events_table, write_events
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway

NOON = 1_772_450_000_123_456
DAYS = calendar_for("Europe/Oslo", "NO")
TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.one_of(st.integers(0, 120), st.floats(0, 120).map(lambda x: int(x) if x.is_integer() else x)),
        "smoker": st.booleans(),
        "born": st.dates(date(1850, 1, 1), date(2100, 12, 31)),
        "remark": TEXT.map(str.strip).filter(bool),
        "unit": st.sampled_from(["A", "007"]),
        "destination": st.sampled_from(["home", "nursing_home"]),
    },
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    name, phase = draw(st.sampled_from([("admitted", None), ("letter", "sent"), ("bed", "started"), (DEVIATION, None)]))
    date_only = draw(st.booleans())
    occurred = NOON + draw(st.integers(0, 10**13))
    if date_only:
        occurred = DAYS.start(DAYS.day(occurred))
    elements = st.sampled_from([None, (), ("diagnosis",), ("diagnosis", "medicines")])
    return Event(
        draw(TEXT),
        draw(TEXT),
        name,
        occurred,
        phase,  # type: ignore[arg-type]
        date_only,
        draw(st.one_of(st.none(), st.integers(0, 10**12).map(lambda later: occurred + later))),
        party=draw(st.sampled_from([None, "gp"])),
        unit=draw(st.one_of(st.none(), TEXT)),
        sender=draw(st.sampled_from([None, "hospital"])),
        elements=draw(elements) if name == "letter" else None,
        amount=draw(st.one_of(st.none(), st.floats(0, 1e6))),
        facts=draw(FACTS),
        deviation="stay" if name == DEVIATION else None,
        because=draw(st.one_of(st.none(), TEXT)),
        deviation_until=draw(st.sampled_from([None, NOON])),
        cause=draw(st.one_of(st.none(), TEXT)),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(events(), max_size=5, unique_by=lambda event: event.id), st.sampled_from([".csv", ".parquet"]))
def test_a_log_comes_back_as_it_was(tmp_path: Path, pathway: Pathway, made: list[Event], ending: str) -> None:
    write_events(made, tmp_path / f"log{ending}")
    log = read_log(tmp_path / f"log{ending}", pathway, strict=True)
    assert list(log.by_patient()) == list(log_of(made).by_patient())
    assert not log.counts.facts and not log.counts.mended


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.builds(
            lambda own, recorded, corrects, retracts, name: Version(
                Event(own, "p", name, NOON, recorded=NOON + recorded), corrects, None if corrects else retracts
            ),
            st.sampled_from("abcd"),
            st.integers(0, 5),
            st.sampled_from([None, None, "a", "b"]),
            st.sampled_from([None, None, "a", "c"]),
            st.sampled_from(["admitted", "scored"]),
        ),
        max_size=7,
    )
)
def test_what_was_believed_when_comes_back_too(pathway: Pathway, versions: list[Version]) -> None:
    settled = settle(versions).events
    again = [event for _, found in read_table(events_table(settled), pathway).by_patient() for event in found]

    def believed(found: list[Event], at: int) -> list[str]:
        return sorted(e.name for e in found if (e.recorded or 0) <= NOON + at and (e.until is None or NOON + at < e.until))

    assert [believed(again, at) for at in range(8)] == [believed(settled, at) for at in range(8)]


def test_the_columns_of_a_log_are_those_of_the_schema() -> None:
    table = events_table([Event("1", "p", "admitted", NOON, facts={"age": 71})])
    assert table.column_names == ["patient", "event", "occurred", "id", "age"]
    assert all(table.schema.field(name) == SCHEMA.field(name) for name in table.column_names[:-1])
    assert events_table([]).column_names == ["patient", "event", "occurred"]


def test_what_cannot_be_written_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "log.csv").mkdir()
    with pytest.raises(OutputError):
        write_events([], tmp_path / "log.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]
