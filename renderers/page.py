"""The report as one HTML file: no network, a strict content security policy, Norwegian and English in one page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.model.phrases import elapsed_text, event_text, limit_text, rule_text
from pathway.model.rules import Rule
from pathway.reports.figures import Figures, RuleFigures, Share
from pathway.tracking.sentences import sentence

from . import charts
from .graph import graph_svg
from .palette import mark
from .standing import source_link, source_text, standing_text
from .texts import number, percent, share, text

_SHOWN: tuple[Language, ...] = ("nb", "en")


def page_html(pathway: Pathway, figures: Figures, language: Language = "nb") -> str:
    """The report page. It opens in `language`; the reader can switch. Some 100 kB and a second for a county."""
    css, script = _asset("page.css"), _asset("page.js")
    first: Language = "en" if language == "en" else "nb"
    bodies = [_View(pathway, figures, shown) for shown in _SHOWN]
    return (
        _environment()
        .from_string(_asset("page.html.j2"))
        .render(
            css=Markup(css),
            script=Markup(script),
            policy=f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'",
            language=first,
            title=f"{text('title_report', first)}: {pathway.title(first)}",
            views=bodies,
        )
    )


def _asset(name: str) -> str:
    return files("pathway.renderers").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


class _View:
    """What the template shows, in one language."""

    def __init__(self, pathway: Pathway, figures: Figures, language: Language) -> None:
        self.pathway = pathway
        self.figures = figures
        self.language = language
        self.prefix = f"{language}-"

    def t(self, name: str, **values: object) -> str:
        return text(name, self.language, **values)

    def n(self, value: float, digits: int = 0) -> str:
        return number(value, self.language, digits)

    def p(self, value: float | None, digits: int = 0) -> str:
        return percent(value, self.language, digits)

    def share(self, value: Share) -> str:
        return share(value, self.language)

    def interval(self, value: Share) -> str:
        if value.low is None:
            return ""
        return self.t("interval", low=self.p(value.low), high=self.p(value.high))

    @property
    def title(self) -> str:
        return self.pathway.title(self.language)

    @property
    def as_of(self) -> str:
        moment = self.figures.as_of
        if moment is None:
            return "–"

        local = moment.astimezone(ZoneInfo(self.pathway.time_zone))
        return (
            f"{local:%Y-%m-%d %H:%M}" if self.language == "en" else f"{local.day}.{local.month}.{local.year} kl. {local:%H:%M}"
        )

    @property
    def graph(self) -> Markup:
        return Markup(graph_svg(self.pathway, self.figures, self.language, prefix=self.prefix))

    @property
    def kinds(self) -> list[tuple[str, Markup, int]]:
        """The three kinds of break: title, mark, number."""
        kinds = ("waiting", "information", "resource")
        return [(self.t(f"{kind}_long"), self._mark(kind, False), self.figures.breaks.get(kind, 0)) for kind in kinds]

    def _mark(self, kind: Any, hollow: bool) -> Markup:
        inner = mark(kind, 9, 9, 13, hollow=hollow)
        return Markup(f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{inner}</svg>')

    def mark(self, rule: Rule) -> Markup:
        return self._mark(rule.break_kind, not rule.breaks)

    def rule(self, rule: Rule) -> str:
        return rule_text(rule, self.pathway, self.language)

    def limit(self, rule: Rule) -> str:
        return limit_text(rule, self.pathway, self.language)

    def party(self, name: str | None) -> str:
        declared = self.pathway.parties.get(name or "")
        return declared.title(self.language) if declared else (name or "–")

    def holder(self, rule: Rule) -> str:
        """Who answers: the rule's party, its sender, or the stage's."""
        stage = self.pathway.stages.get(rule.stage or "")
        return self.party(rule.by or rule.sender or (stage.party if stage else None))

    def source(self, rule: Rule) -> str:
        return source_text(rule.standing, self.pathway, self.language)

    def url(self, rule: Rule) -> str | None:
        return source_link(rule.standing, self.pathway)

    def standing(self, rule: Rule) -> str:
        return standing_text(rule, self.language) or "–"

    def target(self, figures: RuleFigures) -> str:
        target = figures.rule.target
        if target is None:
            return ""
        wanted = self.t(f"target_{target.at}", p=self.p(target.percent / 100))
        if figures.target_met is None:
            return wanted
        return f"{wanted}: {self.t('target_met' if figures.target_met else 'target_missed')}"

    def elapsed(self, seconds: float) -> str:
        return elapsed_text(seconds, self.language)

    def sentence(self, row: Mapping[str, Any]) -> str:
        return sentence(row, self.pathway, self.language)

    def subtypes(self, figures: RuleFigures) -> str:
        words = {s: self.t(f"subtype_{s}") for s in figures.breaks}
        return ", ".join(f"{words[s]} {self.n(n)}" for s, n in sorted(figures.breaks.items(), key=lambda item: -item[1]))

    def bar(self, figures: RuleFigures) -> Markup:
        return Markup(charts.outcome_bar(figures, self.language))

    def histogram(self, figures: RuleFigures) -> Markup:
        return Markup(charts.histogram(figures, self.language))

    def months(self, figures: RuleFigures) -> Markup:
        return Markup(charts.months(figures, self.language))

    @property
    def outcome_classes(self) -> Mapping[str, str]:
        return charts.OUTCOME_CLASS

    def event(self, name: str) -> str:
        return event_text(name, self.pathway, self.language)

    def stage(self, name: str) -> str:
        stage = self.pathway.stages.get(name)
        return stage.title(self.language) if stage else "–"

    def reason(self, name: str) -> str:
        """Why a row was not used."""
        return self.t(f"reason_{name.replace(' ', '_').replace(':', '')}")

    def row(self, first: str) -> str:
        return self.t("row", n=first.removeprefix("row "))

    @property
    def understood(self) -> float | None:
        read = self.figures.log.get("read", 0)
        return None if not read else self.figures.log["used"] / read

    @property
    def left(self) -> list[tuple[str, str, int]]:
        """What changed nothing in the stage that it came in, the most frequent first."""
        found = [
            (self.stage(stage), self.event(name), count)
            for stage, names in self.figures.log.get("not_taken_up", {}).items()
            for name, count in names.items()
        ]
        return sorted(found, key=lambda item: -item[2])[:8]
