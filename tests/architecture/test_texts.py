"""What users read: every message and text there in three languages, with the same values, and none that nobody says."""

from __future__ import annotations

import ast
import errno
import re
import string
import tomllib
from gzip import BadGzipFile
from pathlib import Path

import pytest

from pathway.cli.words import texts
from pathway.errors import system_reason
from pathway.language.diagnostics import catalogue

ROOT = Path(__file__).parents[2]
LANGUAGES = {"en", "nb", "nn"}
CODE = re.compile(r"PW\d{3}")


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_message_is_complete_in_every_language(code: str) -> None:
    entry = catalogue()[code]
    assert entry.severity in ("error", "risk", "note")
    for part in (entry.title, entry.message, entry.help):
        assert set(part) == LANGUAGES
        assert all(text.strip() for text in part.values())
    for part in (entry.long, entry.example, entry.becomes):
        assert set(part) in (set(), LANGUAGES)
    if code.startswith("PW3"):  # what the checks of risks find has a page for authors
        assert entry.long and entry.example and entry.becomes
    for part in (entry.message, entry.help):
        assert len({frozenset(fields(text)) for text in part.values()}) == 1, "languages show different values"


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_message_ends_as_a_sentence(code: str) -> None:
    entry = catalogue()[code]
    assert all(text.rstrip().endswith((".", "?", "…", "}")) for text in entry.message.values())


def test_every_code_in_the_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    used: set[str] = set()
    for file in [*ROOT.glob("pathway/**/*.py"), *ROOT.glob("renderers/**/*.py")]:
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        used |= {n.value for n in nodes if isinstance(n, ast.Constant) and CODE.fullmatch(str(n.value))}
    # The changes that a line may be mended by name their message as data.
    for data in ROOT.glob("grammars/*.*"):
        if data.is_file() and data.suffix != ".py":
            used |= set(CODE.findall(data.read_text(encoding="utf-8")))
    assert used - set(catalogue()) == set(), "not in the catalogue"
    assert set(catalogue()) - used == set(), "nobody says it"


def test_the_codes_of_a_file_of_messages_belong_together() -> None:
    for file in ROOT.glob("grammars/messages/*.toml"):
        assert len({code[:3] for code in tomllib.loads(file.read_text(encoding="utf-8"))}) == 1, file.name


@pytest.mark.parametrize("name", sorted(texts()))
def test_what_the_commands_say_is_there_in_every_language(name: str) -> None:
    said = texts()[name]
    assert set(said) == LANGUAGES
    assert all(said.values())
    assert len({frozenset(fields(text)) for text in said.values()}) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "finnes ikke"),
        (PermissionError(errno.EPERM, "Operation not permitted"), "ikke lov"),
        (BadGzipFile("Not a gzipped file"), "skadet"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link"),
    ],
)
def test_why_a_file_cannot_be_used_is_said_in_the_readers_language(error: OSError, said: str) -> None:
    told = system_reason(error)
    assert set(told) == LANGUAGES
    assert said in told["nb"]


def test_the_systems_reasons_are_there_in_every_language() -> None:
    known = tomllib.loads((ROOT / "grammars" / "system.toml").read_text(encoding="utf-8"))
    assert all(set(told) == LANGUAGES and all(told.values()) for told in known.values())
    assert all(hasattr(errno, name) for name in known if name != "damaged")


def test_every_text_of_the_commands_is_said() -> None:
    files = [file for room in ("cli", "api") for file in ROOT.glob(f"pathway/{room}/*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    made = ("option.", "command.", "word.", "severity.", "kind.", "outcome.", "explain.", "reason.", "changes.", "part.")
    silent = [name for name in texts() if not name.startswith(made) and not re.search(f"['\"]{re.escape(name)}['\"]", code)]
    assert not silent
