"""The graph of a pathway as SVG: swimlanes by party, stages with their limits and ways out, messages from lane to lane, and the breaks
laid over it."""

from __future__ import annotations

from html import escape

from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.model.rules import Rule
from pathway.reports.figures import Figures

from .cards import Card, Message, Row, content
from .drawn import closed, label, opened, rounded, run_label
from .legend import Legend
from .lettering import width
from .overlay import Overlay
from .palette import HEAD, INK, KIND, LANE, LINE, PAPER, SOFT, STAGE, THROUGHOUT, WAYS, glyph, heat, mark
from .places import sheet
from .sheet import BAND, LEAD, MARGIN, MARKS, PAD, PARTY, PARTY_LEAD, PILL, SMALL, STUB, TITLE, TITLE_LEAD, Arrow, Look, Sheet
from .standing import source_link
from .texts import text
from .words import described

_FONT = "font-family=\"Arial,'Liberation Sans',Helvetica,sans-serif\""


def graph_svg(
    pathway: Pathway,
    figures: Figures | None = None,
    language: Language = "nb",
    *,
    prefix: str = "",
    alone: bool = False,
) -> str:
    """The graph as one SVG element, in pixels, made to be printed on A3.

    What stands for a rule links to `#PREFIXrule-NAME`, which the page has; `alone` (a file of its own), to the source of its limit
    where that is on the web. A stage has the id `PREFIXstage-NAME`, a rule `PREFIXgraph-rule-NAME`. `prefix` stands before every
    id, so that a page can hold two graphs.
    """
    return _Graph(pathway, figures, language, prefix, alone).svg()


