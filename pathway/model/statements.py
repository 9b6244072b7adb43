"""Stages, transitions, rules and handovers from the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pathway.language.source import Language
from pathway.language.tree import Line, Node, Word
from pathway.model.base import LEVELS, Level
from pathway.model.clauses import TIMINGS, Clauses, both, text_of, with_default_look
from pathway.model.conditions import duration
from pathway.model.declarations import listed, names_of, parts_of
from pathway.model.expressions import Condition, EventRef
from pathway.model.pathway import Handover, Stage, Transition
from pathway.model.rules import Anchor, Rule, Timing
from pathway.model.scope import KIND_WORDS, Scope, nearest

_HEADS = ("expect", "measure", "send", "decide", "look_up", "need")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a rule stands: its stage (None: `throughout`), whether under `while here`, and the condition of a `when` block."""

    stage: str | None
    while_here: bool = False
    when: Condition | None = None
    roles: Mapping[str, Level | None] | None = None
    """In a handover's declaration: its roles, which parties are then named by."""


class Statements:
    """Builds what stands in stages. What cannot be built is left out, and its problem has been noted."""

    def __init__(self, scope: Scope, clauses: Clauses, fields: Mapping[str, Any], language: Language) -> None:
        self.scope = scope
        self.clauses = clauses
        self.conditions = clauses.conditions
        self.fields = fields
        self.language = language

    def stage(self, line: Line) -> Stage:
        node = line.statement
        fields = names_of(node, self.language)
        block = self.block(line, fields["name"])
        for part in parts_of(line):
            word = part.word("NAME")
            match part.kind:
                case "by" if word is not None:
                    if fields.get("party") is not None:
                        self.scope.problems.add("PW233", part.span, stage=fields["name"])
                    fields["party"] = self.scope.name(word, "party")
                case "level":
                    fields["level"] = part.words("LEVEL_VALUE")[0].value
                case "recognised_by":
                    fields["recognised_by"] = self.conditions.events(part)
                case "no_limit":
                    fields["no_limit"] = text_of(part.one("because"))
        return Stage(**fields, **block)

    def block(self, line: Line, stage: str | None) -> dict[str, Any]:
        """The rules and transitions of a stage or of `throughout`."""
        rules: list[Rule] = []
        transitions: list[Transition] = []
        self._fill(line.children, _Place(stage), rules, transitions)
        return {"rules": tuple(rules), "transitions": tuple(_with_events_above(transitions))}

    def _fill(self, lines: Iterable[Line], place: _Place, rules: list[Rule], transitions: list[Transition]) -> None:
        for line in lines:
            match line.statement.kind:
                case "rule" | "handover":
                    rules += self._rules(line, place)
                case "transition" | "return":
                    way = self._transition(line, place)
                    transitions += [] if way is None else [way]
                case "while_here":
                    self._fill(line.children, _Place(place.stage, True, place.when), rules, transitions)
                case "when_block":
                    condition = both(place.when, self.conditions.of_clause(line.statement))
                    self._fill(line.children, _Place(place.stage, place.while_here, condition), rules, transitions)

    def _rules(self, line: Line, place: _Place) -> list[Rule]:
        if line.statement.kind == "handover":
            return self._handover(line, place)
        rule = self._rule(line, place)
        return [] if rule is None else [rule]

    def _rule(self, line: Line, place: _Place) -> Rule | None:
        node = line.statement
        head = next(part for part in node.parts if isinstance(part, Node) and part.kind in _HEADS)
        label = node.one("label")
        on_line = [p for p in node.parts if isinstance(p, Node) and p is not head and p is not label]
        clauses = self.clauses.gather(on_line, line.children, head.kind)
        said = self._head(head, place)
        fields = self.clauses.fields(clauses, lambda word: self._party(word, place))
        if said is None:
            return None
        named = label.words("NAME")[0].value if label else None
        kind = "look_up" if head.kind == "look_up" else head.kind
        where = place.stage or "throughout"
        timing: Timing | None = fields.get("timing")
        if place.when is not None:
            if timing is not None and timing.anchor is None and not timing.before and not timing.every:
                fields["timing"] = timing.model_copy(update={"anchor": Anchor(becomes=place.when)})
            elif timing is None:
                fields["timing"] = Timing(anchor=Anchor(becomes=place.when))
            else:
                fields["when"] = both(place.when, fields["when"])
        rule = Rule(
            name=named or f"{where}.{kind}.{_object(head.kind, said)}",
            kind=head.kind,
            label=named,
            stage=place.stage,
            while_here=place.while_here,
            span=node.span,
            **said,
            **fields,
        )
        return with_default_look(rule)

    def _head(self, head: Node, place: _Place) -> dict[str, Any] | None:
        """What the rule is about: the fields that its first words fill, or None when a name is not known."""
        event = self.conditions.event(head.one("event_ref"))
        word = head.word("NAME")
        if head.kind in ("expect", "measure"):
            return None if event is None else {"event": event}
        if head.kind == "decide":
            basis = self.clauses.basis(head)
            return None if event is None else {"event": event, "basis": basis}
        if head.kind == "look_up":
            basis = self.clauses.basis(Node("decide", (Node("basis", (word,), word.span),), word.span)) if word else ()
            return None if event is None or not basis else {"event": event, "basis": basis}
        if head.kind == "need":
            resource = self.scope.name(word, "resource") if word else None
            return None if resource is None else {"resource": resource}
        message, sender = head.words("NAME")
        known = self.scope.name(message, "message")
        sending = self._party(sender, place)
        receivers = tuple(p for w in listed(head) if (p := self._party(w, place)) is not None)
        if known is None or sending is None or not receivers:
            return None
        return {"message": known, "sender": sending, "receivers": receivers}

    def _party(self, word: Word, place: _Place) -> str | None:
        """A party; in a handover's declaration one of its roles, or a party that is the same for all."""
        if place.roles is not None:
            if word.value in place.roles:
                return word.value
            if self.scope.find(word.value, "party") is None:
                suggestion = nearest(word.value, place.roles)
                self.scope.unknown(word, KIND_WORDS["role"], suggestion)
                return None
        return self.scope.name(word, "party")

    def _transition(self, line: Line, place: _Place) -> Transition | None:
        node = line.statement
        word = node.word("NAME")
        target = self.scope.name(word, "stage") if word else None
        if word is not None and target is None:
            return None
        parts = [part for part in node.parts if isinstance(part, Node)]
        rules: list[Rule] = []
        for child in line.children:
            if child.statement.kind in ("rule", "handover"):
                rules += self._rules(child, _Place(place.stage))
            else:
                parts += child.statements
        parts = self.clauses.gather(parts, (), "transition")
        fields: dict[str, Any] = {"when": both(place.when, self.clauses.condition(parts)), "rules": tuple(rules)}
        fields["on"] = tuple(e for part in parts if part.kind == "on" for e in self.conditions.events(part.one("event_refs")))
        fields["otherwise"] = any(part.kind == "otherwise" for part in parts)
        for part in parts:
            if part.kind == "timed":
                span = part.one("duration")
                fields["after"] = duration(span, self.scope.problems) if span else None
                fields["anchor"] = self.clauses.timing(_within(part)).anchor
                if fields["anchor"] is None:
                    return None
        if not fields["on"] and "after" not in fields and not fields["otherwise"]:
            if not any(part.kind == "on" for part in parts):
                self.scope.problems.add("PW226", node.span, clause=word.text if word else "")
            return None
        limits = [part for part in parts if part.kind in TIMINGS]
        if limits:
            fields["within"] = Rule(
                name=f"{place.stage or 'throughout'}.waiting.{target or 'return'}",
                kind="expect",
                stage=place.stage,
                timing=self.clauses.timing(limits[0]),
                standing=self.clauses.standing(parts),
                span=limits[0].span,
            )
        return Transition(target=target, span=node.span, **fields)

    def declare_handover(self, line: Line) -> None:
        """A handover between roles, as a library declares it."""
        fields = names_of(line.statement, self.language)
        roles: dict[str, Level | None] = {}
        for child in line.children:
            role = child.statement
            if role.kind == "role":
                level = role.one("level")
                name = role.words("NAME")[0]
                if name.value in roles:
                    self.scope.problems.add("PW203", name.span, name=name.text, kind=KIND_WORDS["role"], line=role.span.line)
                roles[name.value] = cast(Level, level.words("LEVEL_VALUE")[0].value) if level else None
        place = _Place("handover", roles=roles)
        rules = [rule for child in line.children if child.statement.kind == "rule" and (rule := self._rule(child, place))]
        self.fields["handovers"][fields["name"]] = Handover(**fields, roles=roles, rules=tuple(rules))

    def _handover(self, line: Line, place: _Place) -> list[Rule]:
        """The rules of a handover, with parties for its roles."""
        node = line.statement
        named = node.words("NAME")[0]
        found = self.scope.name(named, "handover")
        if found is None:
            return []
        handover: Handover = self.fields["handovers"][found]
        parties: dict[str, str] = {}
        for binding in node.all("binding"):
            role, party = binding.words("NAME")
            if role.value not in handover.roles:
                suggestion = nearest(role.value, handover.roles)
                self.scope.unknown(role, KIND_WORDS["role"], suggestion)
                continue
            bound = self.scope.name(party, "party")
            parties[role.value] = bound or party.value
            if bound is not None:
                self._fits(role, party, bound, handover.roles[role.value])
        missing = [role for role in handover.roles if role not in parties]
        if missing:
            self.scope.problems.add("PW216", node.span, handover=found, roles=", ".join(missing))
            return []
        return [_bound(rule, found, parties, place) for rule in handover.rules]

    def _fits(self, role: Word, party: Word, bound: str, wanted: Level | None) -> None:
        level = self.fields["parties"][bound].level
        if wanted in LEVELS and level in LEVELS and level != wanted:
            self.scope.problems.add("PW218", party.span, role=role.text, party=party.text, wanted=wanted, level=level)


