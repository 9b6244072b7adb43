"""A mapping drafted by looking at a log: which column is what, and which code is likely which event of a pathway.

What is likely is put in the mapping; what may be is proposed beside it; what nothing is like is listed with how often it came.
A draft is to be read by someone who knows the log: names that are alike need not mean the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathway.events.columns import read_columns
from pathway.events.facts import FACT
from pathway.events.identity import masked
from pathway.events.likeness import explained, likeness, words
from pathway.events.looks import Kind, Looks, looks_of
from pathway.events.mapping import ColumnNames, MappedEvent, MappedFact
from pathway.events.mapping import Mapping as LogMapping
from pathway.events.roles import Roles, hints, roles_of
from pathway.events.rows import names_of
from pathway.events.text_columns import TextColumns
from pathway.events.values import fact_value
from pathway.language.nearness import plain
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Named
from pathway.model.pathway import Event, Fact, Message, Pathway, Resource
from pathway.model.units import conversion

_SURE = 0.5
"""So like must a code be to a name to be taken for it."""
_PERHAPS = 0.2
_SHORTEST_CODE = 3
_LONGEST = 120
"""A value that is longer is no code."""
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


@dataclass(frozen=True)
class Draft:
    """`events` are codes by what they may mean (of a wide table, columns); `understood` those that need no line: they are called as
    the pathway calls them. `other` are columns that nothing was found for."""

    columns: Sequence[Looks]
    roles: Roles
    time_formats: tuple[str, ...]
    decimal_comma: bool
    receipts: bool
    only: Mapping[str, list[str]]
    events: Mapping[str, Proposal]
    understood: Mapping[str, int]
    facts: Mapping[str, FactProposal]
    other: Sequence[Looks]

    @property
    def missing(self) -> list[str]:
        """The fields that no column was found for and that no log is without."""
        needed = ("patient",) if self.roles.wide else ("patient", "event", "occurred")
        return [name for name in needed if getattr(self.roles, name) is None]

    def mapping(self) -> LogMapping:
        """The mapping, of what is sure."""
        roles = self.roles
        told = {"patient": roles.patient, "event": roles.event, "occurred": roles.occurred, **roles.told}
        events = {code: each.event for code, each in self.events.items() if each.sure and each.event is not None}
        return LogMapping.model_validate(
            {
                "time_formats": list(self.time_formats),
                "decimal_comma": self.decimal_comma,
                "receipts": self.receipts,
                "columns": {name: column for name, column in told.items() if column is not None},
                "only": dict(self.only),
                "wide" if roles.wide else "events": events,
                "facts": {name: each.how for name, each in self.facts.items() if each.sure},
            }
        )


def draft(path: str | Path, pathway: Pathway) -> Draft:
    """Read a log and draft its mapping. Raises `EventsError`."""
    return draft_of(read_columns(path, lambda name: True), pathway)


def draft_of(text: TextColumns, pathway: Pathway) -> Draft:
    """Draft the mapping of a log that was read with all its columns."""
    looks = [looks_of(name, text.columns[name]) for name in text.names]
    names = names_of(pathway)
    roles = roles_of(looks, {each.name: _known(text.columns[each.name], names, each) for each in looks})
    by_name = {each.name: each for each in looks}
    if roles.wide:
        counts = Counter({name: by_name[name].filled for name in roles.wide})
    else:
        counts = Counter(text.columns[roles.event]) if roles.event is not None else Counter()
        counts.pop("", None)
    understood = {code: count for code, count in counts.items() if code.strip() in names} if not roles.wide else {}
    matcher = _Matcher(pathway)
    shown = [(code, count) for code, count in counts.most_common() if code not in understood]
    events = {masked(code): matcher.propose(code, count) for code, count in shown if len(code) <= _LONGEST}
    facts = _facts(pathway, text, [each for each in looks if each.name not in roles.taken()])
    meant = [each.event for each in events.values() if each.event is not None and each.sure]
    meant += [MappedEvent(event=names[code.strip()]) for code in understood]
    used = {*roles.taken(), *(column for each in facts.values() for column in each.how.column)}
    # What is called as a field of an event is read as that without a line.
    used |= {column for _, asked in ColumnNames() for column in asked}
    numbers = [by_name[column] for each in facts.values() for column in each.how.column if by_name[column].kind == "number"]
    return Draft(
        looks,
        roles,
        _forms(by_name, roles, facts),
        any(each.comma for each in numbers),
        _has_receipts(meant, roles),
        _only(text, roles),
        events,
        understood,
        facts,
        [each for each in looks if each.name not in used and each.kind != "empty"],
    )


def _known(values: Sequence[str], names: Mapping[str, str], looks: Looks) -> float:
    """The share of a column's different values that a pathway knows as events, or that are likely to be some."""
    if looks.kind not in ("text", "code", "number") or not looks.distinct or looks.distinct > 3000:
        return 0.0
    different = set(values) - {""}
    exact = sum(value.strip() in names for value in different)
    alike = 0
    if looks.distinct <= 200:
        alike = sum(likeness(value, names) >= _SURE for value in different if value.strip() not in names and len(value) <= 60)
    return (exact + 0.7 * alike) / len(different)


