"""What days cost, from the tree: `costs 5745 NOK per day from discharge_ready to discharged paid by municipality`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pathway.language.tree import Line, Node, Word
from pathway.model.base import Period
from pathway.model.clauses import Clauses, both, overlap, period
from pathway.model.expressions import Condition
from pathway.model.measures import Cost, Price
from pathway.model.values import amount, plain_number

_CURRENCIES = {"kr": "NOK"}
"""What a currency is called in speech."""


class Prices:
    """Builds what days cost. What cannot be built is left out, and its problem has been noted."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        self.scope = clauses.scope

    def cost(
        self,
        line: Line,
        parties: Callable[[Word], str | None],
        *,
        stage: str | None,
        rule: str | None = None,
        when: Condition | None = None,
    ) -> Cost | None:
        """A line `costs …` with its dated lines. `parties` resolves who pays: a party, or a role in a handover."""
        node = line.statement
        unit = node.word("TIMEUNIT")
        dated = [part for child in line.children for part in child.statements if part.kind in ("dated_price", "unknown_price")]
        parts = self.clauses.gather([part for part in node.parts if isinstance(part, Node)], line.children, "costs")
        between, head = node.one("from_to"), node.one("price")
        assert between is not None and head is not None and unit is not None  # the grammar sees to it
        if unit.value != "day":
            self.scope.problems.add("PW273", unit.span, unit=unit.text)
        start, end = (self.clauses.conditions.event(part) for part in between.all("event_ref"))
        paid_by = next((part.word("NAME") for part in parts if part.kind == "paid_by"), None)
        first, currency = self._price(head)
        fields: dict[str, Any] = {
            "stage": stage,
            "rule": rule,
            "currency": currency,
            "prices": self._prices(first, currency, dated),
            "paid_by": parties(paid_by) if paid_by else None,
            "when": both(when, self.clauses.condition(parts)),
            "standing": self.clauses.standing(parts),
            "span": node.span,
        }
        if start is None or end is None:
            return None
        name = f"{rule or stage or 'throughout'}.costs.{start.name}"
        return Cost(name=name, start=start, end=end, **fields)

    def _price(self, node: Node) -> tuple[float, str]:
        number, currency = node.words("NUMBER")[0], node.words("NAME")[0]
        return plain_number(amount(number, self.scope.problems)), currency_of(currency)

    def _prices(self, first: float, currency: str, dated: list[Node]) -> tuple[Price, ...]:
        """The price of the line itself, then those of the dated lines. A line with dates and no price says when the first holds."""
        prices: list[Price] = []
        held = Period()
        for node in dated:
            span = period(node, self.scope.problems)
            if any(overlap(span, price.period) for price in prices):
                self.scope.problems.add("PW266", node.span)
            own = node.one("price")
            if own is None and node.kind == "dated_price":
                held = span
                continue
            value, other = self._price(own) if own is not None else (None, currency)
            if own is not None and other != currency:
                self.scope.problems.add("PW274", own.span, currency=currency, other=other)
            prices.append(Price(period=span, amount=value))
        return (Price(period=held, amount=first), *prices)


def currency_of(word: Word) -> str:
    """The code of a currency: `kr` is NOK."""
    return _CURRENCIES.get(word.value, word.value.upper())


def bound_cost(cost: Cost, handover: str, parties: Mapping[str, str], stage: str | None, when: Condition | None) -> Cost:
    """A handover's price where it is used: as that stage's own, paid by the party in its role."""
    return cost.model_copy(
        update={
            "name": f"{handover}.costs.{cost.start.name}",
            "stage": stage,
            "paid_by": parties.get(cost.paid_by or "", cost.paid_by),
            "when": both(when, cost.when),
        }
    )
