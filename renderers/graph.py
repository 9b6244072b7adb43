"""The graph of a pathway: swimlanes by party, stages with their limits, messages between lanes, and the breaks laid over it."""

from __future__ import annotations

import shutil
import subprocess
from html import escape
from pathlib import Path

import graphviz

from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.pathway import Pathway, Transition
from pathway.model.phrases import duration_text, event_text, phrase, timing_text
from pathway.reports.figures import Figures
from pathway.reports.rules import RuleFigures

from .lettering import width, wrapped
from .palette import END, INK, KIND, LANE, LINE, PAPER, SOFT, STAGE, heat, mark
from .places import LINE as STEP
from .places import MARGIN, PAD, SMALL, TITLE, Box, Places, RuleLine, places
from .routes import Point, Route, routes
from .texts import number, percent, text

_FONT = "font-family=\"Arial,'Liberation Sans',Helvetica,sans-serif\""


def graph_svg(pathway: Pathway, figures: Figures | None = None, language: Language = "nb", *, prefix: str = "") -> str:
    """The graph as one SVG element, in pixels. Each stage and rule has an id and a class; rules link to `#rule-NAME`, which a
    page can have. `prefix` stands before every id, so that a page can hold two graphs. Raises `DrawingError` where Graphviz is
    missing."""
    return _Graph(pathway, figures, language, prefix).svg()


def graph_dot(pathway: Pathway, language: Language = "nb") -> str:
    """The stages and transitions in the DOT language: a text form that needs no program."""
    drawing = graphviz.Digraph(pathway.name, graph_attr={"rankdir": "LR"}, node_attr={"shape": "box"})
    for stage in pathway.stages.values():
        party = pathway.parties.get(stage.party or "")
        under = f"\n{party.title(language)}" if party else ""
        drawing.node(stage.name, stage.title(language) + under, style="rounded" if stage.end else "")
    for stage in pathway.stages.values():
        for way in stage.transitions:
            drawing.edge(stage.name, way.target or stage.name, _way_text(pathway, way, language))
    return str(drawing.source)


def draw(pathway: Pathway, path: str | Path, figures: Figures | None = None, language: Language = "nb") -> bytes:
    """The graph in the form that a path's ending asks for: .svg, .png, .pdf or .dot. Nothing is written."""
    suffix = Path(path).suffix.lower()
    if suffix == ".dot":
        return graph_dot(pathway, language).encode()
    if suffix not in (".svg", ".png", ".pdf"):
        raise DrawingError("PW532", file=str(path))
    svg = ('<?xml version="1.0" encoding="UTF-8"?>\n' + graph_svg(pathway, figures, language)).encode()
    if suffix == ".svg":
        return svg
    program = shutil.which("rsvg-convert")
    if program is None:
        raise DrawingError("PW533", format=suffix.lstrip(".").upper())
    scale = ["--zoom", "2"] if suffix == ".png" else []
    made = subprocess.run([program, "--format", suffix[1:], *scale], input=svg, capture_output=True, check=False)
    if made.returncode:
        raise DrawingError("PW531", detail=made.stderr.decode(errors="replace").strip()[:200])
    return made.stdout


def _way_text(pathway: Pathway, way: Transition, language: Language) -> str:
    """What a transition is taken on: `Utskrevet`, `28 dager etter Utskrevet`, with `ellers`."""
    if way.after is not None:
        events = way.anchor.events if way.anchor else ()
        after = ", ".join(event_text(event.key, pathway, language) for event in events)
        span = duration_text(way.after, language)
        return span + phrase("limit.after", language, a=after[:1].lower() + after[1:]) if after else span
    said = " / ".join(event_text(event.key, pathway, language) for event in way.on)
    if way.otherwise:
        said += f" ({text('otherwise', language)})"
    return said if way.target is not None else f"{said} ({text('back', language)})"


