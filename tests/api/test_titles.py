"""What values and contents are called, wherever people read of them: by their titles in the reader's language, never by names."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from pathway.api.definition import Definition, load
from pathway.api.patient import Patient
from pathway.api.replayed import Replayed
from pathway.events.event import Event
from pathway.events.read import log_of
from pathway.events.values import fact_value
from pathway.model.calendar import to_instant
from pathway.replay.population import replay
from pathway.tracking.recorded import record

TEXT = """pathway leaving "Leaving" nb "Hjemreise"
    version 1
    source routine "A routine"
        checked 2026-01-01

party ward "Ward" nb "Sengepost" level specialist
party office "Office" nb "Tildelingskontor" level municipal is residence

event arrived "Arrived" nb "Ankommet"
    carries alone "Lives alone" nb "Bor alene" yes or no
event left "Left" nb utskrevet "Utskrevet"
    carries place "Place" nb sted "Utskrivningssted" one of at_home "At home" nb hjemme "Hjemme",
            nursing_home "Nursing home" nb sykehjem "Sykehjem" nn sjukeheim "Sjukeheim", elsewhere

message letter "Letter" nb "Brev"
    contains medication_list "Medication list" nb legemiddelliste "Legemiddelliste", place, next_visit nb "Neste time"
message question "Question" nb "Forespørsel"
    contains medication_list, subject "Subject" nb "Hva det gjelder"

about patient
    fact reply "Reply" nb "Svaret" one of can_receive "Yes" nb "Ja", cannot_receive "No" nb "Nei"
    fact residence "Municipality" nb "Kommune" code KOMMUNE 4602 nb kinn "Kinn", 0301 nb "Oslo"

define cared_for "Cared for" nb ivaretatt "Ivaretatt" as place is nursing_home

enter stay on arrived

stage stay "Stay" nb "Opphold" by ward
    no limit because "Lasts as long as it takes"
    then gone on left when ivaretatt
    then gone on left otherwise

stage gone "At home" nb "Hjemreist" by office
    letter_sent: send letter from ward to office at latest 1 day after left when place in at_home, nursing_home and residence is kinn
        source routine
    asked: send question from office to ward at latest 3 days after left
        answer reply at latest 2 days
        source routine
    then done 30 days after left

end done "Done" nb "Ferdig"

indicator back "Back" nb "Tilbake"
    count arrived within 30 days after left
    group by place, alone, residence
