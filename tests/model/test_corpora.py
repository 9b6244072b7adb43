"""The corpora: what good files say, and what the authors of bad ones are told."""

import re
from pathlib import Path

import pytest

from pathway.language.diagnostics import catalogue
from pathway.language.source import LANGUAGES
from pathway.model.load import load
from tests.model.corpora import BAD, GOOD, HERE, messages_text, model_text


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_file_says_what_is_recorded(path: Path) -> None:
    assert [problem.message() for problem in load(path).problems] == []
    assert model_text(path) == path.with_suffix(".model").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_is_answered_as_recorded(path: Path) -> None:
    assert messages_text(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_nothing_is_recorded_of_files_that_are_gone() -> None:
    recorded = {*(HERE / "good").glob("*.model"), *(HERE / "bad").glob("*.txt")}
    assert {path.stem for path in recorded} == {path.stem for path in (*GOOD, *BAD)}


ELSEWHERE = {"PW220", "PW240", "PW241"}
"""Messages about files, which `test_load.py` brings about."""


def test_bad_files_have_every_message() -> None:
    told = {problem.code for path in BAD for problem in load(path).problems}
    assert {code for code in catalogue() if code.startswith("PW2")} - told == ELSEWHERE


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_message_speaks_of_the_machinery(path: Path) -> None:
    for problem in load(path).problems:
        for language in LANGUAGES:
            for text in (problem.message(language), problem.help(language)):
                assert not re.search(r"\b[A-Z]+_[A-Z]+\b|[Tt]oken|[Tt]erminal|\{\w+\}|None", text), text


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_each_place_has_one_message(path: Path) -> None:
    places = [problem.span for problem in load(path).problems]
    assert None not in places
    assert len(places) == len(set(places))


def test_every_message_has_a_long_form_with_an_example() -> None:
    for code, entry in catalogue().items():
        if code.startswith("PW2"):
            assert all(entry.long[language] and entry.example[language] for language in LANGUAGES), code


@pytest.mark.parametrize("name", ["hip", "flora", "after"])
def test_the_same_pathway_in_three_languages_is_one_model(name: str) -> None:
    models = [load(HERE / "good" / f"{name}-{language}.pathway").pathway for language in LANGUAGES]
    english, bokmal, nynorsk = (model.model_dump(exclude={"language"}) for model in models if model is not None)
    assert english == bokmal
    assert english == nynorsk
