"""A mapping drafted by looking at a log: which column is what, and which code is likely which event of a pathway.

What is likely is put in the mapping; what may be is proposed beside it; what nothing is like is listed with how often it came.
A draft is to be read by someone who knows the log: names that are alike need not mean the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pathway.events.columns import AS_FOUND, Told, read_columns
from pathway.events.identity import masked
from pathway.events.likeness import likeness
from pathway.events.looks import Looks, looks_of
from pathway.events.mapping import ColumnNames, MappedEvent
from pathway.events.mapping import Mapping as LogMapping
from pathway.events.matching import SURE, FactProposal, Matcher, NameProposal, Proposal, facts_of, is_called, names_like
from pathway.events.named import names_of, parts_of
from pathway.events.roles import Roles, hints, roles_of
from pathway.events.text_columns import TextColumns
from pathway.model.pathway import Pathway
from pathway.model.vocabulary import contents_known, parties_known

_LEAST_TIMES = 0.5
"""The share of a column's values that must be times where it is called as an event is."""
_LONGEST = 120
"""A value that is longer is no code."""


@dataclass(frozen=True)
class Draft:
    """`events` are codes by what they may mean (of a wide table, columns); `understood` those that need no line: they are called as
    the pathway calls them. `parties` and `elements` are names of parties and contents of messages that the pathway does not
    know. `other` are columns that nothing was found for."""

    columns: Sequence[Looks]
    roles: Roles
    time_formats: tuple[str, ...]
    decimal_comma: bool
    receipts: bool
    only: Mapping[str, list[str]]
    events: Mapping[str, Proposal]
    understood: Mapping[str, int]
    facts: Mapping[str, FactProposal]
    parties: Mapping[str, NameProposal]
    elements: Mapping[str, NameProposal]
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
                "parties": {called: each.name for called, each in self.parties.items() if each.sure},
                "elements": {called: each.name for called, each in self.elements.items() if each.sure},
            }
        )


def draft(path: str | Path, pathway: Pathway, told: LogMapping | None = None) -> Draft:
    """Read a log and draft its mapping; with one that there is already, its columns are what it says. Raises `EventsError`."""
    how = AS_FOUND if told is None else Told(told.delimiter, told.encoding, told.sheet)
    return draft_of(read_columns(path, lambda name: True, how), pathway, told)


def draft_of(text: TextColumns, pathway: Pathway, told: LogMapping | None = None) -> Draft:
    """Draft the mapping of a log that was read with all its columns."""
    names = names_of(pathway)
    looks = [_looks(name, text.columns[name], pathway) for name in text.names]
    roles = roles_of(looks, {each.name: _known(text.columns[each.name], names, each) for each in looks})
    if told is not None:
        roles = _as_told(roles, told, text)
    by_name = {each.name: each for each in looks}
    if roles.wide:
        counts = Counter({name: by_name[name].filled for name in roles.wide})
    else:
        counts = Counter(text.columns[roles.event]) if roles.event is not None else Counter()
        counts.pop("", None)
    understood = {code: count for code, count in counts.items() if code.strip() in names} if not roles.wide else {}
    matcher = Matcher(pathway)
    shown = [(code, count) for code, count in counts.most_common() if code not in understood]
    events = {masked(code): matcher.propose(code, count) for code, count in shown if len(code) <= _LONGEST}
    facts = facts_of(pathway, text, [each for each in looks if each.name not in roles.taken()])
    meant = [each.event for each in events.values() if each.event is not None and each.sure]
    meant += [MappedEvent(event=names[code.strip()]) for code in understood]
    used = {*roles.taken(), *(column for each in facts.values() for column in each.how.column)}
    # What is called as a field of an event is read as that without a line.
    used |= {column for _, asked in ColumnNames() for column in asked}
    return Draft(
        looks,
        roles,
        _forms(by_name, roles, facts),
        any(each.comma for each in facts.values()),
        _has_receipts(meant, roles),
        _only(text, roles),
        events,
        understood,
        facts,
        _parties(text, roles, pathway),
        _contents(text, roles, pathway),
        [each for each in looks if each.name not in used and each.kind != "empty"],
    )


def _looks(name: str, values: Sequence[str], pathway: Pathway) -> Looks:
    """A column as it looks. One that is called as an event is may have its times among much that is none."""
    looks = looks_of(name, values)
    if looks.kind in ("text", "code") and any(is_called(name, each) for each in pathway.events.values()):
        again = looks_of(name, values, times=_LEAST_TIMES)
        return again if again.kind in ("time", "date") else looks
    return looks


def _parties(text: TextColumns, roles: Roles, pathway: Pathway) -> dict[str, NameProposal]:
    columns = [text.columns[roles.told[name]] for name in ("party", "sender", "receiver") if name in roles.told]
    return names_like(chain(*columns), parties_known(pathway), pathway.parties.values())


def _contents(text: TextColumns, roles: Roles, pathway: Pathway) -> dict[str, NameProposal]:
    if "elements" not in roles.told:
        return {}
    declared = {element.name: element for message in pathway.messages.values() for element in message.contains}
    told = (part for value in text.columns[roles.told["elements"]] for part in parts_of(value))
    return names_like(told, contents_known(pathway), declared.values())


def _as_told(roles: Roles, told: LogMapping, text: TextColumns) -> Roles:
    """The columns that a mapping names, where the log has them."""
    named = {name: next((column for column in asked if column in text.columns), None) for name, asked in told.columns}
    found = {name: named[name] or getattr(roles, name) for name in ("patient", "event", "occurred")}
    others = {name: column for name, column in named.items() if column is not None and name not in found}
    wide = tuple(column for column in told.wide if column in text.columns) or (() if named["event"] else roles.wide)
    return replace(roles, **found, told={**roles.told, **others}, wide=wide)


def _known(values: Sequence[str], names: Mapping[str, str], looks: Looks) -> float:
    """The share of a column's different values that a pathway knows as events, or that are likely to be some."""
    if looks.kind not in ("text", "code", "number") or not looks.distinct or looks.distinct > 3000:
        return 0.0
    different = set(values) - {""}
    exact = sum(value.strip() in names for value in different)
    alike = 0
    if looks.distinct <= 200:
        alike = sum(likeness(value, names) >= SURE for value in different if value.strip() not in names and len(value) <= 60)
    return (exact + 0.7 * alike) / len(different)


def _forms(by_name: Mapping[str, Looks], roles: Roles, facts: Mapping[str, FactProposal]) -> tuple[str, ...]:
    """The formats that the columns of times need, each once."""
    columns = [roles.occurred, roles.told.get("recorded"), *roles.wide]
    of_columns = (form for name in columns if name is not None for form in by_name[name].forms)
    return tuple(dict.fromkeys(chain(of_columns, *(each.forms for each in facts.values()))))


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
