"""From obligations and breaks to the figures that a manager reads. No drawing here, and no patient: only pseudonyms."""

from __future__ import annotations

import hashlib
import math
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from pathway.model.pathway import Pathway
from pathway.model.rules import BreakKind, Rule
from pathway.replay.population import Result
from pathway.tracking.records import OUTCOMES

SMALL = 5
"""Numbers below this are not shown in comparisons: they could point to a person."""
_JUDGED = ("met", "late", "missing")
_WEIGHT = {"low": 0.5, "moderate": 1.0, "high": 2.0}
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with the bounds of the Wilson interval at 95 % (None where there is nothing to share)."""

    part: int
    whole: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of a length of time, in seconds, and how many it is of."""

    count: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True, slots=True)
class Example:
    """One of the worst breaks of a rule. `row` is its row of the table, with the patient's pseudonym for the patient."""

    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule. `outcomes` has every outcome; `in_time` is of those that could be judged (met, late, missing)."""

    rule: Rule
    outcomes: Mapping[str, int]
    in_time: Share
    patients: int
    broken_patients: int
    breaks: Mapping[str, int]
    """By subtype."""
    open: int
    times: Spread | None
    """From the anchor until it was met, late or in time."""
    delays: Spread | None
    """Of what came too late, or is still waited for."""
    histogram: tuple[int, ...]
    """How many in each tenth of the limit: ten in time, twenty late, the last all beyond. Empty without a limit to compare."""
    target_met: bool | None
    months: tuple[tuple[str, Share], ...]
    units: tuple[tuple[str, Share | None], ...]
    """By answerable unit; None where fewer than `SMALL` were judged."""
    examples: tuple[Example, ...]

    @property
    def broken(self) -> int:
        return sum(self.breaks.values())


@dataclass(frozen=True, slots=True)
class Task:
    """One line of «what to do first»: a rule, what it weighs (patients × severity), and between whom."""

    figures: RuleFigures
    weight: float
    party: str | None
    receiver: str | None


@dataclass(frozen=True, slots=True)
class HandoverFigures:
    """Messages from one party to another that were owed, and how they went."""

    sender: str
    receiver: str
    owed: int
    in_time: Share
    acknowledged: Share
    answered: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a report shows of one pathway."""

    pathway: str
    version: str
    as_of: datetime | None
    known_at: datetime | None
    engine: str
    patients: int
    episodes: int
    ended: int
    individual: Mapping[str, int]
    unbroken: Share
    """Episodes without a break."""
    breaks: Mapping[BreakKind, int]
    open: int
    days_lost: float
    """The delays of all breaks in time, in days. What is still waited for counts until `as of`; what never came before the
    episode was over is a thing missing, not days of waiting."""
    rules: tuple[RuleFigures, ...]
    tasks: tuple[Task, ...]
    handovers: tuple[HandoverFigures, ...]
    stages: Mapping[str, int]
    """How often each stage was entered."""
    moves: Mapping[tuple[str, str], int]
    log: Mapping[str, Any]
    """The log's own account: read, used, unknown, rejected, … as in `summary.json`."""
    uncertain: int
    jumps: int
    entry_unknown: int

    def of(self, rule: str) -> RuleFigures | None:
        return next((figures for figures in self.rules if figures.rule.name == rule), None)


