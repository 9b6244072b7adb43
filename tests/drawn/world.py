"""What drawn pathways and logs are made of: small vocabularies and a coarse clock, so that ties and repeated anchors are common."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

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
from pathway.model.rules import Anchor

EVENTS = ("a", "b", "c", "d", "stop", "go", "undo_a")
STAGES = ("one", "two", "three")
PARTIES = ("p", "q", "r")
WORDS = ("mild", "moderate", "severe")
START = to_instant(datetime(2026, 3, 26, 10, tzinfo=UTC))
"""Two days before the clocks go forward."""
STEP = 6 * 3_600_000_000
LAST = START + 160 * STEP

events = st.sampled_from(EVENTS[:4]).map(lambda name: EventRef(name=name))
durations = st.builds(Duration, amount=st.integers(1, 4), unit=st.sampled_from(["hour", "day", "week", "working_day"])).map(
    lambda d: Duration(amount=d.amount * 6, unit="hour") if d.unit == "hour" else d
)
orders = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
simple_conditions = st.one_of(
    st.integers(0, 3).map(lambda n: Compare(op=">=", left=FactValue(fact="x"), right=n)),
    st.sampled_from(["x", "s", "day"]).map(lambda fact: Known(fact=fact)),
    events.map(lambda e: Happened(event=e)),
    events.map(lambda e: Not(item=Happened(event=e))),
    st.builds(lambda e, span: Compare(op=">=", left=CountOf(event=e, span=span), right=2), events, st.none() | durations),
    st.builds(lambda e, op: Compare(op=op, left=LastFact(fact="x", event=e), right=1), events, orders),
    st.builds(
        lambda e, op, span: Compare(op=op, left=TimeSince(event=e), right=span), events, st.sampled_from("<>"), durations
    ),
    st.builds(lambda op, word: Compare(op=op, left=FactValue(fact="s"), right=word), orders, st.sampled_from(WORDS)),
    st.sampled_from(["in", "not in"]).map(lambda op: Within(op=op, left=FactValue(fact="s"), values=("mild", "severe"))),
)
conditions = st.one_of(
    simple_conditions,
    simple_conditions,
    st.builds(
        lambda made, one, other: made(items=(one, other)), st.sampled_from([And, Or]), simple_conditions, simple_conditions
    ),
)
anchors = st.one_of(
    st.lists(events, min_size=1, max_size=2, unique_by=lambda e: e.name).flatmap(
        lambda es: st.sampled_from(["first", "latest"]).map(lambda pick: Anchor(events=tuple(es), pick=pick))
    ),
    conditions.map(lambda c: Anchor(becomes=c)),
    st.just(Anchor(fact="day")),
    st.sampled_from(["sent", "received"]).map(lambda phase: Anchor(events=(EventRef(name="letter", phase=phase),))),
)


PERIODS = (
    Period(end=date(2026, 3, 29)),
    Period(start=date(2026, 3, 29), end=date(2026, 3, 31)),
    Period(start=date(2026, 3, 31)),
)


WORLD: dict[str, Any] = {
    "events": {name: Declared(name=name, undone_by=("undo_a",) if name == "a" else ()) for name in EVENTS},
    "messages": {"letter": Message(name="letter", contains=(Element(name="m"), Element(name="n")))},
    "resources": {"bed": Resource(name="bed")},
    "parties": {
        "p": Party(name="p", level="specialist"),
        "q": Party(name="q", level="municipal"),
        "r": Party(name="r", level="home"),
        "t": Party(name="t", level="municipal", residence="s"),
    },
    "facts": {
        "x": Fact(name="x", type=FactType(kind="number")),
        "s": Fact(name="s", type=FactType(kind="one_of", values=WORDS)),
        "day": Fact(name="day", type=FactType(kind="date")),
    },
    "bands": {"size": Bands(name="size", fact="x", at=(1, 2))},
}


MANY = tuple(EventRef(name=name) for name in EVENTS[:4])
"""Of these a log has some, most often: where few come in, little is owed."""
