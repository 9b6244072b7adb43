"""JSON as columns of text: a line an object (.jsonl, .ndjson), or one document with a list of objects or a FHIR bundle (.json).

Numbers stay as they are written: an id `1e5` is no hundred thousand. What is nested has a column by the path to it
(`patient.id`), a list of plain values stands with commas between.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from pathway.errors import EventsError
from pathway.events.fhir import FhirRows, is_resource
from pathway.events.mapping_file import TOO_DEEP
from pathway.events.text_columns import Growing, TextColumns, Wanted, first_line

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_DEEPEST = 12
_LARGEST = 1024**3
"""Bytes of one document, which is held in memory whole."""
_NEITHER = {
    "en": "it is neither a list nor an object of JSON",
    "nb": "den er verken en liste eller et objekt i JSON",
    "nn": "ho er verken ei liste eller eit objekt i JSON",
}
NO_OBJECT = "no object of JSON"


def read_json_lines(stream: io.BufferedReader, wanted: Wanted) -> Iterator[TextColumns]:
    """A line an object; FHIR resources are read as such. A line that is none is counted. Raises `UnicodeDecodeError`."""
    broken: list[tuple[int, str]] = []
    with io.TextIOWrapper(stream, encoding="utf-8-sig") as text:
        yield from _rows(_lines(text, broken), broken, wanted)


def read_json(stream: io.BufferedReader, name: str, wanted: Wanted) -> Iterator[TextColumns]:
    """One document. Raises `EventsError` for what is no JSON, or neither a list nor an object."""
    with stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise EventsError("PW413", most=f"{_LARGEST / 1024**3:g}")
    try:
        document = _DECODER.decode(data.decode("utf-8-sig").strip())
    except (json.JSONDecodeError, RecursionError) as error:
        detail = first_line(error) if isinstance(error, ValueError) else TOO_DEEP
        raise EventsError("PW412", file=name, detail=detail) from error
    if isinstance(document, dict):
        document = [document]
    if not isinstance(document, list):
        raise EventsError("PW412", file=name, detail=_NEITHER)
    broken: list[tuple[int, str]] = []
    yield from _rows(_objects(enumerate(document, 1), broken), broken, wanted)


def _lines(lines: Iterable[str], broken: list[tuple[int, str]]) -> Iterator[tuple[int, dict[str, Any]]]:
    def decoded() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, _DECODER.decode(line.strip())
                except (json.JSONDecodeError, RecursionError):
                    broken.append((number, NO_OBJECT))

    return _objects(decoded(), broken)


def _objects(found: Iterable[tuple[int, Any]], broken: list[tuple[int, str]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, each in found:
        if isinstance(each, dict):
            yield number, each
        else:
            broken.append((number, NO_OBJECT))


def _rows(
    objects: Iterator[tuple[int, dict[str, Any]]], broken: list[tuple[int, str]], wanted: Wanted
) -> Iterator[TextColumns]:
    """Rows of objects; of resources of FHIR, when the first is one."""
    growing = Growing(wanted)

    def part() -> TextColumns:
        growing.broken += broken
        growing.broken.sort()
        broken.clear()
        return growing.part()

    first = next(objects, None)
    if first is not None:
        all_of_them = chain([first], objects)
        if is_resource(first[1]):
            fhir = FhirRows(growing)
            for number, each in all_of_them:
                fhir.add(number, each)
                if growing.full:
                    yield part()
            fhir.close()
        else:
            for number, each in all_of_them:
                growing.add(number, dict(_flat(each, "", 0)))
                if growing.full:
                    yield part()
    yield part()


def _flat(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if depth < _DEEPEST:
            for key, inner in value.items():
                yield from _flat(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        plain = [_text(each) for each in value if not isinstance(each, dict | list)]
        if plain or not value:
            yield path, ",".join(plain) or ","
        for place, inner in enumerate(value):
            if isinstance(inner, dict) and depth < _DEEPEST:
                yield from _flat(inner, f"{path}.{place}", depth + 1)
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    return "" if value is None else "true" if value is True else "false" if value is False else str(value)
