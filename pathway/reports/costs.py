"""What waiting days cost, at the price in force on each, and whose they are. Shown, and asked for by no rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pathway.model.measures import Cost
from pathway.model.pathway import Pathway
from pathway.model.phrases import event_text
from pathway.reports.data import Data, EpisodeKey, rows
from pathway.reports.limits import SourceFigures, source_of
from pathway.reports.part import Part, Text, in_each
from pathway.reports.suppression import hidden


class PriceFigures(Part):
    """The price of a day in a period; null where nobody knows it yet."""

    start: date | None
    end: date | None
    amount: float | None


class CostRow(Part):
    """The days of one payer. Numbers are null where they are hidden; a null group is one that is not known."""

    group: str | None
    patients: int | None
    days: int | None
    amount: float | None
    unpriced: int | None
    hidden: bool


class CostFigures(Part):
    """One kind of day that costs, by who pays."""

    pathway: str
    name: str
    titles: Text
    payer: str | None
    currency: str
    patients: int
    days: int
    amount: float | None
    """What the days with a known price come to; null where no day has one."""
    unpriced: int
    """Days for which no price is known."""
    prices: tuple[PriceFigures, ...]
    source: SourceFigures | None
    dimension: str | None
    """What it is split by: the party that pays, or the one that it is part of."""
    groups: tuple[CostRow, ...]
    others: CostRow | None
    """The hidden ones together."""


class CostSum(Part):
    """All days that cost in one currency."""

    currency: str
    days: int
    amount: float | None
    unpriced: int


class _Spent(NamedTuple):
    pathway: str
    patient: str
    episode: int
    cost: str
    days: int
    amount: float
    unpriced: int
    currency: str
    party: str | None
    unit: str | None

    @property
    def key(self) -> EpisodeKey:
        return self.pathway, self.patient, self.episode


def costs_of(data: Data) -> tuple[CostFigures, ...]:
    """Every kind of day that cost anything, or had no price."""
    found: dict[tuple[str, str, str, str | None], list[_Spent]] = defaultdict(list)
    for row in (_Spent(*each) for each in rows(data.result.costs, _Spent._fields)):
        if row.days:
            found[row.pathway, row.cost, row.currency, row.party].append(row)
    return tuple(_cost(data, key, spent) for key, spent in found.items())


def sums_of(costs: Sequence[CostFigures], pathway: str) -> tuple[CostSum, ...]:
    """What the days of a pathway come to, by currency."""
    found: dict[str, list[CostFigures]] = defaultdict(list)
    for cost in costs:
        if cost.pathway == pathway:
            found[cost.currency].append(cost)
    return tuple(
        CostSum(
            currency=currency,
            days=sum(cost.days for cost in those),
            amount=_amount((cost.amount, cost.days, cost.unpriced) for cost in those),
            unpriced=sum(cost.unpriced for cost in those),
        )
        for currency, those in found.items()
    )


def _cost(data: Data, key: tuple[str, str, str, str | None], spent: Sequence[_Spent]) -> CostFigures:
    name, currency, payer = key[1:]
    text = data.text_of(spent[0].key)
    declared = next((cost for cost in text.costs if cost.name == name), None)
    dimension = payer_dimension(text, payer)
    groups: dict[str | None, list[_Spent]] = defaultdict(list)
    for row in spent:
        groups[data.groups[row.key].get(dimension) if dimension is not None else row.unit].append(row)
    unsaid = hidden({group: len({row.patient for row in those}) for group, those in groups.items()})
    shown = sorted(groups.items(), key=lambda item: (item[0] is None, -sum(row.days for row in item[1]), item[0] or ""))
    return CostFigures(
        pathway=key[0],
        name=name,
        titles=in_each(lambda language: _title(declared, text, name, language)),
        payer=payer,
        currency=currency,
        patients=len({row.patient for row in spent}),
        days=sum(row.days for row in spent),
        amount=_amount((row.amount, row.days, row.unpriced) for row in spent),
        unpriced=sum(row.unpriced for row in spent),
        prices=tuple(
            PriceFigures(start=price.period.start, end=price.period.end, amount=price.amount)
            for price in (declared.prices if declared is not None else ())
        ),
        source=None if declared is None else source_of(data, text, declared.standing),
        dimension=dimension or payer,
        groups=tuple(_row(group, () if group in unsaid else those, hidden=group in unsaid) for group, those in shown),
        others=_row(None, [row for group in unsaid for row in groups[group]], hidden=False) if unsaid else None,
    )


def payer_dimension(text: Pathway, payer: str | None) -> str | None:
    """The party that stands for a fact of the patient, among a payer and those that it is part of: its municipality."""
    seen: set[str] = set()
    while payer is not None and payer not in seen:
        seen.add(payer)
        party = text.parties.get(payer)
        if party is None or party.residence is not None:
            return None if party is None else payer
        payer = party.part_of
    return None


def _row(group: str | None, those: Sequence[_Spent], *, hidden: bool) -> CostRow:
    return CostRow(
        group=group,
        patients=None if hidden else len({row.patient for row in those}),
        days=None if hidden else sum(row.days for row in those),
        amount=None if hidden else _amount((row.amount, row.days, row.unpriced) for row in those),
        unpriced=None if hidden else sum(row.unpriced for row in those),
        hidden=hidden,
    )


def _amount(those: Iterable[tuple[float | None, int, int]]) -> float | None:
    """What days come to, of (amount, days, days without a price); None where no day has a price."""
    known = [amount for amount, days, unpriced in those if amount is not None and days > unpriced]
    return sum(known) if known else None


def _title(cost: Cost | None, text: Pathway, name: str, language: str) -> str:
    if cost is None:
        return name
    return " – ".join(event_text(event.key, text, language) for event in (cost.start, cost.end))  # type: ignore[arg-type]
