"""A log as XES (IEEE 1849): a trace a patient, and what an event has as attributes by the names of the house's columns.

The standard's own keys are there for other programs: `concept:name` of traces and events, `time:timestamp`. An event of which only
the date is known has its day in `occurred` besides.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pyarrow as pa

from pathway.errors import OutputError

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
"""
_KEYS = {"event": "concept:name", "occurred": "time:timestamp"}
_DAY = len("2026-03-02")
_ESCAPED = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_xes(table: pa.Table, path: Path, *, packed: bool = False) -> None:
    """Write a table of text columns (`events_table`). Raises `OutputError` (PW564) for a value that XML cannot hold."""
    with gzip.open(path, "wb") if packed else path.open("wb") as stream:
        stream.write(_HEAD.encode())
        patient: str | None = None
        dated = any(len(at) <= _DAY for at in table.column("occurred").to_pylist())
        for row in _by_patient(table):
            if row["patient"] != patient:
                stream.write(b"" if patient is None else b"  </trace>\n")
                patient = row["patient"]
                stream.write(f"  <trace>\n{_attribute('string', 'concept:name', patient or '')}".encode())
            stream.write(_event(row, dated).encode())
        stream.write(b"</log>\n" if patient is None else b"  </trace>\n</log>\n")


def _by_patient(table: pa.Table) -> Iterator[dict[str, str | None]]:
    """The rows with those of each patient together, patients in the order in which they first come."""
    rows = table.to_pylist()
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row["patient"], len(first))
    rows.sort(key=lambda row: first[row["patient"]])
    yield from rows


def _event(row: Mapping[str, str | None], dated: bool) -> str:
    lines = ["    <event>\n"]
    for name, value in row.items():
        if name == "patient" or value is None:
            continue
        if name == "occurred":
            whole = value if len(value) > _DAY else f"{value}T00:00:00+00:00"
            lines.append(_attribute("date", "time:timestamp", whole))
            if dated:
                lines.append(_attribute("string", "occurred", value))
        else:
            lines.append(_attribute("string", _KEYS.get(name, name), value))
    return "".join([*lines, "    </event>\n"])


def _attribute(kind: str, key: str, value: str) -> str:
    if _NOT_XML.search(value):
        raise OutputError("PW564", value=ascii(value))
    return f"      <{kind} key={quoteattr(key, _ESCAPED)} value={quoteattr(value, _ESCAPED)}/>\n"
