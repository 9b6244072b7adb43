"""E2: versions of one event, whatever order they came in."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.events.settle import Settled, Version, settle


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


def test_what_cannot_be_settled_is_counted() -> None:
    settled = settle([version("1", 10, corrects="9"), version("2", 10, corrects="3"), version("3", 10, corrects="2")])
    assert settled.events == [] and settled.counts == {"no original": 1, "circle": 2}


def test_the_same_content_twice_without_ids_is_one_event() -> None:
    event = Event("row 2", "p", "a", occurred=0)
    again = Event("row 3", "p", "a", occurred=0)
    assert len(settle([Version(event, told=False), Version(again, told=False)]).events) == 1
    assert len(settle([Version(event), Version(again)]).events) == 2


def test_a_move_to_another_patient_is_a_retraction_and_a_new_event() -> None:
    settled = settle([version("1", 10, patient="p"), version("2", 20, corrects="1", patient="q")])
    assert [(e.patient, e.until) for e in settled.events] == [("p", 20), ("q", None)]


versions = st.lists(
    st.builds(
        version,
        st.sampled_from("1234"),
        st.integers(0, 5),
        corrects=st.sampled_from([None, None, "1", "2", "3"]),
        what=st.sampled_from("ab"),
    ),
    max_size=8,
)


@given(versions, st.integers(0, 1000))
def test_neither_order_nor_doubling_changes_what_is_believed(found: list[Version], seed: int) -> None:
    shuffled = [*found, *found[:2]]
    random.Random(seed).shuffle(shuffled)
    one, other = settle(found), settle(shuffled)
    assert [seen(one, at) for at in range(7)] == [seen(other, at) for at in range(7)]
