"""Scenarios: times in the pathway's zone, facts with types, assertions that can hold."""

from datetime import UTC, datetime, timedelta

import pytest

from pathway.model.pathway import Scenario
from tests.model.texts import built, codes, problems

RULES = ("told: send report from ward to gp at latest 1 day after done", "expect done within 5 days after arrival")


def scene(*lines: str) -> str:
    return 'scenario "S"\n' + "".join(f"    {line}\n" for line in lines)


def of(*lines: str) -> Scenario:
    (scenario,) = built(*RULES, after=scene(*lines)).scenarios
    return scenario


def wrong(*lines: str) -> list[str]:
    return codes(*RULES, after=scene(*lines))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_times_count_from_the_line_before_and_days_from_the_first() -> None:
    steps = of(
        "2026-03-02 08:10 arrival",
        "+50 minutes seen",
        "+1 month seen",
        "day 5 13:00 done",
        "day 6 seen",
        "2026-03-01 seen",
        "day 2 07:00 seen",
    ).steps
    assert [step.at for step in steps] == [
        at("2026-03-02T08:10+01:00"),
        at("2026-03-02T09:00+01:00"),
        at("2026-04-02T09:00+02:00"),
        at("2026-03-06T13:00+01:00"),
        at("2026-03-07T00:00+01:00"),
        at("2026-03-01T00:00+01:00"),
        at("2026-03-03T07:00+01:00"),
    ]
    assert [step.date_only for step in steps] == [False, False, False, False, True, True, False]


def test_hours_are_elapsed_and_days_are_calendar_over_the_change_of_the_clock() -> None:
    steps = of("2026-03-28 22:30 arrival", "+5 hours seen", "+1 day done").steps
    assert steps[1].at.astimezone(UTC) - steps[0].at.astimezone(UTC) == timedelta(hours=5)
    assert steps[1].at == at("2026-03-29T04:30+02:00")
    assert steps[2].at == at("2026-03-30T04:30+02:00")


def test_a_bare_date_of_a_status_is_the_end_of_that_local_day() -> None:
    first, second = of(
        "2026-03-02 08:10 arrival", "at 2026-03-29", "    no break", "at 2026-03-30 12:00 known at 2026-03-30", "    no break"
    ).statuses
    assert first.at == at("2026-03-29T23:59:59.999999+02:00")
    assert (second.at, second.known_at) == (at("2026-03-30T12:00+02:00"), at("2026-03-30T23:59:59.999999+02:00"))


def test_facts_have_the_values_of_their_types() -> None:
    scenario = of(
        "patient age 71, diagnosis I63.9, frail, sick no, walking alone, born 1950-02-03, weight 70500 g, note asked",
        "2026-03-02 08:10 done with destination own_home",
    )
    assert scenario.facts == {
        "age": 71,
        "diagnosis": "I63.9",
        "frail": True,
        "sick": False,
        "walking": "alone",
        "born": at("1950-02-03").date(),
        "weight": 70.5,
        "note": "asked",
    }
    assert scenario.steps[0].facts == {"destination": "own_home"}


def test_a_message_tells_its_contents_and_facts() -> None:
    sent, answered, plan = of(
        "2026-03-02 08:10 report sent from ward to gp with status, plan",
        "+1 hour report answered from ward to gp with reply can",
        "+1 hour plan sent from ward to gp with anything",
    ).steps
    assert (sent.sender, sent.receiver, sent.elements, sent.facts) == ("ward", "gp", ("status", "plan"), {})
    assert (answered.elements, answered.facts) == (None, {"reply": "can"})
    assert plan.elements == ("anything",)


def test_a_resource_is_delivered_in_amounts() -> None:
    once, hours, times = of(
        "2026-03-02 bed delivered by ward", "2026-03-03 bed delivered 1.5 hours", "2026-03-04 bed delivered 3 times"
    ).steps
    assert (once.party, once.amount, hours.amount, times.amount) == ("ward", None, 90, 3)


