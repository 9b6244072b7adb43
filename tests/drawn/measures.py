"""Indicators and costs drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from pathway.model.base import Period
from pathway.model.expressions import (
    EventRef,
)
from pathway.model.measures import Cost, Group, Indicator, Price
from tests.drawn.world import (
    PERIODS,
    STAGES,
    conditions,
    durations,
    perhaps,
)

counted = st.sampled_from([*"aaabbcd"]).map(lambda name: EventRef(name=name)) | st.sampled_from(
    [EventRef(name="a"), EventRef(name="b"), *(EventRef(name="letter", phase=phase) for phase in (None, "sent", "received"))]
)
groups = st.sampled_from(
    [("fact", "x"), ("fact", "s"), ("fact", "day"), ("band", "size"), *(("party", party) for party in "pqt")]
)


@st.composite
def indicators(draw: st.DrawFn, name: str) -> Indicator:
    kind = draw(st.sampled_from(["count", "count", "sum", "median"]))
    first, second, third = draw(counted), draw(counted), draw(counted)
    fields: dict[str, object] = {"per": draw(st.sampled_from(["event", "patient", "episode"]))}
    fields["groups"] = tuple(Group(kind=k, name=n) for k, n in draw(st.lists(groups, max_size=2)))
    if kind == "count":
        fields |= {"event": second, "within": draw(durations), "after": third, "out_of": first}
    else:
        fields |= {"start": first, "end": second, "unit": draw(st.sampled_from(["day", "hour"]))}
        fields["out_of"] = draw(st.sampled_from([first, second, third]))
    return Indicator(name=name, kind=kind, **fields)


@st.composite
def costs(draw: st.DrawFn, name: str) -> Cost:
    periods = draw(st.lists(st.sampled_from([Period(), *PERIODS]), min_size=1, max_size=3))
    return Cost(
        name=name,
        stage=draw(st.none() | st.sampled_from(STAGES)),
        start=draw(counted),
        end=draw(counted),
        currency=draw(st.sampled_from(["NOK", "EUR"])),
        prices=tuple(Price(period=period, amount=draw(st.sampled_from([None, 0.1, 2800.0, 5745.25]))) for period in periods),
        paid_by=draw(st.none() | st.sampled_from(["p", "q", "t"])),
        when=draw(perhaps(conditions)),
    )
