"""Where the kernel's machine code is kept: wherever it can be, and nowhere where it cannot."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from pathway.replay.kernel import jit

NOWHERE = "/dev/null/nowhere"


def test_it_is_kept_in_the_first_place_that_can_be_written_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told, home, shared = (tmp_path / name for name in ("told", "home", "shared"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("PATHWAY_CACHE", str(told))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(shared))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert Path(str(jit._folder())).parent == told
    monkeypatch.setenv("PATHWAY_CACHE", NOWHERE)
    assert Path(str(jit._folder())).is_relative_to(home / ".cache")
    monkeypatch.setenv("HOME", NOWHERE)
    assert Path(str(jit._folder())).is_relative_to(shared)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: NOWHERE)
    assert jit._folder() is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users have no numbers here")
def test_it_is_not_kept_where_somebody_else_could_change_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATHWAY_CACHE", str(tmp_path))
    mine = jit._folder()
    monkeypatch.setattr(os, "getuid", lambda: 123_456)
    assert str(mine).startswith(str(tmp_path)) and jit._folder() != mine


@pytest.mark.skipif(jit.PLAIN, reason="nothing is compiled")
def test_what_is_kept_nowhere_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", None)

    def twice(number: int) -> int:
        return 2 * number

    compiled = jit.entrance(twice)
    assert compiled(21) == 42 and compiled.overloads  # type: ignore[attr-defined]
