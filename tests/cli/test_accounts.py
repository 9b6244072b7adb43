"""What people are told of the rows of a log: what was understood, what was not, and what it was taken for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TEXT = """forløp utskrivning "Utskrivning"
    versjon 1
    kilde retningslinje "Retningslinjen"
        kontrollert 2026-01-01

aktør avdeling "Hjerteavdelingen" nivå spesialist
aktør lege "Fastlegen" nivå kommune
hendelse utskrevet "Utskrevet"
hendelse time "Time hos fastlegen"
melding epikrise "Epikrise"
    inneholder diagnoser, vekt_ved_utskrivning
    kvittering senest 4 dager

inn i hjemme ved utskrevet

fase hjemme "Hjemme" ansvar lege nivå kommune
    epikrise_ut: send epikrise fra avdeling til lege senest 1 dag etter utskrevet
        kilde retningslinje "punkt 4"
    så ferdig ved time

slutt ferdig "Ferdig"
"""
HEAD = "patient,event,occurred,id,sender,receiver,elements\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ut.pathway").write_text(TEXT, encoding="utf-8")
    return tmp_path


def _log(folder: Path, *rows: str) -> None:
    (folder / "logg.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def test_titles_and_norwegian_phases_are_understood(run, folder: Path) -> None:
    _log(
        folder,
        "A,utskrevet,2026-03-01 10:00,,,,",
        'A,epikrise sendt,2026-03-01 12:00,,Hjerteavdelingen,fastlegen,"Diagnoser, vekt ved utskrivning"',
        "A,epikrise kvittert,2026-03-02 12:00,,Fastlegen,Hjerteavdelingen,",
    )
    found = run("replay", "ut.pathway", "--events", "logg.csv", "--as-of", "2026-03-20", "-o", "ut")
    summary = json.loads((folder / "ut" / "summary.json").read_text(encoding="utf-8"))
    assert summary["breaks"] == {} and "Hendelser: 3 lest, 3 brukt." in found.stdout
    assert "ikke har" not in found.stdout


def test_what_no_message_contains_is_said_with_what_may_be_meant(run, folder: Path) -> None:
    _log(folder, 'A,epikrise sent,2026-03-01 12:00,,avdeling,lege,"diagnose, vekt_ved_utskriving, kaffe"')
    found = run("replay", "ut.pathway", "--events", "logg.csv", "-o", "ut")
    said = "Innhold i meldinger som forløpet ikke har: diagnose (1, mente du diagnoser?), kaffe (1), "
    assert said + "vekt_ved_utskriving (1, mente du vekt_ved_utskrivning?)." in found.stdout
    found = run("profile", "logg.csv", "--for", "ut.pathway")
    assert "Innhold i meldinger som forløpet ikke har (3):" in found.stdout


def test_an_id_that_is_used_again_is_said(run, folder: Path) -> None:
    _log(
        folder,
        "A,utskrevet,2026-03-01 10:00,1,,,",
        "A,utskrevet,2026-03-01 10:00,1,,,",
        "B,utskrevet,2026-03-02 10:00,1,,,",
        "B,time,2026-03-03 10:00,1,,,",
    )
    for command in (
        ("replay", "ut.pathway", "--events", "logg.csv", "-o", "ut"),
        ("profile", "logg.csv", "--for", "ut.pathway"),
    ):
        said = run(*command).stdout
        assert "fortalt to ganger (1), samme id med annet innhold (2, første: rad 4), flyttet til en annen pasient (1, " in said
        assert "må den ikke leses som `id`" in said