def wilson(part: int, whole: int) -> Share:
    """A share with its 95 % interval (Wilson 1927), which holds for small numbers and for shares near 0 and 1."""
    if not whole:
        return Share(part, whole, None, None)
    z = 1.959964
    share = part / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return Share(part, whole, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def figures(result: Result, pathway: Pathway, *, secret: bytes | None = None) -> Figures:
    """The figures of a replay. `secret` keys the pseudonyms: the same gives the same ones; without it they are drawn anew."""
    obligations = result.obligations.to_pylist()
    breaks = result.breaks.to_pylist()
    episodes = result.episodes.to_pylist()
    pseudonym = _pseudonyms(secret or secrets.token_bytes(16))
    over = {(row["patient"], row["episode"]) for row in episodes if row["ended_at"] is not None}
    for row in breaks:
        row["waited"] = None if row["open"] and (row["patient"], row["episode"]) in over else row["delay_s"]
    by_rule: dict[str, list[dict[str, Any]]] = defaultdict(list)
    broken: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in obligations:
        by_rule[row["rule"]].append(row)
    for row in breaks:
        broken[row["rule"]].append({**row, "patient": pseudonym(row["patient"])})
    summary = result.summary
    zone = ZoneInfo(pathway.time_zone)
    rules = tuple(_rule(rule, by_rule[rule.name], broken[rule.name], zone, summary) for rule in pathway.rules())
    unbroken = {(row["patient"], row["episode"]) for row in episodes} - {(row["patient"], row["episode"]) for row in breaks}
    moves = {(before, after): n for before, found in summary.get("moves", {}).items() for after, n in found.items()}
    return Figures(
        pathway=summary["pathway"],
        version=summary["version"],
        as_of=_moment(summary["as_of"]),
        known_at=_moment(summary["known_at"]),
        engine=summary["engine"],
        patients=len({row["patient"] for row in episodes}),
        episodes=len(episodes),
        ended=sum(row["ended_at"] is not None for row in episodes),
        individual=Counter(row["individual_course"] for row in episodes if row["individual_course"] is not None),
        unbroken=wilson(len(unbroken), len(episodes)),
        breaks=Counter(row["kind"] for row in breaks),
        open=sum(row["open"] for row in breaks),
        days_lost=sum(_waits(row for row in breaks if row["kind"] == "waiting")) / 86_400,
        rules=rules,
        tasks=_tasks(rules),
        handovers=_handovers(pathway, by_rule),
        stages=Counter({after: 0 for _, after in moves}) + Counter(_entered(moves)),
        moves=moves,
        log=summary["events"],
        uncertain=summary.get("uncertain", 0),
        jumps=summary.get("jumps", 0),
        entry_unknown=summary.get("entry_unknown", 0),
    )


def _waits(rows: Iterable[Mapping[str, Any]]) -> list[float]:
    return [row["waited"] for row in rows if row["waited"] is not None and row["waited"] > 0]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _entered(moves: Mapping[tuple[str, str], int]) -> dict[str, int]:
    entered: dict[str, int] = defaultdict(int)
    for (_, after), count in moves.items():
        entered[after] += count
    return entered


def _pseudonyms(secret: bytes) -> Any:
    def pseudonym(patient: str) -> str:
        return hashlib.blake2b(patient.encode(), key=secret, digest_size=4).hexdigest().upper()

    return pseudonym


def _rule(
    rule: Rule, rows: list[dict[str, Any]], broken: list[dict[str, Any]], zone: ZoneInfo, summary: Mapping[str, Any]
) -> RuleFigures:
    main = [row for row in rows if row["part"] == "main"]
    outcomes = Counter(row["outcome"] for row in main)
    judged = [row for row in main if row["outcome"] in _JUDGED]
    in_time = wilson(outcomes["met"], len(judged))
    worst = sorted(broken, key=lambda row: (-row["delay_s"], row["break_id"]))[:_EXAMPLES]
    months: dict[str, list[bool]] = defaultdict(list)
    for row in judged:
        months[f"{row['anchored_at'].astimezone(zone):%Y-%m}"].append(row["outcome"] == "met")
    return RuleFigures(
        rule=rule,
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        in_time=in_time,
        patients=len({row["patient"] for row in main}),
        broken_patients=len({row["patient"] for row in broken}),
        breaks=Counter(row["subtype"] for row in broken),
        open=sum(row["open"] for row in broken),
        times=_spread((row["met_at"] - row["anchored_at"]).total_seconds() for row in main if row["met_at"] is not None),
        delays=_spread(_waits(broken)),
        histogram=_histogram(main),
        target_met=_target(rule, in_time),
        months=tuple((month, wilson(sum(met), len(met))) for month, met in sorted(months.items())),
        units=_units(broken, judged),
        examples=tuple(Example(row) for row in worst),
    )


def _target(rule: Rule, in_time: Share) -> bool | None:
    if rule.target is None or in_time.value is None:
        return None
    percent = in_time.value * 100
    return percent >= rule.target.percent if rule.target.at == "least" else percent <= rule.target.percent


def _spread(values: Iterable[float]) -> Spread | None:
    found = sorted(values)
    if not found:
        return None
    if len(found) == 1:
        return Spread(1, found[0], found[0], found[0])
    lower, _, upper = quantiles(found, n=4, method="inclusive")
    return Spread(len(found), lower, median(found), upper)


def _histogram(rows: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """Met obligations by how much of their time they took: bins of a tenth, the last for three times the limit and more."""
    bins = [0] * 31
    for row in rows:
        if row["met_at"] is None or row["due_at"] is None or row["due_at"] <= row["anchored_at"]:
            continue
        share = (row["met_at"] - row["anchored_at"]) / (row["due_at"] - row["anchored_at"])
        place = min(max(math.ceil(share * 10) - 1, 0), 30)
        bins[place] += 1
    return tuple(bins) if any(bins) else ()


def _units(broken: list[dict[str, Any]], judged: list[dict[str, Any]]) -> tuple[tuple[str, Share | None], ...]:
    """Breaks by the unit that answers for them, of all that were judged; small numbers are left out."""
    counted = Counter(row["unit"] for row in broken if row["unit"] is not None)
    if len(counted) < 2:
        return ()
    whole = len(judged)
    return tuple((unit, wilson(n, whole) if n >= SMALL else None) for unit, n in counted.most_common())


def _tasks(rules: Iterable[RuleFigures]) -> tuple[Task, ...]:
    """Rules by patients times severity, the heaviest first."""
    tasks = [
        Task(
            figures=found,
            weight=found.broken_patients * _WEIGHT[found.rule.standing.severity or "moderate"],
            party=found.rule.by or found.rule.sender,
            receiver=found.rule.receivers[0] if found.rule.receivers else None,
        )
        for found in rules
        if found.broken
    ]
    return tuple(sorted(tasks, key=lambda task: (-task.weight, task.figures.rule.name)))


def _handovers(pathway: Pathway, rows: Mapping[str, list[dict[str, Any]]]) -> tuple[HandoverFigures, ...]:
    """A matrix of who owes whom messages, with what came of them."""
    owed: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for rule in pathway.rules():
        if rule.kind == "send" and rule.sender is not None:
            for row in rows[rule.name]:
                owed[rule.sender, row["receiver"] or rule.receivers[0]].append(row)

    def share(found: list[dict[str, Any]], part: str) -> Share:
        judged = [row for row in found if row["part"] == part and row["outcome"] in _JUDGED]
        return wilson(sum(row["outcome"] == "met" for row in judged), len(judged))

    return tuple(
        HandoverFigures(
            sender=sender,
            receiver=receiver,
            owed=sum(row["part"] == "main" for row in found),
            in_time=share(found, "main"),
            acknowledged=share(found, "receipt"),
            answered=share(found, "answer"),
        )
        for (sender, receiver), found in owed.items()
    )
