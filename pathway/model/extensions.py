"""Values as FHIR extensions, and back: what the standard has no place for, under names of its own.

A mapping is an extension with an extension for each key; a list one with an extension for each entry. What is left out is nothing, or
what it is by itself. Dates and times keep their kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

_ENTRY = "#entry"
"""The url of a list's entries: no name has such a sign in it."""
_EMPTY = {"list": "#none", "text": "#blank", "mapping": "#nothing"}
_LARGEST = 2**31 - 1

Json = dict[str, Any]


def extension(url: str, value: object) -> Json:
    """A value as an extension."""
    match value:
        case bool():
            return {"url": url, "valueBoolean": value}
        case int() if abs(value) <= _LARGEST:
            return {"url": url, "valueInteger": value}
        case int() | float():
            return {"url": url, "valueDecimal": value}
        case datetime():
            return {"url": url, "valueDateTime": value.isoformat()}
        case date():
            return {"url": url, "valueDate": value.isoformat()}
        case time():
            return {"url": url, "valueTime": value.isoformat()}
        case str():
            return {"url": url, "valueString": value} if value.strip() else {"url": url, "extension": [_blank(value)]}
        case Mapping():
            return {"url": url, "extension": parts(value) or [{"url": _EMPTY["mapping"], "valueBoolean": True}]}
        case Iterable():
            entries = [extension(_ENTRY, entry) for entry in value]
            return {"url": url, "extension": entries or [{"url": _EMPTY["list"], "valueBoolean": True}]}
        case None:
            return {"url": url, "extension": [{"url": "#null", "valueBoolean": True}]}
    raise TypeError(f"no FHIR value: {value!r}")


def parts(value: Mapping[str, object]) -> list[Json]:
    """The extensions of a mapping's values."""
    return [extension(key, of) for key, of in value.items()]


def value_of(told: Mapping[str, Any]) -> Any:
    """The value of an extension that `extension` made, or that another program wrote in its manner. Raises `ValueError`."""
    for key, read in _KINDS.items():
        if key in told:
            return read(told[key])
    inner = told.get("extension")
    if not isinstance(inner, list) or not inner:
        raise ValueError(f"an extension without a value: {told.get('url')}")
    match inner[0].get("url"):
        case "#none":
            return []
        case "#nothing":
            return {}
        case "#null":
            return None
        case "#blank":
            return " " * int(inner[0].get("valueInteger", 0))
        case "#entry":
            return [value_of(entry) for entry in inner]
    return values(inner)


def values(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What extensions say, by their urls."""
    return {str(each["url"]): value_of(each) for each in told}


def _blank(text: str) -> Json:
    """A text of nothing but spaces: FHIR has none such."""
    return {"url": _EMPTY["text"], "valueInteger": len(text)}


def _number(value: Any) -> float | int:
    found = float(value) if isinstance(value, Decimal | str) else value
    if not isinstance(found, int | float):
        raise ValueError(f"no number: {value!r}")
    return found


_KINDS: dict[str, Any] = {
    "valueBoolean": bool,
    "valueInteger": int,
    "valueDecimal": _number,
    "valueDateTime": datetime.fromisoformat,
    "valueDate": date.fromisoformat,
    "valueTime": time.fromisoformat,
    "valueString": str,
}
