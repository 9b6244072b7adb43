"""Patient pathways: written as text, followed patient by patient, and where they break.

    text ──language──▶ tree ──model──▶ Pathway ──machine──▶ tables of rules and transitions
                                          │                         │
                                       checks                    tracking ◀──events── log (CSV, Parquet, XES)
                                          ▼                         │
                                        risks                     replay ──▶ breaks, obligations, episodes (Arrow)
                                                                    │
                                     renderers ◀──figures── reports ┘
                                          ▼
                                  graph (SVG), page (HTML)

The names on the arrows are folders. Each imports only from those before it; `api` and `cli` stand on top, `simulation`
makes up populations. What is public is named here:

    import pathway
    stroke = pathway.load("stroke")
    result = stroke.replay("events.parquet", as_of="2026-11-01")
    result.breaks                                       # an Arrow table
    result.report().save("report.html")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathway.api.definition import Definition, load
    from pathway.api.patient import Patient
    from pathway.api.replayed import Replayed
    from pathway.api.report import Report
    from pathway.api.stored import Migration
    from pathway.errors import (
        DrawingError,
        EventsError,
        InvalidPathwayError,
        MappingError,
        NotFoundError,
        OutputError,
        PathwayError,
        StateError,
    )
    from pathway.language.diagnostics import Diagnostic
    from pathway.tracking.changes import Change
    from pathway.tracking.explain import Explanation

_PLACES = {
    "Change": "pathway.tracking.changes",
    "Definition": "pathway.api.definition",
    "Diagnostic": "pathway.language.diagnostics",
    "DrawingError": "pathway.errors",
    "EventsError": "pathway.errors",
    "Explanation": "pathway.tracking.explain",
    "InvalidPathwayError": "pathway.errors",
    "MappingError": "pathway.errors",
    "Migration": "pathway.api.stored",
    "NotFoundError": "pathway.errors",
    "OutputError": "pathway.errors",
    "PathwayError": "pathway.errors",
    "Patient": "pathway.api.patient",
    "Replayed": "pathway.api.replayed",
    "Report": "pathway.api.report",
    "StateError": "pathway.errors",
    "load": "pathway.api.definition",
}

__all__ = [
    "Change",
    "Definition",
    "Diagnostic",
    "DrawingError",
    "EventsError",
    "Explanation",
    "InvalidPathwayError",
    "MappingError",
    "Migration",
    "NotFoundError",
    "OutputError",
    "PathwayError",
    "Patient",
    "Replayed",
    "Report",
    "StateError",
    "load",
]


def __getattr__(name: str) -> Any:
    """Public names are fetched when they are first asked for: `import pathway` stays quick, and checking needs no Arrow."""
    if name not in _PLACES:
        raise AttributeError(f"module 'pathway' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
