"""What the page about logs shows is read as it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pathway.events.mapping import ColumnNames, Mapping
from pathway.events.read import read_log
from pathway.model.load import load

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("logs-*.md"))


def blocks(language: str) -> list[object]:
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in PAGES
        for number, text in enumerate(re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S))
    ]


@pytest.mark.parametrize("text", blocks("toml"))
def test_a_mapping_on_the_page_is_one(text: str) -> None:
    assert Mapping.model_validate(tomllib.loads(text)) != Mapping()


@pytest.mark.parametrize("text", blocks("csv"))
def test_a_log_on_the_page_is_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    pathway = load("stroke").pathway
    assert pathway is not None
    counts = read_log(tmp_path / "log.csv", pathway).counts
    assert counts.read == counts.used == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_and_every_column_stands_on_the_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not [name for name in ColumnNames.model_fields if f"`{name}`" not in text and f"{name} =" not in text]
    settings = {field.alias or name for name, field in Mapping.model_fields.items()} - {"delimiter", "encoding"}
    assert not [name for name in settings if f"[{name}]" not in text and f"{name} =" not in text]
