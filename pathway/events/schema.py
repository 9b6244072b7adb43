"""The JSON schema of mapping files, for editors: `grammars/mapping.schema.json`."""

from __future__ import annotations

import json

from pathway.events.mapping import Mapping


def mapping_schema() -> str:
    """The schema as text, made from the model that reads the files."""
    schema = Mapping.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Mapping of a log to a pathway"
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
