"""What a scenario says must hold at a time, from the tree."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Any

from pathway.language.source import LANGUAGES, Language
from pathway.language.tree import Line, Node, Word
from pathway.language.words import vocabulary
from pathway.model.calendar import EARLIEST, LATEST, Calendar, calendar_for, to_datetime
from pathway.model.pathway import Check, Pathway, Status
from pathway.model.prices import currency_of
from pathway.model.rules import BreakKind, Rule
from pathway.model.scope import KIND_WORDS, Scope
from pathway.model.values import amount, plain_number


class Assertions:
    """Builds the statuses of scenarios, with the rules that they speak of."""

    def __init__(self, scope: Scope, pathway: Pathway) -> None:
        self.scope = scope
        self.calendar = calendar_for(pathway.time_zone, pathway.calendar)
        self.rules = {rule.name: rule for rule in pathway.rules()}
        labels = Counter(rule.label for rule in self.rules.values())
        self.labels = {rule.label: rule.name for rule in self.rules.values() if rule.label and labels[rule.label] == 1}

    def rule(self, node: Node | None, *, or_stage: bool = False) -> str | None:
        word = node.words()[0] if node else None
        if word is None:
            return None
        if word.value in self.rules:
            return word.value
        if word.value in self.labels:
            return self.labels[word.value]
        if or_stage and (stage := self.scope.find(word.value, "stage")):
            return stage.name
        about = [rule.name for rule in self.rules.values() if _object(rule) == word.value]
        declared = self.scope.find(word.value, "event", "message", "resource") if about else None
        if declared is not None:
            values = {"name": word.text, "kind": KIND_WORDS[declared.kind], "rules": ", ".join(f"`{name}`" for name in about)}
            self.scope.problems.add("PW168", word.span, about[0] if len(about) == 1 else None, **values)
        elif not self.scope.may_be(word) and not self.scope.rules_missing:
            kinds: tuple[Any, ...] = ("rule", "stage") if or_stage else ("rule",)
            self.scope.unknown(word, KIND_WORDS["rule"], self.scope.nearest(word.value, kinds))
        return None

    def status(self, line: Line) -> Status:
        node = line.statement
        known = node.one("known_at")
        checks = [check for child in line.children for part in child.statements if (check := self._check(part)) is not None]
        return Status(
            at=said_instant(node, self.calendar, self.scope),
            known_at=said_instant(known, self.calendar, self.scope) if known else None,
            checks=tuple(checks),
            span=node.span,
        )

    def _check(self, node: Node) -> Check | None:
        kind = node.kind.removeprefix("check_")
        named = node.one("rule_name")
        name = self.rule(named)
        if named is not None and name is None:
            return None
        fields: dict[str, Any] = {"kind": kind, "name": name, "span": node.span}
        match node.kind:
            case "check_stage":
                fields["name"] = self.scope.name(node.words("NAME")[0], "stage")
                if fields["name"] is None:
                    return None
            case "check_break":
                fields["break_kind"] = node.words("BREAKKIND")[0].value
                fields["subtype"] = node.words("SUBTYPE")[0].value
                if not self._possible(node, fields["break_kind"], fields["subtype"], name):
                    return None
            case "next_deadline":
                fields["due"], fields["date_only"] = said_time(node, self.calendar)
            case "check_indicator":
                if not self._indicator(node, fields):
                    return None
            case "check_cost":
                price = node.one("price")
                assert price is not None  # the grammar sees to it
                fields["value"] = plain_number(amount(price.words("NUMBER")[0], self.scope.problems))
                fields["name"] = currency_of(price.words("NAME")[0])
            case "broken":
                return None
        return Check(**fields)

    def _indicator(self, node: Node, fields: dict[str, Any]) -> bool:
        """What an indicator is said to come to for this patient; without a number: not known yet."""
        fields["name"] = self.scope.name(node.words("NAME")[0], "indicator")
        number = node.word("NUMBER")
        if number is not None:
            fields["value"] = plain_number(amount(number, self.scope.problems))
            fields["share"] = node.word("PERCENT") is not None
        return fields["name"] is not None

    def _possible(self, node: Node, kind: BreakKind, subtype: str, name: str | None) -> bool:
        """Whether a rule can ever have such a break."""
        rule = self.rules.get(name or "")
        if subtype not in _SUBTYPES[kind]:
            self.scope.problems.add("PW261", node.span, subtype=node.words("SUBTYPE")[0].text, possible=_in_words(kind))
        elif rule is not None and rule.break_kind != kind:
            self.scope.problems.add("PW262", node.span, name=rule.name, kind=_kind_in_words(rule.break_kind))
        elif rule is not None and (rule.measured or rule.standing.proposed):
            self.scope.problems.add("PW263", node.span, name=rule.name)
        else:
            return True
        return False


_SUBTYPES: dict[BreakKind, tuple[str, ...]] = {
    "waiting": ("late", "missing", "early", "insufficient"),
    "information": (
        "missing", "late", "incomplete", "misdirected", "unacknowledged", "unanswered", "stale", "uninformed",
    ),
    "resource": ("missing", "late", "insufficient", "refused", "withdrawn", "wrong_level"),
}  # fmt: skip


def _object(rule: Rule) -> str:
    """What a rule is about: an event, a message or a resource."""
    return rule.message or rule.resource or (rule.event.name if rule.event is not None else "")


def _in_words(kind: BreakKind) -> dict[Language, str]:
    words = {language: vocabulary(language) for language in LANGUAGES}
    return {language: ", ".join(words[language].write("SUBTYPE", s) for s in _SUBTYPES[kind]) for language in LANGUAGES}


def _kind_in_words(kind: BreakKind) -> dict[Language, str]:
    return {language: vocabulary(language).write("BREAKKIND", kind) for language in LANGUAGES}


def said_time(node: Node, calendar: Calendar) -> tuple[datetime, bool]:
    """A date with a clock time or none; whether it has none."""
    day, clock = node.word("DATE"), node.word("CLOCK")
    assert day is not None  # the grammar sees to it
    return datetime.combine(date.fromisoformat(day.value), clock_time(clock), calendar.zone), clock is None


def said_instant(node: Node, calendar: Calendar, scope: Scope) -> datetime:
    """An instant that is said; a bare date is the end of that day."""
    at, date_only = said_time(node, calendar)
    if not EARLIEST.date() <= at.date() < LATEST.date():
        scope.problems.add("PW256", node.span)
        return EARLIEST
    return to_datetime(calendar.end(at.date())) if date_only else at


def clock_time(word: Word | None) -> time:
    return time() if word is None else time.fromisoformat(word.value)
