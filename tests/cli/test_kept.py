"""What `check` keeps from run to run: the same answers, at once while nothing has changed, and never an old one."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from pathway.api.definition import Definition
from pathway.cli import kept as module
from pathway.cli.kept import Kept, kept
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Span

TEXT = """forløp a "A"

bruk felles

aktør lege "Legen"
hendelse kom "Kom"

inn i x ved kom

fase x "X" ansvar lege
    forvent kom senest 2 dager etter kom2
    så ferdig ved kom

slutt ferdig
"""
LIBRARY = 'bibliotek felles "Felles"\n\nhendelse kom2 "Kom to"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "felles").mkdir()
    (tmp_path / "a" / "a.pathway").write_text(TEXT, encoding="utf-8")
    (tmp_path / "felles" / "felles.pathway").write_text(LIBRARY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pathways that were read anew."""
    found: list[str] = []
    begin = Definition.__init__

    def counted(self: Definition, loaded: object) -> None:
        begin(self, loaded)  # type: ignore[arg-type]
        found.append(self.name)

    monkeypatch.setattr(Definition, "__init__", counted)
    return found


def test_the_second_time_the_same_is_said_and_nothing_is_read(run, folder: Path, loads: list[str]) -> None:
    first, second = run("check", "a"), run("check", "a")
    assert "PW305 a/a.pathway:11:5" in first.stdout
    assert (second.stdout, second.exit_code) == (first.stdout, first.exit_code)
    assert loads == ["a"]
    assert run("check", "a", "--language", "en").stdout != first.stdout
    assert loads == ["a"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("a/a.pathway", "kom2", "kom3"), ("felles/felles.pathway", "kom2", "kom3"), ("felles/felles.pathway", "Kom to", "Kom 2")],
)
def test_a_change_is_seen_in_the_file_and_in_those_near_it(run, folder: Path, loads: list[str], name: str, old: str, new: str):
    before = run("check", "a")
    text = (folder / name).read_text(encoding="utf-8")
    stamp = (folder / name).stat()
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    os.utime(folder / name, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    after = run("check", "a")
    assert loads == ["a", "a"]
    assert ("PW201" in after.stdout) == (new == "kom3")
    assert before.exit_code == 0


def test_a_file_that_appears_or_goes_is_seen(run, folder: Path) -> None:
    assert run("check", "a").exit_code == 0
    (folder / "felles" / "felles.pathway").rename(folder / "felles.txt")
    assert "PW219" in run("check", "a").stdout
    (folder / "a" / "felles.pathway").write_text(LIBRARY, encoding="utf-8")
    assert run("check", "a").exit_code == 0


def test_another_program_has_other_answers(run, folder: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run("check", "a")
    monkeypatch.setattr(module, "_program", lambda: b"another")
    run("check", "a")
    assert loads == ["a", "a"]


def test_no_cache_reads_anew_and_keeps_nothing(run, folder: Path, loads: list[str]) -> None:
    run("check", "a", "--no-cache")
    run("check", "a", "--no-cache")
    assert loads == ["a", "a"]
    assert not list(Path(os.environ["XDG_CACHE_HOME"]).rglob("*"))


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'deadbeef\n{"language": "nb", "problems": []}', None])
def test_a_damaged_entry_is_none(run, folder: Path, loads: list[str], damage: bytes | None) -> None:
    first = run("check", "a")
    (entry,) = (path for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*") if path.is_file())
    entry.write_bytes(entry.read_bytes()[:-3] if damage is None else damage)
    assert run("check", "a").stdout == first.stdout
    assert loads == ["a", "a"]
    assert run("check", "a").stdout == first.stdout  # and it has been mended
    assert loads == ["a", "a"]


@pytest.mark.parametrize("place", ["/dev/null/no", "/proc/no", "", "relative"])
def test_without_a_place_to_write_it_works_all_the_same(run, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", "/dev/null")
    assert run("check", "a").exit_code == run("check", "a").exit_code == 0
    assert not (folder / "relative").exists()


def test_without_a_home_there_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert kept({}) is None


def test_the_entries_are_private_and_do_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    answers = Kept(tmp_path / "kept")
    for number in range(12):
        answers.put(f"{number:02}", ("nb", []))
        os.utime(tmp_path / "kept" / f"{number:02}", (number, number))
    answers.tidy()
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["07", "08", "09", "10", "11"]
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


def test_what_text_cannot_hold_is_not_kept(tmp_path: Path) -> None:
    answers = Kept(tmp_path)
    span = Span("a.pathway", 1, 2, 3, 4)
    whole = ("nn", [Diagnostic("PW201", span, {"kind": {"en": "a", "nb": "b", "nn": "c"}, "name": "å", "n": 2}, "æ")])
    answers.put("whole", whole)
    answers.put("date", ("nb", [Diagnostic("PW201", None, {"day": date(2026, 1, 1)})]))
    answers.put("tuple", ("nb", [Diagnostic("PW201", None, {"names": ("a", "b")})]))
    assert answers.get("whole") == whole
    assert answers.get("date") is None
    assert answers.get("tuple") is None
