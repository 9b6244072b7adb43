"""What drawn pathways and logs are made of: small vocabularies and a coarse clock, so that ties and repeated anchors are common."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from hypothesis import strategies as st

from pathway.model.base import Duration, Period
from pathway.model.calendar import to_instant
from pathway.model.expressions import (
    And,
    Compare,
    CountOf,
    EventRef,
    FactValue,
    Happened,
    Known,
    LastFact,
    Not,
    Or,
    TimeSince,
    Within,
)
from pathway.model.measures import Bands
from pathway.model.pathway import (
    Element,
    Fact,
    FactType,
    Message,
    Party,
    Resource,
)
from pathway.model.pathway import Event as Declared
from pathway.model.rules import Anchor, Timing

Drawn = TypeVar("Drawn")


def mixed(*strategies: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """One of these, each as often as it is named here. (`st.one_of` takes apart what is itself one of several, and gives each of those
    the same share: of `none or a condition` nearly all would be conditions.)"""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def perhaps(strategy: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn | None]:
    """One of these or none, as often."""
    return mixed(st.none(), strategy)


EVENTS = ("a", "b", "c", "d", "stop", "go", "undo_a")
STAGES = ("one", "two", "three")
PARTIES = ("p", "q", "r")
UNDONE_BY = {"a": ("undo_a",), "b": ("undo_a", "go"), "c": ("note",)}
WORDS = ("mild", "moderate", "severe")
START = to_instant(datetime(2026, 3, 26, 10, tzinfo=UTC))
"""Two days before the clocks go forward."""
STEP = 6 * 3_600_000_000
LAST = START + 160 * STEP


_PHASES = (
    ("letter", "sent"), ("letter", "received"), ("letter", "received"), ("note", "sent"), ("bed", "started"), ("bed", "delivered"),
)  # fmt: skip
events = st.sampled_from(EVENTS[:4]).map(lambda name: EventRef(name=name))
phases = st.sampled_from(_PHASES).map(lambda of: EventRef(name=of[0], phase=of[1]))
happenings = mixed(events, events, events, phases)
"""What can be waited for: an event, or what became of a message or a resource."""
_UNITS = {"hour": 6, "minute": 180, "day": 1, "working_day": 1, "week": 1, "month": 1, "year": 1}
durations = st.builds(
    lambda amount, unit: Duration(amount=amount * _UNITS[unit], unit=unit),
    st.sampled_from([0, 1, 1, 1, 2, 2, 3, 4]),
    st.sampled_from([*["hour", "day", "working_day"] * 3, "minute", "week", "month", "year"]),
)
orders = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_numbers = st.sampled_from([0, 1, 2, 3, 1.5])
simple_conditions = st.one_of(
    st.builds(lambda op, n: Compare(op=op, left=FactValue(fact="x"), right=n), orders, _numbers),
    st.sampled_from(["x", "s", "day", "f"]).map(lambda fact: Known(fact=fact)),
    st.builds(lambda op, yes: Compare(op=op, left=FactValue(fact="f"), right=yes), st.sampled_from(["==", "!="]), st.booleans()),
    happenings.map(lambda e: Happened(event=e)),
    st.builds(
        lambda e, op, span, n: Compare(op=op, left=CountOf(event=e, span=span), right=n),
        happenings, orders, st.none() | durations, st.integers(0, 3),
    ),
    st.builds(lambda e, op, n: Compare(op=op, left=LastFact(fact="x", event=e), right=n), events, orders, _numbers),
    st.builds(
        lambda e, op, span: Compare(op=op, left=TimeSince(event=e), right=span),
        happenings, st.sampled_from(["<", "<=", ">", ">="]), durations,
    ),
    st.builds(lambda op, word: Compare(op=op, left=FactValue(fact="s"), right=word), orders, st.sampled_from(WORDS)),
    st.sampled_from(["in", "not in"]).map(lambda op: Within(op=op, left=FactValue(fact="s"), values=("mild", "severe"))),
    st.sampled_from(["in", "not in"]).map(lambda op: Within(op=op, left=FactValue(fact="x"), values=(1, 3))),
)  # fmt: skip
_sides = mixed(simple_conditions, simple_conditions, simple_conditions.map(lambda item: Not(item=item)))
conditions = mixed(
    _sides,
    _sides,
    _sides,
    st.builds(
        lambda made, items: made(items=tuple(items)), st.sampled_from([And, Or]), st.lists(_sides, min_size=2, max_size=3)
    ),
    st.builds(lambda one, two, three: Or(items=(And(items=(one, two)), three)), _sides, _sides, _sides),
    st.builds(lambda one, two: Not(item=And(items=(one, two))), _sides, _sides),
)
several = st.lists(happenings, min_size=1, max_size=2, unique_by=lambda e: (e.name, e.phase)).map(tuple)
_LETTER = (EventRef(name="letter", phase="sent"), EventRef(name="letter", phase="received"))
letters = st.sampled_from([_LETTER, _LETTER[:1], _LETTER[1:]])
"""What a letter tells that was received without being sent: that it was sent, and that it came."""
_happened = st.builds(
    lambda of, pick: Anchor(events=of, pick=pick), mixed(several, several, letters), st.sampled_from(["first", "latest"])
)
anchors = mixed(
    _happened, _happened, _happened, conditions.map(lambda c: Anchor(becomes=c)), st.just(Anchor(fact="day"))
)  # fmt: skip


PERIODS = (
    Period(end=date(2026, 3, 29)),
    Period(start=date(2026, 3, 29), end=date(2026, 3, 31)),
    Period(start=date(2026, 3, 31)),
)


WORLD: dict[str, Any] = {
    "events": {name: Declared(name=name, undone_by=UNDONE_BY.get(name, ())) for name in EVENTS},
    "messages": {
        "letter": Message(name="letter", contains=(Element(name="m"), Element(name="n"))),
        "note": Message(name="note", contains=(Element(name="m"),)),
    },
    "resources": {name: Resource(name=name) for name in ("bed", "aid")},
    "parties": {
        "p": Party(name="p", level="specialist"),
        "q": Party(name="q", level="municipal"),
        "r": Party(name="r", level="home"),
        "t": Party(name="t", level="municipal", residence="s"),
        "ward": Party(name="ward", level="municipal", part_of="q"),
    },
    "facts": {
        "x": Fact(name="x", type=FactType(kind="number")),
        "s": Fact(name="s", type=FactType(kind="one_of", values=WORDS)),
        "f": Fact(name="f", type=FactType(kind="yes_no")),
        "day": Fact(name="day", type=FactType(kind="date")),
    },
    "bands": {"size": Bands(name="size", fact="x", at=(1, 2))},
}


MANY = tuple(EventRef(name=name) for name in EVENTS[:4])
"""Of these a log has some, most often: where few come in, little is owed."""


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Message]:
    """Letters and notes: with contents that depend on the patient, a receipt that is always asked for, one in place of the other."""
    if draw(st.booleans()):
        return dict(WORLD["messages"])
    severe = Compare(op="==", left=FactValue(fact="s"), right="severe")
    receipt = draw(st.none() | st.builds(Timing, upper=durations, look=st.just("either")))
    letter = Message(name="letter", contains=(Element(name="m"), Element(name="n", when=severe)), receipt=receipt)
    replaces = draw(st.sampled_from([(), ("letter",)]))
    return {"letter": letter, "note": Message(name="note", contains=(Element(name="m"),), replaces=replaces)}
