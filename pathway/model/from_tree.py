"""Tree → model: declarations first, so that their order does not matter, then everything that speaks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pathway.language.diagnostics import Problems, risk_codes
from pathway.language.source import Span
from pathway.language.tree import BROKEN, Line, Node, Tree
from pathway.model import declarations
from pathway.model.clauses import Clauses, text_of
from pathway.model.conditions import Conditions
from pathway.model.indicators import Indicators, bands
from pathway.model.pathway import Acceptance, Fact, NamedCondition, Pathway, Stage
from pathway.model.rule_names import with_final_names
from pathway.model.scenarios import Scenes
from pathway.model.scope import Scope
from pathway.model.statements import Statements
from pathway.model.titles import Contents, aliases_of, joined_fact, names_of, say_second_titles, titled
from pathway.model.ways import shown_once, ways_in_and_out

_MERGED = (
    "sources", "parties", "events", "messages", "resources", "facts", "conditions", "bands", "handovers", "indicators"
)  # fmt: skip
"""What a library gives to those that use it."""


def build(
    tree: Tree, libraries: Mapping[str, Pathway], *, incomplete: bool = False, started: Mapping[str, str] | None = None
) -> tuple[Pathway | None, Problems]:
    """The pathway that a tree says, with every name resolved, and what is wrong with it.

    `libraries` are those that the file `use`s, by their own names; `incomplete` when one of them is missing or has errors.
    `started` gives the own name of each pathway that it starts, by the name written. With errors the pathway holds what could
    be built; it is None only when the text has no line that says anything.
    """
    builder = Builder(tree, libraries, started or {})
    builder.scope.incomplete = incomplete
    return builder.build(), builder.problems


class Builder:
    """Builds a file's pathway. An adaptation is built by one of its own kind (`adaptations`)."""

    def __init__(self, tree: Tree, libraries: Mapping[str, Pathway], started: Mapping[str, str]) -> None:
        self.tree = tree
        self.lines: Sequence[Line] = tree.lines
        """The lines that count as standing at the margin."""
        self.started = started
        self.problems = Problems()
        self.scope = Scope(self.problems, tree.language)
        self.scope.allow_broken(tree.lines)
        self.fields: dict[str, Any] = {name: {} for name in (*_MERGED, "stages")}
        self.definitions: dict[str, Node] = {}
        self.fresh: list[tuple[str, str, Line]] = []
        """What the file declares: the group, the name, the line."""
        self.conditions = Conditions(self.scope, self.fields["facts"], self.definitions)
        self.clauses = Clauses(self.scope, self.conditions)
        for library in libraries.values():
            self._take_in(library)
        self.conditions.library = {name: each.condition for name, each in self.fields["conditions"].items()}
        self.fields["uses"] = tuple(libraries)

    def _take_in(self, library: Pathway) -> None:
        for group in _MERGED:
            for name, item in getattr(library, group).items():
                if self.fields[group].get(name) == item:
                    continue  # a library that two libraries use
                span = getattr(item, "span", None)
                aliases = [(alias, span) for alias in getattr(item, "aliases", {}).values()]
                if self.scope.declare(_KIND[group], name, span, aliases):
                    self.fields[group][name] = item

    def build(self) -> Pathway | None:
        top = next((line for line in self._lines("pathway", "library")), None)
        if top is None and self.tree.lines and not self._broken:
            self.problems.add("PW204", self.tree.lines[0].span)
        if top is None and not any(line.statement.kind != BROKEN for line in self.tree.lines):
            return None
        for other in list(self._lines("pathway", "library"))[1:]:
            self.problems.add("PW231", other.span)
        self.fields |= {"name": "unnamed", "kind": "pathway", "language": self.tree.language}
        if top is not None:
            self.fields |= names_of(top.statement, self.tree.language) | {"kind": top.statement.kind}
            declarations.head(top, self.scope, self.fields)
        for line in self._lines(BROKEN):  # a first line that could not be read may have sources beneath it
            declarations.head(line, self.scope, self.fields)
        self._declare()
        self._stages()
        ends = frozenset(name for name, stage in self.fields["stages"].items() if stage.end)
        self.fields |= ways_in_and_out(self.tree.lines, self.clauses, ends)
        self.fields["accepted"] = tuple(self._accepted(self.tree.lines))
        pathway = with_final_names(Pathway(**self.fields), self.problems)
        for rule in pathway.rules():
            if self.scope.find(rule.name, "rule") is None:
                self.scope.declare("rule", rule.name, rule.span)
        scenes = Scenes(self.scope, self.conditions, pathway)
        scenarios = tuple(scenes.build(line) for line in self._lines("scenario"))
        if top is not None and top.statement.kind == "pathway" and not self._broken:
            self._complete(pathway, top)
        return pathway.model_copy(update={"scenarios": scenarios})

    def _lines(self, *kinds: str) -> Iterator[Line]:
        return (line for line in self.lines if line.statement.kind in kinds)

    @property
    def _broken(self) -> bool:
        """Whether a line at the margin could not be read: what is missing may have stood there."""
        return any(True for _ in self._lines(BROKEN))

    def _declare(self) -> None:
        """First every name, then what is said of each."""
        fields, language = self.fields, self.tree.language
        say_second_titles(self.tree, self.problems)
        for line in self.lines:
            group = _GROUP.get(line.statement.kind)
            if group is None:
                continue
            name = line.statement.words("NAME")[0]
            if " " in name.text:  # written in two words here, in one elsewhere
                self.scope.perhaps.add("".join(name.text.split()))
            if self.scope.declare(_KIND[group], name.value, name.span, aliases_of(line.statement)):
                self.fresh.append((group, name.value, line))
        for line in self.lines:
            for node in _fact_declarations(line):
                self._declare_fact(node, carried=line.statement.kind == "event")
            if line.statement.kind == "define":
                name = line.statement.words("NAME")[0]
                if self.scope.declare("condition", name.value, name.span, aliases_of(line.statement)):
                    self.definitions[name.value] = line.statement
        self._declare_bands()
        for defined, node in self.definitions.items():
            condition = self.conditions.named(defined, node)
            if condition is not None:
                fields["conditions"][defined] = NamedCondition(**names_of(node, language), condition=condition)
        defaults = [part for line in self._lines("all_messages") for part in declarations.parts_of(line)]
        contents = Contents(fields["messages"].values(), fields["facts"], self.scope)
        said = [part for line in self._lines("message") for part in declarations.parts_of(line)]
        contents.declare((node for part in (*defaults, *said) if part.kind == "contains" for node in titled(part)), language)
        make: dict[str, Callable[[Line], Any]] = {
            "parties": lambda line: declarations.party(line, self.clauses, language),
            "events": lambda line: declarations.event(line, self.clauses, language),
            "resources": lambda line: declarations.resource(line, self.clauses, language),
            "messages": lambda line: declarations.message(line, defaults, self.clauses, contents, language),
        }
        for group, named, line in self.fresh:
            if group in make:
                fields[group][named] = make[group](line)
        declarations.without_circles(fields["parties"], self.scope)
        self.clauses.residences.update(party.residence for party in fields["parties"].values() if party.residence)
        indicators = Indicators(self.clauses, language)
        for group, named, line in self.fresh:
            indicator = indicators.build(line) if group == "indicators" else None
            if indicator is not None:
                fields[group][named] = indicator

    def _declare_bands(self) -> None:
        for line in self._lines("bands"):
            name = line.statement.words("NAME")[0]
            if self.scope.declare("band", name.value, name.span, aliases_of(line.statement)):
                found = bands(line.statement, self.clauses, self.tree.language)
                self.fields["bands"] |= {} if found is None else {found.name: found}

    def _declare_fact(self, node: Node, *, carried: bool) -> None:
        fact: Fact = declarations.fact(node, self.scope, self.tree.language).model_copy(update={"carried": carried})
        before = self.scope.find(fact.name, "fact")
        known = None if before is None else self.fields["facts"].get(before.name)
        if known is not None and known.type.alike(fact.type):
            self.fields["facts"][known.name] = joined_fact(known, fact, self.problems)
            return  # two events may carry the same fact
        name = node.words("NAME")[0]
        if self.scope.declare("fact", fact.name, name.span, aliases_of(node)):
            self.fields["facts"][fact.name] = fact

    def _stages(self) -> None:
        """Handovers, then stages in their order, then what holds in all of them."""
        statements = self.statements()
        for group, named, line in self.fresh:
            if group == "stages" and line.statement.kind == "end":
                self.fields["stages"][named] = Stage(**names_of(line.statement, self.tree.language), end=True)
            elif group == "stages":
                self.fields["stages"][named] = statements.stage(line)
        shown_once(self.fields["stages"].values(), self.clauses)
        everywhere = [(line, statements.block(line, None)) for line in self._lines("throughout")]
        if everywhere:
            self.fields["throughout"] = Stage(
                name="throughout",
                rules=tuple(rule for _, block in everywhere for rule in block["rules"]),
                transitions=tuple(way for _, block in everywhere for way in block["transitions"]),
                starts=tuple(start for _, block in everywhere for start in block["starts"]),
                span=everywhere[0][0].span,
            )
        self.fields["costs"] = tuple(statements.costs)

    def statements(self) -> Statements:
        """What builds stages, with the handovers of the file declared."""
        statements = Statements(self.scope, self.clauses, self.fields, self.tree.language, self.started)
        for group, _, line in self.fresh:
            if group == "handovers":
                statements.declare_handover(line)
        return statements

    def _accepted(self, lines: Iterable[Line], covers: Span | None = None) -> Iterator[Acceptance]:
        """The risks that are answered, wherever the answer stands: beneath a stage or a rule, for that one."""
        for line in lines:
            for node in line.statements:
                if node.kind == "accept":
                    word = node.words("NAME")[0]
                    if word.value not in risk_codes():
                        self.problems.add("PW255", word.span, code=word.text)
                    because = text_of(node.one("because")) or ""
                    yield Acceptance(code=word.value, because=because, span=node.span, covers=covers)
            yield from self._accepted(line.children, _whole(line))

    def _complete(self, pathway: Pathway, top: Line) -> None:
        """A pathway without a stage or a way in says nothing."""
        if not pathway.stages:
            self.problems.add("PW206", top.span)
        elif not any(True for _ in self._lines("enter")):
            self.problems.add("PW205", top.span)


_GROUP = {
    "party": "parties",
    "event": "events",
    "message": "messages",
    "resource": "resources",
    "stage": "stages",
    "end": "stages",
    "handover_declaration": "handovers",
    "indicator": "indicators",
}
_KIND: dict[str, Any] = {
    "sources": "source",
    "parties": "party",
    "events": "event",
    "messages": "message",
    "resources": "resource",
    "facts": "fact",
    "conditions": "condition",
    "bands": "band",
    "handovers": "handover",
    "indicators": "indicator",
    "stages": "stage",
}


def _fact_declarations(line: Line) -> Iterable[Node]:
    """The facts that a line declares: `about patient`, what an event carries, and a `fact` of an adaptation."""
    own = line.statement.one("fact_declaration") if line.statement.kind == "fact" else None
    if own is not None:
        yield own
    if line.statement.kind not in ("about", "event"):
        return
    for child in line.children:
        for node in child.statements:
            declared = node.one("fact_declaration") if node.kind in ("fact", "carries") else None
            if declared is not None:
                yield declared


def _whole(line: Line) -> Span:
    """The place of a line with all that stands beneath it."""
    last = line
    while last.children:
        last = last.children[-1]
    return line.span.to(last.span)
