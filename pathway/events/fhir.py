"""FHIR R4 resources as rows of a log: what happened to whom, when, and how it is coded. Read as plain objects; nothing is validated.

A resource gives a row for each moment that it tells of: an `Encounter` its beginning and its end, a `Communication` its being sent
and its being received. The event is the resource's first code; without one it is what the resource is (`Encounter IMP start`). Codes
stand in columns of their systems too (`code:http://snomed.info/sct`). What was planned, cancelled or not done has its status after
the code (`WMAA10 not-done`), and so is taken for done by nobody. A resource entered in error retracts what it said. Resources that are
no events (`Patient`) are rows of their own name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pathway.events.text_columns import Growing

_NOT_DONE = frozenset({
    "not-done", "cancelled", "planned", "preparation", "draft", "proposed", "pending", "waitlist", "noshow", "revoked", "stopped",
    "on-hold", "booked", "unknown", "failed",
})  # fmt: skip
_WRONG = "entered-in-error"
_ANSWERS = {
    "received": "received",
    "accepted": "answered",
    "completed": "answered",
    "in-progress": "answered",
    "rejected": "rejected",
}
"""How far a `Task` has come, by its status."""
_DEEPEST = 20


class _Moment(NamedTuple):
    """One moment of a resource. `mark` tells it apart from the resource's others, `phase` is of one that is a message."""

    occurred: str
    mark: str = ""
    phase: str = ""


def is_resource(told: Any) -> bool:
    return isinstance(told, dict) and isinstance(told.get("resourceType"), str)


class FhirRows:
    """Takes resources, alone or in bundles, into growing columns. Rows have the number of the line, or of the entry of a bundle."""

    def __init__(self, growing: Growing) -> None:
        self._growing = growing
        self._entries = 0

    def add(self, number: int, resource: dict[str, Any], depth: int = 0) -> None:
        if resource.get("resourceType") == "Bundle" and depth < _DEEPEST:
            for entry in _list(resource.get("entry")):
                self._entries += 1
                inner = entry.get("resource") if isinstance(entry, dict) else None
                if isinstance(inner, dict):
                    self.add(self._entries, inner, depth + 1)
                else:
                    self._growing.broken.append((self._entries, "no resource of FHIR"))
        elif is_resource(resource):
            for row in _rows(resource):
                self._growing.add(number, row)
        else:
            self._growing.broken.append((number, "no resource of FHIR"))

    def close(self) -> None:
        """Let the columns be there that every log has, also where nothing was in them."""
        for name in ("patient", "event", "occurred"):
            self._growing.wanted(name)


def _rows(resource: dict[str, Any]) -> Iterator[dict[str, str]]:
    kind, status = str(resource["resourceType"]), _text(resource.get("status"))
    code, system, display = _coded(kind, resource)
    what = code or " ".join(part for part in (kind, _code(resource.get("class"))) if part)
    own = _text(resource.get("id"))
    base = {
        "patient": _patient(kind, resource),
        "resource": kind,
        "status": status,
        "class": _code(resource.get("class")),
        "code": code,
        "system": system,
        "display": display,
        "codes": ",".join(each for each in (_code(coding) for coding in _codings(kind, resource)) if each),
        **{
            f"code:{_text(each.get('system'))}": _code(each)
            for each in map(_dict, _codings(kind, resource))
            if each.get("system")
        },
        "recorded": _recorded(kind, resource),
        "updated": _text(_dict(resource.get("meta")).get("lastUpdated")),
        "sender": _named(resource.get("sender") or resource.get("requester") or _first(resource.get("author"))),
        "receiver": _named(_first(resource.get("recipient")) or resource.get("owner")),
        "performer": _performer(resource),
        "encounter": _reference(resource.get("encounter") or _first(_dict(resource.get("context")).get("encounter"))),
        "refers": _refers(resource),
        "priority": _text(resource.get("priority")),
        **_value(resource),
    }
    for moment in _moments(kind, resource, status):
        event = " ".join(part for part in (what, moment.mark if not code else "") if part)
        row = {**base, "occurred": moment.occurred, "phase": moment.phase, "moment": moment.mark}
        row["id"] = f"{kind}/{own}" + (f"#{moment.mark}" if moment.mark else "") if own else ""
        row["event"] = f"{event} {status}" if status in _NOT_DONE else event
        if status == _WRONG:
            row |= {"retracts": row["id"], "recorded": base["updated"] or base["recorded"]}
        if kind == "Task" and moment.mark:
            row["refers"] = f"{kind}/{own}"
        yield row


