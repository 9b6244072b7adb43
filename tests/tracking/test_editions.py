"""P7: the version and the local adaptation in force when an episode begins hold for all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration, Period
from pathway.model.calendar import to_instant
from pathway.model.expressions import Compare, FactValue
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.tracking.live import Live
from pathway.tracking.tell import Story, tell

TEXT = """pathway clinic "Clinic"
    version 2
    valid from 2026-01-01

party staff "Staff" level specialist
party gp "GP" level municipal

event arrived "Arrived"
event seen "Seen"
event left "Left"
message letter "Letter"

about patient
    fact municipality code KOMMUNE

enter visit on arrived

stage visit "Visit" by staff
    check: expect seen within 4 hours after arrived
    then done on left
        papers: send letter from staff to gp at latest 2 days after left

end done "Done"
"""
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _national() -> Pathway:
    found = load(TEXT, text=True)
    assert not found.problems.errors
    assert found.pathway is not None
    return found.pathway


def _with_limit(pathway: Pathway, hours: int, **changes: object) -> Pathway:
    """The same pathway with another limit on `check`."""
    stage = pathway.stages["visit"]
    (rule,) = stage.rules
    assert rule.timing is not None
    timing = rule.timing.model_copy(update={"upper": Duration(amount=hours, unit="hour")})
    changed = stage.model_copy(update={"rules": (rule.model_copy(update={"timing": timing}),)})
    return pathway.model_copy(update={"stages": {**pathway.stages, "visit": changed}, **changes})


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    national = _national()
    earlier = _with_limit(national, 8, version="1", valid=Period(end=datetime(2025, 12, 31).date()))
    local = _with_limit(
        national, 2, adaptation="Flora", applies_when=Compare(op="==", left=FactValue(fact="municipality"), right="4602")
    )
    return compile_pathway(national, [local, earlier])


def _story(compiled: Compiled, *told: tuple[str, float, dict[str, str]], start: datetime = START) -> Story:
    events = []
    for number, (name, hours, facts) in enumerate(told):
        key, _, phase = name.partition(" ")
        at = to_instant(start + timedelta(hours=hours))
        events.append(Event(str(number), "someone", key, at, phase or None, facts=facts))  # type: ignore[arg-type]
    as_of = to_instant(start + timedelta(days=400))
    live = Live(compiled, "someone")
    for event in events:
        live.add(event)
        live.breaks(event.occurred)
    story = tell(compiled, events, as_of=as_of)
    assert live.story(as_of) == story
    return story


def _outcomes(story: Story) -> list[tuple[str, str, str | None, str]]:
    versions = {e.episode: (e.version, e.adaptation) for e in story.episodes}
    return [(o.rule, *versions[o.episode], o.outcome) for o in story.obligations]


def test_the_national_pathway_holds_for_those_outside_the_adaptation(compiled: Compiled) -> None:
    story = _story(compiled, ("arrived", 0, {"municipality": "0301"}), ("seen", 3, {}))
    assert _outcomes(story) == [("check", "2", None, "met")]
    assert (story.adaptation_unknown, story.out_of_force) == (0, 0)


def test_the_adaptation_holds_for_those_it_is_for(compiled: Compiled) -> None:
    story = _story(compiled, ("arrived", 0, {"municipality": "4602"}), ("seen", 3, {}))
    assert _outcomes(story) == [("check", "2", "Flora", "late")]


def test_where_it_is_unknown_the_national_pathway_holds_and_it_is_counted(compiled: Compiled) -> None:
    story = _story(compiled, ("arrived", 0, {}), ("seen", 3, {}))
    assert _outcomes(story) == [("check", "2", None, "met")]
    assert story.adaptation_unknown == 1


def test_moving_during_the_course_changes_nothing(compiled: Compiled) -> None:
    story = _story(compiled, ("arrived", 0, {"municipality": "0301"}), ("seen", 3, {"municipality": "4602"}))
    assert _outcomes(story) == [("check", "2", None, "met")]


def test_an_earlier_version_holds_for_a_course_that_began_under_it(compiled: Compiled) -> None:
    before = datetime(2025, 12, 31, 20, tzinfo=UTC)
    story = _story(compiled, ("arrived", 0, {"municipality": "0301"}), ("seen", 6, {}), start=before)
    assert _outcomes(story) == [("check", "1", None, "met")], "six hours later the new version is in force, for others"


def test_each_course_has_its_own_edition_and_what_is_owed_goes_on(compiled: Compiled) -> None:
    before = datetime(2025, 12, 31, 20, tzinfo=UTC)
    story = _story(
        compiled,
        ("arrived", 0, {"municipality": "4602"}),
        ("left", 1, {}),
        ("arrived", 10, {}),
        ("letter sent", 30, {}),
        ("seen", 13, {}),
        start=before,
    )
    assert _outcomes(story) == [("check", "1", None, "lapsed"), ("papers", "1", None, "met"), ("check", "2", "Flora", "late")]


def test_a_course_that_no_version_covers_follows_the_one_that_was_loaded_and_is_counted() -> None:
    national = _national()
    later = _with_limit(national, 1, version="3", valid=Period(start=datetime(2028, 1, 1).date()))
    story = _story(
        compile_pathway(national, [later]), ("arrived", 0, {}), ("seen", 3, {}), start=datetime(2024, 5, 1, tzinfo=UTC)
    )
    assert _outcomes(story) == [("check", "2", None, "met")]
    assert story.out_of_force == 1


def test_a_newer_version_beside_is_taken_when_it_is_in_force() -> None:
    national = _national()
    newer = _with_limit(national, 1, version="3", valid=Period(start=datetime(2026, 3, 1).date()))
    story = _story(compile_pathway(national, [newer]), ("arrived", 0, {}), ("seen", 3, {}))
    assert _outcomes(story) == [("check", "3", None, "late")]
