"""Stages, transitions, rules and handovers from the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pathway.language.source import Language, Span
from pathway.language.tree import BROKEN, Line, Node, Word
from pathway.model.base import Level
from pathway.model.clauses import Clauses, both, text_of, under_condition
from pathway.model.declarations import listed, parts_of
from pathway.model.expressions import Condition, EventRef
from pathway.model.handovers import Filling, bound
from pathway.model.measures import Cost
from pathway.model.pathway import Handover, Stage, Start, Transition
from pathway.model.prices import Prices, bound_cost
from pathway.model.rule_names import object_of
from pathway.model.rules import Rule, RuleKind, Standing, Timing
from pathway.model.scope import KIND_WORDS, STAGE_OR_END, Scope, nearest, place_in_words
from pathway.model.timing import TIMINGS
from pathway.model.titles import names_of
from pathway.model.values import duration

_HEADS = ("expect", "measure", "send", "decide", "look_up", "need", "goal")


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

    def __init__(
        self, scope: Scope, clauses: Clauses, fields: Mapping[str, Any], language: Language, started: Mapping[str, str]
    ) -> None:
        self.scope = scope
        self.clauses = clauses
        self.conditions = clauses.conditions
        self.fields = fields
        self.language = language
        self.started = started
        """By the name written, the own name of each pathway that can be started."""
        self.prices = Prices(clauses)
        self.costs: list[Cost] = []
        """What days cost, from all stages."""
        self._left_out = False
        """Whether a line of the block being built could not be read or used: what is missing may have stood there."""

    def stage(self, line: Line) -> Stage:
        node = line.statement
        fields = names_of(node, self.language)
        block = self.block(line, fields["name"])
        for part in self.clauses.gather(self._of_stage(line), (), "stage"):
            word = part.word("NAME")
            match part.kind:
                case "by" if word is not None:
                    fields["party"] = self.scope.name(word, "party")
                case "level":
                    fields["level"] = part.words("LEVEL_VALUE")[0].value
                case "recognised_by":
                    fields["recognised_by"] = self.conditions.events(part)
                case "no_limit":
                    fields["no_limit"] = text_of(part.one("because"))
        return Stage(**fields, **block)

    def _of_stage(self, line: Line) -> Iterator[Node]:
        """What is said of the stage itself. A second party gets a message of its own."""
        party: Node | None = None
        for part in parts_of(line):
            if part.kind == "by" and party is not None:
                self.scope.problems.add("PW233", part.span, stage=line.statement.words("NAME")[0].text)
            elif part.kind in ("by", "level", "recognised_by", "no_limit"):
                party = part if part.kind == "by" else party
                yield part

    def block(self, line: Line, stage: str | None) -> dict[str, Any]:
        """The rules and transitions of a stage or of `throughout`."""
        rules: list[Rule] = []
        transitions: list[Transition] = []
        place = _Place(stage)
        self._left_out = any(statement.kind == BROKEN for child in line.children for statement in child.statements)
        self._fill(line.children, place, rules, transitions)
        starts = [self._start(child, place) for child in line.children if child.statement.kind == "start"]
        return {
            "rules": tuple(rules),
            "transitions": tuple(self._with_events_above(transitions)),
            "starts": tuple(start for start in starts if start is not None),
        }

    def _fill(self, lines: Iterable[Line], place: _Place, rules: list[Rule], transitions: list[Transition]) -> None:
        for line in lines:
            match line.statement.kind:
                case "rule" | "handover":
                    rules += self._rules(line, place)
                case "transition" | "return":
                    way = self._transition(line, place)
                    transitions += [] if way is None else [way]
                    self._left_out |= way is None
                case "costs":
                    self._cost(line, place)
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

    def _cost(self, line: Line, place: _Place, rule: str | None = None) -> None:
        cost = self.prices.cost(line, lambda word: self._party(word, place), stage=place.stage, rule=rule, when=place.when)
        self.costs += [] if cost is None else [cost]

    def _start(self, line: Line, place: _Place, *, beneath_way: bool = False) -> Start | None:
        """Another pathway that begins for the same patient. What is wrong with its name has been said by the loader."""
        node = line.statement
        word = node.words("NAME")[0]
        parts = [part for part in node.parts if isinstance(part, Node)]
        rules: list[Rule] = []
        for child in line.children:
            if child.statement.kind in ("rule", "handover"):
                rules += self._rules(child, place)
            else:
                parts += child.statements
        parts = self.clauses.gather(parts, (), "start")
        on = next((part for part in parts if part.kind == "on"), None)
        events = self.conditions.events(on.one("event_refs")) if on is not None else ()
        if beneath_way and on is not None:
            self.scope.problems.add("PW271", on.span)
        elif not beneath_way and on is None:
            self.scope.problems.add("PW270", node.span)
        when = self.clauses.condition(parts)
        pathway = self.started.get(word.value)
        if pathway is None:
            self.scope.rules_missing = True
            return None
        return Start(pathway=pathway, on=() if beneath_way else events, when=when, rules=tuple(rules), span=node.span)

    def _rule(self, line: Line, place: _Place) -> Rule | None:
        node = line.statement
        head = next(part for part in node.parts if isinstance(part, Node) and part.kind in _HEADS)
        label = head if head.kind == "goal" else node.one("label")
        if head.kind == "goal" and (second := node.one("label")) is not None:
            self.scope.problems.add("PW297", second.span, name=head.words("NAME")[0].text)
        on_line = [p for p in node.parts if isinstance(p, Node) and p is not head and p.kind != "label"]
        clauses = self.clauses.gather(on_line, line.children, head.kind)
        said = self._head(head, place)
        fields = self.clauses.fields(clauses, lambda word: self._party(word, place))
        named = label.words("NAME")[0].value if label else None
        where = "handover" if place.roles is not None else place.stage or "throughout"
        if said is None:
            self.scope.perhaps.add(named or f"{where}.{head.kind}.{_object_word(head)}")
            return None
        name = named or f"{where}.{head.kind}.{object_of(head.kind, said)}"
        for child in line.children:
            if child.statement.kind == "costs":
                self._cost(child, place, name)
        looking_back_if_sent(head.kind, clauses, fields)
        rule = Rule(
            name=name,
            kind=cast(RuleKind, head.kind),
            label=named,
            stage=place.stage,
            while_here=place.while_here,
            span=node.span,
            **said,
            **fields,
        )
        return under_condition(rule, place.when)

    def _head(self, head: Node, place: _Place) -> dict[str, Any] | None:
        """What the rule is about: the fields that its first words fill, or None when a name is not known."""
        event = self.conditions.event(head.one("event_ref"))
        word = head.word("NAME")
        if head.kind == "goal":
            reached = self.conditions.build([part for part in head.parts if isinstance(part, Node)][-1])
            return None if reached is None else {"reached": reached, "titles": names_of(head, self.language)["titles"]}
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
        found = [(word, self._party(word, place)) for word in listed(head)]
        receivers = tuple(dict.fromkeys(party for _, party in found if party is not None))
        for number, (again, party) in enumerate(found):
            if party is not None and party in (earlier for _, earlier in found[:number]):
                self.scope.problems.add("PW230", again.span, value=again.text)
        if known is None or sending is None or not receivers:
            return None
        return {"message": known, "sender": sending, "receivers": receivers}

    def _party(self, word: Word, place: _Place) -> str | None:
        """A party; in a handover's declaration one of its roles, or a party that is the same for all."""
        if place.roles is not None:
            if word.value in place.roles:
                return word.value
            if self.scope.find(word.value, "party") is None and not self.scope.may_be(word):
                suggestion = nearest(word.value, place.roles)
                self.scope.unknown(word, KIND_WORDS["role"], suggestion)
                return None
        return self.scope.name(word, "party")

    def _transition(self, line: Line, place: _Place) -> Transition | None:
        node = line.statement
        word = node.word("NAME")
        target = self.scope.name(word, "stage", wanted=STAGE_OR_END) if word else None
        parts = [part for part in node.parts if isinstance(part, Node)]
        rules: list[Rule] = []
        starts: list[Start] = []
        for child in line.children:
            if child.statement.kind in ("rule", "handover"):
                rules += self._rules(child, _Place(place.stage))
            elif child.statement.kind == "start":
                start = self._start(child, _Place(place.stage), beneath_way=True)
                starts += [] if start is None else [start]
            else:
                parts += child.statements
        parts = self.clauses.gather(parts, (), "transition")
        on = [part for part in parts if part.kind == "on"]
        events = tuple(event for part in on for event in self.conditions.events(part.one("event_refs")))
        timed = next((part for part in parts if part.kind == "timed"), None)
        asked = self.conditions.events_asked
        fields: dict[str, Any] = {
            "on": events,
            "when": both(place.when, self.clauses.condition(parts)),
            "otherwise": any(part.kind == "otherwise" for part in parts),
            "rules": tuple(rules),
            "starts": tuple(starts),
            "standing": self.clauses.standing(parts),
        }
        if timed is not None:
            span = timed.one("duration")
            fields["after"] = duration(span, self.scope.problems) if span else None
            fields["anchor"] = self.clauses.timings.timing(Node("within", timed.parts, timed.span)).anchor
            if fields["anchor"] is not None and not fields["anchor"].events:
                self.scope.problems.add("PW265", timed.span)
        if timed is not None and on:
            self.scope.problems.add("PW249", timed.span)
        elif timed is None and not on and not fields["otherwise"] and self.conditions.events_asked == asked:
            self.scope.problems.add("PW226", node.span)
        where = target or (word.value if word else "return")
        limit = fields["within"] = self._staying(parts, place, where, fields["standing"])
        unknown = (word is not None and target is None) or (on and not events) or (timed and fields["anchor"] is None)
        if unknown or not (on or timed or fields["otherwise"]):
            self.scope.perhaps.update([limit.name] if limit else [])
            return None
        return Transition(target=target, span=node.span, **fields)

    def _staying(self, parts: list[Node], place: _Place, target: str, standing: Standing) -> Rule | None:
        """The limit on staying until a transition is taken."""
        limits = [part for part in parts if part.kind in TIMINGS]
        if not limits:
            return None
        return Rule(
            name=f"{place.stage or 'throughout'}.waiting.{target}",
            kind="expect",
            stage=place.stage,
            timing=self.clauses.timings.together(limits),
            when=place.when,
            standing=standing,
            span=limits[0].span,
        )

    def _with_events_above(self, transitions: list[Transition]) -> Iterator[Transition]:
        """`otherwise` without `on` applies to the events of the transitions above it."""
        above: dict[EventRef, None] = {}
        for way in transitions:
            if way.otherwise and not way.on and way.after is None:
                if not above and not self._left_out:
                    self.scope.problems.add("PW226", way.span)
                way = way.model_copy(update={"on": tuple(above)})
            above.update(dict.fromkeys(way.on))
            yield way

    def declare_handover(self, line: Line) -> None:
        """A handover between roles, as a library declares it."""
        fields = names_of(line.statement, self.language)
        roles: dict[str, Level | None] = {}
        seen: dict[str, Span] = {}
        for child in line.children:
            role = child.statement
            if role.kind == "role":
                level = role.one("level")
                name = role.words("NAME")[0]
                if name.value in roles:
                    where = place_in_words(seen[name.value], name.span)
                    self.scope.problems.add("PW203", name.span, name=name.text, kind=KIND_WORDS["role"], where=where)
                seen.setdefault(name.value, name.span)
                roles.setdefault(name.value, cast(Level, level.words("LEVEL_VALUE")[0].value) if level else None)
        place = _Place(None, roles=roles)
        elsewhere, self.costs = self.costs, []
        rules = [rule for child in line.children if child.statement.kind == "rule" and (rule := self._rule(child, place))]
        for child in line.children:
            if child.statement.kind == "costs":
                self._cost(child, place)
        costs, self.costs = tuple(self.costs), elsewhere
        self.fields["handovers"][fields["name"]] = Handover(**fields, roles=roles, rules=tuple(rules), costs=costs)

    def _handover(self, line: Line, place: _Place) -> list[Rule]:
        """The rules of a handover, with parties for its roles."""
        node = line.statement
        named = node.words("NAME")[0]
        found = self.scope.name(named, "handover")
        handover: Handover | None = self.fields["handovers"].get(found)
        if handover is None:
            self.scope.rules_missing = True
            return []
        parties = Filling(self.scope, self.fields["parties"]).parties(node, handover)
        if parties is None:
            self.scope.rules_missing = True
            return []
        self.costs += [bound_cost(cost, handover.name, parties, place.stage, place.when) for cost in handover.costs]
        return [bound(rule, handover.name, parties, place.stage, place.while_here, place.when) for rule in handover.rules]


def looking_back_if_sent(kind: str, clauses: Iterable[Node], fields: dict[str, Any]) -> None:
    """What is sent counts also when it was sent before the anchor, unless a lower limit or `within` says otherwise (O3)."""
    if kind == "send" and not any(clause.kind in ("within", "between", "not_before") for clause in clauses):
        fields["timing"] = _looking_back(fields.get("timing") or Timing())
        fields["variants"] = tuple(
            variant.model_copy(update={"timing": variant.timing and _looking_back(variant.timing)})
            for variant in fields["variants"]
        )


def _looking_back(timing: Timing) -> Timing:
    return timing.model_copy(update={"look": "either"})


def _object_word(head: Node) -> str:
    """The word that a rule whose names are not all known would have been named after."""
    event = head.one("event_ref")
    word = head.word("NAME") or (event.word("NAME") if event else None)
    return word.value if word else ""
