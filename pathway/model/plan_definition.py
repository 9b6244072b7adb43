"""A pathway as a FHIR R4 PlanDefinition: each thing where the standard has a place for it, the rest in extensions with names.

| pathway | PlanDefinition |
|---|---|
| name, version, title, owner, purpose, validity, sources | the same: publisher, purpose, effectivePeriod, relatedArtifact |
| stage | an action, with the party as participant; its ways out and its rules are actions in it |
| coming in | an action with triggers, a condition, and the stage as what it comes before |
| way out | an action with triggers, a condition, and the stage to come to |
| rule | an action with a condition, who is to do it, what it needs or gives, and its limit to the event that it is counted from |
| event, message, resource | an action to be triggered by and related to, with its codes |
| goal | a goal, and the action that says when it is to be reached |

Whatever has no place there stands in an extension of the element that it belongs to, under the name that it has in the model
(`pathway/model/pathway.py`); `plan_reading` makes the same pathway of it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from pathway.model.base import Duration, Named, Period
from pathway.model.expressions import Condition, EventRef
from pathway.model.extensions import Json, extension
from pathway.model.keys import event_key
from pathway.model.pathway import Enter, Pathway, Stage, Transition
from pathway.model.phrases import rule_text
from pathway.model.rules import Rule, Timing

BASE = "https://patient-pathway.example/fhir/StructureDefinition/"
"""What the urls of the extensions begin with."""
CODES = "urn:patient-pathway:code:"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
CONDITION = "application/vnd.patient-pathway.condition+json"
"""The language of conditions: the model's own form as JSON."""
UCUM = {"minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a", "working_day": "d"}
_KINDS = ("kind", "op")
"""What says of which kind a part of a condition is."""
_INPUTS = {"message": "Communication", "event": "Procedure", "fact": "Observation"}


def plan_definition(pathway: Pathway) -> Json:
    """The pathway as the JSON data of a PlanDefinition."""
    told = _told(pathway)
    for name in (
        "name",
        "version",
        "titles",
        "language",
        "owner",
        "purpose",
        "valid",
        "sources",
        "stages",
        "throughout",
        "enters",
    ):
        told.pop(name, None)
    declared = {name: told.pop(name, {}) for name in ("events", "messages", "resources")}
    ids = _Ids(pathway)
    stages = [_stage(stage, ids) for stage in (pathway.throughout, *pathway.stages.values())]
    plan: Json = _without_nothing(
        {
            "resourceType": "PlanDefinition",
            "language": pathway.language,
            "extension": [extension(BASE + name, value) for name, value in told.items()],
            "url": f"urn:patient-pathway:{pathway.name}",
            "version": pathway.version,
            "name": pathway.name,
            **_titles(pathway),
            "type": {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "clinical-protocol"}
                ]
            },
            "status": "draft",
            "publisher": pathway.owner,
            "purpose": pathway.purpose,
            "effectivePeriod": _period(pathway.valid),
            "relatedArtifact": [_source(source) for source in pathway.sources.values()],
            "goal": [_goal(rule, ids) for rule in pathway.rules() if rule.kind == "goal"],
            "action": [
                *(_enter(enter, number, ids) for number, enter in enumerate(pathway.enters, 1)),
                *stages,
                *(_group(kind, told, getattr(pathway, kind), ids) for kind, told in declared.items() if told),
            ],
        }
    )
    return plan