def test_a_deviation_names_a_rule_or_a_stage() -> None:
    rule, stage = of(
        '2026-03-02 deviation told because "No line" recorded 2026-03-04 to 2026-03-09', '+1 day deviation acute because "Away"'
    ).steps
    assert (rule.deviation, rule.because, rule.event) == ("told", "No line", None)
    assert rule.until == at("2026-03-09T23:59:59.999999+01:00")
    assert rule.recorded == at("2026-03-04T23:59:59.999999+01:00")
    assert stage.deviation == "acute"


def test_assertions_speak_of_rules() -> None:
    (status,) = of(
        "2026-03-02 08:10 arrival",
        "at 2026-03-20",
        "    stage acute",
        "    break waiting missing acute.expect.done",
        "    no break told",
        "    next deadline told 2026-03-21 12:00",
    ).statuses
    assert [(check.kind, check.name) for check in status.checks] == [
        ("stage", "acute"),
        ("break", "acute.expect.done"),
        ("no_break", "told"),
        ("next_deadline", "told"),
    ]
    assert status.checks[3].due == at("2026-03-21T12:00+01:00")


def test_an_aliased_stage_is_found() -> None:
    (status,) = (
        built(
            after='stage away "Away" nb borte "Borte"\n    then closed on seen\n'
            + scene("2026-03-02 arrival", "at 2026-03-03", "    stage borte")
        )
        .scenarios[0]
        .statuses
    )
    assert status.checks[0].name == "away"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["+5 minutes arrival", "+5 minutes seen", "day 3 done"], "PW223"),
        (["2026-03-02 arrival", "week 2 seen"], "PW234"),
        (["2026-03-02 arrival", "day 0 seen"], "PW257"),
        (["2026-03-02 arrival", "+140 years seen"], "PW256"),
        (["2026-03-02 arrival", "+999999999 years seen"], "PW243"),
        (["2026-03-02 arrival", "day 999999999999 seen"], "PW256"),
        (["0001-01-01 arrival"], "PW256"),
        (["9999-12-31 arrival"], "PW256"),
        (["2026-03-02 arrival", "at 9999-12-31", "    no break"], "PW256"),
        (["2026-03-02 10:00 arrival recorded 2026-03-01"], "PW258"),
        (["2026-03-02 arrival with age"], "PW235"),
        (["2026-03-02 arrival with age 70, age 71"], "PW230"),
        (["2026-03-02 arrival with agee 70"], "PW201"),
        (["2026-03-02 arrival with walking running"], "PW207"),
        (["2026-03-02 report sent with stauts"], "PW260"),
        (["2026-03-02 report sent with diagnosis"], "PW260"),
        (["2026-03-02 report delivered"], "PW227"),
        (["2026-03-02 arrival sent"], "PW227"),
        (["2026-03-02 bed delivered 3 weeks"], "PW259"),
        (["2026-03-02 arrival", "at 2026-03-03", "    no break tolld"], "PW201"),
        (["2026-03-02 arrival", "at 2026-03-03", "    stage acut"], "PW201"),
        (["2026-03-02 arrival", "at 2026-03-03", "    break waiting unanswered told"], "PW261"),
        (["2026-03-02 arrival", "at 2026-03-03", "    break waiting late told"], "PW262"),
    ],
)
def test_what_a_scenario_cannot_say(lines: list[str], code: str) -> None:
    assert wrong(*lines) == [code]


def test_what_is_only_measured_cannot_break() -> None:
    after = scene("2026-03-02 arrival", "at 2026-03-03", "    break waiting late quick")
    assert codes("quick: measure done within 1 day", after=after) == ["PW263"]
    assert codes("quick: expect done within 1 day proposed", after=after) == ["PW263"]
    assert codes("quick: expect done within 1 day", after=after) == []


def test_the_nearest_rule_is_suggested() -> None:
    (problem,) = problems(*RULES, after=scene("2026-03-02 arrival", "at 2026-03-03", "    no break acute.expect.doen"))
    assert problem.suggestion == "acute.expect.done"
