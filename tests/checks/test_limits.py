"""Limits that cannot be kept, or that break though all keep theirs: the same as when every schedule of a few days is tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.checks.limits import misfitting_limits
from pathway.checks.times import longer
from pathway.model.base import Duration, Unit
from pathway.model.expressions import EventRef
from pathway.model.pathway import Enter, Event, Pathway, Stage
from pathway.model.rules import Anchor, Basis, Rule, Standing, Timing

EVENTS = ("a", "b", "c", "d")
DAYS = range(-6, 7)
"""Counted from the day of `a`; what may come earlier may come before it."""
Schedule = Mapping[str, int]


def _day(amount: int) -> Duration:
    return Duration(amount=amount, unit="day")


def _after(start: str, end: str, lower: int | None, upper: int | None, name: str) -> Rule:
    timing = Timing(
        look="either",
        lower=None if lower is None else _day(lower),
        upper=None if upper is None else _day(upper),
        anchor=Anchor(events=(EventRef(name=start),)),
    )
    return Rule(name=name, kind="expect", stage="one", by="p", event=EventRef(name=end), timing=timing)


def _pathway(rules: list[Rule]) -> Pathway:
    return Pathway(
        name="drawn",
        version="1",
        events={name: Event(name=name) for name in (*EVENTS, "begin")},
        enters=(Enter(stage="one", on=(EventRef(name="begin"),)),),
        stages={"one": Stage(name="one", party="p", rules=tuple(rules))},
    )


_pairs = st.sampled_from([(one, other) for place, one in enumerate(EVENTS) for other in EVENTS[place + 1 :]])


@st.composite
def several_rules(draw: st.DrawFn, *, all_limited: bool) -> list[Rule]:
    """Rules over a few events, each only after earlier ones: windows, limits and decisions."""
    rules = []
    if all_limited:
        rules += [_after("a", event, None, draw(st.integers(0, 3)), f"limit_{event}") for event in EVENTS[1:]]
    for number in range(draw(st.integers(1, 4))):
        start, end = draw(_pairs)
        name = f"rule_{number}"
        match draw(st.sampled_from(["least", "most", "window", "needs"])):
            case "least":
                rules.append(_after(start, end, draw(st.integers(1, 2)), None, name))
            case "most":
                rules.append(_after(start, end, None, draw(st.integers(0, 3)), name))
            case "window":
                lower = draw(st.integers(0, 2))
                rules.append(_after(start, end, lower, lower + draw(st.integers(0, 2)), name))
            case "needs":
                basis = (Basis(name=start, kind="event"),)
                rules.append(Rule(name=name, kind="decide", stage="one", event=EventRef(name=end), basis=basis))
    return rules


def _bounds(rules: list[Rule], *, but: str | None = None) -> list[tuple[str, str, int]]:
    """What must come at least so many days after what, without a rule's own."""
    found = []
    for rule in rules:
        assert rule.event is not None
        for basis in rule.basis:
            found.append((basis.name, rule.event.name, 0))
        lower = rule.timing.lower if rule.timing else None
        if lower is not None and rule.timing is not None and rule.timing.anchor is not None and rule.name != but:
            found.append((rule.timing.anchor.events[0].name, rule.event.name, lower.amount))
    return found


def _limits(rules: list[Rule]) -> Iterator[tuple[Rule, str, str, int]]:
    for rule in rules:
        if (
            rule.event is not None
            and rule.timing is not None
            and rule.timing.upper is not None
            and rule.timing.anchor is not None
        ):
            yield rule, rule.timing.anchor.events[0].name, rule.event.name, rule.timing.upper.amount


def _schedules(bounds: list[tuple[str, str, int]]) -> Iterator[Schedule]:
    for days in product(DAYS, repeat=len(EVENTS) - 1):
        when = dict(zip(EVENTS, (0, *days), strict=True))
        if all(when[end] >= when[start] + least for start, end, least in bounds):
            yield when


@settings(max_examples=60)
@given(several_rules(all_limited=False))
def test_a_limit_that_no_schedule_keeps_is_told_and_no_other(rules: list[Rule]) -> None:
    told = {str(risk.values["rule"]) for risk in misfitting_limits(_pathway(rules)) if risk.code in ("PW315", "PW317")}
    for rule, start, end, most in _limits(rules):
        # A rule's own lower limit counts for PW317 alone; windows are drawn with the upper above the lower.
        kept = any(when[end] <= when[start] + most for when in _schedules(_bounds(rules, but=rule.name)))
        assert (rule.name in told) == (not kept)


@settings(max_examples=60)
@given(several_rules(all_limited=True))
def test_a_limit_that_breaks_though_all_keep_theirs_is_told_and_no_other(rules: list[Rule]) -> None:
    found = list(misfitting_limits(_pathway(rules)))
    told = {str(risk.values["rule"]) for risk in found if risk.code == "PW316"}
    impossible = {str(risk.values["rule"]) for risk in found} - told
    for rule, start, end, most in _limits(rules):
        bounds = _bounds(rules, but=rule.name)
        ours = [bound for bound in bounds if bound[1] != end]
        others = [limit for limit in _limits(rules) if limit[2] != end]
        schedules = [w for w in _schedules(ours) if all(w[e] <= w[s] + m for _, s, e, m in others)]
        if not schedules or rule.name in impossible:
            continue  # the others contradict each other, and are told
        held_back = [(s, least) for s, e, least in bounds if e == end]
        late = any(w[s] + least > w[start] + most for w in schedules for s, least in held_back)
        assert late or rule.name not in told
        if start == "a":  # from which everything has a limit: only what has one can be late by it
            assert (rule.name in told) == late


@pytest.mark.parametrize(
    ("lengths", "limit", "expected"),
    [
        ([(61, "minute")], (1, "hour"), True),
        ([(60, "minute")], (1, "hour"), False),
        ([(1, "week"), (1, "day")], (7, "day"), True),
        ([(12, "month")], (1, "year"), False),
        ([(13, "month")], (1, "year"), True),
        ([(12, "month")], (11, "month"), True),
        ([(40, "day")], (1, "month"), True),
        ([(31, "day")], (1, "month"), False),
        ([(30, "hour")], (1, "day"), False),
        ([(72, "hour")], (1, "day"), True),
        ([(5, "working_day")], (4, "working_day"), True),
        ([(10, "day")], (5, "working_day"), False),
        ([(60, "day")], (5, "working_day"), True),
        ([(1, "year")], (13, "month"), False),
    ],
)
def test_lengths_are_longer_only_where_every_calendar_says_so(
    lengths: list[tuple[int, Unit]], limit: tuple[int, Unit], expected: bool
) -> None:
    several = [Duration(amount=amount, unit=unit) for amount, unit in lengths]
    assert longer(several, Duration(amount=limit[0], unit=limit[1])) is expected


def test_what_is_only_proposed_breaks_nothing() -> None:
    rules = [_after("a", "b", 5, None, "least"), _after("a", "b", None, 2, "most")]
    assert [risk.code for risk in misfitting_limits(_pathway(rules))] == ["PW317"]
    rules[0] = rules[0].model_copy(update={"standing": Standing(proposed=True)})
    assert list(misfitting_limits(_pathway(rules))) == []
