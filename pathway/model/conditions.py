"""Conditions from the tree: names resolved, values held against the types of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pathway.language.source import LANGUAGES
from pathway.language.tree import Node, Word
from pathway.language.words import vocabulary
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Duration
from pathway.model.expressions import (
    And,
    Compare,
    Condition,
    CountOf,
    EventRef,
    FactValue,
    Happened,
    Known,
    LastFact,
    Not,
    Or,
    TimeSince,
    Value,
    Within,
)
from pathway.model.pathway import Fact, FactType
from pathway.model.scope import Scope
from pathway.model.values import WANTED, duration, text_of_words, value

_OPERATORS = {"GE": ">=", "LE": "<=", "GT": ">", "LT": "<", "IS": "==", "IS_NOT": "!="}
_ORDERED = ("GE", "LE", "GT", "LT")
_DEEPEST = 60
_MOST_AT_ONCE = 100
_LONGEST = 2000
"""How deep a condition may be, how deep the building of it, and how many parts it may have, when all names in it are replaced:
names of names grow without end otherwise."""


class Conditions:
    """Builds conditions. A part that cannot be built is None, and its problem has been noted."""

    def __init__(self, scope: Scope, facts: Mapping[str, Fact], definitions: Mapping[str, Node]) -> None:
        self.scope = scope
        self.facts = facts
        self._definitions = definitions
        self.library: Mapping[str, Condition] = {}
        """The named conditions that came with libraries."""
        self._built: dict[str, Condition | None] = {}
        self._building: list[str] = []
        self._size: dict[str, tuple[int, int]] = {}
        """By name, the parts of its condition and how deep they go."""
        self._count = self._depth = self._reach = self._live = 0
        self._told_too_long = False
        self.events_asked = 0
        """Events that stand where a condition belongs, so far: a line that has one says by it on which event it is."""

    def of_clause(self, clause: Node) -> Condition | None:
        """The condition of `when …`, `unless …` and the like."""
        return self.build(next(part for part in clause.parts if isinstance(part, Node)))

    def build(self, node: Node) -> Condition | None:
        if self._live == 0:
            self._count = self._reach = 0
        self._count += 1
        self._depth += 1
        self._live += 1
        self._reach = max(self._reach, self._depth)
        plain = self._depth <= _DEEPEST and self._live <= _MOST_AT_ONCE and self._count <= _LONGEST
        built = self._built_from(node) if plain else self._too_long(node)
        self._depth -= 1
        self._live -= 1
        return built

    def _too_long(self, node: Node) -> Condition | None:
        """Nothing, and it is said once: what is made of it is too long as well."""
        if not self._told_too_long:
            self.scope.problems.add("PW236", node.span)
        self._told_too_long = True
        return None

    def _built_from(self, node: Node) -> Condition | None:
        match node.kind:
            case "either" | "both":
                return self._several(node)
            case "not":
                item = self.of_clause(node)
                return None if item is None else Not(item=item)
            case "group":
                return self.of_clause(node)
            case "happened" | "not_happened":
                event = self.event(_first(node))
                happened = None if event is None else Happened(event=event)
                return happened if happened is None or node.kind == "happened" else Not(item=happened)
            case "known" | "unknown":
                return self._known(node)
            case "bare":
                return self._bare(node)
            case "comparison":
                return self._comparison(node)
            case "within_list":
                return self._within(node)
        raise TypeError(f"not a condition: {node.kind}")

    def named(self, name: str, node: Node) -> Condition | None:
        """What a defined name stands for, built once; a circle of definitions is a problem."""
        if name in self._building:
            circle = " → ".join([*self._building[self._building.index(name) :], name])
            self.scope.problems.add("PW213", node.span, name=name, circle=circle)
            return None
        if name not in self._built:
            self._building.append(name)
            around, self._count, self._depth, self._reach = (self._count, self._depth, self._reach), 0, 0, 0
            meant = [part for part in self._definitions[name].parts if isinstance(part, Node)][
                -1
            ]  # a title may stand before it
            built = self._built[name] = self.build(meant)
            self._size[name] = (self._count, self._reach) if built is not None else (0, 0)
            self._count, self._depth, self._reach = around
            self._building.pop()
        if self._live == 0:
            return self._built[name]
        parts, height = self._size[name]
        self._count += parts
        self._reach = max(self._reach, self._depth + height)
        return self._built[name] if self._reach <= _DEEPEST else self._too_long(node)

    def _several(self, node: Node) -> Condition | None:
        items: list[Condition | None] = []
        before: Node | None = None
        more: list[Word] = []
        for part in node.parts:
            if isinstance(part, Node):
                word = self._meant_as_value(before, part) if node.kind == "either" else None
                if word is not None:
                    more.append(word)
                    items.append(None)
                    continue
                self._say_as_list(before, more)
                before, more = part, []
                items.append(self.build(part))
        self._say_as_list(before, more)
        built = tuple(item for item in items if item is not None)
        if len(built) < len(items):
            return None
        return Or(items=built) if node.kind == "either" else And(items=built)

    def _meant_as_value(self, before: Node | None, part: Node) -> Word | None:
        """A bare name after `or` that was meant as one more value of the list before it (`in I61 or I63`)."""
        word = _first(part).word("NAME") if part.kind == "bare" else None
        if before is None or word is None or before.kind not in ("comparison", "within_list") or before.word(*_ORDERED):
            return None
        named = _first(before).word("NAME")
        fact = self.scope.find(named.value, "fact") if named else None
        if fact is None or self.scope.find(word.value, "condition") or word.value in self.scope.perhaps:
            return None
        found = self.scope.find(word.value, "fact")
        if found is not None and self.facts[found.name].type.kind == "yes_no":
            return None
        fact_type = self.facts[fact.name].type
        code = fact_type.kind == "code" and any(letter.isdigit() for letter in word.value)
        return word if code or fact_type.meant(word.value) is not None else None

    def _say_as_list(self, before: Node | None, more: list[Word]) -> None:
        if before is None or not more:
            return
        values = before.one("value") or before
        given = [word.text for word in (*values.words("NAME", "CODE_VALUE", "STRING", "NUMBER"), *more)]
        left = text_of_words(_first(before))
        listed = "NOT_IN" if before.word("IS_NOT", "NOT_IN") else "IN"
        meant = {language: f"{left} {vocabulary(language).write(listed)} {', '.join(given)}" for language in LANGUAGES}
        self.scope.problems.add("PW217", more[0].span, name=more[0].text, meant=meant)

    def _known(self, node: Node) -> Condition | None:
        operand = _first(node)
        word = operand.word("NAME")
        if word is None:
            self.scope.problems.add("PW237", operand.span, value=text_of_words(operand))
            return None
        fact = self.scope.name(word, "fact")
        if fact is None:
            return None
        negated = (node.kind == "unknown") != (node.word("IS_NOT") is not None)
        known = Known(fact=fact)
        return Not(item=known) if negated else known

    def _price(self, word: Word) -> bool:
        """Whether a name is no fact but a word for what something costs: that is never a condition (law 8)."""
        if self.scope.find(word.value, "fact", "condition") is not None:
            return False
        meanings = (meaning for language in LANGUAGES for meaning in vocabulary(language).of(word.value))
        spoken = any(meaning.kind in ("COST", "COSTS") for meaning in meanings)
        if spoken:
            self.scope.problems.add("PW272", word.span, name=word.text)
        return spoken

    def _bare(self, node: Node) -> Condition | None:
        word = _first(node).word("NAME")
        if word is None:
            self.scope.problems.add("PW209", node.span, name=text_of_words(node))
            return None
        if self._price(word):
            return None
        if self.scope.find(word.value, "condition", "fact") is None and self.scope.find(word.value, "event") is not None:
            self.events_asked += 1
            self.scope.problems.add("PW174", word.span, name=word.text)
            return None
        found = self.scope.resolve(word, "condition", "fact")
        if found is None:
            return None
        if found.kind == "condition":
            return self._definitions_or_library(found.name, node)
        if self.facts[found.name].type.kind != "yes_no":
            self.scope.problems.add("PW209", word.span, name=word.text)
            return None
        return Compare(op="==", left=FactValue(fact=found.name), right=True)

    def _definitions_or_library(self, name: str, node: Node) -> Condition | None:
        return self.named(name, node) if name in self._definitions else self.library.get(name)

    def _operand(self, node: Node) -> tuple[Any, FactType | None]:
        """An operand and, where it is a fact's value, the fact's type."""
        word = node.word("NAME")
        if word is not None:
            fact = None if self._price(word) else self.scope.name(word, "fact")
            return (None, None) if fact is None else (FactValue(fact=fact), self.facts[fact].type)
        inner = _first(node)
        event = self.event(inner.one("event_ref"))
        if inner.kind == "last":
            named = inner.word("NAME")
            fact = self.scope.name(named, "fact") if named else None
            if fact is None or event is None:
                return None, None
            return LastFact(fact=fact, event=event), self.facts[fact].type
        if event is None:
            return None, None
        if inner.kind == "count":
            span = inner.one("duration")
            return CountOf(event=event, span=None if span is None else duration(span, self.scope.problems)), FactType(
                kind="number"
            )
        return TimeSince(event=event), None

    def _comparison(self, node: Node) -> Condition | None:
        left, fact_type = self._operand(_first(node))
        operator = node.words()[0]
        value_node = node.one("value")
        if left is None or value_node is None:
            return None
        if operator.kind not in ("IS", "IS_NOT") and fact_type is not None and fact_type.kind in ("code", "text", "yes_no"):
            self.scope.problems.add("PW238", operator.span, name=text_of_words(_first(node)), sign=operator.text)
            return None
        if isinstance(left, TimeSince):
            right: Value | None = self._span(value_node)
        else:
            right = self._value(value_node, fact_type)
        return None if right is None else Compare(op=_OPERATORS[operator.kind], left=left, right=right)

    def _span(self, node: Node) -> Duration | None:
        number, unit = node.word("NUMBER"), node.one("unit")
        named = unit.word("TIMEUNIT") if unit else None
        if number is None or named is None:
            self.scope.problems.add("PW208", node.span, value=text_of_words(node), wanted=WANTED["time"])
            return None
        return duration(Node("duration", (number, named), node.span), self.scope.problems)

    def _within(self, node: Node) -> Condition | None:
        left, fact_type = self._operand(_first(node))
        if left is None:
            return None
        if isinstance(left, TimeSince):
            self.scope.problems.add("PW208", node.span, value=text_of_words(node), wanted=WANTED["time"])
            return None
        values: list[Any] = []
        for word in node.words("NAME", "CODE_VALUE", "STRING", "NUMBER"):
            if fact_type is not None and fact_type.kind == "code" and word.kind == "CODE_VALUE" and "-" in word.value:
                values.append(self._code_range(word))
            else:
                values.append(self._value(Node("value", (word,), word.span), fact_type))
        if any(each is None for each in values):
            return None
        return Within(op="not in" if node.word("NOT_IN") else "in", left=left, values=tuple(values))

    def _code_range(self, word: Word) -> tuple[str, str] | None:
        low, _, high = word.value.partition("-")
        if low.replace(".", "").upper() > high.replace(".", "").upper():
            self.scope.problems.add("PW239", word.span, low=low, high=high)
            return None
        return low, high

    def _value(self, node: Node, wanted: FactType | None) -> Value | None:
        return value(node, wanted or FactType(kind="number"), self.scope)

    def event(self, node: Node | None) -> EventRef | None:
        """An event, or a message or a resource with its phase."""
        word = node.word("NAME") if node else None
        if node is None or word is None:
            return None
        found = self.scope.resolve(word, "event", "message", "resource")
        if found is None:
            return None
        phase = node.word("PHASE")
        if phase is None:
            return EventRef(name=found.name)
        if found.kind == "event" or phase.value not in _PHASES[found.kind]:
            self.scope.problems.add("PW227", phase.span, name=word.text, phase=phase.text)
            return None
        return EventRef(name=found.name, phase=phase.value)

    def events(self, node: Node | None) -> tuple[EventRef, ...]:
        found = [self.event(part) for part in node.all("event_ref")] if node else []
        return tuple(event for event in found if event is not None)


_PHASES: dict[str, tuple[str, ...]] = {"message": MESSAGE_PHASES, "resource": RESOURCE_PHASES}


def _first(node: Node) -> Node:
    return next(part for part in node.parts if isinstance(part, Node))
