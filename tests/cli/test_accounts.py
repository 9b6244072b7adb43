"""What people are told of the rows of a log: what was understood, what was not, and what it was taken for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pathway.events.identity import Pseudonyms

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


@pytest.mark.parametrize("text", ["", HEAD])
def test_an_empty_log_is_said_to_be_empty(run, folder: Path, text: str) -> None:
    (folder / "tom.csv").write_text(text, encoding="utf-8")
    found = run("replay", "ut.pathway", "--events", "tom.csv", "-o", "ut")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (1, "Loggen er tom: den har ingen rader.")
    found = run("report", "ut.pathway", "--events", "tom.csv", "-o", "rapport.txt")
    assert found.exit_code == 1 and "Loggen er tom" in found.stdout


def test_a_patient_with_a_pseudonym_is_called_either_way(run, folder: Path) -> None:
    (folder / "key.txt").write_text("a key that is no secret", encoding="utf-8")
    (folder / "m.toml").write_text('pseudonyms = { key_file = "key.txt" }\n', encoding="utf-8")
    _log(folder, "P02,utskrevet,2026-03-01 10:00,,,,", "P03,time,2026-03-20 10:00,,,,")
    log = ("--events", "logg.csv", "--map", "m.toml")
    called = Pseudonyms.read(folder / "key.txt").of("P02")
    told = [run("explain", "epikrise_ut", "--patient", name, "--pathway", "ut.pathway", *log) for name in ("P02", called)]
    assert told[0].exit_code == 0 and "mangler" in told[0].stdout and told[0].stdout == told[1].stdout
    assert run("explain", "epikrise_ut", "--patient", "P04", "--pathway", "ut.pathway", *log).exit_code == 2
    made = [run("test", "ut.pathway", "--record", name, *log) for name in ("P02", called)]
    assert made[0].exit_code == 0 and "utskrevet" in made[0].stdout and made[0].stdout == made[1].stdout


def test_the_language_may_be_asked_for_before_the_command(run, folder: Path) -> None:
    for place in (("--language", "nn", "check", "ut.pathway"), ("check", "ut.pathway", "--language", "nn")):
        assert "Risikoar" in run(*place).stdout
    _log(folder, "P02,utskrevet,2026-03-01 10:00,,,,")
    run("--language", "en", "report", "ut.pathway", "--events", "logg.csv", "-o", "r.html")
    assert '<html lang="en"' in (folder / "r.html").read_text(encoding="utf-8")


def test_what_is_found_all_in_all_is_said_in_the_language_of_the_file(run, folder: Path) -> None:
    (folder / "en.pathway").write_text('pathway x "X"\nparty a "A"\n', encoding="utf-8")
    assert "Mistakes: 1." in run("check", "en.pathway").stdout
    (folder / "nn.pathway").write_text('forløp y "Y"\n    språk nn\naktør a "A"\n', encoding="utf-8")
    assert "Feil: 2. Risikoer: " in run("check", "en.pathway", "nn.pathway").stdout


def test_a_receipt_is_told_apart_from_what_it_is_of(run, folder: Path) -> None:
    _log(
        folder, "A,utskrevet,2026-03-01 10:00,,,,", "A,epikrise sendt,2026-03-01 12:00,,,,", "B,utskrevet,2026-03-01 10:00,,,,"
    )
    found = run("replay", "ut.pathway", "--events", "logg.csv", "--as-of", "2026-03-20", "-o", "ut")
    lines = [line.split() for line in found.stdout.splitlines()]
    row = next(place for place, line in enumerate(lines) if line[:1] == ["epikrise_ut:"])
    assert lines[row][1:-7] == ["Epikrise", "fra", "Hjerteavdelingen", "til", "Fastlegen"]
    assert lines[row][-7:] == ["1", "0", "1", "0", "0", "0", "0"]
    assert lines[row + 1][0] == "kvittering" and int(lines[row + 1][3]) >= 1
    summary = json.loads((folder / "ut" / "summary.json").read_text(encoding="utf-8"))
    parts = summary["parts"]["epikrise_ut"]
    assert {name: parts["main"][name] + parts["receipt"][name] for name in parts["main"]} == summary["rules"]["epikrise_ut"]


def test_what_is_seen_of_a_scenario_says_which_part(run, folder: Path) -> None:
    wrong = 'eksempel "Feil"\n    2026-03-01 10:00 utskrevet\n    2026-03-01 12:00 epikrise sendt\n    status per 2026-03-20\n'
    with (folder / "ut.pathway").open("a", encoding="utf-8") as file:
        file.write(f"\n{wrong}        ingen brudd\n")
    seen = run("test", "ut.pathway").stdout
    assert "oppfylt: epikrise_ut\n" in seen and "plikt: epikrise_ut (kvittering)" in seen


def test_a_folder_hides_no_pathway_that_is_shipped(run, folder: Path) -> None:
    (folder / "sepsis").mkdir()
    _log(folder, "A,utskrevet,2026-03-01 10:00,,,,")
    assert run("profile", "logg.csv", "--for", "sepsis").exit_code == 0
    assert run("check", "sepsis").exit_code == 0
    (folder / "tom").mkdir()
    assert "PW502" in run("check", "tom").output


def test_how_a_break_may_show_is_listed(run, folder: Path) -> None:
    wrong = 'eksempel "Feil"\n    2026-03-01 10:00 utskrevet\n    status per 2026-03-20\n'
    with (folder / "ut.pathway").open("a", encoding="utf-8") as file:
        file.write(f"\n{wrong}        brudd informasjon mangelfull epikrise_ut\n")
    said = run("check", "ut.pathway").stdout
    for word in ("for sent", "mangler", "ufullstendig", "feilsendt", "trukket tilbake", "ubesvart"):
        assert f"`{word}`" in said


def test_a_command_by_another_name_is_found(run, folder: Path) -> None:
    assert "Mente du `draw`?" in run("graph", "ut.pathway").output
    assert "Mente du `replay`?" in run("kjør", "ut.pathway").output
    assert "PW599" not in run("explain", "PW999").output


def test_a_file_in_the_character_set_of_windows_is_said_to_be(run, folder: Path) -> None:
    (folder / "gammel.pathway").write_bytes(TEXT.encode("cp1252"))
    assert "PW643" in run("check", "gammel.pathway").output
    (folder / "bilde.pathway").write_bytes(bytes(range(256)) * 20)
    assert "PW101" in run("check", "bilde.pathway").output


def test_what_a_short_word_tells_apart_is_not_offered_for_one_another(run, folder: Path) -> None:
    (folder / "m.toml").write_text('[events]\n"Innlagt IC" = "time"\n"Innlagt intensiv" = "time"\n', encoding="utf-8")
    _log(folder, "A,Innlagt NC,2026-03-01 10:00,,,,", "A,Inlagt intensiv,2026-03-01 10:00,,,,", "A,time,2026-03-01 11:00,,,,")
    said = run("replay", "ut.pathway", "--events", "logg.csv", "--map", "m.toml", "-o", "ut").stdout
    assert "Inlagt intensiv (1, mente du Innlagt intensiv?), Innlagt NC (1)." in said


def test_help_says_what_holds_otherwise_in_the_users_language(run, folder: Path) -> None:
    said = " ".join(run("simulate", "--help").stdout.split())
    assert "[ellers 1000]" in said and "[må oppgis]" in said and "required" not in said


def test_a_damaged_parquet_file_is_answered_in_the_users_language(run, folder: Path) -> None:
    (folder / "logg.parquet").write_bytes(b"PAR1" + bytes(100))
    found = run("replay", "ut.pathway", "--events", "logg.parquet", "-o", "ut")
    assert found.exit_code == 1 and "ikke en hel Parquet-fil" in found.stderr


def test_an_export_counts_what_is_in_the_file(run, folder: Path) -> None:
    _log(folder, "A,utskrevet,2026-03-01 10:00,1,,,", "A,utskrevet,2026-03-01 10:00,1,,,", "A,time,2026-03-03 10:00,2,,,")
    said = run("export", "ut.pathway", "--events", "logg.csv", "-o", "ut.csv").stdout
    assert "Rader lest: 3. Skrevet som hendelser: 2." in said and "fortalt to ganger (1)" in said
    assert len((folder / "ut.csv").read_text(encoding="utf-8").splitlines()) == 3
