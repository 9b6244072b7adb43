"""Where everything in the graph stands: lanes by party, columns by the flow, boxes in their cells.

Lanes are straight bands, which `dot` cannot make; so places are worked out here, and the lines between them are left to
Graphviz (`routes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import networkx as nx

from pathway.language.source import Language
from pathway.model.base import LEVELS
from pathway.model.pathway import Pathway, Stage
from pathway.model.phrases import limit_text, rule_text
from pathway.model.rules import BreakKind, Rule

from .lettering import width, wrapped
from .texts import text

BOX = 268.0
PAD = 12.0
LINE = 16.0
SMALL = 11.0
TITLE = 14.0
GAP = 156.0
LANE_GAP = 30.0
MARGIN = 24.0
LANE_TITLE = 164.0
TOP = 76.0


@dataclass(slots=True)
class RuleLine:
    """A rule in a box: its mark, and its text in lines."""

    name: str
    kind: BreakKind
    hollow: bool
    lines: list[str]
    limit: list[str]
    y: float = 0.0

    @property
    def height(self) -> float:
        return (len(self.lines) + len(self.limit)) * (LINE - 2) + 5


@dataclass(slots=True)
class Box:
    """A stage, an end, or a note of messages that a party gets. `lane` and `column` are its cell."""

    name: str
    kind: str
    lane: str
    column: int
    title: list[str]
    rules: list[RuleLine] = field(default_factory=list)
    sender: str | None = None
    """For a note: the box that sends the messages."""
    x: float = 0.0
    y: float = 0.0
    wide: float = BOX
    high: float = 0.0

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.wide / 2, self.y + self.high / 2


@dataclass(slots=True)
class Lane:
    party: str
    title: list[str]
    level: str
    y: float = 0.0
    high: float = 0.0


@dataclass(slots=True)
class Places:
    lanes: list[Lane]
    boxes: dict[str, Box]
    wide: float
    high: float


def places(pathway: Pathway, language: Language) -> Places:
    """Lay the pathway out."""
    columns = _columns(pathway)
    boxes = {stage.name: _stage_box(pathway, stage, columns[stage.name], language) for stage in pathway.stages.values()}
    for everywhere in _everywhere(pathway, language):
        boxes[everywhere.name] = everywhere
    for note in _notes(pathway, boxes, columns, language):
        boxes[note.name] = note
    lanes = _lanes(pathway, boxes, language)
    return _measured(lanes, boxes)


def _columns(pathway: Pathway) -> dict[str, int]:
    """How far along the way each stage is: the longest way there that does not go back."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(pathway.stages)
    for stage in pathway.stages.values():
        for way in stage.transitions:
            if way.target is not None and way.target != stage.name:
                graph.add_edge(stage.name, way.target)
    order = {name: place for place, name in enumerate(pathway.stages)}
    # Stages are written in the order of the course: a way to an earlier one goes back.
    forward = nx.DiGraph((a, b) for a, b in graph.edges if order[a] < order[b])
    forward.add_nodes_from(pathway.stages)
    column = dict.fromkeys(pathway.stages, 0)
    for name in nx.topological_sort(forward):
        for after in forward.successors(name):
            column[after] = max(column[after], column[name] + 1)
    last = max(column.values(), default=0)
    return {name: (last if pathway.stages[name].end else place) for name, place in column.items()}


def _stage_box(pathway: Pathway, stage: Stage, column: int, language: Language) -> Box:
    room = BOX - 2 * PAD
    title = wrapped(stage.title(language), TITLE, room, bold=True, lines=2)
    box = Box(stage.name, "end" if stage.end else "stage", _lane_of(pathway, stage), column, title)
    rules = [rule for rule in stage.rules if rule.kind != "send"]
    rules += [rule for way in stage.transitions for rule in way.rules if rule.kind != "send"]
    box.rules = [_line(pathway, rule, language) for rule in rules]
    if stage.end:
        box.wide = max(width(line, TITLE, bold=True) for line in title) + 2 * PAD + 8
    return box


def _everywhere(pathway: Pathway, language: Language) -> list[Box]:
    """What holds in every stage, in the lane of the party that answers for it."""
    found: dict[str, list[Rule]] = {}
    first = next((stage.party or "" for stage in pathway.stages.values()), "")
    for rule in pathway.throughout.rules:
        if rule.kind != "send":
            found.setdefault(rule.by or first, []).append(rule)
    title = [text("everywhere", language)]
    return [
        Box(f"everywhere-{party}", "everywhere", party, 0, title, [_line(pathway, rule, language) for rule in rules])
        for party, rules in found.items()
    ]


