"""What the page's template shows, in one language: pictures made of figures, and which of them stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from markupsafe import Markup

from pathway.language.source import Language
from pathway.model.base import Duration
from pathway.model.pathway import Pathway
from pathway.model.phrases import duration_text
from pathway.reports.figures import Figures
from pathway.reports.rules import has_limit
from pathway.reports.trends import months_between

from . import answers, charts, courses
from .graph import graph_svg
from .palette import KIND, mark
from .speech import Speech
from .timeline import timeline

PARTS = ("headline", "graph", "first", "rules", "handovers", "compare", "indicators", "deviations", "quality", "computed")
"""The ten parts, in order: names of texts."""
_FUNNEL = 3
"""So many groups at least for a picture; fewer are read from the table."""
_TIMELINES, _MARKS = 12, 700
"""Patients whose whole course is drawn, and events and obligations of all of them: more would be half of the page."""
_SHAPES = {"better": "▲", "worse": "▼", "met": "✓", "missed": "✗", "look": "◆", "differ": "◆"}
_HALF_YEAR = 183
"""Days: a control chart asks for six months."""
_LINES = 14
"""Lines of the table behind a curve: the whole curve is in the file with the data."""
_SECONDS = {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "week": 604_800.0, "month": 2_629_746.0, "year": 31_556_952.0}


def marks() -> Markup:
    """The marks of the three kinds of break, drawn once for all of the page."""
    drawn = (
        f'<symbol id="mark-{kind}{"-hollow" if hollow else ""}" viewBox="0 0 18 18">{mark(kind, 9, 9, 13, hollow=hollow)}</symbol>'
        for kind in KIND
        for hollow in (False, True)
    )
    return Markup(f'<svg class="marks" width="0" height="0" aria-hidden="true">{"".join(drawn)}</svg>')


def _known(chart: Any) -> list[str]:
    """The months of a chart that have a value."""
    return [point.period for point in chart.points if point.value is not None]


def _drawn(chart: Any) -> bool:
    return chart is not None and chart.verdict != "too_few" and bool(_known(chart))


def _runs_out(limit: Duration) -> tuple[float, float]:
    """From and to when a limit runs out: hours to the second, days (weeks, months) during their last day (T2)."""
    length = limit.amount * _SECONDS[limit.unit]
    return (length, length if limit.elapsed else length + _SECONDS["day"])


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over the rules of a stage; the graph's stage leads to its `id`."""

    title: str
    id: str | None


