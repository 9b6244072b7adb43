"""The commands that follow, draw, test and explain: what they write, and with which status they end."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from pathway.api.definition import load
from pathway.tracking.records import BreakRecord, EpisodeRecord, ObligationRecord

TEXT = """pathway clinic "Clinic" nb "Klinikk"
    version 3
    source guide "A guide"
        checked 2026-01-01

party clinic_staff "Clinic" nb "Klinikken" level specialist

event arrived "Arrived" nb "Ankommet"
event seen "Seen" nb "Sett av lege"
event left "Left" nb "Gått"

enter visit on arrived

stage visit "Visit" nb "Besøk" by clinic_staff
    doctor: expect seen within 2 hours after arrived
        source guide "page 1"
    then done on left

end done

scenario "Seen too late"
    2026-03-02 10:00 arrived
    2026-03-02 13:00 seen
    at 2026-03-03
        break waiting late doctor
"""
LOG = """patient,event,occurred
a,arrived,2026-03-02 10:00
a,seen,2026-03-02 11:00
a,left,2026-03-02 12:00
b,arrived,2026-03-02 10:00
b,seen,2026-03-02 15:30
b,left,2026-03-02 16:00
c,arrived,2026-03-02 10:00
c,left,2026-03-02 20:00
c,tea,2026-03-02 20:00
c,arived,2026-03-02 20:00
d,arrived,never
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clinic.pathway").write_text(TEXT, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def test_scenarios_that_hold_end_with_0(run, folder: Path) -> None:
    found = run("test", "clinic.pathway")
    assert (found.exit_code, found.stdout.count("✓")) == (0, 1)


def test_a_scenario_that_does_not_hold_ends_with_1_and_says_where(run, folder: Path) -> None:
    (folder / "clinic.pathway").write_text(TEXT.replace("13:00 seen", "11:00 seen"), encoding="utf-8")
    found = run("test", "clinic.pathway")
    assert found.exit_code == 1
    assert "✗" in found.stdout
    assert "PW602 clinic.pathway:25:" in found.stdout


def test_replay_writes_the_tables_and_the_summary(run, folder: Path) -> None:
    found = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out")
    assert found.exit_code == 0, found.output
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "answers.parquet", "breaks.parquet", "costs.parquet", "deviations.parquet", "episodes.parquet", "groups.parquet",
        "indicators.parquet", "obligations.parquet", "stays.parquet", "summary.json",
    ]  # fmt: skip
    for name, record in (("breaks", BreakRecord), ("obligations", ObligationRecord), ("episodes", EpisodeRecord)):
        assert parquet.read_table(folder / "out" / f"{name}.parquet").column_names == list(record.__dataclass_fields__)
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["rules"]["doctor"]["met"] == 1
    assert summary["rules"]["doctor"]["late"] == 1
    assert summary["rules"]["doctor"]["missing"] == 1
    assert summary["breaks"] == {"waiting": {"late": 1, "missing": 1}}
    assert (summary["events"]["read"], summary["events"]["used"], summary["events"]["unknown"]) == (
        11,
        8,
        {"tea": 1, "arived": 1},
    )
    assert summary["events"]["nearest"] == {"arived": "arrived"}


def test_replay_says_what_it_did_not_use_in_the_users_language(run, folder: Path) -> None:
    found = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out", "--language", "nb")
    assert "Ukjent for forløpet: arived (1, mente du arrived?), tea (1)." in found.stdout
    assert "Ikke brukt, ikke et tidspunkt: 1 (første: rad 12)." in found.stdout
    assert found.stderr == "", "no progress where nobody watches"


def test_as_of_says_how_far_the_world_has_come(run, folder: Path) -> None:
    found = run("replay", "clinic.pathway", "--events", "log.csv", "--as-of", "2026-03-02 12:30", "-o", "out")
    assert found.exit_code == 0
    breaks = parquet.read_table(folder / "out" / "breaks.parquet").to_pylist()
    assert [(row["patient"], row["open"]) for row in breaks] == [("b", True), ("c", True)]


def test_strict_refuses_a_log_with_rows_that_cannot_be_used(run, folder: Path) -> None:
    found = run("replay", "clinic.pathway", "--events", "log.csv", "--strict", "-o", "out")
    assert found.exit_code == 1
    assert not (folder / "out").exists()


