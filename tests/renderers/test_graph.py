"""The graph as it is drawn: it says everything, can be read on A3, and nothing in it covers anything else."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from pathway.renderers.cards import content
from pathway.renderers.forms import draw
from pathway.renderers.graph import graph_svg
from pathway.renderers.legend import Legend
from pathway.renderers.lettering import Run as Words
from pathway.renderers.lettering import flowed, shortened, wide, width, wrapped
from pathway.renderers.places import sheet
from pathway.renderers.sheet import Look, Sheet, scale

from pathway.language.source import Language
from pathway.model.change_texts import change_text
from pathway.model.load import load, shipped
from pathway.model.pathway import Pathway
from pathway.model.phrases import condition_text
from pathway.reports.figures import Figures
from tests.renderers.drawings import (
    PATHWAYS,
    SVG,
    Box,
    overlapping,
    pathway_of,
    root_of,
    said,
    svg_of,
    tips,
    words,
)

ALL = [*PATHWAYS, "everything", "long30"]


@cache
def _sheet(name: str, language: Language = "nb", *, shares: bool = False) -> Sheet:
    shown = content(pathway_of(name), language)
    return sheet(shown, Legend(language, shares, shown.signs).high, Look(shares=shares))


@pytest.mark.parametrize("name", ALL)
def test_every_stage_rule_and_message_is_in_the_picture(name: str) -> None:
    pathway, root = pathway_of(name), root_of(name)
    seen, behind = said(root), tips(root)
    for stage in pathway.stages.values():
        assert stage.title("nb") in seen, stage.name
        assert root.find(f".//*[@id='stage-{stage.name}']") is not None
    for rule in pathway.rules():
        assert root.find(f".//*[@id='graph-rule-{rule.name}']") is not None, rule.name
        source = pathway.sources.get(rule.standing.source or "")
        assert source is None or source.title in behind
    for message in {rule.message for rule in pathway.rules() if rule.kind == "send"}:
        assert pathway.messages[message or ""].title("nb") in seen
    for indicator in pathway.indicators.values():
        assert indicator.title("nb") in seen


@pytest.mark.parametrize(
    "shown",
    [
        "Everything there is",
        "To be drawn · version 2",
        "In: Arrived / Referred if age ≥ 18 years",
        "Not for this standard if very old: an individual course is planned",
        "Out of the pathway: Moved away · followed elsewhere",
        "Called · within 1 month after arrived · answers: The doctor",
        "Goal: Well again · within 3 months after arrived",
        "NOK 5,745 per day from ready to went home · paid by The doctor",
        "Deceased → Died on the way",
        "Worse again → The second stage",
        "From anywhere: Worse again",
        "Examined · within 2 hours after arrived",
        "Operated · at latest 3 days after examined · proposed",
        "Operated · within 30 minutes after arrived · measured · target at least 80 %",
        "Called · promptly after examined",
        "Operated is decided with examined, score, no older than 3 months",
        "The summary is looked up before operated",
        "A bed · for the whole stage",
        "Training · at least 3 times per week",
        "The warning · at latest 1 day after examined, answer at latest 2 days",
        "While the patient is here Seen at home · every 2 weeks",
        "Scored if frail → The first stage again",
        "Went home if age < 75 years and not frail → The second stage",
        "Onward within 4 days after ready",
        "Seen at home · at latest 3 days after went home",
        "The summary · the same day as went home",
        "Starts Transient ischaemic attack if frail",
        "Went home (otherwise) → All is done",
        "28 days after arrived → All is done",
        "Called: starts Transient ischaemic attack",
        "Examined · within 10 days after arrived · not counting from paused to resumed",
        "Operated · within 5 days after examined · wait until score > 3",
        "Fetched → back to the stage before",
        "Indicator: Back within a month",
        "End: Died on the way",
    ],
)
def test_each_statement_of_the_language_is_shown(shown: str) -> None:
    assert shown in said(root_of("everything", "en"))


def test_what_a_message_asks_for_in_return_what_is_aimed_at_and_who_owns_it_are_shown() -> None:
    eye = said(root_of("diabetes_eye", "nb"))
    assert eye.count("kvittering senest 96 timer") == 1 and "Alle meldinger: kvittering" in eye
    one = pathway_of("diabetes_eye")
    first = next(rule.message for rule in one.rules() if rule.kind == "send")
    own = {**one.messages, first: one.messages[first].model_copy(update={"receipt": None})}  # type: ignore[index]
    other = graph_svg(one.model_copy(update={"messages": own}), None, "nb", alone=True)
    assert "kvittering senest 96 timer" in said(ElementTree.fromstring(other)) and "Alle meldinger" not in other
    assert "måltall minst 95 %" in eye[eye.index("Indikator:") :]
    stroke = said(root_of("stroke", "nb"))
    owner = pathway_of("stroke").owner
    assert owner and f"Eier: {owner}" in stroke and "5 745 kr per døgn" in stroke and "NOK" not in stroke


@pytest.mark.parametrize(
    "behind",
    [
        "looking back 6 hours",
        "Recognised by examined",
        "No limit: it lasts as long as it lasts",
        "Source: The law of limits, section 4 (checked 2026-01-15)",
        "Source: What somebody said (not checked)",
        "Standing: law",
        "Standing: proposed",
        "May deviate if frail: needs rest",
        "Warns after 1 hour",
        "Contents: diagnoses, plan",
    ],
)
def test_what_has_no_room_stands_behind_it(behind: str) -> None:
    root = root_of("everything", "en")
    assert behind in tips(root)
    description = root.find(f"{SVG}desc")
    assert description is not None and behind.rstrip(".") in (description.text or ""), "the text alternative says it too"


def test_a_message_to_two_is_one_arrow_with_two_tips_and_the_same_message_from_two_places_is_one() -> None:
    two = next(m for m in content(pathway_of("everything"), "en").messages if m.rule.message == "warning")
    assert two.rule.receivers == ("gp", "nurse")
    arrow = root_of("everything", "en").find(f".//*[@id='message-{two.number}']")
    assert arrow is not None
    assert len([path for path in arrow.iter(f"{SVG}path") if path.get("fill") != "none"]) == 2
    alike = [m for m in content(pathway_of("stroke"), "nb").messages if len(m.rules) > 1]
    assert alike, "the discharge summary is sent to the doctor from several places"
    assert len({(m.rule.message, m.rule.sender, m.rule.receivers) for m in alike}) == len(alike)


@pytest.mark.parametrize("name", [*PATHWAYS, "long30"])
def test_it_can_be_read_on_a3(name: str) -> None:
    assert _sheet(name).smallest >= 6.0
    sizes = {float(text.get("font-size", 0)) for text in root_of(name).iter(f"{SVG}text")}
    assert min(sizes) == 11.0, "no letters are smaller than those that this is worked out for"


def test_with_breaks_on_it_it_can_still_be_read_on_a3() -> None:
    assert _sheet("stroke", shares=True).smallest >= 6.0


@pytest.mark.parametrize("language", ["nn", "en"])
def test_other_languages_fit_too(language: Language) -> None:
    assert _sheet("stroke", language).smallest >= 6.0
    assert _sheet("diabetes", language).smallest >= 6.0


@pytest.mark.parametrize("name", ALL)
def test_no_text_covers_another_or_runs_over_the_edge(name: str) -> None:
    root = root_of(name)
    _nothing_meets(words(root), (0.0, 0.0, float(root.get("width", 0)), float(root.get("height", 0))))


def test_nor_does_it_with_breaks_on_it(stroke: Pathway, found: Figures) -> None:
    root = ElementTree.fromstring(graph_svg(stroke, found))
    _nothing_meets(words(root), (0.0, 0.0, float(root.get("width", 0)), float(root.get("height", 0))))


def _nothing_meets(found: list[Any], edge: Box) -> None:
    for word in found:
        left, top, right, bottom = word.box
        assert edge[0] < left and top > edge[1] and right < edge[2] and bottom < edge[3], f"{word.text} runs over the edge"
    found = sorted(found, key=lambda word: word.box[0])
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            if other.box[0] > one.box[2]:
                break
            assert not overlapping(one.box, other.box), f"{one.text!r} and {other.text!r}"


@pytest.mark.parametrize("name", ALL)
def test_cards_stand_in_their_lanes_and_their_texts_in_them(name: str) -> None:
    laid = _sheet(name)
    for before, after in pairwise(laid.lanes):
        assert before.x + before.wide == pytest.approx(after.x)
    lanes = {lane.party: lane for lane in laid.lanes}
    cards = list(laid.cards.values())
    for card in cards:
        lane = lanes[card.party]
        assert lane.x < card.x and card.x + card.wide < lane.x + lane.wide, card.name
        assert laid.body_top < card.y and card.y + card.high < laid.body_end
        for row in card.rows:
            for line in row.lines:
                assert row.x + 15 + wide(line, 11) <= card.x + card.wide - 7, (card.name, line)
            assert card.y < row.y and row.y + row.high <= card.y + card.high
    boxes = [(card.x, card.y, card.x + card.wide, card.y + card.high) for card in cards]
    assert not any(overlapping(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :])


@pytest.mark.parametrize("name", ALL)
def test_lines_go_from_card_to_card_and_through_none(name: str) -> None:
    laid = _sheet(name)
    ways = {(card.name, n) for card in laid.cards.values() for n, row in enumerate(card.rows) if row.glyph == "arrow"}
    assert set(laid.paths) == ways
    for (start, place), path in laid.paths.items():
        source, target = laid.cards[start], laid.cards[laid.cards[start].rows[place].target or ""]
        for (x, y), card in ((path[0], source), (path[-1], target)):
            assert x == pytest.approx(card.x) or x == pytest.approx(card.x + card.wide), (start, place)
            assert card.y <= y <= card.y + card.high
        for (x1, y1), (x2, y2) in pairwise(path):
            assert x1 == pytest.approx(x2) or y1 == pytest.approx(y2), "lines go across or down"
            line = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            for card in laid.cards.values():
                box = (card.x + 1, card.y + 1, card.x + card.wide - 1, card.y + card.high - 1)
                crossed = min(line[2], box[2]) > max(line[0], box[0]) and min(line[3], box[3]) > max(line[1], box[1])
                assert not crossed, (start, place, card.name)


@pytest.mark.parametrize("name", ALL)
def test_lines_to_different_stages_never_lie_on_each_other(name: str) -> None:
    laid = _sheet(name)
    pieces = [
        (laid.cards[start].rows[place].target, a, b)
        for (start, place), path in laid.paths.items()
        for a, b in pairwise(path)
        if a != b
    ]
    for n, (one, a, b) in enumerate(pieces):
        for other, c, d in pieces[n + 1 :]:
            if one == other:
                continue
            for across in (0, 1):  # two that run side by side: down, then across
                along = 1 - across
                if abs(a[across] - b[across]) < 0.1 and abs(c[across] - d[across]) < 0.1 and abs(a[across] - c[across]) < 2:
                    shared = min(max(a[along], b[along]), max(c[along], d[along])) - max(
                        min(a[along], b[along]), min(c[along], d[along])
                    )
                    assert shared < 8, (one, other, a, b, c, d)


def test_what_stands_for_a_rule_leads_to_its_section() -> None:
    links = {a.get("href") for a in root_of("stroke").iter(f"{SVG}a")}
    rules = {f"#rule-{rule.name}" for rule in pathway_of("stroke").rules()}
    assert links <= rules
    single = {f"#rule-{rule.name}" for rule in pathway_of("stroke").rules() if rule.kind != "send"}
    assert single <= links


def test_a_file_of_its_own_leads_to_the_sources() -> None:
    root = ElementTree.fromstring(svg_of("everything", "en", alone=True))
    assert {a.get("href") for a in root.iter(f"{SVG}a")} == {"https://example.org/law"}


@pytest.mark.parametrize("name", ALL)
def test_a_screen_reader_can_say_it(name: str) -> None:
    root = root_of(name)
    assert root.get("role") == "graphics-document document" and root.get("lang") == "nb"
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert len(named) == len([element for element in root.iter() if element.get("id")]), "ids are unique"
    title, description = named[root.get("aria-labelledby")], named[root.get("aria-describedby")]
    assert pathway_of(name).title("nb") in (title.text or "")
    for stage in pathway_of(name).stages.values():
        assert stage.title("nb") in (description.text or "")


def test_the_legend_names_the_signs_that_there_are_and_no_others() -> None:
    def legend(name: str) -> str:
        found = root_of(name, "en").find(".//*[@id='legend']")
        assert found is not None
        return said(found)

    everything, sepsis = legend("everything"), legend("sepsis")
    for sign in (
        "The pathway ends",
        "Back",
        "The same stage again",
        "Another pathway starts",
        "Message from one party to another",
    ):
        assert sign in everything
        assert (sign in sepsis) == (sign == "The pathway ends"), sign


def test_breaks_are_laid_over_it(stroke: Pathway, found: Figures) -> None:
    plain, broken = ElementTree.fromstring(graph_svg(stroke)), ElementTree.fromstring(graph_svg(stroke, found))
    assert "badge" not in {element.get("class") for element in plain.iter()}
    badges = [said(element) for element in broken.iter() if element.get("class") == "badge"]
    assert str(found.stages["slagbehandling"]) in badges
    worst = max(
        (f for f in found.rules if f.rule.breaks and f.in_time.value is not None), key=lambda f: 1 - (f.in_time.value or 0)
    )
    row = broken.find(f".//*[@id='graph-rule-{worst.rule.name}']")
    assert row is not None and worst.in_time.value is not None
    number = f"{round(100 * (1 - worst.in_time.value))}"
    drawn = row if worst.rule.kind != "send" else next(a for a in broken.iter(f"{SVG}a") if row in list(a))
    assert any(text.startswith(number) for text in said(drawn).split()), (worst.rule.name, number, said(drawn))
    widths = {
        float(path.get("stroke-width", 0))
        for element in broken.iter()
        if element.get("class") == "way"
        for path in element.iter(f"{SVG}path")
        if path.get("fill") == "none"
    }
    assert len(widths) > 3, "a line is as broad as many went that way"


@pytest.mark.parametrize("name", [name for name in shipped() if name not in PATHWAYS])
def test_a_library_is_drawn_as_its_hand_overs_between_roles(name: str) -> None:
    library = load(name).pathway
    assert library is not None and library.kind == "library"
    root = ElementTree.fromstring(graph_svg(library, None, "nb"))
    for handover in library.handovers.values():
        assert handover.title("nb") in said(root)
        for rule in handover.rules:
            assert root.find(f".//*[@id='graph-rule-{rule.name}']") is not None, rule.name
    across, high = float(root.get("width", 0)), float(root.get("height", 0))
    _nothing_meets(words(root), (0.0, 0.0, across, high))
    assert 11 * scale(across, high) >= 6.0


@pytest.mark.parametrize("ending", [".svg", ".bpmn", ".dot", ".mmd"])
@pytest.mark.parametrize(
    "text",
    [
        'pathway empty "Nothing & nobody <b>yet</b>"\n',
        'pathway p "P"\nevent a "A"\nenter s on a\nstage s "S"\n    then over on a\nend over "O"\n',
        'pathway p "P"\nparty gp "<&> # ; 漢字 🙂"\nevent a "A | {x} [y] ` \' end"\nenter s on a\nstage s "'
        + "Long" * 60
        + '" by gp\n',
    ],
    ids=["nothing", "nobody", "odd"],
)
def test_odd_texts_are_drawn_too(text: str, ending: str) -> None:
    pathway = load(text, text=True).pathway
    assert pathway is not None
    drawn = draw(pathway, f"x{ending}", None, "nb")
    if ending in (".svg", ".bpmn"):
        root = ElementTree.fromstring(drawn)
        if ending == ".svg":
            _nothing_meets(words(root), (0.0, 0.0, float(root.get("width", 0)), float(root.get("height", 0))))


def test_conditions_are_said_by_their_names_and_in_full_behind() -> None:
    pathway = pathway_of("everything")
    condition = pathway.conditions["very_old"].condition
    assert condition_text(condition, pathway, "en") == "very old"
    assert condition_text(condition, pathway, "en", whole=True) == "age ≥ 90 years"
    assert condition_text(condition, pathway, "nb", whole=True) == "age ≥ 90 år"


def test_a_long_text_is_wrapped_and_nothing_of_it_is_lost() -> None:
    long = "Et uvanlig langt navn på en fase som ingen ville ha skrevet, med rehabiliteringsavdelingssjefen i"
    lines = wrapped(long, 14, 90)
    assert all(width(line, 14) <= 90 for line in lines)
    assert "".join(lines).replace("-", "").replace(" ", "") == long.replace(" ", "")
    (line,) = flowed([Words("Epikrise"), Words("· senest", "bold"), Words("7 dager", "bold")], 11, 500)
    assert [run.style for run in line] == ["plain", "bold"]
    assert shortened("dersom alder er høyere enn", 17) == "dersom alder er…"
    assert shortened("dersom alder", 17) == "dersom alder"


def test_letters_take_no_more_room_than_they_are_given(browser: Any) -> None:
    """In a real browser, with the letters that the widths are of."""
    page = browser.new_page()
    page.set_content(svg_of("stroke", "nb", alone=True))
    if not page.evaluate("document.fonts.check('11px Arial') || document.fonts.check(\"11px 'Liberation Sans'\")"):
        pytest.skip("neither Arial nor Liberation Sans on this machine")
    found = page.evaluate(
        """() => [...document.querySelectorAll('text[textLength]')].map(text => {
            const given = parseFloat(text.getAttribute('textLength'));
            text.removeAttribute('textLength');
            return [text.textContent, given, text.getComputedTextLength()];
        })"""
    )
    page.close()
    assert len(found) > 300
    assert [(text, given, real) for text, given, real in found if real > given + 0.5] == []
    assert sum(given for _, given, _ in found) < 1.04 * sum(real for _, _, real in found), "and not much more is given"


@pytest.mark.parametrize("name", [name for name in PATHWAYS if any(each.adaptation for each in load(name).editions)])
def test_an_adaptation_is_drawn_with_its_changes_and_units(name: str) -> None:
    for local in load(name).editions:
        root = ElementTree.fromstring(graph_svg(local, None, "nb"))
        drawn = said(root)
        assert local.adaptation is not None and f"Lokal tilpasning: {local.adaptation}" in drawn
        for unit in local.units.values():
            assert (local.parties[unit].title("nb") if unit in local.parties else unit) in drawn, unit
        for change in local.changes:
            assert change.kind in ("add", "bind") or change_text(change, local, "nb") in drawn, change
            assert change.because is None or change.because in tips(root)
        assert ("bare her" in drawn) == any(change.kind == "add" for change in local.changes)
        across, high = float(root.get("width", 0)), float(root.get("height", 0))
        assert 11 * scale(across, high) >= 6.0
