"""The one style: the same meaning, every comment, and nothing left to do; and the three languages, there and back."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.language.format import formatted
from pathway.language.parse import parse
from pathway.language.source import LANGUAGES, Language, Source
from tests.language.formatting import GOOD, UGLY, comments, laid_out, meaning, own_words, text_of
from tests.language.layouts import Drawn
from tests.language.test_fuzz import PIECES

CORPUS = [*GOOD, *UGLY]
by_name = pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
texts = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
randoms = st.integers(0, 2**32).map(Random)


@pytest.mark.parametrize("path", UGLY, ids=lambda path: path.stem)
def test_a_file_becomes_what_is_recorded(path: Path) -> None:
    assert laid_out(text_of(path)) == path.with_suffix(".expected").read_text(encoding="utf-8")


def test_nothing_is_recorded_of_files_that_are_gone() -> None:
    recorded = Path(__file__).parents[1] / "formatted"
    assert {path.stem for path in recorded.glob("*.expected")} == {path.stem for path in UGLY}


@by_name
def test_formatting_twice_is_formatting_once(path: Path) -> None:
    once = laid_out(text_of(path))
    assert laid_out(once) == once


@by_name
def test_every_comment_and_every_word_of_the_authors_is_kept(path: Path) -> None:
    once = laid_out(text_of(path))
    assert comments(once) == comments(text_of(path))
    assert [value for _, value in own_words(once)] == [
        value if kind != "STRING" or '"' in value[1:-1] else f'"{value[1:-1]}"' for kind, value in own_words(text_of(path))
    ]


@by_name
def test_the_meaning_is_kept(path: Path, tmp_path: Path) -> None:
    before = meaning(text_of(path), path, tmp_path)
    # An adaptation says nothing by itself, and the corpus of the reader has none of what it adapts.
    assert before[0] is not None or path.stem.startswith("flora")
    assert meaning(laid_out(text_of(path)), path, tmp_path) == before


@texts
@given(path=st.sampled_from(CORPUS), random=randoms)
def test_whatever_the_spacing_the_style_is_one(path: Path, random: Random) -> None:
    """Without comments, and with each clause where it was, all layouts of a text become the same text."""
    plain = laid_out(Drawn(text_of(path), Random(0), clauses=False, comments=False).text)
    drawn = Drawn(text_of(path), random, clauses=False, comments=False).text
    assert laid_out(drawn) == plain


@texts
@given(path=st.sampled_from(CORPUS), random=randoms)
def test_whatever_the_layout_meaning_and_comments_are_kept(path: Path, random: Random, tmp_path: Path) -> None:
    drawn = Drawn(text_of(path), random, clauses=True, comments=True).text
    once = laid_out(drawn)
    assert comments(once) == comments(drawn)
    assert laid_out(once) == once
    assert meaning(once, path, tmp_path) == meaning(drawn, path, tmp_path)
    assert max(map(len, once.splitlines())) <= 120 or '"' in once


@texts
@given(path=st.sampled_from(CORPUS), random=randoms, language=st.sampled_from(LANGUAGES))
def test_any_layout_can_be_translated(path: Path, random: Random, language: Language) -> None:
    drawn = Drawn(text_of(path), random, clauses=True, comments=True).text
    translated = laid_out(drawn, language)
    assert parse(Source("<text>", translated))[0].language == language
    assert comments(translated) == comments(drawn)
    assert laid_out(translated, language) == translated


@by_name
def test_translated_through_all_languages_and_back(path: Path, tmp_path: Path) -> None:
    own = parse(Source("<text>", text_of(path)))[0].language
    first = laid_out(text_of(path))
    before = meaning(first, path, tmp_path)
    text = first
    for language in ("en", "nb", "nn", "en", own):
        text = laid_out(text, language)
        assert parse(Source("<text>", text))[0].language == language
        assert own_words(text) == own_words(first)
        assert comments(text) == comments(first)
        assert meaning(text, path, tmp_path) == before


@pytest.mark.parametrize(
    ("language", "text", "wanted", "other"),
    [
        ("en", "expect b every 12 months", "nb", "forvent b hver 12. måned"),
        ("en", "expect b every 2 years", "nn", "forvent b kvart 2. år"),
        ("nb", "forvent b hver 12 måneder", "nb", "forvent b hver 12. måned"),
        ("nb", "forvent b hver 2. år", "en", "expect b every 2 years"),
        ("nb", "forvent b hvert 2. uke", "nb", "forvent b hver 2. uke"),
        ("en", "need r at least 1 times per weeks", "nn", "treng r minst 1 gong per veke"),
        ("en", "expect b at latest 13:00 same day as a", "nb", "forvent b senest kl. 13:00 samme dag som a"),
        ("nn", "forvent b seinast kl 9 same dag som a", "en", "expect b at latest 09:00 same day as a"),
        ("nb", "forvent b innen 1 virkedager etter a hvis sett_av.lege er kjent", "nb", ""),
        ("en", "expect b within 2 day of a if c happened", "en", "expect b within 2 days after a when c has happened"),
        ("nb", "så c ved m besvart", "nn", "så c ved m svara"),
        ("nn", "så c ved m svara på", "nn", "så c ved m svara"),
        ("nb", "send m fra a til b innen 1 døgn etter c", "nb", ""),
    ],
)
def test_words_agree(language: Language, text: str, wanted: Language, other: str) -> None:
    opening = {"en": "pathway x", "nb": "forløp x\n    språk nb", "nn": "forløp x\n    språk nn"}[language]
    stage = {"en": "stage", "nb": "fase", "nn": "fase"}[language]
    found, problems, _ = formatted(Source("<text>", f"{opening}\n{stage} s\n    {text}\n"), wanted)
    if other:
        assert found is not None, [problem.message() for problem in problems]
        assert found.splitlines()[-1].strip() == other
    else:
        assert found is None
        assert problems.errors


def test_values_names_and_aliases_keep_every_character() -> None:
    text = """pathway one "Title" nb en_annen "Tittel  med «rart» i"
    version 2026.10
