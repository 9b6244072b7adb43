"""A mapping file read, and held against the pathway that it is for: all that is wrong with it at once, each in its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pathway.errors import MappingError, system_reason
from pathway.events.event import DEVIATION
from pathway.events.mapping import ColumnNames, Constants, MappedEvent, MappedFact, Mapping, PseudonymKey
from pathway.events.mapping_places import Places
from pathway.events.times import is_time_format, moment_of
from pathway.events.values import fact_value
from pathway.language.diagnostics import Diagnostic
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Named
from pathway.model.calendar import Calendar, calendar_for
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.units import conversion
from pathway.model.vocabulary import Known, phase_of

TOO_DEEP = {"en": "nested too deeply", "nb": "for dypt nøstet", "nn": "for djupt nøsta"}
_LARGEST = 1 << 24
"""Bytes of a mapping. A log given for one by mistake is refused without being read."""


def load_mapping(path: str | Path, pathway: Pathway) -> Mapping:
    """A mapping file, held against the pathway that it is for. Raises `MappingError` with whatever is wrong with it."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            read = stream.read(_LARGEST)
        text = read.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        detail = "UTF-8" if isinstance(error, UnicodeDecodeError) else system_reason(error)
        raise MappingError("PW401", file=str(path), detail=detail) from error
    places = Places(str(path), text)
    try:
        mapping = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        detail, span = places.told(str(error))
        raise MappingError(Diagnostic("PW402", span, {"file": str(path), "detail": detail})) from error
    except RecursionError as error:
        raise MappingError("PW402", file=str(path), detail=TOO_DEEP) from error
    except ValidationError as error:
        raise _refused(_misshapen(str(path), error, places)) from error
    checked(mapping, pathway, str(path), places)
    key = mapping.pseudonyms
    # The key lies beside the mapping, wherever that is read from.
    told = None if key is None else key.model_copy(update={"key_file": str(file.parent / key.key_file)})
    return mapping.model_copy(update={"pseudonyms": told})


def checked(mapping: Mapping, pathway: Pathway, file: str = "<mapping>", places: Places | None = None) -> Mapping:
    """The mapping, when all that it names is the pathway's. Raises `MappingError`."""
    problems = list(_Against(mapping, pathway, file, places or Places(file, "")).problems())
    if problems:
        raise _refused(problems)
    return mapping


def zone_of(mapping: Mapping, pathway: Pathway) -> Calendar:
    """Days and clock times where the log was written. Raises `MappingError` for a time zone that there is not."""
    if mapping.time_zone is None:
        return calendar_for(pathway.time_zone, pathway.calendar)
    try:
        return calendar_for(mapping.time_zone, pathway.calendar)
    except (KeyError, ValueError, OSError) as error:
        raise MappingError("PW406", name=mapping.time_zone) from error


def _refused(problems: Iterable[Diagnostic]) -> MappingError:
    found = sorted(problems, key=lambda problem: problem.place())
    return MappingError(found[0], problems=tuple(found))


_WANTED: dict[str, dict[str, str]] = {
    "string": {"en": "a text", "nb": "en tekst", "nn": "ein tekst"},
    "bool": {"en": "`true` or `false`", "nb": "`true` eller `false`", "nn": "`true` eller `false`"},
    "float": {"en": "a number", "nb": "et tall", "nn": "eit tal"},
    "list": {"en": "a list", "nb": "en liste", "nn": "ei liste"},
    "dict": {"en": "a table", "nb": "en tabell", "nn": "ein tabell"},
    "model": {"en": "a table", "nb": "en tabell", "nn": "ein tabell"},
    "columns": {
        "en": "the name of a column, or a list of names",
        "nb": "navnet på en kolonne, eller en liste med navn",
        "nn": "namnet på ei kolonne, eller ei liste med namn",
    },
    "named": {
        "en": "a name, or a table in braces",
        "nb": "et navn, eller en tabell i krøllparenteser",
        "nn": "eit namn, eller ein tabell i krøllparentesar",
    },
    "literal": {"en": "`midnight` or `always`", "nb": "`midnight` eller `always`", "nn": "`midnight` eller `always`"},
    "missing": {"en": "there", "nb": "der", "nn": "der"},
    "too": {"en": "a single character", "nb": "ett enkelt tegn", "nn": "eitt enkelt teikn"},
}
"""What a setting must be, by the place that it has or the beginning of what pydantic calls its being something else."""


def _misshapen(file: str, error: ValidationError, places: Places) -> Iterator[Diagnostic]:
    """Settings that there are not, and settings of another kind."""
    for found in error.errors(include_url=False):
        path = [str(part) for part in found["loc"]]
        values = {"file": file, "key": ".".join(path)}
        if found["type"] == "extra_forbidden":
            known = [field.alias or name for name, field in _shape(path[:-1]).model_fields.items()]
            near = nearest(path[-1], known)
            yield Diagnostic("PW403", places.of(path), {**values, "known": ", ".join(known)}, near)
            continue
        yield Diagnostic("PW404", places.of(path), {**values, "wanted": _WANTED[_kind(path, found["type"])]})


def _kind(path: Sequence[str], told: str) -> str:
    if (path[0] == "columns" and len(path) > 1) or path[2:3] == ["column"]:
        return "columns"
    if path[0] in ("events", "wide", "facts") and len(path) == 2:
        return "named"
    if told in ("string_too_short", "string_too_long"):
        return "too"
    kind = told.split("_")[0]
    return kind if kind in _WANTED else "string"


