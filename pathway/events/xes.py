"""XES logs (IEEE 1849): traces of events with attributes, read as a stream.

An event's attributes become columns by their keys (`concept:name`, `time:timestamp`), a trace's with `case:` before them.
Entities and document types are refused: a log needs none, and they are how XML is made to explode.
"""

from __future__ import annotations

from typing import IO, Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from pathway.errors import EventsError
from pathway.events.text_columns import TextColumns

CASE = "case:"
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


def read_xes(stream: IO[bytes], name: str) -> TextColumns:
    """All events of a log as columns of text. Rows are numbered by event. Raises `EventsError` for what is not XES."""
    events: list[dict[str, str]] = []
    trace: dict[str, str] = {}
    first = 0
    path: list[str] = []
    try:
        for what, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            tag = _local(element.tag)
            if what == "start":
                if not path and tag != "log":
                    raise EventsError("PW412", file=name, detail=f"<{tag}>")
                path.append(tag)
                continue
            path.pop()
            if tag == "event" and path[-1:] == ["trace"]:
                events.append(_attributes(element))
                element.clear()
            elif tag == "trace":
                trace = {CASE + key: value for key, value in _attributes(element).items()}
                for event in events[first:]:
                    event |= trace
                first = len(events)
                element.clear()
    except DefusedXmlException as error:
        raise EventsError("PW414", file=name) from error
    except ParseError as error:
        raise EventsError("PW412", file=name, detail=str(error)) from error
    keys = dict.fromkeys(key for event in events for key in event)
    columns: dict[str, list[str | None]] = {key: [event.get(key) or None for event in events] for key in keys}
    return TextColumns(columns, list(range(1, len(events) + 1)))


def _attributes(element: Any) -> dict[str, str]:
    """The attributes of an event or a trace; nested ones are left out, as their parents carry the meaning."""
    return {
        child.get("key", ""): child.get("value", "")
        for child in element
        if _local(child.tag) in _VALUES and child.get("key") is not None
    }


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]