event stage "A `stage`" nb fase "Fase"
event OR "Operating room"
about patient
    fact place one of home, municipal
    fact number code KOMMUNE
enter within_reach on stage or OR when place is home and number in 0301, 007, 1e5, I60-I69
"""
    norwegian = laid_out(text, "nb")
    assert 'forløp one en "Title" nb en_annen "Tittel  med «rart» i"' in norwegian
    assert 'hendelse stage en "A `stage`" nb fase "Fase"' in norwegian
    assert "opplysning place en av home, municipal" in norwegian
    assert "inn i within_reach ved stage eller OR dersom place er home og number i 0301, 007, 1e5, I60-I69" in norwegian
    assert laid_out(norwegian, "en") == laid_out(text)


def test_a_name_that_is_a_word_of_the_other_language_is_answered() -> None:
    text = "pathway x\n\nevent a\n    carries waiting number time\n"
    found, problems, _ = formatted(Source("x.pathway", text), "nb")
    assert found is None
    (problem,) = problems
    assert (problem.code, problem.span and problem.span.line) == ("PW176", 4)
    assert "`carries waiting number time`" in problem.message("en")
    assert laid_out(text, "en") == text


@pytest.mark.parametrize("language", [None, *LANGUAGES])
def test_a_text_with_mistakes_is_not_formatted(language: Language | None) -> None:
    text = "pathway x\nevent a\n   event b\nevnt c\n"
    found, problems, _ = formatted(Source("x.pathway", text), language)
    assert found is None
    assert [problem.span and problem.span.line for problem in problems] == [3, 3, 4]


def test_what_makes_no_sense_yet_is_formatted_all_the_same() -> None:
    assert laid_out("Pathway  x\nenter  nowhere on  nothing") == "pathway x\n\nenter nowhere on nothing\n"


def test_a_language_line_is_written_where_words_do_not_tell() -> None:
    assert laid_out("pathway x\n", "nn") == "forløp x\n    språk nn\n"
    assert laid_out("forløp x\n    språk nn\n", "nb") == "forløp x\n"
    assert laid_out("forløp x\n    språk nn  # our own\n", "nb") == "forløp x\n    språk nb  # our own\n"
    # A name that is a word of Nynorsk would make the file Nynorsk.
    assert laid_out("pathway hending\n", "nb") == "forløp hending\n    språk nb\n"
    assert laid_out("use a\n", "nn") == "språk nn\nbruk a\n"


@settings(max_examples=300, deadline=None)
@given(
    text=st.sampled_from([text_of(path) for path in CORPUS]),
    random=randoms,
    language=st.sampled_from([None, *LANGUAGES]),
    changes=st.integers(1, 4),
)
def test_any_text_is_formatted_or_answered(text: str, random: Random, language: Language | None, changes: int) -> None:
    for _ in range(changes):
        start = random.randrange(len(text) + 1)
        piece = random.choice((*PIECES, "", "  # said", " # said\n", "\n\n\n"))
        text = text[:start] + piece + text[start + random.choice((0, 0, 0, 1, 2, 8)) :]
    found, problems, _ = formatted(Source("<text>", text), language)
    if found is None:
        assert problems.errors
    else:
        assert comments(found) == comments(text)
        assert laid_out(found, language) == found


def test_a_code_with_decomposed_letters_is_the_same_code() -> None:
    text = "pathway x\n\nevent a\n    code OWN blå.prøve\n"
    assert laid_out(unicodedata.normalize("NFD", text)) == text
