"""The limits in the shipped files against the list of facts they were written from, row by row, where that list is present.

A row is a limit with where it was read and its mark: V and V2 read in a source, WP in the white paper, M remembered only.
"""

from __future__ import annotations

import csv
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from pathway.model.base import Duration
from pathway.model.expressions import Compare, EventRef, TimeSince
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.model.rules import Rule, Timing

LIMITS = Path(__file__).parents[3] / "shared" / "content" / "limits.csv"

RULES: dict[tuple[str, str], tuple[str, str]] = {
    ("common", "referral_assessment"): ("discharge", "referral_assessment"),
    ("common", "early_message"): ("discharge", "notice"),
    ("common", "discharge_report"): ("discharge", "report_home"),
    ("common", "epikrise_1d"): ("discharge", "summary_next_day"),
    ("common", "epikrise_7d"): ("discharge", "summary_to_gp"),
    ("common", "arrival_by"): ("discharge", "arrival"),
    ("common", "home_care_report"): ("frail_elderly", "rapport_3_timer"),
    ("common", "kad_stay"): ("frail_elderly", "liggetid"),
    ("stroke", "mp2c"): ("stroke", "avreise_i_tide"),
    ("stroke", "dtn_new"): ("stroke", "nål"),
    ("stroke", "dtn_old"): ("stroke", "nål"),
    ("stroke", "control"): ("stroke", "kontroll_3mnd"),
    ("stroke", "tia_low"): ("tia", "utredning"),
    ("hph", "discharge_call"): ("frail_elderly", "samtale"),
    ("hph", "nurse"): ("frail_elderly", "besøk_av_sykepleier"),
    ("hph", "gp"): ("frail_elderly", "time_hos_fastlege"),
    ("hph", "extended"): ("frail_elderly", "vurdering"),
    ("copd", "stable_for_spirometry"): ("copd", "stable_for_spirometry"),
    ("copd", "annual"): ("copd", "annual"),
    ("copd", "rehab_referral"): ("copd_exacerbation", "rehab_referral"),
    ("copd", "rehab_start_nice"): ("copd_exacerbation", "rehab_start_nice"),
    ("copd", "rehab_start_ers"): ("copd_exacerbation", "rehab_start_ers"),
    ("copd", "antibiotic"): ("copd_exacerbation", "antibiotic"),
    ("diabetes", "annual_review"): ("diabetes", "annual_review"),
    ("diabetes", "albuminuria"): ("diabetes", "albuminuria"),
    ("diabetes", "first_eye"): ("diabetes_eye", "first_eye"),
    ("diabetes", "eye_interval"): ("diabetes_eye", "eye_interval"),
}
"""By pathway and id in the list, the file and the rule that says it."""

ELSEWHERE = {
    ("common", "readmission"): "an indicator, tested below",
    ("common", "epikrise_1d_psych"): "mental health and substance use: no pathway for them is shipped",
    ("stroke", "inclusion"): "a condition for whom the standard is, tested below",
    ("diabetes", "eye_info_age"): "the age of what a decision rests on, tested below",
    ("diabetes", "hba1c_dx"): "a named condition, tested below",
    ("diabetes", "eye_coverage"): "a target without a time, tested below",
}
FOREIGN = {("copd", "rehab_start_nice"), ("copd", "rehab_start_ers")}
"""Limits of other countries: measured, so that nobody is held to them."""
_OURS = ("common", "stroke", "hph", "copd", "diabetes")
_UNITS = {"calendar_days": "day", "hours": "hour", "minutes": "minute", "months": "month", "working_days": "working_day"}

pytestmark = pytest.mark.skipif(not LIMITS.is_file(), reason="the list of limits is not part of the project and is not here")


def _rows() -> dict[tuple[str, str], dict[str, str]]:
    if not LIMITS.is_file():
        return {}
    with LIMITS.open(encoding="utf-8", newline="") as file:
        return {(row["pathway"], row["id"]): row for row in csv.DictReader(file, delimiter=";") if row["pathway"] in _OURS}


