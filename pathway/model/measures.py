"""What is counted of a population: bands of a fact, indicators, and what days cost. None of it makes a break."""

from bisect import bisect_right
from datetime import date
from typing import Literal

from pathway.model.base import Duration, Frozen, Named, Period, Placed
from pathway.model.expressions import Condition, EventRef
from pathway.model.rules import Standing, Target


class Bands(Named):
    """`define age_band as age split at 65, 75, 85`: a number in groups, for `group by`."""

    fact: str
    at: tuple[float, ...]

    def band(self, value: float) -> str:
        """The group that a value is in. Each begins at its number: 75 is in `75–84`."""
        place = bisect_right(self.at, value)
        if place == 0:
            return f"<{self.at[0]:g}"
        low = self.at[place - 1]
        if place == len(self.at):
            return f"{low:g}+"
        high = self.at[place]
        return f"{low:g}–{high - 1:g}" if low.is_integer() and high.is_integer() else f"{low:g}–<{high:g}"


class Group(Frozen):
    """One thing that an indicator is shown by: a fact's value, the unit of a party, or a band."""

    kind: Literal["fact", "band", "party"]
    name: str


class Indicator(Named):
    """A share (`count`), a sum or a median. It reaches beyond the end of an episode (O15).

    `count`: how many of `out_of` were followed by `event` in time (`within`) after `after`. `sum` and `median`: the time from
    `start` to the next `end`, in days (local midnights passed) or hours. `per` says what counts once.
    """

    kind: Literal["count", "sum", "median"]
    out_of: EventRef
    """The events of the denominator."""
    per: Literal["event", "patient", "episode"] = "event"
    event: EventRef | None = None
    within: Duration | None = None
    after: EventRef | None = None
    unit: Literal["day", "hour"] | None = None
    start: EventRef | None = None
    end: EventRef | None = None
    groups: tuple[Group, ...] = ()
    target: Target | None = None
    standing: Standing = Standing()


class Price(Frozen):
    """What one day costs in a period; None where nobody knows yet."""

    period: Period
    amount: float | None


class Cost(Placed):
    """`costs 5745 NOK per day from discharge_ready to discharged paid by municipality`. The last price whose period covers a
    day is that day's. No condition can read it (law 8)."""

    name: str
    stage: str | None = None
    """The stage in which it is written; None under `throughout`."""
    rule: str | None = None
    """The rule beneath which it is written."""
    start: EventRef
    end: EventRef
    currency: str
    prices: tuple[Price, ...]
    paid_by: str | None = None
    when: Condition | None = None
    standing: Standing = Standing()

    def price_on(self, day: date) -> Price | None:
        """The price of a local day; None where there is none, not even an unknown one."""
        return next((price for price in reversed(self.prices) if price.period.covers(day)), None)
