"""Limits: each form and what it says."""

from datetime import time

import pytest

from pathway.model.base import Duration
from pathway.model.expressions import Compare, EventRef, FactValue
from pathway.model.rules import Anchor, Timing
from tests.model.texts import built, codes, rule


def span(amount: int, unit: str) -> Duration:
    return Duration.model_validate({"amount": amount, "unit": unit})


ARRIVAL = Anchor(events=(EventRef(name="arrival"),))
FRAIL = Compare(op="==", left=FactValue(fact="frail"), right=True)

FORMS = [
    ("within 4 weeks", Timing(upper=span(4, "week"))),
    ("within 4 weeks after arrival", Timing(upper=span(4, "week"), anchor=ARRIVAL)),
    ("within 0.5 hours after arrival", Timing(upper=span(30, "minute"), anchor=ARRIVAL)),
    ("within 2 working days after arrival", Timing(upper=span(2, "working_day"), anchor=ARRIVAL)),
    ("at latest 1 day after arrival", Timing(look="either", upper=span(1, "day"), anchor=ARRIVAL)),
    ("same day as arrival", Timing(same_day=True, anchor=ARRIVAL)),
    ("at latest same day as arrival", Timing(look="either", same_day=True, anchor=ARRIVAL)),
    ("at latest 13:00 same day as arrival", Timing(look="either", same_day=True, clock=time(13), anchor=ARRIVAL)),
    ("before done", Timing(look="either", before=EventRef(name="done"))),
    ("not before done", Timing(not_before=EventRef(name="done"))),
    ("not before 2 weeks after arrival", Timing(lower=span(2, "week"), anchor=ARRIVAL)),
    ("between 2 and 7 days after arrival", Timing(lower=span(2, "day"), upper=span(7, "day"), anchor=ARRIVAL)),
    ("between 2 weeks and 4 months after arrival", Timing(lower=span(2, "week"), upper=span(4, "month"), anchor=ARRIVAL)),
    ("between 0.5 and 2 hours after arrival", Timing(lower=span(30, "minute"), upper=span(2, "hour"), anchor=ARRIVAL)),
    ("promptly", Timing(promptly=True)),
    ("promptly after arrival", Timing(promptly=True, anchor=ARRIVAL)),
    ("every week", Timing(every=span(1, "week"))),
    ("every 12 months", Timing(every=span(12, "month"))),
    ("each", Timing(repeat="each")),
    ("within 1 day after arrival each", Timing(upper=span(1, "day"), anchor=ARRIVAL, repeat="each")),
    ("within 1 day after arrival latest", Timing(upper=span(1, "day"), anchor=ARRIVAL, repeat="latest")),
    (
        "within 1 day after first arrival or done",
        Timing(upper=span(1, "day"), anchor=Anchor(events=(EventRef(name="arrival"), EventRef(name="done")))),
    ),
    (
        "within 1 day after latest done",
        Timing(upper=span(1, "day"), anchor=Anchor(events=(EventRef(name="done"),), pick="latest")),
    ),
    (
        "within 1 day after report received",
        Timing(upper=span(1, "day"), anchor=Anchor(events=(EventRef(name="report", phase="received"),))),
    ),
    ("within 1 day after becomes frail", Timing(upper=span(1, "day"), anchor=Anchor(becomes=FRAIL))),
    ("at latest 70 years after born", Timing(look="either", upper=span(70, "year"), anchor=Anchor(fact="born"))),
    (
        "within 4 weeks after arrival not before seen",
        Timing(upper=span(4, "week"), anchor=ARRIVAL, not_before=EventRef(name="seen")),
    ),
]


@pytest.mark.parametrize(("form", "timing"), FORMS, ids=[form for form, _ in FORMS])
def test_a_form_says(form: str, timing: Timing) -> None:
    assert rule(f"expect done {form}").timing == timing


@pytest.mark.parametrize("form", [form for form, _ in FORMS])
def test_a_clause_beneath_is_the_same_as_on_the_line(form: str) -> None:
    on_line = rule(f"expect done {form}")
    beneath = rule("expect done", f"    {form}")
    assert on_line.model_dump() == beneath.model_dump()


