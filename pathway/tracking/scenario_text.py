"""A scenario as an author of its pathway would write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from pathway.language.source import Language
from pathway.language.words import vocabulary
from pathway.model.base import Named
from pathway.model.calendar import Calendar, to_instant
from pathway.model.expressions import Value
from pathway.model.pathway import Check, FactType, Pathway, Scenario, Step

_BARE_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*[0-9](?:\.[0-9]+)?")


def scenario_text(scenario: Scenario, pathway: Pathway, calendar: Calendar) -> str:
    """The text of a scenario, in the language of its pathway's file; read again, it is the same scenario."""
    return "\n".join(_Writer(pathway, calendar).lines(scenario)) + "\n"


def event_name(key: str, pathway: Pathway, language: Language) -> str:
    """What a scenario of a language calls what happened: the event's name there, and its phase. What is no event of the pathway
    (the rule or the stage of a deviation) is called as it is."""
    name, _, phase = key.partition(" ")
    for group in (pathway.events, pathway.messages, pathway.resources):
        if name in group:
            return f"{_name(group[name], language)} {vocabulary(language).write('PHASE', phase) if phase else ''}".rstrip()
    return key


class _Writer:
    def __init__(self, pathway: Pathway, calendar: Calendar) -> None:
        self.pathway = pathway
        self.calendar = calendar
        self.words = vocabulary(pathway.language)

    def lines(self, scenario: Scenario) -> Iterator[str]:
        yield f"{self.words.write('SCENARIO')} {_quoted(scenario.title)}"
        if scenario.facts:
            yield f"    {self.words.write('PATIENT')} {self._items(scenario.facts)}"
        first = scenario.steps[0].at.date() if scenario.steps else None
        for number, step in enumerate(scenario.steps):
            yield f"    {self._moment(step, first if number else None)} {' '.join(self._step(step))}"
        for status in scenario.statuses:
            yield f"    {self.words.write('AT')} {self._instant(status.at)}"
            yield from (f"        {self._check(check)}" for check in status.checks)

    def _moment(self, step: Step, first: date | None) -> str:
        """The first day as a date, those after it by their number."""
        clock = "" if step.date_only else f" {step.at:%H:%M}"
        if first is None or step.at.date() < first:
            return f"{step.at:%Y-%m-%d}{clock}"
        return f"{self.words.write('TIMEUNIT', 'day')} {(step.at.date() - first).days + 1}{clock}"

    def _step(self, step: Step) -> Iterator[str]:
        write = self.words.write
        if step.event is None:
            yield f"{write('DEVIATION')} {step.deviation}"
            if step.because is not None:
                yield f"{write('BECAUSE')} {_quoted(step.because)}"
            if step.until is not None:
                yield f"{write('TO')} {step.until.astimezone(self.calendar.zone):%Y-%m-%d}"
            if step.recorded is not None:
                yield f"{write('RECORDED')} {self._instant(step.recorded)}"
            return
        yield event_name(step.event.key, self.pathway, self.pathway.language)
        if step.amount is not None:
            yield _number(step.amount)
        for word, party in (("FROM", step.sender), ("TO", step.receiver)):
            if party is not None:
                yield f"{write(word)} {self._name(self.pathway.parties[party])}"
        told = [*self._contents(step), *([self._items(step.facts)] if step.facts else [])]
        if told:
            yield f"{write('WITH')} {', '.join(told)}"
        if step.party is not None:
            yield f"{write('BY')} {self._name(self.pathway.parties[step.party])}"

    def _contents(self, step: Step) -> Iterator[str]:
        message = self.pathway.messages.get(step.event.name) if step.event is not None else None
        known = {element.name: element for element in message.contains} if message is not None else {}
        yield from (self._name(known[name]) if name in known else name for name in step.elements or ())

    def _items(self, facts: Mapping[str, Value]) -> str:
        known = self.pathway.facts
        return ", ".join(f"{self._name(known[name])} {self._value(value, known[name].type)}" for name, value in facts.items())

    def _value(self, value: Value, fact_type: FactType) -> str:
        if isinstance(value, bool):
            return self.words.write("YES" if value else "NO")
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, date):
            return value.isoformat()
        text = str(value)
        if fact_type.kind == "one_of":
            return self._name(fact_type.called[text]) if text in fact_type.called else text
        if fact_type.kind == "code" and _BARE_CODE.fullmatch(text):
            return text
        return _quoted(text)

    def _name(self, declared: Named) -> str:
        return _name(declared, self.pathway.language)

    def _instant(self, moment: datetime) -> str:
        """A bare date for the end of its day."""
        local = moment.astimezone(self.calendar.zone)
        whole = to_instant(moment) == self.calendar.end(local.date())
        return f"{local:%Y-%m-%d}" if whole else f"{local:%Y-%m-%d %H:%M}"

    def _check(self, check: Check) -> str:
        write = self.words.write
        match check.kind:
            case "stage":
                return f"{write('STAGE')} {self._name(self.pathway.stages[check.name or ''])}"
            case "break":
                kind, subtype = write("BREAKKIND", check.break_kind), write("SUBTYPE", check.subtype)
                return f"{write('BREAK')} {kind} {subtype} {check.name}"
            case "next_deadline":
                assert check.due is not None
                local = check.due.astimezone(self.calendar.zone)
                shown = f"{local:%Y-%m-%d}" if check.date_only else f"{local:%Y-%m-%d %H:%M}"
                return f"{write('NEXT_DEADLINE')} {check.name} {shown}"
            case _:
                return f"{write(check.kind.upper())} {check.name or ''}".rstrip()


def _name(declared: Named, language: Language) -> str:
    """The name in a language, where it has one of its own there."""
    return declared.aliases.get(language, declared.name)


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace('"', "'")
    return f'"{plain}"'


def _number(value: float) -> str:
    """Digits and a point, never an exponent."""
    return f"{Decimal(repr(value)).normalize():f}"
