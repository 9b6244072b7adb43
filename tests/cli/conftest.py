"""The command run as a user runs it, in a folder of its own and without the machine's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pathway.cli.main import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)

    def invoke(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment)

    return invoke
