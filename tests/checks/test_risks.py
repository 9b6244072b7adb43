"""Each check finds its risk in a small pathway, at its place, and is silent where there is none."""

from __future__ import annotations

import pytest

from pathway.checks.table import risks
from pathway.model.load import load

GOOD = """pathway p "P"
    source s "S"
        checked 2026-01-01
party a "A"
party b "B"
event e1 "E1"
event e2 "E2"
event e3 "E3"
message m "M"
    contains x
enter one on e1
stage one "One" by a
    expect e2 within 1 day after e1
        source s
    send m from a to b at latest 1 day after e1
        source s
    then two on e2
stage two "Two" by b
    then done on e3
end done "Done"
"""


def _codes(text: str) -> list[tuple[str, int]]:
    loaded = load(text, text=True)
    assert loaded.pathway is not None and not loaded.problems.errors, [d.message() for d in loaded.problems]
    return [(d.code, d.span.line if d.span else 0) for d in risks(loaded.pathway)]


def test_a_pathway_without_risks() -> None:
    assert _codes(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('stage one "One" by a', 'stage one "One"', ("PW301", 12)),
        ("    send m from a to b at latest 1 day after e1\n        source s\n", "", ("PW302", 15)),
        ("    then two on e2\n", "    then done on e2\n", ("PW303", 18)),
        ("    then done on e3\n", "    then one on e3\n", ("PW304", 12)),
        ("    expect e2 within 1 day after e1\n        source s\n", "    expect e2 within 1 day after e1\n", ("PW305", 13)),
        ("        checked 2026-01-01\n", "", ("PW306", 2)),
    ],
)
def test_each_risk_is_found_where_it_stands(old: str, new: str, found: tuple[str, int]) -> None:
    assert old in GOOD
    assert found in _codes(GOOD.replace(old, new))


def test_an_answered_risk_is_not_told_again() -> None:
    text = (
        GOOD.replace('stage one "One" by a', 'stage one "One"') + 'accept PW301 because "Shared"\naccept PW302 because "Same"\n'
    )
    assert _codes(text) == []


def test_proposed_needs_no_source() -> None:
    text = GOOD.replace(
        "    expect e2 within 1 day after e1\n        source s\n", "    expect e2 within 1 day after e1 proposed\n"
    )
    assert _codes(text) == []
