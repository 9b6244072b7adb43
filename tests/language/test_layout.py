"""Layout: what stands beneath what, and what is said of indentation."""

import pytest

from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.tree import Line, Tree

STAGE = 'pathway a "A"\nstage s "S" by gp\n'


def shape(lines: list[Line]) -> list[object]:
    return [[line.statement.kind, *shape(line.children)] for line in lines]


def read(text: str) -> tuple[Tree, list[str]]:
    tree, problems = parse(Source("text", text))
    return tree, [problem.code for problem in problems]


def test_lines_stand_beneath_each_other() -> None:
    tree, codes = read(STAGE + "    expect x\n        by gp\n    then t\nend t")
    assert codes == []
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule", ["by"]], ["transition"]], ["end"]]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(ending: str) -> None:
    tree, codes = read((STAGE + "    expect x\n        by gp\n").replace("\n", ending))
    assert codes == []
    assert tree.lines[1].children[0].children[0].span.line == 4


def test_a_line_goes_on_when_it_ends_in_a_joint_and_the_next_is_deeper() -> None:
    tree, codes = read(STAGE + "    send m from a to b,\n            c\n    then s when x or\n      y")
    assert codes == []
    send, then = tree.lines[1].children
    assert (send.span.line, send.span.end_line) == (3, 4)
    assert then.statement.span.end_line == 6


def test_a_joint_before_a_line_that_is_not_deeper_is_left_open() -> None:
    tree, codes = read(STAGE + "    send m from a to b,\n    then s on x")
    assert codes == ["PW155"]
    assert [line.statement.kind for line in tree.lines[1].children] == ["rule", "transition"]


@pytest.mark.parametrize(("spaces", "depth"), [(1, 0), (2, 1), (3, 1), (5, 1)])
def test_indentation_is_rounded(spaces: int, depth: int) -> None:
    tree, codes = read('pathway a "A"\n    version 1\nstage s\n    expect y\n' + " " * spaces + "event e")
    assert codes[0] == "PW111"
    lines = tree.lines if depth == 0 else tree.lines[-2].children
    assert lines[-1].words[0].kind == "EVENT" or depth


def test_a_whole_file_in_another_step_is_noted_once() -> None:
    tree, codes = read('pathway a "A"\nstage s\n  expect x\n    by gp\n  then t')
    assert codes == ["PW112"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule", ["by"]], ["transition"]]]


def test_tabs_are_noted_once() -> None:
    tree, codes = read('pathway a "A"\nstage s\n\texpect x\n\t\tby gp\n\tthen t')
    assert codes == ["PW110"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule", ["by"]], ["transition"]]]


def test_tabs_among_spaces_are_an_error() -> None:
    tree, codes = read(STAGE + "\texpect x\n        by gp")
    assert codes == ["PW118"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule", ["by"]]]]


def test_a_line_two_steps_in_is_reported_and_so_are_no_others() -> None:
    tree, codes = read(STAGE + "        expect x\n        expect y\n    then t")
    assert codes == ["PW111"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule"], ["rule"], ["transition"]]]


def test_a_line_that_slipped_out_is_read_where_it_belongs() -> None:
    tree, codes = read(STAGE + "    expect x\n    target 80 %\n    then t")
    assert codes == ["PW124"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["rule", ["target"]], ["transition"]]]


def test_a_line_that_slipped_in_is_read_where_it_belongs() -> None:
    tree, codes = read(STAGE + "    expect x\n        then t\n            by gp\n    then u")
    assert codes[0] == "PW124"
    assert shape(tree.lines)[1][:3] == ["stage", ["rule"], ["transition"]]


def test_lines_beneath_one_that_takes_none_stand_beside_it() -> None:
    tree, codes = read(STAGE + "    recognised by x\n        expect y\n        expect z")
    assert codes == ["PW114"]
    assert shape(tree.lines) == [["pathway"], ["stage", ["recognised_by"], ["rule"], ["rule"]]]


def test_comments_stay_with_their_lines() -> None:
    tree, codes = read('# one\npathway a "A" # two\n    # three\n    version 1\n# four\n')
    assert codes == []
    assert tree.lines[0].comments == ("# one", "# two")
    assert tree.lines[0].children[0].comments == ("# three",)
    assert tree.comments == ("# four",)


def test_a_sign_of_comment_within_a_text_is_text() -> None:
    tree, _ = read('pathway a "A # 1" # 2')
    assert tree.lines[0].comments == ("# 2",)
    assert "A # 1" in [word.value for word in tree.lines[0].words]


def test_several_clauses_on_a_line() -> None:
    tree, _ = read(STAGE + "    expect x\n        within 3 days after y by gp proposed")
    assert [node.kind for node in tree.lines[1].children[0].children[0].statements] == ["within", "by", "proposed"]
