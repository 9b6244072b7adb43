"""The corpora: what good files are read as, and what the authors of bad ones are told."""

import re
from pathlib import Path

import pytest

from pathway.language.automaton import automaton
from pathway.language.diagnostics import catalogue
from pathway.language.parse import parse
from pathway.language.source import LANGUAGES, Source
from pathway.language.tree import Node, Word
from tests.language.corpora import BAD, GOOD, TESTS, messages_text, node_text, source, tree_text, walk


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_file_is_read_as_recorded(path: Path) -> None:
    assert tree_text(path) == path.with_suffix(".tree").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_file_has_no_problems(path: Path) -> None:
    _, problems = parse(source(path))
    assert [(problem.code, problem.span) for problem in problems] == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_is_answered_as_recorded(path: Path) -> None:
    assert messages_text(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_nothing_is_recorded_of_files_that_are_gone() -> None:
    recorded = {*(TESTS / "good").glob("*.tree"), *(TESTS / "bad").glob("*.txt")}
    assert {path.stem for path in recorded} == {path.stem for path in (*GOOD, *BAD)}


def kinds(part: Node | Word) -> set[str]:
    return {part.kind} if isinstance(part, Word) else {part.kind}.union(*(kinds(inner) for inner in part.parts))


def test_good_files_have_every_form_of_the_grammar() -> None:
    read = set()
    for path in GOOD:
        tree, _ = parse(source(path))
        for _, line in walk(tree.lines):
            read |= set().union(*(kinds(statement) for statement in line.statements))
    rules = {rule.name for rule in automaton().productions if not rule.inlined and not rule.name.endswith("_line")}
    inlined = {"party_clause", "event_clause", "message_clause", "resource_clause", "code_value", "type", "enter_clause"}
    inlined |= {"transition_clause", "rule_clause", "timing", "variant_clause", "moment", "step_clause"}
    inlined |= {"start_clause", "cost_clause", "indicator_clause"}
    assert rules - read - inlined == set()


@pytest.mark.parametrize("name", ["every-form", "more-forms", "adaptation"])
def test_the_three_languages_give_one_tree(name: str) -> None:
    trees = []
    for language in LANGUAGES:
        tree, _ = parse(source(TESTS / "good" / f"{name}-{language}.pathway"))
        assert tree.language == language
        lines = [node_text(statement) for _, line in walk(tree.lines) for statement in line.statements]
        # `every 12 months` is `hver 12. måned`, and each file names its own language
        trees.append([re.sub(r"ORDINAL", "NUMBER", line) for line in lines if not line.startswith("(language")])
    assert trees[0] == trees[1] == trees[2]


ELSEWHERE = {
    "PW101", "PW102", "PW104", "PW116", "PW117", "PW127", "PW145", "PW147", "PW148", "PW150", "PW168", "PW169", "PW174", "PW175",
    "PW176",
}  # fmt: skip
"""Messages that other tests bring about."""


def test_bad_files_have_every_message() -> None:
    told = {problem.code for path in BAD for problem in parse(source(path))[1]}
    assert {code for code in catalogue() if code.startswith("PW1")} - told <= ELSEWHERE


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_message_speaks_of_the_machinery(path: Path) -> None:
    _tree, problems = parse(source(path))
    for problem in problems:
        for language in LANGUAGES:
            for text in (problem.message(language), problem.help(language)):
                assert not re.search(r"\b[A-Z]+_[A-Z]+\b|\b[a-z]+_line\b|[Tt]oken|[Tt]erminal|\{\w+\}", text), text


@pytest.mark.parametrize("name", ["ten-mistakes-en", "ten-mistakes-nb"])
def test_each_mistake_has_one_message_on_its_own_line(name: str) -> None:
    _, problems = parse(source(TESTS / "bad" / f"{name}.pathway"))
    lines = [problem.span.line for problem in problems if problem.span]
    assert len(lines) >= 10
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_places_are_those_of_the_text(path: Path) -> None:
    text = source(path)
    tree, _ = parse(text)
    for _, line in walk(tree.lines):
        for word in line.words:
            if word.span.line == word.span.end_line:
                assert text.line(word.span.line)[word.span.column - 1 : word.span.end_column - 1] == word.text


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_line_spoilt_spoils_no_other(path: Path) -> None:
    """Each line in turn is made unreadable: the others are read as before, and one line is reported."""
    text = source(path).text
    lines = text.splitlines()
    tree, _ = parse(source(path))
    whole = {line.span.line for _, line in walk(tree.lines) if not line.children}
    for number in sorted(whole):
        spoilt = list(lines)
        indent = len(spoilt[number - 1]) - len(spoilt[number - 1].lstrip())
        spoilt[number - 1] = " " * indent + "qqq zzz"
        after, problems = parse(Source(path.name, "\n".join(spoilt)))
        end = max(line.span.end_line for _, line in walk(tree.lines) if line.span.line == number)
        reported = {problem.span.line for problem in problems if problem.span}
        assert number in reported
        assert reported <= set(range(number, end + 1)), f"line {number}"
        kept = [node_text(line.statement) for _, line in walk(after.lines) if not number <= line.span.line <= end]
        before = [node_text(line.statement) for _, line in walk(tree.lines) if line.span.line != number]
        assert kept == before
