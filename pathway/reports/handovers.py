"""Hand-overs: from party to party, whether what was owed was sent, in time, complete, received and answered, and with what answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from pathway.reports.data import Data, Owed, RuleKey, rows
from pathway.reports.measures import SMALL, Share, share_of, worth_of
from pathway.reports.part import Part
from pathway.reports.rules import RuleFigures, has_limit
from pathway.reports.suppression import hidden


class Answer(Part):
    """An answer that was given: a value of the answer's fact (`can`, `can_from_date`, `cannot`)."""

    fact: str
    """What the answer is given as."""
    answer: str
    count: int | None
    """Null where fewer than five patients got it, or where it would tell of others."""


class HandoverFigures(Part):
    """Messages from one party to another. A share is null where nothing of the kind is asked for, or of fewer than five patients."""

    pathway: str
    sender: str
    receiver: str
    rules: tuple[str, ...]
    patients: int
    owed: int
    sent: Share | None
    """Sent to the right receiver as far as we know now, in time or not, of those that fell due."""
    on_time: Share | None
    """With all they must contain, in time."""
    complete: Share | None
    """With all they must contain when it was due, of those that had been sent."""
    received: Share | None
    """Acknowledged in time, where a receipt is asked for."""
    answered: Share | None
    """Answered in time, where an answer is asked for."""
    answers: tuple[Answer, ...]


def handovers_of(data: Data, rules: Iterable[RuleFigures]) -> tuple[HandoverFigures, ...]:
    """The matrix, one cell after another, those with the most owed first."""
    pairs: dict[tuple[str, str, str], list[RuleFigures]] = defaultdict(list)
    for rule in rules:
        for receiver in rule.receivers if rule.sender is not None else ():
            pairs[rule.pathway, rule.sender or "", receiver].append(rule)
    found = [_pair(data, *pair, those) for pair, those in pairs.items()]
    return tuple(sorted(found, key=lambda each: (-each.owed, each.pathway, each.sender, each.receiver)))


def _pair(data: Data, pathway: str, sender: str, receiver: str, rules: Sequence[RuleFigures]) -> HandoverFigures:
    def to(part: str, *, all: bool = False) -> list[Owed]:
        """What was owed to the receiver: all of it, or what can be judged."""
        keys: list[RuleKey] = [(pathway, rule.name, part) for rule in rules if all or has_limit(rule.rule, part)]
        found = (row for key in keys for row in (data.by_rule.get(key, []) if all else data.judged(key)))
        return [row for row in found if (row.receiver or receiver) == receiver]

    main, owed = to("main"), to("main", all=True)
    subtypes = {
        (row.key, row.rule, row.anchored_at, data.evidence(row).get("receiver")): row.subtype
        for rule in rules
        for row in data.broken_by_rule.get((pathway, rule.name, "main"), [])
    }

    def subtype(row: Owed) -> str | None:
        return subtypes.get((row.key, row.rule, row.anchored_at, row.receiver))

    def was_sent(row: Owed) -> bool:
        return row.outcome in ("met", "late") or subtype(row) == "incomplete"

    return HandoverFigures(
        pathway=pathway,
        sender=sender,
        receiver=receiver,
        rules=tuple(rule.name for rule in rules),
        patients=len({row.patient for row in owed}),
        owed=len(owed),
        sent=_share(main, was_sent),
        on_time=_share(main, lambda row: row.outcome == "met"),
        complete=_share([row for row in main if was_sent(row)], lambda row: subtype(row) != "incomplete"),
        received=_share(to("receipt"), lambda row: row.outcome == "met"),
        answered=_share(to("answer"), lambda row: row.outcome == "met"),
        answers=_answers(data, pathway, receiver, {rule.name: rule.rule.answer_fact or "" for rule in rules}),
    )


def _share(found: Sequence[Owed], good: Callable[[Owed], bool]) -> Share | None:
    if len({row.patient for row in found}) < SMALL:
        return None
    judged = [(row.patient, good(row)) for row in found]
    return share_of(sum(each for _, each in judged), len(judged), worth_of(judged))


def _answers(data: Data, pathway: str, receiver: str, facts: Mapping[str, str]) -> tuple[Answer, ...]:
    """What was answered; `facts` by rule, what its answer is given as."""
    counts: Counter[tuple[str, str]] = Counter()
    patients: dict[tuple[str, str], set[str]] = defaultdict(set)
    for patient, of, rule, to, answer in rows(data.result.answers, ("patient", "pathway", "rule", "receiver", "answer")):
        if of == pathway and rule in facts and (to or receiver) == receiver:
            counts[facts[rule], answer] += 1
            patients[facts[rule], answer].add(patient)
    unsaid = hidden({given: len(found) for given, found in patients.items()})
    return tuple(
        Answer(fact=given[0], answer=given[1], count=None if given in unsaid else count)
        for given, count in counts.most_common()
    )
