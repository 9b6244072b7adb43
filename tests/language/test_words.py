"""Words: keywords where the grammar takes them, names elsewhere, in three languages."""

import unicodedata

import pytest

from pathway.language.nearness import near
from pathway.language.parse import parse
from pathway.language.source import Language, Source
from pathway.language.tree import Node
from pathway.language.words import languages_of, reserved
from tests.language.corpora import node_text


def only(text: str) -> list[str]:
    """The statements of a text without problems."""
    tree, problems = parse(Source("text", text))
    assert [problem.message("en") for problem in problems] == []
    return [node_text(line.statement) for line in tree.lines]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('pathway a "A"', "en"),
        ('library a "A"', "en"),
        ('forløp a "A"', "nb"),
        ('bibliotek a "A"', "nb"),
        ('forløp a "A"\n    språk nn', "nn"),
        ('forløp a "A"\nhending b "B"', "nn"),
        ('forløp a "A"\nhendelse b "B"', "nb"),
        ('forløp a "A"\n    språk nb\nhending b "B"', "nb"),
        ('event b "B"\nparty c', "en"),
        ("", "nb"),
    ],
)
def test_language_is_settled(text: str, language: Language) -> None:
    assert parse(Source("text", text))[0].language == language


def test_a_stage_may_be_called_home_and_a_fact_level() -> None:
    lines = only('stage home "Home" by gp level home\nabout patient\n    fact level number\nenter home on home when level >= 3')
    assert lines[0] == "(stage NAME=home (title STRING=Home) (by NAME=gp) (level LEVEL_VALUE=home))"
    assert lines[2].startswith(
        "(enter NAME=home (on (event_refs (event_ref NAME=home))) (when (comparison (operand NAME=level)"
    )


def test_a_word_has_the_meaning_that_its_place_asks_for() -> None:
    tree, _ = parse(
        Source("text", 'scenario "S"\n    2026-01-01 bed refused\n    at 2026-01-02\n        break resource refused bed')
    )
    step, status = tree.lines[0].children
    assert node_text(step.statement).endswith("(event_ref NAME=bed PHASE=refused))")
    assert "BREAKKIND=resource SUBTYPE=refused" in node_text(status.children[0].statement)


def test_a_keyword_is_a_name_where_only_a_name_makes_sense_of_the_line() -> None:
    assert only("define a as last >= 3") == ["(define NAME=a (comparison (operand NAME=last) GE=>= (value NUMBER=3)))"]


def test_names_have_letters_of_any_language() -> None:
    assert only('event Überweisung_2 "Ü"')[0].startswith("(event NAME=Überweisung_2")


@pytest.mark.parametrize("word", ["within", "er", "dersom", "når", "viss", "kvar", "og", "and", "til"])
def test_function_words_of_all_languages_are_no_names(word: str) -> None:
    _, problems = parse(Source("text", f'pathway a "A"\nevent {word} "B"'))
    assert [problem.code for problem in problems] == ["PW125" if languages_of(word) == ["en"] else "PW126"]


def test_reserved_words_are_few() -> None:
    assert len({meaning.kind for meaning in reserved().values()}) < 45


def test_keywords_may_have_capitals() -> None:
    assert only('Pathway a "A"\nEvent B "b"')[1] == "(event NAME=B (title STRING=b))"


def test_names_keep_their_capitals() -> None:
    assert only('pathway a "A"\nevent OR "Operating room"\nenter x on OR or Seen')[1:] == [
        "(event NAME=OR (title STRING=Operating room))",
        "(enter NAME=x (on (event_refs (event_ref NAME=OR) (event_ref NAME=Seen))))",
    ]


def test_decomposed_letters_are_composed() -> None:
    text = 'forløp å "Å"\nhendelse besøk "Besøk på poliklinikken"\nhele forløpet\n    så å ved besøk'
    composed, problems = parse(Source("text", text))
    decomposed, others = parse(Source("text", unicodedata.normalize("NFD", text)))
    assert not list(problems)
    assert not list(others)
    assert [node_text(line.statement) for line in composed.lines][2:] == [
        node_text(line.statement) for line in decomposed.lines
    ][2:]
    assert isinstance(decomposed.lines[0].statement, Node)
    assert decomposed.lines[0].statement.words("NAME")[0].value == "å"


@pytest.mark.parametrize(
    ("written", "meant", "slips"),
    [("exepct", "expect", 1), ("maltall", "måltall", 0), ("atleast", "at least", 0), ("forsent", "for sent", 0),
     ("a", "at", None), ("seen", "send", None), ("within", "before", None), ("stge", "stage", 1)],
)  # fmt: skip
def test_nearness(written: str, meant: str, slips: int | None) -> None:
    assert near(written, meant) == slips