def _moments(kind: str, resource: dict[str, Any], status: str) -> Iterator[_Moment]:
    def at(*names: str) -> str:
        return next((found for name in names if (found := _time(resource, name))), "")

    match kind:
        case "Encounter":
            period = _dict(resource.get("period"))
            yield _Moment(_text(period.get("start")), "start")
            if _text(period.get("end")):
                yield _Moment(_text(period.get("end")), "end")
        case "Communication":
            yield _Moment(at("sent", "received"), "", "sent")
            if at("received"):
                yield _Moment(at("received"), "received", "received")
        case "Task":
            yield _Moment(at("authoredOn", "lastModified"), "", "sent")
            phase = _ANSWERS.get(status)
            if phase is not None and at("lastModified"):
                yield _Moment(at("lastModified"), status, phase)
        case "ServiceRequest":
            yield _Moment(at("authoredOn", "occurrenceDateTime", "occurrencePeriod"), "", "sent")
        case "DocumentReference":
            yield _Moment(at("date"), "", "sent")
        case "Procedure":
            yield _Moment(at("performedDateTime", "performedPeriod"))
        case "Observation":
            yield _Moment(at("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"))
        case "Condition":
            yield _Moment(at("onsetDateTime", "onsetPeriod", "recordedDate"))
        case "CarePlan":
            yield _Moment(at("period", "created"))
        case "Appointment":
            yield _Moment(at("start", "created"))
        case "Patient":
            yield _Moment("")
            if at("deceasedDateTime"):
                yield _Moment(at("deceasedDateTime"), "deceased")
        case _:
            yield _Moment(at("date", "authoredOn", "created", "issued"))


def _recorded(kind: str, resource: dict[str, Any]) -> str:
    """When it became known, where the resource itself says so."""
    names = {"Observation": "issued", "Condition": "recordedDate", "Appointment": "created", "CarePlan": "created"}
    return _text(resource.get(names[kind])) if kind in names else ""


def _codings(kind: str, resource: dict[str, Any]) -> Iterator[Any]:
    """All codes of what it is, the likeliest first."""
    fields = {
        "Encounter": (), "Communication": ("topic", "category", "reasonCode"), "DocumentReference": ("type", "category"),
        "CarePlan": ("category",), "Appointment": ("serviceType", "appointmentType"), "Patient": (),
    }.get(kind, ("code",))  # fmt: skip
    for name in fields:
        for concept in _list(resource.get(name)):
            yield from _list(_dict(concept).get("coding"))


def _coded(kind: str, resource: dict[str, Any]) -> tuple[str, str, str]:
    for coding in _codings(kind, resource):
        if _code(coding):
            return _code(coding), _text(_dict(coding).get("system")), _text(_dict(coding).get("display"))
    return "", "", ""


def _patient(kind: str, resource: dict[str, Any]) -> str:
    if kind == "Patient":
        return _text(resource.get("id"))
    for participant in _list(resource.get("participant")) if kind == "Appointment" else ():
        actor = _dict(_dict(participant).get("actor"))
        if "Patient" in (_text(actor.get("reference")).split("/")[-2:-1] or [""])[0] or actor.get("type") == "Patient":
            return _reference(actor)
    return _reference(resource.get("subject") or resource.get("patient") or resource.get("for"))


def _reference(told: Any) -> str:
    """What a reference leads to, without what kind of thing it is: `Patient/7` is `7`."""
    known = _dict(told)
    reference = _text(known.get("reference")).partition("/_history/")[0].removeprefix("urn:uuid:")
    return reference.rpartition("/")[2] or _text(_dict(known.get("identifier")).get("value"))


def _refers(resource: dict[str, Any]) -> str:
    for name in ("inResponseTo", "focus", "basedOn", "partOf"):
        reference = _text(_dict(_first(resource.get(name))).get("reference"))
        if reference:
            return "/".join(reference.partition("/_history/")[0].removeprefix("urn:uuid:").split("/")[-2:])
    return ""


def _named(told: Any) -> str:
    known = _dict(told)
    return _text(known.get("display")) or _reference(known)


def _performer(resource: dict[str, Any]) -> str:
    found = _dict(_first(resource.get("performer")))
    return _named(found.get("actor") or found or resource.get("serviceProvider"))


def _value(resource: dict[str, Any]) -> dict[str, str]:
    """The value of an observation: a quantity, a code, a text, yes or no."""
    for name in (each for each in resource if each.startswith("value")):
        told = resource[name]
        if name == "valueQuantity":
            quantity = _dict(told)
            return {"value": _text(quantity.get("value")), "value_unit": _text(quantity.get("unit") or quantity.get("code"))}
        if name == "valueCodeableConcept":
            concept = _dict(told)
            return {"value": _code(_first(concept.get("coding"))) or _text(concept.get("text"))}
        if not isinstance(told, dict | list):
            return {"value": _text(told)}
    return {}


def _time(resource: dict[str, Any], name: str) -> str:
    told = resource.get(name)
    return _text(told.get("start") or told.get("end")) if isinstance(told, dict) else _text(told)


def _code(told: Any) -> str:
    return _text(_dict(told).get("code"))


def _dict(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]


def _first(told: Any) -> Any:
    return next(iter(_list(told)), None)


def _text(told: Any) -> str:
    if told is None or isinstance(told, dict | list):
        return ""
    return "true" if told is True else "false" if told is False else str(told)
