"""Scenarios from the tree: what happened, and what must hold at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pathway.language.tree import Line, Node, Word
from pathway.model.calendar import Calendar, calendar_for, elapsed, to_datetime, to_instant
from pathway.model.conditions import Conditions, duration
from pathway.model.expressions import EventRef, Value
from pathway.model.pathway import Check, Pathway, Scenario, Status, Step
from pathway.model.scope import KIND_WORDS, Scope


def scenario(line: Line, scope: Scope, conditions: Conditions, pathway: Pathway) -> Scenario:
    return _Scene(scope, conditions, pathway).build(line)


class _Scene:
    """One scenario being built: times count from the line before, days from the day of the first event."""

    def __init__(self, scope: Scope, conditions: Conditions, pathway: Pathway) -> None:
        self.scope = scope
        self.conditions = conditions
        self.pathway = pathway
        self.calendar: Calendar = calendar_for(pathway.time_zone, pathway.calendar)
        self.first: date | None = None
        self.before: datetime | None = None

    def build(self, line: Line) -> Scenario:
        facts: dict[str, Value] = {}
        steps: list[Step] = []
        statuses: list[Status] = []
        for child in line.children:
            node = child.statement
            match node.kind:
                case "patient":
                    facts |= self._facts(node)
                case "step":
                    step = self._step(node)
                    steps += [] if step is None else [step]
                case "deviation_step":
                    step = self._deviation(node)
                    steps += [] if step is None else [step]
                case "status":
                    statuses.append(self._status(child))
        title = line.statement.words("STRING")[0].value
        return Scenario(title=title, facts=facts, steps=tuple(steps), statuses=tuple(statuses), span=line.statement.span)

    def _moment(self, node: Node) -> tuple[datetime, bool] | None:
        """When a line happens, and whether only its date is known."""
        when = next(part for part in node.parts if isinstance(part, Node) and part.kind in ("day", "shift", "nth_day"))
        at: datetime
        date_only = False
        if when.kind == "day":
            at, date_only = self._at(when)
        elif self.before is None or self.first is None:
            self.scope.problems.add("PW223", when.span)
            return None
        elif when.kind == "shift":
            at = self._shifted(self.before, when)
        else:
            unit, number, clock = when.word("TIMEUNIT"), when.word("NUMBER"), when.word("CLOCK")
            assert unit is not None and number is not None  # the grammar sees to it
            if unit.value != "day":
                self.scope.problems.add("PW234", unit.span, word=unit.text)
            day = self.first + timedelta(days=int(float(number.value)) - 1)
            at = datetime.combine(day, _clock(clock), self.calendar.zone)
            date_only = clock is None
        self.before = at
        if self.first is None:
            self.first = at.date()
        return at, date_only

    def _shifted(self, before: datetime, when: Node) -> datetime:
        length = when.one("duration")
        assert length is not None  # the grammar sees to it
        span = duration(length, self.scope.problems)
        if span.elapsed:
            return to_datetime(to_instant(before.astimezone(UTC)) + elapsed(span)).astimezone(self.calendar.zone)
        day = self.calendar.add(before.date(), span)
        return datetime.combine(day, before.time(), self.calendar.zone)

    def _at(self, node: Node) -> tuple[datetime, bool]:
        day, clock = node.word("DATE"), node.word("CLOCK")
        assert day is not None  # the grammar sees to it
        return datetime.combine(date.fromisoformat(day.value), _clock(clock), self.calendar.zone), clock is None

    def _end(self, node: Node) -> datetime:
        """An instant that is said; a bare date is the end of that day."""
        at, date_only = self._at(node)
        return to_datetime(self.calendar.end(at.date())) if date_only else at

    def _step(self, node: Node) -> Step | None:
        moment = self._moment(node)
        event = self.conditions.event(node.one("event_ref"))
        if moment is None or event is None:
            return None
        fields: dict[str, Any] = {"at": moment[0], "date_only": moment[1], "event": event, "span": node.span}
        for part in node.parts:
            if not isinstance(part, Node):
                continue
            word = part.word("NAME")
            match part.kind:
                case "sender" | "receiver" if word is not None:
                    fields[part.kind] = self.scope.name(word, "party")
                case "by" if word is not None:
                    fields["party"] = self.scope.name(word, "party")
                case "recorded":
                    fields["recorded"] = self._end(part)
                case "amount":
                    fields["amount"] = _amount(part)
                case "with":
                    fields |= self._with(part, event)
        return Step(**fields)

    def _with(self, node: Node, event: EventRef) -> dict[str, Any]:
        """What an event tells: facts with their values, and the contents of a message."""
        message = self.pathway.messages.get(event.name)
        known = [element.name for element in message.contains] if message else []
        elements: list[str] = []
        plain: list[Node] = []
        for item in node.all("item"):
            word = item.words("NAME")[0]
            if item.one("value") is None and message is not None and (word.value in known or not known):
                elements.append(word.value)
            else:
                plain.append(item)
        found: dict[str, Any] = {"facts": self._items(plain, also=known)}
        if elements:
            found["elements"] = tuple(elements)
        return found

    def _facts(self, node: Node) -> dict[str, Value]:
        return self._items(list(node.all("item")))

    def _items(self, items: list[Node], also: list[str] | None = None) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for item in items:
            word = item.words("NAME")[0]
            found = self.scope.find(word.value, "fact")
            if found is None:
                suggestion = self.scope.nearest(word.value, ("fact",))
                if also and suggestion is None:
                    suggestion = next((name for name in also if name.startswith(word.value[:3])), None)
                if word.value not in self.scope.perhaps and not self.scope.incomplete:
                    self.scope.unknown(word, KIND_WORDS["fact"], suggestion)
                continue
            value_node, wanted = item.one("value"), self.pathway.facts[found.name].type
            if value_node is None:
                value: Value | None = True if wanted.kind == "yes_no" else None
                if value is None:
                    self.scope.problems.add("PW235", word.span, name=word.text)
            else:
                value = self.conditions.value(value_node, wanted)
            if value is not None:
                facts[found.name] = value
        return facts

    def _deviation(self, node: Node) -> Step | None:
        moment = self._moment(node)
        name = self._rule(node.one("rule_name"), or_stage=True)
        if moment is None or name is None:
            return None
        fields: dict[str, Any] = {"at": moment[0], "date_only": moment[1], "deviation": name, "span": node.span}
        for part in node.parts:
            if not isinstance(part, Node):
                continue
            if part.kind == "because":
                fields["because"] = part.words("STRING")[0].value
            elif part.kind == "recorded":
                fields["recorded"] = self._end(part)
            elif part.kind == "to_date":
                fields["until"] = self._end(part)
        return Step(**fields)

    def _rule(self, node: Node | None, *, or_stage: bool = False) -> str | None:
        word = node.words()[0] if node else None
        if word is None:
            return None
        rules = {rule.name: rule.name for rule in self.pathway.rules()}
        labels = [rule for rule in self.pathway.rules() if rule.label == word.value]
        if word.value in rules:
            return word.value
        if len(labels) == 1:
            return labels[0].name
        if or_stage and word.value in self.pathway.stages:
            return word.value
        if word.value not in self.scope.perhaps and not self.scope.incomplete:
            kinds: tuple[Any, ...] = ("rule", "stage") if or_stage else ("rule",)
            suggestion = self.scope.nearest(word.value, kinds)
            self.scope.unknown(word, KIND_WORDS["rule"], suggestion)
        return None

    def _status(self, line: Line) -> Status:
        node = line.statement
        known = node.one("known_at")
        checks = [check for child in line.children for part in child.statements if (check := self._check(part)) is not None]
        return Status(at=self._end(node), known_at=self._end(known) if known else None, checks=tuple(checks), span=node.span)

    def _check(self, node: Node) -> Check | None:
        kind = node.kind.removeprefix("check_")
        named = node.one("rule_name")
        name = self._rule(named)
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
            case "next_deadline":
                fields["due"], fields["date_only"] = self._at(node)
            case "broken":
                return None
        return Check(**fields)


def _clock(word: Word | None) -> time:
    return time() if word is None else time.fromisoformat(word.value)


def _amount(node: Node) -> float:
    """Minutes for a length of time, else how many."""
    number, unit = node.word("NUMBER"), node.word("TIMEUNIT")
    assert number is not None  # the grammar sees to it
    minutes = {"minute": 1, "hour": 60}.get(unit.value, 1) if unit else 1
    return float(number.value) * minutes
