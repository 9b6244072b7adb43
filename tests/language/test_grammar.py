"""The grammar: free of conflicts, and in step with the table of words and the table of blocks."""

from importlib.resources import files
from pathlib import Path

import lark
import pytest
from lark import Lark

from pathway.language import automaton as tables
from pathway.language.automaton import LARK, Automaton, automaton, written
from pathway.language.blocks import BLOCKS, OPENED_BY, STARTS
from pathway.language.grammar import KEPT, terminals
from pathway.language.source import LANGUAGES
from pathway.language.words import table, vocabulary

FOLDER = files("pathway.grammars")
TEXT = FOLDER.joinpath("pathway.lark").read_text(encoding="utf-8")


def test_no_conflict_is_settled_silently() -> None:
    """Without `strict`, Lark settles a conflict by itself and the line means something that nobody wrote."""
    pytest.importorskip("interegular")
    Lark(TEXT, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False, strict=True)


def test_the_table_that_is_kept_is_that_of_the_grammar() -> None:
    """Else every start pays half a second for a new one. After a change of the grammar: `python -m tests.record`."""
    assert lark.__version__ == LARK
    assert FOLDER.joinpath("pathway.table.json").read_text(encoding="utf-8") == written(TEXT)


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"of": "another grammar"}', None])
def test_a_table_that_is_missing_damaged_or_of_another_grammar_is_not_used(
    kept: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pathway.lark").write_text(TEXT, encoding="utf-8")
    if kept is not None:
        (tmp_path / "pathway.table.json").write_text(kept, encoding="utf-8")
    monkeypatch.setattr(tables, "files", lambda _: tmp_path)
    made: Automaton = tables.automaton.__wrapped__()
    assert made == automaton()


def test_strict_would_find_a_conflict() -> None:
    pytest.importorskip("interegular")
    ambiguous = TEXT.replace("_simple: not |", "_simple: _simple OR _simple | not |")
    assert ambiguous != TEXT
    with pytest.raises(Exception, match="conflict"):
        Lark(ambiguous, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False, strict=True)


def test_blocks_name_rules_of_the_grammar() -> None:
    rules = {rule.name for rule in automaton().productions}
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
    for language in LANGUAGES:
        for meanings in vocabulary(language).meanings.values():
            for phrase in {meaning.words for meaning in meanings}:
                meant = {meaning.kind for meaning in meanings if meaning.words == phrase}
                for state in automaton().states:
                    assert len(meant & set(state)) <= 1, (language, phrase, meant & set(state))


def test_the_table_has_every_language() -> None:
    for kind, entry in table()["keywords"].items():
        assert entry["class"] in ("function", "soft"), kind
        assert all(entry[language] and all(entry[language]) for language in LANGUAGES), kind
    for unit, forms in table()["units"].items():
        assert all(len(forms[language]) >= 2 for language in LANGUAGES), unit
    for group in table()["values"].values():
        assert all(len(words) == len(LANGUAGES) for words in group.values())