def test_a_mapping_beside_the_pathway_is_found_and_map_overrides_it(run, folder: Path) -> None:
    (folder / "other.csv").write_text(LOG.replace("patient,event,occurred", "who,what,when"), encoding="utf-8")
    columns = '[columns]\npatient = "who"\nevent = "what"\noccurred = "when"\n'
    assert run("replay", "clinic.pathway", "--events", "other.csv", "-o", "out").exit_code == 1
    assert run("replay", "clinic.pathway", "--events", "missing.csv", "-o", "out").exit_code == 2
    (folder / "mapping.toml").write_text(columns, encoding="utf-8")
    assert run("replay", "clinic.pathway", "--events", "other.csv", "-o", "out").exit_code == 0
    (folder / "plain.toml").write_text("", encoding="utf-8")
    assert run("replay", "clinic.pathway", "--events", "log.csv", "--map", "plain.toml", "-o", "out").exit_code == 0


def test_an_empty_log_gives_empty_tables_and_a_page(run, folder: Path) -> None:
    (folder / "empty.csv").write_text("patient,event,occurred\n", encoding="utf-8")
    found = run("replay", "clinic.pathway", "--events", "empty.csv", "-o", "out")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (1, "Loggen er tom: den har ingen rader.")
    assert parquet.read_table(folder / "out" / "breaks.parquet").num_rows == 0
    assert run("report", "clinic.pathway", "--results", "out", "-o", "page.html").exit_code == 1
    assert (folder / "page.html").exists()


def test_what_stood_there_is_untouched_when_the_place_cannot_be_written(run, folder: Path) -> None:
    (folder / "out").write_text("mine")
    found = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out/in")
    assert found.exit_code == 1
    assert "PW504" in found.output
    assert (folder / "out").read_text() == "mine"


@pytest.mark.parametrize("language", ["nb", "en"])
def test_a_report_from_a_log_is_that_from_its_results(run, folder: Path, language: str) -> None:
    assert run("report", "clinic.pathway", "--events", "log.csv", "-o", "a.html", "--language", language).exit_code == 0
    page = (folder / "a.html").read_text(encoding="utf-8")
    assert f'lang="{language}"' in page
    assert {"nb": "Klinikk", "en": "Clinic"}[language] in page
    assert run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out").exit_code == 0
    assert run("report", "clinic.pathway", "--results", "out", "-o", "b.html").exit_code == 0


def test_a_report_says_how_the_log_was_read(run, folder: Path) -> None:
    told = run("report", "clinic.pathway", "--events", "log.csv", "-o", "report.html", "--language", "en")
    replayed = run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out", "--language", "en").stdout
    first, *_ = replayed.splitlines()
    assert told.exit_code == 0 and told.stdout.splitlines()[0] == first and "Events:" in told.stdout
    assert first.startswith("Patients in the log:") and told.stdout.endswith("Written: report.html\n")


def test_a_report_as_text_in_the_terminal_and_in_a_file(run, folder: Path) -> None:
    shown = run("report", "clinic.pathway", "--events", "log.csv", "-o", "-", "--language", "en")
    assert shown.exit_code == 0 and shown.stdout.startswith("Clinic: as of 2026-03-02 20:00\n")
    assert not (folder / "-").exists()
    assert run("report", "clinic.pathway", "--events", "log.csv", "-o", "a.txt", "--language", "en").exit_code == 0
    assert (folder / "a.txt").read_text(encoding="utf-8") == shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "clinic.pathway"),
        ("report", "clinic.pathway", "--events", "log.csv", "--results", "out"),
        ("report", "clinic.pathway", "--results", "nowhere"),
        ("report", "clinic.pathway", "--events", "log.csv", "-o", "page.doc"),
        ("replay", "clinic.pathway", "--events", "log.csv"),
        ("replay", "clinic.pathway", "--events", "log.csv", "-o", "out", "--as-of", "yesterday"),
        ("draw", "clinic.pathway", "-o", "graph.gif"),
        ("draw", "nosuch"),
        ("explain", "abc"),
        ("explain", "abc", "--pathway", "clinic.pathway"),
        ("demo", "--patients", "none"),
        ("demo", "--patients", "0"),
        ("demo", "--seed", "none"),
        ("demo", "-o", "log.csv"),
        ("draw", "clinic.pathway", "-o", "."),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_a_message(run, folder: Path, arguments: tuple[str, ...]) -> None:
    found = run(*arguments)
    assert found.exit_code == 2, found.output
    assert "PW" in found.stderr
    assert "PW599" not in found.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--patients", "0"), "--patients er et helt tall fra 1 til 100000"),
        (("demo", "--seed", "none"), "--seed er et helt tall"),
        (("demo", "-o", "log.csv"), "--output skal være en mappe"),
        (("draw", "clinic.pathway", "-o", "."), "--output skal være en fil"),
        (("replay", "clinic.pathway", "--events", "no.csv", "-o", "out"), "finnes ikke"),
    ],
)
def test_wrong_use_is_told_in_the_users_language(run, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, "--language", "nb").stderr


