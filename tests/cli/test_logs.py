"""`pathway profile` and `pathway map`: what people see before anything is replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pathway.cli.numbers import count, share
from tests.cli.test_commands import LOG, TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clinic.pathway").write_text(TEXT, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    rows = [
        f"{n};{code};{n + 1}.3.2026 1{at}:30"
        for n in range(9)
        for at, code in enumerate(("Ankommet", "Sett av lege", "Gått", "Te"))
    ]
    (tmp_path / "norsk.csv").write_text("\n".join(["Pasientnr;Hva;Når", *rows]), encoding="utf-8")
    return tmp_path


def test_a_profile_accounts_for_every_row_in_the_users_language(run, folder: Path) -> None:
    found = run("profile", "log.csv", "--for", "clinic.pathway")
    assert found.exit_code == 0, found.output
    assert "11 lest = 8 brukt + 2 ukjent + 0 utelatt + 1 forkastet" in found.stdout
    assert "Ikke brukt, ikke et tidspunkt: 1 (første: rad 12)." in found.stdout
    assert "mente du arrived?" in found.stdout
    assert "Pasienter uten noen hendelse som avslutter forløpet: 0 av 3 (0\u00a0%)." in found.stdout


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Months without rows"), ("nb", "Måneder uten rader"), ("nn", "Månader utan rader")]
)
def test_a_profile_needs_no_pathway(run, folder: Path, language: str, word: str) -> None:
    found = run("profile", "log.csv", "--language", language)
    assert found.exit_code == 0
    assert word in found.stdout and " = 8 " not in found.stdout


def test_a_profile_as_an_object(run, folder: Path) -> None:
    found = json.loads(run("profile", "log.csv", "--for", "clinic.pathway", "--json").stdout)
    assert (found["rows"], found["account"]["used"], found["patients_without_end"]) == (11, 8, 0)
    assert [each["name"] for each in found["columns"]] == ["patient", "event", "occurred"]


def test_a_log_that_needs_a_mapping_is_profiled_as_it_would_be_drafted(run, folder: Path) -> None:
    found = run("profile", "norsk.csv", "--for", "clinic.pathway")
    assert "slik `pathway map` ville foreslått dem" in found.stdout
    assert "36 lest = 27 brukt + 9 ukjent" in found.stdout


def test_what_cannot_be_profiled_is_answered(run, folder: Path) -> None:
    for arguments, status, code in (
        (["gone.csv"], 2, "PW410"),
        (["log.csv", "--for", "gone.pathway"], 2, "PW24"),
        (["log.csv", "--map", "m.toml"], 2, "PW519"),
        (["log.csv", "--for", "clinic.pathway", "--map", "gone.toml"], 2, "PW401"),
        ([str(folder)], 1, "PW424"),
    ):
        found = run("profile", *arguments)
        assert (found.exit_code, found.stdout) == (status, ""), found.output
        assert code in found.stderr


def test_a_draft_is_written_and_can_be_used_at_once(run, folder: Path) -> None:
    found = run("map", "norsk.csv", "--for", "clinic.pathway", "-o", "m.toml")
    assert found.exit_code == 0, found.output
    assert "Koder plassert: 3 av 4 (75\u00a0% av radene)." in found.stderr
    text = (folder / "m.toml").read_text(encoding="utf-8")
    assert '"Sett av lege" = "seen"' in text and '# Te = ""' in text
    replayed = run("replay", "clinic.pathway", "--events", "norsk.csv", "--map", "m.toml", "-o", "out")
    assert replayed.exit_code == 0 and "Ukjent for forløpet: Te (9)." in replayed.stdout
    before = Path("m.toml").read_text(encoding="utf-8")
    again = run("map", "norsk.csv", "--for", "clinic.pathway", "-o", "m.toml")
    assert again.exit_code == 2, "what somebody has put right by hand is left as it is"
    assert Path("m.toml").read_text(encoding="utf-8") == before


def test_a_draft_of_facts_with_norwegian_letters_can_be_read(run, folder: Path) -> None:
    fact = "about patient\n    fact reisemål one of hjem, sykehjem\n"
    (folder / "clinic.pathway").write_text(TEXT.replace("\nenter ", f"\n{fact}\nenter ", 1), encoding="utf-8")
    (folder / "mål.csv").write_text("Pasientnr;Hva;Når;Reisemål\n1;Ankommet;1.3.2026 10:30;hjem\n", encoding="utf-8")
    assert run("map", "mål.csv", "--for", "clinic.pathway", "-o", "m.toml").exit_code == 0
    assert '"reisemål" = ' in (folder / "m.toml").read_text(encoding="utf-8")
    replayed = run("replay", "clinic.pathway", "--events", "mål.csv", "--map", "m.toml", "-o", "out")
    assert replayed.exit_code == 0, replayed.output


def test_a_draft_is_shown_where_no_file_is_named(run, folder: Path) -> None:
    found = run("map", "norsk.csv", "--for", "clinic.pathway", "--language", "en")
    assert found.stdout.startswith("# A draft of how norsk.csv becomes events of the pathway clinic")
    assert "Codes placed" in found.stderr


def test_a_draft_without_the_columns_that_a_log_needs_says_so(run, folder: Path) -> None:
    (folder / "other.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    found = run("map", "other.csv", "--for", "clinic.pathway")
    assert found.exit_code == 1
    assert "Fant ingen kolonne for: pasient." in found.stderr and '# patient = ""' in found.stdout


def test_numbers_as_people_write_them() -> None:
    assert (count(1234567, "en"), count(1234567, "nn")) == ("1,234,567", "1\u00a0234\u00a0567")
    assert [share(part, 1000, "nb") for part in (0, 1, 255, 1000)] == ["0\u00a0%", "0,1\u00a0%", "25,5\u00a0%", "100\u00a0%"]
    assert (share(1, 10_000, "en"), share(9_999, 10_000, "en"), share(0, 0, "en")) == ("< 0.1%", "> 99.9%", "–")


def test_an_edited_mapping_is_gone_on_with_and_left_as_it_is(run, folder: Path) -> None:
    edited = (
        '# mine\n[columns]\npatient = "Pasientnr"\nevent = "Hva"\noccurred = "Når"\n\n'
        '[events]\n"Ankommet" = "arrived"  # seen to\n\n[constants]\nunit = "A"\n'
    )
    (folder / "edited.toml").write_text(edited, encoding="utf-8")
    found = run("map", "norsk.csv", "--for", "clinic.pathway", "--map", "edited.toml", "-o", "more.toml")
    assert found.exit_code == 0, found.output
    text = (folder / "more.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert [line for line in edited.splitlines() if line and line not in lines] == []
    assert (
        lines.index('"Ankommet" = "arrived"  # seen to')
        < next(place for place, line in enumerate(lines) if "Te" in line)
        < lines.index("[constants]")
    )
    assert sum("Ankommet" in line for line in lines) == 1
    assert run("replay", "clinic.pathway", "--events", "norsk.csv", "--map", "more.toml", "-o", "out").exit_code == 0
    again = run("map", "norsk.csv", "--for", "clinic.pathway", "--map", "more.toml")
    assert again.stdout.count("Sett av lege") == text.count("Sett av lege")


def test_a_column_that_the_mapping_names_and_the_log_has_not_is_said(run, folder: Path) -> None:
    (folder / "m.toml").write_text('[columns]\nrecorded = "Registrert"\n', encoding="utf-8")
    for command in (
        ["replay", "clinic.pathway", "--events", "log.csv", "-o", "out"],
        ["profile", "log.csv", "--for", "clinic.pathway"],
    ):
        told = run(*command, "--map", "m.toml")
        assert "Registrert (recorded)" in told.output
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["events"]["absent_columns"] == {"recorded": ["Registrert"]}


def test_what_the_pathway_waits_for_and_the_log_never_tells_of_is_said(run, folder: Path) -> None:
    rows = [line for line in LOG.splitlines() if ",seen," not in line]
    (folder / "short.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for command in (
        ["replay", "clinic.pathway", "--events", "short.csv", "-o", "out"],
        ["profile", "short.csv", "--for", "clinic.pathway"],
    ):
        told = run(*command)
        assert told.exit_code == 0
        assert "ldri" in told.output and "seen" in told.output
    assert "ldri" not in run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out").output


def test_a_log_of_which_nothing_can_be_used_is_no_log_without_breaks(run, folder: Path) -> None:
    (folder / "other.csv").write_text("patient,event,occurred\n1,nothing,2026-03-01\n", encoding="utf-8")
    told = run("replay", "clinic.pathway", "--events", "other.csv", "-o", "out")
    assert told.exit_code == 1
    assert "Ingen brudd" not in told.output
    assert "ingen å følge" in told.output
    assert (folder / "out" / "breaks.parquet").is_file()
    told = run("report", "clinic.pathway", "--events", "other.csv")
    assert told.exit_code == 1
    assert (folder / "report.html").is_file()


def test_titles_years_and_broken_times_get_an_answer(run, folder: Path) -> None:
    rows = [f"{n},{'Arrived' if n % 2 else 'Has arrived at all'},2026-03-{n + 1:02} 10:00" for n in range(20)]
    rows += [f"{n},arrived,03.0{n % 9 + 1}.26" for n in range(4)]
    (folder / "odd.csv").write_text("\n".join(["patient,Hva skjedde,occurred", *rows]), encoding="utf-8")
    told = json.loads(run("profile", "odd.csv", "--for", "clinic.pathway", "--json").stdout)
    assert told["roles"]["event"] == "Hva skjedde"
    assert told["roles"]["occurred"] == "occurred"
    assert told["account"]["rejected"]["year of two digits"]["count"] == 4


def test_a_mapping_beside_is_for_its_own_log_and_named_where_it_fails(run, folder: Path) -> None:
    (folder / "mapping.toml").write_text(
        '[columns]\npatient = "Pasientnr"\nevent = "Hva"\noccurred = "Når"\n', encoding="utf-8"
    )
    own = run("replay", "clinic.pathway", "--events", "norsk.csv", "-o", "own")
    assert own.exit_code == 1 and "mapping.toml" not in own.output, "it is read by the mapping, which places no code"
    told = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out")
    assert told.exit_code == 0, told.output
    assert "mapping.toml` er ikke brukt" in told.stdout and "11 lest, 8 brukt" in told.stdout
    (folder / "third.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    failed = run("replay", "clinic.pathway", "--events", "third.csv", "-o", "out")
    assert failed.exit_code != 0 and "PW415" in failed.stderr
    assert "mapping.toml" in failed.stderr and "Pasientnr" in failed.stderr
    (folder / "mapping.toml").unlink()
    assert "mapping.toml" not in run("replay", "clinic.pathway", "--events", "third.csv", "-o", "out").stderr


def test_a_day_as_norwegians_write_it_gets_the_form_that_is_read(run, folder: Path) -> None:
    for said, meant in (("31.10.2026", "2026-10-31"), ("31.10.2026 14:30", "2026-10-31 14:30")):
        told = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out", "--as-of", said)
        assert (told.exit_code, "PW506" in told.stderr) == (2, True)
        assert f"Mente du `{meant}`" in told.stderr
