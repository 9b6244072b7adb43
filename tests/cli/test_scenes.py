"""`pathway test`: timelines, coverage and its floor, JSON, and scenarios made from a log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pathway.api.definition import load
from tests.tracking.clinic import CLINIC

GOOD = """
eksempel "I tide"
    2026-03-02 10:00 ankommet
    +30 minutter rom startet
    +30 minutter sett
    status per 2026-03-02
        ingen brudd
"""
LOG = """patient,event,occurred,grad,deviation,because
p-17,ankommet,2024-05-15 10:00,,,
p-17,sett,2024-05-15 13:30,,,
p-17,gått,2024-05-16 10:00,5,,
p-18,ankommet,2024-05-15 10:00,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "klinikk.pathway").write_text(CLINIC + GOOD, encoding="utf-8")
    (tmp_path / "logg.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def test_where_a_scenario_differs_the_story_is_shown_beneath(run, folder: Path) -> None:
    wrong = (CLINIC + GOOD).replace("+30 minutter sett", "+5 timer sett").replace("ingen brudd\n", "ingen brudd legen\n")
    (folder / "klinikk.pathway").write_text(wrong, encoding="utf-8")
    found = run("test", "klinikk.pathway")
    assert found.exit_code == 1
    assert found.stdout.split("Dette ble sett fram til 2026-03-02:\n")[1].splitlines()[:7] == [
        "    2026-03-02 10:00  ankommet",
        "                      → inn i besøk",
        "                      plikt: legen, frist 2026-03-02 12:00",
        "    2026-03-02 10:30  rom startet",
        "    2026-03-02 12:00  brudd: tid for sent legen",
        "    2026-03-02 15:30  sett",
        "                      kom etter bruddet: legen",
    ]


def test_coverage_names_the_lines_that_no_scenario_touches(run, folder: Path) -> None:
    found = run("test", "klinikk.pathway", "--coverage", "--language", "nn")
    assert found.exit_code == 0
    assert "Dekning: 33 % (3 av 9)." in found.stdout
    lines = CLINIC.split("\n")
    listed = [line.split() for line in found.stdout.split("linjene:\n")[1].splitlines()]
    assert {lines[int(number) - 1].split()[0] for number, *_ in listed} == {"uegnet", "ut", "tilbake:", "så", "slutt"}
    assert [part for _, part, *_ in listed] == ["ueigna", "ut", "regel", "overgang", "overgang", "slutt"]


@pytest.mark.parametrize(("least", "status"), [(0, 0), (33, 0), (34, 1), (100, 1)])
def test_too_little_coverage_ends_with_1(run, folder: Path, least: int, status: int) -> None:
    found = run("test", "klinikk.pathway", "--min", str(least))
    assert found.exit_code == status
    assert (f"mindre enn {least} %" in found.stderr) == bool(status)


@pytest.mark.parametrize("least", ["-1", "101", "mye"])
def test_a_floor_is_a_percentage(run, folder: Path, least: str) -> None:
    assert run("test", "klinikk.pathway", "--min", least).exit_code == 2


def test_a_folder_is_tested_whole_and_a_broken_file_does_not_hide_the_others(run, folder: Path) -> None:
    (folder / "a.pathway").write_text("forløp a", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.pathway").write_text(CLINIC + GOOD, encoding="utf-8")
    found = run("test", ".")
    assert found.exit_code == 1
    assert found.stdout.count("✓") == 2
    assert "a.pathway" in found.stderr


def test_json_has_scenarios_times_and_coverage(run, folder: Path) -> None:
    found = run("test", "klinikk.pathway", "--coverage", "--json")
    (file,) = json.loads(found.stdout)
    assert file["name"] == "poliklinikk"
    assert [(s["title"], s["holds"], len(s["statuses"])) for s in file["scenarios"]] == [("I tide", True, 1)]
    assert file["coverage"]["percent"] == 33.33
    assert {part["line"] for part in file["coverage"]["parts"]} == {
        part.place.line for part in load(folder / "klinikk.pathway").coverage().parts if part.place
    }


def test_json_of_what_differs(run, folder: Path) -> None:
    (folder / "klinikk.pathway").write_text(CLINIC + GOOD.replace("ingen brudd", "fase ferdig"), encoding="utf-8")
    (file,) = json.loads(run("test", "klinikk.pathway", "--json").stdout)
    (status,) = file["scenarios"][0]["statuses"]
    assert [d["code"] for d in status["differences"]] == ["PW601"]
    assert status["seen"][1] == {
        "at": "2026-03-02 10:00", "happened": "came_in", "name": "besøk", "line": status["seen"][1]["line"],
        "text": "→ inn i besøk",
    }  # fmt: skip
    assert file["coverage"] is None


def test_a_recorded_scenario_holds_when_it_is_put_into_the_file(run, folder: Path) -> None:
    found = run("test", "klinikk.pathway", "--record", "p-17", "--events", "logg.csv", "--as-of", "2024-05-20")
    assert found.exit_code == 0, found.output
    assert "p-17" not in found.stdout and "2024" not in found.stdout
    (folder / "klinikk.pathway").write_text(CLINIC + GOOD + "\n" + found.stdout, encoding="utf-8")
    again = run("test", "klinikk.pathway")
    assert (again.exit_code, again.stdout.count("✓")) == (0, 2)


def test_a_recorded_scenario_is_written_where_it_is_said(run, folder: Path) -> None:
    found = run(
        "test", "klinikk.pathway", "--record", "p-17", "--events", "logg.csv", "--shift", "2025-01-08", "-o", "nytt.txt"
    )
    assert found.exit_code == 0, found.output
    assert "    2025-01-08 10:00 ankommet\n" in (folder / "nytt.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        (["--record", "p-17"], "PW550", 2),
        (["klinikk.pathway", "--record", "p-17", "--events", "logg.csv"], "PW550", 2),
        (["--events", "logg.csv"], "PW551", 2),
        (["--shift", "2025-01-01"], "PW551", 2),
        (["--record", "p-17", "--events", "logg.csv", "--shift", "i går"], "PW552", 2),
        (["--record", "p-17", "--events", "logg.csv", "--as-of", "i går"], "PW506", 2),
        (["--record", "nobody", "--events", "logg.csv"], "PW609", 1),
        (["--record", "p-17", "--events", "no.csv"], "PW410", 2),
    ],
)
def test_wrong_use_is_answered(run, folder: Path, options: list[str], code: str, status: int) -> None:
    found = run("test", "klinikk.pathway", *options)
    assert code in found.stderr
    assert found.exit_code == status


WAITS = """forløp hofte "Hoftebrudd"
    versjon 2026.1
hendelse ankomst "Ankomst"
hendelse utskrevet "Utskrevet"
om pasienten
    opplysning hjelp "Trenger hjelp" ja eller nei
inn i sengepost ved ankomst
fase sengepost "Sengepost"
    uten frist fordi "Varer til pasienten kan reise"
    så hjelpes ved utskrevet dersom hjelp
    så over ellers
slutt hjelpes "Med hjelp"
slutt over "Over"
eksempel "Uten hjelp"
    2026-03-02 08:00 ankomst
    dag 3 12:00 utskrevet
    status per 2026-03-01
        fase sengepost
    status per 2026-03-10
        fase over
"""


def test_why_no_transition_was_taken_is_told_where_a_fact_is_not_known(run, tmp_path: Path) -> None:
    (tmp_path / "hofte.pathway").write_text(WAITS, encoding="utf-8")
    found = run("test", "hofte.pathway")
    assert found.exit_code == 1
    assert "Pasienten er i ingen fase ennå" in found.stdout
    assert found.stdout.splitlines()[-2].strip() == (
        "blir i sengepost: `hjelp` er ikke kjent, så ingen overgang tas, heller ikke `ellers`"
    )


def test_a_long_list_of_breaks_says_how_many_more_there_are(run, tmp_path: Path) -> None:
    rules = "".join(f"    regel_{n}: forvent utskrevet senest {n} timer etter ankomst\n" for n in range(1, 8))
    text = WAITS.replace("    uten frist", f"{rules}    uten frist").replace("fase over", "brudd tid mangler regel_1")
    (tmp_path / "hofte.pathway").write_text(text, encoding="utf-8")
    assert "tid for sent regel_4 og 3 til." in run("test", "hofte.pathway").stdout


def test_why_a_patient_did_not_come_in_is_told_where_a_fact_is_not_known(run, tmp_path: Path) -> None:
    text = WAITS.replace("inn i sengepost ved ankomst", "inn i sengepost ved ankomst dersom hjelp")
    (tmp_path / "hofte.pathway").write_text(text, encoding="utf-8")
    found = run("test", "hofte.pathway")
    assert "Pasienten er i ingen fase ennå (det veien inn spør etter, er ikke kjent), ikke i `over`." in found.stdout
    assert "kommer ikke inn i sengepost: `hjelp` er ikke kjent" in found.stdout
