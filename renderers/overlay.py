"""The breaks laid over the graph: how many went where, how large a share broke what."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pathway.language.source import Language
from pathway.model.rules import BreakKind, Rule
from pathway.reports.figures import Figures, RuleFigures

from .drawn import label
from .lettering import width
from .palette import INK, KIND, LINE, PAPER, heat, heat_line
from .sheet import PILL, SMALL
from .texts import number, percent, text


class Overlay:
    """What the figures say of each thing in the graph. Without figures it says nothing, and lines are plain."""

    def __init__(self, figures: Figures | None, language: Language) -> None:
        self.figures = figures
        self.language = language
        self.most = max(figures.moves.values(), default=1) if figures is not None else 1

    def __bool__(self) -> bool:
        return self.figures is not None

    def of(self, rule: Rule | None) -> RuleFigures | None:
        return self.figures.of(rule.name) if self.figures is not None and rule is not None else None

    def worst(self, rules: Iterable[Rule]) -> RuleFigures | None:
        """The figures of the rule that is broken most often, of those that could be judged at all."""
        found = [figures for rule in rules if (figures := self.of(rule)) is not None]
        return min((f for f in found if f.in_time.value is not None), key=lambda f: f.in_time.value or 0.0, default=None)

    def broken(self, rules: Iterable[Rule]) -> float | None:
        """The largest share broken among rules that can be."""
        return share_of(self.worst(rule for rule in rules if rule.breaks))

    def kinds(self, rules: Iterable[Rule]) -> list[BreakKind]:
        """The kinds of break that there are."""
        found = [figures for rule in rules if (figures := self.of(rule)) is not None and figures.broken]
        return list(dict.fromkeys(figures.rule.break_kind for figures in found))

    def moved(self, start: str, end: str | None) -> int:
        return self.figures.moves.get((start, end or ""), 0) if self.figures is not None else 0

    def thick(self, start: str, end: str | None) -> float:
        """The breadth of a line by how many went that way."""
        return 1.2 + 5.5 * self.moved(start, end) / self.most if self.figures is not None else 1.5

    def faint(self, start: str, end: str | None) -> str:
        """Nobody went this way."""
        return ' opacity="0.4"' if self.figures is not None and not self.moved(start, end) else ""

    def colour(self, rules: Iterable[Rule]) -> str:
        return heat_line(self.broken(rules))

    def way_tip(self, start: str, end: str | None) -> str:
        if self.figures is None:
            return ""
        return "\n" + text("moved_n", self.language, n=number(self.moved(start, end), self.language))

    def rule_tip(self, found: RuleFigures | None) -> str:
        """`12 % med brudd: 9 av 75 vurderte`."""
        share = share_of(found)
        if found is None or share is None:
            return ""
        broken = found.in_time.whole - found.in_time.part
        n, m = (number(value, self.language) for value in (broken, found.in_time.whole))
        return "\n" + text("broken_of", self.language, p=percent(share, self.language), n=n, m=m)

    def pill(self, x: float, y: float, found: RuleFigures) -> str:
        """The share broken, beside a rule."""
        share = share_of(found)
        said = percent(share, self.language) if share is not None else "–"
        fill = heat(share) if found.rule.breaks else PAPER
        edge = KIND[found.rule.break_kind] if found.rule.breaks and share else LINE
        return f'<rect x="{x:.1f}" y="{y:.1f}" width="{PILL - 4}" height="14" rx="7" fill="{fill}" stroke="{edge}"/>' + label(
            x + (PILL - 4) / 2, y + 11, said, SMALL, bold=bool(share), anchor="middle"
        )

    def badge(self, stage: str, right: float, top: float) -> str:
        """How many came to a stage, in the corner of its card."""
        assert self.figures is not None  # asked for only then
        said = number(self.figures.stages.get(stage, 0), self.language)
        wide = width(said, SMALL, bold=True) + 14
        x, y = right - wide - 6, top - 9
        return (
            f'<g class="badge"><title>{escape(text("came_n", self.language, n=said))}</title><rect x="{x:.1f}" y="{y:.1f}" '
            f'width="{wide:.1f}" height="18" rx="9" fill="{INK}"/>'
            + label(x + wide / 2, y + 13, said, SMALL, bold=True, colour=PAPER, anchor="middle")
            + "</g>"
        )

    def line(self, rule: Rule, found: RuleFigures | None) -> tuple[str, float]:
        """The colour and breadth of a message's arrow."""
        share = share_of(found)
        if not share or not rule.breaks:
            return KIND["information"], 1.3
        return heat_line(share), 1.6 + 2.6 * share


def share_of(found: RuleFigures | None) -> float | None:
    """The share broken, of those that could be judged."""
    return None if found is None or found.in_time.value is None else 1 - found.in_time.value
