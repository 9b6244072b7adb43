"""Limits, lengths of time and rules in words, in the reader's language. The words are data (`grammars/phrases.toml`)."""

from __future__ import annotations

from datetime import date

from pathway.language.source import Language
from pathway.language.texts import texts_of
from pathway.model.base import Duration
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
    Operand,
    Or,
    TimeSince,
    Value,
    Within,
)
from pathway.model.pathway import FactType, Pathway
from pathway.model.rules import Rule, Timing


def phrase(name: str, language: Language, /, **values: object) -> str:
    """A phrase of the table (`limit.within`), filled."""
    group, _, key = name.partition(".")
    text: str = texts_of("phrases")[group][key][language]
    return text.format(**values)


def duration_text(duration: Duration, language: Language) -> str:
    """`3 virkedager`."""
    one, many = texts_of("phrases")["units"][duration.unit][language]
    return f"{duration.amount} {one if duration.amount == 1 else many}"


def elapsed_text(seconds: float, language: Language) -> str:
    """A measured length of time in its two largest units: `2 dager 3 timer`, `25 minutter`."""
    minutes = max(0, round(abs(seconds) / 60))
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    parts = [Duration(amount=n, unit=u) for n, u in ((days, "day"), (hours, "hour"), (minutes, "minute")) if n]
    shown = parts[:2] or [Duration(amount=0, unit="minute")]
    return " ".join(duration_text(part, language) for part in shown)


def event_text(key: str, pathway: Pathway, language: Language) -> str:
    """An event by its key (`discharge_summary sent`): its title, with the phase in words."""
    name, _, phase = key.partition(" ")
    for group in (pathway.events, pathway.messages, pathway.resources):
        if name in group:
            title = group[name].title(language)
            return f"{title} {phrase(f'phase.{phase}', language)}" if phase else title
    return name.replace("_", " ")


def lowered(text: str) -> str:
    """A title inside a sentence: small first letter, unless it begins with an abbreviation (`CT`, `HbA1c`)."""
    first = text.partition(" ")[0]
    return text if any(letter.isupper() or letter.isdigit() for letter in first[1:]) else text[:1].lower() + text[1:]


def events_text(events: tuple[EventRef, ...], pathway: Pathway, language: Language) -> str:
    return phrase("limit.or", language).join(lowered(event_text(event.key, pathway, language)) for event in events)


def timing_text(timing: Timing | None, pathway: Pathway, language: Language) -> str:
    """`innen 1 time etter sepsistriage`; empty without a limit."""
    if timing is None:
        return ""
    said = _bounds(timing, pathway, language)
    if timing.anchor is not None and said:
        anchor = timing.anchor
        if anchor.events:
            from_what = events_text(anchor.events, pathway, language)
        elif anchor.fact is not None:
            from_what = lowered(pathway.facts[anchor.fact].title(language))
        elif anchor.becomes is None:
            return said
        else:
            from_what = phrase("limit.becomes", language, c=condition_text(anchor.becomes, pathway, language))
        said += phrase("limit.same_as" if timing.same_day else "limit.after", language, a=from_what)
    return said


def _bounds(timing: Timing, pathway: Pathway, language: Language) -> str:
    if timing.every is not None:
        return _every(timing.every, language)
    if timing.clock is not None:
        return phrase("limit.clock", language, t=f"{timing.clock:%H:%M}")
    if timing.same_day:
        return phrase("limit.same_day", language)
    if timing.before is not None:
        return phrase("limit.before", language, b=events_text((timing.before,), pathway, language))
    if timing.promptly:
        return phrase("limit.promptly", language)
    if timing.lower is not None and timing.upper is not None:
        first = duration_text(timing.lower, language)
        return phrase("limit.between", language, e=first, d=duration_text(timing.upper, language))
    if timing.lower is not None:
        return phrase("limit.not_before", language, e=duration_text(timing.lower, language))
    if timing.upper is not None:
        name = "limit.within" if timing.look == "forward" else "limit.at_latest"
        return phrase(name, language, d=duration_text(timing.upper, language))
    return ""


