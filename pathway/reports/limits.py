"""The limits that a rule has had: by the text in force for an episode, national or local, and by dated variant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from pathway.model.base import Period
from pathway.model.changes import Change, ChangeKind
from pathway.model.pathway import Pathway
from pathway.model.phrases import limit_text, reply_text
from pathway.model.rules import Rule, Standing, Target
from pathway.reports.data import Data
from pathway.reports.part import Part, Text, in_each


class SourceFigures(Part):
    """A document that a limit comes from."""

    name: str
    title: str
    place: str | None
    """Where in it."""
    url: str | None
    checked: date | None
    valid_from: date | None
    valid_to: date | None
    standing: Literal["checked", "unchecked", "out_of_date"]
    """`out_of_date`: not valid at the report's `as_of`."""


class LimitInForce(Part):
    """What a rule asks for in one text of the pathway."""

    adaptation: str | None
    """The title of the local adaptation; null for the national pathway."""
    version: str
    change: ChangeKind | None
    """What the adaptation does to the rule."""
    because: str | None
    limit: Text
    valid_from: date | None
    """For a limit that holds for a time only: by the day that its time is counted from."""
    valid_to: date | None
    target_percent: float | None
    source: SourceFigures | None
    force: Literal["law", "guideline", "agreement"] | None
    proposed: bool
    dissents: tuple[str, ...]
    episodes: int | None
    """How many episodes follow this text; null where there are too few to say."""


def limits_of(data: Data, pathway: str, name: str) -> tuple[LimitInForce, ...]:
    """The limits of a rule: the loaded text's, and those of other texts in use that say something else."""
    texts = [text for text in data.texts.values() if text.name == pathway]
    counted = {key: len(found) for key, found in data.followers.items() if key[0] == pathway}
    found: list[LimitInForce] = []
    first = _rule(texts[0], name)
    for text in texts:
        key = (text.name, text.adaptation, text.version)
        change = next((each for each in text.changes if _of(each, name)), None)
        rule = _rule(text, name) or (change.before if change is not None else None)
        if rule is None or (text is not texts[0] and (not counted.get(key) or _same(rule, first, change))):
            continue
        episodes = None if key in data.unsaid else counted.get(key, 0)
        found += [_limit(data, text, each, period, change, episodes) for each, period in _variants(rule)]
    return tuple(found)


def target_on(rule: Rule, day: date) -> Target | None:
    """The population target in force for what is counted from a day."""
    variant = next((each for each in rule.variants if each.period.covers(day)), None)
    return variant.target if variant is not None and variant.target is not None else rule.target


def source_of(data: Data, text: Pathway, standing: Standing) -> SourceFigures | None:
    """A limit's source and its standing at `as_of`."""
    source = text.sources.get(standing.source or "")
    if source is None:
        return None
    in_force = source.valid.covers(data.calendar.day(data.as_of))
    return SourceFigures(
        name=source.name,
        title=source.title,
        place=standing.place,
        url=source.url,
        checked=source.checked,
        valid_from=source.valid.start,
        valid_to=source.valid.end,
        standing="out_of_date" if not in_force else "checked" if source.checked else "unchecked",
    )


def rules_in(texts: Iterable[Pathway]) -> dict[str, tuple[Rule, Pathway]]:
    """By name, every rule that any of some texts has, with the first text that has it."""
    found: dict[str, tuple[Rule, Pathway]] = {}
    for text in texts:
        for rule in text.rules():
            found.setdefault(rule.name, (_with_receipt(rule, text), text))
    return found


def _rule(text: Pathway, name: str) -> Rule | None:
    return next((_with_receipt(rule, text) for rule in text.rules() if rule.name == name), None)


def _with_receipt(rule: Rule, text: Pathway) -> Rule:
    """A rule with the receipt that its message always asks for, where it says nothing else."""
    message = text.messages.get(rule.message or "")
    if rule.kind != "send" or rule.receipt is not None or message is None or message.receipt is None:
        return rule
    return rule.model_copy(update={"receipt": message.receipt})


def _of(change: Change, name: str) -> bool:
    return name in {rule.name for rule in (change.before, change.after) if rule is not None}


def _same(rule: Rule, first: Rule | None, change: Change | None) -> bool:
    if first is None or change is not None:
        return False
    return (rule.timing, rule.frequency, rule.variants, rule.target, rule.receipt, rule.answer, rule.standing) == (
        first.timing, first.frequency, first.variants, first.target, first.receipt, first.answer, first.standing
    )  # fmt: skip


def _variants(rule: Rule) -> Iterator[tuple[Rule, Period]]:
    """The rule as it is, and as it is in each of its dated variants."""
    yield rule, Period()
    for variant in rule.variants:
        changed = {"timing": variant.timing or rule.timing, "target": variant.target or rule.target}
        yield rule.model_copy(update=changed), variant.period


def _limit(data: Data, text: Pathway, rule: Rule, period: Period, change: Change | None, episodes: int | None) -> LimitInForce:
    return LimitInForce(
        adaptation=text.adaptation,
        version=text.version,
        change=None if change is None else change.kind,
        because=change.because if change is not None else rule.standing.because,
        limit=in_each(lambda language: ", ".join(_said(rule, text, language))),
        valid_from=period.start,
        valid_to=period.end,
        target_percent=None if rule.target is None else rule.target.percent,
        source=source_of(data, text, rule.standing),
        force=rule.standing.force,
        proposed=rule.standing.proposed,
        dissents=rule.standing.dissents,
        episodes=episodes,
    )


def _said(rule: Rule, text: Pathway, language: Literal["en", "nb", "nn"]) -> Iterator[str]:
    yield limit_text(rule, text, language)
    reply = reply_text(rule, text, language)
    if reply:
        yield reply
