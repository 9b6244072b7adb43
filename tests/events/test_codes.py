"""Codes, ranges and beginnings as a mapping names them; and how like two names are."""

from __future__ import annotations

import pytest

from pathway.events.codes import Codes, listed, range_of
from pathway.events.likeness import likeness, words


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("I63", "range"), ("I63.9", "range"), ("i60", "range"), ("I69.8", "range"), ("I59", None), ("I70", None), ("I6", None),
        ("WMAA10", "beginning"), ("WMAA99", "longer"), ("WMAA9", "longer"), ("WMA", None), (" WMAA10 ", "beginning"),
        ("I60-I69", "range"), ("I64", "itself"), ("*", None), ("A1-9", "itself"), ("A5", None), ("", None),
    ],
)  # fmt: skip
def test_what_a_code_means(code: str, meant: str | None) -> None:
    codes = Codes({"I60-I69": "range", "WMAA*": "beginning", "WMAA9*": "longer", "I64": "itself", "A1-9": "itself"})
    assert codes.get(code) == meant


@pytest.mark.parametrize("text", ["I69-I60", "I60-I7", "I60-J", "IV-Liquid", "2026-03-01", "A1-1A", "I60", "-", "I60-I69-I70"])
def test_what_only_looks_like_a_range_is_a_code(text: str) -> None:
    assert range_of(text) is None
    assert listed([text]).get(text) and not listed([text]).get("I65")


def test_numbers_make_a_range_too() -> None:
    assert range_of("100-199") == ("100", "199") and listed(["100-199"]).get("1505")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LacticAcid", ("lactic", "acid")),
        ("ER Sepsis-Triage_2", ("er", "sepsis", "triage", "2")),
        ("Utskrevet til sykehjem", ("utskrevet", "sykehjem")),
        ("Release A", ("release", "a")),
        ("ÅpenPost", ("apen", "post")),
        ("…", ()),
    ],
)
def test_the_words_of_a_name(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("code", "like", "other"),
    [
        ("ER Sepsis Triage", "sepsis_triage", "triage"),
        ("ER Triage", "triage", "sepsis_triage"),
        ("Admission IC", "Admitted to intensive care", "Admitted to an ordinary ward"),
        ("Hypotensie", "hypotension", "hypoxia"),
        ("DisfuncOrg", "organ_dysfunction", "infection_suspected"),
        ("mRS", "mrs", "crp"),
    ],
)
def test_a_code_is_liker_to_what_it_means(code: str, like: str, other: str) -> None:
    assert likeness(code, [like]) >= 0.5 and likeness(code, [like]) > likeness(code, [other])


@pytest.mark.parametrize("pair", [("Patient", "Ambulansen kjører med pasienten"), ("Hypoxie", "hypotension")])
def test_one_word_of_a_long_name_is_not_the_name(pair: tuple[str, str]) -> None:
    assert likeness(pair[0], [pair[1]]) < 0.5
