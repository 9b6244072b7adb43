"""What local adaptations change, for people: each change against what it was, with its reason."""

from __future__ import annotations

from collections.abc import Iterable

import click

from pathway.cli.words import say
from pathway.language.source import Language
from pathway.model.change_texts import change_text
from pathway.model.changes import ChangeKind
from pathway.model.pathway import Pathway

_ORDER: tuple[ChangeKind, ...] = ("loosen", "drop", "not_offered", "replace", "tighten", "add", "bind")
"""What takes something from a patient stands first."""


def changes_text(adaptations: Iterable[Pathway], language: Language) -> str:
    """Every adaptation with its changes, grouped by what they do."""
    return "\n\n".join(_one(adaptation, language) for adaptation in adaptations)


def _one(pathway: Pathway, language: Language) -> str:
    values = {"name": pathway.title(language), "version": pathway.based_on or "-"}
    lines = [click.style(f"{pathway.adaptation}: {say('changes.of', language, **values)}", bold=True)]
    for kind in _ORDER:
        changes = [change for change in pathway.changes if change.kind == kind]
        if changes:
            lines.append(f"  {say(f'changes.{kind}', language)}")
        for change in changes:
            lines.append(f"    {change_text(change, pathway, language)}")
            if change.because:
                lines.append(f"      {say('changes.because', language, because=change.because)}")
    if not pathway.changes:
        lines.append(f"  {say('changes.none', language)}")
    return "\n".join(lines)
