"""The reference of the language: whole, true, and up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathway.language.automaton import automaton
from pathway.language.blocks import STARTS
from pathway.language.grammar import terminals
from pathway.language.lexer import lex
from pathway.language.reading import Reader
from pathway.language.source import Language
from pathway.language.tree import Node, Word
from pathway.language.words import table, vocabulary
from tests.language.reference_pages import Entry, entries, mistakes, pages

PIECES = {
    "title", "translation", "names", "titled", "named", "coded", "fact_declaration", "unit", "rule_name", "event_ref", "event_refs",
    "duration", "operand", "value", "counted_by", "price", "item", "group",
}  # fmt: skip
"""Parts of statements that say nothing of their own."""
INLINED = {
    "party_clause", "event_clause", "message_clause", "resource_clause", "code_value", "type", "enter_clause", "transition_clause",
    "start_clause", "rule_clause", "timing", "variant_clause", "cost_clause", "indicator_clause", "moment", "step_clause",
}  # fmt: skip


def kinds(node: Node | Word) -> set[str]:
    return {node.kind}.union(*(kinds(part) for part in node.parts)) if isinstance(node, Node) else set()


def test_every_statement_and_clause_has_its_place() -> None:
    rules = {rule.name for rule in automaton().productions if not rule.inlined and not rule.name.endswith("_line")}
    told = [rule for entry in entries() for rule in entry.rules]
    assert rules - set(told) - PIECES - INLINED == set()
    assert set(told) <= rules, "no such rule"
    assert len(told) == len(set(told)), "a rule has two entries"


def test_every_keyword_stands_in_some_entry() -> None:
    named = {word for entry in entries() for word in entry.words}
    assert set(table()["keywords"]) - named - {"AS", "YES", "NO", "IS", "BY", "ON", "OR", "AND"} <= set()
    assert named - set(table()["keywords"]) <= terminals()


EXAMPLES = [(language, entry) for language in ("en", "nb") for entry in entries()]


@pytest.mark.parametrize(("language", "entry"), EXAMPLES, ids=lambda each: each if isinstance(each, str) else each.rules[0])
def test_examples_can_be_read_and_show_what_they_are_of(language: Language, entry: Entry) -> None:
    reader = Reader("example", vocabulary(language))
    shown: set[str] = set()
    for line in entry.said[language]["example"].split("\n"):
        atoms = lex(line, 1).atoms
        read = [node for start in STARTS if (node := reader.read(start, atoms).node) is not None]
        own = [node for node in read if kinds(node) & set(entry.rules)]
        assert own, line
        shown |= kinds(own[0])
    assert entry.rules[0] in shown


def test_mistakes_of_most_entries_are_shown() -> None:
    assert len(mistakes()) > 45
    assert sum(len(found) for found in mistakes().values()) > 300


@pytest.mark.parametrize("page", sorted(pages()), ids=lambda path: path.name)
def test_the_pages_are_up_to_date(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], "python -m tests.record"
