"""The graph as it is drawn: whole, readable, nothing over the edge of its box."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree

import pytest
from pathway.renderers import routes
from pathway.renderers.graph import draw, graph_dot, graph_svg
from pathway.renderers.lettering import width, wrapped
from pathway.renderers.places import PAD, places

from pathway.errors import DrawingError
from pathway.model.load import load, shipped
from pathway.model.pathway import Pathway
from pathway.reports.figures import Figures

SVG = "{http://www.w3.org/2000/svg}"
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz on this machine")
PATHWAYS = [name for name in shipped() if (p := load(name).pathway) is not None and p.kind == "pathway"]


def _pathway(name: str) -> Pathway:
    pathway = load(name).pathway
    assert pathway is not None
    return pathway


@needs_dot
@pytest.mark.parametrize("name", PATHWAYS)
@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_stage_and_rule_is_in_the_picture(name: str, language: str) -> None:
    pathway = _pathway(name)
    root = ElementTree.fromstring(graph_svg(pathway, None, language))  # type: ignore[arg-type]
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    tips = " ".join(title.text or "" for title in root.iter(f"{SVG}title"))
    for stage in pathway.stages.values():
        assert all(word in said for word in stage.title(language).split()), stage.name  # type: ignore[arg-type]
        assert root.find(f".//*[@id='stage-{stage.name}']") is not None
    links = {a.get("href") for a in root.iter(f"{SVG}a")}
    assert links == {f"#rule-{rule.name}" for rule in pathway.rules()}
    assert root.get("role") == "img" and root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    assert tips


@pytest.mark.parametrize("name", PATHWAYS)
def test_lanes_are_bands_and_boxes_stand_in_theirs(name: str) -> None:
    found = places(_pathway(name), "nb")
    for above, below in zip(found.lanes, found.lanes[1:], strict=False):
        assert above.y + above.high == pytest.approx(below.y)
    lanes = {lane.party: lane for lane in found.lanes}
    boxes = list(found.boxes.values())
    for box in boxes:
        lane = lanes[box.lane]
        assert lane.y <= box.y and box.y + box.high <= lane.y + lane.high + 0.01, box.name
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                one.x + one.wide <= other.x
                or other.x + other.wide <= one.x
                or one.y + one.high <= other.y
                or other.y + other.high <= one.y
            )
            assert apart, (one.name, other.name)


@pytest.mark.parametrize("name", PATHWAYS)
def test_no_text_is_wider_than_its_box(name: str) -> None:
    for box in places(_pathway(name), "nb").boxes.values():
        for line in box.title:
            assert width(line, 14, bold=True) <= box.wide - 2 * PAD + 8.01
        for rule in box.rules:
            assert all(width(line, 11) <= box.wide - 2 * PAD - 17 for line in (*rule.lines, *rule.limit))


def test_a_long_text_is_wrapped_and_ends_in_an_ellipsis() -> None:
    lines = wrapped("Et uvanlig langt navn på en fase som ingen ville ha skrevet i virkeligheten", 14, 150, lines=2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(width(line, 14) <= 150 for line in lines)


@needs_dot
def test_breaks_are_laid_over_it(stroke: Pathway, found: Figures) -> None:
    plain, broken = graph_svg(stroke), graph_svg(stroke, found)
    assert "%" not in "".join(ElementTree.fromstring(plain).itertext()).replace("80 %", "")
    entered = found.stages["slagbehandling"]
    assert str(entered) in "".join(ElementTree.fromstring(broken).itertext())


@needs_dot
@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="no rsvg-convert on this machine")
@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph")]
)
def test_forms(stroke: Pathway, suffix: str, start: bytes) -> None:
    assert draw(stroke, f"x{suffix}").startswith(start)


def test_another_ending_is_answered(stroke: Pathway) -> None:
    with pytest.raises(DrawingError) as refused:
        draw(stroke, "x.gif")
    assert refused.value.code == "PW532"


def test_without_graphviz_it_says_how_to_get_it_and_text_still_works(stroke: Pathway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DrawingError) as refused:
        graph_svg(stroke)
    assert "apt-get install graphviz" in refused.value.help("nb")
    assert "slagbehandling" in graph_dot(stroke)


@needs_dot
def test_lines_go_from_box_to_box(stroke: Pathway) -> None:
    found = places(stroke, "nb")
    (route,) = routes.routes(found.boxes, [("a", "akutt", "slagbehandling")]).values()
    start, end = found.boxes["akutt"], found.boxes["slagbehandling"]
    for (x, y), box in ((route.points[0], start), (route.points[-1], end)):
        assert box.x - 12 <= x <= box.x + box.wide + 12 and box.y - 12 <= y <= box.y + box.high + 12