def _bound(rule: Rule, handover: str, parties: Mapping[str, str], place: _Place) -> Rule:
    """A handover's rule where it is used. Its name is settled when all rules are known (`rule_names`)."""
    return rule.model_copy(
        update={
            "handover": handover,
            "stage": place.stage,
            "while_here": place.while_here,
            "sender": parties.get(rule.sender or "", rule.sender),
            "receivers": tuple(parties.get(receiver, receiver) for receiver in rule.receivers),
            "by": parties.get(rule.by or "", rule.by),
            "when": both(place.when, rule.when),
        }
    )


def _with_events_above(transitions: list[Transition]) -> list[Transition]:
    """`otherwise` without `on` applies to the events of the transitions above it."""
    above: dict[EventRef, None] = {}
    found: list[Transition] = []
    for way in transitions:
        if way.otherwise and not way.on:
            way = way.model_copy(update={"on": tuple(above)})
        above.update(dict.fromkeys(way.on))
        found.append(way)
    return found


def _object(kind: str, said: Mapping[str, Any]) -> str:
    """What an unlabelled rule is named after."""
    if kind == "send":
        return str(said["message"])
    if kind == "need":
        return str(said["resource"])
    if kind == "look_up":
        return str(said["basis"][0].name)
    event: EventRef = said["event"]
    return event.name


def _within(timed: Node) -> Node:
    return Node("within", timed.parts, timed.span)
