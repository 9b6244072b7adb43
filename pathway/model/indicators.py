"""Indicators and bands from the tree: what is counted of a population, and by which groups."""

from __future__ import annotations

from typing import Any, Literal, cast

from pathway.language.source import Language
from pathway.language.tree import Line, Node
from pathway.model.clauses import Clauses
from pathway.model.declarations import listed, parts_of
from pathway.model.expressions import EventRef
from pathway.model.measures import Bands, Group, Indicator
from pathway.model.scope import Kind
from pathway.model.titles import names_of
from pathway.model.values import amount

_WHAT = {"counted": "count", "summed": "sum", "median": "median"}
EPISODE = "episode"
"""`per episode`: the same word in all three languages, and no keyword."""
_GROUPS: dict[Kind, Literal["fact", "band", "party"]] = {"fact": "fact", "band": "band", "party": "party"}


def bands(node: Node, clauses: Clauses, language: Language) -> Bands | None:
    """`define age_band as age split at 65, 75, 85`."""
    scope = clauses.scope
    word = node.words("NAME")[1]
    fact = scope.name(word, "fact")
    numbers = node.words("NUMBER")
    at = [amount(number, scope.problems) for number in numbers]
    for place, number in enumerate(numbers[1:], 1):
        if at[place] <= at[place - 1]:
            scope.problems.add("PW276", number.span, value=number.text, before=numbers[place - 1].text)
            return None
    if fact is None:
        return None
    if clauses.conditions.facts[fact].type.kind != "number":
        scope.problems.add("PW275", word.span, name=word.text)
        return None
    return Bands(**names_of(node, language), fact=fact, at=tuple(float(each) for each in at))


class Indicators:
    """Builds indicators. What cannot be built is left out, and its problem has been noted."""

    def __init__(self, clauses: Clauses, language: Language) -> None:
        self.clauses = clauses
        self.scope = clauses.scope
        self.language = language

    def build(self, line: Line) -> Indicator | None:
        node = line.statement
        parts = self.clauses.gather(parts_of(line), (), "indicator")
        found = [part for part in parts if part.kind in _WHAT]
        broken = any(statement.kind == "broken" for child in line.children for statement in child.statements)
        if len(found) != 1:
            if found:
                self.scope.problems.add("PW277", found[1].span)
            elif not broken:
                self.scope.problems.add("PW278", node.span)
            return None
        what = found[0]
        fields = names_of(node, self.language) | {"kind": _WHAT[what.kind], "standing": self.clauses.standing(parts)}
        whole = self._counted(what, fields) if what.kind == "counted" else self._between(what, fields)
        whole &= self._denominator(parts, fields)
        fields["groups"] = self._groups(parts)
        fields["target"] = self._target(parts, what)
        return Indicator(**fields) if whole else None

    def _counted(self, node: Node, fields: dict[str, Any]) -> bool:
        within = node.one("within")
        assert within is not None  # the grammar sees to it
        timing = self.clauses.timings.timing(within)
        fields["event"] = self.clauses.conditions.event(node.one("event_ref"))
        fields["within"] = timing.upper
        anchor = timing.anchor
        if within.one("anchor") is not None and (anchor is None or len(anchor.events) != 1):
            if anchor is not None:
                self.scope.problems.add("PW279", within.span)
            return False
        fields["after"] = anchor.events[0] if anchor else None
        return fields["event"] is not None

    def _between(self, node: Node, fields: dict[str, Any]) -> bool:
        unit, between = node.word("TIMEUNIT"), node.one("from_to")
        assert unit is not None and between is not None  # the grammar sees to it
        fields["start"], fields["end"] = (self.clauses.conditions.event(part) for part in between.all("event_ref"))
        if unit.value not in ("day", "hour"):
            self.scope.problems.add("PW280", unit.span, unit=unit.text)
            return False
        fields["unit"] = unit.value
        return fields["start"] is not None and fields["end"] is not None

    def _denominator(self, parts: list[Node], fields: dict[str, Any]) -> bool:
        """What is counted once: the events of `out of` or `per`, else those that time is counted from."""
        said = {part.kind: part for part in parts if part.kind in ("out_of", "per")}
        per = said["per"].one("event_ref") if "per" in said else None
        word = per.word("NAME") if per else None
        by_episode = word is not None and word.value == EPISODE and self.scope.find(EPISODE, "event") is None
        if by_episode:
            del said["per"]
        events = {kind: self.clauses.conditions.event(part.one("event_ref")) for kind, part in said.items()}
        if None in events.values():
            return False
        if len(events) == 2 and events["out_of"] != events["per"]:
            self.scope.problems.add("PW281", said["per"].span, event=cast(EventRef, events["out_of"]).name)
        each = next((part for part in parts if part.kind == "per_patient"), None)
        if each is not None and "per" in said:
            self.scope.problems.add("PW244", each.span, line=said["per"].span.line)
        fields["per"] = "patient" if each is not None else "episode" if by_episode else "event"
        fields["out_of"] = events.get("out_of") or events.get("per") or fields.get("after") or fields.get("start")
        fields["after"] = fields.get("after") or (fields["out_of"] if fields["kind"] == "count" else None)
        return fields["out_of"] is not None

    def _groups(self, parts: list[Node]) -> tuple[Group, ...]:
        groups: list[Group] = []
        for part in parts:
            for word in listed(part) if part.kind == "group_by" else ():
                found = self.scope.resolve(word, "fact", "band", "party")
                if found is not None:
                    groups.append(Group(kind=_GROUPS[found.kind], name=found.name))
        return tuple(dict.fromkeys(groups))

    def _target(self, parts: list[Node], what: Node) -> Any:
        node = next((part for part in parts if part.kind == "target"), None)
        if node is None:
            return None
        if what.kind != "counted":
            self.scope.problems.add("PW282", node.span)
            return None
        return self.clauses.target(node)
