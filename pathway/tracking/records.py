"""What tracking says: episodes, obligations, breaks, indicators and costs as plain records.

Their fields, in this order, are the columns of `episodes.parquet`, `obligations.parquet`, `breaks.parquet` and so on. Instants are
microseconds since 1970 UTC (timestamps in the tables).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pathway.events.event import Instant
from pathway.language.source import Span
from pathway.model.rules import BreakKind

Outcome = Literal["waiting", "met", "late", "missing", "excused", "lapsed", "cancelled", "undetermined", "not_judged"]
OUTCOMES: tuple[Outcome, ...] = (
    "waiting", "met", "late", "missing", "excused", "lapsed", "cancelled", "undetermined", "not_judged"
)  # fmt: skip
Subtype = Literal[
    "late", "missing", "early", "incomplete", "misdirected", "unacknowledged", "unanswered", "stale", "uninformed",
    "insufficient", "refused", "withdrawn", "wrong_level",
]  # fmt: skip
SUBTYPES: tuple[Subtype, ...] = (
    "late", "missing", "early", "incomplete", "misdirected", "unacknowledged", "unanswered", "stale", "uninformed",
    "insufficient", "refused", "withdrawn", "wrong_level",
)  # fmt: skip
Part = Literal["main", "receipt", "answer", "level"]
PARTS: tuple[Part, ...] = ("main", "receipt", "answer", "level")


@dataclass(frozen=True, slots=True)
class ObligationRecord:
    """One obligation and its outcome (semantics, "Obligations"). `anchor_event` is the root id of the anchor event.

    `kind` is the rule's kind of statement (`expect`, `measure`, `goal`, `send`, `decide`, `look_up`, `need`). `round`
    counts from 0 for rules that come again. A broken one is `late` once closed, else `missing`. `at_risk_at` is when `warn after`
    came while it still waited.
    """

    patient: str
    pathway: str
    version: str
    episode: int
    stage: str
    rule: str
    part: Part
    receiver: str | None
    kind: str
    anchor_event: str | None
    round: int
    anchored_at: Instant
    due_at: Instant | None
    outcome: Outcome
    met_at: Instant | None
    decided_at: Instant | None
    at_risk_at: Instant | None


@dataclass(frozen=True, slots=True)
class BreakRecord:
    """One break with its evidence (O13).

    `party` answers for it, `unit` when one is bound. `delay_s` is seconds from due to closing, or to `as of` while open.
    `size` is the shortfall of a count (O6), `lacking` the names of what lacked, `explained` the reason of a deviation
    recorded afterwards (O12), `cause` as people recorded it. `evidence` is a JSON object:

    `anchor` {id, event, at} or null, with `day` true where only the day is known; `due` ISO instant or null; `closed` the same or
    null; `seen` a list of such objects (a refusal, a partial message, what came early); `limit` {"upper": "60 minute", "lower": …,
    "look": "forward", …} as the variant in force says; `waited` seconds by the party that held the patient meanwhile (nobody: empty),
    without `held`, the seconds for which the clock stood still; `lacking` names; `stale` names; `required` and `got` numbers;
    `sender`, `receiver`; `source`, `place`, `force`. Keys without a value are left out.
    """

    break_id: str
    patient: str
    pathway: str
    version: str
    episode: int
    stage: str
    rule: str
    kind: BreakKind
    subtype: Subtype
    party: str | None
    unit: str | None
    anchor_event: str | None
    anchored_at: Instant
    due_at: Instant | None
    closed_event: str | None
    closed_at: Instant | None
    open: bool
    delay_s: float
    size: float | None
    lacking: tuple[str, ...]
    cause: str | None
    explained: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """A patient came from a stage (empty: came in) to another (empty: left the pathway). `place` is the line of the text that
    says so: an `enter`, a transition or a `leave`; None where an event showed the patient to be there, or another pathway
    started this one."""

    pathway: str
    episode: int
    at: Instant
    before: str
    after: str
    place: Span | None


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """One course of one patient. `adaptation` is the title of the local adaptation in force for it (P7), `started_by` the pathway
    that started it (P2), `individual_course` the reason of `unsuited` (P6); else None."""

    patient: str
    pathway: str
    version: str
    adaptation: str | None
    episode: int
    entered_at: Instant
    started_by: str | None
    stage: str
    stage_since: Instant
    party: str | None
    ended_at: Instant | None
    individual_course: str | None


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """What one event of a denominator (or an episode, or a patient by its first) came to in an indicator (O15).

    `event` is the root id of the denominator event, `at` its time. `value` is 1 or 0 for a share, days or hours for a sum or a
    median, None while it cannot be observed in full. `groups` are the values of the indicator's `group by`, in its order, as
    they were known at that event.
    """

    patient: str
    pathway: str
    version: str
    indicator: str
    event: str
    at: Instant
    value: float | None
    groups: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class CostRecord:
    """Days that cost, from one event (`event`: its root id) to another; `ended_at` is None while they go on, and then they are
    counted up to `as of`.

    `amount` is what the days with a known price come to, `unpriced` the number of days without one. `party` pays.
    """

    patient: str
    pathway: str
    version: str
    episode: int
    cost: str
    event: str
    started_at: Instant
    ended_at: Instant | None
    days: int
    amount: float
    unpriced: int
    currency: str
    party: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class StayRecord:
    """From an instant on in a stage, under the party that is responsible there. `left_at` is None while the patient is there."""

    patient: str
    pathway: str
    version: str
    episode: int
    stage: str
    party: str | None
    entered_at: Instant
    left_at: Instant | None


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """What an episode is compared by: the value of a fact or its band, or the unit of a party. `dimension` is the name of the
    fact, the band or the party; a party that is a fact of the patient (`is residence`) has the fact's value."""

    patient: str
    pathway: str
    episode: int
    dimension: str
    group: str


@dataclass(frozen=True, slots=True)
class DeviationRecord:
    """An obligation that a reasoned deviation excused or explains (O12). `written` says how: `before` the due time, `after` it,
    or `foreseen` by the rule itself."""

    patient: str
    pathway: str
    version: str
    episode: int
    rule: str
    part: Part
    receiver: str | None
    anchor_event: str | None
    round: int
    outcome: Outcome
    written: Literal["before", "after", "foreseen"]
    reason: str | None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What was answered to a message that asks for an answer: the value of the answer's fact."""

    patient: str
    pathway: str
    version: str
    episode: int
    rule: str
    receiver: str | None
    anchor_event: str | None
    round: int
    at: Instant
    answer: str