@pytest.mark.parametrize(
    ("clauses", "look"),
    [
        ("", "either"),
        ("at latest 1 day after done", "either"),
        ("promptly after done", "either"),
        ("same day as done", "either"),
        ("before done", "either"),
        ("each", "either"),
        ("within 1 day after done", "forward"),
        ("between 1 and 2 days after done", "forward"),
        ("not before 1 day after done", "forward"),
    ],
)
def test_what_is_sent_counts_from_before_unless_the_limit_says_otherwise(clauses: str, look: str) -> None:
    timing = rule(f"send report from ward to gp {clauses}").timing
    assert timing is not None
    assert timing.look == look


def test_a_variant_is_a_limit_of_its_own() -> None:
    found = rule(
        "expect done within 30 minutes after arrival target 50 %",
        "    valid to 2024-12-31 within 40 minutes target at most 60 %",
        "    valid from 2025-01-01 target 55 %",
    )
    assert [variant.timing for variant in found.variants] == [Timing(upper=span(40, "minute")), None]
    assert [variant.target and (variant.target.percent, variant.target.at) for variant in found.variants] == [
        (60, "most"),
        (55, "least"),
    ]


def test_a_rule_beneath_a_condition_is_counted_from_its_turning_true() -> None:
    counted = rule("when frail", "    expect done within 2 days")
    assert counted.timing == Timing(upper=span(2, "day"), anchor=Anchor(becomes=FRAIL))
    assert counted.when is None


@pytest.mark.parametrize("clauses", ["before done", "every week", "each", ""])
def test_so_is_one_with_any_limit_that_names_no_anchor(clauses: str) -> None:
    timing = rule("when frail", f"    expect seen {clauses}").timing
    assert timing is not None
    assert timing.anchor == Anchor(becomes=FRAIL)


@pytest.mark.parametrize(
    "line",
    [
        "expect done within 2 days after arrival",
        "decide done with plan",
        "look up plan before done",
        "need bed at least 2 times per week",
        "expect done wait until age >= 60 years",
        "need bed from arrival to done",
    ],
)
def test_what_is_counted_from_something_else_or_nothing_has_the_condition_as_its_own(line: str) -> None:
    found = rule("when frail", f"    {line}")
    assert found.when == FRAIL
    assert found.timing is None or found.timing.anchor is None or found.timing.anchor.becomes is None


def test_a_condition_of_its_own_is_kept_beneath_a_condition() -> None:
    found = rule("when frail", "    expect done within 2 days when sick")
    assert found.timing is not None and found.timing.anchor == Anchor(becomes=FRAIL)
    assert found.when == Compare(op="==", left=FactValue(fact="sick"), right=True)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["expect done within 1 day", "    at latest 2 days"], "PW244"),
        (["expect done within 1 day", "    within 2 days"], "PW214"),
        (["expect done before seen before arrival"], "PW214"),
        (["expect done between 1 and 2 days after arrival", "    not before 1 day after arrival"], "PW244"),
        (["expect done within 2 days after arrival", "    not before 1 day after seen"], "PW245"),
        (["expect done every 0 weeks"], "PW247"),
        (["expect done every 1.5 weeks"], "PW225"),
        (["expect done between 5 and 2 days after arrival"], "PW239"),
        (["expect done within 200 years"], "PW243"),
        (["expect done within 1 day after age"], "PW224"),
        (["expect done within 1 day after becomes age"], "PW209"),
        (["send report from ward to gp receipt every week"], "PW246"),
        (["decide done with plan within 2 days"], "PW215"),
        (["expect done receipt at latest 2 hours"], "PW215"),
        (["need bed at least 5 times per month"], "PW248"),
        (["need bed at least 5 times per week within 2 days"], "PW244"),
    ],
)
def test_limits_that_say_nothing_plain_are_refused(lines: list[str], code: str) -> None:
    assert codes(*lines) == [code]


def test_a_limit_on_staying_is_a_rule_beneath_its_way() -> None:
    way = built("then home on seen", "    at latest 3 days after arrival", "    source guide", "    force law").stages["acute"]
    within = way.transitions[0].within
    assert within is not None
    assert (within.name, within.event, within.standing.force) == ("acute.waiting.home", None, "law")
    assert within.timing == Timing(look="either", upper=span(3, "day"), anchor=ARRIVAL)
    assert (
        within in built("then home on seen", "    at latest 3 days after arrival", "    source guide", "    force law").rules()
    )
