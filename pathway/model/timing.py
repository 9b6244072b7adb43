"""Limits from the tree: `within 4 weeks after discharged` → `Timing`, with what it is counted from."""

from __future__ import annotations

from datetime import time
from typing import cast

from pathway.language.tree import Node, Word
from pathway.model.base import Duration, Unit
from pathway.model.conditions import Conditions
from pathway.model.rules import Anchor, Timing
from pathway.model.scope import Scope
from pathway.model.values import duration

TIMINGS = frozenset({"within", "at_latest", "same_day", "before", "not_before", "between", "promptly", "every"})
_REPLIES = frozenset({"within", "at_latest", "same_day", "before", "promptly"})
"""Limits that a receipt or an answer can have."""


class Timings:
    """Builds limits. What cannot be built is left out, and its problem has been noted."""

    def __init__(self, scope: Scope, conditions: Conditions) -> None:
        self.scope = scope
        self.conditions = conditions

    def together(self, timings: list[Node], repeat: Node | None = None) -> Timing:
        """The limit, with a `not before` beside it and `each` or `latest` taken in."""
        limit = next((node for node in timings if node.kind != "not_before"), None)
        extra = next((node for node in timings if node.kind == "not_before"), None)
        timing = self.timing(limit) if limit else Timing()
        if extra is not None:
            other = self.timing(extra)
            if limit is not None and other.lower is not None and timing.lower is not None:
                self.scope.problems.add("PW244", extra.span, line=limit.span.line)
            elif other.anchor is not None and timing.anchor not in (None, other.anchor):
                self.scope.problems.add("PW245", extra.span)
            else:
                update = {"lower": timing.lower or other.lower, "not_before": other.not_before}
                timing = timing.model_copy(update={**update, "anchor": timing.anchor or other.anchor})
        if repeat is not None:
            timing = timing.model_copy(update={"repeat": "each" if repeat.word("EACH") else "latest"})
        return timing

    def timing(self, node: Node) -> Timing:
        """One limit."""
        anchor = self._anchor(node.one("anchor"))
        lengths = [duration(part, self.scope.problems) for part in node.all("duration")]
        first = lengths[0] if lengths else None
        match node.kind:
            case "within":
                return Timing(upper=first, anchor=anchor)
            case "at_latest" if first is None:
                clock = node.word("CLOCK")
                at = None if clock is None else time.fromisoformat(clock.value)
                return Timing(look="either", same_day=True, clock=at, anchor=anchor)
            case "at_latest":
                return Timing(look="either", upper=first, anchor=anchor)
            case "same_day":
                return Timing(same_day=True, anchor=anchor)
            case "before":
                return Timing(look="either", before=self.conditions.event(node.one("event_ref")))
            case "not_before" if first is None:
                return Timing(not_before=self.conditions.event(node.one("event_ref")))
            case "not_before":
                return Timing(lower=first, anchor=anchor)
            case "between":
                lower, upper = self._between(node, lengths)
                return Timing(lower=lower, upper=upper, anchor=anchor)
            case "promptly":
                return Timing(promptly=True, anchor=anchor)
            case "every":
                return Timing(every=self._every(node))
        raise TypeError(f"not a limit: {node.kind}")

    def _between(self, node: Node, lengths: list[Duration]) -> tuple[Duration, Duration]:
        number, upper = node.word("NUMBER"), lengths[-1]
        if number is None:
            lower = lengths[0]
        else:  # `between 2 and 7 days`
            last = list(node.all("duration"))[-1]
            lower = duration(Node("duration", (number, *last.words("TIMEUNIT")), number.span), self.scope.problems)
        if lower.unit == upper.unit and lower.amount > upper.amount:
            self.scope.problems.add("PW239", node.span, low=lower.amount, high=upper.amount)
        return lower, upper

    def _every(self, node: Node) -> Duration:
        unit = node.words("TIMEUNIT")
        if node.word("NUMBER", "ORDINAL") is None:
            return Duration(amount=1, unit=cast(Unit, unit[0].value))
        every = duration(Node("duration", node.parts, node.span), self.scope.problems)
        if every.amount == 0:
            self.scope.problems.add("PW247", node.span)
            return every.model_copy(update={"amount": 1})
        return every

    def _anchor(self, node: Node | None) -> Anchor | None:
        if node is None:
            return None
        word = node.word("NAME")
        if word is not None:
            found = self.scope.resolve(word, "condition", "fact")
            if found is None:
                return None
            bare = Node("bare", (Node("operand", (word,), word.span),), word.span)
            condition = self.conditions.build(bare)
            return None if condition is None else Anchor(becomes=condition)
        references = node.one("event_refs")
        fact = _single_name(references)
        if fact is not None and self.scope.find(fact.value, "event", "message", "resource") is None:
            found = self.scope.find(fact.value, "fact")
            if found is not None:
                return self._date_anchor(found.name, fact)
        events = self.conditions.events(references)
        if not events:
            return None
        return Anchor(events=events, pick="latest" if node.word("LATEST") else "first")

    def _date_anchor(self, fact: str, word: Word) -> Anchor | None:
        if self.conditions.facts[fact].type.kind != "date":
            self.scope.problems.add("PW224", word.span, name=word.text)
            return None
        return Anchor(fact=fact)

    def reply(self, clause: Node) -> Timing | None:
        """The limit of a receipt or an answer, counted from the message."""
        limit = next(part for part in clause.parts if isinstance(part, Node) and part.kind in TIMINGS)
        if limit.kind in _REPLIES:
            return self.timing(limit)
        self.scope.problems.add("PW246", limit.span)
        return None


def _single_name(references: Node | None) -> Word | None:
    parts = list(references.all("event_ref")) if references else []
    return parts[0].word("NAME") if len(parts) == 1 and parts[0].word("PHASE") is None else None
