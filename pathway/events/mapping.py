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
[facts]
age = "Age"
lactate = { column = "Lactate", unit = "mg/dL" }
diagnosis = { column = "Diagnose", values = { "3" = "I63" } }
[constants]
unit = "974589095"
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _several(told: Any) -> Any:
    return [told] if isinstance(told, str) else told


Columns = Annotated[list[str], BeforeValidator(_several), Field(min_length=1)]
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


def _event(told: Any) -> Any:
    return {"event": told} if isinstance(told, str) else told


def _fact(told: Any) -> Any:
    return {"column": told} if isinstance(told, str | list) else told


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
    events: dict[str, Annotated[MappedEvent, BeforeValidator(_event)]] = {}
    ignore: list[str] = []
    """Codes that are known and not wanted."""
    facts: dict[str, Annotated[MappedFact, BeforeValidator(_fact)]] = {}
    constants: Constants = Constants()
