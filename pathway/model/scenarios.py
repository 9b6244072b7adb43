"""Scenarios from the tree: what happened, and what must hold at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pathway.language.tree import Line, Node, Word
from pathway.model.assertions import Assertions, clock_time, said_instant, said_time
from pathway.model.calendar import EARLIEST, LATEST, calendar_for, elapsed, to_datetime, to_instant
from pathway.model.conditions import Conditions
from pathway.model.expressions import EventRef, Value
from pathway.model.pathway import Pathway, Scenario, Status, Step
from pathway.model.scope import Scope, nearest
from pathway.model.values import amount, duration, value
from pathway.model.vocabulary import by_any_name


class Scenes:
    """Builds the scenarios of a pathway."""

    def __init__(self, scope: Scope, conditions: Conditions, pathway: Pathway) -> None:
        self.scope = scope
        self.conditions = conditions
        self.pathway = pathway
        self.calendar = calendar_for(pathway.time_zone, pathway.calendar)
        self.assertions = Assertions(scope, pathway)

    def build(self, line: Line) -> Scenario:
        return _Scene(self).build(line)


class _Scene:
    """One scenario being built: times count from the line before, days from the day of the first event."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes = scenes
        self.scope = scenes.scope
        self.pathway = scenes.pathway
        self.calendar = scenes.calendar
        self.first: date | None = None
        self.before: datetime | None = None
        self.unplaced = False
        """A line before had no time of its own; what counts from it has none either, and that is said already."""

    def build(self, line: Line) -> Scenario:
        facts: dict[str, Value] = {}
        steps: list[Step] = []
        statuses: list[Status] = []
        for child in line.children:
            node = child.statement
            match node.kind:
                case "patient":
                    facts |= self._items(list(node.all("item")))
                case "step":
                    step = self._step(node)
                    steps += [] if step is None else [step]
                case "deviation_step":
                    step = self._deviation(node)
                    steps += [] if step is None else [step]
                case "broken":
                    self.unplaced |= self.before is None
                case "status":
                    statuses.append(self.scenes.assertions.status(child))
        title = line.statement.words("STRING")[0].value
        return Scenario(title=title, facts=facts, steps=tuple(steps), statuses=tuple(statuses), span=line.statement.span)

    def _moment(self, node: Node) -> tuple[datetime, bool] | None:
        """When a line happens, and whether only its date is known."""
        when = next(part for part in node.parts if isinstance(part, Node) and part.kind in ("day", "shift", "nth_day"))
        if when.kind != "day" and (self.before is None or self.first is None):
            if not self.unplaced:
                self.scope.problems.add("PW223", when.span)
            self.unplaced = True
            return None
        before = len(self.scope.problems)
        try:
            at, date_only = said_time(when, self.calendar) if when.kind == "day" else self._counted(when)
        except (OverflowError, ValueError):  # beyond the calendar
            at, date_only = LATEST, False
        if not EARLIEST.date() <= at.date() < LATEST.date():
            if len(self.scope.problems) == before:  # else it is said already why
                self.scope.problems.add("PW256", when.span)
            return None
        self.before = at
        if self.first is None:
            self.first = at.date()
        return at, date_only

    def _counted(self, when: Node) -> tuple[datetime, bool]:
        """`+50 minutes`, `day 5 13:00`."""
        assert self.before is not None and self.first is not None  # asked by `_moment`
        if when.kind == "shift":
            return self._shifted(self.before, when), False
        unit, number, clock = when.word("TIMEUNIT"), when.word("NUMBER"), when.word("CLOCK")
        assert unit is not None and number is not None  # the grammar sees to it
        if unit.value != "day":
            self.scope.problems.add("PW234", unit.span, word=unit.text)
        many = amount(number, self.scope.problems)
        if many < 1 or many.denominator != 1:
            self.scope.problems.add("PW257", number.span, value=number.text)
        day = self.first + timedelta(days=max(int(many), 1) - 1)
        return datetime.combine(day, clock_time(clock), self.calendar.zone), clock is None

    def _shifted(self, before: datetime, when: Node) -> datetime:
        length = when.one("duration")
        assert length is not None  # the grammar sees to it
        span = duration(length, self.scope.problems)
        if span.elapsed:
            return to_datetime(to_instant(before.astimezone(UTC)) + elapsed(span)).astimezone(self.calendar.zone)
        return datetime.combine(self.calendar.add(before.date(), span), before.time(), self.calendar.zone)

    def _recorded(self, node: Node, at: datetime) -> datetime:
        """When a line was recorded: not before it happened."""
        recorded = said_instant(node, self.calendar, self.scope)
        if recorded < at:
            self.scope.problems.add("PW258", node.span)
            return at
        return recorded

    def _step(self, node: Node) -> Step | None:
        moment = self._moment(node)
        event = self.scenes.conditions.event(node.one("event_ref"))
        if event is None:
            return None
        at, date_only = moment or (EARLIEST, False)
        fields: dict[str, Any] = {"at": at, "date_only": date_only, "event": event, "span": node.span}
        for part in node.parts:
            if not isinstance(part, Node):
                continue
            word = part.word("NAME")
            match part.kind:
                case "sender" | "receiver" if word is not None:
                    fields[part.kind] = None if self._told_so(word, event) else self.scope.name(word, "party")
                case "by" if word is not None:
                    fields["party"] = self.scope.name(word, "party")
                case "recorded":
                    fields["recorded"] = self._recorded(part, at)
                case "amount":
                    fields["amount"] = self._amount(part)
                case "with":
                    fields |= self._with(part, event)
        return None if moment is None else Step(**fields)

    def _told_so(self, word: Word, event: EventRef) -> bool:
        """Whether a value that the event tells stands where a party belongs (`discharged to home`); then that is said."""
        carried = self.pathway.events[event.name].carries if event.name in self.pathway.events else ()
        fact = next((fact for fact in carried if self.pathway.facts[fact].type.meant(word.value)), None)
        if fact is None or self.scope.find(word.value, "party") is not None:
            return False
        self.scope.problems.add("PW175", word.span, value=word.text, fact=fact)
        return True

    def _amount(self, node: Node) -> float:
        """Minutes for a length of time, else how many."""
        number, unit = node.word("NUMBER"), node.word("TIMEUNIT")
        assert number is not None  # the grammar sees to it
        minutes = {"minute": 1, "hour": 60}.get(unit.value) if unit else 1
        if minutes is None:
            self.scope.problems.add("PW259", node.span)
        return float(amount(number, self.scope.problems) * (minutes or 1))

    def _with(self, node: Node, event: EventRef) -> dict[str, Any]:
        """What an event tells: facts with their values, and the contents of a message."""
        message = self.pathway.messages.get(event.name)
        known = by_any_name({each.name: each for each in message.contains}) if message else {}
        elements: list[str] = []
        plain: list[Node] = []
        for item in node.all("item"):
            word = item.words("NAME")[0]
            fact = self.scope.find(word.value, "fact")
            if item.one("value") is not None or message is None:
                plain.append(item)
            elif word.value in known or (not known and fact is None) or word.value in self.scope.perhaps:
                elements.append(known.get(word.value, word.value))
            elif fact is not None and (not known or self.pathway.facts[fact.name].type.kind == "yes_no"):
                plain.append(item)
            elif not self.scope.may_be(word):
                suggestion = nearest(word.value, known)
                contents = ", ".join(dict.fromkeys(known.values()))
                self.scope.problems.add("PW260", word.span, suggestion, name=word.text, message=event.name, known=contents)
        found: dict[str, Any] = {"facts": self._items(plain)}
        if elements:
            found["elements"] = tuple(elements)
        return found

    def _items(self, items: list[Node]) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for item in items:
            word = item.words("NAME")[0]
            found = self.scope.resolve(word, "fact")
            if found is None:
                continue
            value_node, wanted = item.one("value"), self.pathway.facts[found.name].type
            if found.name in facts:
                self.scope.problems.add("PW230", word.span, value=word.text)
            if value_node is None:
                told: Value | None = True if wanted.kind == "yes_no" else None
                if told is None:
                    self.scope.problems.add("PW235", word.span, name=word.text)
            else:
                told = value(value_node, wanted, self.scope)
            if told is not None:
                facts[found.name] = told
        return facts

    def _deviation(self, node: Node) -> Step | None:
        moment = self._moment(node)
        name = self.scenes.assertions.rule(node.one("rule_name"), or_stage=True)
        at, date_only = moment or (EARLIEST, False)
        fields: dict[str, Any] = {"at": at, "date_only": date_only, "deviation": name, "span": node.span}
        for part in node.parts:
            if not isinstance(part, Node):
                continue
            if part.kind == "because":
                fields["because"] = part.words("STRING")[0].value
            elif part.kind == "recorded":
                fields["recorded"] = self._recorded(part, at)
            elif part.kind == "to_date":
                fields["until"] = said_instant(part, self.calendar, self.scope)
        return None if moment is None or name is None else Step(**fields)
