"""The names that events of several pathways can use: those of a pathway, and those of the pathways that it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from pathway.model.base import Named
from pathway.model.pathway import Pathway

_GROUPS = ("sources", "parties", "events", "messages", "resources", "facts", "stages")


def vocabulary(pathways: Iterable[Pathway]) -> Pathway:
    """The first pathway with what the others declare besides. For reading what happened; not to be followed or drawn."""
    first, *others = pathways
    if not others:
        return first
    groups = {group: {**dict(chain(*(getattr(other, group).items() for other in others)))} for group in _GROUPS}
    merged = {group: {**found, **getattr(first, group)} for group, found in groups.items()}
    rules = tuple(chain(first.throughout.rules, *(other.rules() for other in others)))
    return first.model_copy(update={**merged, "throughout": first.throughout.model_copy(update={"rules": rules})})


def by_any_name(*groups: Mapping[str, Named]) -> dict[str, str]:
    """By each name and alias of what is declared, its name. A name goes before another's alias."""
    declared = [item for group in groups for item in group.values()]
    names = {alias: item.name for item in declared for alias in item.aliases.values()}
    return names | {item.name: item.name for item in declared}