def _pathway(name: str) -> Pathway:
    pathway = load(name).pathway
    assert pathway is not None
    return pathway


def _rule(name: str, label: str) -> Rule:
    pathway = _pathway(name)
    rules = [*pathway.rules(), *(rule for handover in pathway.handovers.values() for rule in handover.rules)]
    return next(rule for rule in rules if rule.label == label)


def _limit(timing: Timing) -> Duration | time | None:
    if timing.clock is not None:
        return timing.clock
    return Duration(amount=0, unit="day") if timing.same_day else timing.upper or timing.lower


def _wanted(row: dict[str, str]) -> Duration | time:
    if row["unit"] == "clock":
        return time.fromisoformat(row["limit"])
    unit: Any = _UNITS[row["unit"]]
    return Duration(amount=int(row["limit"]), unit=unit)


def test_every_row_is_in_a_file_or_accounted_for() -> None:
    assert set(_rows()) == set(RULES) | set(ELSEWHERE)


@pytest.mark.parametrize("key", RULES, ids="/".join)
def test_a_limit_is_the_listed_one(key: tuple[str, str]) -> None:
    row, rule = _rows()[key], _rule(*RULES[key])
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    variant = next((each for each in rule.variants if end is not None and each.period.end == end), None)
    timing, target = (rule.timing, rule.target) if variant is None else (variant.timing, variant.target)
    assert timing is not None and _limit(timing) == _wanted(row)
    assert (variant is not None) == (end is not None)
    percent = row["population_target"].strip(">=%")
    assert (f"{target.percent:g}" if target else "") == percent


@pytest.mark.parametrize("key", RULES, ids="/".join)
def test_only_what_is_owed_to_each_patient_can_break(key: tuple[str, str]) -> None:
    """What is for a population is measured; so is the hour of arrival, which one hospital and one municipality agreed on."""
    row, rule = _rows()[key], _rule(*RULES[key])
    assert row["mark"] in ("V", "V2", "WP")
    assert rule.breaks == (row["kind"] in ("per_patient", "minimum") and row["unit"] != "clock" and key not in FOREIGN)
    assert rule.standing.source is not None


def test_readmission_is_counted_within_the_listed_days() -> None:
    indicator = _pathway("discharge").indicators["readmission"]
    assert indicator.within == _wanted(_rows()["common", "readmission"])


def test_a_stroke_older_than_the_register_takes_is_left_out() -> None:
    row = _rows()["stroke", "inclusion"]
    (since,) = (
        each.when
        for each in _pathway("stroke").unsuited
        if isinstance(each.when, Compare) and isinstance(each.when.left, TimeSince)
    )
    assert (since.op, since.left, since.right) == (">", TimeSince(event=EventRef(name="symptomstart")), _wanted(row))


def test_a_photo_of_the_retina_rests_on_values_no_older_than_listed() -> None:
    ages = {basis.max_age for basis in _rule("diabetes_eye", "eye_info_age").basis}
    assert ages == {_wanted(_rows()["diabetes", "eye_info_age"])}


def test_diabetes_is_asked_to_be_confirmed_from_the_listed_value_on() -> None:
    over = _pathway("diabetes").conditions["over_grensen"].condition
    assert isinstance(over, Compare) and over.op == ">="
    assert f"{over.right:g}" == _rows()["diabetes", "hba1c_dx"]["limit"]


def test_the_coverage_of_eyes_is_a_target_for_the_population() -> None:
    rule = _rule("diabetes_eye", "eye_coverage")
    assert rule.target is not None and not rule.breaks
    assert f">{rule.target.percent:g}%" == _rows()["diabetes", "eye_coverage"]["population_target"]


def test_the_standing_of_limits_that_one_place_agreed_on_is_agreement() -> None:
    for key in (("common", "arrival_by"), ("common", "home_care_report"), ("common", "kad_stay")):
        assert _rule(*RULES[key]).standing.force == "agreement"
