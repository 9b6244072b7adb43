"""Pathways that belong together: one patient in several at once, on one list of work."""

from __future__ import annotations

from pathway import load
from pathway.tracking.tell import Story


def _end(name: str, title: str) -> Story:
    """The story at the end of a scenario, with the pathways that it starts."""
    (result,) = (result for result in load(name).test() if result.title.startswith(title))
    return result.stories[-1]


def test_stroke_starts_the_home_care_pathway_and_does_not_copy_it() -> None:
    story = _end("stroke", "To forløp samtidig")
    assert {(e.pathway, e.started_by) for e in story.episodes} == {("stroke", None), ("frail_elderly", "stroke")}
    visits = {(o.pathway, o.rule) for o in story.obligations if o.rule in ("besøk", "besøk_av_sykepleier")}
    assert visits == {("frail_elderly", "besøk_av_sykepleier")}


def test_a_younger_patient_has_the_visit_in_the_stroke_pathway_only() -> None:
    story = _end("stroke", "Begrunnet avvik")
    assert {e.pathway for e in story.episodes} == {"stroke"}
    assert [o.rule for o in story.obligations if o.rule.startswith("besøk")] == ["besøk"]


def test_a_tia_found_in_the_emergency_department_goes_on_in_its_own_pathway() -> None:
    story = _end("stroke", "TIA påvist")
    assert [(e.pathway, e.started_by, e.stage) for e in story.episodes if e.pathway == "tia"] == [
        ("tia", "stroke", "lav_risiko")
    ]


def test_a_pathway_can_be_followed_without_those_that_it_starts() -> None:
    stroke = load("stroke")
    whole, alone = stroke.compiled, stroke.alone().compiled
    assert set(whole.started) == {"frail_elderly", "tia"}
    assert not alone.started
    assert alone.pathway == whole.pathway
    told = [result for result in stroke.alone().test() if result.title.startswith("To forløp samtidig")]
    assert {e.pathway for result in told for e in result.stories[-1].episodes} == {"stroke"}


def test_eyes_and_feet_are_followed_beside_diabetes() -> None:
    story = _end("diabetes", "To forløp på én gang")
    assert {e.pathway: e.stage for e in story.episodes} == {
        "diabetes": "oppfølging",
        "diabetes_eye": "venter",
        "diabetes_foot": "moderat",
    }
    assert {(b.pathway, b.rule) for b in story.breaks} == {("diabetes_eye", "first_eye")}


def test_an_exacerbation_is_followed_beside_copd_and_starts_home_care() -> None:
    story = _end("copd", "To forløp på én gang")
    assert {e.pathway: e.stage for e in story.episodes} == {"copd": "stabil", "copd_exacerbation": "etterpå"}
    story = _end("copd_exacerbation", "To forløp på én gang")
    assert {(e.pathway, e.started_by) for e in story.episodes} == {
        ("copd_exacerbation", None),
        ("frail_elderly", "copd_exacerbation"),
    }
