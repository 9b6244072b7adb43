"""Pathways and logs drawn at random: small vocabularies and a coarse clock, so that ties and repeated anchors are common."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import strategies as st

from pathway.events.event import DEVIATION, Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration, Period
from pathway.model.calendar import calendar_for, to_instant
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
from pathway.model.measures import Bands, Cost, Group, Indicator, Price
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
    Start,
    Transition,
    Unsuited,
)
from pathway.model.pathway import Event as Declared
from pathway.model.rules import Anchor, Basis, Deviation, Frequency, Hold, Rule, Standing, Timing, Variant

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
repeats = st.sampled_from(["first", "first", "each", "latest"])


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    form = draw(
        st.sampled_from(
            ["within", "latest", "between", "not_before", "not_before_event", "same_day", "before", "every", "promptly", "none"]
        )
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
        case "not_before_event":
            return Timing(
                **common, upper=draw(st.none() | durations), not_before=draw(events | st.just(EventRef(name="letter")))
            )
        case "same_day":
            return Timing(**common, same_day=True, clock=draw(st.sampled_from([None, time(13), time(2, 30)])))
        case "before":
            return Timing(**common, before=draw(events))
        case "every":
            return Timing(every=draw(durations))
        case "promptly":
            return Timing(**common, promptly=True)
    return Timing(**common)


PERIODS = (
    Period(end=date(2026, 3, 29)),
    Period(start=date(2026, 3, 29), end=date(2026, 3, 31)),
    Period(start=date(2026, 3, 31)),
)
HOLDS = (
    Hold(start=EventRef(name="stop"), end=EventRef(name="go")),
    Hold(start=EventRef(name="c"), end=EventRef(name="go")),
)


@st.composite
def variants(draw: st.DrawFn) -> Variant:
    """Another number before or after a day in the middle of the log."""
    day = date(2026, 3, 29)
    period = draw(st.sampled_from([Period(end=day), Period(start=day)]))
    return Variant(period=period, timing=Timing(upper=draw(durations), look=draw(st.sampled_from(["forward", "either"]))))


@st.composite
def replies(draw: st.DrawFn) -> Timing:
    """When a message is to be acknowledged or answered."""
    if draw(st.integers(0, 3)) == 0:
        return Timing(before=draw(events))
    return Timing(upper=draw(durations), look="either")


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    kind = draw(st.sampled_from(["expect", "expect", "measure", "goal", "send", "decide", "look_up", "need"]))
    fields: dict[str, object] = {
        "name": name,
        "label": name,
        "kind": kind,
        "while_here": draw(st.booleans()) and draw(st.booleans()),
        "when": draw(st.none() | conditions),
        "standing": Standing(proposed=draw(st.integers(0, 9)) == 0),
        "by": draw(st.none() | st.sampled_from(PARTIES)),
    }
    if kind not in ("decide", "look_up"):
        fields["timing"] = timing = draw(st.none() | timings())
        fields["holds"] = draw(st.sampled_from([(), (), (), (), HOLDS[:1], HOLDS[1:], HOLDS]))
        if timing is not None and timing.upper is not None and draw(st.integers(0, 4)) == 0:
            fields["variants"] = (draw(variants()),)
        if draw(st.integers(0, 9)) == 0 and (timing is None or timing.every is None):
            fields["wait_until"] = draw(conditions)
        fields["may_deviate"] = (Deviation(when=draw(conditions), because="known"),) if draw(st.integers(0, 6)) == 0 else ()
    if kind in ("expect", "measure"):
        fields["event"] = draw(events)
        if draw(st.integers(0, 7)) == 0:
            fields |= _count(draw, "times")
    elif kind == "goal":
        limit: Timing | None = fields["timing"]  # type: ignore[assignment]
        fields["reached"] = draw(conditions)
        fields |= {"may_deviate": (), "variants": (), "wait_until": None}
        if limit is not None and (limit.every or limit.lower or limit.not_before or limit.promptly):
            fields["timing"] = limit.model_copy(update={"every": None, "lower": None, "not_before": None, "promptly": False})
    elif kind == "send":
        receivers = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True))
        fields |= {"message": "letter", "sender": "p", "receivers": tuple(receivers)}
        if draw(st.booleans()):
            fields["receipt"] = draw(replies())
        if draw(st.booleans()):
            fields |= {"answer": draw(replies()), "answer_fact": draw(st.sampled_from([None, "s"]))}
        if draw(st.integers(0, 4)) == 0 and fields["timing"] is None:
            fields["received_before"] = draw(events)
    elif kind == "look_up":
        looked = draw(st.sampled_from([("letter", "message"), ("c", "event")]))
        fields |= {"event": draw(events), "basis": (Basis(name=looked[0], kind=looked[1]),)}
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
        match draw(st.sampled_from(["plain", "plain", "count", "from_to"])):
            case "count":
                fields |= {**_count(draw, draw(st.sampled_from(["times", "hours", "minutes"]))), "whole_stage": False}
            case "from_to":
                first, last = draw(events), draw(events)
                fields |= {"timing": Timing(anchor=Anchor(events=(first,))), "until": last, "whole_stage": False}
                fields |= {"variants": (), "wait_until": None}
    return Rule(**fields)


def _count(draw: st.DrawFn, unit: str) -> dict[str, object]:
    return {
        "frequency": Frequency(amount=draw(st.integers(1, 3)), unit=unit),  # type: ignore[arg-type]
        "timing": None,
        "variants": (),
        "wait_until": None,
    }


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
        within=_staying(draw, name) if not throughout and draw(st.integers(0, 4)) == 0 else None,
        rules=(draw(rules(f"{name}_under")),) if draw(st.integers(0, 2)) == 0 else (),
    )


def _staying(draw: st.DrawFn, name: str) -> Rule:
    """A limit on the stay, as a line `within …` beneath a transition makes it."""
    anchor = draw(st.none() | events.map(lambda e: Anchor(events=(e,))))
    return Rule(name=f"{name}_staying", kind="expect", timing=Timing(upper=draw(durations), anchor=anchor))


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
        when=draw(st.none() | conditions),
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


_MANY = tuple(EventRef(name=name) for name in EVENTS[:4])
"""Of these a log has some, most often: where few come in, little is owed."""


@st.composite
def pathways(draw: st.DrawFn) -> Pathway:
    stages = {}
    for stage, party in zip(STAGES, PARTIES, strict=True):
        own = tuple(draw(rules(f"{stage}_{i}")) for i in range(draw(st.integers(1, 3))))
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
        **WORLD,
        units=draw(st.sampled_from([{}, {}, {"q": "bound"}])),
        indicators={name: draw(indicators(name)) for name in ("i", "j")[: draw(st.integers(0, 2))]},
        costs=tuple(draw(costs(name)) for name in ("k", "l")[: draw(st.integers(0, 2))]),
        enters=(
            Enter(
                stage=draw(st.sampled_from(STAGES)),
                on=draw(st.sampled_from([_MANY, _MANY, _MANY[:2], _MANY[2:3]])),
                when=draw(st.sampled_from([None, None, None, draw(conditions)])),
                looking_back=draw(st.none() | durations),
            ),
        ),
        unsuited=(Unsuited(when=draw(conditions), because="other"),) if draw(st.integers(0, 6)) == 0 else (),
        leaves=(Leave(on=(draw(events),), when=draw(conditions)),) if draw(st.integers(0, 5)) == 0 else (),
        stages=stages,
        throughout=throughout,
    )


DAYS = [{"day": date(2026, 3, 28)}, {"day": date(2026, 4, 2)}]
AMOUNTS = st.sampled_from([None, 30.0, 90.0, 200.0])


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of one patient, in the order drawn, which is not that of time."""
    found = []
    for number in range(draw(st.integers(4, 16) | st.integers(1, 4))):
        at = START + draw(st.integers(0, 40)) * STEP
        recorded = at + draw(st.sampled_from([0, 0, 1, 4])) * STEP
        common = {"id": f"{number:02}", "root": f"{number:02}", "patient": "someone", "occurred": at, "recorded": recorded}
        common["unit"] = draw(st.sampled_from([None, None, None, "here", "there"]))
        facts = draw(st.sampled_from([{}, {}, {}, {"x": 0}, {"x": 1}, {"x": 3}, {"s": "mild"}, {"s": "severe"}, *DAYS]))
        if draw(st.integers(0, 11)) == 0:  # retracted
            common["until"] = recorded + draw(st.sampled_from([1, 20])) * STEP
        match draw(st.sampled_from(["event"] * 6 + ["date", "message", "message", "bed", "deviation"])):
            case "event":
                common["party"] = draw(st.sampled_from([None, None, "p", "q"]))
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS)), facts=facts))
            case "date":
                day = calendar_for("Europe/Oslo", "NO").start(date(2026, 3, 27 + draw(st.integers(0, 4))))
                common |= {"occurred": day, "recorded": day}
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS[:4])), date_only=True))
            case "message":
                phase = draw(st.sampled_from(["sent", "sent", "received", "acknowledged", "answered", "rejected"]))
                elements = draw(st.sampled_from([None, ("m",), ("n",), ("m", "n")]))
                to = draw(st.sampled_from([None, *PARTIES]))
                sender = draw(st.sampled_from(["p", "p", "q", None]))
                refers = draw(st.sampled_from([None, None, "00", "01"]))
                told = draw(st.sampled_from([facts, {"s": "mild"}, {"s": "severe"}])) if phase == "answered" else {}
                common |= {"sender": sender, "receiver": to, "refers": refers, "facts": told}
                found.append(Event(**common, name="letter", phase=phase, elements=elements))
            case "bed":
                phase = draw(st.sampled_from(["requested", "started", "delivered", "ended", "refused"]))
                found.append(
                    Event(
                        **common, name="bed", phase=phase, party=draw(st.sampled_from([None, *PARTIES])), amount=draw(AMOUNTS)
                    )
                )
            case "deviation":
                name = draw(st.sampled_from(["one_0", "two_0", "everywhere_0", *STAGES]))
                until = draw(st.none() | st.integers(0, 8).map(lambda steps, since=at: since + steps * STEP))
                found.append(Event(**common, name=DEVIATION, deviation=name, because="agreed", deviation_until=until))
    return found