def _line(pathway: Pathway, rule: Rule, language: Language) -> RuleLine:
    room = BOX - 2 * PAD - 62
    said = pathway.messages[rule.message or ""].title(language) if rule.kind == "send" else rule_text(rule, pathway, language)
    limit = limit_text(rule, pathway, language)
    extra = "proposed" if rule.standing.proposed else "measured" if rule.measured else ""
    if extra:
        limit = f"{limit} · {text(extra, language)}"
    return RuleLine(
        rule.name,
        rule.break_kind,
        not rule.breaks,
        wrapped(said, SMALL, room, lines=2),
        wrapped(limit, SMALL - 0.5, room, lines=2),
    )


def _lane_of(pathway: Pathway, stage: Stage) -> str:
    if stage.party is not None or not stage.end:
        return stage.party or ""
    # An end has no party: it stands in the lane of the last stage that leads to it.
    leading = [s for s in pathway.stages.values() if any(way.target == stage.name for way in s.transitions)]
    return (leading[-1].party or "") if leading else next((s.party or "" for s in pathway.stages.values() if s.party), "")


def _notes(pathway: Pathway, boxes: Mapping[str, Box], columns: Mapping[str, int], language: Language) -> list[Box]:
    """One note for each party that a stage sends messages to."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for stage in pathway.stages.values():
        sends = [*stage.rules, *(rule for way in stage.transitions for rule in way.rules)]
        for rule in sends:
            for receiver in rule.receivers if rule.kind == "send" else ():
                found.setdefault((stage.name, receiver), []).append(rule)
    for rule in pathway.throughout.rules:
        for receiver in rule.receivers if rule.kind == "send" else ():
            home = next((s.name for s in pathway.stages.values() if s.party == rule.sender), next(iter(pathway.stages), ""))
            found.setdefault((home, receiver), []).append(rule)
    notes: list[Box] = []
    for (stage_name, receiver), rules in found.items():
        name = f"note-{stage_name}-{receiver}"
        lines = [_line(pathway, rule, language) for rule in rules]
        notes.append(Box(name, "note", receiver, columns[stage_name], [], lines, sender=stage_name))
    return notes


def _lanes(pathway: Pathway, boxes: Mapping[str, Box], language: Language) -> list[Lane]:
    """Lanes from the highest level to home; within a level by who comes first in the course."""
    first: dict[str, int] = {}
    in_order = sorted(boxes.values(), key=lambda box: (box.kind == "everywhere", box.column))
    for place, box in enumerate(in_order):
        first.setdefault(box.lane, place)

    def key(party: str) -> tuple[int, int]:
        level = _level(pathway, party)
        return (-LEVELS.index(level) if level in LEVELS else 1, first[party])  # type: ignore[arg-type]

    lanes: list[Lane] = []
    for party in sorted(first, key=key):
        declared = pathway.parties.get(party)
        title = declared.title(language) if declared else text("nobody", language)
        level = _level(pathway, party)
        said = text(f"level_{level}", language) if level else ""
        lanes.append(Lane(party, wrapped(title, 13, LANE_TITLE - 24, bold=True, lines=3), said))
    return lanes


def _level(pathway: Pathway, party: str) -> str:
    declared = pathway.parties.get(party)
    if declared is not None and declared.level is not None:
        return declared.level
    return next((stage.level for stage in pathway.stages.values() if stage.party == party and stage.level), "") or ""


def _measured(lanes: list[Lane], boxes: dict[str, Box]) -> Places:
    for box in boxes.values():
        box.high = _height(box)
    count = 1 + max((box.column for box in boxes.values()), default=0)
    wides = [max((b.wide for b in boxes.values() if b.column == column), default=0.0) for column in range(count)]
    lefts = [MARGIN + LANE_TITLE + 40 + sum(wides[:column]) + GAP * column for column in range(count)]
    y = TOP
    for lane in lanes:
        mine = [box for box in boxes.values() if box.lane == lane.party]
        cells = {column: [box for box in mine if box.column == column] for column in range(count)}
        stacked = max((sum(b.high for b in cell) + 18 * (len(cell) - 1) for cell in cells.values() if cell), default=0.0)
        lane.y, lane.high = y, max(stacked + LANE_GAP, 78.0)
        for column, cell in cells.items():
            at = y + (lane.high - sum(b.high for b in cell) - 18 * max(0, len(cell) - 1)) / 2
            for box in cell:
                box.x = lefts[column] + (wides[column] - box.wide) / 2
                box.y = at
                at += box.high + 18
        y += lane.high
    for box in boxes.values():
        at = box.y + PAD + len(box.title) * (TITLE + 4) + (4 if box.title else -2)
        for line in box.rules:
            line.y = at
            at += line.height
    wide = (lefts[-1] + wides[-1] if wides else 600.0) + 40 + MARGIN
    return Places(lanes, boxes, wide, y)


def _height(box: Box) -> float:
    titles = len(box.title) * (TITLE + 4)
    rules = sum(line.height for line in box.rules)
    return titles + rules + 2 * PAD + (4 if box.rules and box.title else 0) - (6 if not box.title else 0)
