"""`replace nursing_home with short_stay in stage home`: one name for another wherever a stage says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from pathway.model.expressions import EventRef
from pathway.model.pathway import Pathway, Stage
from pathway.model.rules import Basis, Rule
from pathway.model.scope import Kind

REPLACED: tuple[Kind, ...] = ("stage", "party", "resource", "event", "message")
"""What can be replaced, by another of its kind."""
_FIELDS: dict[Kind, tuple[str, ...]] = {
    "stage": ("target",),
    "party": ("party", "sender", "receivers", "by"),
    "resource": ("resource",),
    "event": (),
    "message": ("message",),
}
"""The fields that name such a thing, beside the references to events."""


@dataclass(frozen=True, slots=True)
class _One:
    kind: Kind
    was: str
    now: str
    stage: str | None


@dataclass
class Replacing:
    """The replacements of an adaptation."""

    replaced: list[_One] = field(default_factory=list)

    def add(self, kind: Kind, was: str, now: str, stage: str | None, national: Pathway) -> list[Rule] | None:
        """Note a replacement. The rules that say something else by it; None when the name does not stand there."""
        one = _One(kind, was, now, stage)
        touched: list[Rule] = []
        stands = False
        for each in (national.throughout, *national.stages.values()):
            own = None if each is national.throughout else each.name
            if stage not in (None, own):
                continue
            changed = _rewritten(each, one)
            stands |= changed is not each
            if own is not None and changed.party != each.party:
                touched += [rule for rule in each.rules if rule.by is None and rule.sender is None]
            before, after = (Pathway(name="", stages={"": stage}).rules() for stage in (each, changed))
            touched += [old for old, new in zip(before, after, strict=True) if old is not new and old not in touched]
        if stands:
            self.replaced.append(one)
        return touched if stands else None

    def stage(self, stage: Stage, own: str | None) -> Stage:
        """A stage (None: throughout) with everything replaced that is to be."""
        for one in self.replaced:
            if one.stage in (None, own):
                stage = _rewritten(stage, one)
        return stage


def _rewritten(value: Any, one: _One) -> Any:
    """A value of the model with one name for another. What says nothing else is the same object."""
    if isinstance(value, EventRef):
        fits = one.kind in ("event", "message", "resource") and value.name == one.was
        return value.model_copy(update={"name": one.now}) if fits else value
    if isinstance(value, Basis):
        fits = value.kind == one.kind and value.name == one.was
        return value.model_copy(update={"name": one.now}) if fits else value
    if isinstance(value, tuple):
        parts = tuple(_rewritten(part, one) for part in value)
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    if not isinstance(value, BaseModel):
        return value
    update: dict[str, Any] = {}
    for name in type(value).model_fields:
        old = getattr(value, name)
        new = _named(old, one) if name in _FIELDS[one.kind] else _rewritten(old, one)
        if new is not old:
            update[name] = new
    if update and isinstance(value, Rule) and value.label is None and value.name.endswith(f".{one.was}"):
        update["name"] = f"{value.name.removesuffix(one.was)}{one.now}"
    return value.model_copy(update=update) if update else value


def _named(value: Any, one: _One) -> Any:
    if isinstance(value, tuple):
        parts = tuple(one.now if part == one.was else part for part in value)
        return value if parts == value else parts
    return one.now if value == one.was else value
