"""Indicators and prices in numbers: for `indicators` and `costs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pathway.model.expressions import Condition, EventRef
from pathway.model.keys import event_key
from pathway.model.measures import Cost, Indicator
from pathway.model.pathway import Pathway
from pathway.replay.kernel import layout as shape

Keys = Callable[[str], int]
_KINDS = ("count", "sum", "median")
_PER = ("event", "patient", "episode")


def indicator_record(indicator: Indicator, pathway: Pathway, keys: Keys) -> dict[str, Any]:
    events = {name: getattr(indicator, name) for name in ("out_of", "after", "event", "start", "end")}
    within = indicator.within
    return {
        "kind": _KINDS.index(indicator.kind),
        "per": _PER.index(indicator.per),
        **{name: _key(event, pathway, keys) for name, event in events.items()},
        "within": -1 if within is None else shape.UNITS.index(within.unit),
        "within_n": 0 if within is None else within.amount,
        "hours": indicator.unit == "hour",
        "of_start": indicator.out_of == indicator.start,
        "of_end": indicator.out_of == indicator.end,
    }


def cost_record(
    cost: Cost, pathway: Pathway, keys: Keys, stage: Callable[[str], int], program: Callable[[Condition | None], int]
) -> dict[str, int]:
    return {
        "start": _key(cost.start, pathway, keys),
        "end": _key(cost.end, pathway, keys),
        "stage": -1 if cost.stage is None else stage(cost.stage),
        "when": program(cost.when),
    }


def _key(event: EventRef | None, pathway: Pathway, keys: Keys) -> int:
    return -1 if event is None else keys(event_key(event, pathway))
