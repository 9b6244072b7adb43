"""The figures of the report come out of its tables in five lines of SQL or pandas, as the documents show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pathway.reports.figures import Figures
from tests.reports.conftest import Made

DOCUMENTS = [Path(__file__).parents[2] / "docs" / f"report-{language}.md" for language in ("en", "nb")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def folder(stroke: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("tables")
    stroke.result.write(made / "out")
    return made


def blocks(document: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(document.read_text(encoding="utf-8")) if kind == language]


def rows(sql: str, folder: Path) -> dict[Any, tuple[Any, ...]]:
    """What a query gives, by its first column that is text."""
    with duckdb.connect() as connection:
        found = connection.execute(sql.replace("'out/", f"'{folder}/out/")).fetchall()
    return {row[: 2 if isinstance(row[1], str) else 1]: row[2 if isinstance(row[1], str) else 1 :] for row in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_sql_gives_what_the_report_shows(document: Path, stroke: Made, folder: Path) -> None:
    in_time, unbroken, lost, by_town, held = (rows(sql, folder) for sql in blocks(document, "sql"))
    found = stroke.found
    seen = 0
    for rule in found.rules:
        for part in rule.parts:
            if rule.pathway == "stroke" and part.in_time is not None:
                assert in_time[rule.name, part.part] == (part.in_time.part, part.in_time.whole)
                seen += 1
    assert seen > 20
    assert unbroken == {(found.headline.unbroken.part,): (found.headline.unbroken.whole,)}
    assert {each.party: pytest.approx(each.days) for each in found.headline.days_lost_by} == one(lost)
    shown = shown_by_town(found)
    assert shown and shown.items() <= by_town.items()
    assert {row.name: pytest.approx(row.days) for row in found.held.parties} == one(held)


def one(found: dict[Any, tuple[Any, ...]]) -> dict[Any, Any]:
    return {key[0]: value[0] for key, value in found.items()}


def shown_by_town(found: Figures) -> dict[Any, tuple[int, int]]:
    (towns,) = [each for each in found.comparisons if (each.pathway, each.rule, each.dimension) == TOWNS]
    return {(row.group,): (row.share.part, row.share.whole) for row in towns.rows if row.share is not None}


TOWNS = ("stroke", "summary_to_gp", "municipality")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_pandas_gives_what_the_report_shows(
    document: Path, stroke: Made, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (python,) = blocks(document, "python")
    told: dict[str, Any] = {}
    exec(compile(python, document.name, "exec"), told)
    assert capsys.readouterr().out
    patients = told["breaks"].groupby("rule")["patient"].nunique()
    assert isinstance(patients, pd.Series)
    whole = {rule.name: rule for rule in stroke.found.rules if rule.pathway == "stroke"}
    for name, count in patients.items():
        assert max(part.broken_patients for part in whole[name].parts) <= count
        if len(whole[name].parts) == 1:
            assert whole[name].main.broken_patients == count
