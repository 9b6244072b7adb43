"""Whatever the text: no traceback, no message twice at one place, and what has no errors can be compiled."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pathway.language.source import LANGUAGES
from pathway.machine.compile import compile_pathway
from pathway.model.load import Loaded, load
from tests.model.corpora import BAD, GOOD

TEXTS = [path.read_text(encoding="utf-8") for path in (*GOOD, *BAD)]
LINES = sorted({line for text in TEXTS for line in text.split("\n") if line.strip()})
WORDS = sorted({word for line in LINES for word in line.split()})


def hold(loaded: Loaded) -> None:
    """What is true of every text."""
    places = [(problem.code, problem.span) for problem in loaded.problems]
    assert len(places) == len(set(places))
    for problem in loaded.problems:
        for language in LANGUAGES:
            assert problem.message(language) and "{" not in problem.message(language)
            assert "{" not in problem.help(language)
    if loaded.pathway is not None:
        loaded.pathway.model_dump_json()
        if not loaded.problems.errors:
            compile_pathway(loaded.pathway)


@given(st.sampled_from(TEXTS), st.integers(0, 10**9))
def test_a_text_with_lines_changed(text: str, seed: int) -> None:
    """Lines left out, doubled, moved, taken from other texts, at another depth."""
    drawn = random.Random(seed)
    lines = text.split("\n")
    for _ in range(drawn.randint(1, 6)):
        place = drawn.randrange(len(lines))
        match drawn.randrange(5):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, lines[drawn.randrange(len(lines))])
            case 2:
                lines.insert(place, drawn.choice(LINES))
            case 3:
                lines[place] = " " * 4 * drawn.randrange(4) + lines[place].lstrip()
            case 4:
                lines.insert(place, lines.pop(drawn.randrange(len(lines))))
        lines = lines or [""]
    hold(load("\n".join(lines), text=True))


@given(st.sampled_from(TEXTS), st.integers(0, 10**9))
def test_a_text_with_words_changed(text: str, seed: int) -> None:
    drawn = random.Random(seed)
    lines = text.split("\n")
    for _ in range(drawn.randint(1, 6)):
        place = drawn.randrange(len(lines))
        line = lines[place]
        words = line.split()
        if not words:
            continue
        spot = drawn.randrange(len(words))
        match drawn.randrange(4):
            case 0:
                words[spot] = drawn.choice(WORDS)
            case 1:
                del words[spot]
            case 2:
                words.insert(spot, drawn.choice(WORDS))
            case 3:
                words[spot] = words[spot][1:]
        lines[place] = " " * (len(line) - len(line.lstrip())) + " ".join(words)
    hold(load("\n".join(lines), text=True))


def test_many_unknown_names_are_answered_in_bounded_time() -> None:
    """The nearest name is looked for a bounded number of times: this text would take minutes otherwise."""
    events = "".join(f'event happening_number_{n} "E"\n' for n in range(1500))
    rules = "".join(f"    r{n}: expect hapening_numbr_{n}\n" for n in range(1500))
    loaded = load(
        f'pathway big "Big"\nparty w "W"\n{events}enter s on happening_number_1\nstage s "S" by w\n{rules}', text=True
    )
    assert [problem.code for problem in loaded.problems].count("PW201") == 50
    assert "1450" in list(loaded.problems)[-1].message("en")
