"""Clauses of rules from the tree: limits, anchors, holds, receipts, standing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from pathway.language.tree import Line, Node, Word
from pathway.model.base import Duration, Period
from pathway.model.conditions import Conditions, duration
from pathway.model.expressions import And, Condition, Not
from pathway.model.rules import Anchor, Basis, Deviation, Frequency, Hold, Rule, Standing, Target, Timing, Variant
from pathway.model.scope import Scope

TIMINGS = frozenset({"within", "at_latest", "same_day", "before", "not_before", "between", "promptly", "every"})
_MANY = frozenset({"hold", "may_deviate", "dissent", "variant", "accept", "when", "unless"})
"""Clauses that may be given more than once."""
_ONLY: dict[str, frozenset[str]] = {
    "receipt": frozenset({"send"}),
    "answer": frozenset({"send"}),
    "received_before": frozenset({"send"}),
    "frequency": frozenset({"need", "expect", "measure"}),
    "whole_stage": frozenset({"need"}),
    "competence": frozenset({"need"}),
    "at_level": frozenset({"need"}),
    "from_to": frozenset({"need"}),
}
"""Clauses that go with some kinds of rule only."""


class Clauses:
    """Reads the clauses of a rule, wherever they stand: on its line or beneath it."""

    def __init__(self, scope: Scope, conditions: Conditions) -> None:
        self.scope = scope
        self.conditions = conditions

    def gather(self, on_line: Iterable[Node], beneath: Iterable[Line], kind: str) -> list[Node]:
        """All clauses of a rule, those that cannot stand there or stand twice left out with a problem."""
        clauses = [*on_line, *(statement for line in beneath for statement in line.statements)]
        kept: list[Node] = []
        seen: dict[str, Node] = {}
        for clause in clauses:
            group = "timing" if clause.kind in TIMINGS and clause.kind != "not_before" else clause.kind
            if kind not in _ONLY.get(clause.kind, {kind}):
                self.scope.problems.add("PW215", clause.span, clause=_words(clause), rule=kind.replace("_", " "))
            elif group in seen and group not in _MANY:
                self.scope.problems.add("PW214", clause.span, clause=_words(clause), line=seen[group].span.line)
            else:
                seen[group] = clause
                kept.append(clause)
        return kept

    def fields(self, clauses: list[Node], parties: Any) -> dict[str, Any]:
        """The fields of a `Rule` that clauses fill. `parties` resolves who answers: a party, or a role in a handover."""
        fields: dict[str, Any] = {"standing": self.standing(clauses)}
        timings = [clause for clause in clauses if clause.kind in TIMINGS]
        repeat = next((clause for clause in clauses if clause.kind == "repeat"), None)
        if timings or repeat is not None:
            fields["timing"] = self._together(timings, repeat)
        fields["holds"] = tuple(hold for clause in clauses if clause.kind == "hold" and (hold := self._hold(clause)))
        fields["may_deviate"] = tuple(self._deviation(clause) for clause in clauses if clause.kind == "may_deviate")
        fields["variants"] = tuple(self._variant(clause) for clause in clauses if clause.kind == "variant")
        fields["when"] = self.condition(clauses)
        for clause in clauses:
            self._field(clause, fields, parties)
        return fields

    def _field(self, clause: Node, fields: dict[str, Any], parties: Any) -> None:
        word = clause.word("NAME")
        match clause.kind:
            case "wait_until":
                fields["wait_until"] = self.conditions.of_clause(clause)
            case "receipt":
                fields["receipt"] = self.timing(_inner(clause))
            case "answer":
                fields["answer"] = self.timing(_inner(clause))
                fields["answer_fact"] = self.scope.name(word, "fact") if word else None
            case "received_before":
                fields["received_before"] = self.conditions.event(clause.one("event_ref"))
            case "frequency":
                fields["frequency"] = self._frequency(clause)
            case "whole_stage":
                fields["whole_stage"] = True
            case "competence" if word is not None:
                fields["competence"] = word.value
            case "at_level":
                level = clause.word("LEVEL_VALUE")
                fields["level"] = level.value if level else None
                fields["or_lower"] = clause.word("OR_LOWER") is not None
            case "from_to":
                start, end = (self.conditions.event(part) for part in clause.all("event_ref"))
                fields["until"] = end
                if start is not None:
                    own = fields.get("timing") or Timing()
                    fields["timing"] = own.model_copy(update={"anchor": own.anchor or Anchor(events=(start,))})
            case "target":
                fields["target"] = _target(clause)
            case "by" if word is not None:
                fields["by"] = parties(word)
            case "warn_after":
                fields["warn_after"] = duration(_inner(clause), self.scope.problems)

    def condition(self, clauses: Iterable[Node]) -> Condition | None:
        """All of `when` and `unless` together."""
        items: list[Condition] = []
        for clause in clauses:
            if clause.kind not in ("when", "unless"):
                continue
            item = self.conditions.of_clause(clause)
            if item is not None:
                items.append(item if clause.kind == "when" else Not(item=item))
        return both(*items)

    def _together(self, timings: list[Node], repeat: Node | None) -> Timing:
        """The limit, with a `not before` beside it and `each` or `latest` taken in."""
        built = [self.timing(node) for node in timings]
        timing = next((t for t, node in zip(built, timings, strict=True) if node.kind != "not_before"), None)
        for extra, node in zip(built, timings, strict=True):
            if node.kind != "not_before":
                continue
            if timing is None:
                timing = extra
            else:
                update = {"lower": extra.lower, "not_before": extra.not_before, "anchor": timing.anchor or extra.anchor}
                timing = timing.model_copy(update=update)
        timing = timing or Timing()
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
                number = node.word("NUMBER")
                if number is not None and first is not None:  # `between 2 and 7 days`
                    return Timing(lower=Duration(amount=int(float(number.value)), unit=first.unit), upper=first, anchor=anchor)
                return Timing(lower=first, upper=lengths[-1], anchor=anchor)
            case "promptly":
                return Timing(promptly=True, anchor=anchor)
            case "every":
                number, unit = node.word("NUMBER", "ORDINAL"), node.word("TIMEUNIT")
                assert unit is not None  # the grammar sees to it
                amount = 1 if number is None else int(float(number.value.rstrip(".")))
                return Timing(every=Duration(amount=amount, unit=unit.value))
        raise TypeError(f"not a limit: {node.kind}")

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

    def _frequency(self, clause: Node) -> Frequency | None:
        number, times = clause.word("NUMBER"), clause.word("TIMES")
        units = [word.value for word in clause.words("TIMEUNIT")]
        unit = "times" if times is not None else f"{units[0]}s"
        if number is None or units[-1] != "week" or unit not in ("times", "hours", "minutes"):
            self.scope.problems.add("PW226", clause.span, clause=_words(clause))
            return None
        return Frequency(amount=float(number.value), unit=unit)

    def _hold(self, clause: Node) -> Hold | None:
        start, end = (self.conditions.event(part) for part in clause.all("event_ref"))
        return None if start is None or end is None else Hold(start=start, end=end)

    def _deviation(self, clause: Node) -> Deviation:
        when = clause.one("when")
        return Deviation(when=self.conditions.of_clause(when) if when else None, because=text_of(clause.one("because")) or "")

    def _variant(self, clause: Node) -> Variant:
        timing = next((self.timing(part) for part in clause.parts if isinstance(part, Node) and part.kind in TIMINGS), None)
        target = clause.one("target")
        return Variant(period=period(clause), timing=timing, target=_target(target) if target else None)

    def standing(self, clauses: Iterable[Node]) -> Standing:
        found: dict[str, Any] = {"dissents": ()}
        for clause in clauses:
            match clause.kind:
                case "source":
                    name = clause.word("NAME")
                    found["source"] = self.scope.name(name, "source") if name else None
                    found["place"] = text_of(clause)
                case "force" | "severity":
                    found[clause.kind] = clause.words("FORCE_VALUE", "SEVERITY_VALUE")[0].value
                case "proposed":
                    found["proposed"] = True
                case "because":
                    found["because"] = text_of(clause)
                case "dissent":
                    found["dissents"] = (*found["dissents"], text_of(clause) or "")
        return Standing(**found)

    def basis(self, node: Node) -> tuple[Basis, ...]:
        """What a decision needs."""
        found: list[Basis] = []
        for part in node.all("basis"):
            word = part.word("NAME")
            declared = self.scope.resolve(word, "message", "event", "fact") if word else None
            if declared is not None:
                age = part.one("no_older_than")
                max_age = duration(_inner(age), self.scope.problems) if age else None
                found.append(Basis(name=declared.name, kind=declared.kind, max_age=max_age))
        return tuple(found)


def both(*conditions: Condition | None) -> Condition | None:
    """All of the conditions that there are."""
    items = tuple(condition for condition in conditions if condition is not None)
    return None if not items else items[0] if len(items) == 1 else And(items=items)


def period(node: Node) -> Period:
    """`from 2024-01-01 to 2024-12-31`."""

    def day(kind: str) -> date | None:
        part = node.one(kind)
        word = part.word("DATE") if part else None
        return date.fromisoformat(word.value) if word else None

    return Period(start=day("from_date"), end=day("to_date"))


def text_of(node: Node | None) -> str | None:
    word = node.word("STRING") if node else None
    return None if word is None else word.value


def with_default_look(rule: Rule) -> Rule:
    """What is sent counts also when it was sent before the anchor, unless `within` says otherwise (O3)."""
    if rule.kind == "send" and rule.timing is None:
        return rule.model_copy(update={"timing": Timing(look="either")})
    return rule


def _target(node: Node) -> Target:
    number = node.word("NUMBER")
    assert number is not None  # the grammar sees to it
    return Target(percent=float(number.value), at="most" if node.word("AT_MOST") else "least")


def _inner(node: Node) -> Node:
    return next(part for part in node.parts if isinstance(part, Node))


def _single_name(references: Node | None) -> Word | None:
    parts = list(references.all("event_ref")) if references else []
    return parts[0].word("NAME") if len(parts) == 1 and parts[0].word("PHASE") is None else None


def _words(node: Node) -> str:
    parts = [part.text if isinstance(part, Word) else _words(part) for part in node.parts]
    return " ".join(part for part in parts if part) or node.kind.replace("_", " ")
