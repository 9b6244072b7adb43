"""The columnar executor against the reference: the same episodes, obligations and breaks, with their evidence and their ids (law 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.machine.tables import Compiled
from pathway.replay.columnar import Columnar, Found
from pathway.replay.rows import rows_of
from pathway.replay.tables import table_of
from pathway.tracking.records import BreakRecord, EpisodeRecord, ObligationRecord
from pathway.tracking.tell import Story, tell, visible
from tests.properties.drawn import LAST, START, STEP, families, logs

PATIENTS = 4
"""Patients of a drawn pathway: each is one pair of a pathway and a log."""


def _followed(compiled: Compiled, patients: dict[str, list[Event]], as_of: int, **how: Any) -> Found:
    known = [(name, [event for event in events if visible(event, None)]) for name, events in patients.items()]
    return Columnar(compiled).follow(rows_of(known), as_of, **how)


def _told(compiled: Compiled, patients: dict[str, list[Event]], as_of: int, **how: Any) -> list[Story]:
    return [tell(compiled, events, as_of=as_of, **how) for events in patients.values()]


def _assert_same(found: Found, stories: Sequence[Story]) -> None:
    assert found.episodes.to_pylist() == table_of(EpisodeRecord, (r for s in stories for r in s.episodes)).to_pylist()
    assert found.obligations.to_pylist() == table_of(ObligationRecord, (r for s in stories for r in s.obligations)).to_pylist()
    assert found.breaks.to_pylist() == table_of(BreakRecord, (r for s in stories for r in s.breaks)).to_pylist()
    names = ("entry_unknown", "adaptation_unknown", "out_of_force", "repeated_anchors")
    assert {name: found.counts[name] for name in names} == {name: sum(getattr(s, name) for s in stories) for name in names}
    left: Counter[tuple[str, str]] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    for story in stories:
        left.update(story.not_taken_up)
        moves.update((m.before, m.after) for m in story.moves if m.after and m.pathway == story.pathway)
    assert (+found.left, +found.moves) == (left, moves)


def _patients(logs: Sequence[Sequence[Event]]) -> dict[str, list[Event]]:
    return {f"p{number}": [replace(event, patient=f"p{number}") for event in log] for number, log in enumerate(logs)}


@settings(max_examples=500)
@given(families(), st.lists(logs(), min_size=PATIENTS, max_size=PATIENTS), st.integers(0, 80), st.booleans())
def test_law_6_both_executors_tell_the_same(compiled: Compiled, drawn: list[list[Event]], steps: int, receipts: bool) -> None:
    patients = _patients(drawn)
    as_of = LAST if steps > 50 else START + steps * STEP
    _assert_same(_followed(compiled, patients, as_of, receipts=receipts), _told(compiled, patients, as_of, receipts=receipts))
