"""The grammar: free of conflicts, and in step with the table of words and the table of blocks."""

from importlib.resources import files

import pytest
from lark import Lark

from pathway.language.blocks import BLOCKS, OPENED_BY, STARTS
from pathway.language.grammar import KEPT, grammar, terminals
from pathway.language.source import LANGUAGES
from pathway.language.words import table, vocabulary

TEXT = files("pathway.grammars").joinpath("pathway.lark").read_text(encoding="utf-8")


def test_no_conflict_is_settled_silently() -> None:
    """Without `strict`, Lark settles a conflict by itself and the line means something that nobody wrote."""
    pytest.importorskip("interegular")
    Lark(TEXT, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False, strict=True)


def test_strict_would_find_a_conflict() -> None:
    pytest.importorskip("interegular")
    ambiguous = TEXT.replace("_simple: not |", "_simple: _simple OR _simple | not |")
    assert ambiguous != TEXT
    with pytest.raises(Exception, match="conflict"):
        Lark(ambiguous, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False, strict=True)


def test_blocks_name_rules_of_the_grammar() -> None:
    rules = {str(rule.origin.name) for rule in grammar().rules}
    assert set(BLOCKS) <= rules
    assert set(STARTS) <= rules
    assert set(OPENED_BY) <= terminals()


def test_every_keyword_has_a_place() -> None:
    assert set(table()["keywords"]) - terminals() == set()


def test_every_word_of_the_grammar_can_be_written() -> None:
    shapes = {"NAME", "NUMBER", "ORDINAL", "STRING", "DATE", "CLOCK", "CODE_VALUE", "DOTTED", "UNIT_WORD", "PERCENT"}
    signs = {"GE", "LE", "GT", "LT", "COMMA", "COLON", "LPAR", "RPAR", "PLUS"}
    for language in LANGUAGES:
        written = {kind for kind, _ in vocabulary(language).spelling}
        assert terminals() - shapes - signs - written == set()


def test_what_is_kept_exists() -> None:
    assert terminals() >= KEPT


def test_a_word_of_two_meanings_has_one_in_any_place() -> None:
    """`refused` is a way in which a break shows and what became of a resource: never both in one place."""
    states = grammar().parse_interactive("", start=STARTS[0]).parser_state.parse_conf.states
    for language in LANGUAGES:
        for meanings in vocabulary(language).meanings.values():
            for phrase in {meaning.words for meaning in meanings}:
                meant = {meaning.kind for meaning in meanings if meaning.words == phrase}
                for state in states.values():
                    assert len(meant & set(state)) <= 1, (language, phrase, meant & set(state))


def test_the_table_has_every_language() -> None:
    for kind, entry in table()["keywords"].items():
        assert entry["class"] in ("function", "soft"), kind
        assert all(entry[language] and all(entry[language]) for language in LANGUAGES), kind
    for unit, forms in table()["units"].items():
        assert all(len(forms[language]) >= 2 for language in LANGUAGES), unit
    for group in table()["values"].values():
        assert all(len(words) == len(LANGUAGES) for words in group.values())
