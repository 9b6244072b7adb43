"""A file to start from: it has no mistakes, its scenarios hold, and its name is one that the language takes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway
from pathway.errors import PathwayError
from pathway.language.new import beginning
from pathway.language.source import LANGUAGES, Language

languages = pytest.mark.parametrize("language", LANGUAGES)


def _wrong(text: str) -> list[str]:
    """Mistakes and risks. That a limit is only proposed is noted, and meant so."""
    return [problem.message() for problem in pathway.load(text, text=True).problems if problem.severity != "note"]


@languages
def test_a_file_to_start_from_is_in_order_and_its_scenarios_hold(language: Language) -> None:
    name, text = beginning("Etter  opphold på Ås", language)
    assert name == "etter_opphold_på_ås"
    made = pathway.load(text, text=True)
    assert [problem.message() for problem in made.problems if problem.severity != "note"] == []
    assert (made.language, made.name, made.model.title(language)) == (language, name, "Etter opphold på Ås")
    results = made.test()
    assert len(results) >= 2
    assert all(result.holds for result in results)
    assert made.format() == text


@languages
def test_it_teaches(language: Language) -> None:
    _, text = beginning("T", language)
    assert sum(row.strip().startswith("#") for row in text.splitlines()) >= 12


@languages
@pytest.mark.parametrize("title", ["Er", "within", "når", "To", "2026", "7 dager"])
def test_a_title_that_cannot_be_a_name_gets_a_longer_one(language: Language, title: str) -> None:
    name, text = beginning(title, language)
    assert name.endswith(f"_{title.casefold().replace(' ', '_')}")
    assert not _wrong(text)


@languages
@pytest.mark.parametrize(
    "title", ["Fase", "Utskrevet", "ward", "heime", "Pathway", "nb", "OR", "ﬁlter {name}", "x" * 300, "a#b"]
)
def test_a_title_may_be_a_word_of_the_file(language: Language, title: str) -> None:
    assert not _wrong(beginning(title, language)[1])


@pytest.mark.parametrize("title", ["", "  ", "!!", 'He said "no"', "a\0b", "\udcff x"])
def test_what_is_no_title_is_refused(title: str) -> None:
    with pytest.raises(PathwayError) as raised:
        beginning(title, "nb")
    assert raised.value.code == "PW541"


@settings(max_examples=150, deadline=None)
@given(title=st.text(max_size=60), language=st.sampled_from(LANGUAGES))
def test_any_title_is_used_or_refused(title: str, language: Language) -> None:
    try:
        _, text = beginning(title, language)
    except PathwayError as error:
        assert error.code == "PW541"
        return
    assert not _wrong(text)
