"""Logs written in every form come back through the readers as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

import pathway
from pathway.errors import OutputError
from pathway.events.event import Event
from pathway.events.read import Log, read_log
from pathway.events.write import write_events
from pathway.model.pathway import Pathway
from pathway.simulation.followed import Followed
from pathway.simulation.population import population
from pathway.simulation.profile import Profile, Share

FORMS = ["log.csv", "log.parquet", "log.xes", "log.xes.gz"]
FOLLOWED = Followed(pathway.load("tia").compiled)
HOUR = 3_600_000_000
NOON = 1_772_000_000_000_000 // HOUR * HOUR


def again(events: list[Event], file: Path, names: Pathway = FOLLOWED.names) -> Log:
    write_events(events, file)
    log = read_log(file, names)
    assert log.counts.read == log.counts.used
    assert log.counts.rejected == {}
    return log


def gist(log_events: dict[str, list[Event]]) -> dict[str, set[Event]]:
    return {patient: {_whole(event) for event in events} for patient, events in log_events.items()}


def _whole(event: Event) -> object:
    facts = tuple(sorted((name, str(value)) for name, value in event.facts.items()))
    return tuple(getattr(event, name) for name in Event.__slots__ if name != "facts"), facts


@pytest.mark.parametrize("form", FORMS)
def test_a_population_comes_back_whole(tmp_path: Path, form: str) -> None:
    made = population([FOLLOWED.compiled], Profile(usual_break=Share(0.4), explained=0.9), patients=40, seed=3)
    wanted: dict[str, list[Event]] = {}
    for event in made.events:
        wanted.setdefault(event.patient, []).append(event)
    assert gist(again(made.events, tmp_path / form).events) == gist(wanted)
    assert any(event.deviation is not None for event in made.events)


@pytest.mark.parametrize("form", FORMS)
def test_awkward_texts_dates_and_versions_come_back_as_they_were(tmp_path: Path, form: str) -> None:
    odd = ["NA", "007", "1e5", " a b ", "🩺", 'x"y<z>&amp;', "tab\there", "Åse, Ø"]
    events = [
        Event(f"id {name}", name, "death", NOON + HOUR * place, root=f"id {name}", unit=name) for place, name in enumerate(odd)
    ]
    events += [
        Event("d1", "007", "admitted", NOON // (24 * HOUR) * 24 * HOUR - HOUR, date_only=True, root="d1"),
        Event("v1", "NA", "admitted", NOON, recorded=NOON, until=NOON + 5 * HOUR, root="v1"),
        Event("v2", "NA", "admitted", NOON + HOUR, recorded=NOON + 5 * HOUR, root="v1"),
        Event("m1", "NA", "discharge_summary", NOON, "sent", elements=(), sender="hospital", receiver="gp", root="m1"),
    ]
    first = again(events, tmp_path / form)
    assert set(first.events) >= {"NA", "007", "1e5", "🩺"}
    second = again([event for each in first.events.values() for event in each], tmp_path / f"again-{form}")
    assert gist(first.events) == gist(second.events)
    assert {event.unit for each in first.events.values() for event in each} >= {"NA", "007", "1e5", 'x"y<z>&amp;', "🩺"}


def test_an_empty_log_can_be_written(tmp_path: Path) -> None:
    write_events([], tmp_path / "log.xes")
    assert read_log(tmp_path / "log.xes", FOLLOWED.names).counts.read == 0


def test_what_xml_cannot_hold_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised:
        write_events([Event("a", "p\x01", "death", NOON, root="a")], tmp_path / "log.xes")
    assert raised.value.code == "PW564"
    assert not list(tmp_path.iterdir())
