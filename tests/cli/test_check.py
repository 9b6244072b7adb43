"""`pathway check`: what it says of files, and with which status it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pathway.model.load import shipped

GOOD = """pathway follow_up "Follow-up"
    version 1
    source guide "A guide"
        checked 2026-01-01

party clinic "Clinic" level specialist

event arrived "Arrived"
event seen "Seen"
event left "Left"

enter visit on arrived

stage visit "Visit" by clinic
    expect seen within 2 hours after arrived
        source guide "page 1"
    then done on left

end done
"""
BAD = GOOD.replace("on arrived", "on arived").replace("    then done", "    thn done")


def test_what_is_in_order_ends_with_0(run, tmp_path: Path) -> None:
    (tmp_path / "a.pathway").write_text(GOOD)
    found = run("check", "a.pathway")
    assert (found.exit_code, found.stderr) == (0, "")
    assert "Ingen feil" in found.stdout


@pytest.mark.parametrize("name", sorted(shipped()))
def test_what_we_ship_has_no_mistakes(run, name: str) -> None:
    assert run("check", name).exit_code == 0


def test_mistakes_are_all_shown_with_place_line_mark_and_help(run, tmp_path: Path) -> None:
    (tmp_path / "b.pathway").write_text(BAD)
    found = run("check", "b.pathway")
    assert found.exit_code == 1
    assert "b.pathway:12:16: " in found.stdout
    assert "b.pathway:17:5: " in found.stdout
    lines = found.stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if line.endswith("enter visit on arived"))
    assert lines[at + 1].endswith(" ^^^^^^")
    assert lines[at + 1].index("^") == lines[at].index("arived")
    assert "`arrived`?" in lines[at + 2]


def test_a_file_is_answered_in_its_own_language_unless_another_is_asked_for(run, tmp_path: Path) -> None:
    (tmp_path / "b.pathway").write_text(BAD)
    assert "error PW" in run("check", "b.pathway").stdout
    assert "feil PW" in run("check", "b.pathway", "--language", "nb").stdout


def test_json_has_an_object_a_problem_with_these_names(run, tmp_path: Path) -> None:
    (tmp_path / "b.pathway").write_text(BAD)
    found = run("check", "b.pathway", "--json")
    rows = json.loads(found.stdout)
    assert found.exit_code == 1
    names = ["code", "severity", "message", "help", "file", "line", "column", "end_line", "end_column"]
    assert all(list(row) == names for row in rows)
    first = rows[0]
    assert (first["severity"], first["file"], first["line"], first["column"]) == ("error", "b.pathway", 12, 16)
    assert (first["end_line"], first["end_column"]) == (12, 22)


def test_json_of_what_is_in_order_is_an_empty_list(run, tmp_path: Path) -> None:
    (tmp_path / "a.pathway").write_text(GOOD)
    assert json.loads(run("check", "a.pathway", "--json").stdout) == []


def test_risks_end_with_1_only_when_strict(run, tmp_path: Path) -> None:
    (tmp_path / "c.pathway").write_text(GOOD.replace(" by clinic\n", "\n"))
    found = run("check", "c.pathway")
    assert found.exit_code == 0
    assert "PW301" in found.stdout
    assert run("check", "c.pathway", "--strict").exit_code == 1


def test_a_folder_is_every_file_beneath_it_and_a_shared_library_is_told_once(run, tmp_path: Path) -> None:
    library = 'library extra "Extra"\n\nparty ward "Ward" levl home\n'
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.pathway").write_text(GOOD.replace("party", "use extra\n\nparty", 1))
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "extra.pathway").write_text(library)
    rows = json.loads(run("check", ".", "--json").stdout)
    assert [row["line"] for row in rows if row["file"].endswith("extra.pathway")] == [3]


def test_several_files_at_once(run, tmp_path: Path) -> None:
    (tmp_path / "a.pathway").write_text(GOOD)
    (tmp_path / "b.pathway").write_text(BAD)
    assert run("check", "a.pathway", "b.pathway").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "nosuch"),
        ("check", "--colour", "a"),
        ("chek", "a"),
        ("check", "empty"),
        ("check", "a", "--language", "fr"),
        ("check", "a" * 5000),
    ],
)
def test_wrong_use_ends_with_2_and_one_message(run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "empty").mkdir()
    found = run(*arguments)
    assert found.exit_code == 2
    assert "PW" in found.output
    assert "PW599" not in found.output


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00" * 50, "pathway å\n".encode("latin-1"), b"(" * 5000])
def test_no_content_gives_a_traceback(run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pathway").write_bytes(content)
    found = run("check", "x.pathway")
    assert found.exit_code in (0, 1)
    assert "PW599" not in found.output


@pytest.mark.parametrize(
    ("locale", "word"), [("nb_NO.UTF-8", "Bruk"), ("en_GB.UTF-8", "Usage"), ("nn_NO", "Bruk"), ("C", "Bruk")]
)
def test_commands_speak_the_language_of_the_environment(run, locale: str, word: str) -> None:
    assert run("--help", LC_ALL=locale).stdout.startswith(word)
    assert run("check", "--help", "--language", "en", LC_ALL=locale).stdout.startswith("Usage")


def test_without_a_command_the_help_is_shown(run) -> None:
    found = run()
    assert (found.exit_code, found.stderr) == (2, "")
    assert "check" in found.stdout


def test_a_misspelt_command_is_answered_with_the_nearest(run) -> None:
    found = run("chek", "a")
    assert "`chek`" in found.stderr
    assert "Mente du `check`?" in found.stderr


def test_as_a_program_it_ends_with_the_same_status(tmp_path: Path) -> None:
    (tmp_path / "a.pathway").write_text(GOOD)
    (tmp_path / "b.pathway").write_text(BAD)

    def status(*arguments: str) -> int:
        command = [sys.executable, "-c", "from pathway.cli.main import main; main()", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert [status("check", "a.pathway"), status("check", "b.pathway"), status("check", "c.pathway")] == [0, 1, 2]


def test_checking_needs_no_arrow(tmp_path: Path) -> None:
    (tmp_path / "a.pathway").write_text(GOOD)
    code = (
        "import sys\n"
        "from pathway.cli.main import main\n"
        "try:\n    main(['check', 'a.pathway'])\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "print([name for name in ('pyarrow', 'jinja2', 'pyphen') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_many_files_are_answered_in_order_by_several_processes(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for number in range(50):
        wrong = "" if number % 10 else " x"
        (tmp_path / f"p{number:02}.pathway").write_text(f'pathway p{number} "P"{wrong}\n', encoding="utf-8")
    many, again = run("check", ".", "--json"), run("check", ".", "--json")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = run("check", ".", "--json", "--no-cache")
    assert many.exit_code == 1
    assert json.loads(many.stdout) == json.loads(again.stdout) == json.loads(alone.stdout)
    assert [row["file"] for row in json.loads(many.stdout) if row["column"] > 10 and row["line"] == 1][:1] == ["p00.pathway"]


def test_a_machine_that_cannot_start_processes_answers_all_the_same(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object, **__: object) -> None:
        raise OSError("no semaphores")

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", no_locks)
    for number in range(50):
        (tmp_path / f"p{number:02}.pathway").write_text(f'pathway p{number} "P"\n', encoding="utf-8")
    assert "PW" in run("check", ".").stdout
