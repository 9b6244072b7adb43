"""What the graph says of rules, ways and limits: a line short enough to stand in it, and all there is to say behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pathway.language.source import Language
from pathway.model.base import Period
from pathway.model.change_texts import change_text
from pathway.model.changes import Change
from pathway.model.expressions import Condition, EventRef
from pathway.model.measures import Cost
from pathway.model.pathway import Pathway, Start, Transition
from pathway.model.phrases import (
    condition_text,
    duration_text,
    event_text,
    events_text,
    limit_text,
    lowered,
    phrase,
    reply_text,
    rule_text,
    timing_text,
)
from pathway.model.rules import Basis, Rule, Standing, Timing

from .lettering import Run, shortened
from .standing import source_text, standing_text
from .texts import money, text

_CONDITION = 84
"""Letters of a condition that are shown; all of it stands behind."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line in runs, and the whole of it for the tooltip and the text alternative."""

    runs: tuple[Run, ...]
    whole: str


class Saying:
    """One pathway's words in one language."""

    def __init__(self, pathway: Pathway, language: Language) -> None:
        self.pathway = pathway
        self.language = language
        self.changed = {change.after.name: change for change in pathway.changes if change.after is not None}

    def rule(self, rule: Rule) -> Said:
        """What is asked for, its limit, and for whom."""
        about = self._about(rule)
        limit = self.limit(rule)
        soft = [self.when(rule.when)] if rule.when is not None else []
        if rule.by is not None and rule.by != self._holder(rule):
            soft.append(text("answers_for", self.language, p=self.party(rule.by)))
        soft += self._marks(rule)
        runs = [Run(about), Run("· " + limit, "bold")] if limit else [Run(about)]
        runs += [Run("· " + part, "soft") for part in soft]
        return Said(tuple(runs), self._whole(rule, about))

    def waiting(self, rule: Rule) -> Said:
        """The limit on staying, beneath the way that ends it."""
        runs = [Run(text("staying", self.language)), Run(self.limit(rule), "bold")]
        runs += [Run("· " + part, "soft") for part in self._marks(rule)]
        return Said(tuple(runs), self._whole(rule, rule_text(rule, self.pathway, self.language)))

    @cached_property
    def receipt_of_all(self) -> Timing | None:
        """Within what time every message that is sent is to be acknowledged, where that is the same for all."""
        sent = [rule for rule in self.pathway.rules() if rule.message is not None and rule.kind == "send"]
        found = [rule.receipt or self.pathway.messages[rule.message or ""].receipt for rule in sent]
        return found[0] if len(found) > 1 and all(timing == found[0] for timing in found) else None

    def message(self, rule: Rule) -> Said:
        """A message on its arrow: its title, its limit, the answer that it asks for."""
        message = self.pathway.messages[rule.message or ""]
        about = message.title(self.language)
        parts = [self.limit(rule)]
        # What all messages have in common stands once, in the band of what holds throughout.
        receipt = None if self.receipt_of_all is not None else rule.receipt or message.receipt
        for name, timing in (("receipt", receipt), ("answer", rule.answer)):
            if timing is not None:
                parts.append(phrase(f"limit.{name}", self.language, d=timing_text(timing, self.pathway, self.language)))
        said = [Run(about), Run("· " + ", ".join(part for part in parts if part), "bold")] if any(parts) else [Run(about)]
        soft = [self.when(rule.when, 48)] if rule.when is not None else []
        soft += self._marks(rule)
        return Said(
            (*said, *(Run("· " + part, "soft") for part in soft)),
            self._whole(rule, rule_text(rule, self.pathway, self.language)),
        )

    def limit(self, rule: Rule) -> str:
        """Its time, its count and how it is repeated; empty where none is asked."""
        none = phrase("limit.none", self.language)
        said = [limit_text(rule, self.pathway, self.language)]
        if rule.kind == "decide" or (
            said[0] == none and (rule.kind in ("look_up", "need") or rule.received_before is not None)
        ):
            said = []
        if rule.timing is not None and rule.timing.not_before is not None:
            said.append(phrase("limit.not_before", self.language, e=self.events((rule.timing.not_before,))))
        if rule.timing is not None and rule.timing.lower is not None and rule.timing.upper is None and rule.timing.same_day:
            said.append(phrase("limit.not_before", self.language, e=duration_text(rule.timing.lower, self.language)))
        if rule.received_before is not None:
            said.append(text("received_before", self.language, e=self.events((rule.received_before,))))
        if rule.until is not None:
            said.append(text("until_event", self.language, e=self.events((rule.until,))))
        if rule.timing is not None and rule.timing.repeat != "first":
            said.append(text("each_time" if rule.timing.repeat == "each" else "latest_counts", self.language))
        return ", ".join(said)

    def way(self, way: Transition, stage: str) -> Said:
        """What a way is taken on, for whom, and where it leads."""
        runs = [Run(self.taken_on(way))]
        if way.when is not None:
            runs.append(Run(self.when(way.when), "soft"))
        whole = [self.taken_on(way)] + ([self.when(way.when, whole=True)] if way.when is not None else [])
        to = "→ " + self.target(way.target, stage)
        runs.append(Run(to, "bold"))
        return Said(tuple(runs), self._joined([" ".join([*whole, to]), *self._stands(way.standing)]))

    def target(self, target: str | None, stage: str) -> str:
        if target is None:
            return text("back_to", self.language)
        title = self.pathway.stages[target].title(self.language)
        return text("again", self.language, t=title) if target == stage else title

    def start(self, start: Start) -> Said:
        """Another pathway that begins."""
        other = self.pathway.started.get(start.pathway)
        title = other.title(self.language) if other is not None else start.pathway.replace("_", " ")
        said = text("starts", self.language, t=title)
        if start.on:
            said = text("starts_on", self.language, e=self.named(start.on), t=title)
        runs = [Run(said)] + ([Run(self.when(start.when), "soft")] if start.when is not None else [])
        whole = said + (" " + self.when(start.when, whole=True) if start.when is not None else "")
        return Said(tuple(runs), whole)

    def cost(self, cost: Cost) -> Said:
        """What a day costs, at the latest price that is known."""
        known = [price for price in cost.prices if price.amount is not None]
        amount = max(known, key=lambda price: price.period.start or date.min).amount if known else None
        span = {"s": self.events((cost.start,)), "e": self.events((cost.end,))}
        if amount is None:
            said = text("cost_unknown", self.language)
        else:
            said = text("cost_of", self.language, n=money(amount, cost.currency, self.language, 2), **span)
        soft = [text("paid_by", self.language, p=self.party(cost.paid_by))] if cost.paid_by else []
        soft += [self.when(cost.when)] if cost.when is not None else []
        runs = (Run(said), *(Run("· " + part, "soft") for part in soft))
        return Said(runs, self._joined([", ".join([said, *soft]), *self._stands(cost.standing)]))

    def change(self, change: Change) -> Said:
        """What an adaptation changes, against what was before."""
        said = text("changed_to", self.language, c=change_text(change, self.pathway, self.language))
        because = [text("because_of", self.language, b=change.because)] if change.because else []
        return Said((Run(said),), self._joined([said, *because]))

    def when(self, condition: Condition, most: int = _CONDITION, *, whole: bool = False) -> str:
        said = condition_text(condition, self.pathway, self.language, whole=whole)
        return phrase("condition.when", self.language, c=said if whole else shortened(said, most))

    def named(self, events: Iterable[EventRef]) -> str:
        """Events as a heading: `Utskrevet / Innlagt`."""
        return " / ".join(event_text(event.key, self.pathway, self.language) for event in events)

    def events(self, events: tuple[EventRef, ...]) -> str:
        return events_text(events, self.pathway, self.language)

    def party(self, name: str | None) -> str:
        declared = self.pathway.parties.get(name or "")
        return declared.title(self.language) if declared is not None else text("nobody", self.language)

    def bound(self, name: str | None) -> str:
        """A party, with the unit that an adaptation binds it to."""
        title, unit = self.party(name), self.pathway.units.get(name or "")
        return title if unit is None else f"{title} ({self.party(unit) if unit in self.pathway.parties else unit})"

    def taken_on(self, way: Transition) -> str:
        """The events of a way, or the time after which it is taken."""
        if way.after is not None:
            events = way.anchor.events if way.anchor else ()
            span = duration_text(way.after, self.language)
            return span + phrase("limit.after", self.language, a=self.events(events)) if events else span
        said = self.named(way.on)
        return f"{said} ({text('otherwise', self.language)})" if way.otherwise else said

    def _holder(self, rule: Rule) -> str | None:
        stage = self.pathway.stages.get(rule.stage or "")
        return stage.party if stage is not None else None

    def _about(self, rule: Rule) -> str:
        if rule.kind in ("decide", "look_up") and rule.event is not None:
            event = event_text(rule.event.key, self.pathway, self.language)
            basis = self._bases(rule.basis)
            name = "decides" if rule.kind == "decide" else "looks_up"
            lower = self.events((rule.event,))
            said = text(name, self.language, o=event if name == "decides" else lower, b=basis)
            return said[:1].upper() + said[1:]
        said = rule_text(rule, self.pathway, self.language)
        if rule.kind == "goal":
            return text("goal_named", self.language, o=said)
        if rule.kind == "need":
            extra = [text("competence", self.language, c=rule.competence.replace("_", " "))] if rule.competence else []
            if rule.level is not None:
                level = text(f"level_{rule.level}", self.language)
                extra.append(text("at_level_or_lower" if rule.or_lower else "at_level", self.language, l=level))
            title = self.pathway.resources[rule.resource or ""].title(self.language)
            return ", ".join([title, *extra])
        return said

    def _bases(self, bases: tuple[Basis, ...]) -> str:
        """What a decision needs; what is common to all of it is said once."""
        ages = {basis.max_age for basis in bases}
        if len(ages) == 1 and len(bases) > 1 and (age := bases[0].max_age) is not None:
            listed = ", ".join(self._basis(each) for each in bases)
            return text("none_older", self.language, o=listed, d=duration_text(age, self.language))
        return ", ".join(self._aged(each) for each in bases)

    def _aged(self, basis: Basis) -> str:
        if basis.max_age is None:
            return self._basis(basis)
        return text("no_older", self.language, o=self._basis(basis), d=duration_text(basis.max_age, self.language))

    def _basis(self, basis: Basis) -> str:
        facts = self.pathway.facts
        said = facts[basis.name].title(self.language) if basis.kind == "fact" else self.events((EventRef(name=basis.name),))
        return lowered(said)

    def _marks(self, rule: Rule) -> list[str]:
        """What holds it back or stops its clock; that it is only measured, only proposed, aimed at for a population, or changed by the
        adaptation."""
        said = [self._wait(rule)] if rule.wait_until is not None else []
        said += self._holds(rule)
        said += [text("measured", self.language)] if rule.kind == "measure" else []
        if rule.target is not None:
            said.append(phrase(f"limit.target_{rule.target.at}", self.language, n=f"{rule.target.percent:g}"))
        if rule.standing.proposed:
            said.append(text("proposed", self.language))
        if change := self.changed.get(rule.name):
            said.append(text("only_here" if change.before is None else "changed_here", self.language))
        return said

    def _holds(self, rule: Rule) -> list[str]:
        spans = [{"s": self.events((hold.start,)), "e": self.events((hold.end,))} for hold in rule.holds]
        return [text("hold", self.language, **span) for span in spans]

    def _wait(self, rule: Rule) -> str:
        assert rule.wait_until is not None  # the caller has looked
        return text("wait_until", self.language, c=condition_text(rule.wait_until, self.pathway, self.language))

    def _whole(self, rule: Rule, about: str) -> str:
        """Everything that is to be said of a rule, a line each."""
        pathway, language = self.pathway, self.language
        limit = ", ".join(part for part in (self.limit(rule), reply_text(rule, pathway, language)) if part)
        lines = [f"{about}: {limit}" if limit else about]
        lines += [self.when(rule.when, whole=True)] if rule.when is not None else []
        for variant in rule.variants:
            parts = [timing_text(variant.timing, pathway, language)]
            if variant.target is not None:
                parts.append(phrase(f"limit.target_{variant.target.at}", language, n=f"{variant.target.percent:g}"))
            lines.append(text("variant", language, p=self.period(variant.period), d=", ".join(p for p in parts if p)))
        lines += self._holds(rule)
        lines += [self._wait(rule)] if rule.wait_until is not None else []
        if rule.reached is not None:
            lines.append(condition_text(rule.reached, pathway, language, whole=True))
        for deviation in rule.may_deviate:
            if deviation.when is None:
                lines.append(text("may_deviate_always", language, b=deviation.because))
                continue
            condition = condition_text(deviation.when, pathway, language, whole=True)
            lines.append(text("may_deviate", language, c=condition, b=deviation.because))
        lines += [text("warns", language, d=duration_text(rule.warn_after, language))] if rule.warn_after else []
        message = pathway.messages.get(rule.message or "")
        if message is not None and message.contains:
            lines.append(text("contents_of", language, c=", ".join(lowered(e.title(language)) for e in message.contains)))
        holder = rule.by or rule.sender or self._holder(rule)
        lines += [text("answers_for", language, p=self.bound(holder))] if holder else []
        lines += self._stands(rule.standing, standing_text(rule, language))
        change = self.changed.get(rule.name)
        return self._joined([*lines, *([self.change(change).whole] if change is not None else ())])

    def _stands(self, standing: Standing, said: str = "") -> list[str]:
        lines = [text("standing_of", self.language, s=said)] if said else []
        if standing.source is not None:
            lines.append(text("source_of", self.language, s=source_text(standing, self.pathway, self.language)))
        lines += [text("because_of", self.language, b=standing.because)] if standing.because else []
        return lines + [text("dissent_of", self.language, d=dissent) for dissent in standing.dissents]

    def period(self, period: Period) -> str:
        start, end = (day.isoformat() if day else "" for day in (period.start, period.end))
        name = "period_both" if start and end else "period_from" if start else "period_to"
        return text(name, self.language, s=start, e=end)

    @staticmethod
    def _joined(lines: Iterable[str]) -> str:
        return "\n".join(line[:1].upper() + line[1:] for line in lines if line)
