"""What the scenarios of a file touch."""

from __future__ import annotations

from pathlib import Path

from pathway.api.definition import load
from tests.tracking.clinic import CLINIC, clinic

ALL = {
    ("enter", "besøk"), ("unsuited", "Egen poliklinikk"), ("leave", "Flyttet"), ("rule", "legen"), ("rule", "tilbake"),
    ("rule", "rommet"), ("transition", "ferdig"), ("end", "ferdig"),
}  # fmt: skip


def untouched(*lines: str) -> set[tuple[str, str]]:
    return {(part.part, part.name) for part in clinic(*lines).coverage().untouched}


def test_a_file_without_a_patient_touches_nothing() -> None:
    found = clinic("2026-03-02 10:00 flyttet", "status per 2026-03-02").coverage()
    assert {(part.part, part.name) for part in found.parts} == ALL
    assert len(found.parts) == 9  # two transitions lead to the end
    assert (found.percent, found.parts) == (0, found.untouched)


def test_a_rule_is_touched_when_something_came_of_it() -> None:
    lines = ("2026-03-02 10:00 ankommet", "status per 2026-03-02 11:30")
    assert ALL - untouched(*lines) == {("enter", "besøk"), ("rule", "rommet")}
    assert ("rule", "legen") not in untouched(*lines, "status per 2026-03-02 12:00")


def test_each_way_is_told_from_others_to_the_same_stage() -> None:
    found = clinic("2026-03-02 10:00 ankommet", "+1 time gått med grad 1", "status per 2026-05-02").coverage()
    by_line = {part.place.line: part.touched for part in found.parts if part.part == "transition" and part.place}
    lines = CLINIC.split("\n")
    assert {lines[number - 1].strip(): touched for number, touched in by_line.items()} == {
        "så ferdig ved gått dersom grad >= 3": False,
        "så ferdig 30 dager etter gått": True,
    }


def test_ways_out_and_a_course_of_ones_own() -> None:
    assert ("leave", "Flyttet") not in untouched("2026-03-02 10:00 ankommet", "+1 time flyttet", "status per 2026-03-03")
    assert ("unsuited", "Egen poliklinikk") not in untouched(
        "pasient språket samisk", "2026-03-02 10:00 ankommet", "status per 2026-03-03"
    )


def test_only_what_a_status_asks_for_is_seen() -> None:
    """A story that no assertion looks at touches nothing."""
    assert clinic("2026-03-02 10:00 ankommet", "2026-03-02 12:00 gått med grad 5").coverage().percent == 0


def test_parts_stand_in_the_order_of_the_text() -> None:
    lines = [part.place.line for part in clinic("2026-03-02 10:00 ankommet").coverage().parts if part.place]
    assert lines == sorted(lines)


def test_an_adaptation_answers_for_its_own_lines_only(tmp_path: Path) -> None:
    (tmp_path / "poliklinikk.pathway").write_text(CLINIC, encoding="utf-8")
    (tmp_path / "nord.pathway").write_text(
        """tilpass poliklinikk "Nord" dersom kommune i "4602"
    bygger på 1

    fase besøk
        tidlig: forvent sett senest 9 dager etter ankommet
            kilde rutine
        sen: forvent gått senest 9 dager etter sett
            kilde rutine

eksempel "I nord"
    pasient kommune "4602"
    2026-03-02 10:00 ankommet
    2026-03-03 10:00 sett
    status per 2026-03-05
        fase besøk
""",
        encoding="utf-8",
    )
    definition = load(tmp_path / "nord.pathway")
    assert [problem.message("nb") for problem in definition.errors] == []
    assert [(part.name, part.touched) for part in definition.coverage().parts] == [("tidlig", True), ("sen", False)]
