"""What must always hold (the nine laws at the end of the semantics), over drawn pathways and logs."""

from __future__ import annotations

import json
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.model.base import Period
from pathway.model.expressions import EventRef
from pathway.model.measures import Cost, Price
from pathway.model.pathway import Pathway
from pathway.tracking.records import OUTCOMES
from pathway.tracking.tell import tell
from tests.drawn.logs import logs
from tests.drawn.pathways import pathways
from tests.drawn.world import LAST, START, STEP


@given(pathways(), logs(), st.integers(0, 1_000))
def test_law_1_any_order_of_arrival_gives_the_same_story(pathway: Pathway, log: list[Event], seed: int) -> None:
    compiled = compile_pathway(pathway)
    shuffled = list(log)
    random.Random(seed).shuffle(shuffled)
    assert tell(compiled, shuffled, as_of=LAST) == tell(compiled, log, as_of=LAST)


@given(pathways(), logs(), st.integers(0, 60))
def test_law_2_what_was_decided_by_a_time_is_what_was_told_then(pathway: Pathway, log: list[Event], steps: int) -> None:
    compiled = compile_pathway(pathway)
    log = [event for event in log if not event.date_only]  # a date's place in its day is known only when the day is over
    then = START + steps * STEP
    earlier, end = tell(compiled, log, as_of=then), tell(compiled, log, as_of=LAST)

    def decided(story: object) -> dict[tuple[object, ...], tuple[object, ...]]:
        return {
            (o.rule, o.part, o.receiver, o.anchor_event, o.round, o.episode): (o.decided_at, _outcome(o, then))
            for o in story.obligations  # type: ignore[attr-defined]
            if o.decided_at is not None and o.decided_at <= then
        }

    assert decided(earlier) == decided(end)


def _outcome(obligation: object, then: int) -> str:
    """`late` is `missing` until what was owed has come."""
    outcome, met_at = obligation.outcome, obligation.met_at  # type: ignore[attr-defined]
    return "missing" if outcome == "late" and met_at is not None and met_at > then else str(outcome)


@given(pathways(), logs())
def test_law_3_every_obligation_has_one_outcome(pathway: Pathway, log: list[Event]) -> None:
    story = tell(compile_pathway(pathway), log, as_of=LAST)
    identities = [(o.rule, o.part, o.receiver, o.anchor_event, o.round, o.episode) for o in story.obligations]
    assert len(identities) == len(set(identities))
    for obligation in story.obligations:
        assert obligation.outcome in OUTCOMES
        assert (obligation.outcome == "waiting") == (obligation.decided_at is None)


@given(pathways(), logs())
def test_law_4_an_open_episode_is_in_one_stage(pathway: Pathway, log: list[Event]) -> None:
    story = tell(compile_pathway(pathway), log, as_of=LAST)
    assert sum(episode.ended_at is None for episode in story.episodes) <= 1
    for episode in story.episodes:
        assert episode.stage in pathway.stages
        assert (episode.stage == "done") <= (episode.ended_at is not None)


@given(pathways(), logs(), st.integers(0, 60))
def test_law_5_no_break_without_evidence_and_none_from_the_future(pathway: Pathway, log: list[Event], steps: int) -> None:
    then = START + steps * STEP
    story = tell(compile_pathway(pathway), log, as_of=then)
    ids = {event.root or event.id for event in log if event.occurred <= then}
    broken = {
        (o.rule, o.part, o.receiver, o.anchor_event, o.round, o.episode)
        for o in story.obligations
        if o.outcome in ("late", "missing")
    }
    for record in story.breaks:
        evidence = json.loads(record.evidence)
        assert record.anchor_event in ids
        told = [evidence["anchor"], evidence["closed"], *evidence.get("seen", [])]
        assert {seen["id"] for seen in told if seen} <= ids
        assert (record.rule, evidence["part"], evidence.get("receiver"), record.anchor_event) in {b[:4] for b in broken}
    assert len({record.break_id for record in story.breaks}) == len(story.breaks)


@given(pathways(), logs(), st.integers(0, 60))
def test_law_8_cost_changes_no_outcome(pathway: Pathway, log: list[Event], steps: int) -> None:
    price = Price(period=Period(), amount=5745.0)
    cost = Cost(name="bed_days", start=EventRef(name="a"), end=EventRef(name="b"), currency="NOK", prices=(price,))
    priced, unpriced = (pathway.model_copy(update={"costs": costs}) for costs in ((cost,), ()))
    for as_of in (START + steps * STEP, LAST):
        dear, free = (tell(compile_pathway(p), log, as_of=as_of) for p in (priced, unpriced))
        assert replace(dear, costs=()) == free


@given(pathways(), logs(), st.data())
def test_law_9_deleting_a_rule_changes_no_other_rules_breaks(pathway: Pathway, log: list[Event], data: st.DataObject) -> None:
    names = [rule.name for rule in pathway.rules()]
    if not names:
        return
    dropped = data.draw(st.sampled_from(names))

    def without(stage):  # type: ignore[no-untyped-def]
        ways = tuple(
            way.model_copy(
                update={
                    "rules": tuple(r for r in way.rules if r.name != dropped),
                    "within": None if way.within is not None and way.within.name == dropped else way.within,
                }
            )
            for way in stage.transitions
        )
        return stage.model_copy(update={"rules": tuple(r for r in stage.rules if r.name != dropped), "transitions": ways})

    smaller = pathway.model_copy(
        update={
            "stages": {name: without(stage) for name, stage in pathway.stages.items()},
            "throughout": without(pathway.throughout),
        }
    )
    whole = tell(compile_pathway(pathway), log, as_of=LAST)
    part = tell(compile_pathway(smaller), log, as_of=LAST)
    assert sorted(part.breaks, key=str) == sorted((b for b in whole.breaks if b.rule != dropped), key=str)
    assert part.episodes == whole.episodes


@given(pathways(), logs())
def test_what_nobody_had_recorded_is_not_known(pathway: Pathway, log: list[Event]) -> None:
    compiled = compile_pathway(pathway)
    middle = START + 20 * STEP
    recorded = {event.id: event.occurred if event.recorded is None else event.recorded for event in log}
    told = [event for event in log if recorded[event.id] <= middle and (event.until is None or event.until > middle)]
    known = [replace(event, until=None) for event in told]
    assert tell(compiled, log, as_of=LAST, known_at=middle) == tell(compiled, known, as_of=LAST)
    replaced = [replace(event, until=middle) for event in log]
    assert tell(compiled, replaced, as_of=LAST) == tell(compiled, [], as_of=LAST)
