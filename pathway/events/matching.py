"""What a code or a column of a log may mean in a pathway, by what it is called and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pathway.events.facts import FACT
from pathway.events.identity import masked
from pathway.events.likeness import explained, likeness, words
from pathway.events.looks import Kind, Looks
from pathway.events.mapping import MappedEvent, MappedFact
from pathway.events.roles import hints
from pathway.events.text_columns import TextColumns
from pathway.events.values import fact_value
from pathway.language.nearness import plain
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Named
from pathway.model.pathway import Event, Fact, Message, Pathway, Resource
from pathway.model.units import conversion

SURE = 0.5
"""So like must a code be to a name to be taken for it."""
_PERHAPS = 0.2
_SHORTEST_CODE = 3
_FITS: Mapping[str, frozenset[Kind]] = {
    "number": frozenset({"number"}),
    "yes_no": frozenset({"yes_no"}),
    "date": frozenset({"date", "time"}),
    "one_of": frozenset({"text", "code", "number", "yes_no"}),
    "code": frozenset({"text", "code", "number"}),
    "text": frozenset({"text", "code", "number"}),
}
"""What a column must look like to hold a fact of a type."""


@dataclass(frozen=True)
class Proposal:
    """What a code or column may mean, and how often it came. `sure` says that the draft relies on it."""

    event: MappedEvent | None
    count: int
    sure: bool


@dataclass(frozen=True)
class FactProposal:
    """Which column may hold a fact. `left` are its values that the fact does not have, with how often they came."""

    how: MappedFact
    sure: bool
    left: Mapping[str, int] = field(default_factory=dict)


class Matcher:
    """Finds what a code may mean in a pathway."""

    def __init__(self, pathway: Pathway) -> None:
        self._pathway = pathway
        self._declared: list[Event | Message | Resource] = [
            *pathway.events.values(), *pathway.messages.values(), *pathway.resources.values()
        ]  # fmt: skip
        codes = [(each.code, event.name) for event in pathway.events.values() for each in event.codes]
        often = Counter(code for code, _ in codes)
        self._codes = {code: name for code, name in codes if often[code] == 1}
        self._phases = {plain(word): phase for phase, known in hints()["phases"].items() for word in known}

    def propose(self, code: str, count: int) -> Proposal:
        child = self._child(code.strip())
        if child is not None:
            return Proposal(MappedEvent(event=child), count, True)
        own = words(code)
        phases = [self._phases[word] for word in own if word in self._phases]
        best: tuple[float, Event | Message | Resource] | None = None
        for each in self._declared:
            bare = [word for word in own if word not in self._phases] if not isinstance(each, Event) else list(own)
            alike = likeness(bare or own, naming(each))
            if best is None or alike > best[0]:
                best = (alike, each)
        if best is None or best[0] < _PERHAPS:
            return Proposal(None, count, False)
        alike, each = best
        possible = () if isinstance(each, Event) else MESSAGE_PHASES if isinstance(each, Message) else RESOURCE_PHASES
        phase = next((found for found in phases if found in possible), None)
        if phase is None and isinstance(each, Message):
            phase = "sent"
        if phase is None and isinstance(each, Resource):
            phase, alike = "started", min(alike, SURE - 0.01)
        facts = self._told(each, own) if isinstance(each, Event) else {}
        return Proposal(MappedEvent(event=each.name, phase=phase, facts=facts), count, alike >= SURE)

    def _child(self, code: str) -> str | None:
        """The event with a declared code that this one is beneath: `I63.9` of `I63`."""
        above = [known for known in self._codes if len(known) >= _SHORTEST_CODE and code.startswith(known)]
        return self._codes[max(above, key=len)] if above else None

    def _told(self, event: Event, own: Sequence[str]) -> dict[str, str]:
        """What a code says beside which event it is: `Release A` of an event that carries one of a, b, c."""
        known = set[str]().union(*(explained(own, name) for name in naming(event)))
        left = [word for word in own if word not in known]
        facts: dict[str, str] = {}
        for name in event.carries:
            fact = self._pathway.facts.get(name)
            for called, value in fact.type.names().items() if fact is not None else ():
                if left and list(words(called)) == left:
                    facts[name] = value
        return facts


def naming(each: Named) -> list[str]:
    """What something declared is called: its name, its aliases and its titles in every language."""
    return [each.name, *each.aliases.values(), *each.titles.values()]


def facts_of(pathway: Pathway, text: TextColumns, columns: Sequence[Looks]) -> dict[str, FactProposal]:
    """Facts by the column that is called most like them and holds what they can be; a column is of one fact."""
    called = hints()["facts"]
    known = {
        name: [*naming(fact), *(word for own in (name, *fact.aliases.values()) for word in called.get(own, ()))]
        for name, fact in pathway.facts.items()
    }
    pairs = [
        (alike, -len(each.name), name, each)
        for name, fact in pathway.facts.items()
        for each in columns
        if each.kind in _FITS[fact.type.kind] and (alike := likeness(_bare(each.name), known[name])) >= _PERHAPS
    ]
    found: dict[str, FactProposal] = {}
    taken: set[str] = set()
    for alike, _, name, each in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if name not in found and each.name not in taken:
            found[name] = _fact(pathway.facts[name], each, text.columns[each.name], alike >= SURE)
            taken.add(each.name)
    return {name: found[name] for name in pathway.facts if name in found}


def _bare(column: str) -> str:
    """A column's name without its unit."""
    return column.removeprefix(FACT).partition("(")[0].partition("[")[0]


def _fact(fact: Fact, column: Looks, values: Sequence[str], sure: bool) -> FactProposal:
    translated: dict[str, str] = {}
    left: dict[str, int] = {}
    if fact.type.kind == "one_of" and column.distinct <= 100:
        for value, count in Counter(values).most_common():
            if value and fact_value(value, fact, lambda text: None) is None:
                names = {each: naming(fact.type.called.get(each) or Named(name=each)) for each in fact.type.values}
                like = max(names, key=lambda each: likeness(value, names[each]), default="")
                if likeness(value, names.get(like, ())) >= SURE:
                    translated[value] = like
                else:
                    left[masked(value)] = count
    unit = _unit(column.name, fact)
    return FactProposal(MappedFact(column=[column.name], values=translated, unit=unit), sure, left)


def _unit(column: str, fact: Fact) -> str | None:
    """The unit that stands in a column's name in brackets, where it is another than the fact's."""
    own = fact.type.unit
    for opening, closing in ("()", "[]"):
        inside = column.partition(opening)[2].partition(closing)[0].strip()
        if inside and own is not None and inside != own and conversion(inside, own) not in (None, 1):
            return inside
    return None
