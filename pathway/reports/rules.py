"""Each rule: what it asks for and where that comes from, what became of it, how long it took, and how it goes month by month."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from pathway.model.pathway import Pathway
from pathway.model.phrases import limit_text, rule_text, timing_text
from pathway.model.rules import BreakKind, Rule, RuleKind, Timing
from pathway.reports.charts import ControlChart
from pathway.reports.data import Broken, Data, Owed, RuleKey
from pathway.reports.examples import Example, Pseudonym, examples_of
from pathway.reports.limits import LimitInForce, limits_of, rules_in, target_on
from pathway.reports.measures import SMALL, Share, Spread, Trend, Waiting, share_of, spread_of, waiting_of, worth_of
from pathway.reports.part import Part, Text, in_each
from pathway.reports.suppression import hidden
from pathway.reports.trends import chart_by_due, trend_by_due
from pathway.tracking.records import OUTCOMES

PARTS = ("main", "receipt", "answer", "level")
_TENTHS = 30

Column = Literal["rule", "measured", "goal", "proposed", "promptly"]
Severity = Literal["low", "moderate", "high"]


class TargetFigures(Part):
    """A share that is aimed at for the population."""

    percent: float
    at: Literal["least", "most"]
    verdict: Literal["met", "missed", "uncertain", "too_few"]
    """`met` and `missed` where the whole interval of the share says so; else `uncertain`."""


class Counted(Part):
    """Something that was named so often. Those of fewer than five patients stand together under an empty name."""

    name: str
    count: int
    patients: int | None


class PartFigures(Part):
    """One part of a rule: the thing itself, the receipt of a message, the answer to it, or care above the level."""

    part: Literal["main", "receipt", "answer", "level"]
    limit: Text
    gives_breaks: bool
    owed: int
    """All obligations, whatever became of them."""
    outcomes: dict[str, int]
    """By outcome; they add up to `owed`."""
    ahead: int
    """Met, though the time is not up yet. They are in no share: those that wait for the same time are in none either."""
    judged: int
    """The denominator of `in_time`: what fell due and can be judged."""
    in_time: Share | None
    """Met, of those judged; null where nothing can be late, or of fewer than five patients."""
    patients: int
    broken_patients: int
    breaks: dict[str, int]
    """By subtype."""
    open: int
    days_lost: float
    days_open: float
    """Those of them in what is still waited for."""
    times: Waiting | None
    """From what it is counted from until it was done."""
    delays: Spread | None
    """Of what came too late or is still waited for, seconds after the due time."""
    histogram: tuple[int, ...]
    """How many took each tenth of the limit: ten in time, twenty late, the last all beyond. Empty without a limit to compare."""
    target: TargetFigures | None
    trend: Trend | None
    chart: ControlChart | None
    causes: tuple[Counted, ...]
    examples: tuple[Example, ...]

    @property
    def broken(self) -> int:
        return sum(self.breaks.values())


class RuleFigures(Part):
    """One rule of the pathway, of a local adaptation, or of a pathway that it starts."""

    pathway: str
    name: str
    titles: Text
    kind: RuleKind
    break_kind: BreakKind
    column: Column
    """Rules that give breaks, and those that are only followed: measured, goals, limits that are proposed, and those without a
    number (`promptly`)."""
    gives_breaks: bool
    stage: str | None
    party: str | None
    """Who answers, by the text; null where whoever has the patient does."""
    sender: str | None
    receivers: tuple[str, ...]
    severity: Severity
    limits: tuple[LimitInForce, ...]
    parts: tuple[PartFigures, ...]
    """The thing itself first."""
    rule: SkipJsonSchema[Rule] = Field(exclude=True, repr=False)
    """The rule as the text has it."""

    @property
    def main(self) -> PartFigures:
        return self.parts[0]

    @property
    def in_time(self) -> Share:
        """Of the thing itself; nothing of nothing where it is not shown."""
        return self.main.in_time or share_of(0, 0)

    @property
    def broken(self) -> int:
        return sum(part.broken for part in self.parts)


def rules_of(data: Data, pseudonym: Pseudonym | None) -> tuple[RuleFigures, ...]:
    """Every rule of every text in use: those of the pathway first, in the order of the text."""
    found: list[RuleFigures] = []
    for name in data.pathways:
        texts = [text for text in data.texts.values() if text.name == name]
        used = [text for text in texts[1:] if data.followers.get((text.name, text.adaptation, text.version))]
        for rule, text in rules_in([texts[0], *used]).values():
            found.append(_rule(data, text, rule, pseudonym))
    return tuple(found)


def _rule(data: Data, text: Pathway, rule: Rule, pseudonym: Pseudonym | None) -> RuleFigures:
    keys = [(text.name, rule.name, part) for part in PARTS]
    parts = [_part(data, text, rule, key, pseudonym) for key in keys if key[2] == "main" or data.by_rule.get(key)]
    stage = text.stages.get(rule.stage or "")
    return RuleFigures(
        pathway=text.name,
        name=rule.name,
        titles=in_each(lambda language: rule_text(rule, text, language)),
        kind=rule.kind,
        break_kind=rule.break_kind,
        column=column_of(rule),
        gives_breaks=rule.breaks,
        stage=rule.stage,
        party=rule.by or rule.sender or (stage.party if stage is not None else None),
        sender=rule.sender,
        receivers=rule.receivers,
        severity=rule.standing.severity or "moderate",
        limits=limits_of(data, text.name, rule.name),
        parts=tuple(parts),
        rule=rule,
    )


def answering(rule: RuleFigures, part: PartFigures) -> tuple[str | None, ...]:
    """Who answers for a part by the text: the receivers for what they are to acknowledge or answer."""
    return rule.receivers if part.part in ("receipt", "answer") else (rule.party,)


def column_of(rule: Rule) -> Column:
    """In which column a rule stands."""
    if rule.kind == "goal":
        return "goal"
    if rule.measured:
        return "measured"
    if rule.standing.proposed:
        return "proposed"
    return "rule" if rule.breaks else "promptly"


def _part(data: Data, text: Pathway, rule: Rule, key: RuleKey, pseudonym: Pseudonym | None) -> PartFigures:
    rows, broken = data.by_rule.get(key, []), data.broken_by_rule.get(key, [])
    outcomes = Counter(row.outcome for row in rows)
    patients = len({row.patient for row in rows})
    judged = data.judged(key) if has_limit(rule, key[2]) else []
    worth = worth_of((row.patient, row.outcome == "met") for row in judged)
    met = sum(row.outcome == "met" for row in judged)
    told = len({row.patient for row in judged}) >= SMALL
    in_time = share_of(met, len(judged), worth) if told else None
    shown = patients >= SMALL
    return PartFigures(
        part=key[2],
        limit=in_each(lambda language: _limit(rule, key[2], text, language)),
        gives_breaks=_gives_breaks(rule, key[2]),
        owed=len(rows),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        ahead=sum(row.outcome == "met" and not data.is_up(row) for row in rows),
        judged=len(judged),
        in_time=in_time,
        patients=patients,
        broken_patients=len({row.patient for row in broken}),
        breaks=dict(Counter(row.subtype for row in broken).most_common()),
        open=sum(row.open for row in broken),
        days_lost=data.lost_days(broken),
        days_open=data.lost_days(row for row in broken if row.open),
        times=_times(data, rule, key[2], rows) if shown else None,
        delays=spread_of(_delays(data, broken)) if len({row.patient for row in broken}) >= SMALL else None,
        histogram=_histogram(rows) if shown else (),
        target=_target(data, rule, judged) if key[2] == "main" else None,
        trend=trend_by_due(data, judged, worth),
        chart=chart_by_due(data, judged, worth),
        causes=counted((row.cause, row.patient) for row in broken if row.cause),
        examples=examples_of(data, broken, pseudonym) if shown else (),
    )


def has_limit(rule: Rule, part: str) -> bool:
    """Whether anything can be late or lacking: a rule without a number, or without a time, is only ever done."""
    if part == "level" or (part == "main" and (rule.frequency or rule.whole_stage or rule.kind in ("decide", "look_up"))):
        return True
    timings: dict[str, tuple[Timing | None, ...]] = {"receipt": (rule.receipt,), "answer": (rule.answer,)}
    own = timings.get(part, (rule.timing, *(variant.timing for variant in rule.variants)))
    if part == "main" and (rule.until or rule.received_before or rule.kind == "need"):
        return True
    return any(
        timing is not None
        and not timing.promptly
        and bool(
            timing.upper
            or timing.lower
            or timing.same_day
            or timing.clock
            or timing.before
            or timing.not_before
            or timing.every
        )
        for timing in own
    )


def _gives_breaks(rule: Rule, part: str) -> bool:
    if part == "main":
        return rule.breaks
    timing = {"receipt": rule.receipt, "answer": rule.answer}.get(part)
    return not rule.measured and not rule.standing.proposed and not (timing is not None and timing.promptly)


def _limit(rule: Rule, part: str, text: Pathway, language: Literal["en", "nb", "nn"]) -> str:
    if part in ("receipt", "answer"):
        return timing_text(rule.receipt if part == "receipt" else rule.answer, text, language)
    return limit_text(rule, text, language)


def _times(data: Data, rule: Rule, part: str, rows: Iterable[Owed]) -> Waiting | None:
    if rule.kind in ("decide", "look_up") or part == "level" or rule.frequency is not None:
        return None
    return waiting_of([each for row in rows if (each := followed(data, row)) is not None])


def followed(data: Data, row: Owed) -> tuple[float, bool] | None:
    """How long an obligation has been followed, in seconds, and whether it was done then. None of those of which that cannot be said:
    whether or when it was done, or whether it was owed at all, is not known."""
    if row.outcome in ("cancelled", "undetermined", "not_judged"):
        return None
    if row.met_at is not None:
        return max(0, row.met_at - row.anchored_at) / 1e6, True
    until = data.as_of
    if row.outcome in ("lapsed", "excused") and row.decided_at is not None:
        until = row.decided_at
    elif row.key in data.over:
        ended = data.by_key[row.key].ended_at
        until = max(ended or 0, row.decided_at or 0)
    return max(0, until - row.anchored_at) / 1e6, False


def _delays(data: Data, broken: Iterable[Broken]) -> list[float]:
    return [row.delay_s for row in broken if row.delay_s > 0 and not (row.open and row.key in data.over)]


def _histogram(rows: Iterable[Owed]) -> tuple[int, ...]:
    bins = [0] * (_TENTHS + 1)
    for row in rows:
        if row.met_at is None or row.due_at is None or row.due_at <= row.anchored_at:
            continue
        share = (row.met_at - row.anchored_at) / (row.due_at - row.anchored_at)
        bins[min(max(math.ceil(share * 10) - 1, 0), _TENTHS)] += 1
    return tuple(bins) if any(bins) else ()


def _target(data: Data, rule: Rule, judged: Sequence[Owed]) -> TargetFigures | None:
    """The target in force at `as_of`, for those to whom it applied."""
    target = target_on(rule, data.calendar.day(data.as_of))
    if target is None:
        return None
    asked = [row for row in judged if target_on(rule, data.calendar.day(row.anchored_at)) == target]
    worth = worth_of((row.patient, row.outcome == "met") for row in asked)
    share = share_of(sum(row.outcome == "met" for row in asked), len(asked), worth)
    few = len({row.patient for row in asked}) < SMALL
    return TargetFigures(percent=target.percent, at=target.at, verdict=aimed(target.percent, target.at, None if few else share))


def aimed(
    percent: float, at: Literal["least", "most"], share: Share | None
) -> Literal["met", "missed", "uncertain", "too_few"]:
    """Whether a share's whole interval lies where it should."""
    if share is None or share.low is None or share.high is None:
        return "too_few"
    wanted = percent / 100
    if at == "least":
        return "met" if share.low >= wanted else "missed" if share.high < wanted else "uncertain"
    return "met" if share.high <= wanted else "missed" if share.low > wanted else "uncertain"


def counted(named: Iterable[tuple[str | None, str]]) -> tuple[Counted, ...]:
    """What was named of patients, the most frequent first; the names of too few patients stand together, under an empty name."""
    counts: Counter[str] = Counter()
    patients: Mapping[str, set[str]] = defaultdict(set)
    for name, patient in named:
        counts[name or ""] += 1
        patients[name or ""].add(patient)
    unsaid = hidden({name: len(found) for name, found in patients.items()})
    shown = [
        Counted(name=name, count=count, patients=len(patients[name]))
        for name, count in counts.most_common()
        if name not in unsaid
    ]
    together = sum(counts[name] for name in unsaid)
    return (*shown, Counted(name="", count=together, patients=None)) if together else tuple(shown)
