"""What is expected, sent, needed, known before deciding, and measured."""

from datetime import date, time
from typing import Literal

from pathway.language.source import Language
from pathway.model.base import Duration, Frozen, Level, Period, Placed
from pathway.model.expressions import Condition, EventRef

RuleKind = Literal["expect", "measure", "goal", "send", "decide", "look_up", "need"]
BreakKind = Literal["waiting", "information", "resource"]

BREAK_KIND: dict[RuleKind, BreakKind] = {
    "expect": "waiting",
    "measure": "waiting",
    "goal": "waiting",
    "send": "information",
    "decide": "information",
    "look_up": "information",
    "need": "resource",
}


class Anchor(Frozen):
    """What a time is counted from: one of several events, a condition turning true, or a date fact. Exactly one is set."""

    events: tuple[EventRef, ...] = ()
    pick: Literal["first", "latest"] = "first"
    becomes: Condition | None = None
    fact: str | None = None


class Timing(Frozen):
    """When something is to happen. Without an anchor, time counts from the rule's coming into force.

    Which fields are set says which clause it is: `within 4 weeks after X` (look forward, upper), `at latest 1 day after X`
    (look either, upper), `between 2 and 7 days after X` (lower, upper), `not before 2 weeks after X` (lower),
    `at latest 13:00 same day as X` (same_day, clock), `before X`, `promptly after X`, `every 2 weeks`.
    """

    look: Literal["forward", "either"] = "forward"
    upper: Duration | None = None
    lower: Duration | None = None
    same_day: bool = False
    clock: time | None = None
    before: EventRef | None = None
    not_before: EventRef | None = None
    promptly: bool = False
    every: Duration | None = None
    anchor: Anchor | None = None
    repeat: Literal["first", "each", "latest"] = "first"


class Frequency(Frozen):
    """`at least 5 times per week`, `at least 3 hours per week` (O6)."""

    amount: float
    unit: Literal["times", "minutes", "hours"]
    per: Literal["week"] = "week"


class Target(Frozen):
    """`target 80 %`: the share of a population, in per cent. It never makes a break of one patient."""

    percent: float
    at: Literal["least", "most"] = "least"


class Variant(Frozen):
    """What held at another time. The variant in force on the anchor's local date counts; fields left out are the rule's."""

    period: Period
    timing: Timing | None = None
    target: Target | None = None


class Hold(Frozen):
    """`not counting from postponed to resumed` (O11)."""

    start: EventRef
    end: EventRef


class Basis(Frozen):
    """One thing a decision needs: a message, an event or a fact; `max_age` is `no older than`."""

    name: str
    kind: Literal["message", "event", "fact"]
    max_age: Duration | None = None


class Standing(Frozen):
    """Where a limit comes from and how binding it is. `proposed`: measured and shown, never a break (O14)."""

    source: str | None = None
    place: str | None = None
    force: Literal["law", "guideline", "agreement"] | None = None
    proposed: bool = False
    because: str | None = None
    dissents: tuple[str, ...] = ()
    severity: Literal["low", "moderate", "high"] | None = None


class Deviation(Frozen):
    """`may deviate when … because "…"`: a foreseen reason."""

    when: Condition | None
    because: str


class Rule(Placed):
    """One rule. `name` is its label, else `stage.kind.object` in English words (O13). A goal is named by itself and has titles.

    `event` is what `expect` and `measure` wait for, what `decide` decides and what `look_up` must come before. Fields that a
    kind has no use for stay empty.
    """

    name: str
    kind: RuleKind
    label: str | None = None
    titles: dict[Language, str] = {}
    stage: str | None = None
    """The stage whose rule it is; None under `throughout`."""
    while_here: bool = False
    handover: str | None = None
    """The handover that it came with."""

    event: EventRef | None = None
    message: str | None = None
    sender: str | None = None
    receivers: tuple[str, ...] = ()
    resource: str | None = None
    basis: tuple[Basis, ...] = ()
    reached: Condition | None = None
    """What is true when a goal is reached (O15)."""

    timing: Timing | None = None
    variants: tuple[Variant, ...] = ()
    when: Condition | None = None
    holds: tuple[Hold, ...] = ()
    wait_until: Condition | None = None
    may_deviate: tuple[Deviation, ...] = ()

    receipt: Timing | None = None
    answer: Timing | None = None
    answer_fact: str | None = None
    received_before: EventRef | None = None

    frequency: Frequency | None = None
    whole_stage: bool = False
    until: EventRef | None = None
    """The `Y` of `need R from X to Y`; `X` is the timing's anchor."""
    competence: str | None = None
    level: Level | None = None
    or_lower: bool = False
    offered_in: str | None = None
    """The fact of the patient that says where the need is to be offered; a party `is` that fact."""

    target: Target | None = None
    by: str | None = None
    warn_after: Duration | None = None
    standing: Standing = Standing()

    @property
    def break_kind(self) -> BreakKind:
        return BREAK_KIND[self.kind]

    @property
    def measured(self) -> bool:
        """Whether it is followed for the population only (O14, O15)."""
        return self.kind in ("measure", "goal")

    @property
    def breaks(self) -> bool:
        """Whether it can give breaks at all: `measure`, `goal`, `proposed` and `promptly` give outcomes only (O14)."""
        promptly = self.timing is not None and self.timing.promptly
        return not self.measured and not self.standing.proposed and not promptly


class Source(Placed):
    """A document that limits come from."""

    name: str
    title: str
    url: str | None = None
    checked: date | None = None
    valid: Period = Period()
