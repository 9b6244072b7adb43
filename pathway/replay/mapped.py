"""A log of any form understood row by row, as a mapping says (`events/rows.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.events.facts import FACT, Columns
from pathway.events.identity import Pseudonyms, without_names
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.rows import Rows
from pathway.events.settle import Version
from pathway.events.wide import unrolled
from pathway.language.resting import collector_at_rest
from pathway.model.pathway import Pathway
from pathway.replay.laid import Laid
from pathway.replay.understood import TEXTS, Whats, fact_text, recoded


class Mapped:
    """One log. `counts` and `whats` grow as its tables are taken. Cost: some 20 µs a row."""

    def __init__(self, vocabulary: Pathway, mapping: Mapping, columns: Columns, whats: Whats) -> None:
        self._mapping, self._columns = mapping, columns
        self._rows = Rows(vocabulary, mapping, columns)
        self._whats = whats

    @property
    def counts(self) -> Counts:
        return self._rows.counts

    def understood(self, laid: Laid, name: str) -> Iterator[pa.Table]:
        """The rows that can be used, some at a time; the others are counted. Raises as `log_from` does."""
        mapping, columns = self._mapping, self._columns
        pseudonyms = None if mapping.pseudonyms is None else Pseudonyms.read(Path(mapping.pseudonyms.key_file))
        if pseudonyms is None:
            laid.without_names()
        for table in laid.tables():
            text = laid.texts(table)
            if pseudonyms is not None:
                without_names(text, columns.fields["patient"], columns.told(), pseudonyms, name)
            if mapping.wide:
                text = unrolled(text, list(mapping.wide), columns.fields)
            with collector_at_rest():
                yield self._table(list(self._rows.versions(text)))

    def _table(self, versions: Sequence[Version]) -> pa.Table:
        events = [version.event for version in versions]
        columns: dict[str, Any] = {
            "row": pa.array([version.row for version in versions], pa.int64()),
            "patient": pa.array([event.patient for event in events], pa.string()),
            "what": pa.array([self._whats((event.name, event.phase)) for event in events], pa.int32()),
            "at": pa.array([event.occurred for event in events], pa.int64()),
            "id": pa.array([event.id or None for event in events], pa.string()),
        }
        more = {
            "date": pa.array([event.date_only or None for event in events], pa.bool_()).cast(pa.uint8()),
            "recorded": pa.array([event.recorded for event in events], pa.int64()),
            "until": pa.array([event.deviation_until for event in events], pa.int64()),
            "amount": pa.array([event.amount for event in events], pa.float64()),
            "refers": pa.array([event.refers for event in events], pa.string()),
            "corrects": pa.array([version.corrects for version in versions], pa.string()),
            "retracts": pa.array([version.retracts for version in versions], pa.string()),
        }
        columns |= {name: column for name, column in more.items() if column.null_count < len(column)}
        for name in TEXTS:
            told = [getattr(event, name) for event in events]
            if name == "elements":
                told = [None if parts is None else ",".join(parts) or "," for parts in told]
            if any(told):
                columns[name] = _of_texts(told)
        for name in dict.fromkeys(chain.from_iterable(event.facts for event in events)):
            values = [event.facts.get(name) for event in events]
            columns[FACT + name] = _of_texts([None if value is None else fact_text(value) for value in values])
        return pa.table(columns)


def _of_texts(texts: Sequence[str | None]) -> pa.Array:
    return recoded(np.arange(len(texts)), texts)
