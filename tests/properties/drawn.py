"""Pathways and logs drawn at random: small vocabularies and a coarse clock, so that ties and repeated anchors are common."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from pathway.events.event import DEVIATION, Event
from pathway.model.base import Duration
from pathway.model.calendar import calendar_for, to_instant
from pathway.model.expressions import Compare, CountOf, EventRef, FactValue, Happened, Known, Not
from pathway.model.pathway import (
    Element,
    Enter,
    Fact,
    FactType,
    Leave,
    Message,
    Party,
    Pathway,
    Resource,
    Stage,
    Transition,
    Unsuited,
)
from pathway.model.pathway import Event as Declared
from pathway.model.rules import Anchor, Basis, Deviation, Frequency, Hold, Rule, Standing, Timing

EVENTS = ("a", "b", "c", "d", "stop", "go", "undo_a")
STAGES = ("one", "two", "three")
PARTIES = ("p", "q", "r")
START = to_instant(datetime(2026, 3, 26, 10, tzinfo=UTC))
"""Two days before the clocks go forward."""
STEP = 6 * 3_600_000_000
LAST = START + 80 * STEP

events = st.sampled_from(EVENTS[:4]).map(lambda name: EventRef(name=name))
durations = st.builds(Duration, amount=st.integers(1, 4), unit=st.sampled_from(["hour", "day", "week", "working_day"])).map(
    lambda d: Duration(amount=d.amount * 6, unit="hour") if d.unit == "hour" else d
)
conditions = st.one_of(
    st.integers(0, 3).map(lambda n: Compare(op=">=", left=FactValue(fact="x"), right=n)),
    st.just(Known(fact="x")),
    events.map(lambda e: Happened(event=e)),
    events.map(lambda e: Not(item=Happened(event=e))),
    events.map(lambda e: Compare(op=">=", left=CountOf(event=e), right=2)),
)
anchors = st.one_of(
    st.lists(events, min_size=1, max_size=2, unique_by=lambda e: e.name).flatmap(
        lambda es: st.sampled_from(["first", "latest"]).map(lambda pick: Anchor(events=tuple(es), pick=pick))
    ),
    conditions.map(lambda c: Anchor(becomes=c)),
)
repeats = st.sampled_from(["first", "first", "each", "latest"])


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    form = draw(
        st.sampled_from(["within", "latest", "between", "not_before", "same_day", "before", "every", "promptly", "none"])
    )
    anchor = draw(st.none() | anchors) if form not in ("every", "before") else None
    common = {"anchor": anchor, "repeat": draw(repeats), "look": draw(st.sampled_from(["forward", "either"]))}
    match form:
        case "within" | "latest":
            return Timing(**common, upper=draw(durations))
        case "between":
            first, second = draw(st.integers(1, 3)), draw(st.integers(0, 3))
            return Timing(**common, lower=Duration(amount=first, unit="day"), upper=Duration(amount=first + second, unit="day"))
        case "not_before":
            return Timing(**common, lower=draw(durations))
        case "same_day":
            return Timing(**common, same_day=True)
        case "before":
            return Timing(**common, before=draw(events))
        case "every":
            return Timing(every=draw(durations))
        case "promptly":
            return Timing(**common, promptly=True)
    return Timing(**common)


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    kind = draw(st.sampled_from(["expect", "expect", "measure", "goal", "send", "decide", "need"]))
    fields: dict[str, object] = {
        "name": name,
        "label": name,
        "kind": kind,
        "while_here": draw(st.booleans()) and draw(st.booleans()),
        "when": draw(st.none() | conditions),
        "standing": Standing(proposed=draw(st.integers(0, 9)) == 0),
        "by": draw(st.none() | st.sampled_from(PARTIES)),
    }
    if kind != "decide":
        fields["timing"] = draw(st.none() | timings())
        fields["holds"] = (Hold(start=EventRef(name="stop"), end=EventRef(name="go")),) if draw(st.integers(0, 4)) == 0 else ()
        fields["may_deviate"] = (Deviation(when=draw(conditions), because="known"),) if draw(st.integers(0, 6)) == 0 else ()
    if kind in ("expect", "measure"):
        fields["event"] = draw(events)
        if draw(st.integers(0, 7)) == 0:
            fields["frequency"] = Frequency(amount=draw(st.integers(1, 3)), unit="times")
            fields["timing"] = None
    elif kind == "goal":
        limit: Timing | None = fields["timing"]  # type: ignore[assignment]
        fields["reached"] = draw(conditions)
        fields["may_deviate"] = ()
        if limit is not None and (limit.every or limit.lower or limit.promptly):
            fields["timing"] = limit.model_copy(update={"every": None, "lower": None, "promptly": False})
    elif kind == "send":
        receivers = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True))
        fields |= {"message": "letter", "sender": "p", "receivers": tuple(receivers)}
        if draw(st.booleans()):
            fields["receipt"] = Timing(upper=draw(durations), look="either")
        if draw(st.booleans()):
            fields["answer"] = Timing(upper=draw(durations), look="either")
    elif kind == "decide":
        fields["event"] = draw(events)
        fields["basis"] = tuple(
            Basis(name=n, kind=k, max_age=draw(st.none() | durations))
            for n, k in draw(
                st.lists(st.sampled_from([("letter", "message"), ("c", "event"), ("x", "fact")]), min_size=1, unique=True)
            )
        )
    else:
        fields |= {"resource": "bed", "whole_stage": draw(st.booleans()), "level": draw(st.sampled_from([None, "municipal"]))}
    return Rule(**fields)


@st.composite
def transitions(draw: st.DrawFn, name: str, throughout: bool = False) -> Transition:
    target = draw(st.sampled_from([*STAGES, "done", None] if not throughout else [*STAGES, "done"]))
    if draw(st.integers(0, 5)) == 0:
        return Transition(target=target, after=draw(durations), anchor=Anchor(events=(draw(events),)))
    return Transition(
        target=target,
        on=(draw(events),),
        when=draw(st.none() | conditions),
        otherwise=draw(st.integers(0, 5)) == 0,
        rules=(draw(rules(f"{name}_under")),) if draw(st.integers(0, 2)) == 0 else (),
    )


@st.composite
def pathways(draw: st.DrawFn) -> Pathway:
    stages = {}
    for stage, party in zip(STAGES, PARTIES, strict=True):
        own = tuple(draw(rules(f"{stage}_{i}")) for i in range(draw(st.integers(0, 3))))
        ways = tuple(draw(transitions(f"{stage}_way{i}")) for i in range(draw(st.integers(0, 3))))
        recognised = (draw(events),) if draw(st.integers(0, 4)) == 0 else ()
        stages[stage] = Stage(name=stage, party=party, rules=own, transitions=ways, recognised_by=recognised)
    stages["done"] = Stage(name="done", end=True)
    throughout = Stage(
        name="throughout",
        rules=tuple(draw(rules(f"everywhere_{i}")) for i in range(draw(st.integers(0, 2)))),
        transitions=tuple(draw(transitions(f"everywhere_way{i}", True)) for i in range(draw(st.integers(0, 1)))),
    )
    return Pathway(
        name="drawn",
        version="1",
        events={name: Declared(name=name, undone_by=("undo_a",) if name == "a" else ()) for name in EVENTS},
        messages={"letter": Message(name="letter", contains=(Element(name="m"), Element(name="n")))},
        resources={"bed": Resource(name="bed")},
        parties={
            "p": Party(name="p", level="specialist"),
            "q": Party(name="q", level="municipal"),
            "r": Party(name="r", level="home"),
        },
        facts={"x": Fact(name="x", type=FactType(kind="number"))},
        enters=(
            Enter(
                stage=draw(st.sampled_from(STAGES)),
                on=(draw(events),),
                when=draw(st.none() | conditions),
                looking_back=draw(st.none() | durations),
            ),
        ),
        unsuited=(Unsuited(when=draw(conditions), because="other"),) if draw(st.integers(0, 6)) == 0 else (),
        leaves=(Leave(on=(draw(events),), when=draw(conditions)),) if draw(st.integers(0, 5)) == 0 else (),
        stages=stages,
        throughout=throughout,
    )


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of one patient, in the order drawn, which is not that of time."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        at = START + draw(st.integers(0, 40)) * STEP
        recorded = at + draw(st.sampled_from([0, 0, 1, 4])) * STEP
        common = {"id": f"{number:02}", "root": f"{number:02}", "patient": "someone", "occurred": at, "recorded": recorded}
        facts = {"x": draw(st.integers(0, 3))} if draw(st.integers(0, 3)) == 0 else {}
        match draw(st.sampled_from(["event"] * 6 + ["date", "message", "message", "bed", "deviation"])):
            case "event":
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS)), facts=facts))
            case "date":
                day = calendar_for("Europe/Oslo", "NO").start(date(2026, 3, 27 + draw(st.integers(0, 4))))
                common |= {"occurred": day, "recorded": day}
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS[:4])), date_only=True))
            case "message":
                phase = draw(st.sampled_from(["sent", "sent", "received", "acknowledged", "answered", "rejected"]))
                elements = draw(st.sampled_from([None, ("m",), ("n",), ("m", "n")]))
                to = draw(st.sampled_from([None, *PARTIES]))
                found.append(Event(**common, name="letter", phase=phase, sender="p", receiver=to, elements=elements))
            case "bed":
                phase = draw(st.sampled_from(["requested", "started", "delivered", "ended", "refused"]))
                found.append(Event(**common, name="bed", phase=phase, party=draw(st.sampled_from([None, *PARTIES]))))
            case "deviation":
                name = draw(st.sampled_from(["one_0", "two_0", "everywhere_0", *STAGES]))
                found.append(Event(**common, name=DEVIATION, deviation=name, because="agreed"))
    return found
