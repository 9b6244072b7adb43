"""Indicators and days that cost, as the kernel counted them, with their groups and their prices."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.model.measures import Cost
from pathway.replay.arrow import instants_of
from pathway.replay.cells import of_months
from pathway.replay.context import Surroundings
from pathway.replay.filling import Field, Named, Records, Sheet
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.calendars import DAYS, date_of, number_of
from pathway.replay.kernel.sources import GIVEN, INSTANT, PLACE
from pathway.tracking.records import CostRecord, IndicatorRecord


def indicators(around: Surroundings) -> Sheet:
    told = around.told
    found = told.chunk.counted
    pathway = told.lowered.compiled.pathway
    at = told.events.at[told.start[found["patient"]] + found["place"]]
    known = found["known"] != 0
    names = Named([pathway.name]), Named([pathway.version])
    same = np.zeros(len(found), np.int32)
    fields = {
        "patient": Field("patient", named=told.patients),
        **{name: Field(kind=GIVEN, named=one, codes=same) for name, one in zip(("pathway", "version"), names, strict=True)},
        "indicator": Field("indicator", named=Named([each.name for each in told.lowered.indicators])),
        "event": Field("place", kind=PLACE),
    }
    return Sheet(
        IndicatorRecord, Records(found, found["patient"].copy()), fields,
        lambda: {"at": instants_of(at), "value": pa.array(found["value"], mask=~known), "groups": _listed(around, found)},
        {"month": of_months(at)}, {"known": known, "value": np.where(known, found["value"], 0.0)},
    )  # fmt: skip


def _listed(around: Surroundings, found: Any) -> pa.Array:
    """The values of each indicator's `group by`, as they were known at the event."""
    many = np.array([len(each.groups) for each in around.told.lowered.indicators] or [0], np.int64)[found["indicator"]]
    begin = np.append(0, np.cumsum(many))
    text = np.full(begin[-1], -1, np.int64)
    for turn in range(int(many.max(initial=0))):
        own = many > turn
        text[begin[:-1][own] + turn] = group_of(around, found, turn)[own]
    names = pa.array(around.seen.texts.all, pa.string())
    return pa.ListArray.from_arrays(pa.array(begin, pa.int32()), names.take(pa.array(text, mask=text < 0)))


def group_of(around: Surroundings, found: Any, turn: int) -> Any:
    """By row, the number of the text of the first, second … thing that its indicator is shown by; -1."""
    text = np.full(len(found), -1, np.int64)
    for number, each in enumerate(around.told.lowered.indicators):
        if turn < len(each.groups):
            own = found["indicator"] == number
            text[own] = around.group(each.groups[turn], found["patient"][own], found["place"][own])
    return text


def costs(around: Surroundings) -> Sheet:
    told = around.told
    found = told.chunk.paid
    found = found[found["owed"] != shape.FALSE]
    prices = told.lowered.costs
    texts = [each.pathway for each in told.lowered.editions for _ in each.pathway.costs]
    amount, priced = np.zeros(len(found)), np.zeros(len(found), np.int64)
    unit = np.full(len(found), -1, np.int64)
    for number in np.unique(found["cost"]).tolist():
        own, cost = np.nonzero(found["cost"] == number)[0], prices[number]
        owed = own[found["owed"][own] == shape.TRUE]
        amount[owed], priced[owed] = _comes_to(cost, found["day"][owed], found["days"][owed])
        if cost.paid_by is not None:
            unit[own] = around.at_last(cost.paid_by, found["patient"][own])
    fields = {
        "patient": Field("patient", named=told.patients),
        "pathway": Field("cost", named=Named([text.name for text in texts])),
        "version": Field("cost", named=Named([text.version for text in texts])),
        "episode": Field("episode"),
        "cost": Field("cost", named=Named([cost.name for cost in prices])),
        "event": Field("place", kind=PLACE),
        "started_at": Field("started", kind=INSTANT),
        "ended_at": Field("ended", kind=INSTANT),
        "days": Field("days"),
        "unpriced": Field(kind=GIVEN, codes=found["days"] - priced),
        "currency": Field("cost", named=Named([cost.currency for cost in prices])),
        "party": Field("cost", named=Named([cost.paid_by for cost in prices])),
        "unit": around.text(unit),
    }
    return Sheet(
        CostRecord, Records(found, found["patient"].copy()), fields, lambda: {"amount": pa.array(amount)},
        {"month": fields["started_at"]}, {"days": found["days"], "amount": amount, "unpriced": found["days"] - priced},
    )  # fmt: skip


def _comes_to(cost: Cost, first: Any, days: Any) -> tuple[Any, Any]:
    """What days from a first one on come to at the price in force on each, and how many of them have one."""
    amount, priced = np.zeros(len(first)), np.zeros(len(first), np.int64)
    turns = {number_of(price.period.start) for price in cost.prices if price.period.start is not None}
    turns |= {number_of(price.period.end + timedelta(days=1)) for price in cost.prices if price.period.end is not None}
    edges = [0, *sorted(turns - {0}), DAYS]
    for price in cost.prices:
        spans = [(start, end) for start, end in pairwise(edges) if cost.price_on(date_of(start)) is price]
        if price.amount is None or not spans:
            continue
        own = sum(np.maximum(np.minimum(first + days, end) - np.maximum(first, start), 0) for start, end in spans)
        amount += price.amount * own
        priced += own
    return amount, priced
