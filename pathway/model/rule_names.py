"""The names of rules (O13), once all rules are known: the label where it is unique, else with its handover, else its stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pathway.language.diagnostics import Problems
from pathway.model.expressions import EventRef
from pathway.model.pathway import Pathway, Stage, Start
from pathway.model.rules import Rule
from pathway.model.scope import place_in_words


def with_final_names(pathway: Pathway, problems: Problems) -> Pathway:
    """The pathway with its rules named. Two rules that cannot be told apart are a problem: one of them needs a label."""
    rules = pathway.rules()
    short, middle = (Counter(name(rule) for rule in rules) for name in (_short, _middle))

    def final(rule: Rule) -> str:
        if rule.handover is None or short[_short(rule)] == 1:
            return _short(rule)
        if middle[_middle(rule)] == 1:
            return _middle(rule)
        return f"{rule.stage or 'throughout'}.{_middle(rule)}"

    seen: dict[str, Rule] = {}
    for rule in rules:
        name = final(rule)
        if name in seen:
            where = place_in_words(seen[name].span, rule.span)
            if rule.kind == "expect" and rule.event is None:  # a limit on staying has no label that would tell it apart
                problems.add("PW264", rule.span, target=name.rpartition(".")[2], where=where)
            else:
                problems.add("PW222", rule.span, name=name, where=where)
        seen.setdefault(name, rule)
    return pathway.model_copy(
        update={
            "throughout": _renamed(pathway.throughout, final),
            "stages": {name: _renamed(stage, final) for name, stage in pathway.stages.items()},
        }
    )


def _short(rule: Rule) -> str:
    if rule.label is not None or rule.handover is None:
        return rule.label or rule.name
    return _middle(rule)


def _middle(rule: Rule) -> str:
    """`handover.label`, or `handover.kind.object`: where it was declared an unlabelled one was named `handover.…`."""
    return f"{rule.handover}.{rule.label or rule.name.removeprefix('handover.')}"


def _renamed(stage: Stage, final: Callable[[Rule], str]) -> Stage:
    def named(rule: Rule) -> Rule:
        return rule.model_copy(update={"name": final(rule)})

    return with_each_rule(stage, named)


def with_each_rule(stage: Stage, changed: Callable[[Rule], Rule | None]) -> Stage:
    """The stage with each of its rules changed, those under ways out and starts too; None leaves a rule out."""

    def those(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(kept for rule in rules if (kept := changed(rule)) is not None)

    def beginnings(starts: tuple[Start, ...]) -> tuple[Start, ...]:
        return tuple(start.model_copy(update={"rules": those(start.rules)}) for start in starts)

    ways = tuple(
        way.model_copy(
            update={
                "rules": those(way.rules),
                "starts": beginnings(way.starts),
                "within": changed(way.within) if way.within else None,
            }
        )
        for way in stage.transitions
    )
    return stage.model_copy(update={"rules": those(stage.rules), "starts": beginnings(stage.starts), "transitions": ways})


def object_of(kind: str, said: Mapping[str, Any]) -> str:
    """What an unlabelled rule is named after."""
    if kind == "send":
        return str(said["message"])
    if kind == "need":
        return str(said["resource"])
    if kind == "look_up":
        return str(said["basis"][0].name)
    event: EventRef = said["event"]
    return event.name
