"""What is shown of a patient where a scenario and the engine disagree."""

from __future__ import annotations

from pathway.model.calendar import calendar_for
from tests.tracking.clinic import clinic

CALENDAR = calendar_for("Europe/Oslo", "NO")


def seen(*lines: str) -> list[str]:
    (result,) = clinic(*lines).test()
    (status,) = result.statuses
    return [f"{CALENDAR.local(moment.at):%d %H:%M} {moment.happened} {moment.name}" for moment in status.seen]


STORY = ("2026-03-02 10:00 ankommet", "+3 timer sett", "+1 time gått med grad 5")


def test_nothing_is_shown_of_what_holds() -> None:
    assert seen(*STORY, "status per 2026-03-02", "    brudd tid for sent legen") == []


def test_a_rule_that_differs_is_shown_with_all_that_happened_to_it() -> None:
    assert seen(*STORY, "status per 2026-03-02", "    ingen brudd legen") == [
        "02 10:00 event ankommet",
        "02 10:00 came_in besøk",
        "02 10:00 owed legen",
        "02 12:00 broken legen",
        "02 13:00 event sett",
        "02 13:00 closed legen",
        "02 14:00 event gått",
        "02 14:00 moved ferdig",
    ]


def test_only_what_had_happened_by_then() -> None:
    assert seen(*STORY, "status per 2026-03-02 11:00", "    brudd tid mangler legen") == [
        "02 10:00 event ankommet",
        "02 10:00 came_in besøk",
        "02 10:00 owed legen",
    ]


def test_another_stage_shows_moves_and_no_rules() -> None:
    assert seen("2026-03-02 10:00 ankommet", "+1 time flyttet", "status per 2026-03-02", "    fase ferdig") == [
        "02 10:00 event ankommet",
        "02 10:00 came_in besøk",
        "02 11:00 event flyttet",
        "02 11:00 left besøk",
    ]


def test_another_break_shows_every_rule_that_broke() -> None:
    shown = seen(*STORY, "status per 2026-03-02", "    brudd tid for sent legen", "    ingen andre brudd")
    assert "02 11:00 broken rommet" in shown
    assert not any("tilbake" in line for line in shown)


def test_a_deviation_and_what_was_not_known_yet() -> None:
    lines = (
        "2026-03-02 10:00 ankommet",
        '2026-03-02 11:00 avvik legen fordi "Travelt"',
        "2026-03-02 11:30 sett registrert 2026-03-04",
    )
    assert seen(*lines, "status per 2026-03-02 kjent per 2026-03-02", "    brudd tid mangler legen") == [
        "02 10:00 event ankommet",
        "02 10:00 came_in besøk",
        "02 10:00 owed legen",
        "02 11:00 deviation legen",
        "02 12:00 excused legen",
    ]


def test_two_parts_of_a_message_break_each_at_its_time() -> None:
    lines = ("2026-03-02 10:00 ankommet", "+1 time gått med grad 5", "2026-03-05 10:00 brev sendt fra lege til fastlege")
    shown = seen(*lines, "status per 2026-03-20", "    ingen brudd tilbake")
    assert [line for line in shown if "tilbake" in line] == [
        "02 11:00 owed tilbake",
        "03 23:59 broken tilbake",
        "05 10:00 closed tilbake",
        "05 10:00 owed tilbake",
        "07 23:59 broken tilbake",
    ]