def test_results_of_another_pathway_are_refused(run, folder: Path) -> None:
    assert run("replay", "clinic.pathway", "--events", "log.csv", "-o", "out").exit_code == 0
    assert "PW513" in run("report", "sepsis", "--results", "out", "-o", "x.html").stderr


def test_a_file_with_mistakes_is_neither_followed_nor_drawn(run, folder: Path) -> None:
    (folder / "clinic.pathway").write_text(TEXT.replace("on arrived", "on arived"), encoding="utf-8")
    for arguments in (("replay", "--events", "log.csv", "-o", "out"), ("draw",), ("test",), ("report", "--events", "log.csv")):
        found = run(arguments[0], "clinic.pathway", *arguments[1:])
        assert found.exit_code == 1
        assert "PW505" in found.stderr


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "dot", "mmd", "bpmn"])
def test_draw_writes_the_form_that_the_ending_says(run, folder: Path, ending: str) -> None:
    found = run("draw", "clinic.pathway", "-o", f"graph.{ending}")
    assert found.exit_code == 0, found.output
    start = (folder / f"graph.{ending}").read_bytes()[:300]
    starts = {
        "svg": b"<svg",
        "png": b"\x89PNG",
        "pdf": b"%PDF",
        "dot": b"digraph",
        "mmd": b"flowchart",
        "bpmn": b"<bpmn:definitions",
    }
    assert starts[ending] in start


def test_explain_gives_the_long_form_of_a_message(run) -> None:
    found = run("explain", "pw301", "--language", "en")
    assert found.exit_code == 0
    assert "What it means" in found.stdout
    assert "Which break it becomes, and for whom" in found.stdout


def test_explain_gives_a_breaks_sentence_and_evidence(run, folder: Path) -> None:
    result = load(folder / "clinic.pathway").replay(folder / "log.csv")
    name = result.breaks.column("break_id")[0].as_py()
    found = run("explain", name, "--pathway", "clinic.pathway", "--events", "log.csv", "--language", "en")
    assert found.exit_code == 0, found.output
    assert result.sentence(result.breaks.to_pylist()[0], "en") in found.stdout
    assert "2026-03-02 12:00" in found.stdout, "when it was due"
    assert "2026-03-02 15:30" in found.stdout, "when it came"


def test_explain_says_what_became_of_a_rule_for_a_patient(run, folder: Path) -> None:
    asked = ("--pathway", "clinic.pathway", "--events", "log.csv", "--language", "en")
    rule = load(folder / "clinic.pathway").model.rules()[0].name
    found = run("explain", rule, "--patient", "a", *asked)
    assert found.exit_code == 0, found.output
    assert f"({rule})" in found.stdout
    assert run("explain", rule, "--patient", "nobody", *asked).exit_code == 2
    assert run("explain", rule, "--patient", "a").exit_code == 2


def test_the_demonstration_writes_everything_and_the_same_each_time(run, tmp_path: Path) -> None:
    assert run("demo", "--patients", "20", "-o", "one").exit_code == 0
    found = run("demo", "--patients", "20", "-o", "two")
    assert found.exit_code == 0, found.output
    assert found.stdout.count("two") == 2, "the folder and the page, not every file"
    names = {path.name for path in (tmp_path / "two").iterdir()}
    assert {"events.csv", "breaks.parquet", "summary.json", "report.html", "stroke.svg", "graph-with-breaks.svg"} <= names
    for name in ("events.csv", "summary.json", "stroke.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_explain_shows_what_an_adaptation_changes(run, tmp_path: Path) -> None:
    local = TEXT.replace("level specialist", "level specialist is place").replace(
        "enter visit", "about patient\n    fact place code HER\nenter visit"
    )
    (tmp_path / "clinic.pathway").write_text(local, encoding="utf-8")
    assert "no local adaptations" in run("explain", "clinic.pathway").output
    (tmp_path / "north.pathway").write_text(
        'adapt clinic "North" when place is 7\n    based on 3\n'
        '    loosen doctor within 3 hours because "Far"\n    bind clinic_staff to "N 1"\n',
        encoding="utf-8",
    )
    for what in ("clinic.pathway", "north.pathway"):
        told = run("explain", what).output
        assert "North: a local adaptation of Clinic, agreed against version 3" in told
        assert "doctor: within 2 hours after arrived → within 3 hours after arrived\n      because: Far" in told
        assert "Clinic is N 1" in told
    checked = run("check", "clinic.pathway")
    assert checked.exit_code == 0
    assert "Looser than the pathway that it adapts: doctor: within 2 hours" in checked.output
    assert checked.output.count("PW296") == 1
    assert run("check", ".").output.count("PW296") == 1
