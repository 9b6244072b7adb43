"""What a user of the library writes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

import pathway
from pathway.api.moments import instant_of
from pathway.model.calendar import Calendar, to_datetime

TEXT = """pathway clinic "Clinic"
    version 3

party staff "Clinic" level specialist

event arrived "Arrived"
event seen "Seen"
event left "Left"
message letter "Letter"
about patient
    fact age "Age" number years
    fact urgent "Urgent" yes or no
    fact colour "Colour" one of red, green
    fact diagnosis "Diagnosis" code ICD10

enter visit on arrived

stage visit "Visit" by staff
    doctor: expect seen within 2 hours after arrived
    then done on left

end done
"""
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def clinic() -> pathway.Definition:
    return pathway.load(TEXT, text=True)


def test_loading_never_raises_for_mistakes_but_using_it_does() -> None:
    broken = pathway.load(TEXT.replace("on arrived", "on arived"), text=True)
    assert [problem.severity for problem in broken.problems] == ["error"]
    with pytest.raises(pathway.InvalidPathwayError) as caught:
        broken.track()
    assert caught.value.problems == tuple(broken.errors)
    assert "har feil" in caught.value.message("nb")


def test_a_text_that_is_not_said_to_be_one_is_answered_without_being_shown() -> None:
    (problem,) = pathway.load(TEXT).problems
    assert problem.code == "PW642" and "text=True" in (problem.help("en") or "") and "party staff" not in problem.message("en")


def test_what_cannot_be_found_is_a_problem_with_the_nearest_name() -> None:
    (problem,) = pathway.load("strokee").problems
    assert problem.suggestion == "stroke"


def test_problems_stand_in_the_order_of_their_places() -> None:
    text = TEXT.replace("    then done on left\n", "    thn done on left\n").replace("by staff", "by stff")
    places = [problem.place() for problem in pathway.load(text, text=True).problems]
    assert len(places) >= 2
    assert places == sorted(places)


def test_risks_are_among_the_problems_and_stop_nothing(clinic: pathway.Definition) -> None:
    assert {problem.severity for problem in clinic.problems} == {"risk"}
    assert clinic.track().stage is None


def test_one_patient_live(clinic: pathway.Definition) -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=OSLO)
    patient = clinic.track("patient-1", clock=lambda: at)
    patient.record("arrived", at=at, by="974589095", diagnosis="I63.9", age=71)
    assert patient.stage == "visit"
    assert patient.next_due == (datetime(2026, 3, 2, 11, tzinfo=UTC), "doctor")
    assert patient.breaks() == []
    (found,) = patient.breaks(as_of=at + timedelta(hours=5))
    assert (found.patient, found.rule, found.subtype, found.open, found.delay_s) == (
        "patient-1",
        "doctor",
        "missing",
        True,
        10800,
    )
    patient.record("left", at="2026-03-02 16:00")
    assert patient.stage == "done"


def test_events_may_be_recorded_in_any_order(clinic: pathway.Definition) -> None:
    moments = {"arrived": "2026-03-02 10:00", "seen": "2026-03-02 11:00", "left": "2026-03-02 12:00"}
    stories = []
    for order in (list(moments), list(reversed(moments))):
        patient = clinic.track()
        for event in order:
            patient.record(event, at=moments[event])
        stories.append((patient.stage, [o.outcome for o in patient.story().obligations]))
    assert stories[0] == stories[1] == ("done", ["met"])


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("arived", {}),
        ("letter", {}),
        ("letter flown", {}),
        ("arrived", {"weight": 3}),
        ("arrived", {"age": "old"}),
        ("arrived", {"age": True}),
        ("arrived", {"urgent": "yes"}),
        ("arrived", {"colour": "blue"}),
        ("arrived", {"diagnosis": 3}),
    ],
)
def test_what_the_pathway_does_not_know_is_refused(clinic: pathway.Definition, event: str, facts: dict[str, object]) -> None:
    patient = clinic.track()
    with pytest.raises(pathway.EventsError) as caught:
        patient.record(event, at="2026-03-02 10:00", **facts)
    assert all(caught.value.message(language) for language in ("en", "nb", "nn"))
    assert patient.story().episodes == ()


def test_a_phase_of_a_message_is_an_event(clinic: pathway.Definition) -> None:
    assert clinic.track().record("letter sent", at="2026-03-02", sender="staff").key == "letter sent"


def test_times_as_they_may_be_given() -> None:
    calendar = Calendar()
    noon = instant_of("2026-03-02 12:00", calendar)
    assert noon == instant_of("2026-03-02T11:00Z", calendar) == instant_of(datetime(2026, 3, 2, 11, tzinfo=UTC), calendar)
    end = instant_of("2026-03-02", calendar)
    assert end == instant_of(date(2026, 3, 2), calendar)
    assert to_datetime(end + 1) == datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2026-02-30", "2026-03-02 25:00", datetime(2026, 3, 2), "1815-05-17", "9999-12-31"]
)
def test_what_is_no_time_is_refused(moment: object) -> None:
    with pytest.raises(pathway.PathwayError):
        instant_of(moment, Calendar())  # type: ignore[arg-type]


def test_a_population_gives_arrow_tables_and_a_page(clinic: pathway.Definition, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("patient,event,occurred\nNA,arrived,2026-03-02 10:00\nNA,seen,2026-03-02 13:00\n")
    result = clinic.replay(log, as_of="2026-03-03")
    assert isinstance(result.breaks, pa.Table)
    assert result.breaks.column("patient").to_pylist() == ["NA"], "a patient called NA is a patient"
    assert result.breaks.column("delay_s").to_pylist() == [3600]
    saved = result.report(language="en").save(tmp_path / "page.html")
    assert saved.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_results_come_back_as_they_were_written(clinic: pathway.Definition, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("patient,event,occurred\na,arrived,2026-03-02 10:00\n")
    result = clinic.replay(log, as_of="2026-03-03")
    result.write(tmp_path / "out")
    again = type(result).read(clinic, tmp_path / "out")
    assert again.breaks == result.breaks
    assert again.summary == result.summary
    with pytest.raises(pathway.NotFoundError):
        result.explain("nothing")


def test_a_library_can_be_loaded_but_not_followed() -> None:
    library = pathway.load("discharge")
    assert library.errors == []
    with pytest.raises(pathway.PathwayError, match="library"):
        library.track()


def test_scenarios_of_what_we_ship_hold() -> None:
    for name in ("stroke", "sepsis"):
        results = pathway.load(name).test()
        assert results
        assert all(result.holds for result in results)


def test_public_names_are_there_with_a_docstring() -> None:
    for name in pathway.__all__:
        assert getattr(pathway, name).__doc__
    with pytest.raises(AttributeError):
        pathway.nothing  # noqa: B018


def test_importing_is_light() -> None:
    code = "import sys, pathway; print([n for n in ('pyarrow', 'lark', 'pydantic', 'click') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
