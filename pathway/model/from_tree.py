"""Tree → model: declarations first, so that their order does not matter, then everything that speaks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pathway.language.diagnostics import Problems
from pathway.language.tree import Line, Node, Tree
from pathway.model import declarations
from pathway.model.clauses import Clauses, text_of
from pathway.model.conditions import Conditions, duration
from pathway.model.pathway import (
    Acceptance,
    Element,
    Enter,
    Fact,
    Leave,
    Message,
    Pathway,
    Stage,
    Unsuited,
)
from pathway.model.rule_names import with_final_names
from pathway.model.scenarios import scenario
from pathway.model.scope import Scope
from pathway.model.statements import Statements

_MERGED = ("sources", "parties", "events", "messages", "resources", "facts", "conditions", "handovers")
"""What a library gives to those that use it."""


def build(tree: Tree, libraries: Mapping[str, Pathway], *, incomplete: bool = False) -> tuple[Pathway | None, Problems]:
    """The pathway that a tree says, with every name resolved, and what is wrong with it.

    `libraries` are those that the file `use`s, by the name used; `incomplete` when one of them is missing. With errors the
    pathway holds what could be built; it is None
    only when there is neither a `pathway` nor a `library` line.
    """
    builder = _Builder(tree, libraries)
    builder.scope.incomplete = incomplete
    return builder.build(), builder.problems


class _Builder:
    def __init__(self, tree: Tree, libraries: Mapping[str, Pathway]) -> None:
        self.tree = tree
        self.problems = Problems()
        self.scope = Scope(self.problems)
        self.scope.allow_broken(tree.lines)
        self.fields: dict[str, Any] = {name: {} for name in _MERGED}
        self.definitions: dict[str, Node] = {}
        self.conditions = Conditions(self.scope, self.fields["facts"], self.definitions)
        self.clauses = Clauses(self.scope, self.conditions)
        for library in libraries.values():
            self._take_in(library)
        self.conditions.library = dict(self.fields["conditions"])
        self.fields["uses"] = tuple(libraries)

    def _take_in(self, library: Pathway) -> None:
        for group in _MERGED:
            for name, item in getattr(library, group).items():
                known = self.fields[group].get(name)
                if known is None:
                    self.fields[group][name] = item
                    aliases = getattr(item, "aliases", {}).values()
                    self.scope.declare(_KIND[group], name, getattr(item, "span", None), aliases)

    def build(self) -> Pathway | None:
        top = next((line for line in self._lines("pathway", "library")), None)
        if top is None:
            if not self.problems.errors and not any(s.kind == "broken" for line in self.tree.lines for s in line.statements):
                self.problems.add("PW204", self.tree.lines[0].span if self.tree.lines else None)
            return None
        for other in list(self._lines("pathway", "library"))[1:]:
            self.problems.add("PW231", other.span)
        library = top.statement.kind == "library"
        self.fields |= declarations.names_of(top.statement, self.tree.language)
        self.fields |= {"kind": top.statement.kind, "language": self.tree.language}
        declarations.head(top, self.scope, self.fields)
        self._declare()
        self._messages()
        statements = Statements(self.scope, self.clauses, self.fields, self.tree.language)
        for line in self._lines("handover_declaration"):
            statements.declare_handover(line)
        for line in self._lines("stage"):
            self.fields["stages"][line.statement.words("NAME")[0].value] = statements.stage(line)
        throughout = [statements.block(line, None) for line in self._lines("throughout")]
        if throughout:
            self.fields["throughout"] = Stage(
                name="throughout",
                rules=tuple(rule for found in throughout for rule in found["rules"]),
                transitions=tuple(way for found in throughout for way in found["transitions"]),
                span=next(self._lines("throughout")).span,
            )
        self._ways_in_and_out()
        self._accepted()
        pathway = with_final_names(Pathway(**self.fields), self.problems)
        self._scenarios(pathway)
        if not library:
            self._complete(pathway, top)
        return pathway.model_copy(update={"scenarios": tuple(self.fields["scenarios"])})

    def _lines(self, *kinds: str) -> Iterator[Line]:
        return (line for line in self.tree.lines if line.statement.kind in kinds)

    def _declare(self) -> None:
        """First every name, then what is said of each."""
        fields, language = self.fields, self.tree.language
        fields["stages"] = {}
        fresh: list[tuple[str, Line]] = []
        for line in self.tree.lines:
            group = _GROUP.get(line.statement.kind)
            if group is None:
                continue
            name = line.statement.words("NAME")[0]
            aliases = declarations.names_of(line.statement, language)["aliases"].values()
            if self.scope.declare(_KIND[group], name.value, name.span, aliases):
                fresh.append((group, line))
        for line in self.tree.lines:
            for node in _fact_declarations(line):
                self._declare_fact(node)
            if line.statement.kind == "define":
                name = line.statement.words("NAME")[0]
                if self.scope.declare("condition", name.value, name.span):
                    self.definitions[name.value] = line.statement
        make: dict[str, Callable[[Line], Any]] = {
            "parties": lambda line: declarations.party(line, self.scope, language),
            "events": lambda line: declarations.event(line, self.scope, language),
            "resources": lambda line: declarations.resource(line, language),
        }
        for group, line in fresh:
            if group in make:
                item = make[group](line)
                fields[group][item.name] = item
            elif line.statement.kind == "end":
                named = declarations.names_of(line.statement, language)
                fields["stages"][named["name"]] = Stage(**named, end=True)
            elif group == "stages":
                fields["stages"][line.statement.words("NAME")[0].value] = None  # keeps its place in the order
        for defined, node in self.definitions.items():
            condition = self.conditions.named(defined, node)
            if condition is not None:
                fields["conditions"][defined] = condition

    def _declare_fact(self, node: Node) -> None:
        fact: Fact = declarations.fact(node, self.scope, self.tree.language)
        known = self.fields["facts"].get(fact.name)
        if known is not None and known.type == fact.type:
            return  # two events may carry the same fact
        name = node.words("NAME")[0]
        if self.scope.declare("fact", fact.name, name.span, fact.aliases.values()):
            self.fields["facts"][fact.name] = fact

    def _messages(self) -> None:
        defaults = [node for line in self._lines("all_messages") for node in declarations.parts_of(line)]
        for line in self._lines("message"):
            named = declarations.names_of(line.statement, self.tree.language)
            if self.scope.find(named["name"], "message") is None or named["name"] in self.fields["messages"]:
                continue
            self.fields["messages"][named["name"]] = self._message(named, [*defaults, *declarations.parts_of(line)])

    def _message(self, named: dict[str, Any], parts: Iterable[Node]) -> Message:
        contains: list[Element] = []
        for part in parts:
            match part.kind:
                case "contains":
                    when = part.one("when")
                    condition = self.conditions.of_clause(when) if when else None
                    contains += [Element(name=word.value, when=condition) for word in declarations.listed(part)]
                case "code":
                    named["codes"] = (*named.get("codes", ()), *declarations.code_list(part))
                case "replaces":
                    named["replaces"] = self.scope.names(declarations.listed(part), "message")
                case "receipt":
                    named["receipt"] = self.clauses.timing(next(p for p in part.parts if isinstance(p, Node)))
        return Message(**named, contains=tuple(contains))

    def _ways_in_and_out(self) -> None:
        enters: list[Enter] = []
        unsuited: list[Unsuited] = []
        leaves: list[Leave] = []
        for line in self.tree.lines:
            node = line.statement
            parts = list(declarations.parts_of(line))
            on = tuple(e for part in parts if part.kind == "on" for e in self.conditions.events(part.one("event_refs")))
            when = self.clauses.condition(parts)
            because = text_of(next((part for part in parts if part.kind == "because"), None))
            if node.kind == "enter":
                stage = self.scope.name(node.words("NAME")[0], "stage")
                back = next((part for part in parts if part.kind == "looking_back"), None)
                if not on and not any(part.kind == "on" for part in parts):
                    self.problems.add("PW232", node.span)
                if stage is not None and on:
                    span = next((p for p in back.parts if isinstance(p, Node)), None) if back else None
                    looking_back = duration(span, self.problems) if span else None
                    enters.append(Enter(stage=stage, on=on, when=when, looking_back=looking_back, span=node.span))
            elif node.kind == "unsuited":
                unsuited.append(Unsuited(when=when, because=because or "", span=node.span))
            elif node.kind == "leave" and on:
                leaves.append(Leave(on=on, when=when, because=because, span=node.span))
        self.fields |= {"enters": tuple(enters), "unsuited": tuple(unsuited), "leaves": tuple(leaves)}

    def _accepted(self) -> None:
        found: list[Acceptance] = []

        def look(lines: Iterable[Line]) -> None:
            for line in lines:
                for node in line.statements:
                    if node.kind == "accept":
                        because = text_of(node.one("because")) or ""
                        found.append(Acceptance(code=node.words("NAME")[0].value, because=because, span=node.span))
                look(line.children)

        look(self.tree.lines)
        self.fields["accepted"] = tuple(found)

    def _scenarios(self, pathway: Pathway) -> None:
        for rule in pathway.rules():
            if self.scope.find(rule.name, "rule") is None:
                self.scope.declare("rule", rule.name, rule.span)
        self.fields["scenarios"] = [scenario(line, self.scope, self.conditions, pathway) for line in self._lines("scenario")]

    def _complete(self, pathway: Pathway, top: Line) -> None:
        """A pathway without a stage or a way in says nothing; where a line could not be read that may be why."""
        if any(s.kind == "broken" for line in self.tree.lines for s in line.statements):
            return
        if not pathway.stages:
            self.problems.add("PW206", top.span)
        elif not pathway.enters and not any(True for _ in self._lines("enter")):
            self.problems.add("PW205", top.span)


_GROUP = {
    "party": "parties",
    "event": "events",
    "message": "messages",
    "resource": "resources",
    "stage": "stages",
    "end": "stages",
    "handover_declaration": "handovers",
}
_KIND: dict[str, Any] = {
    "sources": "source",
    "parties": "party",
    "events": "event",
    "messages": "message",
    "resources": "resource",
    "facts": "fact",
    "conditions": "condition",
    "handovers": "handover",
    "stages": "stage",
}


def _fact_declarations(line: Line) -> Iterable[Node]:
    """The facts that a line declares: `about patient` and what an event carries."""
    if line.statement.kind not in ("about", "event"):
        return
    for child in line.children:
        for node in child.statements:
            declared = node.one("fact_declaration") if node.kind in ("fact", "carries") else None
            if declared is not None:
                yield declared
