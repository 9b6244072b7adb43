"""No small group can be worked out from what is shown of the others."""

from __future__ import annotations

from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from pathway.reports.measures import SMALL
from pathway.reports.suppression import hidden

sizes = st.lists(st.integers(0, 14), min_size=1, max_size=6)


@given(sizes)
def test_every_small_group_is_hidden_and_nothing_without_need(found: list[int]) -> None:
    unsaid = hidden(dict(enumerate(found)))
    small = {place for place, size in enumerate(found) if 0 < size < SMALL}
    assert small <= unsaid
    assert unsaid == frozenset() or small
    assert all(found[place] for place in unsaid)


@given(sizes)
def test_a_reader_cannot_subtract(found: list[int]) -> None:
    """Everything that a reader can know: the sum, the groups that are shown, and even which of the hidden ones are small. Each small
    one can then still be of every small size."""
    unsaid = hidden(dict(enumerate(found)))
    small = [place for place in unsaid if found[place] < SMALL]
    assume(small and unsaid != {place for place, size in enumerate(found) if size})
    total = sum(found[place] for place in unsaid)
    large = [place for place in unsaid if found[place] >= SMALL]
    ways = [
        way
        for way in product(range(1, SMALL), repeat=len(small))
        if (total - sum(way) >= SMALL * len(large) if large else total == sum(way))
    ]
    assert len(unsaid) > 1
    for place in range(len(small)):
        assert {way[place] for way in ways} == set(range(1, SMALL))


def test_one_small_group_takes_the_smallest_of_the_others_with_it() -> None:
    assert hidden({"a": 40, "b": 3, "c": 12, "d": 30}) == {"b", "c"}
    assert hidden({"a": 40, "c": 12}) == frozenset()
    assert hidden({"a": 40, "b": 3}) == {"a", "b"}
    assert hidden({"a": 0, "b": 9}) == frozenset()
