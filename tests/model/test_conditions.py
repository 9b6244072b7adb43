"""Conditions: what they say, and what is held against the kinds of facts."""

import json

import pytest

from pathway.model.base import Duration
from pathway.model.expressions import (
    And,
    Compare,
    Condition,
    CountOf,
    EventRef,
    FactValue,
    Happened,
    Known,
    LastFact,
    Not,
    Or,
    TimeSince,
    Within,
)
from pathway.model.units import conversion
from tests.model.texts import codes, problems, rule


def of(condition: str) -> Condition | None:
    return rule(f"expect done when {condition}").when


def fact(name: str, op: str, value: object) -> Compare:
    return Compare.model_validate({"op": op, "left": {"kind": "fact", "fact": name}, "right": value})


FRAIL, SICK = fact("frail", "==", True), fact("sick", "==", True)
DONE, SEEN = EventRef(name="done"), EventRef(name="seen")

FORMS = [
    ("frail", FRAIL),
    ("not frail", Not(item=FRAIL)),
    ("frail is no", fact("frail", "==", False)),
    ("frail and sick", And(items=(FRAIL, SICK))),
    ("(frail or sick) and frail", And(items=(Or(items=(FRAIL, SICK)), FRAIL))),
    ("not (frail or sick)", Not(item=Or(items=(FRAIL, SICK)))),
    ("severe", And(items=(fact("mrs", ">=", 4), Not(item=FRAIL)))),
    ("age >= 65 years", fact("age", ">=", 65)),
    ("age >= 65", fact("age", ">=", 65)),
    ("age < 18 months", fact("age", "<", 1.5)),
    ("weight >= 50000 g", fact("weight", ">=", 50)),
    ("crp < 0.005 g/l", fact("crp", "<", 5)),
    ("score >= 2.5", fact("score", ">=", 2.5)),
    ("walking >= with_aid", fact("walking", ">=", "with_aid")),
    ("walking is not alone", fact("walking", "!=", "alone")),
    ("diagnosis is I63.9", fact("diagnosis", "==", "I63.9")),
    ("note is asked", fact("note", "==", "asked")),
    ("walking in unable, alone", Within(op="in", left=FactValue(fact="walking"), values=("unable", "alone"))),
    ("mrs not in 1, 2", Within(op="not in", left=FactValue(fact="mrs"), values=(1, 2))),
    (
        "diagnosis in I60-I69, G45.3, Z01",
        Within(op="in", left=FactValue(fact="diagnosis"), values=(("I60", "I69"), "G45.3", "Z01")),
    ),
    ("mrs is known", Known(fact="mrs")),
    ("mrs is unknown", Not(item=Known(fact="mrs"))),
    ("mrs is not known", Not(item=Known(fact="mrs"))),
    ("mrs is not unknown", Known(fact="mrs")),
    ("done has happened", Happened(event=DONE)),
    ("report received has not happened", Not(item=Happened(event=EventRef(name="report", phase="received")))),
    ("last mrs from seen >= 3", Compare(op=">=", left=LastFact(fact="mrs", event=SEEN), right=3)),
    ("count of seen >= 2", Compare(op=">=", left=CountOf(event=SEEN), right=2)),
    (
        "count of seen last 12 months < 2",
        Compare(op="<", left=CountOf(event=SEEN, span=Duration(amount=12, unit="month")), right=2),
    ),
    ("time since seen < 30 days", Compare(op="<", left=TimeSince(event=SEEN), right=Duration(amount=30, unit="day"))),
]


@pytest.mark.parametrize(("said", "meant"), FORMS, ids=[said for said, _ in FORMS])
def test_a_form_says(said: str, meant: Condition) -> None:
    assert of(said) == meant


def test_a_date_is_compared_with_a_date() -> None:
    found = of("born < 1950-01-01")
    assert json.loads(found.model_dump_json())["right"] == "1950-01-01"  # type: ignore[union-attr]


