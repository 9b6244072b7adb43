"""Goals, indicators and costs as records: outcomes, groups, and that cost changes nothing (O15, law 8)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pathway.machine.compile import compile_pathway
from pathway.model.calendar import to_instant
from pathway.model.load import load
from pathway.model.measures import Bands, Group
from pathway.model.pathway import Pathway, Scenario
from pathway.tracking.scenarios import events_of, run_scenarios
from pathway.tracking.tell import Story, tell

FILE = Path(__file__).parent / "rules" / "measures.pathway"


@pytest.fixture(scope="module")
def measures() -> Pathway:
    pathway = load(FILE).pathway
    assert pathway is not None
    return pathway


def told(pathway: Pathway, beginning: str) -> Story:
    """The story of the scenario whose title begins so, at its last time."""
    scenario: Scenario = next(each for each in pathway.scenarios if each.title.startswith(beginning))
    return tell(compile_pathway(pathway), events_of(scenario), as_of=to_instant(scenario.statuses[-1].at))


def outcomes(story: Story) -> dict[str, str]:
    return {o.rule: o.outcome for o in story.obligations if o.kind == "goal"}


def test_a_goal_has_the_outcomes_of_a_measure(measures: Pathway) -> None:
    met = told(measures, "O15: a goal is reached by the event")
    assert outcomes(met)["up"] == "met"
    assert [o.met_at for o in met.obligations if o.rule == "up"] == [to_instant(measures.scenarios[0].steps[2].at)]
    late = told(measures, "O15: a goal that is not reached")
    assert outcomes(late) == {"up": "late", "soon": "missing", "fit": "late"}
    assert late.breaks == ()


def test_a_goal_that_is_reached_already_is_met_at_its_anchor(measures: Pathway) -> None:
    text = FILE.read_text(encoding="utf-8").split("\nscenario")[0]
    text += """
scenario "Up already"
    2026-03-02 08:00 admitted
    2026-03-02 09:00 assessed with walking alone
    2026-03-03 08:00 operated
    2026-03-04 08:00 discharged
    at 2026-03-05
        no break
"""
    loaded = load(text, text=True)
    assert loaded.pathway is not None
    story = told(loaded.pathway, "Up already")
    assert outcomes(story) == {"up": "met", "soon": "met", "fit": "met", "out": "met"}
    at = {o.rule: o.met_at for o in story.obligations if o.kind == "goal"}
    assert at["out"] == to_instant(loaded.pathway.scenarios[0].steps[3].at)
    assert at["soon"] == to_instant(loaded.pathway.scenarios[0].steps[1].at)


def test_groups_are_those_known_at_the_denominators_event(measures: Pathway) -> None:
    story = told(measures, "O15: the share waits until the span is over")
    (record,) = [record for record in story.indicators if record.indicator == "readmission"]
    assert record.groups == ("65–74", "4601")
    assert record.event == "step 0002"


def test_a_cost_says_who_pays_and_what_has_no_price(measures: Pathway) -> None:
    (record,) = [record for record in told(measures, "Days without a known price").costs if record.currency == "NOK"]
    assert (record.days, record.amount, record.unpriced, record.party) == (6, 2000.0, 4, "municipality")
    (running,) = [record for record in told(measures, "O15: what has no end yet").costs if record.currency == "NOK"]
    assert (running.ended_at, running.days) == (None, 2)


def test_cost_changes_no_outcome(measures: Pathway) -> None:
    """Law 8."""
    free = measures.model_copy(update={"costs": ()})
    for scenario in measures.scenarios:
        one, other = told(measures, scenario.title), told(free, scenario.title)
        assert other.costs == ()
        assert (one.obligations, one.breaks, one.episodes, one.indicators) == (
            other.obligations,
            other.breaks,
            other.episodes,
            other.indicators,
        )


def test_what_an_indicator_or_a_cost_is_not_is_said(measures: Pathway) -> None:
    text = (
        FILE.read_text(encoding="utf-8")
        .replace("cost 2800 NOK", "cost 2801 NOK")
        .replace("readmission 50 %", "readmission 5 %")
    )
    loaded = load(text, text=True)
    assert loaded.pathway is not None
    found = [d for result in run_scenarios(compile_pathway(loaded.pathway)) for d in result.differences]
    assert {d.code for d in found} == {"PW690", "PW691"}
    assert "2800 NOK" in next(d for d in found if d.code == "PW691").help("nb")
    assert "50 %" in next(d for d in found if d.code == "PW690").help("nb")


@pytest.mark.parametrize(
    ("value", "band"), [(12, "<65"), (64.9, "<65"), (65, "65–74"), (74, "65–74"), (75, "75–84"), (85, "85+"), (101, "85+")]
)
def test_bands_begin_at_their_number(value: float, band: str) -> None:
    assert Bands(name="age_band", fact="age", at=(65.0, 75.0, 85.0)).band(value) == band


def test_bands_between_fractions_say_where_they_end() -> None:
    assert Bands(name="b", fact="x", at=(0.5, 1.5)).band(1) == "0.5–<1.5"


def test_a_bound_unit_answers_and_is_counted_by() -> None:
    """O10: the unit that an adaptation binds a party to stands in its breaks and in the groups."""
    loaded = load(Path(__file__).parents[1] / "model" / "good" / "flora-en.pathway")
    assert loaded.pathway is not None
    measured = load(FILE).pathway
    assert measured is not None
    (scenario,) = loaded.pathway.scenarios
    indicator = measured.indicators["readmission"].model_copy(
        update={"groups": (Group(kind="party", name="gp"), Group(kind="party", name="municipality"))}
    )
    local = loaded.pathway.model_copy(update={"indicators": {"readmission": indicator}})
    story = tell(compile_pathway(local), events_of(scenario), as_of=to_instant(datetime(2026, 9, 1, tzinfo=UTC)))
    assert {record.unit for record in story.breaks if record.party == "gp"} == {"4602-12"}
    assert {record.groups for record in story.indicators} == {("4602-12", "4602")}
