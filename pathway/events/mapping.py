"""How another system's log becomes events: which column is what, which code is which event. A TOML file.

time_zone = "Europe/Oslo"
delimiter = ";"
[columns]
patient = "Case ID"
event = ["Activity", "concept:name"]          # the first of them that the log has
[events]
"ER Triage" = "triage"
"Release A" = { event = "released", facts = { release_type = "a" } }
"EPI" = { event = "discharge_summary", phase = "sent", sender = "ward", receiver = "gp" }
"I60-I69" = "stroke_coded"                    # a range with what is beneath it
"WMAA*" = "assessed"                          # all that begin so
[wide]
"Discharged on" = "discharged"                # a log with a row a patient: a column is an event, its cells the times
[facts]
age = "Age"
lactate = { column = "Lactate", unit = "mg/dL" }
diagnosis = { column = "Diagnose", values = { "3" = "I63" } }
[parties]
"Slagenheten" = "ward"                        # what the log calls senders and receivers
[elements]
"MED" = "medicines"                           # what it calls the contents of messages
[constants]
unit = "974589095"
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pathway.events.times import DateOnly


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True, populate_by_name=True)


def _several(told: Any) -> Any:
    return [told] if isinstance(told, str) else told


Columns = Annotated[list[str], BeforeValidator(_several, json_schema_input_type=str | list[str]), Field(min_length=1)]
"""Names of columns, of which the first that the log has is meant. A single one may stand without brackets."""


class ColumnNames(_Strict):
    """Which column holds what. Without a mapping each field is a column of its own name, or the standard key of XES."""

    patient: Columns = ["patient", "case:concept:name"]
    event: Columns = ["event", "concept:name"]
    occurred: Columns = ["occurred", "time:timestamp"]
    id: Columns = ["id"]
    phase: Columns = ["phase"]
    recorded: Columns = ["recorded"]
    party: Columns = ["party"]
    unit: Columns = ["unit"]
    sender: Columns = ["sender"]
    receiver: Columns = ["receiver"]
    elements: Columns = ["elements"]
    amount: Columns = ["amount"]
    refers: Columns = ["refers"]
    corrects: Columns = ["corrects"]
    retracts: Columns = ["retracts"]
    deviation: Columns = ["deviation"]
    because: Columns = ["because"]
    until: Columns = ["until"]
    cause: Columns = ["cause"]


class MappedEvent(_Strict):
    """What a code of the log means. What it says of an event holds before what the row says."""

    event: str
    phase: str | None = None
    party: str | None = None
    sender: str | None = None
    receiver: str | None = None
    elements: list[str] | None = None
    deviation: str | None = None
    because: str | None = None
    cause: str | None = None
    facts: dict[str, Any] = {}


class MappedFact(_Strict):
    """Where a fact's value comes from: a column, its values translated, a number in another unit or times a factor."""

    column: Columns
    values: dict[str, str] = {}
    unit: str | None = None
    factor: float = 1.0


class Constants(_Strict):
    """What holds for every row that does not say otherwise."""

    party: str | None = None
    unit: str | None = None
    sender: str | None = None
    receiver: str | None = None
    facts: dict[str, Any] = {}


class PseudonymKey(_Strict):
    """Where the key lies with which patients' names are made into pseudonyms."""

    key_file: str
    """A file, beside the mapping if it has no whole path. Whoever has it can tell who is who: keep it where only few may read."""


def _event(told: Any) -> Any:
    return {"event": told} if isinstance(told, str) else told


def _fact(told: Any) -> Any:
    return {"column": told} if isinstance(told, str | list) else told


AnEvent = Annotated[MappedEvent, BeforeValidator(_event, json_schema_input_type=str | MappedEvent)]
AFact = Annotated[MappedFact, BeforeValidator(_fact, json_schema_input_type=str | list[str] | MappedFact)]


class Mapping(_Strict):
    """A whole mapping file. Empty, it fits a log whose columns are called as the fields of an event."""

    time_zone: str | None = None
    """Where clock times without an offset were written (`Europe/Oslo`). Else the pathway's."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """What stands between the columns of a CSV. Else it is found."""
    encoding: str | None = None
    """The encoding of a CSV. Else it is found."""
    sheet: str | None = None
    """The sheet of an Excel file. Else the first."""
    time_formats: list[str] = []
    """How times are written (`%d/%m/%Y %H:%M`), where they are not ISO 8601 or as Norwegians write them."""
    date_only: DateOnly | None = None
    """Times of which only the date is known: those at `midnight`, or `always`."""
    decimal_comma: bool = False
    """Numbers have a decimal comma."""
    receipts: bool = True
    """Whether the source would know of receipts: where it would not, none is missing."""
    pseudonyms: PseudonymKey | None = None
    """Makes patients' names, and national identity numbers wherever they stand, into pseudonyms."""
    columns: ColumnNames = ColumnNames()
    """Which column holds what."""
    only: dict[str, list[str]] = {}
    """Rows are used only where these columns have one of these values (`lifecycle:transition`)."""
    unless: dict[str, list[str]] = Field(default={}, alias="except")
    """Rows are not used where one of these columns has one of these values."""
    events: dict[str, AnEvent] = {}
    """Codes: one, all that begin alike (`WMAA*`), or a range with what is beneath it (`I60-I69`)."""
    wide: dict[str, AnEvent] = {}
    """Columns of a log with a row a patient or stay: each is an event, and its cells are the times."""
    ignore: list[str] = []
    """Codes that are known and not wanted, written as in `events`."""
    facts: dict[str, AFact] = {}
    """Where the values of facts come from."""
    parties: dict[str, str] = {}
    """What the log calls senders, receivers and others, by the pathway's party that is meant."""
    elements: dict[str, str] = {}
    """What the log calls the contents of messages, by the pathway's element that is meant."""
    constants: Constants = Constants()
    """What holds for every row that does not say otherwise."""
