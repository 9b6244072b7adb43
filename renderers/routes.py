"""The lines of the graph: how each goes from box to box without crossing another. Graphviz finds the ways."""

from __future__ import annotations

import json
from dataclasses import dataclass

import graphviz

from pathway.errors import DrawingError

from .places import Box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """A line as Bézier points (first, then three a piece), from the box to the arrow's tip."""

    points: tuple[Point, ...]

    def path(self) -> str:
        first, *rest = self.points
        pieces = [rest[place : place + 3] for place in range(0, len(rest) - 2, 3)]
        curves = " ".join("C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in piece) for piece in pieces)
        return f"M{first[0]:.1f},{first[1]:.1f} {curves}"

    def at(self, share: float) -> Point:
        """The point at a share of the way."""
        pieces = (len(self.points) - 1) // 3
        place = min(int(share * pieces), pieces - 1)
        t = share * pieces - place
        a, b, c, d = self.points[place * 3 : place * 3 + 4]
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
        y = sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))
        return x, y


def routes(boxes: dict[str, Box], lines: list[tuple[str, str, str]]) -> dict[str, Route]:
    """The way of each line (its name, from box, to box), by name. Raises `DrawingError` where there is no Graphviz."""
    if not lines:
        return {}
    drawing = graphviz.Digraph(
        engine="neato", graph_attr={"splines": "true", "esep": "+7", "inputscale": "72", "notranslate": "true"}
    )
    for box in boxes.values():
        x, y = box.middle
        size = {"width": f"{box.wide / 72:.4f}", "height": f"{box.high / 72:.4f}"}
        drawing.node(box.name, label="", shape="box", fixedsize="true", pos=f"{x:.1f},{-y:.1f}!", **size)
    for name, start, end in lines:
        drawing.edge(start, end, id=name, arrowhead="none")
    try:
        answer = json.loads(drawing.pipe(format="json", neato_no_op=2, encoding="utf-8"))
    except graphviz.ExecutableNotFound as error:
        raise DrawingError("PW530") from error
    except graphviz.CalledProcessError as error:
        raise DrawingError("PW531", detail=str(error.stderr or "").strip()[:200]) from error
    found: dict[str, Route] = {}
    for edge in answer.get("edges", ()):
        points = [tuple(map(float, pair.split(","))) for pair in edge["pos"].split() if pair[0] not in "es"]
        found[edge["id"]] = Route(tuple((x, -y) for x, y in points))  # type: ignore[misc]
    return found
