"""The JSON schema of a report's figures, for those who go on from them: `grammars/report.schema.json`."""

from __future__ import annotations

import json

from pathway.reports.figures import Figures


def report_schema() -> str:
    """The schema as text, with what each field means, made from the model of the report itself."""
    schema = Figures.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Break report"
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