def _every(period: Duration, language: Language) -> str:
    """`hver 3. dag`, `hvert 2. år`, `every 3 days`, `hver uke`."""
    one, many = texts_of("phrases")["units"][period.unit][language]
    said = one if period.amount == 1 else f"{period.amount} {many}" if language == "en" else f"{period.amount}. {one}"
    neuter = period.unit in ("minute", "year")
    return phrase("limit.every_neuter" if neuter else "limit.every", language, d=said)


def limit_text(rule: Rule, pathway: Pathway, language: Language) -> str:
    """What a rule asks for, as a limit: its time, its count, or that it holds for the whole stage."""
    parts = [timing_text(rule.timing, pathway, language)]
    if rule.frequency is not None:
        unit = phrase(f"limit.{rule.frequency.unit}", language)
        parts.append(phrase("limit.frequency", language, n=f"{rule.frequency.amount:g}", u=unit))
    if rule.kind == "decide":
        parts.append(phrase("limit.at_hand", language))
    if rule.whole_stage:
        parts.append(phrase("limit.whole_stage", language))
    if rule.offered_in is not None:
        parts.append(phrase("limit.offered_in", language, f=lowered(pathway.facts[rule.offered_in].title(language))))
    return ", ".join(part for part in parts if part) or phrase("limit.none", language)


def reply_text(rule: Rule, pathway: Pathway, language: Language) -> str:
    """What a message asks for in return, and the share of a population that is aimed at."""
    replies = [("receipt", rule.receipt), ("answer", rule.answer)]
    parts = [phrase(f"limit.{name}", language, d=timing_text(timing, pathway, language)) for name, timing in replies if timing]
    if rule.target is not None:
        parts.append(phrase(f"limit.target_{rule.target.at}", language, n=f"{rule.target.percent:g}"))
    return ", ".join(parts)


def rule_text(rule: Rule, pathway: Pathway, language: Language) -> str:
    """What a rule is about, in a few words: `Epikrise fra Slagenheten til Fastlege`."""
    if rule.kind == "send":
        parties = [pathway.parties[name].title(language) for name in rule.receivers]
        sender = pathway.parties[rule.sender or ""].title(language)
        message = pathway.messages[rule.message or ""].title(language)
        return phrase("rule.send", language, o=message, s=sender, r=", ".join(parties))
    if rule.kind == "need":
        return phrase("rule.need", language, o=pathway.resources[rule.resource or ""].title(language))
    if rule.kind == "goal":
        return next((rule.titles[each] for each in (language, "nb", "nn", "en") if each in rule.titles), rule.name)
    if rule.event is None:
        target = rule.name.rpartition(".")[2]
        stage = pathway.stages.get(target)
        return phrase("rule.staying", language, o=stage.title(language) if stage else target)
    return phrase(f"rule.{rule.kind}", language, o=event_text(rule.event.key, pathway, language))


def value_text(value: Value, fact_type: FactType | None, language: Language) -> str:
    """A value inside a sentence: `hjemme`, `65 år`, `ja`. `fact_type` is that of the fact that has it, where there is one."""
    if isinstance(value, Duration):
        return duration_text(value, language)
    if isinstance(value, bool):
        return phrase("value.yes" if value else "value.no", language)
    if isinstance(value, int | float):
        unit = fact_type.unit if fact_type is not None else None
        many = texts_of("phrases")["units"].get(unit, {}).get(language, ("", unit))[1]
        return f"{value:g} {many}" if many else f"{value:g}"
    if isinstance(value, date):
        return str(value)
    if fact_type is None or (fact_type.kind != "one_of" and value not in fact_type.called):
        return value
    said = fact_type.title(value, language)
    return lowered(said) if fact_type.kind == "one_of" else said


