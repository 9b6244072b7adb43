"""A local adaptation from the tree: the national pathway whole, with what the adaptation changes changed (P7).

An adaptation is for its own parties: those that `is` a fact of its condition (`when residence is 4602` and `party municipality
… is residence`), what is part of them, and those that it declares itself. It may loosen only what its own parties answer for,
and nothing that has `force law`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pathway.language.diagnostics import Problems
from pathway.language.source import LANGUAGES, Language, Span
from pathway.language.tree import BROKEN, Line, Node, Tree
from pathway.language.words import vocabulary
from pathway.model import declarations
from pathway.model.assertions import Assertions
from pathway.model.change_texts import change_text
from pathway.model.changes import Change
from pathway.model.clauses import text_of
from pathway.model.declarations import listed
from pathway.model.expressions import facts_in
from pathway.model.from_tree import Builder
from pathway.model.pathway import Pathway, Stage
from pathway.model.replacing import REPLACED, Replacing
from pathway.model.rule_names import with_each_rule, with_final_names
from pathway.model.rules import Rule
from pathway.model.scenarios import Scenes
from pathway.model.scope import place_in_words
from pathway.model.statements import looking_back_if_sent
from pathway.model.strictness import compared
from pathway.model.timing import TIMINGS

_LIMITS = TIMINGS | {"frequency", "receipt", "answer", "target", "source", "force", "because", "dissent"}
"""What a change of a rule can say: its limits, and where they come from."""
_IN_STAGE = ("rule", "handover", "while_here", "when_block", "costs", "accept", BROKEN)
"""What a stage of an adaptation can hold."""
_AT_MARGIN = (
    "adapt", "use", "language", "party", "event", "message", "all_messages", "resource", "about", "fact", "define", "bands",
    "indicator", "accept", "scenario", "stage", "throughout", BROKEN,
)  # fmt: skip


def adapted(
    tree: Tree,
    libraries: Mapping[str, Pathway],
    national: Pathway,
    *,
    incomplete: bool = False,
    started: Mapping[str, str] | None = None,
) -> tuple[Pathway, Problems]:
    """The pathway that an adaptation makes of the national one, and what is wrong with it."""
    builder = _Adapter(tree, {**libraries, national.name: national}, started or {}, national)
    builder.scope.incomplete = incomplete
    return builder.adapted(), builder.problems


class _Adapter(Builder):
    def __init__(self, tree: Tree, libraries: Mapping[str, Pathway], started: Mapping[str, str], national: Pathway) -> None:
        super().__init__(tree, libraries, started)
        self.national = national
        self.top = next(line for line in tree.lines if line.statement.kind == "adapt")
        self.lines = [line for line in (*tree.lines, *self.top.children) if line.statement.kind not in ("stage", "throughout")]
        self.stage_lines = [
            line for line in (*tree.lines, *self.top.children) if line.statement.kind in ("stage", "throughout")
        ]
        self.rules = {rule.name: rule for rule in national.rules()}
        self.changed: dict[str, Rule | None] = {}
        """By rule, what it is now; None when it is dropped."""
        self.places: dict[str, Span] = {}
        self.changes: list[Change] = []

    def adapted(self) -> Pathway:
        national, top = self.national, self.top
        taken = ("name", "titles", "aliases", "version", "valid", "time_zone", "calendar", "owner", "purpose", "dissents")
        self.fields |= {name: getattr(national, name) for name in (*taken, "unsuited", "enters", "leaves")}
        self.fields |= {"uses": (*national.uses, *(name for name in self.fields["uses"] if name != national.name))}
        self.fields |= {"language": self.tree.language, "stages": dict(national.stages), "span": top.span}
        for stage in national.stages.values():
            self.scope.declare("stage", stage.name, stage.span, [(alias, stage.span) for alias in stage.aliases.values()])
        for name, rule in self.rules.items():
            self.scope.declare("rule", name, rule.span)
        declarations.head(top, self.scope, self.fields)
        for line in self.tree.lines:
            if line.statement.kind not in _AT_MARGIN:
                self._refused(line.statement)
        self._declare()
        self._whom()
        added, costs = self._added()
        self.assertions = Assertions(self.scope, national)
        replacing = self._change()
        stages = {name: self._with(stage, added, replacing) for name, stage in national.stages.items()}
        pathway = Pathway(
            **self.fields
            | {
                "stages": stages,
                "throughout": self._with(national.throughout, added, replacing),
                "costs": (*national.costs, *costs),
                "changes": tuple(self.changes),
                "accepted": (*national.accepted, *self._accepted(self.tree.lines)),
            }
        )
        for change in self.changes:
            if change.kind in ("loosen", "drop"):
                told = {language: change_text(change, pathway, language) for language in LANGUAGES}
                self.problems.add("PW296", change.span, change=told)
        for rule in pathway.rules():
            if self.scope.find(rule.name, "rule") is None:
                self.scope.declare("rule", rule.name, rule.span)
        scenes = Scenes(self.scope, self.conditions, pathway)
        return pathway.model_copy(update={"scenarios": tuple(scenes.build(line) for line in self._lines("scenario"))})

    def _whom(self) -> None:
        """For whom it is, and against what it was agreed."""
        top = self.top.statement
        self.fields["adaptation"] = text_of(top)
        conditions = [top, *(line.statement for line in self.top.children)]
        asked = [node for each in conditions for node in ([each] if each.kind == "when" else each.all("when"))]
        self.fields["applies_when"] = self.clauses.condition(asked)
        based = [line.statement for line in self.top.children if line.statement.kind == "based_on"]
        broken = any(line.statement.kind == BROKEN for line in self.top.children)
        missing = [_written(kind) for kind, said in (("WHEN", asked), ("BASED_ON", based)) if not said]
        if missing and not broken:
            names = {language: ", ".join(f"`{each[language]}`" for each in missing) for language in LANGUAGES}
            self.problems.add("PW284", top.span, missing=names)
        for again in based[1:]:
            self.problems.add("PW214", again.span, line=based[0].span.line)
        if based:
            self.fields["based_on"] = based[0].words()[0].value
            if self.fields["based_on"] != self.national.version:
                values = {"based": self.fields["based_on"], "now": self.national.version or "-"}
                self.problems.add("PW285", based[0].span, name=self.national.name, **values)
        self.own = self._own_parties()

    def _own_parties(self) -> frozenset[str]:
        facts = facts_in(self.fields["applies_when"])
        own = {name for name, party in self.fields["parties"].items() if party.residence in facts}
        own |= {name for name in self.fields["parties"] if name not in self.national.parties}
        grown = True
        while grown:
            more = {name for name, party in self.fields["parties"].items() if party.part_of in own} - own
            own |= more
            grown = bool(more)
        return frozenset(own)

    def _added(self) -> tuple[dict[str | None, tuple[Rule, ...]], tuple[Any, ...]]:
        """The rules and prices that the adaptation adds, by stage (None: throughout)."""
        statements = self.statements()
        blocks: dict[str | None, list[Rule]] = {}
        for line in self.stage_lines:
            word = line.statement.word("NAME")
            stage = self.scope.name(word, "stage") if word else None
            for part in line.statement.parts:
                if isinstance(part, Node):
                    self._refused(part)
            kept = []
            for child in line.children:
                if child.statement.kind in _IN_STAGE:
                    kept.append(child)
                else:
                    self._refused(child.statement)
            if stage is not None or word is None:
                block = statements.block(Line(line.statements, line.span, line.words, kept), stage)
                blocks.setdefault(stage, []).extend(block["rules"])
        alone = Pathway(
            name=self.national.name,
            throughout=Stage(name="throughout", rules=tuple(blocks.pop(None, ()))),
            stages={stage: Stage(name=stage, rules=tuple(rules)) for stage, rules in blocks.items() if stage is not None},
        )
        named = with_final_names(alone, self.problems)
        for rule in named.rules():
            if rule.name in self.rules:
                where = place_in_words(self.rules[rule.name].span, rule.span)
                self.problems.add("PW222", rule.span, name=rule.name, where=where)
            self.changes.append(Change(kind="add", after=rule, span=rule.span))
        found: dict[str | None, tuple[Rule, ...]] = {name: stage.rules for name, stage in named.stages.items()}
        return found | {None: named.throughout.rules}, tuple(statements.costs)

    def _refused(self, node: Node) -> None:
        """What an adaptation cannot change: where patients come in, where they go and who has them."""
        self.problems.add("PW294", node.span)

    def _change(self) -> Replacing:
        replacing = Replacing()
        for line in self.top.children:
            match line.statement.kind:
                case "tighten" | "loosen":
                    self._limit(line)
                case "drop":
                    self._drop(line.statement)
                case "bind":
                    self._bind(line.statement)
                case "not_offered":
                    self._not_offered(line.statement)
                case "replace":
                    self._replace(line.statement, replacing)
        return replacing

    def _rule(self, node: Node) -> Rule | None:
        """The rule that a change names, if nothing has changed it before."""
        named = node.one("rule_name")
        name = self.assertions.rule(named)
        if named is None or name is None or not self._first(name, named.span):
            return None
        return self.rules[name]

    def _first(self, name: str, span: Span) -> bool:
        """Whether nothing has changed this yet."""
        before = self.places.setdefault(name, span)
        if before is not span:
            self.problems.add("PW286", span, name=name, line=before.line)
        return before is span

    def _limit(self, line: Line) -> None:
        node = line.statement
        rule = self._rule(node)
        if rule is None:
            return
        on_line = [part for part in node.parts if isinstance(part, Node) and part.kind != "rule_name"]
        problems = len(self.problems)
        for part in (*on_line, *(part for child in line.children for part in child.statements)):
            if part.kind not in _LIMITS and part.kind != BROKEN:
                self._refused(part)
        clauses = self.clauses.gather(on_line, line.children, rule.kind)
        fields = self.clauses.fields(clauses, lambda word: self.scope.name(word, "party"))
        looking_back_if_sent(rule.kind, clauses, fields)
        because = text_of(next((part for part in clauses if part.kind == "because"), None))
        after = _with_limits(rule, {part.kind for part in clauses}, fields)
        broken = any(part.kind == BROKEN for child in line.children for part in child.statements)
        if broken or len(self.problems) > problems:
            return  # what it would come to is not known
        if because is None:
            self.problems.add("PW293", node.span)
        told = compared(rule, after)
        wrong = {"same": "PW292", "mixed": "PW291", "unknown": "PW291"}.get(told)
        if wrong is None and (told == "looser") != (node.kind == "loosen"):
            wrong = "PW289" if node.kind == "tighten" else "PW290"
        if wrong is not None:
            self.problems.add(wrong, node.span, **self._limits(rule, after))
        elif node.kind == "tighten" or self._may_loosen(rule, node):
            self.changed[rule.name] = after
            self.changes.append(Change(kind=node.kind, before=rule, after=after, because=because, span=node.span))

    def _limits(self, before: Rule, after: Rule) -> dict[str, Any]:
        """The limits before and after, for a message."""
        change = Change(kind="tighten", before=before, after=after)
        pathway = self.national.model_copy(update={group: self.fields[group] for group in ("events", "messages", "facts")})
        return {"name": before.name, "change": {each: change_text(change, pathway, each) for each in LANGUAGES}}

    def _may_loosen(self, rule: Rule, node: Node) -> bool:
        if rule.standing.force == "law":
            self.problems.add("PW287", node.span, name=rule.name)
            return False
        others = [party for party in self._answering(rule) if party not in self.own]
        if others and not self.own:
            self.problems.add("PW299", self.top.statement.span)
        elif others:
            parties = self.fields["parties"]
            titles = {each: ", ".join(parties[name].title(each) for name in others) for each in LANGUAGES}
            self.problems.add("PW288", node.span, name=rule.name, parties=titles)
        return not others

    def _answering(self, rule: Rule) -> list[str]:
        """Who answers for a rule (O10), as far as the text tells: under `throughout` whoever has the patient."""
        if rule.by is not None or rule.sender is not None:
            answering = [rule.by or rule.sender or ""]
        elif rule.stage is not None:
            answering = [self.national.stages[rule.stage].party or ""]
        else:
            answering = [stage.party or "" for stage in self.national.stages.values()]
        replies = rule.receivers if rule.receipt is not None or rule.answer is not None else ()
        return list(dict.fromkeys(name for name in (*answering, *replies) if name))

    def _drop(self, node: Node) -> None:
        rule = self._rule(node)
        if rule is not None and self._may_loosen(rule, node):
            self.changed[rule.name] = None
            self.changes.append(Change(kind="drop", before=rule, because=text_of(node.one("because")), span=node.span))

    def _bind(self, node: Node) -> None:
        word, unit = node.words()
        party = self.scope.name(word, "party")
        if party is not None and self._first(f"{_written('BIND')['en']} {party}", word.span):
            self.fields.setdefault("units", {})[party] = unit.value
            self.changes.append(Change(kind="bind", was=party, now=unit.value, span=node.span))

    def _not_offered(self, node: Node) -> None:
        because = text_of(node.one("because"))
        for word in listed(node):
            resource = self.scope.name(word, "resource")
            if resource is None or not self._first(f"resource {resource}", word.span):
                continue
            self.fields.setdefault("not_offered", {})[resource] = because or ""
            for name in self.own:
                party = self.fields["parties"][name]
                left = tuple(offered for offered in party.offers if offered != resource)
                self.fields["parties"][name] = party.model_copy(update={"offers": left})
            self.changes.append(Change(kind="not_offered", was=resource, because=because, span=node.span))

    def _replace(self, node: Node, replacing: Replacing) -> None:
        was, now = node.words("NAME")
        where = node.one("in_stage")
        word = where.word("NAME") if where else None
        stage = self.scope.name(word, "stage") if word else None
        found = [kind for kind in REPLACED if self.scope.find(was.value, kind)]
        kinds = [kind for kind in found if self.scope.find(now.value, kind)] or found or REPLACED
        old = self.scope.resolve(was, *kinds)
        new = None if old is None else self.scope.resolve(now, old.kind)
        if old is None or new is None or (word is not None and stage is None):
            return
        if not self._first(f"{old.name} {stage or ''}", was.span):
            return
        touched = replacing.add(old.kind, old.name, new.name, stage, self.national)
        if touched is None:
            self.problems.add("PW295", was.span, name=was.text)
            return
        for rule in touched:
            if not self._may_loosen(rule, node):
                return
        because = text_of(node.one("because"))
        change = Change(kind="replace", was=old.name, now=new.name, stage=stage, because=because, span=node.span)
        self.changes.append(change)

    def _with(self, stage: Stage, added: Mapping[str | None, tuple[Rule, ...]], replacing: Replacing) -> Stage:
        own = None if stage is self.national.throughout else stage.name
        changed = with_each_rule(stage, lambda rule: self.changed.get(rule.name, rule))
        changed = replacing.stage(changed, own)
        return changed.model_copy(update={"rules": (*changed.rules, *added.get(own, ()))})


def _with_limits(rule: Rule, said: Iterable[str], fields: Mapping[str, Any]) -> Rule:
    """The rule with the limits that a change says. A limit without an anchor keeps the one that was; what held at other times
    does not hold here."""
    said = set(said)
    update: dict[str, Any] = {name: fields[name] for name in ("receipt", "answer", "target", "frequency") if name in said}
    timing = fields.get("timing")
    if timing is not None:
        own = rule.timing
        if own is not None:
            timing = timing.model_copy(update={"anchor": timing.anchor or own.anchor, "repeat": own.repeat})
        update |= {"timing": timing, "variants": ()}
    standing, new = rule.standing, fields["standing"]
    changes: dict[str, Any] = {"because": new.because, "dissents": (*standing.dissents, *new.dissents)}
    if new.source is not None:
        changes |= {"source": new.source, "place": new.place}
    if new.force is not None:
        changes["force"] = new.force
    return rule.model_copy(update=update | {"standing": standing.model_copy(update=changes)})


def _written(kind: str) -> dict[Language, str]:
    return {language: vocabulary(language).write(kind) for language in LANGUAGES}
