"""PW301: a stage with no responsible party: a break there would be nobody's."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def nobody_responsible(pathway: Pathway) -> Iterator[Diagnostic]:
    for stage in pathway.stages.values():
        if not stage.end and stage.party is None:
            yield Diagnostic("PW301", stage.span, {"stage": stage.name})
