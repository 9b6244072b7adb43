"""XES logs (IEEE 1849): traces of events with attributes, read as a stream.

An event's attributes become columns by their keys (`concept:name`, `time:timestamp`), a trace's with `case:` before them. What is
nested has the keys on the way to it (`letter/receiver`); several values of one list stand in one column with commas between.
Entities and document types are refused: a log needs none, and they are how XML is made to explode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from pathway.errors import EventsError
from pathway.events.text_columns import Growing, TextColumns, Wanted

CASE = "case:"
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_GROUPS = frozenset({"list", "container", "values"})
_OPEN = _VALUES | _GROUPS


_BYTES = 1 << 16
"""So much is parsed at once."""


def read_xes(stream: IO[bytes], name: str, wanted: Wanted) -> Iterator[TextColumns]:
    """All events of a log as columns of text. Rows are numbered by event. Raises `EventsError` for what is not XES.

    Holds the columns that are wanted of a part, and one trace.
    """
    growing = Growing(wanted)
    found = _Events(growing)
    try:
        parser = create_parser(forbid_dtd=True)
        parser.setContentHandler(found)
        parser.feed(b"")  # of nothing at all it is said too that it is no log
        while data := stream.read(_BYTES):
            parser.feed(data)
            if growing.full:
                yield growing.part()
        parser.close()
    except DefusedXmlException as error:
        raise EventsError("PW414", file=name) from error
    except SAXParseException as error:
        detail = f"{error.getMessage()} ({error.getLineNumber()}:{(error.getColumnNumber() or 0) + 1})"
        raise EventsError("PW412", file=name, detail=detail) from error
    except _NoLogError as error:
        raise EventsError("PW412", file=name, detail=f"<{error}>") from error
    yield growing.part()


class _NoLogError(SAXException):
    """The outermost element is no log."""


class _Events(ContentHandler):
    """Gathers the wanted attributes of events.

    An event that stands in no trace is an event of no case; it is kept, so that it is counted.
    """

    def __init__(self, growing: Growing) -> None:
        super().__init__()
        self._growing = growing
        self._depth = 0
        self._trace = self._event = 0
        """How deep the trace and the event are that are open; 0 for none."""
        self._events: list[dict[str, str]] = []
        """The events of the trace that is open: what the trace says may stand after them."""
        self._keys: list[str] = []
        """The keys of the attributes that are open, within the trace or event; empty for the parts of a list."""
        self._of_trace: dict[str, str] = {}
        self._of_event: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  # SAX calls it so
        tag = name.rpartition(":")[2]
        self._depth += 1
        if (self._trace or self._event) and (tag in _VALUES or tag in _GROUPS):
            self._keys.append(attrs.get("key") or "")
            if tag in _VALUES:
                into = self._of_event if self._event else self._of_trace
                self._note(attrs, "" if self._event else CASE, into)
        elif tag == "event" and not self._event and self._depth == (self._trace or 1) + 1:
            self._event, self._of_event = self._depth, {}
        elif tag == "trace" and self._depth == 2:
            self._trace, self._of_trace = 2, {}
        elif self._depth == 1 and tag != "log":
            raise _NoLogError(tag)

    def endElement(self, name: str) -> None:  # noqa: N802
        if self._keys and name.rpartition(":")[2] in _OPEN:
            self._keys.pop()
        elif self._depth == self._event:
            self._event = 0
            self._events.append(self._of_event)
            if not self._trace:
                self._close({})
        elif self._depth == self._trace:
            self._trace = 0
            self._close(self._of_trace)
        self._depth -= 1

    def _close(self, of_trace: dict[str, str]) -> None:
        for event in self._events:
            self._growing.add(len(self._growing) + 1, event | of_trace)
        self._events.clear()

    def _note(self, attrs: Any, prefix: str, into: dict[str, str]) -> None:
        value = attrs.get("value")
        if value is None or not self._keys[-1]:
            return
        key = prefix + "/".join(key for key in self._keys if key)
        if self._growing.wanted(key):
            into[key] = f"{into[key]},{value}" if len(self._keys) > 1 and key in into else value
