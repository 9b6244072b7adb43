"""The graph as BPMN 2.0, with its layout, for those who work in such tools.

A stage is a sub-process in the lane of its party. What is to happen in it are tasks; a way out is an interrupting event on its edge.
Hand-over messages go to or from the tasks; since BPMN lets a message pass only from one participant to another, each party that sends
or gets one is also a closed participant beneath the lanes. What holds throughout is a sub-process that begins with the pathway.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from xml.etree.ElementTree import Element, SubElement

from pathway.language.source import Language
from pathway.model.base import Duration
from pathway.model.pathway import Pathway, Transition

from .bpmn_places import Shapes
from .cards import Card, Content, Row, content
from .lanes import EVERYWHERE
from .measures import named
from .places import sheet
from .saying import Saying
from .sheet import Look, Sheet
from .texts import text

_MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_NAMESPACES = {
    "bpmn": _MODEL,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_TASKS = {
    "expect": "userTask",
    "measure": "task",
    "goal": "task",
    "decide": "businessRuleTask",
    "look_up": "userTask",
    "need": "task",
}
_UNITS = {
    "minute": "PT{n}M",
    "hour": "PT{n}H",
    "day": "P{n}D",
    "week": "P{n}W",
    "month": "P{n}M",
    "year": "P{n}Y",
    "working_day": "P{n}D",
}


def bpmn_xml(pathway: Pathway, language: Language = "nb") -> bytes:
    """The pathway as a BPMN 2.0 file: a collaboration, its process, and a diagram of both."""
    for prefix, uri in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    said = content(pathway, language, apart=True)
    laid = sheet(said, lambda across: 0.0, Look(boxed=True))
    root = _Writer(said, laid).root()
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


class _Writer:
    """Names are numbers: a pathway's own may hold letters that other tools do not take."""

    def __init__(self, said: Content, laid: Sheet) -> None:
        self.content = said
        self.sheet = laid
        self.pathway = said.pathway
        self.language = said.language
        self.say = Saying(said.pathway, said.language)
        self.root_element = Element(
            _tag("definitions"), {"id": "Pathway", "targetNamespace": f"urn:pathway:{self.pathway.name}"}
        )
        self.collaboration = Element(_tag("collaboration"), id="Collaboration")
        self.process = Element(_tag("process"), id="Process", name=self._title, isExecutable="false")
        self.shapes = Shapes(laid)
        self.lanes: dict[str, Element] = {}
        self.flows: list[Element] = []
        self.notes: list[Element] = []
        self.parties = {party: f"Party_{place}" for place, party in enumerate(said.parties) if party != EVERYWHERE}
        self.stages = {name: f"Stage_{place}" for place, name in enumerate(said.cards)}
        self.nodes: dict[str, Element] = {}
        self.count = 0

    @property
    def _title(self) -> str:
        return self.pathway.title(self.language)

    def root(self) -> Element:
        self._kinds_of_message()
        self._participants()
        for card in self.content.cards.values():
            self._stage(self.sheet.cards[card.name])
        for card in self.content.cards.values():
            self._ways(self.sheet.cards[card.name])
        self._messages()
        for element in (*self.flows, *self.notes):
            self.process.append(element)
        self.root_element.append(self.collaboration)
        self.root_element.append(self.process)
        self.root_element.append(self.shapes.diagram(_tag("BPMNDiagram", "bpmndi")))
        return self.root_element

    def _participants(self) -> None:
        main = SubElement(self.collaboration, _tag("participant"), id="Main", name=self._title, processRef="Process")
        _documented(main, self.pathway.purpose or "")
        used = {party for m in self.content.messages for party in (m.rule.sender or "", *m.rule.receivers)}
        self.shapes.pool("Main")
        lane_set = SubElement(self.process, _tag("laneSet"), id="Lanes")
        for place, party in enumerate(self.content.parties):
            name = text("everywhere", self.language) if party == EVERYWHERE else self.say.bound(party or None)
            self.lanes[party] = SubElement(lane_set, _tag("lane"), id=f"Lane_{place}", name=name)
            self.shapes.lane(f"Lane_{place}", place)
            if party in used:
                SubElement(self.collaboration, _tag("participant"), id=self.parties[party], name=name)
                self.shapes.closed_pool(self.parties[party], place)

    def _stage(self, card: Card) -> None:
        name = self.stages[card.name]
        stage = self._node("subProcess", name, card.title, card.whole, card.party)
        self.shapes.box(name, card.x, card.y, card.wide, card.high, expanded=True)
        for place, row in enumerate(card.rows):
            key = f"{name}_{place}"
            if row.kind == "rule" and row.rule is not None:
                self._inside(stage, _TASKS[row.rule.kind], key, row)
            elif row.kind == "message" and row.rule is not None:
                self._inside(stage, self._message_task(card, row), key, row)
            elif row.kind == "start":
                self._inside(stage, "callActivity", key, row)
            elif row.kind == "note" or (row.kind == "heading" and row.said.whole):
                self._note(key, row)

    def _message_task(self, card: Card, row: Row) -> str:
        assert row.rule is not None  # a message has one
        if row.rule.sender == card.party:
            return "sendTask"
        return "receiveTask" if card.party in row.rule.receivers else "task"

    def _inside(self, stage: Element, kind: str, key: str, row: Row) -> None:
        task = SubElement(stage, _tag(kind), id=key, name=_short(row))
        if kind in ("sendTask", "receiveTask") and row.rule is not None:
            task.set("messageRef", f"Message_{list(self.pathway.messages).index(row.rule.message or '')}")
        if kind == "callActivity" and row.name is not None:
            task.set("calledElement", row.name)
        _documented(task, row.said.whole)
        self.nodes[key] = task
        self.shapes.row(key, row)

    def _note(self, key: str, row: Row) -> None:
        note = Element(_tag("textAnnotation"), id=key)
        SubElement(note, _tag("text")).text = _short(row)
        self.notes.append(note)
        self.shapes.row(key, row)

    def _ways(self, card: Card) -> None:
        stage = self.stages[card.name]
        for place, row in enumerate(card.rows):
            key = f"{stage}_{place}"
            if row.kind == "enter":
                event = self._node("startEvent", key, _short(row), row.said.whole, card.party)
                x, y = self.shapes.enter(key, card, row)
                self._flow(key, stage, [(x, y), (card.x, y)])
                event.append(self._definition(key, None, _short(row)))
            elif row.kind in ("way", "leave"):
                self._way(card, place, row, key)

    def _way(self, card: Card, place: int, row: Row, key: str) -> None:
        stage = self.stages[card.name]
        path = self.sheet.paths.get((card.name, place))
        left = path is not None and path[0][0] < card.x + 1
        event = self._node("boundaryEvent", key, _short(row), row.said.whole, card.party, attachedToRef=stage)
        x, y = self.shapes.boundary(key, card, row, left=left)
        if path is not None:
            self._flow(key, self.stages[row.target or ""], [(x, path[0][1]), *path[1:]])
        elif row.glyph == "again":
            self._flow(key, stage, self.shapes.loop(card, x, y))
        else:
            end = self._node("endEvent", f"{key}_end", self._end(row), "", card.party)
            if row.glyph == "leave":
                SubElement(end, _tag("terminateEventDefinition"), id=f"{key}_leave")
            elif row.glyph == "return":
                end.append(self._signal(f"{key}_back", self._end(row)))
            self._flow(key, f"{key}_end", [(x, y), (self.shapes.end(f"{key}_end", card, y), y)])
        event.append(self._definition(key, self._transition(card, row), _short(row)))

    def _transition(self, card: Card, row: Row) -> Transition | None:
        stage = self.pathway.throughout if card.name == EVERYWHERE else self.pathway.stages[card.name]
        return next((way for way in stage.transitions if self.say.way(way, stage.name) == row.said), None)

    def _end(self, row: Row) -> str:
        if row.target is not None:
            return self.pathway.stages[row.target].title(self.language)
        return text("back_to" if row.glyph == "return" else "legend_end", self.language)

    def _definition(self, key: str, way: Transition | None, said: str) -> Element:
        """What sets an event off: time, a signal, or a condition that has to hold too."""
        if way is not None and way.after is not None:
            timer = Element(_tag("timerEventDefinition"), id=f"{key}_timer")
            SubElement(timer, _tag("timeDuration"), {_tag("type", "xsi"): "bpmn:tFormalExpression"}).text = _duration(way.after)
            return timer
        if way is not None and way.when is None and not way.otherwise and len(way.on) == 1:
            return self._signal(key, self.say.named(way.on))
        condition = Element(_tag("conditionalEventDefinition"), id=f"{key}_condition")
        SubElement(condition, _tag("condition"), {_tag("type", "xsi"): "bpmn:tFormalExpression"}).text = said
        return condition

    def _signal(self, key: str, name: str) -> Element:
        SubElement(self.root_element, _tag("signal"), id=f"{key}_signal", name=name)
        return Element(_tag("signalEventDefinition"), id=f"{key}_definition", signalRef=f"{key}_signal")

    def _kinds_of_message(self) -> None:
        sent = {message.rule.message for message in self.content.messages}
        for place, (name, message) in enumerate(self.pathway.messages.items()):
            if name in sent:
                SubElement(self.root_element, _tag("message"), id=f"Message_{place}", name=message.title(self.language))

    def _messages(self) -> None:
        """An arrow for each message to each receiver: between the task and the other party, else between the two parties."""
        for name, stage in self.stages.items():
            card = self.sheet.cards[name]
            for place, row in enumerate(card.rows):
                rule = row.rule if row.kind == "message" else None
                for receiver in rule.receivers if rule is not None else ():
                    assert rule is not None  # else there is no receiver
                    task = f"{stage}_{place}"
                    start = task if rule.sender == card.party else self.parties[rule.sender or ""]
                    end = task if receiver == card.party and rule.sender != card.party else self.parties[receiver]
                    self.count += 1
                    key = f"Sent_{self.count}"
                    SubElement(self.collaboration, _tag("messageFlow"), id=key, sourceRef=start, targetRef=end)
                    self.shapes.message(key, card, row, start, end)

    def _node(self, kind: str, key: str, name: str, whole: str, party: str, **more: str) -> Element:
        """A node of the process, in its lane."""
        node = SubElement(self.process, _tag(kind), {"id": key, "name": name, **more})
        _documented(node, whole)
        self.nodes[key] = node
        SubElement(self.lanes[party], _tag("flowNodeRef")).text = key
        return node

    def _flow(self, start: str, end: str, points: list[tuple[float, float]]) -> None:
        key = f"Flow_{len(self.flows)}"
        self.flows.append(Element(_tag("sequenceFlow"), id=key, sourceRef=start, targetRef=end))
        for node, direction in ((start, "outgoing"), (end, "incoming")):
            # What comes in stands before what goes out, and both before the contents.
            element = self.nodes[node]
            before = ("documentation", "incoming") if direction == "incoming" else ("documentation", "incoming", "outgoing")
            at = sum(child.tag in {_tag(name) for name in before} for child in element)
            reference = Element(_tag(direction))
            reference.text = key
            element.insert(at, reference)
        self.shapes.edge(key, points)


def _tag(name: str, prefix: str = "bpmn") -> str:
    return f"{{{_NAMESPACES[prefix]}}}{name}"


def _documented(element: Element, said: str) -> None:
    if said:
        SubElement(element, _tag("documentation")).text = said


def _short(row: Row) -> str:
    return " ".join(run.text for run in named(row))


def _duration(duration: Duration) -> str:
    """As ISO 8601 writes it. Working days are days there; the words say what is meant."""
    return _UNITS[duration.unit].format(n=duration.amount)
