"""An edited mapping with what it still lacks put in: what stands in it is not touched, neither its order nor its remarks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pathway.cli.draft_text import events_found, facts_found, names_found
from pathway.cli.words import say
from pathway.events.codes import Codes, listed
from pathway.language.source import Language
from pathway.model.pathway import Pathway

if TYPE_CHECKING:
    from pathway.events.draft import Draft
    from pathway.events.mapping import Mapping

_HEADER = re.compile(r"\s*\[{1,2}[^\[\]]+\]{1,2}\s*(#.*)?")


def with_more(text: str, draft: Draft, mapping: Mapping, pathway: Pathway, language: Language) -> tuple[str, int]:
    """The text of a mapping with lines for codes, facts and names that it says nothing of, each in its table; and how many."""
    left = lacking(draft, mapping)
    table = "wide" if left.roles.wide else "events"
    events = list(events_found(left, pathway, language))
    facts = list(facts_found(left, pathway, language))
    names = [(name, list(names_found(name, left, pathway, language))) for name in ("parties", "elements")]
    lines = text.splitlines()
    for name, found in ((table, events), ("facts", facts), *names):
        if found:
            lines = _inserted(lines, name, ["", f"# {say('map.more', language)}", *found])
    return "\n".join(lines) + "\n", len(left.events) + len(left.facts) + len(left.parties) + len(left.elements)


def lacking(draft: Draft, mapping: Mapping) -> Draft:
    """What a draft finds that a mapping says nothing of."""
    known, ignored = Codes(mapping.wide or mapping.events), listed(mapping.ignore)
    events = {code: each for code, each in draft.events.items() if known.get(code) is None and not ignored.get(code)}
    taken = {column for how in mapping.facts.values() for column in how.column}
    facts = {
        name: each
        for name, each in draft.facts.items()
        if name not in mapping.facts and not taken.intersection(each.how.column)
    }
    parties = {called: each for called, each in draft.parties.items() if called not in mapping.parties}
    elements = {called: each for called, each in draft.elements.items() if called not in mapping.elements}
    return replace(draft, events=events, facts=facts, parties=parties, elements=elements)


def _inserted(lines: list[str], table: str, more: Iterable[str]) -> list[str]:
    """Lines put at the end of a table; with the table, where there is none."""
    header = re.compile(rf"\s*\[\s*{table}\s*\]\s*(#.*)?")
    start = next((place for place, line in enumerate(lines) if header.fullmatch(line)), None)
    if start is None:
        return [*lines, "", f"[{table}]", *more]
    end = next((place for place in range(start + 1, len(lines)) if _HEADER.fullmatch(lines[place])), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return [*lines[:end], *more, *lines[end:]]
