"""Whatever is given to the reader, and however much of it: refused or answered with work and memory in step with its length.

Work is counted, not timed: how often the grammar's table is asked. The texts are what people have by mistake (a picture, a
log, a page) and what somebody with bad intentions would write.
"""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pathway.checks.table import risks
from pathway.language.grammar import LineState
from pathway.language.hygiene import LARGEST
from pathway.language.parse import MOST
from pathway.language.source import LANGUAGES
from pathway.model.load import Loaded, load

HEAD = 'pathway a "A"\nparty gp "GP"\nevent x "X"\nenter s on x\nstage s "S" by gp\n'
WORDS = [
    "expect",
    "x",
    "within",
    "3",
    "days",
    "after",
    "(",
    ")",
    "and",
    "or",
    "not",
    "when",
    "\n",
    "\n    ",
    '"A"',
    ":",
    ",",
    "to",
]


def drawn(pieces: str | list[str], size: int, joined: str = "") -> str:
    return joined.join(random.Random(size).choices(pieces, k=size // (1 if joined == "" else 4)))


TEXTS: dict[str, Callable[[int], str]] = {
    "signs": lambda size: drawn('abc def\n"():,', size),
    "words of the language": lambda size: drawn(WORDS, size, " "),
    "letters of the world": lambda size: drawn("æøå\u0300漢字ﷺ🏥\u202e\u200d a\n", size),
    "one long line": lambda size: HEAD + "    expect " + "x " * (size // 2),
    "one long word": lambda size: "pathway " + "a" * size,
    "one long text": lambda size: f'pathway a "{"a" * size}"',
    "many quotes": lambda size: 'pathway a "A"\n' + ('"' * 60 + "\n") * (size // 61),
    "parentheses": lambda size: HEAD + "    expect x\n        when " + "(" * (size // 2) + "x" + ")" * (size // 2),
    "a line that goes on and on": lambda size: (
        HEAD + "    expect x\n        when " + "y and\n            " * (size // 18) + "y"
    ),
    "steps without end": lambda size: (
        HEAD + "".join(" " * (4 * depth) + "expect x\n" for depth in range(int((size // 2) ** 0.5)))
    ),
    "the same mistake": lambda size: HEAD + "    exepct zzz wihtin 3 dyas\n" * (size // 29),
    "unknown names": lambda size: (
        HEAD + "".join(f"    r{n}: expect y{n} within 3 days after z{n}\n" for n in range(size // 50))
    ),
    "names twice": lambda size: HEAD + 'event x "X"\n' * (size // 12),
    "rules twice": lambda size: HEAD + "    expect x within 3 days after x\n" * (size // 35),
    "scenarios": lambda size: (
        HEAD + 'scenario "S"\n    2026-01-01 10:00 x\n    at 2026-01-02\n        stage s\n' * (size // 70)
    ),
    "libraries": lambda size: HEAD + "".join(f"use lib{n}\n" for n in range(size // 11)),
    "names of names": lambda size: HEAD + "".join(f"define d{n} as d{n + 1}\n" for n in range(size // 22)),
    "names that double": lambda size: (
        HEAD + "".join(f"define d{n} as d{n + 1} and d{n + 1}\n" for n in range(min(size // 30, 500)))
    ),
    "digits": lambda size: HEAD + f"    expect x within {'9' * size} days",
    "points": lambda size: HEAD + "    expect " + "a." * (size // 2) + "a",
    "tabs": lambda size: HEAD.replace("    ", "\t") + "\texpect x\n" * (size // 10),
    "carriage returns": lambda size: (HEAD * (size // len(HEAD))).replace("\n", "\r"),
    "blanks": lambda size: ("\u00a0" * 200 + "\n") * (size // 201),
}


def answered(loaded: Loaded) -> None:
    """What is true of every answer: not too long, whole in each language, short whatever was written."""
    problems = list(loaded.problems)
    assert len(problems) <= 2 * MOST + 10
    for problem in problems:
        for language in LANGUAGES:
            assert 0 < len(problem.message(language)) < 1_500
            assert len(problem.help(language)) < 1_500
    if loaded.pathway is not None and not loaded.problems.errors:
        list(risks(loaded.pathway))


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How often the grammar's table is asked."""
    asked = [0]
    takes = LineState.takes

    def counting(self: LineState, kind: str) -> bool:
        asked[0] += 1
        return takes(self, kind)

    with monkeypatch.context() as patched:
        patched.setattr(LineState, "takes", counting)
        yield asked


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_four_times_as_much_is_no_more_than_four_times_the_work(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []
    for size in (8_000, 32_000):
        with counted(monkeypatch) as asked:
            answered(load(TEXTS[kind](size), text=True))
        work.append(asked[0])
    # The first mistakes of a text cost more than the rest, which are only counted.
    assert work[1] <= 5 * work[0] + 20_000


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_memory_is_in_step_with_the_text(kind: str) -> None:
    text = TEXTS[kind](16_000)
    load(text, text=True)  # what is made once, whatever the text
    tracemalloc.start()
    try:
        answered(load(text, text=True))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000 + 1_500 * len(text)


@pytest.mark.parametrize("kind", ["signs", "letters of the world", "one long word", "parentheses", "libraries"])
def test_five_megabytes_are_refused_unread(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXTS[kind](5_000_000)
    assert len(text) > LARGEST
    with counted(monkeypatch) as asked:
        loaded = load(text, text=True)
    assert [problem.code for problem in loaded.problems] in (["PW101"], ["PW102"])
    assert loaded.pathway is None
    assert asked == [0]


def test_five_megabytes_that_are_no_text(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "picture.pathway"
    file.write_bytes(random.Random(5).randbytes(5_000_000))
    with counted(monkeypatch) as asked:
        loaded = load(file)
    assert [problem.code for problem in loaded.problems] == ["PW101"]
    assert asked == [0]
