"""`pathway fmt` and `pathway new`: what they write, what they leave alone, and with which status they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import pathway
from pathway.cli.main import main
from pathway.errors import InvalidPathwayError

UGLY = 'Pathway  x\n\tversion 2026.10\nevent   a "A"   # what happens\n'
FORMATTED = 'pathway x\n    version 2026.10\n\nevent a "A"  # what happens\n'
BROKEN = "pathway x\nevnt a\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "ugly.pathway").write_bytes(UGLY.replace("\n", "\r\n").encode("utf-8-sig"))
    (tmp_path / "deep" / "fine.pathway").write_text(FORMATTED)
    return tmp_path


def test_files_of_a_folder_are_formatted_in_place(run, folder: Path) -> None:
    fine = (folder / "deep" / "fine.pathway").stat().st_ino
    found = run("fmt", ".", LANG="en_GB")
    assert found.exit_code == 0
    assert found.stdout == ("Written: ugly.pathway\nPathway files: 2. Changed: 1. Left as they were, with mistakes: 0.\n")
    assert (folder / "ugly.pathway").read_bytes() == FORMATTED.encode()
    # Not even written anew.
    assert (folder / "deep" / "fine.pathway").stat().st_ino == fine
    assert run("fmt", "--check", ".").exit_code == 0


def test_check_changes_nothing_and_shows_the_difference(run, folder: Path) -> None:
    before = (folder / "ugly.pathway").read_bytes()
    found = run("fmt", "--check", "ugly.pathway", "deep", LANG="en_GB")
    assert found.exit_code == 1
    assert found.stdout.startswith("Would change: ugly.pathway\n--- ugly.pathway\n+++ ugly.pathway\n@@")
    assert '-event   a "A"   # what happens\n' in found.stdout
    assert '+event a "A"  # what happens\n' in found.stdout
    assert found.stdout.endswith("Pathway files: 2. Would change: 1. With mistakes: 0.\n")
    assert (folder / "ugly.pathway").read_bytes() == before
    assert run("fmt", "--check", "--quiet", ".", LANG="en_GB").stdout == "Would change: ugly.pathway\n"


def test_a_long_difference_is_cut(run, folder: Path) -> None:
    (folder / "long.pathway").write_text("pathway x\n" + "".join(f"event   a{n}\n" for n in range(200)))
    found = run("fmt", "--check", "long.pathway", LANG="en_GB")
    assert len(found.stdout.splitlines()) < 70
    assert "… and lines more: 3" in found.stdout


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_not(run, folder: Path) -> None:
    (folder / "broken.pathway").write_text(BROKEN)
    found = run("fmt", ".", LANG="nb_NO")
    assert found.exit_code == 1
    # In the language of the file: its author is the one who can put it right.
    assert "error PW121 broken.pathway:2:1: No line begins with `evnt`" in found.stderr
    assert "Endret: 1. Står som de var, med feil: 1." in found.stdout
    assert (folder / "broken.pathway").read_text() == BROKEN


def test_translated_in_place(run, folder: Path) -> None:
    assert run("fmt", "--language", "nn", "ugly.pathway").exit_code == 0
    assert (folder / "ugly.pathway").read_text(encoding="utf-8") == (
        'forløp x\n    språk nn\n    versjon 2026.10\n\nhending a en "A"  # what happens\n'
    )
    # The language of the machine, or of the whole program, translates nothing.
    assert run("--language", "en", "fmt", "--check", "ugly.pathway", LANG="nb_NO").exit_code == 0


def test_from_standard_input_to_standard_output() -> None:
    found = CliRunner().invoke(main, ["fmt", "-", "--language", "nb"], input=UGLY.replace('"A"', '"Å"').encode())
    assert (found.exit_code, found.stdout_bytes.decode()) == (
        0, 'forløp x\n    versjon 2026.10\n\nhendelse a en "Å"  # what happens\n',
    )  # fmt: skip
    found = CliRunner().invoke(main, ["fmt", "-"], input=BROKEN)
    assert (found.exit_code, found.stdout) == (1, "")
    assert "PW121 -:2:1" in found.stderr
    found = CliRunner().invoke(main, ["fmt", "--check", "-"], input=UGLY)
    assert found.exit_code == 1
    assert "+pathway x" in found.stdout


def test_a_link_and_permissions_stay(run, folder: Path) -> None:
    (folder / "ugly.pathway").chmod(0o640)
    (folder / "link.pathway").symlink_to("ugly.pathway")
    assert run("fmt", "link.pathway").exit_code == 0
    assert (folder / "link.pathway").is_symlink()
    assert (folder / "ugly.pathway").read_text() == FORMATTED
    assert (folder / "ugly.pathway").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("arguments", [("nowhere.pathway",), ("a\0b",), (), ("deep", "nowhere")])
def test_wrong_use_ends_with_2_and_changes_nothing(run, folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "deep" / "fine.pathway").write_text(UGLY)
    found = run("fmt", *arguments)
    assert found.exit_code == 2
    assert "Traceback" not in found.output
    assert (folder / "deep" / "fine.pathway").read_text() == UGLY


def test_the_library_formats_too() -> None:
    made = pathway.load(UGLY, text=True)
    assert made.format() == FORMATTED
    assert made.format("nb").startswith("forløp x\n")
    with pytest.raises(InvalidPathwayError) as raised:
        pathway.load(BROKEN, text=True).format()
    assert [problem.code for problem in raised.value.problems] == ["PW121"]


def test_new_writes_a_file_that_checks_and_whose_scenarios_hold(run, tmp_path: Path) -> None:
    found = run("new", "Hoftebrudd på Ås", "--language", "nb")
    assert found.exit_code == 0
    assert found.stdout.startswith("Skrevet: hoftebrudd_på_ås.pathway\n")
    assert run("check", "--strict", "hoftebrudd_på_ås.pathway").exit_code == 0
    assert run("test", "hoftebrudd_på_ås.pathway").exit_code == 0
    assert run("fmt", "--check", ".").exit_code == 0


def test_new_never_replaces_a_file(run, tmp_path: Path) -> None:
    (tmp_path / "mine.pathway").write_text("mine")
    found = run("new", "Mine", "--language", "en")
    assert (found.exit_code, (tmp_path / "mine.pathway").read_text()) == (2, "mine")
    assert "PW540" in found.stderr
    (tmp_path / "lost.pathway").symlink_to("nowhere")
    assert run("new", "Mine", "-o", "lost.pathway").exit_code == 2
    assert run("new", "Mine", "-o", "sub/other.pathway").exit_code == 0
    assert run("new", '"').exit_code == 2