"""
NAMES = re.compile(r"4602|cared.for|medication.list|next.visit|nursing.home|at.home|(can|cannot).receive|True|False")
LANGUAGES = ("nb", "nn")


@cache
def leaving() -> Definition:
    definition = load(TEXT, text=True)
    assert [problem.message() for problem in definition.errors] == []
    return definition


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=ZoneInfo("Europe/Oslo")) + timedelta(days=day)


@cache
def patient() -> Patient:
    found = leaving().track("p")
    found.record("arrived", at=at(0, 8), alone=True, residence="4602")
    found.record("left", at=at(1, 9), place="nursing_home")
    found.record("letter sent", at=at(1, 10), sender="ward", receiver="office", contains=["place"])
    found.record("question sent", at=at(1, 11), sender="office", receiver="ward", contains=["subject"])
    found.record("question answered", at=at(1, 12), sender="office", receiver="ward", reply="cannot_receive")
    return found


@cache
def replayed() -> Replayed:
    """Twelve patients: of all, the letter lacks something."""
    events = []
    for number in range(12):
        name, place = f"p{number}", "nursing_home" if number % 2 else "at_home"
        told: list[tuple[str, str | None, int, dict[str, Any]]] = [
            ("arrived", None, 8, {"facts": {"alone": number % 2 == 0, "residence": "4602"}}),
            ("left", None, 9, {"facts": {"place": place}}),
            ("letter", "sent", 10, {"sender": "ward", "receiver": "office", "elements": ("place",)}),
            ("question", "sent", 11, {"sender": "office", "receiver": "ward"}),
            ("question", "answered", 12, {"sender": "office", "receiver": "ward", "facts": {"reply": "cannot_receive"}}),
        ]
        for event, phase, hour, more in told:
            events.append(Event(f"{name} {event} {phase}", name, event, to_instant(at(number, hour)), phase=phase, **more))
    log, compiled = log_of(events), leaving().compiled
    return Replayed(leaving(), replay(compiled, log, as_of=compiled.calendar.end(date(2026, 6, 1))), log)


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_graph(language: Any) -> None:
    said = re.sub(r"<[^>]+>", "\n", leaving().svg(language=language))
    assert NAMES.findall(said) == []
    assert {
        "nb": "utskrivningssted er hjemme eller sykehjem og kommune er Kinn",
        "nn": "utskrivningssted er hjemme eller sjukeheim og kommune er Kinn",
    }[language] in said
    assert "legemiddelliste, utskrivningssted, neste time" in said and "dersom ivaretatt" in said


def test_in_the_sentence_of_a_break() -> None:
    (lacking,) = (row for row in replayed().breaks.to_pylist() if row["patient"] == "p1" and row["rule"] == "letter_sent")
    assert "Dette manglet: Legemiddelliste, Neste time." in replayed().sentence(lacking, "nb")
    assert "Dette mangla: Legemiddelliste, Neste time." in replayed().sentence(lacking, "nn")
    assert "Medication list, Neste time." in replayed().sentence(lacking, "en")


def test_in_an_explanation() -> None:
    told = patient().explain("letter_sent", at(9, 9))
    assert "Utskrivningssted er sykehjem" in told.text("nb") and "Utskrivningssted er sjukeheim" in told.text("nn")
    assert "Kommune er Kinn" in told.text("nb") and "Sengepost svarer for det" in told.text("nb")
    assert "Legemiddelliste, Neste time" in told.text("nb") and NAMES.findall(told.text("nb")) == []


def test_in_the_report(tmp_path: Path) -> None:
    names = replayed().report().figures.names.values
    assert {value: titles["nb"] for value, titles in names["place"].items()} == {
        "at_home": "Hjemme",
        "nursing_home": "Sykehjem",
        "elsewhere": "elsewhere",
    }
    assert names["office"]["4602"]["nb"] == names["residence"]["4602"]["nn"] == "Kinn"
    assert names["alone"]["True"]["nb"] == "ja" and names["reply"]["cannot_receive"]["nn"] == "Nei"
    report = replayed().report(language="nb")
    page = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "\n", report.html(), flags=re.DOTALL)
    assert "Sykehjem" in page and "Nei: 12" in page
    book = openpyxl.load_workbook(report.save(tmp_path / "report.xlsx"))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"Sykehjem", "Hjemme", "ja", "nei", "Kinn"} <= cells and not [cell for cell in cells if NAMES.search(cell)]
    assert NAMES.findall(report.text()) == []


def test_a_log_may_use_the_names_in_other_languages() -> None:
    place = leaving().model.facts["place"]
    for told in ("nursing_home", "Nursing home", "sykehjem", "Sjukeheim"):
        assert fact_value(told, place, lambda text: None) == "nursing_home"
    assert fact_value("heimen", place, lambda text: None) is None
    residence = leaving().model.facts["residence"]
    assert [fact_value(told, residence, lambda text: None) for told in ("kinn", "4602", "5601")] == ["4602", "4602", "5601"]


def test_a_scenario_from_a_log_uses_the_names_of_its_file_s_language() -> None:
    definition = load(leaving().format("nb"), text=True)
    told = Event("1", "p", "left", to_instant(at(1, 9)), facts={"place": "nursing_home"})
    sent = Event("2", "p", "letter", to_instant(at(1, 10)), phase="sent", elements=("medication_list", "place"))
    arrived = Event("0", "p", "arrived", to_instant(at(0, 9)))
    made = record(definition.compiled, [arrived, told, sent], definition.compiled.calendar.end(date(2026, 3, 3)))
    assert "utskrevet med sted sykehjem" in made.text and "med legemiddelliste, sted" in made.text
    again = load(definition.format() + "\n" + made.text, text=True)
    assert again.errors == [] and again.model.scenarios[0].steps[2].elements == ("medication_list", "place")
