"""What a scenario cannot say of the semantics: settling, two clocks, ids, counts, who answers, sources without receipts."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from pathway.events.event import DEVIATION, Event
from pathway.events.settle import Version, settle
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_instant
from pathway.model.load import load
from pathway.tracking.records import BreakRecord
from pathway.tracking.tell import Story, tell

RULES = Path(__file__).parent / "rules"
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Ten o'clock local time on a Monday."""


@cache
def compiled(name: str) -> Compiled:
    pathway = load(RULES / f"{name}.pathway").pathway
    assert pathway is not None
    return compile_pathway(pathway)


def at(hours: float) -> int:
    return to_instant(MORNING + timedelta(hours=hours))


def event(id: str, name: str, hours: float, **fields: object) -> Event:
    """An event so many hours after the first morning; recorded when it occurred, if nothing else is said."""
    fields.setdefault("recorded", at(hours))
    return Event(id, "someone", name, at(hours), root=id, **fields)  # type: ignore[arg-type]


def story(name: str, *events: Event, until: float = 24 * 30, **fields: object) -> Story:
    return tell(compiled(name), events, as_of=at(until), **fields)  # type: ignore[arg-type]


def outcomes(told: Story, rule: str) -> list[str]:
    return [f"{o.outcome}" if o.part == "main" else f"{o.part} {o.outcome}" for o in told.obligations if o.rule == rule]


def breaks(told: Story, rule: str) -> list[BreakRecord]:
    return [record for record in told.breaks if record.rule == rule]


# ---------------------------------------------------------------- events


def test_e1_recorded_before_it_occurred_is_seen_from_when_it_occurred() -> None:
    early = event("2", "scan", 0.5, recorded=at(-5))
    assert outcomes(story("waiting", event("1", "arrived", 0), early, until=1), "scan_1h") == ["met"]
    assert outcomes(story("waiting", event("1", "arrived", 0), early, until=0.25), "scan_1h") == ["waiting"]


def test_e2_a_correction_changes_the_story_from_when_it_was_recorded() -> None:
    scan = event("2", "scan", 3)
    right = replace(scan, id="3", occurred=at(0.5), recorded=at(48))
    settled = settle([Version(event("1", "arrived", 0)), Version(scan), Version(right, corrects="2")]).events
    then, now = (tell(compiled("waiting"), settled, as_of=at(72), known_at=at(k)) for k in (47, 48))
    assert outcomes(then, "scan_1h") == ["late"] and outcomes(now, "scan_1h") == ["met"]


def test_e2_a_retraction_takes_it_away_and_the_anchor_keeps_its_identity() -> None:
    call = event("2", "call", 1, facts={"urgent": True})
    moved = replace(call, id="3", occurred=at(2), recorded=at(48))
    gone = replace(call, id="4", recorded=at(72))
    settled = settle(
        [Version(event("1", "arrived", 0)), Version(call), Version(moved, corrects="2"), Version(gone, retracts="2")]
    ).events
    told = [tell(compiled("waiting"), settled, as_of=at(100), known_at=at(k)) for k in (47, 50, 72)]
    ids = [[record.break_id for record in breaks(one, "urgent_call")] for one in told]
    assert ids[0] == ids[1] != [] and ids[2] == []


def test_e3_ids_are_ordered_as_bytes_and_decide_no_limit() -> None:
    one, other = (event(name, "call", 1, facts={"urgent": urgent}) for name, urgent in (("10", True), ("9", False)))
    told = story("waiting", event("1", "arrived", 0), other, one)
    assert outcomes(told, "urgent_call") == ["missing"]  # "10" stands before "9", and the first judges at its own anchor
    assert told == story("waiting", one, other, event("1", "arrived", 0))


