"""What the page says in one language: names, numbers and dates in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.model.phrases import elapsed_text
from pathway.reports.figures import Figures

from .texts import date_text, moment_text, money, month_text, number, percent, share, text


class Speech:
    """Words for the figures of one report. The template calls the short names: `t` a text of the table, `w` words of the figures, `n` a
    number, `p` a share in per cent."""

    def __init__(self, pathway: Pathway, figures: Figures, language: Language) -> None:
        self.pathway = pathway
        self.figures = figures
        self.language = language
        self.prefix = f"{language}-"
        self.zone = ZoneInfo(pathway.time_zone)

    # Words and numbers

    def t(self, name: str, /, **values: object) -> str:
        return text(name, self.language, **values)

    def w(self, words: Mapping[str, str] | None) -> str:
        """A text of the figures in the page's language."""
        if not words:
            return ""
        return words.get(self.language) or words.get("nb") or words.get("en") or next(iter(words.values()))

    def n(self, value: float | None, digits: int = 0) -> str:
        return "–" if value is None else number(value, self.language, digits)

    def d(self, days: float | None) -> str:
        """Days; few of them with a decimal, so that half a day is neither none nor a whole one."""
        if days is not None and 0 < days < 0.05:
            return self.t("under_tenth")
        return self.n(days, 1 if days is not None and days < 9.95 else 0)

    def p(self, value: float | None, digits: int = 0) -> str:
        return percent(value, self.language, digits)

    @property
    def hidden(self) -> Markup:
        """What stands for a figure of a small group."""
        return Markup('<abbr title="{}">{}</abbr>').format(self.t("hidden_why"), self.t("hidden_few"))

    def share(self, value: Any) -> str:
        return self.hidden if value is None else share(value, self.language)

    def interval(self, value: Any) -> str:
        if value is None or value.low is None:
            return ""
        return self.t("interval", low=self.p(value.low), high=self.p(value.high))

    def points(self, value: float | None) -> str:
        """A difference of shares, with its sign."""
        if value is None:
            return "–"
        sign = "+" if value > 0 else "\u2212" if value < 0 else "±"
        return self.t("points", n=f"{sign}{self.n(abs(value) * 100)}")

    def elapsed(self, seconds: float | None) -> str:
        return self.t("median_none") if seconds is None else elapsed_text(seconds, self.language)

    def day(self, day: date | datetime | None) -> str:
        if day is None:
            return "–"
        return date_text(day.astimezone(self.zone).date() if isinstance(day, datetime) else day, self.language)

    def moment(self, moment: datetime | None) -> str:
        return "–" if moment is None else moment_text(moment.astimezone(self.zone), self.language)

    def period(self, dates: Any) -> str:
        """A span of days, as short as it can be said: whole months by their names."""
        return self.t("from_to", a=date_text(dates.start, self.language), b=date_text(dates.end, self.language))

    def month(self, month: str) -> str:
        return month_text(month, self.language)

    def money(self, amount: float | None, currency: str) -> str:
        return "–" if amount is None else money(amount, currency, self.language)

    def cost(self, cost: Any) -> str:
        """What days come to, and of how many of them that is known."""
        if cost.amount is None:
            return self.t("no_price")
        amount = self.money(cost.amount, cost.currency)
        if not cost.unpriced:
            return self.t("cost_all", amount=amount)
        return self.t(
            "cost_some", amount=amount, k=self.n(cost.days - cost.unpriced), n=self.n(cost.unpriced), m=self.n(cost.days)
        )

    # Names

    @property
    def title(self) -> str:
        return self.w(self.figures.titles)

    @property
    def as_of(self) -> str:
        return self.moment(self.figures.provenance.as_of)

    def party(self, name: str | None) -> str:
        return "–" if not name else self.w(self.figures.names.parties.get(name)) or name

    def answers_for(self, name: str | None) -> str:
        """Who answers for a rule; whoever has the patient, where the text names nobody."""
        return self.t("whoever") if name is None else self.party(name)

    def holder(self, name: str | None) -> str:
        """Who had a patient."""
        return self.t("nobody") if name is None else self.party(name)

    def pathway_title(self, name: str) -> str:
        return self.w(self.figures.names.pathways.get(name)) or name

    def stage(self, name: str | None) -> str:
        return "–" if not name else self.w(self.figures.names.stages.get(name)) or name

    def event(self, key: str) -> str:
        return self.w(self.figures.names.events.get(key)) or key

    def dimension(self, name: str) -> str:
        found = self.w(self.figures.names.dimensions.get(name)) or name
        return found[:1].lower() + found[1:]

    def dimensions(self, comparisons: Sequence[Any]) -> str:
        """What is compared by, one after another."""
        return ", ".join(self.dimension(one.dimension) for one in comparisons)

    def rule_id(self, rule: Any) -> str:
        """The id of a rule's section. Those of the page's own pathway are what its graph links to."""
        return self.id_of(rule.pathway, rule.name)

    def id_of(self, pathway: str, rule: str) -> str:
        own = "" if pathway == self.figures.pathway else f"{pathway}-"
        return f"{self.prefix}rule-{own}{rule}"

    @cached_property
    def _rules(self) -> dict[tuple[str, str], Any]:
        return {(rule.pathway, rule.name): rule for rule in self.figures.rules}

    def rule_of(self, pathway: str, name: str) -> Any:
        return self._rules.get((pathway, name))

    def started(self, pathway: str) -> Markup:
        """The title of a pathway that the page's own one starts, to stand after what is of it."""
        if pathway == self.figures.pathway:
            return Markup("")
        return Markup(' <span class="soft">({})</span>').format(self.pathway_title(pathway))

    def rule_title(self, pathway: str, name: str) -> str:
        """What a rule is about; of a pathway that the page's own one starts, with its title."""
        found = self.rule_of(pathway, name)
        said = self.w(found.titles) if found is not None else name
        return said if pathway == self.figures.pathway else f"{said} ({self.pathway_title(pathway)})"

    def breaks_at(self, task: Any) -> str:
        """Where a task breaks: between whom a message goes; of all else who answers, and who had the patient when the time was up."""
        if task.to_party is None:
            return self.t("within_party", p=self.party(task.from_party))
        found = self.rule_of(task.pathway, task.rule)
        told = "hand_over" if found is not None and found.sender is not None else "answers_elsewhere"
        return self.t(told, a=self.party(task.from_party), b=self.party(task.to_party))

    # Judgements and grounds

    def subtypes(self, found: Mapping[str, int]) -> str:
        words = [(self.t(f"subtype_{name}"), count) for name, count in found.items() if count]
        return ", ".join(f"{said} ({self.n(count)})" for said, count in sorted(words, key=lambda pair: -pair[1]))

    def measure(self, chart: Any, value: float | None) -> str:
        """A value of a control chart: a share, or days."""
        return self.p(value) if chart.measure == "share" else self.n(value, 1)

    def signals(self, point: Any) -> str:
        return ", ".join(self.t(f"signal_{signal}") for signal in point.signals)

    def valid(self, start: date | None, end: date | None) -> str:
        parts = [self.t("valid_from", a=self.day(start))] if start is not None else []
        parts += [self.t("valid_to", b=self.day(end))] if end is not None else []
        return " ".join(parts) or self.t("always")

    def standing(self, limit: Any) -> str:
        """How binding a limit is."""
        parts = [self.t(f"force_{limit.force}")] if limit.force else []
        parts += [self.t("proposed")] if limit.proposed else []
        return ", ".join(parts) or "–"

    def source(self, source: Any) -> Markup:
        """A source with its place, and a link where it has a safe one."""
        if source is None:
            return Markup("{}").format(self.t("no_source"))
        checked = "" if source.checked is None else self.day(source.checked)
        said = self.t(f"source_{source.standing}", d=checked)
        place = f", {source.place}" if source.place else ""
        linked = source.url is not None and source.url.startswith("https://")
        form = '<a href="{url}" rel="noreferrer">{title}</a>{place} ({said})' if linked else "{title}{place} ({said})"
        return Markup(form).format(url=source.url, title=source.title, place=place, said=said)

    def value(self, fact: str | None, value: str) -> str:
        """A value of a fact; what has no title is called as the log does."""
        return self.w(self.figures.names.values.get(fact or "", {}).get(value)) or value

    def indicator(self, found: Any, value: float | None) -> str:
        """An indicator's value with its unit."""
        if value is None:
            return "–"
        return self.p(value) if found.unit == "share" else f"{self.n(value, 1)}\u00a0{self.t('axis_' + found.unit)}"

    def group(self, dimension: str | None, row: Any) -> str:
        """A group of those that are compared by something; kinds of day have no other name than ours."""
        if row.group in ("working_day", "day_off"):
            return self.t(f"group_{row.group}")
        return self.t("unknown_value") if row.group is None else self.value(dimension, row.group)

    def heading(self, dimension: str | None) -> str:
        return self.t("group") if dimension is None else self.w(self.figures.names.dimensions.get(dimension)) or dimension

    def reason(self, name: str) -> str:
        """Why a row was not used."""
        return self.t(f"reason_{name.replace(' ', '_').replace(':', '')}")

    def row(self, first: str) -> str:
        return self.t("row", n=first.removeprefix("row "))
