"""The graph as text that other programs draw: DOT for Graphviz, and Mermaid for pages and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pathway.language.source import Language
from pathway.model.pathway import Pathway

from .cards import Content, Row, content
from .palette import KIND
from .texts import text

NodeKind = Literal["stage", "end", "enter", "leave", "return", "start", "party", "everywhere"]
LineKind = Literal["way", "start", "message"]


@dataclass(frozen=True, slots=True)
class Node:
    """What stands in a lane (a party's name) or outside of all (None), with its words, the first its title."""

    name: str
    kind: NodeKind
    lane: str | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    start: str
    end: str
    kind: LineKind
    said: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Nodes and lines, with names that are safe everywhere."""

    title: str
    lanes: dict[str, str]
    nodes: list[Node]
    links: list[Link]


def dot_text(pathway: Pathway, language: Language = "nb") -> str:
    """The graph in the DOT language, a cluster for each lane."""
    outline = _Outliner(content(pathway, language)).outline()
    lines = [
        "digraph {",
        f"  graph [label={_quoted(outline.title)} labelloc=t rankdir=LR newrank=true fontname=Helvetica]",
        "  node [shape=box fontname=Helvetica fontsize=10] edge [fontname=Helvetica fontsize=9]",
    ]
    shapes = {
        "stage": "",
        "end": "style=rounded peripheries=2",
        "enter": "shape=circle",
        "leave": "shape=doublecircle",
        "return": "shape=larrow",
        "start": "shape=component",
        "party": "shape=plaintext",
        "everywhere": "shape=note",
    }
    for place, (party, title) in enumerate(outline.lanes.items()):
        lines.append(f'  subgraph cluster_{place} {{ label={_quoted(title)} style=filled fillcolor="#f1f4f7" color="#b9c4cf"')
        lines += [f"    {_dot_node(node, shapes[node.kind])}" for node in outline.nodes if node.lane == party]
        lines.append("  }")
    lines += [f"  {_dot_node(node, shapes[node.kind])}" for node in outline.nodes if node.lane is None]
    for link in outline.links:
        look = {"way": "", "start": " style=dotted", "message": f' style=dashed color="{KIND["information"]}" constraint=false'}
        lines.append(f"  {link.start} -> {link.end} [label={_quoted(link.said)}{look[link.kind]}]")
    return "\n".join([*lines, "}", ""])


def _dot_node(node: Node, shape: str) -> str:
    said = "".join(_escaped(word) + "\\l" for word in node.words) if len(node.words) > 1 else _escaped("".join(node.words))
    return f'{node.name} [label="{said}"{" " + shape if shape else ""}]'


def _quoted(said: str) -> str:
    return f'"{_escaped(said)}"'


def _escaped(said: str) -> str:
    return said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def mermaid_text(pathway: Pathway, language: Language = "nb") -> str:
    """The graph as a flowchart of Mermaid, a subgraph for each lane."""
    outline = _Outliner(content(pathway, language)).outline()
    lines = ["---", f"title: {_plain(outline.title)!r}", "---", "flowchart LR"]
    for place, (party, title) in enumerate(outline.lanes.items()):
        lines.append(f'  subgraph lane{place}["{_plain(title)}"]')
        lines += [f"    {_mermaid_node(node)}" for node in outline.nodes if node.lane == party]
        lines.append("  end")
    lines += [f"  {_mermaid_node(node)}" for node in outline.nodes if node.lane is None]
    arrows = {"way": "-->", "start": "-.->", "message": "-.->"}
    messages: list[str] = []
    for place, link in enumerate(outline.links):
        said = f'|"{_plain(link.said)}"|' if link.said else ""
        lines.append(f"  {link.start} {arrows[link.kind]}{said} {link.end}")
        messages += [str(place)] if link.kind == "message" else []
    if messages:
        lines.append(f"  linkStyle {','.join(messages)} stroke:{KIND['information']},color:{KIND['information']}")
    return "\n".join([*lines, ""])


def _mermaid_node(node: Node) -> str:
    opened, closed = {
        "stage": ("[", "]"),
        "end": ("([", "])"),
        "enter": ("((", "))"),
        "leave": ("(((", ")))"),
        "return": ("[/", "/]"),
        "start": ("[[", "]]"),
        "party": (">", "]"),
        "everywhere": ("[", "]"),
    }[node.kind]
    said = "<br/>".join(_plain(word) for word in node.words) or " "  # nothing at all it does not take
    return f'{node.name}{opened}"{said}"{closed}'


def _plain(said: str) -> str:
    """Text that Mermaid takes as text: it reads `#` as the start of an entity, and Markdown and HTML in what is quoted."""
    for letter, entity in (
        ("#", "#35;"),
        ("&", "#amp;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("`", "#96;"),
        ("'", "#39;"),
    ):
        said = said.replace(letter, entity)
    return said.replace("\n", " ")


class _Outliner:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.language = content.language
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.stages = {name: f"stage{place}" for place, name in enumerate(content.pathway.stages)}
        self.parties = {name: f"party{place}" for place, name in enumerate(content.parties)}

    def outline(self) -> Outline:
        pathway = self.content.pathway
        for card in self.content.cards.values():
            rows = [_short(row) for row in card.rows if row.rule is not None or row.kind in ("heading", "note")]
            self.nodes.append(Node(self.stages[card.name], "stage", card.party, (card.title, *filter(None, rows))))
        for stage in pathway.stages.values():
            if stage.end:
                self.nodes.append(Node(self.stages[stage.name], "end", None, (stage.title(self.language),)))
        for card in self.content.cards.values():
            self._rows(card.rows, self.stages[card.name], card.party)
        if self.content.everywhere:
            rows = [_short(row) for row in self.content.everywhere if row.rule is not None or row.kind == "note"]
            self.nodes.append(Node("everywhere", "everywhere", None, (text("everywhere", self.language), *rows)))
            self._rows(self.content.everywhere, "everywhere", None)
        self._messages()
        titles = {party: declared.title(self.language) for party, declared in pathway.parties.items()}
        lanes = {party: titles.get(party, text("nobody", self.language)) for party in self.content.parties}
        return Outline(pathway.title(self.language), lanes, self.nodes, self.links)

    def _rows(self, rows: list[Row], here: str, lane: str | None) -> None:
        for place, row in enumerate(rows):
            if row.kind == "enter" and row.name is not None:
                self._beside(f"{here}_enter{place}", "enter", lane, "", _short(row), here, into=True)
            elif row.kind == "way":
                said, _, _ = _short(row).rpartition(" → ")
                limits = [_short(below) for below in _beneath(rows, place)]
                said = "\n".join([said, *limits])
                if row.target is None:
                    self._beside(f"{here}_back{place}", "return", lane, text("back_to", self.language), said, here)
                else:
                    self.links.append(Link(here, self.stages[row.target], "way", said))
            elif row.kind == "start":
                self._beside(f"{here}_start{place}", "start", lane, _short(row), "", here, kind="start")
            elif row.kind == "leave":
                self._beside(f"{here}_leave{place}", "leave", lane, "", _short(row), here)

    def _beside(
        self,
        name: str,
        node: NodeKind,
        lane: str | None,
        title: str,
        said: str,
        here: str,
        *,
        into: bool = False,
        kind: LineKind = "way",
    ) -> None:
        """A node that only one line leads to or from."""
        self.nodes.append(Node(name, node, lane, (title,)))
        self.links.append(Link(name, here, kind, said) if into else Link(here, name, kind, said))

    def _messages(self) -> None:
        used = {party for m in self.content.messages for party in (m.rule.sender, *m.rule.receivers)}
        both = (text("sends_and_gets", self.language),)
        self.nodes += [Node(name, "party", party, both) for party, name in self.parties.items() if party in used]
        for message in self.content.messages:
            said = f"{message.number}. " + " ".join(run.text for run in message.said.runs)
            for receiver in message.rule.receivers:
                self.links.append(Link(self.parties[message.rule.sender or ""], self.parties[receiver], "message", said))


def _short(row: Row) -> str:
    return " ".join(run.text for run in row.said.runs)


def _beneath(rows: list[Row], place: int) -> list[Row]:
    """The rules and messages beneath a way."""
    found: list[Row] = []
    for row in rows[place + 1 :]:
        if not row.indent:
            break
        found += [row] if row.kind in ("rule", "sends") else []
    return found