def _forms(by_name: Mapping[str, Looks], roles: Roles, facts: Mapping[str, FactProposal]) -> tuple[str, ...]:
    """The formats that the columns of times need, each once."""
    of_facts = [column for each in facts.values() for column in each.how.column if by_name[column].kind in ("date", "time")]
    columns = [roles.occurred, roles.told.get("recorded"), *roles.wide, *of_facts]
    return tuple(dict.fromkeys(form for name in columns if name is not None for form in by_name[name].forms))


def _only(text: TextColumns, roles: Roles) -> dict[str, list[str]]:
    """Of a log that tells each step more than once, the rows that say that it was done."""
    if roles.lifecycle is None:
        return {}
    different = sorted(set(text.columns[roles.lifecycle]) - {""})
    done = [value for value in different if value.casefold() in hints()["done"]["values"]]
    return {roles.lifecycle: done} if done and len(different) > len(done) else {}


def _has_receipts(meant: Iterable[MappedEvent], roles: Roles) -> bool:
    """Whether the log can tell that a message was received: else none is owed by it."""
    return "phase" in roles.told or any(each.phase in ("received", "acknowledged") for each in meant)


class _Matcher:
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
            phase, alike = "started", min(alike, _SURE - 0.01)
        facts = self._told(each, own) if isinstance(each, Event) else {}
        return Proposal(MappedEvent(event=each.name, phase=phase, facts=facts), count, alike >= _SURE)

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
            for value in fact.type.values if fact is not None else ():
                if left and list(words(value)) == left:
                    facts[name] = value
        return facts


def naming(each: Named) -> list[str]:
    """What something declared is called: its name, its aliases and its titles in every language."""
    return [each.name, *each.aliases.values(), *each.titles.values()]


def _facts(pathway: Pathway, text: TextColumns, columns: Sequence[Looks]) -> dict[str, FactProposal]:
    """Facts by the column that is called most like them and holds what they can be; a column is of one fact."""
    pairs = [
        (alike, -len(each.name), name, each)
        for name, fact in pathway.facts.items()
        for each in columns
        if each.kind in _FITS[fact.type.kind] and (alike := likeness(_bare(each.name), naming(fact))) >= _PERHAPS
    ]
    found: dict[str, FactProposal] = {}
    taken: set[str] = set()
    for alike, _, name, each in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if name not in found and each.name not in taken:
            found[name] = _fact(pathway.facts[name], each, text.columns[each.name], alike >= _SURE)
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
                like = max(fact.type.values, key=lambda each: likeness(value, [each]), default="")
                if likeness(value, [like]) >= _SURE:
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
