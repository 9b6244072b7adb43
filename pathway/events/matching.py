"""What a code or a column of a log may mean in a pathway, by what it is called and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pathway.events.facts import FACT
from pathway.events.identity import masked
from pathway.events.likeness import explained, likeness, words
from pathway.events.looks import FORMS, Kind, Looks
from pathway.events.mapping import MappedEvent, MappedFact
from pathway.events.roles import hints
from pathway.events.text_columns import TextColumns
from pathway.events.times import moment_of
from pathway.events.values import fact_value
from pathway.language.nearness import plain
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Named
from pathway.model.pathway import Event, Fact, Message, Pathway, Resource
from pathway.model.units import conversion
from pathway.model.vocabulary import Known

SURE = 0.5
"""So like must a code be to a name to be taken for it."""
_PERHAPS = 0.2
_SURE_NAME = 0.75
"""The same of the name of a party: a wrong one takes a duty for another's."""
_MOST_UNFIT = 0.2
"""Of a column that is called as a fact is, so many values may be none of the fact's."""
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
    """Which column may hold a fact. `left` are its values that the fact does not have, with how often they came; `unfit` of
    `filled` values of another type are none of its. `comma` and `forms` say how numbers and dates are written."""

    how: MappedFact
    sure: bool
    left: Mapping[str, int] = field(default_factory=dict)
    unfit: int = 0
    filled: int = 0
    comma: bool = False
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameProposal:
    """What a party or a content of a message that the log names may be (None: nothing is like it), and how often it came."""

    name: str | None
    count: int
    sure: bool


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
        if (alike := likeness(_bare(each.name), known[name])) >= _PERHAPS
        and (each.kind in _FITS[fact.type.kind] or (each.filled and is_called(_bare(each.name), fact)))
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


def is_called(text: str, each: Named) -> bool:
    """Whether a text is what something is called, whatever it looks like."""
    return any(words(text) == words(name) for name in naming(each))


def _fact(fact: Fact, column: Looks, values: Sequence[str], sure: bool) -> FactProposal:
    translated: dict[str, str] = {}
    left: dict[str, int] = {}
    counted = Counter(value for value in values if value)
    if fact.type.kind == "one_of" and column.distinct <= 100:
        for value, count in counted.most_common():
            if fact_value(value, fact, lambda text: None) is None:
                names = {each: naming(fact.type.called.get(each) or Named(name=each)) for each in fact.type.values}
                like = max(names, key=lambda each: likeness(value, names[each]), default="")
                if likeness(value, names.get(like, ())) >= SURE:
                    translated[value] = like
                else:
                    left[masked(value)] = count
    unit = _unit(column.name, fact)
    how = MappedFact(column=[column.name], values=translated, unit=unit)
    if fact.type.kind not in ("number", "date", "yes_no"):
        return FactProposal(how, sure, left)
    unfit, comma, forms = _unfit(fact, column, counted, unit)
    filled = counted.total()
    return FactProposal(how, sure and unfit <= _MOST_UNFIT * filled, left, unfit, filled, comma, forms)


def _unfit(fact: Fact, column: Looks, counted: Mapping[str, int], unit: str | None) -> tuple[int, bool, tuple[str, ...]]:
    """How many values are none of the fact's, read with or without a decimal comma and in the format, that most are written in."""
    factor = float((conversion(unit, fact.type.unit) if unit and fact.type.unit else None) or 1)
    commas = (False, True) if fact.type.kind == "number" and column.kind != "number" else (column.comma,)
    ways = [(comma, column.forms) for comma in commas]
    if fact.type.kind == "date" and column.kind not in ("date", "time"):
        ways = [(False, forms) for forms in ((), *((form,) for form in FORMS))]

    def wrong(comma: bool, forms: tuple[str, ...]) -> int:
        def day(text: str) -> date | None:
            moment = moment_of(text, forms)
            return moment.date() if isinstance(moment, datetime) else moment

        read = ((value, fact_value(value, fact, day, decimal_comma=comma, factor=factor)) for value in counted)
        return sum(counted[value] for value, found in read if found is None)

    return min(((wrong(comma, forms), comma, forms) for comma, forms in ways), key=lambda way: way[0])


def names_like(values: Iterable[str], known: Known, declared: Iterable[Named]) -> dict[str, NameProposal]:
    """What those of some names that nothing is called may be, the commonest first."""
    called = {each.name: naming(each) for each in declared}
    found: dict[str, NameProposal] = {}
    for value, count in Counter(value for value in values if value).most_common():
        if known.get(value) is None:
            like = max(called, key=lambda name: likeness(value, called[name]), default=None)
            alike = 0.0 if like is None else likeness(value, called[like])
            found[masked(value)] = NameProposal(like if alike >= SURE else None, count, alike >= _SURE_NAME)
    return found


def _unit(column: str, fact: Fact) -> str | None:
    """The unit that stands in a column's name in brackets, where it is another than the fact's."""
    own = fact.type.unit
    for opening, closing in ("()", "[]"):
        inside = column.partition(opening)[2].partition(closing)[0].strip()
        if inside and own is not None and inside != own and conversion(inside, own) not in (None, 1):
            return inside
    return None