class _Ids:
    """The ids of a plan's elements: FHIR's have neither `å` nor `_`, so they are numbered. `anchors` are the keys that limits are counted
    from."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self._known: dict[tuple[str, str], str] = {}
        timings = [rule.timing for rule in pathway.rules()]
        anchors = [on for timing in timings if timing is not None and timing.anchor for on in timing.anchor.events]
        self.anchors = sorted({event_key(on, pathway) for on in anchors})

    def of(self, kind: str, name: str) -> str:
        return self._known.setdefault((kind, name), f"{kind}-{len(self._known) + 1}")

    def new(self, kind: str) -> str:
        """One more of what may come several times under one name, such as the rules of a hand-over."""
        return self.of(kind, f"#{len(self._known)}")


def _told(model: BaseModel) -> dict[str, Any]:
    """What a model says beyond what it is by itself; values keep their kinds."""
    fields = {name: field for name, field in type(model).model_fields.items() if not field.exclude}
    said = {name: getattr(model, name) for name in fields}
    return {
        name: _of(value)
        for name, value in said.items()
        if name in _KINDS or fields[name].is_required() or value != fields[name].get_default(call_default_factory=True)
    }


def _of(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _told(value)
    if isinstance(value, Mapping):
        return {key: _of(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_of(of) for of in value]
    return value


def _rest(told: Mapping[str, Any]) -> list[Json]:
    return [extension(BASE + name, value) for name, value in told.items()]


def _titles(named: Named) -> Json:
    """The title in the language that people get first, with all of them as its translations."""
    if not named.titles:
        return {}
    translations = [
        {"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": title}]}
        for language, title in named.titles.items()
    ]
    return {"title": named.title(), "_title": {"extension": translations}}


def _period(period: Period) -> Json | None:
    ends = {"start": period.start, "end": period.end}
    return {name: day.isoformat() for name, day in ends.items() if day is not None} or None


def _source(source: Any) -> Json:
    told = _told(source)
    rest = {name: value for name, value in told.items() if name not in ("name", "title", "url")}
    return {"extension": _rest(rest), "type": "citation", "label": source.name, "display": source.title, "url": source.url}


def _goal(rule: Rule, ids: _Ids) -> Json:
    text = next(iter(rule.titles.values()), rule.name)
    return {"id": ids.of("goal", rule.name), "description": {"text": text}}


def _condition(when: Condition | None) -> list[Json]:
    if when is None:
        return []
    told = json.dumps(_plain(_told(when)), ensure_ascii=False, separators=(",", ":"))
    return [{"kind": "applicability", "expression": {"language": CONDITION, "expression": told}}]


def _plain(value: Any) -> Any:
    """Conditions hold dates: as JSON each is one with its name before it."""
    match value:
        case dict():
            return {key: _plain(of) for key, of in value.items()}
        case list() | tuple():
            return [_plain(of) for of in value]
        case bool() | int() | float() | str() | None:
            return value
    return {"date": value.isoformat()}


def _trigger(events: Iterable[EventRef], ids: _Ids) -> list[Json]:
    return [{"type": "named-event", "name": event_key(event, ids.pathway)} for event in events]


def _enter(enter: Enter, number: int, ids: _Ids) -> Json:
    told = _told(enter)
    told.pop("when", None)
    return {
        "id": f"enter-{number}",
        "extension": _rest(told),
        "trigger": _trigger(enter.on, ids),
        "condition": _condition(enter.when),
        "relatedAction": [{"actionId": ids.of("stage", enter.stage), "relationship": "before-start"}],
    }


def _stage(stage: Stage, ids: _Ids) -> Json:
    told = _told(stage)
    for name in ("titles", "rules", "transitions"):
        told.pop(name, None)
    own = ids.of("stage", stage.name)
    ways = [_way(way, f"way-{number}-{own}", ids) for number, way in enumerate(stage.transitions, 1)]
    return {
        "id": own,
        "extension": _rest(told),
        **_titles(stage),
        "participant": _participants(stage.party),
        "action": [*(_rule(rule, ids) for rule in stage.rules), *ways],
    }


def _participants(*parties: str | None) -> list[Json]:
    return [{"type": "practitioner", "role": {"text": party}} for party in dict.fromkeys(parties) if party is not None]


def _way(way: Transition, own: str, ids: _Ids) -> Json:
    told = _told(way)
    for name in ("when", "rules", "within"):
        told.pop(name, None)
    target = [] if way.target is None else [{"actionId": ids.of("stage", way.target), "relationship": "before-start"}]
    within = [] if way.within is None else [_rule(way.within, ids, role="within")]
    return {
        "id": own,
        "extension": _rest(told),
        "trigger": _trigger(way.on, ids),
        "condition": _condition(way.when),
        "relatedAction": target,
        "action": [*within, *(_rule(rule, ids) for rule in way.rules)],
    }


def _rule(rule: Rule, ids: _Ids, *, role: str = "rule") -> Json:
    told = _told(rule)
    told.pop("when", None)
    standing = told.get("standing", {})
    limit = _limit(rule, ids)
    if limit:
        told["timing"] = {name: value for name, value in told["timing"].items() if name not in ("upper", "lower")}
    priority = {"high": "urgent", "moderate": "routine"}.get(standing.get("severity", ""))
    messages = [{"type": "Communication", "profile": [f"urn:patient-pathway:message:{rule.message}"]}] if rule.message else []
    return {
        "id": ids.new(role),
        "extension": _rest(told),
        "title": rule.label or rule.name,
        "textEquivalent": rule_text(rule, ids.pathway, ids.pathway.language),
        "priority": priority,
        "documentation": [{"type": "documentation", "label": rule.standing.source, "display": rule.standing.place}]
        if rule.standing.source
        else [],
        "goalId": [ids.of("goal", rule.name)] if rule.kind == "goal" else [],
        "trigger": _trigger([rule.event], ids) if rule.kind in ("decide", "look_up") and rule.event is not None else [],
        "condition": _condition(rule.when),
        "input": [
            {"type": _INPUTS[basis.kind], "profile": [f"urn:patient-pathway:{basis.kind}:{basis.name}"]} for basis in rule.basis
        ],
        "output": messages,
        "relatedAction": limit,
        "participant": _participants(rule.by, rule.sender, *rule.receivers),
    }


def _limit(rule: Rule, ids: _Ids) -> list[Json]:
    """The limit to each event that it is counted from. One without an event stays an extension."""
    timing = rule.timing
    if timing is None or timing.anchor is None or not timing.anchor.events or (timing.upper is None and timing.lower is None):
        return []
    return [
        {
            "actionId": ids.of("event", event_key(event, ids.pathway)),
            "relationship": "after-start",
            "offsetRange": {name: _quantity(limit) for name, limit in _ends(timing) if limit is not None},
        }
        for event in timing.anchor.events
    ]


def _ends(timing: Timing) -> list[tuple[str, Duration | None]]:
    return [("low", timing.lower), ("high", timing.upper)]


def _quantity(limit: Duration) -> Json:
    return {"value": limit.amount, "unit": limit.unit, "system": "http://unitsofmeasure.org", "code": UCUM[limit.unit]}


def _group(kind: str, told: Mapping[str, Any], named: Mapping[str, Any], ids: _Ids) -> Json:
    """What is declared of one kind, each with its codes."""
    return {"id": kind, "title": kind, "action": [_declared(told[name], named[name], ids) for name in named]}


def _declared(told: Mapping[str, Any], item: Any, ids: _Ids) -> Json:
    rest = {key: value for key, value in told.items() if key not in ("titles", "codes")}
    coded = getattr(item, "codes", ())
    return {
        "id": ids.of("event", item.name),
        "extension": _rest(rest),
        **_titles(item),
        "code": [{"coding": [{"system": CODES + code.system, "code": code.code}]} for code in coded],
        "action": [{"id": ids.of("event", key), "title": key} for key in ids.anchors if key.startswith(f"{item.name} ")],
    }


def _without_nothing(value: Any) -> Any:
    """FHIR has no empty lists and no nulls."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(of) for key, of in value.items()}
        return {key: of for key, of in kept.items() if of not in (None, [], {})}
    if isinstance(value, list):
        return [_without_nothing(of) for of in value]
    return value
