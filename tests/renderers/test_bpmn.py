"""BPMN 2.0: a model that holds together by the standard's own rules, with a place for everything in it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from functools import cache

import pytest
from pathway.renderers.bpmn import bpmn_xml

from tests.renderers.drawings import PATHWAYS, overlapping, pathway_of

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
TASKS = ("task", "userTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity")
NODES = ("startEvent", "endEvent", "boundaryEvent", "subProcess", *TASKS)
ALL = [*PATHWAYS, "everything"]


@cache
def _root(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(bpmn_xml(pathway_of(name), "en"))


def _all(name: str, *kinds: str) -> dict[str, ElementTree.Element]:
    return {element.get("id", ""): element for kind in kinds for element in _root(name).iter(f"{MODEL}{kind}")}


def _texts(element: ElementTree.Element, kind: str) -> list[str]:
    return [child.text or "" for child in element.findall(f"{MODEL}{kind}")]


def _bounds(name: str) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for shape in _root(name).iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        x, y, wide, high = (float(bounds.get(side, "nan")) for side in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + wide, y + high)
    return found


@pytest.mark.parametrize("name", ALL)
def test_names_are_unique_and_every_reference_is_to_something(name: str) -> None:
    root = _root(name)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    references = ("sourceRef", "targetRef", "attachedToRef", "processRef", "messageRef", "signalRef", "bpmnElement")
    for element in root.iter():
        for reference in references:
            assert element.get(reference) in (None, *ids), (element.tag, reference)


@pytest.mark.parametrize("name", ALL)
def test_each_flow_is_known_to_both_its_nodes(name: str) -> None:
    nodes, flows = _all(name, *NODES), _all(name, "sequenceFlow")
    outgoing = {flow: node for node, element in nodes.items() for flow in _texts(element, "outgoing")}
    incoming = {flow: node for node, element in nodes.items() for flow in _texts(element, "incoming")}
    assert {flow: element.get("sourceRef") for flow, element in flows.items()} == outgoing
    assert {flow: element.get("targetRef") for flow, element in flows.items()} == incoming
    for node, element in nodes.items():
        coming, going = _texts(element, "incoming"), _texts(element, "outgoing")
        kind = element.tag.removeprefix(MODEL)
        if kind == "boundaryEvent":
            assert not coming and len(going) == 1 and element.get("attachedToRef") in _all(name, "subProcess")
            definitions = [child for child in element if child.tag.endswith("EventDefinition")]
            assert len(definitions) == 1, "an event on an edge has one thing that sets it off"
        elif kind == "startEvent":
            assert not coming and len(going) == 1
        elif kind == "endEvent":
            assert coming and not going
        elif kind in TASKS:
            assert not coming and not going, node


@pytest.mark.parametrize("name", ALL)
def test_the_order_within_an_element_is_the_schemas(name: str) -> None:
    order = ["documentation", "incoming", "outgoing"]
    for element in _all(name, *NODES).values():
        tags = [child.tag.removeprefix(MODEL) for child in element]
        first = [order.index(tag) for tag in tags if tag in order]
        assert first == sorted(first)
        assert all(tag in order for tag in tags[: len(first)])
    tags = [child.tag.removeprefix(MODEL) for child in _root(name)]
    assert tags[-2] == "process" and tags[-3] == "collaboration" and tags[-1].endswith("BPMNDiagram")


@pytest.mark.parametrize("name", ALL)
def test_every_node_of_the_course_is_in_one_lane(name: str) -> None:
    process = _root(name).find(f"{MODEL}process")
    assert process is not None
    nodes = {child.get("id") for child in process if child.tag.removeprefix(MODEL) in NODES}
    referred = [reference for lane in _all(name, "lane").values() for reference in _texts(lane, "flowNodeRef")]
    assert Counter(referred) == Counter(nodes)


@pytest.mark.parametrize("name", ALL)
def test_messages_pass_from_one_participant_to_another(name: str) -> None:
    closed = {key for key, element in _all(name, "participant").items() if element.get("processRef") is None}
    flows = _all(name, "messageFlow")
    sent = sum(len(rule.receivers) for rule in pathway_of(name).rules() if rule.kind == "send")
    assert len(flows) == sent
    tasks = _all(name, *TASKS)
    for flow in flows.values():
        start, end = flow.get("sourceRef"), flow.get("targetRef")
        assert start in closed or end in closed, "two of one process do not send each other messages"
        assert start != end
        assert start in closed or tasks[start or ""].tag == f"{MODEL}sendTask"
        assert end in closed or tasks[end or ""].tag == f"{MODEL}receiveTask"


@pytest.mark.parametrize("name", ALL)
def test_it_says_every_stage_way_and_rule(name: str) -> None:
    pathway = pathway_of(name)
    stages = [element.get("name") for element in _all(name, "subProcess").values()]
    assert set(stages) >= {stage.title("en") for stage in pathway.stages.values() if not stage.end}
    ways = sum(len(stage.transitions) for stage in (pathway.throughout, *pathway.stages.values()))
    assert len(_all(name, "boundaryEvent")) == ways + len(pathway.leaves)
    assert len(_all(name, "startEvent")) == len(pathway.enters)
    starts = [start for stage in (pathway.throughout, *pathway.stages.values()) for start in stage.starts]
    starts += [
        start for stage in (pathway.throughout, *pathway.stages.values()) for w in stage.transitions for start in w.starts
    ]
    assert len(_all(name, "callActivity")) == len(starts)
    within = sum(way.within is not None for stage in pathway.stages.values() for way in stage.transitions)
    assert within + len(_all(name, *TASKS)) >= len(pathway.rules()) + len(starts)


@pytest.mark.parametrize("name", ALL)
def test_everything_has_a_place_and_nothing_stands_on_anything_else(name: str) -> None:
    places = _bounds(name)
    for key in (*_all(name, *NODES), *_all(name, "lane"), *_all(name, "participant"), *_all(name, "textAnnotation")):
        assert key in places, key
    inside = {
        key for stage in _all(name, "subProcess").values() for key in [child.get("id", "") for child in stage] if key in places
    }
    stages = [places[key] for key in _all(name, "subProcess")]
    assert not any(overlapping(one, other) for n, one in enumerate(stages) for other in stages[n + 1 :])
    tasks = [places[key] for key in inside]
    assert not any(overlapping(one, other) for n, one in enumerate(tasks) for other in tasks[n + 1 :])
    events = [places[key] for key in _all(name, "startEvent", "boundaryEvent", "endEvent")]
    assert not any(overlapping(one, other, 2) for n, one in enumerate(events) for other in events[n + 1 :])
    for stage in _all(name, "subProcess").values():
        left, top, right, bottom = places[stage.get("id", "")]
        for child in stage:
            if child.get("id") in places:
                x1, y1, x2, y2 = places[child.get("id", "")]
                assert left < x1 and top < y1 and x2 < right and y2 < bottom, child.get("id")
    for lane in _all(name, "lane").values():
        left, top, right, bottom = places[lane.get("id", "")]
        for key in _texts(lane, "flowNodeRef"):
            x1, y1, x2, y2 = places[key]
            assert left <= x1 and x2 <= right and top <= y1 and y2 <= bottom, key


@pytest.mark.parametrize("name", ALL)
def test_lines_begin_and_end_at_what_they_join(name: str) -> None:
    places = _bounds(name)
    joined = _all(name, "sequenceFlow", "messageFlow")
    edges = {edge.get("bpmnElement", ""): edge for edge in _root(name).iter(f"{DI}BPMNEdge")}
    assert set(edges) == set(joined)
    for key, edge in edges.items():
        points = [(float(p.get("x", "nan")), float(p.get("y", "nan"))) for p in edge.findall(WAYPOINT)]
        assert len(points) >= 2
        for (x, y), reference in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            left, top, right, bottom = places[joined[key].get(reference, "")]
            assert left - 1.5 <= x <= right + 1.5 and top - 1.5 <= y <= bottom + 1.5, (key, reference)
