"""What the names in a log may mean in a pathway: events with their phases, contents of messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from pathway.language.nearness import plain
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import by_any_name, phase_of


def names_of(pathway: Pathway) -> dict[str, str]:
    """What a log can call an event, message or resource without a mapping: its name, an alias, a code that only it has."""
    coded = [(code.code, event.name) for event in pathway.events.values() for code in event.codes]
    coded += [(code.code, message.name) for message in pathway.messages.values() for code in message.codes]
    often = Counter(code for code, _ in coded)
    names = {code: name for code, name in coded if often[code] == 1}
    return names | by_any_name(pathway.events, pathway.messages, pathway.resources)


class Likely:
    """What may have been meant by a code that means nothing: a name that is like it, or what has it for a title."""

    def __init__(self, pathway: Pathway, names: Mapping[str, str], codes: Iterable[str] = ()) -> None:
        """`names` are those by which a log can call events, `codes` those that a mapping gives besides."""
        self._known = sorted({*names, *codes})
        self._titles = _titles_of(pathway)
        self._pathway = pathway

    def to(self, code: str) -> str | None:
        like = nearest(code, self._known) or self._titles.get(plain(code))
        if like is not None and _tells_apart(code, like):
            like = None
        bare, _, phase = code.strip().rpartition(" ")
        if bare and phase_of(phase) in (*MESSAGE_PHASES, *RESOURCE_PHASES):
            like = self.to(bare) or like
            return f"{like} {phase_of(phase)}" if like in self._pathway.messages or like in self._pathway.resources else like
        return like


def _tells_apart(code: str, like: str) -> bool:
    """Whether two codes differ in a short word only, as `Admission NC` and `Admission IC`: it is what tells such codes apart."""
    own, other = (re.findall(r"[^\W_]+", plain(each)) for each in (code, like))
    return len(own) == len(other) > 1 and any(min(len(a), len(b)) < 4 for a, b in zip(own, other, strict=True) if a != b)


def named_in(names: Mapping[str, str], code: str) -> tuple[str, str | None] | None:
    """What a code that is a name names: an event, a message or a resource, with the phase that is told with it in any of the
    languages."""
    bare = code.strip()
    name, _, told = bare.partition(" ")
    phase = phase_of(told)
    if phase in (*MESSAGE_PHASES, *RESOURCE_PHASES) and name in names:
        return names[name], phase
    return (names[bare], None) if bare in names else None


def asking_contents(pathway: Pathway) -> frozenset[str]:
    """The messages that are asked to contain something."""
    return frozenset(message.name for message in pathway.messages.values() if message.contains)


def parts_of(told: str) -> tuple[str, ...]:
    """The contents that a text names; of nothing but a comma none."""
    return tuple(part.strip() for part in told.replace(";", ",").split(",") if part.strip())


def _titles_of(pathway: Pathway) -> dict[str, str]:
    """What each title of an event, message or resource would have to be called, however it is written; none that two have."""
    found: dict[str, str] = {}
    often: Counter[str] = Counter()
    for each in (*pathway.events.values(), *pathway.messages.values(), *pathway.resources.values()):
        for title in {plain(title) for title in each.titles.values()}:
            found[title] = each.name
            often[title] += 1
    return {title: name for title, name in found.items() if often[title] == 1}
