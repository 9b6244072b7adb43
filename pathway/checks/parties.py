"""Who a finding is about: parties and their organisations, levels, and where in the author's own file it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pathway.language.source import Language, Span
from pathway.model.base import LEVELS, Level
from pathway.model.pathway import Pathway, Stage
from pathway.model.rules import Rule

_HOLDER: Mapping[Language, str] = {
    "en": "whoever has the patient",
    "nb": "den som har pasienten",
    "nn": "den som har pasienten",
}

Whom = str | Mapping[Language, str]


def whom(party: str | None) -> Whom:
    """For whom a risk would become a break: a party, or whoever has the patient where the text names none."""
    return _HOLDER if party is None else f"`{party}`"


def organisation(pathway: Pathway, party: str) -> str:
    """The outermost party that a party is part of."""
    while (declared := pathway.parties.get(party)) is not None and declared.part_of is not None:
        party = declared.part_of
    return party


def told(pathway: Pathway, receiver: str, party: str) -> bool:
    """Whether what goes to one party reaches another: itself, or a whole that it is a part of (as when it is tracked)."""
    name: str | None = receiver
    while name is not None and name != party:
        declared = pathway.parties.get(name)
        name = None if declared is None else declared.part_of
    return name is not None


def level_of(pathway: Pathway, stage: Stage) -> Level | None:
    """The level of a stage, else of its party; None outside the order of levels."""
    party = pathway.parties.get(stage.party or "")
    level = stage.level or (party.level if party else None)
    return level if level in LEVELS else None


def height(level: Level | None) -> int:
    """The place of a level in the order; -1 outside it."""
    return LEVELS.index(level) if level in LEVELS else -1


def own(pathway: Pathway, span: Span | None) -> bool:
    """Whether a place is in the pathway's own file, not in a library's."""
    return span is None or pathway.span is None or span.file == pathway.span.file


def placed_rules(pathway: Pathway) -> Iterator[tuple[Stage, Rule, Span | None]]:
    """Every rule with its holder (a stage or `throughout`) and a place in the author's own file: a rule that came with a
    handover stands in the library, and is shown at the stage that uses it."""
    for holder in (pathway.throughout, *pathway.stages.values()):
        for rule in rules_of(holder):
            yield holder, rule, rule.span if own(pathway, rule.span) else holder.span


def rules_of(holder: Stage) -> Iterator[Rule]:
    """The rules of a stage, and those under its transitions and starts."""
    yield from holder.rules
    for way in holder.transitions:
        yield from (() if way.within is None else (way.within,))
        yield from way.rules
        yield from (rule for start in way.starts for rule in start.rules)
    yield from (rule for start in holder.starts for rule in start.rules)


def answerable(pathway: Pathway, holder: Stage, rule: Rule) -> str | None:
    """Who would answer for a rule's break (O10), as far as the text says."""
    return rule.by or rule.sender or holder.party
