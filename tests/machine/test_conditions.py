"""Conditions: three values, codes with their children, ordered lists, days as dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pathway.machine.conditions import compile_condition
from pathway.model.calendar import calendar_for, to_instant
from pathway.model.expressions import Value
from pathway.model.keys import covers
from pathway.model.load import load

TEXT = """pathway p "P"
event e "E"
event visit "Visit"
party a "A"
about patient
    fact age number years
    fact walking one of unable, with_person, with_aid, alone
    fact diagnosis code ICD10
    fact frail yes or no
    fact born date
define weak as frail or walking <= with_person
enter s on e when CONDITION
stage s "S" by a
    then t on visit
end t "T"
"""
NOW = to_instant(datetime(2026, 3, 31, 12, tzinfo=UTC))
DAY = 86_400_000_000


class Known:
    """A patient of whom some facts and visits are known."""

    now = NOW

    def __init__(self, facts: Mapping[str, Value], visits: tuple[int, ...] = ()) -> None:
        self.facts, self.visits = facts, visits

    def fact(self, name: str) -> Value | None:
        return self.facts.get(name)

    def told(self, fact: str, key: str) -> Value | None:
        return self.facts.get(fact) if self.visits else None

    def count(self, key: str, since: int | None) -> int:
        return sum(at >= (since or 0) for at in self.visits)

    def latest(self, key: str) -> int | None:
        return max(self.visits, default=None)


def judged(condition: str, visits: tuple[int, ...] = (), **facts: Value) -> bool | None:
    loaded = load(TEXT.replace("CONDITION", condition), text=True)
    assert loaded.pathway is not None and not loaded.problems.errors, [d.message() for d in loaded.problems]
    when = loaded.pathway.enters[0].when
    assert when is not None
    return compile_condition(when, loaded.pathway, calendar_for("Europe/Oslo", "NO"))(Known(facts, visits))


@pytest.mark.parametrize(
    ("condition", "facts", "value"),
    [
        ("age >= 65 years", {"age": 65}, True),
        ("age >= 65 years", {"age": 64.9}, False),
        ("age >= 65 years", {}, None),
        ("age >= 65 years", {"age": "old"}, None),
        ("walking >= with_aid", {"walking": "alone"}, True),
        ("walking >= with_aid", {"walking": "with_person"}, False),
        ("walking is not alone", {"walking": "alone"}, False),
        ("diagnosis in I60-I69, G45.3", {"diagnosis": "I69.8"}, True),
        ("diagnosis in I60-I69, G45.3", {"diagnosis": "G45.31"}, True),
        ("diagnosis in I60-I69, G45.3", {"diagnosis": "G45.4"}, False),
        ("diagnosis not in I60", {"diagnosis": "I61"}, True),
        ("diagnosis is I63", {"diagnosis": "I63.9"}, True),
        ("frail", {"frail": True}, True),
        ("not frail", {}, None),
        ("frail is known", {}, False),
        ("frail is unknown", {}, True),
        ("frail and age >= 65", {"frail": False}, False),
        ("frail and age >= 65", {"frail": True}, None),
        ("frail or age >= 65", {"frail": True}, True),
        ("frail or age >= 65", {"frail": False}, None),
        ("(frail or age >= 65) and not (walking is alone)", {"frail": True, "walking": "unable"}, True),
        ("weak", {"frail": False, "walking": "unable"}, True),
    ],
)
def test_values(condition: str, facts: dict[str, Value], value: bool | None) -> None:
    assert judged(condition, **facts) is value


def test_what_has_happened() -> None:
    assert judged("visit has happened") is False
    assert judged("visit has not happened", visits=(NOW,)) is False
    assert judged("count of visit last 2 days >= 2", visits=(NOW - 3 * DAY, NOW - DAY, NOW)) is True
    assert judged("count of visit last 2 days >= 3", visits=(NOW - 3 * DAY, NOW - DAY, NOW)) is False
    assert judged("time since visit < 2 days") is None


def test_days_compare_dates() -> None:
    assert judged("time since visit < 1 day", visits=(NOW - 11 * 3_600_000_000,)) is True
    assert judged("time since visit >= 1 day", visits=(NOW - 15 * 3_600_000_000,)) is True  # yesterday, by the date
    assert judged("time since visit < 24 hours", visits=(NOW - 15 * 3_600_000_000,)) is True


def test_codes() -> None:
    assert covers("I63")("i63.9") and not covers("I63.9")("I63")
    assert covers("A00", "B99")("B99.9") and not covers("A00", "B99")("C00")
