"""Lines that cannot be read: what is kept of them, and that they are answered once and in bounded time."""

import pytest

from pathway.language.diagnostics import Diagnostic
from pathway.language.hygiene import LARGEST
from pathway.language.parse import MOST, parse
from pathway.language.source import Source
from pathway.language.tree import BROKEN, Line, Tree
from tests.language.corpora import node_text, walk


def read(text: str) -> tuple[Tree, list[Diagnostic]]:
    tree, problems = parse(Source("text", text))
    return tree, list(problems)


def statements(lines: list[Line]) -> list[str]:
    return [node_text(line.statement) for _, line in walk(lines)]


def test_a_mended_line_is_read_as_meant() -> None:
    right, _ = read('pathway a "A"\nstage s\n    expect x within 3 days after y')
    for wrong in ("exepct x within 3 days after y", "expect x wihtin 3 days after y", "expect x within three days after y",
                  "expect x within 3 days from y", "forvent x within 3 dager after y", "expect x within 3 days after y;"):  # fmt: skip
        tree, problems = read(f'pathway a "A"\nstage s\n    {wrong}')
        assert statements(tree.lines) == statements(right.lines), wrong
        assert len(problems) == 1


def test_the_suggestion_can_be_written() -> None:
    """Every change that is suggested for a line of one mistake, taken as it stands, makes the line right."""
    for wrong, place in [("exepct seen", "exepct"), ("expect seen wihtin 3 days", "wihtin"), ("expect brain scan", "brain scan"),
                         ("expect seen within 72h", "72h"), ("expect seen every other week", "every other week"),
                         ("expect seen hos gp", "hos gp"), ("expect ct-scan", "ct-scan")]:  # fmt: skip
        _, problems = read(f'pathway a "A"\nstage s\n    {wrong}')
        assert problems[0].suggestion is not None
        _, left = read(f'pathway a "A"\nstage s\n    {wrong.replace(place, problems[0].suggestion)}')
        assert left == []


def test_a_broken_line_keeps_the_name_that_it_declares() -> None:
    tree, problems = read('pathway a "A"\nparty gp "GP" lvel $ foo\nevnt arrival "A" $ foo\n')
    assert len(problems) == 2
    party, event = tree.lines[1].statement, tree.lines[2].statement
    assert (party.kind, event.kind) == (BROKEN, BROKEN)
    assert [(word.kind, word.value) for word in party.words()[:2]] == [("PARTY", "PARTY"), ("NAME", "gp")]
    assert [(word.kind, word.value) for word in event.words()[:2]] == [("EVENT", "EVENT"), ("NAME", "arrival")]


def test_lines_beneath_a_broken_one_are_read_in_the_block_that_it_meant() -> None:
    tree, problems = read('pathway a "A"\nstage acute blargh foo bar baz\n    expect x within 3 days after y\n    then b on x')
    assert len(problems) == 1
    assert [line.statement.kind for line in tree.lines[1].children] == ["rule", "transition"]


def test_lines_beneath_an_unknown_one_are_read_in_the_block_that_takes_them() -> None:
    tree, problems = read('pathway a "A"\nqqq acute\n    role x level home\n    role y')
    assert len(problems) == 1
    assert [line.statement.kind for line in tree.lines[1].children] == ["role", "role"]


def test_problems_are_in_order_and_capped() -> None:
    _, problems = read('pathway a "A"\n' + "qqq zzz\n" * 200)
    assert len(problems) == MOST + 1
    assert problems[-1].code == "PW104"
    assert problems[-1].values["more"] == 200 - MOST
    lines = [problem.span.line for problem in problems if problem.span]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PW103"),
        ("\ufeff\n   \n# only this\n", "PW103"),
        ("PK\x03\x04\x00\x00", "PW101"),
        ("\x89PNG\r\n\x1a\n\x00", "PW101"),
        ("pathway a \udcff", "PW101"),
        ("\ufffd" * 100, "PW101"),
        ("x" * (LARGEST + 1), "PW102"),
        ("stage " * 5_000_000, "PW102"),
        ("a" * 900_000, "PW128"),
        ("1" * 900_000, "PW147"),
        ("1" * 900_000 + "x", "PW147"),
        ("a," * 400_000, "PW116"),
        ('"' * 900_000, "PW116"),
        ("define a as " + "(" * 1000 + "b" + ")" * 900, "PW117"),
        ("define a as " + "not " * 900 + "b", "PW117"),
        (" " * 900_000 + "pathway a", "PW111"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_what_is_no_pathway_is_refused(text: str, code: str) -> None:
    tree, problems = read(text)
    assert code in [problem.code for problem in problems]
    assert len(problems) <= MOST + 1
    assert all(len(problem.message("nb")) + len(problem.help("nb")) < 1_000 for problem in problems)
    assert tree.source.text == text


def test_lines_by_the_thousand_that_cannot_be_read() -> None:
    tree, problems = read('pathway a "A"\n' + "expect x wihtin 3 days efter y foo\n" * 20_000)
    assert len(problems) == MOST + 1
    assert len(tree.lines) == 20_001


def test_indentation_without_end() -> None:
    _, problems = read('pathway a "A"\n' + "".join(" " * 4 * depth + "stage s\n" for depth in range(400)))
    assert len(problems) == MOST + 1


def test_an_unclosed_text_is_one_mistake() -> None:
    tree, problems = read('pathway a "A"\nstage s "S by gp\n    expect x\n')
    assert [problem.code for problem in problems] == ["PW107"]
    assert tree.lines[1].statement.kind == "stage"


@pytest.mark.parametrize("quotes", ["“A b”", "”A b”", "„A b“", "«A b»", "‘A b’", "'A b'"])
def test_other_quotation_marks_are_read_and_noted(quotes: str) -> None:
    tree, problems = read(f"pathway a {quotes}")
    assert [(problem.code, problem.severity) for problem in problems] == [("PW106", "note")]
    assert node_text(tree.lines[0].statement) == "(pathway NAME=a (title STRING=A b))"


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u202f", "\u3000", "\ufeff ", "\u200b ", "\t"])
def test_blanks_of_all_kinds(blank: str) -> None:
    tree, problems = read(f'pathway{blank}a{blank}"A"')
    assert problems == []
    assert node_text(tree.lines[0].statement) == "(pathway NAME=a (title STRING=A))"


def test_invisible_characters_within_a_word_are_nothing() -> None:
    tree, problems = read('path\u00adway stro\u200bke "A"')
    assert problems == []
    assert tree.lines[0].statement.words("NAME")[0].value == "stroke"


@pytest.mark.parametrize("clock", ["kl. 13:00", "kl 13:00", "Kl. 13.00", "kl. 13", "13:00"])
def test_clock_times(clock: str) -> None:
    tree, problems = read(f'forløp a "A"\nfase s\n    forvent x senest {clock} samme dag som y')
    assert problems == []
    assert "CLOCK=13:00" in node_text(tree.lines[1].children[0].statement)


def test_a_message_stands_in_every_language() -> None:
    _, problems = read('forløp a "A"\nfase s\n    forvent x 3 dager etter y')
    assert problems[0].message("en") == "Before `3`, `i løpet av` or `senest` is missing."
    assert problems[0].message("nb") == "Foran `3` mangler `i løpet av` eller `senest`."
    assert problems[0].message("nn") == "Framfor `3` manglar `i løpet av` eller `senest`."
