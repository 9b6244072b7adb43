"""A scenario made from events: read again it is the same, it holds, and nobody can be found in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

import pathway
from pathway.api.definition import Definition, load
from pathway.events.event import DEVIATION, Event
from pathway.model.calendar import calendar_for, to_instant
from pathway.simulation.county import county
from pathway.tracking.recorded import Recorded, record
from tests.tracking.clinic import CLINIC, clinic

CALENDAR = calendar_for("Europe/Oslo", "NO")


def at(text: str) -> int:
    return to_instant(datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone))


def event(name: str, when: str, **fields: object) -> Event:
    return Event(f"{name} {when}", "Kari Nordmann", name, at(when), **fields)  # type: ignore[arg-type]


def recorded(*events: Event, until: str = "2024-06-30", first_day: date | None = None) -> Recorded:
    definition = clinic("2026-03-02 10:00 ankommet")
    end = CALENDAR.end(date.fromisoformat(until))
    return record(definition.compiled, events, end, title="Fra loggen", first_day=first_day)


def again(text: str, made: Recorded) -> Definition:
    definition = load(text + "\n" + made.text, text=True)
    assert [problem.message("nb") for problem in definition.errors] == []
    return definition


def test_the_words_of_the_file_and_what_holds() -> None:
    made = recorded(
        event("ankommet", "2024-05-15 10:00", facts={"født": date(1950, 2, 3), "språket": "norsk", "kommune": "4601"}),
        event("rom", "2024-05-15 10:30", phase="started", amount=45.0, party="lege"),
        event("sett", "2024-05-15 13:00"),
        event("gått", "2024-05-16 14:00", facts={"grad": 2.5}),
        event("brev", "2024-05-17 09:00", phase="sent", sender="lege", receiver="fastlege", elements=("plan",)),
        until="2024-05-20",
    )
    assert (
        made.text
        == """eksempel "Fra loggen"
    pasient språket norsk
    2026-01-07 10:00 ankommet
    dag 1 10:30 rom startet 45 ansvar lege
    dag 1 13:00 sett
    dag 2 14:00 gått med grad 2.5
    dag 3 09:00 brev sendt fra lege til fastlege med plan
    status per 2026-01-12
        fase besøk
        brudd tid for sent legen
        brudd informasjon ufullstendig tilbake
        brudd informasjon ukvittert tilbake
        ingen andre brudd
"""
    )
    (result,) = again(CLINIC, made).test()
    assert result.holds
    assert made.faithful and not made.left_out


def test_a_deadline_that_waits_is_told() -> None:
    compiled = clinic("2026-03-02 10:00 ankommet").compiled
    made = record(compiled, [event("ankommet", "2024-05-15 10:00")], at("2024-05-15 10:30"))
    assert made.text.endswith("""    status per 2026-01-07 10:30
        fase besøk
        ingen brudd
        neste frist rommet 2026-01-07 11:00
""")


def test_what_people_wrote_and_who_it_was_stays_in_the_log() -> None:
    made = recorded(
        event("ankommet", "2024-05-15 10:00", facts={"notat": "Kari bor hos datteren", "kommune": "4601"}, unit="Haukeland"),
        event(DEVIATION, "2024-05-15 11:00", deviation="legen", because="Kari ville vente på Ola"),
    )
    for name in ("Kari", "Ola", "datteren", "4601", "Haukeland", "2024", "May"):
        assert name not in made.text
    assert 'avvik legen fordi "Begrunnelsen står i loggen"' in made.text


@pytest.mark.parametrize("day", [date(2024, 5, 13) + timedelta(days=number) for number in range(7)])
def test_dates_are_moved_to_the_same_day_of_the_week(day: date) -> None:
    made = recorded(event("ankommet", f"{day} 10:00"))
    moved = made.scenario.steps[0].at.date()
    assert moved.weekday() == day.weekday()
    assert date(2026, 1, 5) <= moved <= date(2026, 1, 11)


def test_a_day_can_be_chosen() -> None:
    made = recorded(event("ankommet", "2024-05-15 10:00"), first_day=date(2025, 5, 16))
    assert "    2025-05-16 10:00 ankommet\n" in made.text


def test_dates_that_facts_hold_move_along() -> None:
    text = CLINIC.replace(
        "    rommet:", "    plan: forvent sett i løpet av 3 dager etter født\n        kilde rutine\n    rommet:"
    )
    definition = load(text, text=True)
    assert definition.errors == []
    arrived = event("ankommet", "2024-05-15 10:00", facts={"født": date(2024, 5, 13)})
    made = record(definition.compiled, [arrived], CALENDAR.end(date(2024, 5, 16)))
    assert "pasient født 2026-01-05" in made.text
    assert "neste frist" in made.text or "brudd tid mangler plan" in made.text
    assert all(result.holds for result in again(text, made).test())


def test_a_day_of_the_pathways_own_validity() -> None:
    text = CLINIC.replace("    versjon 1\n", "    versjon 1\n    gjelder fra 2018-03-01 til 2019-12-31\n")
    definition = load(text, text=True)
    made = record(definition.compiled, [event("ankommet", "2019-05-15 10:00")], CALENDAR.end(date(2019, 5, 15)))
    assert made.scenario.steps[0].at.date() == date(2018, 3, 7)


def test_a_rule_that_is_not_there_is_left_out_and_counted() -> None:
    made = recorded(event("ankommet", "2024-05-15 10:00"), event(DEVIATION, "2024-05-15 11:00", deviation="noe", because="x"))
    assert made.left_out == 1
    assert "avvik" not in made.text


def test_a_scenario_that_tells_another_story_says_so() -> None:
    """Seconds count for a limit of minutes; a scenario has none."""
    late = [event("ankommet", "2024-05-15 10:00:40"), event("rom", "2024-05-15 11:00:59", phase="started")]
    assert not recorded(*late, until="2024-05-15").faithful  # 60 minutes and 19 seconds, but 60 minutes in the scenario
    late[1] = event("rom", "2024-05-15 11:00:20", phase="started")
    assert recorded(*late, until="2024-05-15").faithful


def test_earlier_versions_and_what_is_still_to_come_are_no_part_of_it() -> None:
    wrong = replace(event("sett", "2024-05-15 11:00"), until=at("2024-05-15 12:00"))
    made = recorded(event("ankommet", "2024-05-15 10:00"), wrong, event("gått", "2024-05-18 10:00"), until="2024-05-16")
    assert [step.event and step.event.name for step in made.scenario.steps] == ["ankommet"]


def test_a_patient_without_events_is_an_error() -> None:
    with pytest.raises(pathway.PathwayError) as raised:
        recorded()
    assert raised.value.code == "PW609"


def test_every_patient_of_the_county_gives_a_scenario_that_holds() -> None:
    definition = load("stroke")
    made = county(definition.compiled, patients=120)
    events: dict[str, list[Event]] = defaultdict(list)
    for each in made.events:
        events[each.patient].append(each)
    scenarios = [record(definition.compiled, of, made.as_of, title=str(n)) for n, of in enumerate(events.values())]
    text = definition.source.text + "\n" + "\n".join(scenario.text for scenario in scenarios)
    assert len(scenarios) == 120
    assert not any(patient in text for patient in events)
    read = load(text, text=True)
    assert [problem.message("nb") for problem in read.errors] == []
    results = read.test()[-120:]
    assert {result.title: [d.message("nb") for d in result.differences] for result in results if not result.holds} == {}
    for found, scenario in zip(read.model.scenarios[-120:], scenarios, strict=True):
        assert found.model_dump() == scenario.scenario.model_dump(), "what was read is not what was written"
