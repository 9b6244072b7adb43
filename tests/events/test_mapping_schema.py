"""The schema that editors complete and check mapping files by."""

from __future__ import annotations

import json
from pathlib import Path

from pathway.events.mapping import Mapping
from pathway.events.schema import mapping_schema

KEPT = Path(__file__).parents[2] / "grammars" / "mapping.schema.json"


def test_the_schema_that_is_shipped_is_that_of_the_model() -> None:
    assert KEPT.read_text(encoding="utf-8") == mapping_schema(), "python -m tests.record writes it anew"


def test_every_setting_is_described_and_named_as_it_is_written() -> None:
    schema = json.loads(mapping_schema())
    settings = schema["properties"]
    assert set(settings) == {field.alias or name for name, field in Mapping.model_fields.items()}
    # Where a table is described as its setting is, the description stands there only.
    described = {f"#/$defs/{name}" for name, told in schema["$defs"].items() if told.get("description")}
    assert not [name for name, told in settings.items() if not told.get("description") and told.get("$ref") not in described]


def test_short_ways_of_writing_are_allowed() -> None:
    defined = json.loads(mapping_schema())
    assert {"type": "string"} in defined["properties"]["events"]["additionalProperties"]["anyOf"]
    assert {"type": "string"} in defined["$defs"]["ColumnNames"]["properties"]["patient"]["anyOf"]
    assert defined["additionalProperties"] is False