class _Graph:
    def __init__(self, pathway: Pathway, figures: Figures | None, language: Language, prefix: str = "") -> None:
        self.prefix = prefix
        self.pathway = pathway
        self.figures = figures
        self.language = language
        self.places: Places = places(pathway, language)
        self.parts: list[str] = []
        self.labels: list[tuple[float, float, float, float]] = []
        self.said: list[tuple[Route, list[str]]] = []
        self.high = self.places.high

    def svg(self) -> str:
        self._lanes()
        self._lines()
        for box in self.places.boxes.values():
            self._box(box)
        for route, said in self.said:  # last, so that no box hides a word
            self._label(route, said)
        self._heading()
        self._legend()
        title = self.pathway.title(self.language)
        named = text("graph_title", self.language, title=title)
        stages = ", ".join(stage.title(self.language) for stage in self.pathway.stages.values())
        wide, high = self.places.wide, self.high
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" lang="{self.language}" '
            f'class="pathway-graph" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" {_FONT} '
            f'aria-labelledby="{self.prefix}graph-title {self.prefix}graph-text">'
            f'<title id="{self.prefix}graph-title">{escape(named)}</title>'
            f'<desc id="{self.prefix}graph-text">{escape(text("graph_text", self.language, stages=stages))}</desc>'
            f'<rect width="{wide:.0f}" height="{high:.0f}" fill="{PAPER}"/>'
            f'<defs><marker id="{self.prefix}tip" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="9" markerHeight="9" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8L9 5L0 9.2Z" fill="{SOFT}"/></marker>'
            f'<marker id="{self.prefix}tip-message" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="8" markerHeight="8" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8L9 5L0 9.2Z" fill="{KIND["information"]}"/></marker></defs>'
        )
        return head + "".join(self.parts) + "</svg>"

    def _text(
        self, x: float, y: float, said: str, size: float, *, bold: bool = False, colour: str = INK, anchor: str = "start"
    ) -> str:
        weight = ' font-weight="700"' if bold else ""
        where = f' text-anchor="{anchor}"' if anchor != "start" else ""
        return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight}{where} fill="{colour}">{escape(said)}</text>'

    def _heading(self) -> None:
        self.parts.append(self._text(MARGIN, 34, self.pathway.title(self.language), 21, bold=True))
        version = text("version_n", self.language, v=self.pathway.version) if self.pathway.version else ""
        said = " · ".join(part for part in (self.pathway.purpose, version) if part)
        self.parts.append(self._text(MARGIN, 56, said, 12.5, colour=SOFT))

    def _lanes(self) -> None:
        wide = self.places.wide - 2 * MARGIN
        for place, lane in enumerate(self.places.lanes):
            self.parts.append(
                f'<g class="lane" id="{self.prefix}lane-{escape(lane.party)}"><rect x="{MARGIN}" y="{lane.y:.1f}" width="{wide:.1f}" '
                f'height="{lane.high:.1f}" fill="{LANE[place % 2]}" stroke="{LINE}" stroke-width="0.6"/>'
                f'<rect x="{MARGIN}" y="{lane.y:.1f}" width="5" height="{lane.high:.1f}" fill="{SOFT}" opacity="0.55"/>'
            )
            top = lane.y + lane.high / 2 - (len(lane.title) * 17 + 15) / 2 + 12
            for row, line in enumerate(lane.title):
                self.parts.append(self._text(MARGIN + 16, top + row * 17, line, 13, bold=True))
            self.parts.append(self._text(MARGIN + 16, top + len(lane.title) * 17, lane.level, 11, colour=SOFT) + "</g>")

    def _box(self, box: Box) -> None:
        note = box.kind == "note"
        broken = self._broken(box)
        fill = END if box.kind == "end" else "#eef5fb" if note else "#fffdf6" if box.kind == "everywhere" else STAGE
        edge = KIND["information"] if note else SOFT
        radius = box.high / 2 if box.kind == "end" else 8
        dash = ' stroke-dasharray="4 3"' if note else ' stroke-dasharray="1 3"' if box.kind == "everywhere" else ""
        identity = f"stage-{box.name}" if not note else box.name
        self.parts.append(
            f'<g class="{box.kind}" id="{self.prefix}{escape(identity)}"><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.wide:.1f}" '
            f'height="{box.high:.1f}" rx="{radius:.1f}" fill="{fill}" stroke="{edge}" stroke-width="{1 if note else 1.4}"{dash}/>'
        )
        if broken is not None and box.kind == "stage":
            self.parts.append(
                f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="6" height="{box.high:.1f}" rx="3" fill="{heat(broken)}"/>'
            )
        x = box.x + PAD
        for row, line in enumerate(box.title):
            y = box.y + PAD + TITLE - 1 + row * (TITLE + 4)
            if box.kind == "end":
                self.parts.append(self._text(box.x + box.wide / 2, y, line, TITLE, bold=True, anchor="middle"))
            else:
                self.parts.append(self._text(x, y, line, TITLE, bold=True))
        if self.figures is not None and box.kind in ("stage", "end"):
            self._patients(box)
        for rule in box.rules:
            self._rule(box, rule)
        self.parts.append("</g>")

    def _patients(self, box: Box) -> None:
        """How many came here, in the corner of the box."""
        assert self.figures is not None  # the caller has looked
        came = self.figures.stages.get(box.name, 0)
        said = number(came, self.language)
        wide = width(said, 11, bold=True) + 14
        x, y = box.x + box.wide - wide + 6, box.y - 9
        self.parts.append(
            f'<g><title>{escape(text("patients_n", self.language, n=said))}</title><rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
            f'height="18" rx="9" fill="{INK}"/>'
            + self._text(x + wide / 2, y + 13, said, 11, bold=True, colour=PAPER, anchor="middle")
            + "</g>"
        )

    def _broken(self, box: Box) -> float | None:
        """The worst share broken among the rules of a box."""
        found = [self.figures.of(rule.name) for rule in box.rules] if self.figures else []
        shares = [1 - f.in_time.value for f in found if f is not None and f.in_time.value is not None and f.rule.breaks]
        return max(shares, default=None)

    def _rule(self, box: Box, rule: RuleLine) -> None:
        found = self.figures.of(rule.name) if self.figures else None
        x, y = box.x + PAD, rule.y + SMALL
        tip = " – ".join([" ".join(rule.lines), " ".join(rule.limit)])
        self.parts.append(
            f'<a href="#{self.prefix}rule-{escape(rule.name)}" class="rule {rule.kind}"><title>{escape(tip)}</title>'
        )
        self.parts.append(mark(rule.kind, x + 5, y - 4, 11, hollow=rule.hollow))
        for line in rule.lines:
            self.parts.append(self._text(x + 17, y, line, SMALL))
            y += STEP - 2
        for line in rule.limit:
            self.parts.append(self._text(x + 17, y, line, SMALL - 0.5, colour=SOFT))
            y += STEP - 2
        if found is not None:
            self._pill(box, rule, found)
        self.parts.append("</a>")

    def _pill(self, box: Box, rule: RuleLine, found: RuleFigures) -> None:
        share = None if found.in_time.value is None else 1 - found.in_time.value
        said = percent(share, self.language) if share is not None else "–"
        x, y = box.x + box.wide - PAD - 44, rule.y - 2
        fill = heat(share) if found.rule.breaks else PAPER
        edge = KIND[rule.kind] if found.rule.breaks and share else LINE
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="46" height="18" rx="9" fill="{fill}" stroke="{edge}" stroke-width="1"/>'
            + self._text(x + 23, y + 13, said, 11, bold=bool(share), anchor="middle")
        )

    def _lines(self) -> None:
        """Ways between stages, and messages to notes."""
        ways: list[tuple[str, str, str]] = []
        said: dict[str, list[str]] = {}
        for stage in self.pathway.stages.values():
            for way in stage.transitions:
                target = way.target
                if target is None or target == stage.name:
                    continue
                name = f"way-{stage.name}-{target}"
                if name not in said:
                    ways.append((name, stage.name, target))
                label = _way_text(self.pathway, way, self.language)
                if way.within is not None:
                    label += f" ({timing_text(way.within.timing, self.pathway, self.language)})"
                if label not in said.setdefault(name, []):
                    said[name].append(label)
        notes = [(f"to-{box.name}", box.sender or "", box.name) for box in self.places.boxes.values() if box.kind == "note"]
        found = routes(self.places.boxes, [*ways, *notes])
        for name, _, _ in notes:
            if name in found:
                self.parts.append(
                    f'<path class="message" d="{found[name].path()}" fill="none" stroke="{KIND["information"]}" stroke-width="1.3" '
                    f'stroke-dasharray="5 4" marker-end="url(#{self.prefix}tip-message)"/>'
                )
                x, y = found[name].at(0.5)
                self.parts.append(mark("information", x, y, 13))
        most = max(self.figures.moves.values(), default=1) if self.figures else 1
        for name, start, end in ways:
            if name not in found:
                continue
            moved = self.figures.moves.get((start, end), 0) if self.figures else 0
            thick = 1.5 + 6 * moved / most if self.figures else 1.7
            faint = ' opacity="0.35"' if self.figures and not moved else ""
            self.parts.append(
                f'<path class="way" id="{self.prefix}{escape(name)}" d="{found[name].path()}" fill="none" stroke="{SOFT}" '
                f'stroke-width="{thick:.1f}"{faint} marker-end="url(#{self.prefix}tip)"/>'
            )
        self.said = [(found[name], said[name]) for name, _, _ in ways if name in found]
        self._entries()

    def _entries(self) -> None:
        for stage in dict.fromkeys(entry.stage for entry in self.pathway.enters):
            box = self.places.boxes[stage]
            x, y = box.x - 26, box.y + min(22, box.high / 2)
            events = [e for entry in self.pathway.enters if entry.stage == stage for e in entry.on]
            said = " / ".join(event_text(event.key, self.pathway, self.language) for event in events)
            self.parts.append(
                f'<g class="enter"><title>{escape(said)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{INK}"/>'
                f'<path d="M{x + 5:.1f} {y:.1f}H{box.x - 1:.1f}" stroke="{INK}" stroke-width="1.7" '
                f'marker-end="url(#{self.prefix}tip)"/></g>'
            )

    def _label(self, route: Route, said: list[str]) -> None:
        """The words on an arrow, where they cover least."""
        lines = [line for label in said for line in wrapped(label, SMALL, 118, lines=3)]
        wide = max(width(line, SMALL) for line in lines) + 10
        high = len(lines) * 14.0 + 5
        best: tuple[float, Point] | None = None
        for step in range(63):
            share = 0.5 + (step // 6 + step // 3 % 2) * (0.04 if step // 3 % 2 else -0.04)
            x, y = route.at(share)
            aside = (0.0, -14.0, 14.0)[step % 3]
            y += aside
            spot = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            cost = sum(_overlap(spot, taken) for taken in self.labels) * 2 + abs(share - 0.5) * 60 + abs(aside)
            boxes = ((b.x - 3, b.y - 3, b.x + b.wide + 3, b.y + b.high + 3) for b in self.places.boxes.values())
            cost += sum(_overlap(spot, box) for box in boxes)
            if best is None or cost < best[0]:
                best = (cost, (x, y))
        assert best is not None  # there is always a first spot
        x, y = best[1]
        self.labels.append((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
        self.parts.append(
            f'<g class="label"><rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="4" '
            f'fill="{PAPER}" fill-opacity="0.92"/>'
            + "".join(
                self._text(x, y - high / 2 + 13 + row * 14, line, SMALL, anchor="middle") for row, line in enumerate(lines)
            )
            + "</g>"
        )

    def _legend(self) -> None:
        x, y = MARGIN, self.places.high + 30
        self.parts.append('<g class="legend">' + self._text(x, y, text("legend", self.language), 12, bold=True))
        x += width(text("legend", self.language), 12, bold=True) + 22
        for kind in KIND:
            said = text(f"legend_{kind}", self.language)
            self.parts.append(mark(kind, x + 6, y - 4, 12) + self._text(x + 18, y, said, 11.5))
            x += width(said, 11.5) + 40
        y += 24
        x = MARGIN
        said = text("legend_message", self.language)
        self.parts.append(
            f'<path d="M{x} {y - 4}h34" stroke="{KIND["information"]}" stroke-width="1.3" stroke-dasharray="5 4"/>'
            + self._text(x + 42, y, said, 11.5)
        )
        x += 42 + width(said, 11.5) + 26
        said = text("legend_hollow", self.language)
        self.parts.append(mark("waiting", x + 6, y - 4, 12, hollow=True) + self._text(x + 18, y, said, 11.5))
        x += 18 + width(said, 11.5) + 26
        if self.figures is not None:
            self.parts.append(self._text(x, y, text("legend_share", self.language), 11.5))
            x += width(text("legend_share", self.language), 11.5) + 8
            for share, said in ((0.0, "0"), (0.05, "<10 %"), (0.2, "<25 %"), (0.4, "<50 %"), (0.9, "≥50 %")):
                self.parts.append(
                    f'<rect x="{x:.1f}" y="{y - 12}" width="44" height="16" rx="3" fill="{heat(share)}" stroke="{LINE}"/>'
                    + self._text(x + 22, y, said, 10.5, anchor="middle")
                )
                x += 48
            self.parts.append(self._text(x + 12, y, text("legend_width", self.language), 11.5))
        self.parts.append("</g>")
        self.high = y + 20


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
