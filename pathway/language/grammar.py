"""The grammar as Lark's LALR(1) table, loaded when the first line is read, and the state of one line being read.

Lark's parser is fed word by word by the reading of a line (`reading.py`), which asks it what it can take next: so a soft
word is a keyword exactly where the grammar takes it. Trees are made as `Node`s at once; Lark's own would be ten times as big.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from pathway.language.blocks import STARTS
from pathway.language.source import Span
from pathway.language.tree import Node, Word

if TYPE_CHECKING:
    from lark import Lark

KEPT: frozenset[str] = frozenset([
    "NAME", "NUMBER", "ORDINAL", "STRING", "DATE", "CLOCK", "CODE_VALUE", "DOTTED", "UNIT_WORD", "PERCENT",
    "TIMEUNIT", "LANG", "LEVEL_VALUE", "FORCE_VALUE", "SEVERITY_VALUE", "BREAKKIND", "SUBTYPE", "PHASE", "GE", "LE",
    "GT", "LT", "IS", "IS_NOT", "IN", "NOT_IN", "YES", "NO", "EACH", "FIRST", "LATEST", "BECOMES", "AT_LEAST",
    "AT_MOST", "TIMES", "OR_LOWER", "SAME_DAY_AS",
])  # fmt: skip
"""The words that a node keeps among its parts. The rest are keywords that its kind says already."""


NOWHERE = Span("", 0, 0, 0, 0)


class _Inlined:
    """The parts of a rule that leaves no node. Lark takes over the list and adds to it, so each asking gets a fresh one."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[Node | Word]) -> None:
        self._parts = parts

    @property
    def children(self) -> list[Node | Word]:
        return list(self._parts)


def _node(kind: str, parts: list[Node | Word]) -> Node | _Inlined:
    """What Lark calls for each rule that it completes."""
    if kind.startswith("_"):
        return _Inlined(parts)
    kept = tuple(part for part in parts if isinstance(part, Node) or part.kind in KEPT)
    first, last = parts[0].span, parts[-1].span
    return Node(str(kind), kept, first if first is last else first.to(last))


@cache
def grammar() -> Lark:
    """The grammar's table. Lark is imported here, not at the top: a program that reads no pathway does not pay for it."""
    from lark import Lark

    text = files("pathway.grammars").joinpath("pathway.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False, tree_class=_node)


@cache
def terminals() -> frozenset[str]:
    """Every kind of word that some rule uses."""
    return frozenset(symbol.name for rule in grammar().rules for symbol in rule.expansion if symbol.is_term)


class LineState:
    """A line being read, up to some word."""

    __slots__ = ("_parser", "_table")

    def __init__(self, start: str) -> None:
        self._parser = grammar().parse_interactive("", start=start)
        self._table: Mapping[Any, Mapping[str, tuple[Any, Any]]] = self._parser.parser_state.parse_conf.states

    def takes(self, kind: str) -> bool:
        """Whether the line can go on with a word of a kind (or end, for `END`)."""
        stack: list[Any] = self._parser.parser_state.state_stack
        action = self._table[stack[-1]].get(kind)
        if action is None:
            return False
        if isinstance(action[1], int):  # a state to go to; else the rule to complete first
            return True
        # The table promises more than it keeps where rules were completed first, so they are completed on a copy.
        stack = list(stack)
        whole = self._parser.parser_state.parse_conf.end_state if kind == END.kind else None
        while not isinstance(action[1], int):
            rule = action[1]
            if size := len(rule.expansion):
                del stack[-size:]
            stack.append(self._table[stack[-1]][rule.origin.name][1])
            if stack[-1] == whole:
                return True
            action = self._table[stack[-1]].get(kind)
            if action is None:
                return False
        return True

    def choices(self) -> list[str]:
        """Every kind of word that the line can go on with."""
        here = self._table[self._parser.parser_state.position]
        return sorted(kind for kind in here if kind.isupper() and kind != END.kind and self.takes(kind))

    def feed(self, word: Word) -> None:
        """Go on with a word that the line takes."""
        self._parser.feed_token(cast(Any, word))

    def finish(self) -> Node | None:
        """The line's node if it can end here, else nothing. If it can, the state is used up."""
        return cast(Node, self._parser.feed_token(cast(Any, END))) if self.takes(END.kind) else None


END = Word("$END", "", "", NOWHERE)
