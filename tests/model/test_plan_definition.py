"""Pathways as FHIR PlanDefinitions and back: the same pathway, in a form that FHIR's own validator takes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pathway
from pathway.errors import PathwayError
from pathway.model.extensions import extension, value_of
from pathway.model.load import shipped
from pathway.model.pathway import Pathway
from pathway.model.plan_definition import plan_definition
from pathway.model.plan_reading import read_plan

MODELS: dict[str, Pathway] = {
    f"{name}{'' if model.adaptation is None else ': ' + model.adaptation}": model
    for name in shipped()
    for definition in [pathway.load(name)]
    for model in (definition.model, *definition.adaptations)
}


@cache
def plan(name: str) -> Any:
    return json.loads(json.dumps(plan_definition(MODELS[name])))


def elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for of in value.values():
            yield from elements(of)
    if isinstance(value, list):
        for of in value:
            yield from elements(of)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_read_back_is_the_same_pathway(name: str) -> None:
    assert read_plan(plan(name)).model_dump() == MODELS[name].model_dump()


@pytest.mark.parametrize("name", MODELS)
def test_ids_are_fhirs_and_all_that_is_referred_to_is_there(name: str) -> None:
    ids = [each["id"] for each in elements(plan(name)) if "id" in each]
    assert len(ids) == len(set(ids))
    assert all(len(each) <= 64 and each.replace("-", "").isalnum() and each.isascii() for each in ids)
    referred = {each["actionId"] for each in elements(plan(name)) if "actionId" in each}
    referred |= {goal for each in elements(plan(name)) for goal in each.get("goalId", ())}
    assert referred <= set(ids)


@pytest.mark.parametrize("name", MODELS)
def test_fhirs_own_validator_takes_it(name: str) -> None:
    module = pytest.importorskip("fhir.resources.R4B.plandefinition", reason="fhir.resources is installed for the tests only")
    assert module.PlanDefinition.model_validate(plan(name)).status == "draft"


def test_there_is_nothing_empty_in_it() -> None:
    assert not [value for each in elements(plan("stroke")) for value in each.values() if value in (None, [], {}, "")]


def test_a_change_where_fhir_has_a_place_is_a_change_of_the_pathway() -> None:
    changed = copy.deepcopy(plan("tia"))
    changed["title"] = "Something else"
    changed["publisher"] = "Somebody else"
    for each in elements(changed):
        if "high" in each and each["high"]["unit"] == "day":
            each["high"] = {"value": 9, "code": "h", "system": "http://unitsofmeasure.org"}
    read = read_plan(changed)
    assert read.title() == "Something else"
    assert read.owner == "Somebody else"
    limits = [rule.timing.upper for rule in read.rules() if rule.timing is not None and rule.timing.upper is not None]
    assert any((limit.amount, limit.unit) == (9, "hour") for limit in limits)


def test_it_can_be_used_where_a_pathway_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "copd.json"
    file.write_text(json.dumps(pathway.load("copd").plan_definition()), encoding="utf-8")
    again = pathway.load(file)
    assert again.errors == []
    assert all(result.holds for result in again.test())
    assert set(again.compiled.started) == set(pathway.load("copd").compiled.started)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"resourceType": "Patient"},
        {"resourceType": "PlanDefinition"},
        {**plan("sepsis"), "action": 3},
        {**plan("sepsis"), "action": [{"id": "stage-1"}]},
        {**plan("sepsis"), "effectivePeriod": {"start": "once"}},
        {**plan("sepsis"), "extension": [{"url": "https://patient-pathway.example/fhir/StructureDefinition/costs"}]},
    ],
)
def test_what_is_none_is_answered_in_words(broken: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(PathwayError) as raised:
        read_plan(broken)
    assert raised.value.code == "PW563"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(broken), encoding="utf-8")
    assert [problem.code for problem in pathway.load(file).errors] == ["PW563"]


@pytest.mark.parametrize("text", ["", "[]", "{", "nul", "\u0000", "[" * 100_000])
def test_a_file_that_is_no_json_is_answered_in_words(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    assert [problem.code for problem in pathway.load(file).errors] == ["PW563"]


@pytest.mark.parametrize(
    "value",
    [
        True,
        0,
        -7,
        2**40,
        1.5,
        "text",
        "",
        "   ",
        [],
        {},
        [[]],
        [1, [2, "3"]],
        {"a": None, "#b": [True]},
        [{}, {"entry": [1]}],
        None,
    ],
)
def test_values_come_back_from_extensions_as_they_were(value: object) -> None:
    assert value_of(json.loads(json.dumps(extension("x", value)))) == value
