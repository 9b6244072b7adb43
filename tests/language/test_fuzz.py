"""Whatever a text holds, it is answered: no exception, problems with places in the text, no more than are shown."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.language.parse import MOST, parse
from pathway.language.source import LANGUAGES, Source
from pathway.language.texts import texts_of
from pathway.language.words import vocabulary
from tests.language.corpora import BAD, GOOD, source, walk

TEXTS = [source(path).text for path in (*GOOD, *BAD)]
WORDS = [meaning.written for language in LANGUAGES for found in vocabulary(language).meanings.values() for meaning in found]
WORDS += [phrase for entry in texts_of("instead")["written"] for language in LANGUAGES for phrase in entry[language]]
PIECES = [*WORDS, "x", "gp", '"', '"A"', "3", "2,5", "72h", "2026-01-01", "31.12.2024", "13:00", "kl.", "12.", ",", ":", "(", ")",
          ">=", "=", "+", "%", "I60-I69", "a.b", "mg/L", "°C", "#", "\t", "\n", "\n    ", "\n        ", "\r", "«", "”", "\u00a0",
          "a\u030a"]  # fmt: skip


def check(text: str) -> None:
    tree, problems = parse(Source("text", text))
    assert len(problems) <= MOST + 1
    lines = text.splitlines() or [""]
    for problem in problems:
        assert problem.span is not None
        assert 1 <= problem.span.line <= max(1, len(lines))
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 2
        for language in LANGUAGES:
            assert problem.message(language)
            problem.help(language)
    before = 0
    for _, line in walk(tree.lines):
        assert line.statements
        assert line.span.line > before or line.span.line >= 1
        before = line.span.line


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_bytes(noise: bytes) -> None:
    check(noise.decode("utf-8", errors="replace"))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_text(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_words_in_any_order(pieces: list[str]) -> None:
    check(" ".join(pieces))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_files_with_something_changed(text: str, random: random.Random, changes: int) -> None:
    for _ in range(changes):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 0, 1, 1, 2, 8, 40)))
        text = text[:start] + random.choice((*PIECES, "", "", " ", "    ")) + text[end:]
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
def test_files_with_their_lines_shuffled(text: str, random: random.Random) -> None:
    lines = text.splitlines()
    random.shuffle(lines)
    check("\n".join(lines))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([source(path).text for path in GOOD]), st.data())
def test_the_beginning_of_a_file(text: str, data: st.DataObject) -> None:
    check(text[: data.draw(st.integers(0, len(text)))])
