"""Names as the author writes them: what a library declares in one language has an alias in the file's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pathway.language.words import vocabulary
from pathway.model.pathway import Pathway

_NAMED = ("parties", "events", "messages", "resources", "facts")
_QUOTED = re.compile(r"`([^`]+)`")


def aliases(pathway: Pathway) -> Mapping[str, str]:
    """By declared name, its alias in the language of the file."""
    language = pathway.language
    groups = (getattr(pathway, group).values() for group in _NAMED)
    return {item.name: item.aliases[language] for group in groups for item in group if language in item.aliases}


def written(key: str, pathway: Pathway, known: Mapping[str, str]) -> str:
    """A name, or an event by its key (`discharge_summary sent`), as the author writes it: `epikrise sendt`."""
    name, _, phase = key.partition(" ")
    own = known.get(name, name)
    said = vocabulary(pathway.language).write("PHASE", phase) if phase else ""
    return f"{own} {said or phase}" if phase else own


def in_their_words(values: Mapping[str, Any], pathway: Pathway, known: Mapping[str, str]) -> dict[str, Any]:
    """The values of a finding with the names in them as the author writes them: a value that is a name, and names in quotes."""

    def said(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {language: said(text) for language, text in value.items()}
        if not isinstance(value, str):
            return value
        quoted = _QUOTED.sub(lambda found: f"`{written(found[1], pathway, known)}`", value)
        return written(value, pathway, known) if value.partition(" ")[0] in known else quoted

    return {name: said(value) for name, value in values.items()}
