"""Events as JSON and back: what a patient's stored state is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from pathway.events.event import Event
from pathway.model.expressions import Value
from pathway.model.pathway import FactType

_FIELDS = tuple(field.name for field in fields(Event))
_OWN = ("facts", "elements")
_TEXTS = ("id", "patient", "name", "root")
_MAYBE_TEXTS = ("phase", "party", "unit", "sender", "receiver", "refers", "deviation", "because", "cause")
_MAYBE_INSTANTS = ("recorded", "until", "deviation_until")


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as plain JSON data. Instants are microseconds since 1970 UTC, dates ISO; what an event does not say is left out."""
    stored = {name: value for name in _FIELDS if name not in _OWN and (value := getattr(event, name)) not in (None, "", False)}
    if event.elements is not None:
        stored["elements"] = list(event.elements)
    if event.facts:
        stored["facts"] = {name: value.isoformat() if isinstance(value, date) else value for name, value in event.facts.items()}
    return stored


def event_from_json(stored: Mapping[str, Any], types: Mapping[str, FactType]) -> Event:
    """The event that was stored. `types` says which facts are dates. Raises `ValueError` for what is no stored event."""
    if not set(stored) <= set(_FIELDS):
        raise ValueError(f"unknown: {sorted(set(stored) - set(_FIELDS))}")
    values = dict(stored)
    if not all(isinstance(values.get(name, ""), str) for name in _TEXTS + _MAYBE_TEXTS):
        raise ValueError("a text is not one")
    for name in ("occurred", *_MAYBE_INSTANTS):
        if name in values and (isinstance(values[name], bool) or not isinstance(values[name], int)):
            raise ValueError(f"{name} is not an instant")
    if not {"id", "patient", "name", "occurred"} <= set(values):
        raise ValueError("no id, patient, name or time")
    facts = values.get("facts", {})
    elements = values.get("elements")
    if not isinstance(facts, dict) or not (elements is None or isinstance(elements, list)):
        raise ValueError("facts or elements are not")
    values["facts"] = {name: _value(value, types.get(name)) for name, value in facts.items()}
    values["elements"] = None if elements is None else tuple(str(element) for element in elements)
    return Event(**values)


def _value(value: Any, kind: FactType | None) -> Value:
    if kind is not None and kind.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, bool | int | float | str):
        raise ValueError("a fact's value is neither a number, a text nor yes or no")
    return value
