"""The columns of a log that are asked for, and the facts that rows tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pathway.events.log import Counts
from pathway.events.mapping import ColumnNames, MappedEvent, Mapping
from pathway.events.mapping_file import constant
from pathway.events.text_columns import TextColumns
from pathway.events.values import Days, fact_value
from pathway.model.expressions import Value
from pathway.model.pathway import Fact, Pathway
from pathway.model.scope import nearest
from pathway.model.units import conversion

FACT = "fact:"
"""Before a fact's name, where a column of the name alone holds something else (a fact that is called `unit`)."""

_READ = frozenset({"occurred", "recorded", "until", "amount"})
"""Fields that are read as times and numbers: their texts go no further."""


class Columns:
    """Which columns of a log are asked for."""

    def __init__(self, mapping: Mapping, pathway: Pathway) -> None:
        self.fields = {name: getattr(mapping.columns, name) for name in ColumnNames.model_fields}
        taken = {column for columns in self.fields.values() for column in columns}
        self.facts = {
            name: mapping.facts[name].column
            if name in mapping.facts
            else [FACT + name, *(known for known in (name, *fact.aliases.values()) if known not in taken)]
            for name, fact in pathway.facts.items()
        }
        self._wanted = taken | {*mapping.only, *mapping.unless, *mapping.wide}
        self._wanted |= {column for columns in self.facts.values() for column in columns}

    def wanted(self, name: str) -> bool:
        return name in self._wanted

    def told(self) -> set[str]:
        """The columns of which the texts may come out again: all but those of times and amounts, and of filters."""
        of_fields = {column for name, columns in self.fields.items() if name not in _READ for column in columns}
        return of_fields | {column for columns in self.facts.values() for column in columns}


def first_of(text: TextColumns, names: Sequence[str]) -> list[str] | None:
    """The first of some columns that the log has."""
    return next((text.columns[name] for name in names if name in text.columns), None)


@dataclass
class _FactColumn:
    """A column of a fact's values: each distinct text is read once."""

    fact: Fact
    texts: Sequence[str]
    translated: dict[str, str] = field(default_factory=dict)
    factor: float = 1.0
    known: dict[str, Value | None] = field(default_factory=dict)


class Facts:
    """Reads the facts of rows. A value that is none of its fact's is counted in `counts`, and left out."""

    def __init__(self, pathway: Pathway, mapping: Mapping, days: Days, counts: Counts) -> None:
        self._pathway = pathway
        self._mapping = mapping
        self._days = days
        self._counts = counts
        self._found: list[_FactColumn] = []
        self._always = self._told(mapping.constants.facts)
        self._of_codes: dict[int, dict[str, Value]] = {}

    def use(self, text: TextColumns, columns: Columns) -> None:
        """Find the columns of facts that a part of a log has."""
        self._found = []
        for name, asked in columns.facts.items():
            texts = first_of(text, asked)
            if texts is None:
                continue
            fact, how = self._pathway.facts[name], self._mapping.facts.get(name)
            if how is None:
                self._found.append(_FactColumn(fact, texts))
                continue
            factor = conversion(how.unit, fact.type.unit) if how.unit is not None and fact.type.unit is not None else None
            self._found.append(_FactColumn(fact, texts, how.values, how.factor * float(factor or 1)))

    def of(self, row: int, place: int, meant: MappedEvent) -> dict[str, Value]:
        """The facts of one row: what its code says holds before its columns, and these before the mapping's constants."""
        facts = dict(self._always)
        for column in self._found:
            text = column.texts[place]
            if not text:
                continue
            try:
                value = column.known[text]
            except KeyError:
                value = column.known[text] = self._value(column, text)
            if value is None:
                self._misfit(column, text, row)
            else:
                facts[column.fact.name] = value
        if meant.facts:
            if id(meant) not in self._of_codes:
                self._of_codes[id(meant)] = self._told(meant.facts)
            facts |= self._of_codes[id(meant)]
        return facts

    def _value(self, column: _FactColumn, text: str) -> Value | None:
        read = column.translated.get(text, text)
        comma = self._mapping.decimal_comma and read is text
        return fact_value(read, column.fact, self._days, decimal_comma=comma, factor=column.factor)

    def _misfit(self, column: _FactColumn, text: str, row: int) -> None:
        name = column.fact.name
        if name not in self._counts.facts:
            like = nearest(text, column.fact.type.values)
            self._counts.misfits[name] = {"first": f"row {row}"} | ({} if like is None else {"nearest": like})
        self._counts.facts[name] += 1

    def _told(self, told: dict[str, object]) -> dict[str, Value]:
        """Facts that the mapping itself tells. That they fit was seen to when it was read."""
        values = {name: fact_value(constant(text), self._pathway.facts[name], self._days) for name, text in told.items()}
        return {name: value for name, value in values.items() if value is not None}
