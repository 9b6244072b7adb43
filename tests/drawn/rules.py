"""Rules drawn at random, and the ways out of a stage."""

from __future__ import annotations

from datetime import date, time

from hypothesis import strategies as st

from pathway.model.base import Duration, Period
from pathway.model.expressions import (
    EventRef,
)
from pathway.model.pathway import (
    Transition,
)
from pathway.model.rules import Anchor, Basis, Deviation, Frequency, Hold, Rule, Standing, Target, Timing, Variant
from tests.drawn.world import (
    PARTIES,
    STAGES,
    anchors,
    conditions,
    durations,
    events,
    happenings,
    letters,
    mixed,
    perhaps,
    several,
)

repeats = st.sampled_from(["first", "each", "each", "latest", "latest"])


@st.composite
def timings(draw: st.DrawFn, more: tuple[str, ...] = ()) -> Timing:
    form = draw(
        st.sampled_from(
            [
                "within",
                "latest",
                "between",
                "not_before",
                "not_before_event",
                "same_day",
                "before",
                "every",
                "promptly",
                "none",
                *more,
            ]
        )
    )
    anchor = draw(mixed(st.none(), anchors, anchors)) if form not in ("every", "before") else None
    common = {"anchor": anchor, "repeat": draw(repeats), "look": draw(st.sampled_from(["forward", "either"]))}
    match form:
        case "within" | "latest":
            return Timing(**common, upper=draw(durations))
        case "between":
            first, second = draw(st.integers(1, 3)), draw(st.integers(0, 3))
            unit, times = draw(st.sampled_from([("day", 1), ("working_day", 1), ("hour", 6), ("minute", 360)]))
            lower = Duration(amount=first * times, unit=unit)
            unit, times = draw(st.sampled_from([(unit, times), (unit, times), ("day", 1)]))
            return Timing(**common, lower=lower, upper=Duration(amount=(first + second) * times, unit=unit))
        case "not_before":
            return Timing(**common, lower=draw(durations))
        case "not_before_event":
            return Timing(
                **common, upper=draw(st.none() | durations), not_before=draw(events | st.just(EventRef(name="letter")))
            )
        case "same_day":
            return Timing(**common, same_day=True, clock=draw(st.sampled_from([None, time(13), time(2, 30)])))
        case "before":
            return Timing(look="either", before=draw(events), repeat=draw(repeats))
        case "every":
            return Timing(every=draw(durations.filter(lambda period: period.amount > 0)))
        case "promptly":
            return Timing(**common, promptly=True)
    return Timing(**common)


HOLDS = (
    Hold(start=EventRef(name="stop"), end=EventRef(name="go")),
    Hold(start=EventRef(name="stop"), end=EventRef(name="b")),
    Hold(start=EventRef(name="c"), end=EventRef(name="go")),
    Hold(start=EventRef(name="bed", phase="requested"), end=EventRef(name="bed", phase="started")),
    Hold(start=EventRef(name="letter", phase="sent"), end=EventRef(name="note", phase="sent")),
    Hold(start=EventRef(name="letter", phase="sent"), end=EventRef(name="letter", phase="received")),
)


_OTHERS = (Anchor(events=(EventRef(name="a"),)), Anchor(fact="day"))


@st.composite
def variants(draw: st.DrawFn) -> Variant:
    """Another number before or after a day in the middle of the log, sometimes counted from elsewhere; or the same, for another share."""
    day = date(2026, 3, 29)
    period = draw(st.sampled_from([Period(end=day), Period(start=day)]))
    if draw(st.integers(0, 4)) == 0:
        return Variant(period=period, target=Target(percent=80))
    look, anchor = draw(st.sampled_from(["forward", "either"])), draw(st.sampled_from([None, None, *_OTHERS]))
    return Variant(period=period, timing=Timing(upper=draw(durations), look=look, anchor=anchor))


