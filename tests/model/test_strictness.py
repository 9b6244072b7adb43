"""Tighter, looser, neither: limits held against each other."""

from __future__ import annotations

import pytest

from pathway.model.load import load
from pathway.model.rules import Rule
from pathway.model.strictness import compared
from tests.model.texts import text


def rule(clause: str) -> Rule:
    loaded = load(text(f"it: {clause}"), text=True)
    assert loaded.pathway is not None
    assert [problem.message() for problem in loaded.problems] == []
    return next(rule for rule in loaded.pathway.rules() if rule.name == "it")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("within 60 minutes", "within 59 minutes", "tighter"),
        ("within 1 hour", "within 60 minutes", "same"),
        ("within 1 week", "within 7 days", "same"),
        ("within 2 weeks", "within 13 days", "tighter"),
        ("within 1 year", "within 13 months", "looser"),
        ("within 3 days", "within 72 hours", "unknown"),
        ("within 3 days", "within 71 hours", "tighter"),
        ("within 3 days", "within 97 hours", "looser"),
        ("within 3 months", "within 89 days", "tighter"),
        ("within 3 months", "within 90 days", "unknown"),
        ("within 3 months", "within 91 days", "unknown"),
        ("within 3 months", "within 92 days", "looser"),
        ("within 1 year", "within 365 days", "tighter"),
        ("within 1 year", "within 366 days", "looser"),
        ("within 1 month", "within 671 hours", "tighter"),
        ("within 5 working days", "within 4 days", "tighter"),
        ("within 5 working days", "within 30 days", "unknown"),
        ("within 30 days", "within 5 working days", "unknown"),
        ("within 2 days", "at latest 2 days", "looser"),
        ("at latest 2 days", "within 2 days", "tighter"),
        ("at latest 2 days", "within 3 days", "mixed"),
        ("between 1 month and 3 months after arrival", "between 1 month and 2 months after arrival", "tighter"),
        ("between 1 month and 3 months after arrival", "between 2 months and 3 months after arrival", "tighter"),
        ("between 1 month and 3 months after arrival", "between 2 months and 4 months after arrival", "mixed"),
        ("not before 2 days after arrival", "not before 1 day after arrival", "looser"),
        ("within 2 days after arrival", "between 1 day and 2 days after arrival", "tighter"),
        ("within 2 days after arrival", "within 1 day after done", "unknown"),
        ("before done", "before seen", "unknown"),
        ("every 12 months", "every 6 months", "tighter"),
        ("every 12 months", "within 6 months", "unknown"),
        ("same day as arrival", "within 1 day after arrival", "looser"),
        ("at latest same day as arrival", "at latest 13:00 same day as arrival", "tighter"),
        ("at latest 15:00 same day as arrival", "at latest 13:00 same day as arrival", "tighter"),
        ("at latest 13:00 same day as arrival", "at latest 1 day after arrival", "looser"),
        ("promptly after arrival", "within 1 day after arrival", "unknown"),
        ("at least 3 times per week", "at least 5 times per week", "tighter"),
        ("at least 180 minutes per week", "at least 3 hours per week", "same"),
        ("at least 3 hours per week", "at least 3 times per week", "unknown"),
    ],
)
def test_limits(before: str, after: str, told: str) -> None:
    opposite = {"tighter": "looser", "looser": "tighter"}.get(told, told)
    one, other = (rule(f"expect seen {limit}") for limit in (before, after))
    assert compared(one, other) == told
    assert compared(other, one) == opposite


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("target 80 %", "target 90 %", "tighter"),
        ("target at most 10 %", "target at most 5 %", "tighter"),
        ("target at most 10 %", "target 10 %", "unknown"),
        ("within 2 days", "within 2 days target 50 %", "tighter"),
    ],
)
def test_targets(before: str, after: str, told: str) -> None:
    assert compared(rule(f"measure seen {before}"), rule(f"measure seen {after}")) == told


def test_receipts_and_answers_are_limits_too() -> None:
    sent = "send report from ward to gp at latest 1 day after arrival"
    assert compared(rule(f"{sent} receipt at latest 2 hours"), rule(f"{sent} receipt at latest 1 hour")) == "tighter"
    assert compared(rule(f"{sent} receipt at latest 2 hours"), rule(sent)) == "looser"
    assert compared(rule(f"{sent} receipt at latest 2 hours"), rule(f"{sent} answer at latest 2 hours")) == "mixed"
