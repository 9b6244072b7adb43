"""A pathway from a FHIR R4 PlanDefinition that `plan_definition` made, or that was changed since.

What FHIR has a place for is taken from that place: who changes a title, a limit or a code there has changed the pathway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pathway.errors import PathwayError, system_reason
from pathway.language.diagnostics import Problems
from pathway.language.source import Source
from pathway.model.extensions import values
from pathway.model.finding import beside
from pathway.model.load import Loaded, load
from pathway.model.pathway import Pathway
from pathway.model.plan_definition import BASE, CODES, CONDITION, TRANSLATION, UCUM

Told = Mapping[str, Any]
_UNITS = {code: unit for unit, code in UCUM.items() if unit != "working_day"}


def load_plan(path: Path, name: str) -> Loaded:
    """The pathway in a file that is a PlanDefinition, with those that it starts. What is wrong with it is in `problems`."""
    problems = Problems()
    source = Source(name, "", path)
    try:
        model = read_plan(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        problems.add("PW563", None, place=path.name, detail=system_reason(error))
        return Loaded(None, problems, source)
    except PathwayError as error:
        problems.add("PW563", None, **error.diagnostic.values)
        return Loaded(None, problems, source)
    places = {start: beside(start, path) for start in _started(model)}
    return Loaded(model, problems, source, started={start: load(at) for start, at in places.items() if at is not None})


def _started(model: Pathway) -> set[str]:
    stages = (model.throughout, *model.stages.values())
    starts = [start for stage in stages for start in (*stage.starts, *(of for way in stage.transitions for of in way.starts))]
    return {start.pathway for start in starts}


def read_plan(plan: Told) -> Pathway:
    """The pathway that a PlanDefinition says. Raises `PathwayError` (PW563) for one that says none, with the place."""
    place = "PlanDefinition"
    try:
        if plan["resourceType"] != "PlanDefinition":
            raise ValueError(plan["resourceType"])
        told = _rest(plan)
        told |= {name: plan[name] for name in ("name", "version", "language", "purpose") if name in plan}
        told |= _titles(plan)
        if "publisher" in plan:
            told["owner"] = plan["publisher"]
        if "effectivePeriod" in plan:
            told["valid"] = {name: date.fromisoformat(day) for name, day in plan["effectivePeriod"].items()}
        place = "relatedArtifact"
        told["sources"] = {source["label"]: _source(source) for source in plan.get("relatedArtifact", ())}
        told |= {"enters": [], "stages": {}}
        for action in plan.get("action", ()):
            place = str(action.get("id"))
            kind = place.partition("-")[0]
            if kind == "enter":
                told["enters"].append(_rest(action) | _when(action))
            elif kind == "stage":
                stage = _stage(action)
                if stage["name"] == "throughout":
                    told["throughout"] = stage
                else:
                    told["stages"][stage["name"]] = stage
            else:
                told[kind] = {item["name"]: item for item in map(_declared, action["action"])}
        place = "PlanDefinition"
        return Pathway.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise PathwayError("PW563", place=".".join(map(str, first["loc"])), detail=first["msg"]) from None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PathwayError("PW563", place=place, detail=str(error)) from None


def _rest(element: Told) -> dict[str, Any]:
    """What stands in an element's extensions, by the names of the model."""
    found = values(each for each in element.get("extension", ()) if str(each["url"]).startswith(BASE))
    return {url.removeprefix(BASE): value for url, value in found.items()}


def _titles(element: Told) -> dict[str, Any]:
    """The titles: that of FHIR is the one of the language that people get first."""
    if "title" not in element:
        return {}
    titles = {}
    for each in element.get("_title", {}).get("extension", ()):
        if each["url"] == TRANSLATION:
            of = {part["url"]: part for part in each["extension"]}
            titles[of["lang"]["valueCode"]] = of["content"]["valueString"]
    first = next((language for language in ("nb", "nn", "en") if language in titles), "nb")
    return {"titles": titles | {first: element["title"]}}


def _source(source: Told) -> dict[str, Any]:
    link = {"url": source["url"]} if "url" in source else {}
    return _rest(source) | {"name": source["label"], "title": source["display"]} | link


def _stage(action: Told) -> dict[str, Any]:
    inner = action.get("action", ())
    rules = [_rule(each) for each in inner if str(each["id"]).startswith("rule-")]
    ways = [_way(each) for each in inner if str(each["id"]).startswith("way-")]
    return _rest(action) | _titles(action) | {"rules": rules, "transitions": ways}


def _way(action: Told) -> dict[str, Any]:
    inner = action.get("action", ())
    told = _rest(action) | _when(action) | {"rules": [_rule(each) for each in inner if str(each["id"]).startswith("rule-")]}
    staying = [_rule(each) for each in inner if str(each["id"]).startswith("within-")]
    return told | ({"within": staying[0]} if staying else {})


def _rule(action: Told) -> dict[str, Any]:
    told = _rest(action) | _when(action)
    for related in action.get("relatedAction", ())[:1]:
        ends = related["offsetRange"]
        limits = {name: _limit(ends[end]) for name, end in (("lower", "low"), ("upper", "high")) if end in ends}
        told["timing"] = dict(told["timing"]) | limits
    return told


def _limit(quantity: Told) -> dict[str, Any]:
    unit = quantity.get("unit")
    amount = quantity["value"]
    if int(amount) != amount:
        raise ValueError(f"no whole number: {amount}")
    return {"amount": int(amount), "unit": unit if unit in UCUM else _UNITS[quantity["code"]]}


def _when(action: Told) -> dict[str, Any]:
    """The condition, where there is one in the language of pathways."""
    for condition in action.get("condition", ()):
        expression = condition["expression"]
        if expression["language"] != CONDITION:
            raise ValueError(f"a condition in {expression['language']}")
        return {"when": json.loads(expression["expression"], object_hook=_dated)}
    return {}


def _dated(told: dict[str, Any]) -> Any:
    return date.fromisoformat(told["date"]) if told.keys() == {"date"} else told


def _declared(action: Told) -> dict[str, Any]:
    codings = [coding for each in action.get("code", ()) for coding in each["coding"]]
    codes = [{"system": coding["system"].removeprefix(CODES), "code": coding["code"]} for coding in codings]
    return _rest(action) | _titles(action) | ({"codes": codes} if codes else {})
