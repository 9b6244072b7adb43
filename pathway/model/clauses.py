"""Clauses of rules from the tree: limits, anchors, holds, receipts, standing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pathway.language.diagnostics import Problems
from pathway.language.source import LANGUAGES, Language
from pathway.language.tree import BROKEN, Line, Node, Word
from pathway.language.words import vocabulary
from pathway.model.base import Period
from pathway.model.conditions import Conditions
from pathway.model.expressions import And, Condition, Not
from pathway.model.rules import Anchor, Basis, Deviation, Frequency, Hold, Rule, Standing, Target, Timing, Variant
from pathway.model.scope import Scope
from pathway.model.timing import TIMINGS, Timings
from pathway.model.values import amount, duration

_MANY = frozenset(
    {"hold", "may_deviate", "dissent", "variant", "accept", "contains", "code", "replaces", "offers", "carries", "costs"}
) | {"dated_price", "unknown_price"}
"""Clauses that may be given more than once."""
_TIMED = frozenset({"expect", "measure", "goal", "send", "need", "transition"})
"""What a limit can be set for. A decision is judged when it is taken."""
_ONLY: dict[str, frozenset[str]] = {
    **dict.fromkeys(TIMINGS, _TIMED),
    **dict.fromkeys(("not_before", "between", "promptly"), _TIMED - {"goal"}),
    "every": frozenset({"expect", "measure", "send", "need"}),
    "repeat": frozenset({"expect", "measure", "send", "need"}),
    "hold": frozenset({"expect", "measure", "goal", "send", "need"}),
    "wait_until": frozenset({"expect", "measure", "send", "need"}),
    "warn_after": frozenset({"expect", "measure", "send", "need"}),
    "variant": frozenset({"expect", "measure", "goal", "send", "need"}),
    "receipt": frozenset({"send", "message"}),
    "answer": frozenset({"send"}),
    "received_before": frozenset({"send"}),
    "frequency": frozenset({"need", "expect", "measure"}),
    "whole_stage": frozenset({"need"}),
    "competence": frozenset({"need", "resource"}),
    "at_level": frozenset({"need"}),
    "offered_in": frozenset({"need"}),
    "from_to": frozenset({"need", "costs"}),
    "may_deviate": frozenset({"expect", "measure", "send", "decide", "look_up", "need"}),
}
"""Clauses that go with some kinds of rule only."""
_LIMITS = (TIMINGS | {"frequency"}) - {"not_before"}
"""What a rule has one of."""


class Clauses:
    """Reads the clauses of a rule, wherever they stand: on its line or beneath it."""

    def __init__(self, scope: Scope, conditions: Conditions) -> None:
        self.scope = scope
        self.conditions = conditions
        self.timings = Timings(scope, conditions)
        self.residences: set[str] = set()
        """The facts that a party `is`: known when all parties are."""

    def gather(self, on_line: Iterable[Node], beneath: Iterable[Line], kind: str) -> list[Node]:
        """All clauses of a rule, those that cannot stand there or stand twice left out with a problem."""
        clauses = [*on_line, *(statement for line in beneath for statement in line.statements)]
        kept: list[Node] = []
        seen: dict[str, Node] = {}
        for clause in clauses:
            if clause.kind == BROKEN:
                continue
            group = "timing" if clause.kind in _LIMITS else clause.kind
            before = seen.get(group)
            if kind not in _ONLY.get(clause.kind, {kind}):
                self.scope.problems.add("PW215", clause.span, rule=kind_in_words(kind))
            elif before is not None and group not in _MANY:
                code = "PW214" if before.kind == clause.kind else "PW244"
                self.scope.problems.add(code, clause.span, line=before.span.line)
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
            fields["timing"] = self.timings.together(timings, repeat)
        fields["holds"] = tuple(hold for clause in clauses if clause.kind == "hold" and (hold := self._hold(clause)))
        fields["may_deviate"] = tuple(self._deviation(clause) for clause in clauses if clause.kind == "may_deviate")
        fields["variants"] = self._variants([clause for clause in clauses if clause.kind == "variant"])
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
                fields["receipt"] = self.timings.reply(clause)
            case "answer":
                fields["answer"] = self.timings.reply(clause)
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
            case "offered_in" if word is not None:
                fields["offered_in"] = self._offered_in(word)
            case "from_to":
                start, end = (self.conditions.event(part) for part in clause.all("event_ref"))
                fields["until"] = end
                own = fields.get("timing") or Timing()
                if own.anchor is not None:
                    self.scope.problems.add("PW245", clause.span)
                elif start is not None:
                    fields["timing"] = own.model_copy(update={"anchor": Anchor(events=(start,))})
            case "target":
                fields["target"] = self.target(clause)
            case "by" if word is not None:
                fields["by"] = parties(word)
            case "warn_after":
                fields["warn_after"] = duration(_inner(clause), self.scope.problems)

    def _offered_in(self, word: Word) -> str | None:
        """Where a need is to be offered: a fact of the patient that some party `is`, so that somebody is to offer it."""
        fact = self.scope.name(word, "fact")
        if fact is not None and fact not in self.residences and not self.scope.may_be(word):
            self.scope.problems.add("PW298", word.span, name=word.text)
        return fact

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

    def _frequency(self, clause: Node) -> Frequency | None:
        number, times = clause.word("NUMBER"), clause.word("TIMES")
        units = [word.value for word in clause.words("TIMEUNIT")]
        unit = "times" if times is not None else f"{units[0]}s"
        if number is None or units[-1] != "week" or unit not in ("times", "hours", "minutes"):
            self.scope.problems.add("PW248", clause.span)
            return None
        return Frequency(amount=float(amount(number, self.scope.problems)), unit=unit)

    def _hold(self, clause: Node) -> Hold | None:
        start, end = (self.conditions.event(part) for part in clause.all("event_ref"))
        return None if start is None or end is None else Hold(start=start, end=end)

    def _deviation(self, clause: Node) -> Deviation:
        when = clause.one("when")
        return Deviation(when=self.conditions.of_clause(when) if when else None, because=text_of(clause.one("because")) or "")

    def _variants(self, clauses: list[Node]) -> tuple[Variant, ...]:
        variants = [self._variant(clause) for clause in clauses]
        for number, (variant, clause) in enumerate(zip(variants, clauses, strict=True)):
            if any(overlap(variant.period, earlier.period) for earlier in variants[:number]):
                self.scope.problems.add("PW266", clause.span)
        return tuple(variants)

    def _variant(self, clause: Node) -> Variant:
        timing = next(
            (self.timings.timing(part) for part in clause.parts if isinstance(part, Node) and part.kind in TIMINGS), None
        )
        target = clause.one("target")
        held = period(clause, self.scope.problems)
        return Variant(period=held, timing=timing, target=self.target(target) if target else None)

    def target(self, node: Node) -> Target:
        """`target at most 15 %`."""
        number = node.word("NUMBER")
        assert number is not None  # the grammar sees to it
        percent = float(amount(number, self.scope.problems))
        if percent > 100:
            self.scope.problems.add("PW211", number.span, value=number.text, low="0", high="100")
        return Target(percent=percent, at="most" if node.word("AT_MOST") else "least")

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


def under_condition(rule: Rule, condition: Condition | None) -> Rule:
    """A rule beneath a line `when …`: counted from the event that made the condition true, if it is counted from nothing
    else. What is not counted from anything (a decision, a count per week, what waits for a condition) has it as a condition."""
    if condition is None:
        return rule
    counted = rule.kind not in ("decide", "look_up") and rule.frequency is None and rule.wait_until is None
    if counted and (rule.timing is None or rule.timing.anchor is None):
        timing = (rule.timing or Timing()).model_copy(update={"anchor": Anchor(becomes=condition)})
        return rule.model_copy(update={"timing": timing})
    return rule.model_copy(update={"when": both(condition, rule.when)})


def period(node: Node, problems: Problems) -> Period:
    """`from 2024-01-01 to 2024-12-31`."""

    def day(kind: str) -> date | None:
        part = node.one(kind)
        word = part.word("DATE") if part else None
        return date.fromisoformat(word.value) if word else None

    found = Period(start=day("from_date"), end=day("to_date"))
    if found.start is not None and found.end is not None and found.start > found.end:
        problems.add("PW239", node.span, low=found.start.isoformat(), high=found.end.isoformat())
    return found


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    return (one.start or date.min) <= (other.end or date.max) and (other.start or date.min) <= (one.end or date.max)


def text_of(node: Node | None) -> str | None:
    word = node.word("STRING") if node else None
    return None if word is None else word.value


def kind_in_words(kind: str) -> dict[Language, str]:
    """A kind of rule or line as each language writes it."""
    terminal = {"transition": "THEN"}.get(kind, kind.upper())
    return {language: vocabulary(language).write(terminal) for language in LANGUAGES}


def _inner(node: Node) -> Node:
    return next(part for part in node.parts if isinstance(part, Node))
