"""Which text of a pathway was in force for an episode: the national one, an earlier version, or a local adaptation (P7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pathway.machine.tables import Compiled
from pathway.model.pathway import Pathway

TextKey = tuple[str, str | None, str]
"""Pathway, adaptation, version."""


def texts_of(compiled: Compiled) -> dict[TextKey, Pathway]:
    """Every text of a pathway and of those that it starts; the one that was loaded stands first of each pathway."""
    found: dict[TextKey, Pathway] = {}

    def visit(pathway: Compiled) -> None:
        for each in (pathway, *pathway.editions):
            text = each.pathway
            found.setdefault((text.name, text.adaptation, text.version), text)
        for started in pathway.started.values():
            visit(started)

    visit(compiled)
    return found


class Texts:
    """The text in force for each episode of a table."""

    def __init__(self, compiled: Compiled, episodes: pa.Table) -> None:
        self._texts = texts_of(compiled)
        self._national = {key[0]: text for key, text in reversed(self._texts.items())}
        columns = (episodes.column(name).to_pylist() for name in ("pathway", "patient", "episode", "adaptation", "version"))
        self._chosen: dict[tuple[str, str, int], TextKey] = {
            (pathway, patient, episode): (pathway, adaptation, version)
            for pathway, patient, episode, adaptation, version in zip(*columns, strict=True)
        }

    def of(self, row: Mapping[str, Any]) -> Pathway:
        """The text for a row of any table that says pathway, patient and episode."""
        national = self._national[row["pathway"]]
        chosen = self._chosen.get((row["pathway"], row["patient"], row["episode"]))
        return national if chosen is None else self._texts.get(chosen, national)