def _shape(path: Sequence[str]) -> type[BaseModel]:
    """The table that a path leads to."""
    match path:
        case ["columns"]:
            return ColumnNames
        case ["constants"]:
            return Constants
        case ["events" | "wide", _]:
            return MappedEvent
        case ["pseudonyms"]:
            return PseudonymKey
        case ["facts", _]:
            return MappedFact
    return Mapping


class _Against:
    """A mapping held against a pathway."""

    def __init__(self, mapping: Mapping, pathway: Pathway, file: str, places: Places) -> None:
        self.mapping = mapping
        self.pathway = pathway
        self.file = file
        self.places = places

    def problems(self) -> Iterator[Diagnostic]:
        mapping = self.mapping
        if mapping.time_zone is not None:
            try:
                zone_of(mapping, self.pathway)
            except MappingError:
                yield self._problem("PW406", ["time_zone"], name=mapping.time_zone)
        for form in mapping.time_formats:
            if not is_time_format(form):
                yield self._problem("PW409", ["time_formats"], value=form)
        if mapping.encoding is not None and not _is_encoding(mapping.encoding):
            yield self._problem("PW409", ["encoding"], value=mapping.encoding)
        if mapping.delimiter is not None and (mapping.delimiter == '"' or mapping.delimiter in "\r\n\0"):
            yield self._problem("PW409", ["delimiter"], value=repr(mapping.delimiter))
        if mapping.wide and mapping.events:
            yield self._problem("PW425", ["wide"])
        for table in ("events", "wide"):
            for code, mapped in getattr(mapping, table).items():
                yield from self._event([table, code], mapped)
        for name, how in mapping.facts.items():
            yield from self._fact(["facts", name], name, how)
        for called, meant in mapping.parties.items():
            yield from self._known(["parties", called], meant, self.pathway.parties)
        contents = {element.name for message in self.pathway.messages.values() for element in message.contains}
        for called, meant in mapping.elements.items():
            yield from self._known(["elements", called], meant, contents)
        constants = mapping.constants
        for field, party in (("party", constants.party), ("sender", constants.sender), ("receiver", constants.receiver)):
            yield from self._known(["constants", field], party, self.pathway.parties)
        yield from self._told(["constants", "facts"], constants.facts)

    def _event(self, path: list[str], mapped: MappedEvent) -> Iterator[Diagnostic]:
        pathway, name = self.pathway, mapped.event
        yield from self._known(path, name, [*pathway.events, *pathway.messages, *pathway.resources, DEVIATION])
        if mapped.phase is not None:
            phases = MESSAGE_PHASES if name in pathway.messages else RESOURCE_PHASES if name in pathway.resources else ()
            if mapped.phase not in phases:
                known = ", ".join(phases) or "–"
                yield self._problem(
                    "PW418",
                    [*path, "phase"],
                    nearest(phase_of(mapped.phase), phases),
                    phase=mapped.phase,
                    event=name,
                    known=known,
                )
        for field, party in (("party", mapped.party), ("sender", mapped.sender), ("receiver", mapped.receiver)):
            yield from self._known([*path, field], party, pathway.parties)
        if name in pathway.messages:
            contents = [element.name for element in pathway.messages[name].contains]
            for element in mapped.elements or ():
                yield from self._known([*path, "elements"], element, contents)
        yield from self._known([*path, "deviation"], mapped.deviation, deviable(pathway))
        yield from self._told([*path, "facts"], mapped.facts)

    def _fact(self, path: list[str], name: str, how: MappedFact) -> Iterator[Diagnostic]:
        yield from self._known(path, name, self.pathway.facts)
        fact = self.pathway.facts.get(name)
        if fact is None or how.unit is None:
            return
        own = fact.type.unit
        if own is None or conversion(how.unit, own) is None:
            yield self._problem("PW407", [*path, "unit"], unit=how.unit, fact=name, own=own or "–")

    def _told(self, path: list[str], facts: dict[str, Any]) -> Iterator[Diagnostic]:
        for name, told in facts.items():
            yield from self._known([*path, name], name, self.pathway.facts)
            fact = self.pathway.facts.get(name)
            if fact is not None and fact_value(constant(told), fact, _day) is None:
                near = nearest(constant(told), fact.type.names())
                yield self._problem("PW408", [*path, name], near, value=constant(told), fact=name)

    def _known(self, path: list[str], name: str | None, known: Iterable[str]) -> Iterator[Diagnostic]:
        names = list(known)
        if name is not None and name not in names:
            yield self._problem("PW405", path, nearest(name, names), key=".".join(path), name=name)

    def _problem(self, code: str, path: list[str], near: str | None = None, **values: Any) -> Diagnostic:
        return Diagnostic(code, self.places.of(path), {"file": self.file, "key": ".".join(path), **values}, near)


def deviable(pathway: Pathway) -> set[str]:
    """What a deviation can name: rules, by name or label, and stages."""
    named = {name for rule in pathway.rules() for name in (rule.name, rule.label) if name is not None}
    return named | set(pathway.stages)


def deviable_known(pathway: Pathway) -> Known:
    """The same, by what a log calls them."""
    return Known(pathway.stages.get(name) or Named(name=name) for name in sorted(deviable(pathway)))


def constant(told: Any) -> str:
    """A value of TOML as the text that a column would have."""
    if isinstance(told, bool):
        return "true" if told else "false"
    return told.isoformat() if isinstance(told, date) else str(told)


def _day(text: str) -> date | None:
    moment = moment_of(text)
    return None if moment is None else date(moment.year, moment.month, moment.day)


def _is_encoding(name: str) -> bool:
    try:
        "æ".encode(name, "replace")
    except (LookupError, ValueError):
        return False
    return True
