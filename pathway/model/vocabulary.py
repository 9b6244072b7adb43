"""The names that events of several pathways can use: those of a pathway, and those of the pathways that it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from itertools import chain
from typing import cast

from pathway.language.nearness import loose
from pathway.language.source import LANGUAGES
from pathway.language.words import fold
from pathway.language.words import vocabulary as words_of
from pathway.model.base import Named, Phase
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest

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


class Known:
    """What is declared, found by what somebody calls it: its name or an alias, else one of these or a title in which no more than
    case, accents, and a space or a hyphen for `_` differ. What may be two things is neither."""

    def __init__(self, declared: Iterable[Named], besides: Mapping[str, str] | None = None) -> None:
        """`besides` are more names that hold as they are written (those of a mapping)."""
        self._declared = list(declared)
        self._names = {**by_any_name({each.name: each for each in self._declared}), **(besides or {})}
        self._asked: dict[str, str | None] = {}

    @cached_property
    def _loosely(self) -> Mapping[str, str]:
        names = [(loose(name), meant) for name, meant in self._names.items()]
        taken = {name for name, _ in names}  # a name goes before another's title
        titles = [(loose(title), each.name) for each in self._declared for title in each.titles.values()]
        meant: dict[str, set[str]] = {}
        for called, name in (*names, *(pair for pair in titles if pair[0] not in taken)):
            meant.setdefault(called, set()).add(name)
        return {called: next(iter(found)) for called, found in meant.items() if len(found) == 1}

    def get(self, told: str) -> str | None:
        if told in self._names:
            return self._names[told]
        if told not in self._asked:
            self._asked[told] = self._loosely.get(loose(told))
        return self._asked[told]

    def near(self, told: str) -> str | None:
        """The name of what may have been meant by what nothing is called."""
        like = nearest(told, sorted(self._names))
        return like or self._loosely.get(nearest(loose(told), sorted(self._loosely)) or "")


def parties_known(pathway: Pathway, besides: Mapping[str, str] | None = None) -> Known:
    """The parties of a pathway."""
    return Known(pathway.parties.values(), besides)


def contents_known(pathway: Pathway, besides: Mapping[str, str] | None = None) -> Known:
    """What the messages of a pathway contain."""
    return Known((element for message in pathway.messages.values() for element in message.contains), besides)


def phase_of(told: str) -> str:
    """A phase by the word for it in any of the languages; what is no such word stays."""
    return _phases().get(fold(told.strip()), told)


@cache
def _phases() -> Mapping[str, Phase]:
    found: dict[str, Phase] = {}
    for language in LANGUAGES:
        for meaning in chain(*words_of(language).meanings.values()):
            if meaning.kind == "PHASE":
                found[" ".join(meaning.words)] = cast(Phase, meaning.value)
    return found
