"""PW301: a stage with no responsible party: a break there would be nobody's."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import open_stages_of
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def nobody_responsible(pathway: Pathway) -> Iterator[Diagnostic]:
    for stage in open_stages_of(pathway):
        if stage.party is None:
            yield Diagnostic("PW301", stage.span, {"stage": stage.name})
