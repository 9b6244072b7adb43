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

from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.model.phrases import elapsed_text, event_text
from pathway.reports.figures import Figures
from pathway.reports.handovers import HandoverFigures
from pathway.reports.measures import Share
from pathway.reports.part import Text
from pathway.reports.ranking import Task
from pathway.reports.rules import RuleFigures

from . import charts
from .graph import graph_svg
from .palette import mark
from .texts import number, percent, share, text

_SHOWN: tuple[Language, ...] = ("nb", "en")


def page_html(pathway: Pathway, figures: Figures, language: Language = "nb") -> str:
    """The report page. It opens in `language`; the reader can switch. Some 100 kB and a second for a county.

    Where Graphviz is missing the page says so in the place of the graph.
    """
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

    def share(self, value: Share | None) -> str:
        return "–" if value is None else share(value, self.language)

    def interval(self, value: Share) -> str:
        if value.low is None or value.high is None:
            return ""
        return self.t("interval", low=self.p(value.low), high=self.p(value.high))

    @property
    def title(self) -> str:
        return self.pathway.title(self.language)

    @property
    def as_of(self) -> str:
        moment = self.figures.provenance.as_of
        if moment is None:
            return "–"

        local = moment.astimezone(ZoneInfo(self.pathway.time_zone))
        return (
            f"{local:%Y-%m-%d %H:%M}" if self.language == "en" else f"{local.day}.{local.month}.{local.year} kl. {local:%H:%M}"
        )

    @property
    def graph(self) -> Markup | None:
        try:
            return Markup(graph_svg(self.pathway, self.figures, self.language, prefix=self.prefix))
        except DrawingError:
            return None

    @property
    def no_graph(self) -> str:
        problem = DrawingError("PW530")
        return f"{problem.message(self.language)} {problem.help(self.language)}"

    @property
    def kinds(self) -> list[tuple[str, Markup, int]]:
        """The three kinds of break: title, mark, number."""
        kinds = self.figures.headline.kinds
        return [(self.t(f"{each.kind}_long"), self._mark(each.kind, False), each.breaks) for each in kinds]

    def _mark(self, kind: Any, hollow: bool) -> Markup:
        inner = mark(kind, 9, 9, 13, hollow=hollow)
        return Markup(f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{inner}</svg>')

    def mark(self, found: RuleFigures) -> Markup:
        return self._mark(found.break_kind, not found.gives_breaks)

    def says(self, text: Text) -> str:
        return text[self.language]

    def of(self, task: Task) -> RuleFigures:
        """The rule that a task is about."""
        found = self.figures.of(task.rule, task.pathway)
        assert found is not None  # tasks are made of rules
        return found

    def anchor(self, found: RuleFigures) -> str:
        """The id of a rule's section; those of pathways that are started have the pathway before their names."""
        own = found.pathway == self.figures.pathway
        return f"{self.prefix}rule-{found.name if own else f'{found.pathway}-{found.name}'}"

    def party(self, name: str | None) -> str:
        declared = self.pathway.parties.get(name or "")
        return declared.title(self.language) if declared else (name or "–")

    def source(self, found: RuleFigures) -> str:
        source = found.limits[0].source if found.limits else None
        if source is None:
            return self.t("no_source")
        place = f", {source.place}" if source.place else ""
        checked = self.t("checked", d=source.checked.isoformat()) if source.checked else self.t("unchecked")
        return f"{source.title}{place} ({checked})"

    def url(self, found: RuleFigures) -> str | None:
        source = found.limits[0].source if found.limits else None
        return source.url if source is not None and source.url and source.url.startswith("https://") else None

    def standing(self, found: RuleFigures) -> str:
        force = found.limits[0].force if found.limits else None
        parts = [self.t(f"force_{force}")] if force else []
        parts += [self.t(found.column)] if found.column in ("proposed", "measured", "promptly") else []
        return ", ".join(parts) or "–"

    def target(self, figures: RuleFigures) -> str:
        target = figures.main.target
        if target is None:
            return ""
        wanted = self.t(f"target_{target.at}", p=self.p(target.percent / 100))
        if target.verdict not in ("met", "missed"):
            return wanted
        return f"{wanted}: {self.t(f'target_{target.verdict}')}"

    def elapsed(self, seconds: float) -> str:
        return elapsed_text(seconds, self.language)

    def subtypes(self, figures: RuleFigures) -> str:
        return ", ".join(f"{self.t(f'subtype_{name}')} {self.n(n)}" for name, n in figures.main.breaks.items())

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
    def handovers(self) -> list[HandoverFigures]:
        return [found for found in self.figures.handovers if found.owed]

    @property
    def left(self) -> list[tuple[str, str, int]]:
        """What changed nothing in the stage that it came in, the most frequent first."""
        return [(self.stage(each.stage), self.event(each.event), each.count) for each in self.figures.quality.not_taken_up[:8]]