def test_e3_a_thousand_random_orders_with_a_tenth_doubled_give_one_list_of_breaks() -> None:
    names = ("arrived", "scan", "bolus", "test_taken", "visit", "review", "moved", "back", "surgery", "consent", "call", "plan")
    draw = random.Random(3)
    log = [event("000", "arrived", 0)]
    log += [event(f"{n:03}", draw.choice(names), draw.randrange(0, 300, 2)) for n in range(1, 24)]
    one = tell(compiled("waiting"), settle(map(Version, log)).events, as_of=at(400))
    assert len(one.breaks) > 4
    table = compiled("waiting")
    for _ in range(1000):
        versions = [Version(e) for e in log] + [Version(e) for e in draw.sample(log, len(log) // 10)]
        draw.shuffle(versions)
        assert tell(table, settle(versions).events, as_of=at(400)).breaks == one.breaks


def test_e4_as_of_takes_in_its_whole_instant() -> None:
    arrived = event("1", "arrived", 0)
    due = at(1)
    assert [len(tell(compiled("waiting"), [arrived], as_of=when).breaks) for when in (due - 1, due)] == [0, 1]


def test_e4_without_a_time_of_recording_a_correction_that_came_is_what_is_known() -> None:
    arrived = event("1", "arrived", 0, recorded=None)
    assert tell(compiled("waiting"), [arrived], as_of=at(5), known_at=at(-1)) == tell(compiled("waiting"), [], as_of=at(5))
    assert tell(compiled("waiting"), [arrived], as_of=at(5), known_at=at(0)).stage == "ward_stage"
    assert tell(compiled("waiting"), [replace(arrived, until=at(3))], as_of=at(5), known_at=at(3)).stage is None


def test_e5_facts_of_what_was_undone_stay_known() -> None:
    told = story(
        "undone",
        event("1", "came", 0),
        event("2", "plan", 1, facts={"score": 7}),
        event("3", "withdrawn", 2),
        event("4", "moved", 3),
    )
    assert told.stage == "home_stage" and outcomes(told, "follow") == ["cancelled"]
    (cancelled,) = [o for o in told.obligations if o.rule == "follow"]
    assert cancelled.decided_at == at(2)


def test_e7_what_nothing_takes_up_is_counted_by_stage_and_name() -> None:
    told = story(
        "places",
        event("1", "checked", 0),
        event("2", "came", 1, facts={"ill": True, "urgent": False}),
        event("3", "stray_word", 2),
        event("4", "stray_word", 3),
        event("5", "seen", 4),
    )
    assert told.not_taken_up == {("", "checked"): 1, ("first_stage", "stray_word"): 2}


# ---------------------------------------------------------------- position


def test_p1_coming_in_that_is_not_known_is_counted() -> None:
    assert story("places", event("1", "came", 0), event("2", "came", 1)).entry_unknown == 2


def test_p1_an_event_that_closes_an_episode_opens_none() -> None:
    table = compiled("places")
    entry = table.pathway.enters[0].model_copy(update={"on": (*table.pathway.enters[0].on, table.pathway.leaves[1].on[0])})
    both = compile_pathway(table.pathway.model_copy(update={"enters": (entry,)}))
    log = [event("1", "came", 0, facts={"ill": True, "urgent": False}), event("2", "done", 1), event("3", "done", 2)]
    told = [tell(both, log[:n], as_of=at(10)) for n in (2, 3)]
    assert [len(one.episodes) for one in told] == [1, 2]
    assert told[0].episodes[0].ended_at == at(1)


def test_p1_episodes_are_numbered_and_each_has_its_own_obligations() -> None:
    log = []
    for number in range(3):
        log += [
            event(f"{number}a", "came", 100 * number, facts={"ill": True, "urgent": False}),
            event(f"{number}b", "seen", 100 * number + 2),
            event(f"{number}c", "done", 100 * number + 50),
        ]
    told = story("places", *log)
    assert [(e.episode, e.stage, e.ended_at) for e in told.episodes] == [(n + 1, "over", at(100 * n + 50)) for n in range(3)]
    late = breaks(told, "at_entry")
    assert [(b.episode, b.anchor_event) for b in late] == [(1, "0a"), (2, "1a"), (3, "2a")]
    assert len({b.break_id for b in late}) == 3


def test_p4_the_position_is_uncertain_until_a_transition_is_taken() -> None:
    log = [event("1", "came", 0), event("2", "plan", 1), event("3", "moved", 2)]
    assert story("undone", *log).uncertain == 1
    assert outcomes(story("undone", *log), "follow") == ["undetermined"]
    assert story("undone", *log, event("4", "moved", 3, facts={"score": 5})).uncertain == 0


def test_p5_jumps_are_counted() -> None:
    came = event("1", "came", 0, facts={"ill": True, "urgent": False})
    told = story("places", came, event("2", "on_ward", 1), event("3", "on_ward", 2), event("4", "stray", 3))
    assert told.jumps == 2
    assert [(move.before, move.after) for move in told.moves] == [
        ("", "first_stage"),
        ("first_stage", "third_stage"),
        ("third_stage", "second_stage"),
    ]


def test_p6_an_individual_course_is_told_with_its_reason() -> None:
    (episode,) = story("places", event("1", "came", 0, facts={"age": 3})).episodes
    assert episode.individual_course == "A child"


# ---------------------------------------------------------------- obligations


def test_o2_coming_into_force_after_several_anchors_raises_what_would_have_been_raised() -> None:
    """Two anchors, the second once the first was broken: two obligations. The second while the first waited: one."""
    begun = [event("1", "came", 0), event("2", "bolus", 1)]
    twice = story("raising", *begun, event("3", "bolus", 6), event("4", "moved", 7))
    once = story("raising", *begun, event("3", "bolus", 3), event("4", "moved", 7))
    assert [len(outcomes(told, "plan_seen")) for told in (twice, once)] == [2, 1]


def test_o2_what_came_while_the_first_waited_raises_nothing_on_return() -> None:
    log = [event("1", "came", 0), event("2", "moved", 1), event("3", "bolus", 2), event("4", "bolus", 5)]
    log += [event("5", "back", 8), event("6", "moved", 9)]
    assert outcomes(story("raising", *log), "plan_seen") == ["missing"]


def test_o2_met_by_what_came_before_the_next_anchor() -> None:
    log = [event("1", "came", 0), event("2", "bolus", 1), event("3", "look", 2), event("4", "bolus", 3), event("5", "moved", 4)]
    assert outcomes(story("raising", *log), "plan_seen") == ["met", "missing"]
    assert story("raising", *log[:2], event("3", "bolus", 2), event("4", "look", 3)).repeated_anchors > 0


def test_o3_every_outcome_has_the_time_at_which_it_was_decided() -> None:
    told = story("limits", event("1", "came", 0), event("2", "anchor", 1), event("3", "told", 5, facts={"indication": True}))
    decided = {o.rule: (o.outcome, o.due_at, o.decided_at) for o in told.obligations}
    assert decided["indicated"] == ("missing", at(2), at(5))
    assert decided["forward"] == ("missing", at(3), at(3))


def test_o6_the_shortfall_is_the_size() -> None:
    told = story("rounds", event("1", "came", 0), event("2", "moved", 1), event("3", "walk", 48), until=24 * 9)
    (walks,) = breaks(told, "walks")
    assert (walks.size, walks.subtype, walks.open, walks.kind) == (1.0, "insufficient", False, "waiting")
    (training,) = breaks(told, "training")
    assert training.size == 3.0 and json.loads(training.evidence)["required"] == 3


def test_o6_weeks_follow_each_other_with_ids_of_their_own() -> None:
    told = story("rounds", event("1", "came", 0), event("2", "moved", 1), until=24 * 30)
    weeks = [o for o in told.obligations if o.rule == "walks"]
    assert [o.round for o in weeks] == [0, 1, 2, 3, 4]
    assert [o.outcome for o in weeks] == ["late"] * 4 + ["waiting"]
    assert len({b.break_id for b in breaks(told, "walks")}) == 4


def _message(id: str, hours: float, phase: str, name: str = "notice", **fields: object) -> Event:
    return event(id, name, hours, phase=phase, sender="ward", receiver=fields.pop("receiver", "office"), **fields)


def test_o7_a_receipt_refers_to_its_message_by_id() -> None:
    begun = [event("1", "came", 0), event("2", "left", 1), _message("3", 2, "sent")]
    for refers, outcome in (("3", "met"), ("another", "missing")):
        told = story("messages", *begun, _message("4", 3, "acknowledged", refers=refers))
        assert f"receipt {outcome}" in outcomes(told, "told")


def test_o7_a_source_without_receipts_is_not_judged_for_them() -> None:
    log = [event("1", "came", 0), event("2", "left", 1), _message("3", 2, "sent")]
    assert outcomes(story("messages", *log, receipts=False), "told") == ["met", "receipt not_judged", "answer not_judged"]
    letter = event("4", "letter", 0.5, phase="sent", sender="gp", receiver="ward")
    decided = [event("1", "came", 0, facts={"weight": 70}), event("2", "test_taken", 0.2), letter, event("5", "decided", 1)]
    assert [outcomes(story("decisions", *decided, receipts=r), "basis") for r in (True, False)] == [["late"], ["met"]]


def test_o7_what_lacked_is_named() -> None:
    told = story(
        "messages",
        event("1", "came", 0, facts={"frail": True}),
        event("2", "left", 1),
        _message("3", 2, "sent", "letter", receiver="gp", elements=("cause",)),
        _message("4", 2, "sent", "letter"),
    )
    (lacking,) = breaks(told, "both")
    assert (lacking.subtype, lacking.lacking) == ("incomplete", ("medicines", "aids"))


def test_o8_one_break_lists_all_that_lacked() -> None:
    told = story("decisions", event("1", "came", -200, facts={"weight": 70}), event("2", "decided", 1))
    (lacking,) = breaks(told, "basis")
    assert lacking.lacking == ("letter", "test_taken") and json.loads(lacking.evidence)["stale"] == ["weight"]
    assert not lacking.open and lacking.closed_at == at(1)


def test_o9_wrong_level_is_told_once_a_stay() -> None:
    care = [event(f"c{n}", "nurse", n, phase="delivered", party="hospital") for n in (1, 2, 30)]
    told = story("needs", event("1", "came", 0), *care, event("2", "moved", 10), event("3", "back", 20))
    assert [o.outcome for o in told.obligations if o.part == "level"] == ["late", "late"]
    assert outcomes(told, "nursed")[0] == "met"


def test_o9_withdrawn_closes_when_it_is_given_again() -> None:
    log = [event("1", "came", 0), event("2", "moved", 1)]
    log += [
        event(f"c{n}", "chair", n, phase=phase) for n, phase in ((2, "started"), (3, "ended"), (5, "started"), (6, "ended"))
    ]
    (first, second) = breaks(story("needs", *log), "chair_kept")
    assert (first.subtype, first.closed_at, second.subtype, second.open) == ("withdrawn", at(5), "withdrawn", True)


@pytest.mark.parametrize(
    ("rule", "party"), [("one", "ward"), ("visited", "home"), ("washed", "home"), ("plan_seen", "ward"), ("everywhere", "home")]
)
def test_o10_who_held_the_patient_up_to_the_due_time_answers(rule: str, party: str) -> None:
    """`visited` is raised by leaving the ward and due two days later; `one` and `plan_seen` are due in the instant of leaving it."""
    log = [event("1", "came", 0), event("2", "bolus", 1), event("3", "moved", 5), event("4", "plan", 6)]
    assert breaks(story("raising", *log), rule)[0].party == party


def test_o10_a_rule_that_came_into_force_after_its_due_time_is_answered_by_who_held_the_patient_then() -> None:
    log = [event("1", "came", 0), event("2", "bolus", 1), event("3", "moved", 7)]
    (record,) = breaks(story("raising", *log), "plan_seen")
    assert record.due_at == at(5) and record.party == "home"


def test_o10_the_sender_for_what_was_not_sent_the_receiver_for_what_was_not_answered() -> None:
    log = [event("1", "came", 0), event("2", "left", 1), _message("3", 2, "sent")]
    told = story("messages", *log)
    assert {(b.subtype, b.party) for b in breaks(told, "told")} == {("unacknowledged", "office"), ("unanswered", "office")}
    assert {b.party for b in breaks(told, "both")} == {"ward"}


def test_o10_with_the_unit_that_its_latest_event_came_from() -> None:
    arrived = event("1", "arrived", 0, party="ward", unit="Ward 3")
    assert [b.unit for b in breaks(story("waiting", arrived, until=2), "scan_1h")] == ["Ward 3"]


def test_o12_without_a_time_of_recording_a_deviation_explains() -> None:
    arrived = event("1", "arrived", 0)
    for recorded, outcome in ((at(0.5), "excused"), (None, "missing")):
        reasoned = event("2", DEVIATION, 0.5, deviation="scan_1h", because="Asked for", recorded=recorded)
        told = story("waiting", arrived, reasoned)
        assert outcomes(told, "scan_1h") == [outcome]
        assert [b.explained for b in breaks(told, "scan_1h")] == (["Asked for"] if outcome == "missing" else [])


def test_o13_the_same_break_is_the_same_break_tomorrow() -> None:
    log = [event("1", "arrived", 0), event("2", "scan", 5)]
    (open_one,) = breaks(story("waiting", *log, until=2), "scan_1h")
    (closed,) = breaks(story("waiting", *log, until=6), "scan_1h")
    assert open_one.break_id == closed.break_id and (open_one.subtype, closed.subtype) == ("missing", "late")
    assert (open_one.delay_s, closed.delay_s) == (3600.0, 4 * 3600.0)
    evidence = json.loads(closed.evidence)
    assert evidence["anchor"]["id"] == "1" and evidence["closed"]["id"] == "2"


def test_o15_a_measured_time_is_an_outcome_without_a_break() -> None:
    told = story("limits", event("1", "came", 0), event("2", "anchor", 1), event("3", "target", 3))
    assert outcomes(told, "goal_time") == ["late"] and breaks(told, "goal_time") == []
