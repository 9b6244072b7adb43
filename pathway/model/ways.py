"""How patients come into a pathway and go out of it, from the tree: `enter`, `unsuited`, `leave`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pathway.language.tree import Line, Node
from pathway.model.clauses import Clauses, text_of
from pathway.model.declarations import parts_of
from pathway.model.expressions import EventRef
from pathway.model.pathway import Enter, Leave, Stage, Unsuited
from pathway.model.values import duration


def ways_in_and_out(lines: Iterable[Line], clauses: Clauses, ends: frozenset[str]) -> dict[str, Any]:
    """The fields `enters`, `unsuited` and `leaves` of a pathway."""
    enters: list[Enter] = []
    unsuited: list[Unsuited] = []
    leaves: list[Leave] = []
    for line in lines:
        node = line.statement
        if node.kind not in ("enter", "unsuited", "leave"):
            continue
        parts = clauses.gather(parts_of(line), (), node.kind)
        because = text_of(next((part for part in parts if part.kind == "because"), None))
        if node.kind == "enter":
            enters += _enter(node, parts, clauses, ends)
        elif node.kind == "unsuited":
            _unsuited(node, parts, clauses)
            unsuited.append(Unsuited(when=clauses.condition(parts), because=because or "", span=node.span))
        elif on := _events(parts, clauses):
            leaves.append(Leave(on=on, when=clauses.condition(parts), because=because, span=node.span))
        elif not any(part.kind == "on" for part in parts):
            clauses.scope.problems.add("PW232", node.span)
    return {"enters": tuple(enters), "unsuited": tuple(unsuited), "leaves": tuple(leaves)}


def _enter(node: Node, parts: list[Node], clauses: Clauses, ends: frozenset[str]) -> list[Enter]:
    word = node.words("NAME")[0]
    stage = clauses.scope.name(word, "stage")
    if stage in ends:
        clauses.scope.problems.add("PW251", word.span, name=word.text)
    asked = clauses.conditions.events_asked
    on, when = _events(parts, clauses), clauses.condition(parts)
    if not any(part.kind == "on" for part in parts) and clauses.conditions.events_asked == asked:
        clauses.scope.problems.add("PW232", node.span)
    span = next((part.one("duration") for part in parts if part.kind == "looking_back"), None)
    looking_back = duration(span, clauses.scope.problems) if span else None
    if stage is None or not on:
        return []
    return [Enter(stage=stage, on=on, when=when, looking_back=looking_back, span=node.span)]


def _unsuited(node: Node, parts: list[Node], clauses: Clauses) -> None:
    """It is asked on the events of the lines `enter`, so it has none of its own; without a condition it would be everyone."""
    on = next((part for part in parts if part.kind == "on"), None)
    if on is not None:
        clauses.scope.problems.add("PW252", on.span)
    elif not any(part.kind == "when" for part in parts):
        clauses.scope.problems.add("PW253", node.span)


def _events(parts: list[Node], clauses: Clauses) -> tuple[EventRef, ...]:
    on = (part.one("event_refs") for part in parts if part.kind == "on")
    return tuple(event for refs in on for event in clauses.conditions.events(refs))


def shown_once(stages: Iterable[Stage], clauses: Clauses) -> None:
    """An event that shows two stages shows neither."""
    shown: dict[EventRef, str] = {}
    for stage in stages:
        for event in stage.recognised_by:
            if shown.setdefault(event, stage.name) != stage.name:
                clauses.scope.problems.add("PW254", stage.span, name=event.name, stage=shown[event])
