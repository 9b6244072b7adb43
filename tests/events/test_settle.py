"""E2: versions of one event, whatever order they came in."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.events.settle import CIRCLE, NO_ORIGINAL, Settled, Version, settle


def version(
    name: str, recorded: int, *, corrects: str | None = None, retracts: str | None = None, what: str = "a", patient: str = "p"
) -> Version:
    return Version(Event(name, patient, what, occurred=0, recorded=recorded), corrects, retracts)


def seen(settled: Settled, at: int) -> list[tuple[str, str]]:
    """What was believed at a time."""
    return sorted((e.root, e.name) for e in settled.events if (e.recorded or 0) <= at and (e.until is None or at < e.until))


def test_a_correction_replaces_from_when_it_was_recorded() -> None:
    settled = settle([version("1", 10), version("2", 20, corrects="1", what="b"), version("3", 30, corrects="2", what="c")])
    assert [seen(settled, at) for at in (5, 10, 19, 20, 30)] == [[], [("1", "a")], [("1", "a")], [("1", "b")], [("1", "c")]]


def test_a_retraction_ends_it_and_can_be_corrected() -> None:
    settled = settle([version("1", 10), version("2", 20, retracts="1"), version("3", 30, corrects="1", what="c")])
    assert [seen(settled, at) for at in (10, 20, 30)] == [[("1", "a")], [], [("1", "c")]]
    assert settled.counts["retraction"] == 1


def test_the_same_id_again_is_a_new_version() -> None:
    settled = settle([version("1", 10), version("1", 20, what="b")])
    assert [seen(settled, at) for at in (10, 20)] == [[("1", "a")], [("1", "b")]]


def test_an_id_that_two_rows_have_is_counted_with_its_first_row() -> None:
    def row(number: int, what: str, patient: str = "p", recorded: int | None = None) -> Version:
        return Version(Event("1", patient, what, occurred=0, recorded=recorded), row=number)

    settled = settle([row(4, "b"), row(2, "a"), row(3, "a"), row(9, "c", "q")])
    assert settled.counts == {"duplicate": 1, "reused": 2, "moved": 1} and settled.first == {"reused": 4, "moved": 9}
    assert settle([row(1, "a", recorded=10), row(2, "b", recorded=20)]).counts == {}
    assert settle([row(1, "a", recorded=10), row(2, "b", recorded=10)]).first == {"reused": 2}


def test_what_cannot_be_settled_is_counted() -> None:
    settled = settle([version("1", 10, corrects="9"), version("2", 10, corrects="3"), version("3", 10, corrects="2")])
    assert settled.events == [] and settled.counts == {}
    assert [(reason, v.event.id) for reason, v in settled.left_out] == [(NO_ORIGINAL, "1"), (CIRCLE, "2"), (CIRCLE, "3")]


def test_the_same_content_twice_without_ids_is_one_event() -> None:
    event = Event("row 2", "p", "a", occurred=0)
    again = Event("row 3", "p", "a", occurred=0)
    assert len(settle([Version(event, told=False), Version(again, told=False)]).events) == 1
    assert len(settle([Version(event), Version(again)]).events) == 2


def test_a_move_to_another_patient_is_a_retraction_and_a_new_event() -> None:
    settled = settle([version("1", 10, patient="p"), version("2", 20, corrects="1", patient="q")])
    assert [(e.patient, e.until) for e in settled.events] == [("p", 20), ("q", None)]
    assert settled.counts == {"moved": 1}


def test_versions_with_one_id_and_one_time_are_ordered_by_their_content() -> None:
    both = [version("1", 10, what="a"), version("1", 10, what="b")]
    assert [seen(settle(order), 10) for order in (both, both[::-1])] == [[("1", "b")]] * 2


def test_what_was_recorded_at_one_time_is_ordered_by_id() -> None:
    settled = settle([version("b", 10), version("c", 10, corrects="b", what="c"), version("a", 10, corrects="b", what="a")])
    assert seen(settled, 10) == [("b", "c")]


def test_without_ids_the_one_that_was_recorded_first_is_kept_whatever_came_first() -> None:
    late, early = (Version(Event("", "p", "a", occurred=0, recorded=at), told=False) for at in (20, 10))
    for order in ([late, early], [early, late]):
        settled = settle(order)
        assert [event.recorded for event in settled.events] == [10] and settled.counts == {"duplicate": 1}


def test_where_nothing_says_when_it_was_recorded_a_correction_comes_after_what_it_corrects() -> None:
    """It puts the event at an earlier time: as if recorded then, it would come before, and change nothing."""
    original, correction = Event("b", "p", "a", occurred=10), Event("a", "p", "a", occurred=5)
    settled = settle([Version(original), Version(correction, corrects="b"), Version(Event("c", "p", "a", 10), retracts="a")])
    assert {e.id: e.until for e in settled.events} == {"b": 10, "a": 10}
    assert [
        event.id for event in settle([Version(correction, corrects="b"), Version(original)]).events if event.until is None
    ] == ["a"]


def test_a_long_chain_and_a_wide_one() -> None:
    long = [version(str(n), n, corrects=str(n - 1) if n else None, what=str(n)) for n in range(2000)]
    assert seen(settle(reversed(long)), 5000) == [("0", "1999")]
    wide = [version("0", 0), *(version(str(n), n, corrects="0", what=str(n)) for n in range(1, 2000))]
    assert seen(settle(wide), 5000) == [("0", "1999")]


def test_a_chain_that_leads_into_a_circle_is_left_out_whole() -> None:
    settled = settle(
        [version("1", 1, corrects="2"), version("2", 2, corrects="3"), version("3", 3, corrects="2"), version("4", 4)]
    )
    assert [event.id for event in settled.events] == ["4"]
    assert {reason for reason, _ in settled.left_out} == {CIRCLE} and len(settled.left_out) == 3


@st.composite
def _versions(draw: st.DrawFn) -> Version:
    told = draw(st.booleans())
    recorded = draw(st.one_of(st.none(), st.integers(0, 4)))
    event = Event(
        draw(st.sampled_from("1234")) if told else "",
        draw(st.sampled_from("pq")),
        draw(st.sampled_from("ab")),
        draw(st.integers(0, 3 if recorded is None else recorded)),
        recorded=recorded,
        facts={"age": draw(st.sampled_from([1, 2]))},
    )
    corrects = draw(st.sampled_from([None, None, None, "1", "2", "3"]))
    retracts = None if corrects else draw(st.sampled_from([None, None, None, "1", "4"]))
    return Version(event, corrects, retracts, told)


versions = st.lists(_versions(), max_size=9)


@given(versions, st.integers(0, 1000))
def test_neither_order_nor_doubling_changes_what_is_believed(found: list[Version], seed: int) -> None:
    shuffled = [*found, *found[:3]]
    random.Random(seed).shuffle(shuffled)
    one, other = settle(found), settle(shuffled)
    assert sorted(map(repr, one.events)) == sorted(map(repr, other.events))


@given(versions)
def test_every_version_is_believed_left_out_or_counted(found: list[Version]) -> None:
    settled = settle(found)
    counted = settled.counts.get("duplicate", 0) + settled.counts.get("retraction", 0)
    assert len(found) == len(settled.events) + len(settled.left_out) + counted
    assert all(event.id and event.root for event in settled.events)


@given(versions)
def test_of_one_event_at_most_one_version_is_believed_at_a_time(found: list[Version]) -> None:
    """A source that says when it recorded things: without that, a version may be believed from when it occurred on."""
    settled = settle([v for v in found if v.event.recorded is not None])
    for at in range(6):
        roots = [root for root, _ in seen(settled, at)]
        assert len(roots) == len(set(roots))
