"""What a break says of how long was waited, and under whom (O11)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pathway

TEXT = """pathway clinic "Clinic"
    version 1

party staff "Staff" level specialist
party gp "GP" level municipal

event arrived "Arrived"
event moved "Moved"
event seen "Seen"
event stopped "Stopped"
event resumed "Resumed"
event left "Left"

enter visit on arrived

stage visit "Visit" by staff
    check: expect seen within 10 hours after arrived
        not counting from stopped to resumed
    then home on moved

stage home "At home" by gp
    then done on left

end done "Done"
"""


def _waited(*events: tuple[str, int], as_of: int) -> tuple[dict[str, float], float]:
    start = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    patient = pathway.load(TEXT, text=True).track()
    for name, hour in events:
        patient.record(name, at=datetime.fromtimestamp(start + hour * 3600, UTC))
    (found,) = patient.breaks(datetime.fromtimestamp(start + as_of * 3600, UTC))
    evidence = json.loads(found.evidence)
    return {party: seconds / 3600 for party, seconds in evidence["waited"].items()}, evidence.get("held", 0) / 3600


def test_waiting_is_split_by_who_held_the_patient() -> None:
    told = [("arrived", 0), ("moved", 3), ("seen", 12)]
    assert _waited(*told, as_of=20) == ({"staff": 3, "gp": 9}, 0)
    assert _waited(*told[:2], as_of=20) == ({"staff": 3, "gp": 17}, 0), "an open one is waited for until now"


def test_held_time_is_told_apart() -> None:
    told = [("arrived", 0), ("stopped", 1), ("moved", 3), ("resumed", 5), ("seen", 16)]
    assert _waited(*told, as_of=20) == ({"staff": 1, "gp": 11}, 4)


def test_after_the_course_nobody_holds_the_patient() -> None:
    text = TEXT.replace(
        "check: expect seen within 10 hours after arrived", "check: send letter from staff to gp within 10 hours after arrived"
    )
    text = text.replace('event left "Left"', 'event left "Left"\nmessage letter "Letter"')
    start = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    patient = pathway.load(text, text=True).track()
    for name, hour in (("arrived", 0), ("moved", 2), ("left", 5)):
        patient.record(name, at=datetime.fromtimestamp(start + hour * 3600, UTC))
    (found,) = patient.breaks(datetime.fromtimestamp(start + 15 * 3600, UTC))
    waited = {party: seconds / 3600 for party, seconds in json.loads(found.evidence)["waited"].items()}
    assert waited == {"staff": 2, "gp": 3, "": 10}


def test_one_message_for_two_that_waited_owes_one_receipt() -> None:
    text = TEXT.replace(
        "check: expect seen within 10 hours after arrived", "check: send letter from staff to gp within 10 hours after arrived"
    ).replace("        not counting from stopped to resumed\n", "        receipt at latest 2 hours\n")
    text = text.replace('event left "Left"', 'event left "Left"\nmessage letter "Letter"')
    start = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    patient = pathway.load(text, text=True).track()
    for name, hour in (("arrived", 0), ("arrived", 20), ("letter sent", 25)):
        patient.record(name, at=datetime.fromtimestamp(start + hour * 3600, UTC))
    as_of = datetime.fromtimestamp(start + 50 * 3600, UTC)
    told = [(owed.part, owed.outcome) for owed in patient.obligations(as_of)]
    assert told == [("main", "late"), ("main", "met"), ("receipt", "missing")]
    assert len({found.break_id for found in patient.breaks(as_of)}) == len(patient.breaks(as_of)) == 2
