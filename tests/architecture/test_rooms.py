"""The rooms of the house: which may import which, how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("language", "model", "checks", "machine", "events", "tracking", "replay", "reports")
"""Each imports from itself and from those before it."""
SHARED = {"errors", "outputs"}
"""Beside the rooms: errors, which know of language only, and files replaced whole."""
MAY_IMPORT = {
    **{room: {*ROOMS[: place + 1], *SHARED} for place, room in enumerate(ROOMS)},
    "errors": {"language"},
    "outputs": {"errors", "language"},
    "simulation": {"language", "model", "machine", "events", "tracking", "simulation", *SHARED},
    # A break in words is tracking's; the renderers show it.
    "renderers": {"language", "model", "tracking", "reports", "renderers", *SHARED},
    "api": {*ROOMS, *SHARED, "renderers", "api"},
    "cli": {*ROOMS, *SHARED, "renderers", "api", "simulation", "cli"},
    "grammars": set(),
    "library": set(),
}
LONGEST = 500


def python_files() -> list[Path]:
    return sorted([*ROOT.glob("pathway/**/*.py"), *ROOT.glob("renderers/**/*.py"), *ROOT.glob("grammars/*.py")])


def room_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "pathway" and len(parts) > 1 else parts[0]


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """The rooms that a file imports from, with the line: also inside functions, and relative ones."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                continue
            module = node.module or ""
            names = [f"pathway.{alias.name}" for alias in node.names] if module == "pathway" else [module]
        for name in names:
            first, _, rest = name.partition(".")
            if first == "pathway" and rest:
                yield node.lineno, rest.split(".")[0]


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_imports_only_from_those_before_it(file: Path) -> None:
    room = room_of(file)
    if room == "__init__":
        return  # `pathway/__init__.py` names what is public, wherever it is
    wrong = [f"line {line}: {other}" for line, other in imported(file) if other not in MAY_IMPORT[room]]
    assert not wrong, f"{room} may not import " + ", ".join(wrong)


@pytest.mark.parametrize("file", sorted(ROOT.glob("pathway/**/*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_package_imports_itself_by_full_names(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


def test_rooms_are_the_folders_there_are() -> None:
    folders = {path.parent.name for path in ROOT.glob("pathway/*/__init__.py")}
    assert folders == {room for room in MAY_IMPORT if (ROOT / "pathway" / room).is_dir()}


def test_no_file_is_too_long() -> None:
    files = [*python_files(), *ROOT.glob("tests/**/*.py")]
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert not [f"{file.relative_to(ROOT)}: {length}" for file, length in lengths.items() if length > LONGEST]


def test_every_python_file_says_what_it_is() -> None:
    silent = [f for f in python_files() if f.stat().st_size and ast.get_docstring(ast.parse(f.read_text("utf-8"))) is None]
    assert not [str(file.relative_to(ROOT)) for file in silent]