class _Graph:
    def __init__(self, pathway: Pathway, figures: Figures | None, language: Language, prefix: str, alone: bool) -> None:
        self.prefix = prefix
        self.pathway = pathway
        self.language = language
        self.alone = alone
        self.over = Overlay(figures, language)
        self.content = content(pathway, language)
        self.legend = Legend(language, figures is not None, self.content.signs)
        self.sheet: Sheet = sheet(self.content, self.legend.high, Look(shares=figures is not None))
        self.led_to = {row.target for card in self.content.cards.values() for row in card.ways}
        self.parts: list[str] = []

    def svg(self) -> str:
        self._heading()
        self._everywhere()
        self._lanes()
        for card in self.sheet.cards.values():
            self._ways(card)
        for card in self.sheet.cards.values():
            self._card(card)
        self._messages()
        self.parts.append(self.legend.drawn(self.sheet.wide, self.sheet.messages_end + 10, self.prefix))
        wide, high = self.sheet.wide, self.sheet.high
        title = text("graph_title", self.language, title=self.pathway.title(self.language))
        # Every space counts: a line is in pieces, each in its own style.
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="graphics-document document" lang="{self.language}" '
            f'class="pathway-graph" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" {_FONT} '
            f'aria-labelledby="{self.prefix}graph-title" aria-describedby="{self.prefix}graph-text">'
            f'<title id="{self.prefix}graph-title">{escape(title)}</title>'
            f'<desc id="{self.prefix}graph-text">{escape(described(self.content))}</desc>'
            f'<rect width="{wide:.0f}" height="{high:.0f}" fill="{PAPER}"/>'
        )
        return head + "".join(self.parts) + "</svg>"

    def _heading(self) -> None:
        self.parts.append(label(MARGIN, 28, self.pathway.title(self.language), 21, bold=True))
        said = [self.pathway.purpose] if self.pathway.purpose else []
        if self.pathway.adaptation:
            said.append(text("adaptation_of", self.language, t=self.pathway.adaptation))
        said += [text("version_n", self.language, v=self.pathway.version)] if self.pathway.version else []
        said += [text("owner", self.language, o=self.pathway.owner)] if self.pathway.owner else []
        self.parts.append(label(MARGIN, 47, " · ".join(said), 12, colour=SOFT))

    def _everywhere(self) -> None:
        """The band of what holds throughout."""
        rows = self.sheet.everywhere
        if not rows:
            return
        top = min(row.y for row in rows) - 24
        self.parts.append(
            f'<g class="everywhere" id="{self.prefix}everywhere"><rect x="{MARGIN}" y="{top:.1f}" '
            f'width="{self.sheet.wide - 2 * MARGIN:.1f}" height="{self.sheet.everywhere_high - 2:.1f}" rx="6" fill="{THROUGHOUT}" '
            f'stroke="{LINE}"/>' + label(MARGIN + 10, top + 17, text("everywhere", self.language), TITLE, bold=True)
        )
        for row in rows:
            self._row(row, row.x + row.room)
        self.parts.append("</g>")

    def _lanes(self) -> None:
        sheet = self.sheet
        bands: list[tuple[str, float, float]] = []
        for place, lane in enumerate(sheet.lanes):
            top = sheet.lanes_top + BAND
            self.parts.append(
                f'<g class="lane" id="{self.prefix}lane-{escape(lane.party)}"><rect x="{lane.x:.1f}" y="{top:.1f}" '
                f'width="{lane.wide:.1f}" height="{sheet.messages_end - top:.1f}" fill="{LANE[place % 2]}"/>'
            )
            for row, line in enumerate(lane.title):
                self.parts.append(label(lane.x + 6, top + 14 + row * PARTY_LEAD, line, PARTY, bold=True))
            self.parts.append("</g>")
            first = lane.x if not bands or bands[-1][0] != lane.level else bands.pop()[1]
            bands.append((lane.level, first, lane.x + lane.wide))
        for level, start, end in bands:
            self._band(text(f"band_{level}", self.language) if level else "", start, end, sheet.lanes_top)
        if bands:
            under = f"M{MARGIN} {sheet.body_top - 4:.1f}H{sheet.wide - MARGIN:.1f}"
            self.parts.append(f'<path d="{under}" stroke="{LINE}" stroke-width="0.8"/>')

    def _band(self, said: str, start: float, end: float, top: float) -> None:
        """A heading across lanes, cut where its lanes are narrow."""
        shown = said
        while shown and width(shown, SMALL, bold=True) > end - start - 12:
            shown = said[: len(shown.rstrip("…")) - 1].rstrip() + "…" if len(shown) > 2 else ""
        self.parts.append(
            f'<g class="band"><title>{escape(said)}</title><rect x="{start + 1:.1f}" y="{top:.1f}" width="{end - start - 2:.1f}" '
            f'height="{BAND - 1}" fill="{HEAD}"/>' + label(start + 7, top + 13, shown, SMALL, bold=True, colour=PAPER) + "</g>"
        )

    def _ways(self, card: Card) -> None:
        """The lines that leave a card, beneath everything else."""
        for place, row in enumerate(card.rows):
            path = self.sheet.paths.get((card.name, place))
            if path is None:
                continue
            colour = self.over.colour(self._attached(card, place)) if self.over else self._colour(row.target)
            thick = self.over.thick(card.name, row.target)
            tip = row.said.whole + self.over.way_tip(card.name, row.target)
            (x, y), before = path[-1], path[-2]
            sign = 1 if x > before[0] else -1
            size = 7 + thick * 0.8
            line = [*path[:-1], (x - sign * size * 0.7, y)]
            self.parts.append(
                f'<g class="way" id="{self.prefix}way-{escape(card.name)}-{place}"{self.over.faint(card.name, row.target)}>'
                f"<title>{escape(tip)}</title>"
                f'<path d="{rounded(line)}" fill="none" stroke="{colour}" stroke-width="{thick:.1f}"/>'
                f'<path d="M{x:.1f} {y:.1f}l{-sign * size:.1f} {-size / 2:.1f}v{size:.1f}z" fill="{colour}"/></g>'
            )

    def _colour(self, target: str | None) -> str:
        """The colour of all lines to one stage, so that they can be followed."""
        return WAYS[list(self.content.cards).index(target or "") % len(WAYS)]

    @staticmethod
    def _attached(card: Card, place: int) -> list[Rule]:
        """The rules that stand beneath a way."""
        found: list[Rule] = []
        for row in card.rows[place + 1 :]:
            if not row.indent:
                break
            found += [row.rule] if row.rule is not None else row.rules
        return found

    def _card(self, card: Card) -> None:
        rules = [rule for row in card.rows for rule in ([row.rule] if row.rule is not None else row.rules)]
        href = None if self.alone or not rules else f"#{self.prefix}rule-{rules[0].name}"
        self.parts.append(
            f'<g class="stage" id="{self.prefix}stage-{escape(card.name)}"><rect x="{card.x:.1f}" y="{card.y:.1f}" '
            f'width="{card.wide:.1f}" height="{card.high:.1f}" rx="7" fill="{STAGE}" stroke="{SOFT}" stroke-width="1.2"/>'
        )
        if not self.over and card.name in self.led_to:
            edge = f"M{card.x + 9:.1f} {card.y:.1f}h{card.wide - 18:.1f}"
            self.parts.append(f'<path d="{edge}" stroke="{self._colour(card.name)}" stroke-width="3"/>')
        if (broken := self.over.broken(rules)) is not None:
            edge = f'x="{card.x:.1f}" y="{card.y + 7:.1f}" width="5" height="{card.high - 14:.1f}"'
            self.parts.append(f'<rect {edge} fill="{heat(broken)}"/>')
        y = card.y + PAD + TITLE - 2
        self.parts.append(opened(href, "title", card.whole))
        for line in card.head:
            self.parts.append(label(card.x + PAD, y, line, TITLE, bold=True))
            y += TITLE_LEAD
        for line in card.under_lines:
            self.parts.append(label(card.x + PAD, y - 2, line, SMALL, colour=SOFT))
            y += LEAD
        self.parts.append(closed(href))
        if self.over:
            self.parts.append(self.over.badge(card.name, card.x + card.wide, card.y))
        for place, row in enumerate(card.rows):
            if row.kind == "heading" and not row.said.whole:
                self.parts.append(f'<path d="M{card.x + PAD:.1f} {row.y + 2:.1f}h{card.wide - 2 * PAD:.1f}" stroke="{LINE}"/>')
                continue
            path = self.sheet.paths.get((card.name, place))
            left = path is not None and path[0][0] <= card.x + 0.1
            self._row(row, card.x + card.wide - PAD, left=left)
            if path is not None:
                for at, kind in enumerate(self.over.kinds(self._attached(card, place))[:2]):
                    x = card.x - 5 - at * 10 if left else card.x + card.wide + 7 + at * 11
                    self.parts.append(mark(kind, x, row.y + LEAD / 2, 9))
            elif row.kind == "way":
                self._stub(card, row)
        self.parts.append("</g>")

    def _stub(self, card: Card, row: Row) -> None:
        """A way that ends beside its card: the pathway is over, begins the stage anew, or goes back to where it came from."""
        assert row.glyph is not None  # every way has one
        x, y = card.x + card.wide, row.y + LEAD / 2
        known = row.target is not None
        tip = row.said.whole + (self.over.way_tip(card.name, row.target) if known else "")
        self.parts.append(
            f'<g class="stub"{self.over.faint(card.name, row.target) if known else ""}><title>{escape(tip)}</title>'
            f'<path d="M{x:.1f} {y:.1f}h{STUB - 15:.0f}" stroke="{SOFT}" '
            f'stroke-width="{self.over.thick(card.name, row.target) if known else 1.6:.1f}"/>'
            f"{glyph(row.glyph, x + STUB - 10, y)}</g>"
        )

    def _row(self, row: Row, right: float, *, left: bool = False) -> None:
        found = self.over.of(row.rule)
        href = self._link(row)
        identity = None
        if row.rule is not None:
            identity = f"{self.prefix}graph-rule-{row.rule.name}"
        elif row.kind == "end":
            identity = f"{self.prefix}stage-{row.name}"
        self.parts.append(opened(href, row.kind, row.said.whole + self.over.rule_tip(found), identity))
        middle = row.y + LEAD / 2 - 0.5
        if row.mark is not None:
            self.parts.append(mark(row.mark, row.x + 6, middle, 10.5, hollow=row.hollow))
        elif sign := {"enter": "enter", "way": "left" if left else "right"}.get(row.kind) or row.glyph:
            self.parts.append(glyph(sign, row.x + 6, middle))
        indent = 0.0 if row.kind == "heading" else MARKS
        strong = (
            self._colour(row.target) if row.glyph == "arrow" and row.target in self.content.cards and not self.over else INK
        )
        for at, line in enumerate(row.lines):
            y = row.y + SMALL - 1.5 + at * LEAD
            self.parts.append(run_label(row.x + indent, y, line, heading=row.kind == "heading", strong=strong))
        if found is not None:
            self.parts.append(self.over.pill(right - PILL + 4, row.y + row.share_y - 1, found))
        self.parts.append(closed(href))

    def _link(self, row: Row) -> str | None:
        if self.alone:
            return source_link(row.standing, self.pathway) if row.standing is not None else None
        rule = row.rule or (row.rules[0] if row.rules else None)
        return f"#{self.prefix}rule-{rule.name}" if rule is not None else None

    def _messages(self) -> None:
        if not self.sheet.arrows:
            return
        self.parts.append('<g class="messages">')
        self._band(text("messages_between", self.language), MARGIN, self.sheet.wide - MARGIN, self.sheet.messages_top)
        for message, arrow in zip(self.content.messages, self.sheet.arrows, strict=True):
            self._arrow(message, arrow)
        self.parts.append("</g>")

    def _arrow(self, message: Message, arrow: Arrow) -> None:
        rule = message.rule
        found = self.over.worst(message.rules)
        colour, thick = self.over.line(rule, found)
        href = source_link(rule.standing, self.pathway) if self.alone else f"#{self.prefix}rule-{rule.name}"
        tip = f"{arrow.number}. {message.said.whole}" + self.over.rule_tip(found)
        self.parts.append(opened(href, "message", tip, f"{self.prefix}message-{arrow.number}"))
        self.parts += [f'<g id="{self.prefix}graph-rule-{escape(each.name)}"/>' for each in message.rules]
        low, high = min(arrow.start, *arrow.ends), max(arrow.start, *arrow.ends)
        dash = ' stroke-dasharray="5 3"' if not rule.breaks else ""
        y = arrow.y
        self.parts.append(
            f'<path d="M{low:.1f} {y:.1f}H{high:.1f}" fill="none" stroke="{colour}" stroke-width="{thick:.1f}"{dash}/>'
            f'<circle cx="{arrow.start:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        )
        for end in arrow.ends:
            sign = 1 if end > arrow.start else -1
            self.parts.append(f'<path d="M{end:.1f} {y:.1f}l{-sign * 8} -4v8z" fill="{colour}"/>')
        y = arrow.words_y
        if arrow.over:
            behind = f'x="{arrow.x - 4:.1f}" y="{y - 7.5:.1f}" width="{arrow.text_wide + 8:.1f}" height="15"'
            self.parts.append(f'<rect {behind} fill="{PAPER}" rx="7"/>')
        blue = KIND["information"]
        fill, ink = (blue, PAPER) if rule.breaks else (PAPER, blue)
        self.parts.append(
            f'<rect x="{arrow.x:.1f}" y="{y - 7:.1f}" width="18" height="14" rx="7" fill="{fill}" stroke="{blue}"/>'
            + label(arrow.x + 9, y + 4, str(arrow.number), SMALL, bold=True, colour=ink, anchor="middle")
            + run_label(arrow.x + 21, y + 4, arrow.runs)
        )
        if found is not None:
            self.parts.append(self.over.pill(arrow.x + arrow.text_wide - PILL + 4, y - 7, found))
        self.parts.append(closed(href))
