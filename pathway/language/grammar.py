"""The state of one line being read by the grammar's table.

The reading of a line (`reading.py`) feeds it word by word and asks it what it can take next: so a soft word is a keyword
exactly where the grammar takes it. Trees are made as `Node`s at once.
"""

from __future__ import annotations

from functools import cache

from pathway.language.automaton import Production, automaton
from pathway.language.source import Span
from pathway.language.tree import Node, Word

KEPT: frozenset[str] = frozenset([
    "NAME", "NUMBER", "ORDINAL", "STRING", "DATE", "CLOCK", "CODE_VALUE", "DOTTED", "UNIT_WORD", "PERCENT",
    "TIMEUNIT", "LANG", "LEVEL_VALUE", "FORCE_VALUE", "SEVERITY_VALUE", "BREAKKIND", "SUBTYPE", "PHASE", "GE", "LE",
    "GT", "LT", "IS", "IS_NOT", "IN", "NOT_IN", "YES", "NO", "EACH", "FIRST", "LATEST", "BECOMES", "AT_LEAST",
    "AT_MOST", "TIMES", "OR_LOWER", "SAME_DAY_AS",
])  # fmt: skip
"""The words that a node keeps among its parts. The rest are keywords that its kind says already."""


NOWHERE = Span("", 0, 0, 0, 0)


@cache
def terminals() -> frozenset[str]:
    """Every kind of word that some rule uses."""
    return frozenset(kind for steps in automaton().states for kind in steps if kind.isupper() and kind != END.kind)


class LineState:
    """A line being read, up to some word."""

    __slots__ = ("_end", "_made", "_productions", "_stack", "_states")

    def __init__(self, start: str) -> None:
        table = automaton()
        self._states, self._productions = table.states, table.productions
        self._stack = [table.starts[start]]
        self._made: list[Node | Word | list[Node | Word]] = []
        """What each state but the first was reached by. A list is what a rule leaves that is no node of its own."""
        self._end = table.ends[start]

    def takes(self, kind: str) -> bool:
        """Whether the line can go on with a word of a kind (or end, for `END`)."""
        states, productions = self._states, self._productions
        step = states[self._stack[-1]].get(kind)
        if step is None:
            return False
        if step >= 0:
            return True
        # The table promises more than it keeps where rules were completed first, so they are completed on a copy.
        stack = list(self._stack)
        whole = self._end if kind == END.kind else None
        while step < 0:
            rule = productions[~step]
            if rule.size:
                del stack[-rule.size :]
            stack.append(states[stack[-1]][rule.name])
            if stack[-1] == whole:
                return True
            step = states[stack[-1]].get(kind)
            if step is None:
                return False
        return True

    def choices(self) -> list[str]:
        """Every kind of word that the line can go on with."""
        here = self._states[self._stack[-1]]
        return sorted(kind for kind in here if kind.isupper() and kind != END.kind and self.takes(kind))

    def feed(self, word: Word) -> None:
        """Go on with a word that the line takes."""
        kind = word.kind
        self._complete(kind)
        self._stack.append(self._states[self._stack[-1]][kind])
        self._made.append(word)

    def finish(self) -> Node | None:
        """The line's node if it can end here, else nothing. If it can, the state is used up."""
        if not self.takes(END.kind):
            return None
        self._complete(END.kind)
        node = self._made[-1]
        assert isinstance(node, Node)
        return node

    def _complete(self, kind: str) -> None:
        """Complete the rules that have to be before a word of a kind, or the end."""
        states, stack, made = self._states, self._stack, self._made
        whole = self._end if kind == END.kind else None
        while stack[-1] != whole and (step := states[stack[-1]][kind]) < 0:
            rule = self._productions[~step]
            behind = len(made) - rule.size
            parts = made[behind:]
            del made[behind:], stack[behind + 1 :]
            made.append(_completed(rule, parts))
            stack.append(states[stack[-1]][rule.name])


def _completed(rule: Production, parts: list[Node | Word | list[Node | Word]]) -> Node | Word | list[Node | Word]:
    """What a rule leaves of its parts."""
    # The first list is taken over: a list of many items is built up by one rule again and again.
    left: list[Node | Word] = []
    for place, part in enumerate(parts):
        if isinstance(part, list):
            left = left + part if left else part
        elif not rule.silent or place not in rule.silent:
            left.append(part)
    if rule.inlined:
        return left
    if rule.single and len(left) == 1:
        return left[0]
    first, last = left[0].span, left[-1].span
    kept = tuple([part for part in left if type(part) is Node or part.kind in KEPT])
    return Node(rule.name, kept, first if first is last else first.to(last))


END = Word("$END", "", "", NOWHERE)
