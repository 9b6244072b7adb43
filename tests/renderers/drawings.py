"""Drawings for the tests, each made once, and what is read off them: texts with the room that they take, lines, links."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway.renderers.graph import graph_svg
from pathway.renderers.lettering import width

from pathway.language.source import Language
from pathway.model.load import load, shipped
from pathway.model.pathway import Pathway

SVG = "{http://www.w3.org/2000/svg}"
PATHWAYS = [name for name in shipped() if (p := load(name).pathway) is not None and p.kind == "pathway"]
EVERYTHING = Path(__file__).parent / "data" / "everything.pathway"

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@cache
def pathway_of(name: str) -> Pathway:
    """A shipped pathway; `everything`, which holds every statement; or `long30`, of so many stages."""
    made = name.startswith("long")
    loaded = load(long_text(int(name[4:])) if made else EVERYTHING if name == "everything" else name, text=made)
    assert loaded.pathway is not None and not loaded.problems.errors
    return loaded.pathway


@cache
def svg_of(name: str, language: Language = "nb", *, alone: bool = False) -> str:
    return graph_svg(pathway_of(name), None, language, alone=alone)


@cache
def root_of(name: str, language: Language = "nb") -> ElementTree.Element:
    return ElementTree.fromstring(svg_of(name, language))


def said(element: ElementTree.Element) -> str:
    """The words that can be seen, with what is wrapped put together again."""
    lines = (" ".join("".join(text.itertext()).split()) for text in element.iter(f"{SVG}text"))
    return re.sub(r"(\w)- (\w)", r"\1\2", " ".join(lines))


def tips(element: ElementTree.Element) -> str:
    return "\n".join(title.text or "" for title in element.iter(f"{SVG}title"))


@dataclass(frozen=True)
class Word:
    """A text and the room that it takes."""

    text: str
    box: Box


def words(root: ElementTree.Element) -> list[Word]:
    """Every text, where it stands. What the graph moves as a whole (the legend's signs) is moved here too."""
    found: list[Word] = []

    def look(element: ElementTree.Element, across: float, down: float) -> None:
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
        if moved:
            across, down = across + float(moved[1]), down + float(moved[2])
        if element.tag == f"{SVG}text":
            size = float(element.get("font-size", "0"))
            text = "".join(element.itertext())
            wide = float(element.get("textLength", 0)) or width(text, size, bold=element.get("font-weight") == "700")
            x = float(element.get("x", 0)) + across - (wide / 2 if element.get("text-anchor") == "middle" else 0)
            y = float(element.get("y", 0)) + down
            found.append(Word(text, (x, y - 0.74 * size, x + wide, y + 0.21 * size)))
        for child in element:
            look(child, across, down)

    look(root, 0.0, 0.0)
    return found


def overlapping(one: Box, other: Box, spare: float = 0.6) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > spare and high > spare


def long_text(stages: int, parties: int = 6) -> str:
    """A made-up pathway of many stages that goes to and fro between parties, back and ahead."""
    levels = ("specialist", "specialist", "intermediate", "municipal", "municipal", "home")
    lines = [
        'pathway long "A pathway of many stages"',
        "    version 1",
        '    source book "The book"',
        "        checked 2026-01-01",
    ]
    lines += [f'party p{n} "Party {n}" level {levels[n % len(levels)]}' for n in range(parties)]
    lines += ['event begins "The patient comes"']
    for n in range(stages):
        lines += [f'event on{n} "Referred to {n + 1}"', f'event seen{n} "Seen by team {n}"']
        lines += [f'message m{n} "Report {n}"', "    contains plan"]
    lines += ["about patient", '    fact worse "Worse" yes or no', "enter s0 on begins"]
    for n in range(stages):
        party = (n * 7 + n // 4) % parties
        lines.append(f'stage s{n} "Treatment {n}" by p{party}')
        lines.append(f"    expect seen{n} within {n % 9 + 1} days after begins")
        lines.append('        source book "p. 4"')
        lines.append(f"    send m{n} from p{party} to p{(party + 1) % parties} at latest 1 day after seen{n}")
        if n + 3 < stages:
            lines.append(f"    then s{n + 3} on on{n} when worse")
        if n % 5 == 4:
            lines.append(f"    then s{n - 3} on seen{n} when worse")
        lines.append(f"    then {'over' if n == stages - 1 else f's{n + 1}'} on on{n}")
    return "\n".join([*lines, 'end over "It is over"', ""])
