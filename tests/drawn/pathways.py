"""Pathways drawn at random, and families of them: with adaptations, older versions, and one that is started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration, Period
from pathway.model.expressions import (
    EventRef,
)
from pathway.model.pathway import (
    Enter,
    Leave,
    Pathway,
    Stage,
    Start,
    Transition,
    Unsuited,
)
from pathway.model.rules import Deviation, Rule, Timing
from tests.drawn.measures import costs, indicators
from tests.drawn.rules import rules, transitions, triggers
from tests.drawn.world import (
    EVENTS,
    MANY,
    PARTIES,
    PERIODS,
    STAGES,
    WORLD,
    conditions,
    durations,
    happenings,
    messages,
    mixed,
    perhaps,
)

SENT = (
    EventRef(name="letter", phase="sent"),
    EventRef(name="letter", phase="received"),
    EventRef(name="bed", phase="requested"),
)
bound: Any = st.sampled_from([{}, {}, {"q": "bound"}, {"p": "here", "q": "bound"}, {"r": "there"}])
"""Units that parties are bound to."""
facts: Any = st.sampled_from(sorted(WORLD["facts"])).map(lambda first: {first: WORLD["facts"][first], **WORLD["facts"]})
"""The facts, another one of them first."""


@st.composite
def enters(draw: st.DrawFn, on: tuple[EventRef, ...]) -> Enter:
    return Enter(
        stage=draw(st.sampled_from(STAGES)),
        on=draw(st.sampled_from([on, on, on[:2], on[1:2]])),
        when=draw(mixed(st.none(), st.none(), st.none(), conditions)),
        looking_back=draw(st.none() | durations),
    )


@st.composite
def pathways(draw: st.DrawFn) -> Pathway:
    stages = {}
    for stage, party in zip(STAGES, PARTIES, strict=True):
        own = tuple(draw(rules(f"{stage}_{i}")) for i in range(draw(st.integers(0, 3))))
        ways = tuple(draw(transitions(f"{stage}_way{i}")) for i in range(draw(st.integers(0, 3))))
        recognised = draw(triggers) if draw(st.integers(0, 4)) == 0 else ()
        held_by = draw(st.sampled_from([party] * 7 + [None]))
        stages[stage] = Stage(name=stage, party=held_by, rules=own, transitions=ways, recognised_by=recognised)
    stages["done"] = Stage(name="done", end=True)
    throughout = Stage(
        name="throughout",
        rules=tuple(draw(rules(f"everywhere_{i}")) for i in range(draw(st.integers(0, 2)))),
        transitions=tuple(draw(transitions(f"everywhere_way{i}", True)) for i in range(draw(st.integers(0, 1)))),
    )
    return Pathway(
        name="drawn",
        version="1",
        **{**WORLD, "messages": draw(messages()), "facts": draw(facts)},
        units=draw(bound),
        indicators={name: draw(indicators(name)) for name in ("i", "j")[: draw(st.integers(0, 2))]},
        costs=tuple(draw(costs(name)) for name in ("k", "l")[: draw(st.integers(0, 2))]),
        enters=tuple(draw(enters(on)) for on in (MANY, SENT, SENT[::-1])[: draw(st.integers(1, 3))]),
        unsuited=tuple(
            Unsuited(when=draw(perhaps(conditions)), because=because)
            for because in ("other", "elsewhere")[: draw(st.sampled_from([0, 0, 0, 0, 1, 2]))]
        ),
        leaves=tuple(
            Leave(on=draw(triggers), when=draw(perhaps(conditions))) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
        ),
        stages=stages,
        throughout=throughout,
    )


@dataclass(frozen=True)
class Family:
    """A pathway, the other texts of it that may be in force, and what it starts."""

    pathway: Pathway
    editions: tuple[Pathway, ...] = ()
    child: Pathway | None = None

    def compiled(self) -> Compiled:
        return compile_pathway(self.pathway, self.editions, {"child": compile_pathway(self.child)} if self.child else {})


@st.composite
def families(draw: st.DrawFn) -> Family:
    """A pathway; sometimes with a local adaptation and an older version, sometimes one that starts another; sometimes far west."""
    zone = {"time_zone": draw(st.sampled_from(["Europe/Oslo"] * 4 + ["America/St_Johns"]))}
    pathway = draw(pathways()).model_copy(update=zone)
    editions = []
    if draw(st.integers(0, 2)) == 0:
        local = draw(pathways()).model_copy(update=zone)
        valid = draw(st.sampled_from([Period(), *PERIODS[::2]]))
        editions.append(local.model_copy(update={"adaptation": "Local", "applies_when": draw(conditions), "valid": valid}))
    if draw(st.integers(0, 3)) == 0:
        day = date(2026, 3, 30)
        pathway = pathway.model_copy(update={"valid": draw(st.sampled_from([Period(start=day), Period(start=day), Period()]))})
        editions.append(draw(pathways()).model_copy(update={**zone, "version": "0", "valid": Period(end=day)}))
    if draw(st.integers(0, 7)) == 0:  # who asks for an adaptation gets it, whether it is for this patient or not
        pathway = pathway.model_copy(update={"adaptation": "Own", "applies_when": draw(conditions)})
    if draw(st.integers(0, 2)) > 0:
        return Family(pathway, tuple(editions))
    child = draw(pathways()).model_copy(update={**zone, "name": "child"})
    stages = {name: _starting(draw, stage) if draw(st.integers(0, 3)) else stage for name, stage in pathway.stages.items()}
    return Family(pathway.model_copy(update={"stages": stages}), tuple(editions), child)


@st.composite
def measured(draw: st.DrawFn) -> Family:
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
            units=draw(bound),
            indicators={name: draw(indicators(name)) for name in ("i", "j")},
            costs=tuple(draw(costs(name)) for name in ("k", "l")),
            enters=(Enter(stage="one", on=come, looking_back=draw(st.none() | durations)),),
            stages={stage.name: stage for stage in stages},
            throughout=Stage(name="throughout"),
        )
        for version, valid in (("1", Period(start=date(2026, 3, 30))), ("0", Period(end=date(2026, 3, 29))))
    ]
    return Family(texts[0], tuple(texts[1:]) if draw(st.booleans()) else ())


def _starting(draw: st.DrawFn, stage: Stage) -> Stage:
    """A stage in which an event, or a transition, starts the other pathway."""
    if stage.end:
        return stage
    beneath = (draw(rules(f"{stage.name}_start")),) if draw(st.booleans()) else ()
    start = Start(pathway="child", when=draw(perhaps(conditions)), rules=beneath)
    if stage.transitions and draw(st.booleans()):
        first, *others = sorted(stage.transitions, key=lambda way: way.after is None)  # one by time, if there is one
        ways = (first.model_copy(update={"starts": (start,)}), *others)
        return stage.model_copy(update={"transitions": ways})
    return stage.model_copy(update={"starts": (start.model_copy(update={"on": (draw(happenings),)}),)})
