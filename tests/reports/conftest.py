"""A county's figures, and its tables as pandas has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from pathway.api.definition import load
from pathway.events.read import Log, log_of
from pathway.machine.tables import Compiled
from pathway.replay.population import TABLES, Result, replay
from pathway.reports.figures import Figures, figures
from pathway.simulation.county import county


@dataclass(frozen=True)
class Made:
    """A replay, its figures, and its tables once more as pandas reads them."""

    compiled: Compiled
    log: Log
    result: Result
    found: Figures
    tables: dict[str, Any]
    as_of: Any

    @property
    def due(self) -> Any:
        """The obligations of which the time is up and that can be judged."""
        rows = self.tables["obligations"]
        up = rows["due_at"].isna() | (rows["due_at"] <= self.as_of)
        return rows[up & rows["outcome"].isin(["met", "late", "missing"])]


def made(compiled: Compiled, log: Log, as_of: int | None = None) -> Made:
    result = replay(compiled, log, as_of=as_of)
    found = figures(result, compiled, log=log, secret=b"kept")
    tables = {name: getattr(result, name).to_pandas() for name in TABLES}
    return Made(compiled, log, result, found, tables, pd.Timestamp(result.summary["as_of"]))


@pytest.fixture(scope="package")
def stroke() -> Made:
    compiled = load("stroke").compiled
    population = county(compiled, patients=150, seed=3)
    return made(compiled, log_of(population.events), population.as_of)