class View(Speech):
    """One language's page. What is compared and ranked is in `answers.py` and the figures."""

    answers = answers
    parts = PARTS
    outcome_classes = charts.OUTCOME_CLASS

    def __init__(self, pathway: Pathway, figures: Figures, language: Language, other: Language = "en") -> None:
        super().__init__(pathway, figures, language)
        self.other = other
        """What the reader can switch to."""

    # Pictures

    @cached_property
    def graph(self) -> Markup:
        return Markup(graph_svg(self.pathway, self.figures, self.language, prefix=self.prefix))

    def sign(self, kind: Any, *, hollow: bool = False) -> Markup:
        """The mark of a kind of break, by reference to the page's one drawing of it."""
        name = f"{kind}-hollow" if hollow else kind
        return Markup(f'<svg class="mark" aria-hidden="true"><use href="#mark-{name}"/></svg>')

    def rule_sign(self, rule: Any) -> Markup:
        return self.sign(rule.break_kind, hollow=not rule.gives_breaks)

    def arrow(self, verdict: str) -> Markup:
        """The shape of a judgement alone, where the words stand before it."""
        return Markup('<span class="verdict {}" aria-hidden="true">{}</span>').format(verdict, _SHAPES[verdict])

    def verdict(self, name: str | None) -> Markup:
        """A judgement: a word, and for one that tells of something colour and shape."""
        if name is None:
            return Markup("")
        said = self.t(f"verdict_{name}")
        if name not in _SHAPES:
            return Markup('<span class="verdict">{}</span>').format(said)
        return Markup('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>').format(name, _SHAPES[name], said)

    def outcomes(self, rule: Any, part: Any) -> dict[str, int]:
        """The outcomes of a part as the page tells them: what was done too early is not called late, nor what has no time in time; what
        was done while its time is not up is in no share; and a decision has its grounds or has not."""
        early = part.breaks.get("early", 0)
        told: dict[str, int] = {}
        for name, count in part.outcomes.items():
            if name == "met":
                told |= {"met": count - part.ahead, "ahead": part.ahead} if self.timed(rule, part) else {"done": count}
            elif name == "late":
                told |= {"late": count - early, "early": early}
            else:
                told[name] = count
        grounds = {"met": "grounded", "late": "ungrounded"} if rule.kind == "decide" and part.part == "main" else {}
        return {grounds.get(name, name): count for name, count in told.items()}

    def timed(self, rule: Any, part: Any) -> bool:
        """Whether anything of a part can be late or lacking."""
        return has_limit(rule.rule, part.part)

    def untold(self, rule: Any, part: Any) -> str:
        """Why a part has no share in time. Where no limit is set, it is said what was seen."""
        if part.judged:
            return self.t("few_judged", n=self.n(part.judged))
        if self.timed(rule, part):
            return self.t("nothing_due" if part.ahead or part.outcomes["waiting"] else "nobody_judged")
        if not part.owed:
            return self.t("limit_unset")
        said = self.t("limit_unset_seen", n=self.n(part.outcomes["met"]), m=self.n(part.owed))
        half = part.times.median_s if part.times is not None else None
        return said if half is None else self.t("limit_unset_half", said=said, d=self.elapsed(half))

    def chart_verdict(self, chart: Any) -> Markup:
        """What a control chart says. One whose signs are all old has not shown random variation alone."""
        earlier = chart.verdict == "stable" and any(point.signals for point in chart.points)
        return self.verdict("earlier" if earlier else chart.verdict)

    def bar(self, outcomes: Mapping[str, int]) -> Markup:
        return Markup(charts.outcome_bar(outcomes, self.language))

    def strip(self, value: Any, whole: float | None = None) -> Markup:
        """A share with its interval as a small picture."""
        if value is None or value.low is None:
            return Markup("")
        said = self.t("chart_interval", p=self.p(value.value), low=self.p(value.low), high=self.p(value.high))
        return Markup(charts.interval(value.value, value.low, value.high, said, whole=whole))

    def survival(self, rule: Any, part: Any) -> Markup:
        """How long a part of a rule took, against its limit. A limit that is no fixed length of time is not drawn."""
        if part.times is None:
            return Markup("")
        steps = [(s.at_s, 1 - s.left, 1 - s.high, 1 - s.low) for s in part.times.steps]
        target = part.target.percent / 100 if part.target is not None and part.target.at == "least" else None
        limit = self._limit(rule, part)
        named = self.t("axis_limit", d=duration_text(limit, self.language)) if limit is not None else ""
        runs_out = None if limit is None else _runs_out(limit)
        return Markup(charts.survival(charts.Curve(steps, runs_out, named, target=target), self.language))

    def _limit(self, rule: Any, part: Any) -> Duration | None:
        """How long a part of a rule may take, where that is one length of time for all."""
        found = next((each for each in self.pathway.rules() if each.name == rule.name), None)
        if found is None or rule.pathway != self.figures.pathway or found.variants:
            return None
        timing = {"main": found.timing, "receipt": found.receipt, "answer": found.answer}.get(part.part)
        return None if timing is None or timing.upper is None or timing.upper.unit == "working_day" else timing.upper

    def control(self, chart: Any, target: Any = None, beside: Any = None) -> Markup:
        """Month by month; nothing where the months are too few to tell. Two charts that stand `beside` each other have the same
        months, so that what is above and below each other in time is so on the page."""
        if not _drawn(chart):
            return Markup("")
        span = sorted(month for each in (chart, beside) if _drawn(each) for month in _known(each))
        by_month = {point.period: point for point in chart.points}
        points = [
            charts.Point(month, None, 0, chart.centre, None, None)
            if (p := by_month.get(month)) is None
            else charts.Point(month, p.value, p.n or 0, chart.centre, p.low, p.high, self._signal(p, chart))
            for month in months_between(span[0], span[-1])
        ]
        aimed = None if target is None else target.percent / 100
        return Markup(charts.control(points, self.language, target=aimed, days=chart.measure != "share"))

    def _signal(self, point: Any, chart: Any) -> str | None:
        """Which way a point tells of a change; of days, fewer are better."""
        if not point.signals:
            return None
        return "better" if (point.value >= chart.centre) == (chart.measure == "share") else "worse"

    def funnel(self, comparison: Any) -> Markup:
        shown = [row for row in comparison.rows if answers.seen(row)]
        if len(shown) < _FUNNEL or not comparison.funnel:
            return Markup("")
        groups = [
            charts.Group(
                self.group(comparison.dimension, row),
                row.share.value,
                row.share.whole,
                row.verdict if row.verdict in ("better", "worse") else None,
            )
            for row in shown
        ]
        bounds = [(p.n, p.low95, p.high95, p.low998, p.high998) for p in comparison.funnel]
        return Markup(charts.funnel(groups, comparison.overall.value, bounds, self.language))

    def held(self, rows: Sequence[Any]) -> Markup:
        """Time by who held the patient, side by side."""
        parts = [
            (f"part-{min(place, 7)}", f"{self.holder(row.name)}: {self.p(row.share, 1)}", row.days)
            for place, row in enumerate(rows)
        ]
        return Markup(charts.stacked(parts, ", ".join(tip for _, tip, _ in parts)))

    # Timelines

    @cached_property
    def timelines(self) -> Sequence[Any]:
        """Those of the tasks' first examples before those of their second, so that every task of the first has one."""
        known = {found.patient: found for found in self.figures.timelines}
        ranked = [task.examples[place] for place in range(3) for task in self.figures.tasks if place < len(task.examples)]
        chosen: list[Any] = []
        left = _MARKS
        for found in (known[name] for name in dict.fromkeys(ranked) if name in known):
            marks = len(found.events) + len(found.obligations)
            if len(chosen) < _TIMELINES and (marks <= left or not chosen):
                chosen.append(found)
                left -= marks
        return chosen

    @cached_property
    def drawn(self) -> frozenset[str]:
        """The pseudonyms of those whose course is drawn."""
        return frozenset(found.patient for found in self.timelines)

    def timeline(self, found: Any) -> Markup:
        said = self.t("chart_timeline", p=found.patient)
        return Markup(timeline(courses.course_of(found, self), self.language, said))

    def lines(self, found: Any) -> Sequence[courses.Line]:
        return courses.lines(found, self)

    def left_out(self, found: Any) -> int:
        return courses.left_out(found)

    def about(self, found: Any) -> str:
        """What a patient's breaks are of, in a few words."""
        names = dict.fromkeys(self.rule_title(row.pathway, row.rule) for row in found.breaks)
        return ", ".join(names)

    # What stands where

    @cached_property
    def profiles(self) -> Sequence[answers.Profile]:
        return answers.profiles(self.figures)

    @property
    def places(self) -> Sequence[answers.Profile]:
        return [profile for profile in self.profiles if profile.place and answers.fair(profile.comparison)]

    @cached_property
    def rules_by_stage(self) -> Sequence[tuple[Heading, Sequence[Any]]]:
        """The page's own pathway by stage in its order, then what each pathway that it starts asks for."""
        found: dict[tuple[str, str | None], list[Any]] = {}
        for rule in self.figures.rules:
            found.setdefault((rule.pathway, rule.stage if rule.pathway == self.figures.pathway else None), []).append(rule)
        return [(self._heading(pathway, stage), rules) for (pathway, stage), rules in found.items()]

    def _heading(self, pathway: str, stage: str | None) -> Heading:
        if pathway != self.figures.pathway:
            return Heading(self.pathway_title(pathway), None)
        if stage is None:
            return Heading(self.t("everywhere"), f"{self.prefix}rules-throughout")
        return Heading(self.stage(stage), f"{self.prefix}rules-{stage}")

    @property
    def matrices(self) -> Sequence[tuple[str, str]]:
        """The pathways whose hand-overs make a matrix: a party's name may stand in two of them for two parties."""
        return [(name, self.pathway_title(name)) for name in answers.in_matrix(self.figures)]

    def node_of(self, rule: Any) -> str:
        """Where the graph shows a rule: its own mark, else the box of its stage, else all of it."""
        places = (f"{self.prefix}graph-rule-{rule.name}", f"{self.prefix}stage-{rule.stage}")
        return next((place for place in places if f'id="{escape(place)}"' in self.graph), f"{self.prefix}part-2")

    def task_title(self, task: Any) -> str:
        title = self.rule_title(task.pathway, task.rule)
        return title if task.part == "main" else f"{self.t('part_' + task.part)}: {title}"

    def _compared(self, rule: Any) -> Sequence[Any]:
        return [
            one
            for one in self.figures.comparisons
            if one.rule == rule.name and one.pathway == rule.pathway and one.verdict != "too_few"
        ]

    def funnels(self, rule: Any) -> Sequence[Any]:
        """The comparisons of a rule that are worth a picture: enough groups, and somebody who stands out, else the first only."""
        drawn = [one for one in self._compared(rule) if answers.fair(one) and self.funnel(one)]
        return [one for place, one in enumerate(drawn) if one.verdict == "differ" or not place]

    def plain_comparisons(self, rule: Any) -> Sequence[Any]:
        """The rest, as tables."""
        pictured = self.funnels(rule)
        return [one for one in self._compared(rule) if one not in pictured]

    def some(self, steps: Sequence[Any]) -> Sequence[Any]:
        """Some points of a curve, spread over it, for the table behind."""
        every = max(1, -(-len(steps) // _LINES))
        return [step for place, step in enumerate(steps, 1) if place % every == 0 or place == len(steps)]

    def changed(self, verdict: str) -> Sequence[tuple[str, str]]:
        """The rules that have become better, or worse: where they stand, and what they are about."""
        return [
            (self.rule_id(rule), self.rule_title(rule.pathway, rule.name)) for rule in answers.changed(self.figures, verdict)
        ]

    @cached_property
    def unchanged(self) -> str:
        """What is said where no rule is better or worse: none is, or nobody can tell."""
        h = self.figures.headline
        if any(rule.parts and _drawn(rule.parts[0].chart) for rule in self.figures.rules):
            return self.t("rules_stable")
        days = 0 if h.first is None or h.last is None else (h.last - h.first).days + 1
        return self.t("rules_young", n=self.n(days)) if days < _HALF_YEAR else self.t("rules_few")

    @cached_property
    def alike(self) -> str:
        """What is said where nobody differs from the rest: nobody does, or it cannot be compared, and why."""
        return self.t("differ_none" if self.places else answers.uncompared(self.figures))

    def outside(self, verdict: str) -> Sequence[tuple[str, str]]:
        """Who lies outside chance, and in what."""
        found = answers.outside(self.figures, verdict)
        return [
            (
                f"{self.prefix}each-{one.dimension}" if one.rule is None else self.id_of(one.pathway, one.rule),
                self.t(
                    "differ_one",
                    group=self.group(one.dimension, row),
                    rule=self.t("profile_unbroken").lower() if one.rule is None else self.rule_title(one.pathway, one.rule),
                    p=self.p(row.share.value),
                    whole=self.p(one.overall.value),
                ),
            )
            for one, row in found
        ]

    def rest(self, comparison: Any) -> Sequence[tuple[str, Any]]:
        """Those of a comparison who stand for themselves in no row: whose group is not known, and the hidden ones together. With the
        groups that are shown they are all."""
        found = [
            (self.group(comparison.dimension, row), row) for row in comparison.rows if row.group is None and not row.hidden
        ]
        return [*found, *([(self.t("others"), comparison.others)] if comparison.others is not None else [])]

    def days_at(self, comparison: Any, row: Any) -> str:
        """How many days a group loses by a rule, and at whose hand-over."""
        task = next((t for t in self.figures.tasks if (t.pathway, t.rule) == (comparison.pathway, comparison.rule)), None)
        days = self.t("days_short", n=self.d(row.days_lost))
        return days if task is None else f"{days}, {self.breaks_at(task)}"

    def change_of(self, comparison: Any) -> Markup:
        """Whether the rule of a comparison has changed, for all together."""
        main = self.rule_of(comparison.pathway, comparison.rule).parts[0]
        told = main.chart is not None and main.chart.verdict != "too_few"
        return self.chart_verdict(main.chart) if told else self.verdict("too_few")

    def messages(self, hand_over: Any) -> Sequence[tuple[str, str]]:
        """The messages of a hand-over by their own titles, each leading to its first rule. One that has a namesake in the page's own
        pathway has the title of its pathway with it."""
        own, titles = (self._messages(pathway) for pathway in (self.figures.pathway, hand_over.pathway))
        found: dict[str, str] = {}
        for name in hand_over.rules:
            rule = self.rule_of(hand_over.pathway, name)
            said = titles.get(rule.rule.message or "") or self.w(rule.titles)
            if hand_over.pathway != self.figures.pathway and said in own.values():
                said = f"{said} ({self.pathway_title(hand_over.pathway)})"
            found.setdefault(said, self.rule_id(rule))
        return [(target, said) for said, target in found.items()]

    def _messages(self, pathway: str) -> dict[str, str]:
        """The titles of a pathway's messages."""
        return {name: self.w(titles) for name, titles in self.figures.names.messages.get(pathway, {}).items()}