def unit_text(unit: str, party: str | None, pathway: Pathway, language: Language) -> str:
    """A party's unit. Of a party that is a fact of the patient (which municipality), it is a value of that fact."""
    declared = pathway.parties.get(party or "")
    fact = pathway.facts.get(declared.residence or "") if declared is not None else None
    return unit if fact is None else value_text(unit, fact.type, language)


_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def condition_text(condition: Condition, pathway: Pathway, language: Language, *, whole: bool = False) -> str:
    """A condition in words: `alder ≥ 65 år og destinasjon er hjemme`. One that has a name is said by it, but for `whole`."""
    return _Conditions(pathway, language, whole).said(condition)


class _Conditions:
    def __init__(self, pathway: Pathway, language: Language, whole: bool) -> None:
        self.pathway = pathway
        self.language = language
        self.whole = whole

    def said(self, node: Condition, within: str = "") -> str:
        if not self.whole:
            named = next((each for each in self.pathway.conditions.values() if each.condition == node), None)
            if named is not None:
                return lowered(named.title(self.language))
        match node:
            case And(items=items) | Or(items=items):
                said = phrase(f"condition.{node.op}", self.language).join(self.said(item, node.op) for item in items)
                return f"({said})" if within and within != node.op else said
            case Not(item=item):
                return self._denied(item)
            case Known(fact=fact):
                return phrase("condition.known", self.language, f=self._title(fact))
            case Happened(event=event):
                return phrase("condition.happened", self.language, e=self._event(event))
            case Within(op=op, left=left, values=values):
                shown = [f"{v[0]}–{v[1]}" if isinstance(v, tuple) else self._value(v, left) for v in values]
                *first, last = shown
                listed = ", ".join(first) + phrase("condition.or", self.language) + last if first else last
                return phrase(
                    "condition.is" if op == "in" else "condition.is_not", self.language, f=self._operand(left), v=listed
                )
            case Compare(op=op, left=left, right=right):
                return self._comparison(op, left, right)
        raise TypeError(f"not a condition: {node!r}")

    def _denied(self, item: Condition) -> str:
        match item:
            case Known(fact=fact):
                return phrase("condition.unknown", self.language, f=self._title(fact))
            case Happened(event=event):
                return phrase("condition.not_happened", self.language, e=self._event(event))
            case Compare(op="<" | "<=" | ">" | ">=" as op, left=left, right=right):
                return self._comparison(_DENIED[op], left, right)
            case Compare(op="==", left=left, right=True):
                return phrase("condition.no", self.language, f=self._operand(left))
        return phrase("condition.not", self.language, c=self.said(item))

    def _comparison(self, op: str, left: Operand, right: Value) -> str:
        known = self._operand(left)
        if isinstance(right, bool):
            return known if right is (op == "==") else phrase("condition.no", self.language, f=known)
        value = self._value(right, left)
        if op in _SIGNS:
            return f"{known} {_SIGNS[op]} {value}"
        return phrase("condition.is" if op == "==" else "condition.is_not", self.language, f=known, v=value)

    def _operand(self, operand: Operand) -> str:
        match operand:
            case FactValue(fact=fact):
                return self._title(fact)
            case LastFact(fact=fact, event=event):
                return phrase("condition.last", self.language, f=self._title(fact), e=self._event(event))
            case CountOf(event=event, span=span):
                if span is None:
                    return phrase("condition.count", self.language, e=self._event(event))
                return phrase("condition.count_span", self.language, e=self._event(event), d=duration_text(span, self.language))
            case TimeSince(event=event):
                return phrase("condition.since", self.language, e=self._event(event))

    def _value(self, value: Value, operand: Operand) -> str:
        fact_type = self.pathway.facts[operand.fact].type if isinstance(operand, FactValue | LastFact) else None
        return value_text(value, fact_type, self.language)

    def _title(self, fact: str) -> str:
        return lowered(self.pathway.facts[fact].title(self.language))

    def _event(self, event: EventRef) -> str:
        return events_text((event,), self.pathway, self.language)