def test_unless_is_not_and_stands_beside_when() -> None:
    found = rule("expect done when frail", "    unless sick")
    assert found.when == And(items=(FRAIL, Not(item=SICK)))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("age >= 65 kg", "PW212"),
        ("age >= 65 days", "PW212"),
        ("crp < 5 mmol/L", "PW212"),
        ("score > 3 kg", "PW208"),
        ("walking is with_adi", "PW207"),
        ("mrs >= 7", "PW211"),
        ("last mrs from seen >= 9", "PW211"),
        ("age is alone", "PW208"),
        ("age >= born", "PW210"),
        ("walking is reply", "PW210"),
        ("frail is 1", "PW208"),
        ("frail >= yes", "PW238"),
        ("diagnosis < I60", "PW238"),
        ("note > asked", "PW238"),
        ("diagnosis is I60-I69", "PW208"),
        ("diagnosis in I69-I60", "PW239"),
        ("born > 1950", "PW208"),
        ("age", "PW209"),
        ("frail or age", "PW209"),
        ("count of seen >= 2 days", "PW208"),
        ("count of seen is known", "PW237"),
        ("time since seen < 3", "PW208"),
        ("time since seen in 1, 2", "PW208"),
        ("time since seen < 1.5 days", "PW225"),
        ("age >= 99999999999999999999", "PW242"),
    ],
)
def test_what_can_never_be_true_is_refused(said: str, code: str) -> None:
    assert codes(f"expect done when {said}") == [code]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("diagnosis in I61 or I63 or I64", "diagnosis in I61, I63, I64"),
        ("diagnosis is I61 or I63", "diagnosis in I61, I63"),
        ("walking is unable or with_aid or frail", "walking in unable, with_aid"),
        ("frail or walking is unable or alone", "walking in unable, alone"),
        ("diagnosis is not I61 or I63", "diagnosis not in I61, I63"),
    ],
)
def test_a_value_after_or_is_answered_with_the_list_that_was_meant(said: str, meant: str) -> None:
    (problem,) = problems(f"expect done when {said}")
    assert problem.code == "PW217"
    assert meant in problem.help("en")
    assert meant.replace("not in", "ikke i").replace(" in ", " i ") in problem.help("nb")


@pytest.mark.parametrize("said", ["age >= 65 years or frial", "walking is alone or frial", "walking is alone and frial"])
def test_a_misspelt_name_after_or_is_a_misspelt_name(said: str) -> None:
    (problem,) = problems(f"expect done when {said}")
    assert (problem.code, problem.suggestion) == ("PW201", "frail")


def test_a_circle_is_shown_whole() -> None:
    (problem,) = problems(after="define a as b\ndefine b as not c\ndefine c as (a or frail)\n")
    assert problem.code == "PW213"
    assert "a → b → c → a" in problem.message("en")


def test_definitions_may_stand_anywhere() -> None:
    found = rule("expect done when late", after="define late as later\ndefine later as frail\n")
    assert found.when == FRAIL


@pytest.mark.parametrize("upwards", [True, False])
def test_names_of_names_without_end_are_refused_once(upwards: bool) -> None:
    lines = ["define d0 as frail", *(f"define d{i} as d{i - 1} and d{i - 1}" for i in range(1, 400))]
    after = "\n".join(lines if upwards else reversed(lines))
    assert codes("expect done when d399", after=after) == ["PW236"]


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [("g", "kg", "1/1000"), ("hour", "minute", "60"), ("mg/dL", "mg/l", "10"), ("µmol/L", "mmol/L", "1/1000")],
)
def test_units_convert_exactly(unit: str, wanted: str, factor: str) -> None:
    assert str(conversion(unit, wanted)) == factor


@pytest.mark.parametrize(("unit", "wanted"), [("month", "day"), ("mg", "mg/L"), ("mmol/L", "mg/L"), ("working_day", "day")])
def test_units_that_do_not_convert(unit: str, wanted: str) -> None:
    assert conversion(unit, wanted) is None
