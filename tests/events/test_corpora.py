"""The corpus of logs: what good ones give, and what is said of those that cannot be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pathway.cli.words import texts
from pathway.errors import PathwayError
from pathway.language.diagnostics import catalogue
from tests.events.corpora import BAD, GOOD, HERE, LOGS, beside, read, told
from tests.events.test_read import accounted


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_log_is_read_or_answered_as_recorded(path: Path) -> None:
    assert told(path) == beside(path, ".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_every_row_of_a_good_log_is_accounted_for(path: Path) -> None:
    assert accounted(read(path))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_strict_refuses_exactly_the_logs_with_rows_that_cannot_be_used(path: Path) -> None:
    counts = read(path).counts
    if counts.rejected or counts.unknown:
        with pytest.raises(PathwayError) as refused:
            read(path, strict=True)
        assert refused.value.code in ("PW416", "PW417")
    else:
        assert read(path, strict=True).counts.as_dict() == counts.as_dict()


def test_nothing_is_recorded_of_logs_that_are_gone() -> None:
    known = {path.name.split(".")[0] for path in LOGS}
    assert {path.name.split(".")[0] for path in HERE.iterdir()} == known


ELSEWHERE = {"PW401", "PW413", "PW416", "PW417", "PW419"}
"""Messages that `test_read.py` and `test_tables.py` bring about."""


def test_the_corpus_has_every_message() -> None:
    codes: set[str] = set()
    for path in BAD:
        with pytest.raises(PathwayError) as refused:
            read(path)
        codes |= {problem.code for problem in getattr(refused.value, "problems", (refused.value.diagnostic,))}
    assert {code for code in catalogue() if code.startswith("PW4")} - codes == ELSEWHERE


def test_the_corpus_has_every_reason_and_each_has_words() -> None:
    rejected = {reason for path in GOOD for reason in read(path).counts.rejected}
    mended = {reason for path in GOOD for reason in read(path).counts.mended}
    settled = {kind for path in GOOD for kind in read(path).counts.settled}
    assert {name.removeprefix("reason.") for name in texts() if name.startswith("reason.")} == rejected | mended | settled
    shown = tomllib.loads((HERE.parents[2] / "renderers" / "texts.toml").read_text(encoding="utf-8"))
    assert {f"reason_{reason.replace(' ', '_').replace(':', '')}" for reason in rejected} <= set(shown)
