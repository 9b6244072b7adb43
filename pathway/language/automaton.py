"""The grammar as a table of states: made by Lark from `pathway.lark`, and kept beside it ready-made.

To make the table takes Lark half a second, to read it some milliseconds, and a program that only reads it need not import
Lark. The table says which grammar and which Lark it was made of; one made of another is not used, but made anew in memory:
it can be slow, never stale. `python -m tests.record` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from pathway.language.blocks import STARTS

LARK = "1.3.1"
"""The version of Lark that makes the table: the one in `pyproject.toml`."""


class Production(NamedTuple):
    """A rule of the grammar in one of its forms. `silent` are the places of its signs, which leave nothing; an `inlined` one
    gives its parts to the rule around it, and so does a `single` one that has one part only. `made_of` are the rules in it."""

    name: str
    size: int
    silent: tuple[int, ...]
    inlined: bool
    single: bool
    made_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Automaton:
    """What to do in each state with each kind of word or completed rule: go on to a state (0 and up), or complete the
    production of that number (`~number`). A line begins in its start rule's state, and is whole in that of `ends`."""

    starts: Mapping[str, int]
    ends: Mapping[str, int]
    productions: Sequence[Production]
    states: Sequence[Mapping[str, int]]


@cache
def automaton() -> Automaton:
    """The table of the grammar that stands beside it."""
    folder = files("pathway.grammars")
    grammar = folder.joinpath("pathway.lark").read_text(encoding="utf-8")
    try:
        made = json.loads(folder.joinpath("pathway.table.json").read_text(encoding="utf-8"))
        if made["of"] == _fingerprint(grammar):
            return _read(made)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it is missing or damaged
    return _read(json.loads(written(grammar)))


def written(grammar: str) -> str:
    """The table of a grammar as its file holds it: the same text for the same grammar."""
    from lark import Lark  # here, not at the top: only a table that is missing or of another grammar is made

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False)
    table: Any = lark.parser.parser._parse_table
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    order = _in_order(table)
    states = []
    for state in order:
        steps = {}
        for symbol, (_, target) in sorted(table.states[state].items()):
            steps[str(symbol)] = order[target] if isinstance(target, int) else ~rules[target]
        states.append(steps)
    parts = {
        "of": _fingerprint(grammar),
        "starts": {start: order[table.start_states[start]] for start in STARTS},
        "ends": {start: order[table.end_states[start]] for start in STARTS},
        "productions": [_production(rule) for rule in lark.rules],
        "states": states,
    }
    # A line a production and a state: a change of the grammar can be seen in what it changes.
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_lines(part)}" for name, part in parts.items()) + "\n}\n"


def _fingerprint(grammar: str) -> str:
    return sha256("\n".join([LARK, *STARTS, grammar]).encode()).hexdigest()


def _read(made: Mapping[str, Any]) -> Automaton:
    productions = [
        Production(name, size, tuple(silent), inlined, single, tuple(made_of))
        for name, size, silent, inlined, single, made_of in made["productions"]
    ]
    return Automaton(made["starts"], made["ends"], productions, made["states"])


def _in_order(table: Any) -> dict[int, int]:
    """Lark's number of each state → ours, in the order in which they are met: Lark's differ from run to run."""
    order: dict[int, int] = {}
    coming: list[int] = [table.start_states[start] for start in STARTS]
    for state in coming:  # grows while it is read
        if state not in order:
            order[state] = len(order)
            coming += [target for _, (_, target) in sorted(table.states[state].items()) if isinstance(target, int)]
    return order


def _production(rule: Any) -> list[Any]:
    silent = [place for place, symbol in enumerate(rule.expansion) if symbol.is_term and symbol.filter_out]
    name = str(rule.origin.name)
    made_of = [str(symbol.name) for symbol in rule.expansion if not symbol.is_term]
    return [name, len(rule.expansion), silent, name.startswith("_"), rule.options.expand1, made_of]


def _lines(part: Any) -> str:
    if isinstance(part, list):
        return "[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in part) + "\n]"
    return json.dumps(part)
