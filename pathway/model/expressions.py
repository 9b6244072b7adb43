"""Conditions: what `when`, `unless`, `define` and `wait until` say.

Their value is true, false or unknown (O3); how they are evaluated stands in `pathway/machine/conditions.py`.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pathway.model.base import Duration, Frozen, Phase


class EventRef(Frozen):
    """An event, or a phase of a message or a resource (`discharge_summary sent`). `name` is the declared name."""

    name: str
    phase: Phase | None = None

    @property
    def key(self) -> str:
        return self.name if self.phase is None else f"{self.name} {self.phase}"


class FactValue(Frozen):
    """What is known of the patient: the fact's latest value."""

    kind: Literal["fact"] = "fact"
    fact: str


class LastFact(Frozen):
    """`last mrs from function_assessment`: the fact as the latest such event told it."""

    kind: Literal["last"] = "last"
    fact: str
    event: EventRef


class CountOf(Frozen):
    """`count of exacerbation last 12 months`; without a span, since the episode began."""

    kind: Literal["count"] = "count"
    event: EventRef
    span: Duration | None = None


class TimeSince(Frozen):
    """`time since discharged`: from the latest such event to the instant of judging."""

    kind: Literal["since"] = "since"
    event: EventRef


Operand = Annotated[FactValue | LastFact | CountOf | TimeSince, Field(discriminator="kind")]
Value = bool | int | float | date | Duration | str
"""A number in the fact's unit, yes/no, a date, a word of a list, a code or a text."""


class Compare(Frozen):
    """An operand against a value. `is` and `is not` are `==` and `!=`. A code equals itself and its children."""

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Operand
    right: Value


class Within(Frozen):
    """`diagnosis in I60-I69, G45.3`. A pair is a range of codes, both ends and all their children included."""

    op: Literal["in", "not in"]
    left: Operand
    values: tuple[str | int | float | tuple[str, str], ...]


class Known(Frozen):
    """`mrs is known`: never itself unknown."""

    op: Literal["known"] = "known"
    fact: str


class Happened(Frozen):
    """`thrombolysis has happened`, in this episode: never itself unknown."""

    op: Literal["happened"] = "happened"
    event: EventRef


class Not(Frozen):
    op: Literal["not"] = "not"
    item: "Condition"


class And(Frozen):
    op: Literal["and"] = "and"
    items: tuple["Condition", ...]


class Or(Frozen):
    op: Literal["or"] = "or"
    items: tuple["Condition", ...]


Condition = Annotated[Compare | Within | Known | Happened | Not | And | Or, Field(discriminator="op")]
"""A bare yes/no fact is `Compare("==", FactValue(fact), True)`; a `define`d name is replaced by its condition."""


def facts_in(condition: Condition | None) -> list[str]:
    """The facts that a condition asks for, each once, in the order in which they stand."""
    found: dict[str, None] = {}

    def look(node: Condition) -> None:
        match node:
            case And(items=items) | Or(items=items):
                for item in items:
                    look(item)
            case Not(item=item):
                look(item)
            case Known(fact=fact):
                found[fact] = None
            case (
                Compare(left=FactValue(fact=fact) | LastFact(fact=fact))
                | Within(left=FactValue(fact=fact) | LastFact(fact=fact))
            ):
                found[fact] = None

    if condition is not None:
        look(condition)
    return list(found)


for _node in (Not, And, Or):
    _node.model_rebuild()