@st.composite
def replies(draw: st.DrawFn) -> Timing:
    """When a message is to be acknowledged or answered."""
    match draw(st.sampled_from(["upper", "upper", "before", "before", "same_day", "promptly"])):
        case "before":
            return Timing(look="either", before=draw(happenings))
        case "same_day":
            return Timing(same_day=True)
        case "promptly":
            return Timing(promptly=True)
    return Timing(upper=draw(durations), look=draw(st.sampled_from(["forward", "either"])))


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    kind = draw(st.sampled_from(["expect", "expect", "measure", "goal", "send", "send", "decide", "look_up", "need", "need"]))
    fields: dict[str, object] = {
        "name": name,
        "label": draw(st.sampled_from([name, name, f"said {name}", None])),
        "kind": kind,
        "while_here": draw(st.booleans()) and draw(st.booleans()),
        "when": draw(perhaps(conditions)),
        "standing": Standing(proposed=draw(st.integers(0, 9)) == 0),
        "by": draw(st.none() | st.sampled_from([*PARTIES, "t"])),
    }
    if kind not in ("decide", "look_up"):
        # Of what is sent again and again, or promptly, receipts are asked for: what is sent is drawn so more often.
        more = ("every", "every", "promptly") if kind == "send" else ("every",)
        fields["timing"] = timing = draw(mixed(st.none(), timings(more), timings(more)))
        fields["holds"] = draw(
            st.sampled_from([(), (), HOLDS[:1], HOLDS[1:2], HOLDS[:2], HOLDS[2:4], HOLDS[4:5], HOLDS[5:], HOLDS[1:]])
        )
        if (timing is None or timing.upper is not None) and draw(st.integers(0, 4)) == 0:
            fields["variants"] = tuple(draw(st.lists(variants(), min_size=1, max_size=2)))
        if draw(st.integers(0, 9)) == 0 and (timing is None or timing.every is None):
            fields["wait_until"] = draw(conditions)
        reasons = ("known", "rare")[: draw(st.sampled_from([0, 0, 0, 0, 0, 1, 2]))]
        if timing is not None and timing.upper is not None and draw(st.booleans()):
            fields["warn_after"] = draw(durations)
        fields["may_deviate"] = tuple(Deviation(when=draw(conditions), because=because) for because in reasons)
    if kind in ("expect", "measure"):
        fields["event"] = draw(happenings)
        if draw(st.integers(0, 5)) == 0:
            fields |= _count(draw, "times")
    elif kind == "goal":
        limit: Timing | None = fields["timing"]  # type: ignore[assignment]
        fields["reached"] = draw(conditions)
        fields |= {"may_deviate": (), "variants": (), "wait_until": None}
        if limit is not None and (limit.every or limit.lower or limit.not_before or limit.promptly):
            fields["timing"] = limit.model_copy(update={"every": None, "lower": None, "not_before": None, "promptly": False})
    elif kind == "send":
        receivers = draw(st.lists(st.sampled_from([*PARTIES, *PARTIES, "t"]), min_size=1, max_size=3, unique=True))
        name, sender = draw(st.sampled_from(["letter", "letter", "note"])), draw(st.sampled_from(["p", "p", "q"]))
        fields |= {"message": name, "sender": sender, "receivers": tuple(receivers)}
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
        fields |= {
            "resource": draw(st.sampled_from(["bed", "bed", "bed", "bed", "aid"])),
            "whole_stage": draw(st.booleans()),
            "level": draw(st.sampled_from([None, "municipal", "home"])),
        }
        match draw(st.sampled_from(["plain", "plain", "count", "count", "from_to"])):
            case "count":
                fields |= {**_count(draw, draw(st.sampled_from(["times", "hours", "hours", "minutes"]))), "whole_stage": False}
            case "from_to":
                first, last = draw(events), draw(events)
                fields |= {"timing": Timing(anchor=Anchor(events=(first,))), "until": last, "whole_stage": False}
                fields |= {"variants": (), "wait_until": None}
    return Rule(**fields)


def _count(draw: st.DrawFn, unit: str) -> dict[str, object]:
    return {
        "frequency": Frequency(amount=draw(st.sampled_from([0, 1, 2, 3] if unit == "times" else [0.5, 1, 3])), unit=unit),  # type: ignore[arg-type]
        "timing": None,
        "variants": (),
        "wait_until": None,
    }


triggers = mixed(several, several, several, letters)


@st.composite
def transitions(draw: st.DrawFn, name: str, throughout: bool = False) -> Transition:
    target = draw(st.sampled_from([*STAGES, "done", "done", None] if not throughout else [*STAGES, "done"]))
    if draw(st.integers(0, 3)) == 0:
        anchor = draw(st.none() | happenings.map(lambda e: Anchor(events=(e,))))
        when = draw(perhaps(conditions))
        return Transition(target=target, after=draw(durations), anchor=anchor, when=when)
    return Transition(
        target=target,
        on=draw(triggers),
        when=draw(perhaps(conditions)),
        otherwise=draw(st.integers(0, 5)) == 0,
        within=_staying(draw, name) if not throughout and draw(st.integers(0, 4)) == 0 else None,
        rules=(draw(rules(f"{name}_under")),) if draw(st.integers(0, 2)) < 2 else (),
    )


def _staying(draw: st.DrawFn, name: str) -> Rule:
    """A limit on the stay, as a line `within …` beneath a transition makes it."""
    anchor = draw(st.none() | events.map(lambda e: Anchor(events=(e,))))
    return Rule(name=f"{name}_staying", kind="expect", timing=Timing(upper=draw(durations), anchor=anchor))
