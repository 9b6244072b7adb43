"""Names: declared once, found everywhere, answered when they are not."""

import shutil
from pathlib import Path

import pytest

from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.model.load import load
from tests.language.corpora import walk
from tests.model.corpora import GOOD, WARD
from tests.model.texts import HEAD, built, codes, problems, rule, text


def test_the_order_of_declarations_does_not_matter() -> None:
    lines = text("expect done when severe").split("\n")
    ways = lines.index("enter acute on arrival")
    head, declared, rest = lines[:2], lines[2:ways], lines[ways:]
    turned = load("\n".join([*head, *rest, *declared]), text=True)
    assert [problem.message() for problem in turned.problems] == []
    assert turned.pathway is not None
    assert turned.pathway.model_dump() == built("expect done when severe").model_dump()


def test_an_alias_leads_to_the_declared_name() -> None:
    after = 'event visited "Visited" nb besøkt "Besøkt"\nmessage letter "Letter" nn brev "Brev"\n'
    found = rule("expect besøkt within 2 days after brev received", after=after)
    assert found.name == "acute.expect.visited"
    assert found.timing is not None and found.timing.anchor is not None
    assert found.timing.anchor.events[0].key == "letter received"


@pytest.mark.parametrize(
    ("line", "code", "suggestion"),
    [
        ("expect doen", "PW201", "done"),
        ("expect Done", "PW201", "done"),
        ("send raport from ward to gp", "PW201", "report"),
        ("send report from wrd to gp", "PW201", "ward"),
        ("need bedd", "PW201", "bed"),
        ("expect done when frial", "PW201", "frail"),
        ("expect done when waking is alone", "PW201", "walking"),
        ("then hoem on done", "PW201", "home"),
        ("expect done source guid", "PW201", "guide"),
        ("decide done with reprot", "PW201", "report"),
        ("expect done by offce", "PW201", "office"),
        ("expect something_else_entirely", "PW201", None),
        ("expect ward", "PW202", None),
        ("send done from ward to gp", "PW202", None),
        ("need report", "PW202", None),
        ("then ward on done", "PW202", None),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(line: str, code: str, suggestion: str | None) -> None:
    (problem,) = problems(line)
    assert (problem.code, problem.suggestion) == (code, suggestion)


def test_a_name_of_another_kind_is_answered_with_its_kind() -> None:
    (problem,) = problems("need report")
    assert problem.message("en") == "`report` is a message; a resource is wanted here."
    assert problem.message("nb") == "`report` er en melding; her skal det stå en ressurs."


def test_a_name_that_is_missing_is_said_once_and_a_misspelt_one_each_time() -> None:
    assert codes("a: expect physio", "b: expect physio within 2 days after physio") == ["PW201"]
    assert codes("a: expect doen", "b: expect seen within 2 days after doen") == ["PW201", "PW201"]


@pytest.mark.parametrize(
    "after",
    [
        'event seen "Again"',
        'message seen "Seen"',
        'resource report "Report"',
        'party gp "GP"',
        "define frail as sick",
        'stage home "Home"',
        'end acute "Acute"',
        'event other "Other" nb seen "Sett"',
        "about patient\n    fact age number months",
    ],
)
def test_a_name_is_declared_once(after: str) -> None:
    (problem,) = problems(after=after)
    assert problem.code == "PW203"
    assert problem.span is not None and problem.span.line > len(HEAD.split("\n"))


def test_what_is_declared_first_is_kept() -> None:
    loaded = load(text(after='end home "No"\nparty gp "Other" level specialist\n'), text=True)
    assert loaded.pathway is not None
    assert not loaded.pathway.stages["home"].end
    assert loaded.pathway.parties["gp"].level == "municipal"


@pytest.mark.parametrize("after", ['stage done "Done"', 'party arrival "Arrival"', 'event home "Home"'])
def test_things_of_different_kinds_may_share_a_name(after: str) -> None:
    assert codes(after=after) == []


def test_two_events_may_carry_the_same_fact() -> None:
    pathway = built(after='event moved "Moved"\n    carries destination one of own_home, short_stay\n')
    assert pathway.events["moved"].carries == pathway.events["done"].carries == ("destination",)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("expect done", "acute.expect.done"),
        ("measure done", "acute.measure.done"),
        ("send report from ward to gp", "acute.send.report"),
        ("decide done with plan", "acute.decide.done"),
        ("look up plan before done", "acute.look_up.plan"),
        ("need bed", "acute.need.bed"),
        ("own_name: need bed", "own_name"),
    ],
)
def test_a_rule_is_called(line: str, name: str) -> None:
    assert rule(line).name == name


def test_a_rule_of_the_whole_course_is_called_after_it() -> None:
    pathway = built(after="throughout\n    expect seen\n    then closed on done\n        within 9 days after arrival\n")
    assert [found.name for found in pathway.rules()] == ["throughout.expect.seen", "throughout.waiting.closed"]


def test_two_rules_of_one_name_are_told_apart_by_labels() -> None:
    assert codes("expect done within 2 days", "expect done within 4 days") == ["PW222"]
    assert codes("expect done within 2 days", "later: expect done within 4 days") == []


def test_no_name_on_a_rule_that_could_not_be_built_is_an_error() -> None:
    scenario = """scenario "S"
    2026-03-02 arrival
    at 2026-03-03
        no break door
        no break acute.expect.doen
        no break acute.waiting.hoem
"""
    lines = ["door: expect doen", "expect doen", "then hoem on done", "    within 2 days after arrival"]
    assert codes(*lines, after=scenario) == ["PW201", "PW201", "PW201"]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_line_that_cannot_be_read_spoils_no_other(path: Path, tmp_path: Path) -> None:
    """Each line in turn gets a word too many: whatever it declares counts as declared, and only it is reported."""
    for folder in (path.parent, WARD):
        shutil.copytree(folder, tmp_path / folder.name)
    copy = tmp_path / path.parent.name / path.name
    whole = path.read_text(encoding="utf-8")
    lines = whole.split("\n")
    tree, _ = parse(Source(path.name, whole))
    for number in sorted({line.span.line for _, line in walk(tree.lines)}):
        spoilt = [*lines]
        spoilt[number - 1] += " ) qqq"
        copy.write_text("\n".join(spoilt), encoding="utf-8")
        reported = {problem.span.line for problem in load(copy).problems if problem.span}
        assert reported == {number}, lines[number - 1]


def test_parties_that_are_parts_of_each_other_are_told_once_and_parted() -> None:
    parties = "".join(f'party p{n} "P" part of p{n + 1}\n' for n in range(2000)) + 'party p2000 "P" part of p1997\n'
    loaded = load(text(after=parties), text=True)
    (problem,) = loaded.problems
    assert (problem.code, "p1997 → p1998 → p1999 → p2000 → p1997" in problem.message("en")) == ("PW250", True)
    assert loaded.pathway is not None
    assert loaded.pathway.parties["p1997"].part_of is None
    assert loaded.pathway.parties["p1996"].part_of == "p1997"