@st.composite
def families(draw: st.DrawFn) -> Compiled:
    """A pathway, compiled; sometimes with a local adaptation and an older version, sometimes one that starts another."""
    pathway = draw(pathways())
    editions = []
    if draw(st.integers(0, 2)) == 0:
        local = draw(pathways())
        editions.append(local.model_copy(update={"adaptation": "Local", "applies_when": draw(conditions)}))
    if draw(st.integers(0, 3)) == 0:
        day = date(2026, 3, 30)
        pathway = pathway.model_copy(update={"valid": Period(start=day)})
        editions.append(draw(pathways()).model_copy(update={"version": "0", "valid": Period(end=day)}))
    if draw(st.integers(0, 2)) > 0:
        return compile_pathway(pathway, editions)
    child = compile_pathway(draw(pathways()).model_copy(update={"name": "child"}))
    stages = {name: _starting(draw, stage) if draw(st.booleans()) else stage for name, stage in pathway.stages.items()}
    return compile_pathway(pathway.model_copy(update={"stages": stages}), editions, {"child": child})


@st.composite
def measured(draw: st.DrawFn) -> Compiled:
    """A pathway with few rules that everybody comes into, with indicators and prices; sometimes with an older version that has
    others. Little else is drawn, so that much is drawn of these, and of the logs beside them."""
    come = tuple(EventRef(name=name) for name in EVENTS[:4])
    day = Timing(upper=Duration(amount=1, unit="day"))
    letter = Rule(
        name="one_0", label="one_0", kind="send", message="letter", sender="p", receivers=("q",), timing=day, answer_fact="s",
        answer=Timing(upper=Duration(amount=2, unit="day"), look="either"),
    )  # fmt: skip
    foreseen = (Deviation(when=draw(conditions), because="known"), Deviation(when=draw(conditions), because="rare"))
    expected = Rule(name="one_1", kind="expect", event=come[1], timing=day, may_deviate=foreseen)
    followed = Rule(name="two_0", kind="measure", event=come[3], timing=day.model_copy(update={"repeat": "each"}))
    stages = (
        Stage(name="one", party="p", rules=(letter, expected), transitions=(Transition(target="two", on=come[2:3]),)),
        Stage(name="two", party="q", rules=(followed,), transitions=(Transition(target="done", on=come[3:]),)),
        Stage(name="three", party="r"),
        Stage(name="done", end=True),
    )
    texts = [
        Pathway(
            name="drawn",
            version=version,
            valid=valid,
            **WORLD,
            units=draw(st.sampled_from([{}, {}, {"q": "bound"}])),
            indicators={name: draw(indicators(name)) for name in ("i", "j")},
            costs=tuple(draw(costs(name)) for name in ("k", "l")),
            enters=(Enter(stage="one", on=come, looking_back=draw(st.none() | durations)),),
            stages={stage.name: stage for stage in stages},
            throughout=Stage(name="throughout"),
        )
        for version, valid in (("1", Period(start=date(2026, 3, 30))), ("0", Period(end=date(2026, 3, 29))))
    ]
    return compile_pathway(texts[0], texts[1:] if draw(st.booleans()) else ())


def _starting(draw: st.DrawFn, stage: Stage) -> Stage:
    """A stage in which an event, or a transition, starts the other pathway."""
    if stage.end:
        return stage
    start = Start(pathway="child", when=draw(st.none() | conditions))
    if stage.transitions and draw(st.booleans()):
        first, *others = stage.transitions
        ways = (first.model_copy(update={"starts": (start,)}), *others)
        return stage.model_copy(update={"transitions": ways})
    return stage.model_copy(update={"starts": (start.model_copy(update={"on": (draw(events),)}),)})
