"""How another system's log becomes events: which column is what, which code is which event. A TOML file.

time_zone = "Europe/Oslo"
delimiter = ";"
[columns]
patient = "Case ID"
event = ["Activity", "concept:name"]          # the first of them that the log has
[events]
"ER Triage" = "triage"
"Release A" = { event = "released", facts = { release_type = "a" } }
[facts]
age = "Age"
diagnosis = { column = "Diagnose", values = { "3" = "I63" } }
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pathway.errors import MappingError, system_reason
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest

Columns = str | list[str]
"""A column's name, or several, of which the first that the log has is meant."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnNames(_Strict):
    """Which column holds what. Without a mapping each field is a column of its own name."""

    patient: Columns = "patient"
    event: Columns = "event"
    occurred: Columns = "occurred"
    id: Columns = "id"
    phase: Columns = "phase"
    recorded: Columns = "recorded"
    party: Columns = "party"
    unit: Columns = "unit"
    sender: Columns = "sender"
    receiver: Columns = "receiver"
    elements: Columns = "elements"
    amount: Columns = "amount"
    refers: Columns = "refers"
    corrects: Columns = "corrects"
    retracts: Columns = "retracts"
    deviation: Columns = "deviation"
    because: Columns = "because"
    until: Columns = "until"


class MappedEvent(_Strict):
    """What a code of the log means."""

    event: str
    phase: str | None = None
    party: str | None = None
    sender: str | None = None
    receiver: str | None = None
    elements: list[str] | None = None
    facts: dict[str, Any] = {}

    @field_validator("phase")
    @classmethod
    def _known_phase(cls, phase: str | None) -> str | None:
        known = (*MESSAGE_PHASES, *RESOURCE_PHASES)
        if phase is not None and phase not in known:
            raise ValueError(", ".join(known))
        return phase


class MappedFact(_Strict):
    """Where a fact's value comes from: a column, its values translated, a number times a factor."""

    column: Columns
    values: dict[str, str] = {}
    factor: float = 1.0


class Mapping(_Strict):
    """A whole mapping file. Empty, it fits a log whose columns are called as the fields of an event."""

    time_zone: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    time_formats: list[str] = []
    decimal_comma: bool = False
    receipts: bool = True
    columns: ColumnNames = ColumnNames()
    only: dict[str, list[str]] = {}
    """Rows are used only where these columns have one of these values (`lifecycle:transition`)."""
    events: dict[str, str | MappedEvent] = {}
    ignore: list[str] = []
    """Codes that are known and not wanted."""
    facts: dict[str, str | list[str] | MappedFact] = {}

    def event(self, code: str) -> MappedEvent | None:
        mapped = self.events.get(code)
        return MappedEvent(event=mapped) if isinstance(mapped, str) else mapped

    def fact(self, name: str) -> MappedFact:
        mapped = self.facts[name]
        return mapped if isinstance(mapped, MappedFact) else MappedFact(column=mapped)


def load_mapping(path: str | Path, pathway: Pathway) -> Mapping:
    """A mapping file, held against the pathway that it is for. Raises `MappingError` for whatever is wrong with it."""
    file = Path(path)
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise MappingError("PW401", file=str(path), detail=system_reason(error)) from error
    except UnicodeDecodeError as error:
        raise MappingError("PW401", file=str(path), detail="UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError("PW402", file=str(path), detail=str(error)) from error
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        raise _wrong(str(path), error) from error
    _fits(str(path), mapping, pathway)
    return mapping


def _wrong(file: str, error: ValidationError) -> MappingError:
    """The first thing that is wrong with a mapping, in its own words."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("str", "MappedEvent", "MappedFact", "list[str]"))
    if first["type"] == "extra_forbidden":
        wrong = str(first["loc"][-1])
        known = [*Mapping.model_fields, *ColumnNames.model_fields, *MappedEvent.model_fields, *MappedFact.model_fields]
        return MappingError("PW403", file=file, key=where, nearest=nearest(wrong, known) or ", ".join(Mapping.model_fields))
    return MappingError("PW404", file=file, key=where, detail=first["msg"])


def _fits(file: str, mapping: Mapping, pathway: Pathway) -> None:
    """Every event, party, message content and fact that a mapping names must be one of the pathway's."""
    names = [*pathway.events, *pathway.messages, *pathway.resources]
    for code in mapping.events:
        mapped = mapping.event(code)
        assert mapped is not None  # the code is one of them
        _known(file, f"events.{code}", mapped.event, names)
        for party in (mapped.party, mapped.sender, mapped.receiver):
            if party is not None:
                _known(file, f"events.{code}", party, pathway.parties)
        for fact in mapped.facts:
            _known(file, f"events.{code}.facts", fact, pathway.facts)
    for fact in mapping.facts:
        _known(file, "facts", fact, pathway.facts)


def _known(file: str, key: str, name: str, known: Any) -> None:
    if name not in known:
        raise MappingError("PW405", file=file, key=key, name=name, nearest=nearest(name, known) or "-")
