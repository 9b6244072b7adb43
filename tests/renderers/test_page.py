"""The report page, in a real browser: it stands alone, says nothing to the console, and can be used from the keyboard."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pathway.renderers.page import page_html
from pathway.renderers.view import PARTS, View

from pathway.events.read import log_of, read_log
from pathway.machine.compile import compile_pathway
from pathway.model.pathway import Pathway
from pathway.replay.population import replay
from pathway.reports.charts import share_chart
from pathway.reports.costs import CostSum
from pathway.reports.figures import Figures, figures

from .conftest import Small

_CUT = """Array.from(document.querySelectorAll('[data-view]:not([hidden]) :is(.wide, .drawing)'))
    .filter(e => e.getClientRects().length && !e.closest('details:not([open])') && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.getAttribute('aria-label') || e.className)"""
"""What is wider than the place that it stands in, and has to be pushed aside to be read."""


def unpacked(html: str, mark: str) -> str:
    """What lies packed in a page under a mark."""
    found = re.search(rf'<script type="text/plain" {mark}>([^<]+)</script>', html)
    assert found is not None, mark
    return gzip.decompress(base64.b64decode(found[1])).decode()


def both(html: str) -> str:
    """A page with its other language beside."""
    other = re.search(r'data-packed="(..)"', html)
    assert other is not None
    return html + unpacked(html, f'data-packed="{other[1]}"')


@pytest.fixture
def opened(browser: Any, page_file: Path) -> Iterator[Any]:
    """The page opened, with what it said and asked for."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.heard.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(page_file.as_uri())
    yield page
    page.close()


def switch(page: Any, language: str) -> None:
    page.locator(f"button[data-to={language}]:visible").click()
    page.locator(f"[data-view={language}] h1").wait_for()


def test_it_stands_alone_and_is_silent(opened: Any) -> None:
    assert opened.locator("h1:visible").inner_text() == "Hjerneslag"
    assert opened.locator("svg.pathway-graph:visible").count() == 1
    switch(opened, "en")
    opened.locator("details.more:visible summary").first.click()
    assert opened.locator("svg.pathway-graph:visible").count() == 1
    assert opened.heard == []


@pytest.mark.parametrize("language", ["nb", "en"])
def test_it_has_the_ten_parts_in_order(opened: Any, stroke: Pathway, found: Figures, language: str) -> None:
    if language == "en":
        switch(opened, "en")
    view = View(stroke, found, language)  # type: ignore[arg-type]
    said = opened.locator(f"[data-view={language}] section > h2").all_inner_texts()
    assert [re.sub(r"^\d+\s*", "", text) for text in said[:10]] == [view.t(part) for part in PARTS]
    assert len(PARTS) == 10


def test_it_is_whole_without_script(browser: Any, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("section > h2:visible").count() >= 10
    assert page.locator("svg.pathway-graph").count() == 1 and page.locator("svg.chart").count() > 10
    context.close()


def test_the_language_is_switched_from_the_keyboard(opened: Any) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "English"
    opened.keyboard.press("Enter")
    opened.locator("[data-view=en] h1").wait_for()
    assert opened.locator("h1:visible").inner_text() == "Acute stroke"
    assert opened.evaluate("document.documentElement.lang") == "en" and opened.title() == "Break report: Acute stroke"
    assert opened.evaluate("document.activeElement.textContent") == "Norsk"
    opened.keyboard.press("Enter")
    assert opened.locator("h1:visible").inner_text() == "Hjerneslag"


def test_the_skip_link_leads_past_the_contents(opened: Any) -> None:
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.tagName") == "MAIN"


def test_a_rule_in_the_graph_leads_to_its_section_and_back(opened: Any, stroke: Pathway) -> None:
    targets = opened.eval_on_selector_all("svg.pathway-graph a", "links => links.map(a => a.getAttribute('href'))")
    # One arrow is drawn for the messages from a party to another: it leads to the first of their rules.
    assert {f"#nb-rule-{rule.name}" for rule in stroke.rules() if rule.kind != "send"} <= set(targets)
    backs = opened.eval_on_selector_all(".back a", "links => links.map(a => a.getAttribute('href'))")
    for target in {*targets, *backs}:
        assert opened.locator(f'[id="{target[1:]}"]').count() == 1, target
    assert any(back.startswith("#nb-graph-rule-") for back in backs)


def test_what_is_led_to_is_unfolded(opened: Any, found: Figures) -> None:
    task = next(task for task in found.tasks if task.pathway == found.pathway)
    opened.locator(".tasks h3 a").first.click()
    section = opened.locator(f'[id="nb-rule-{task.rule}"] > details.more')
    assert section.evaluate("e => e.open")
    opened.locator(".tasks a.person").first.press("Enter")
    course = opened.locator(opened.evaluate("location.hash").replace("#", "#nb-patient-").replace("#nb-patient-nb-", "#nb-"))
    assert course.evaluate("e => e.open") and course.locator("svg.timeline").is_visible()


def test_ids_are_unique_and_tables_have_headings(opened: Any) -> None:
    switch(opened, "en")
    ids = opened.eval_on_selector_all("[id]", "found => found.map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert opened.locator("table:not(:has(th[scope]))").count() == 0
    links = opened.eval_on_selector_all(
        'a[href^="#"]', "found => found.map(e => decodeURIComponent(e.getAttribute('href').slice(1)))"
    )
    assert set(links) <= set(ids)


def test_every_chart_has_a_table_behind_it(opened: Any) -> None:
    assert opened.locator("svg.chart").count() > 10
    assert opened.locator("figure:has(svg.chart):not(:has(table)):not(.profile figure)").count() == 0
    assert opened.locator(".profile:not(:has(table))").count() == 0


def test_the_rules_are_sorted_from_the_keyboard(opened: Any) -> None:
    heading = opened.locator("table.overview thead th:has(button)").nth(4)
    column = "rows => rows.map(r => Number(r.cells[5].dataset.sort))"
    heading.locator("button").press("Enter")
    found = opened.eval_on_selector_all("table.overview:visible tbody tr", column)
    assert heading.get_attribute("aria-sort") == "ascending" and found == sorted(found)
    heading.locator("button").press("Enter")
    turned = opened.eval_on_selector_all("table.overview:visible tbody tr", column)
    assert heading.get_attribute("aria-sort") == "descending" and turned == sorted(found, reverse=True) and found[-1] > 0


def test_the_data_behind_are_the_figures(opened: Any, found: Figures, tmp_path: Path) -> None:
    for kind in ("json", "csv"):
        with opened.expect_download() as kept:
            opened.locator(f"button[data-download^={kind}]:visible").click()
        kept.value.save_as(tmp_path / f"kept.{kind}")
        assert kept.value.suggested_filename == f"bruddrapport-hjerneslag.{kind}"
    assert json.loads((tmp_path / "kept.json").read_text(encoding="utf-8")) == json.loads(found.model_dump_json())
    rows = (tmp_path / "kept.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == len(found.rules) + 1 and rows[0].startswith("Regel;Frist;")
    assert opened.heard == [] or all(url.startswith("blob:") for url in opened.heard)


@pytest.mark.parametrize("width", [360, 820, 1920, 3000])
def test_it_fits_the_screen(opened: Any, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    opened.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    switch(opened, "en")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "first"), [("light", "nb"), ("dark", "en")])
def test_axe_finds_nothing(browser: Any, small: Small, tmp_path: Path, scheme: str, first: Any) -> None:
    """In both languages, each as the page opens in it and in its own colours; what hangs on neither is looked at twice."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    (tmp_path / "small.html").write_text(page_html(small.pathway, small.found, first), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto((tmp_path / "small.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.Axe().run(page).response["violations"]
    page.close()
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_the_policy_lets_nothing_in(page_file: Path) -> None:
    html = page_file.read_text(encoding="utf-8")
    assert len(html.encode()) < 2_000_000
    html = unescape(both(html))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None and policy[1].startswith("default-src 'none'; ") and "unsafe" not in policy[1]
    assert re.search(r'(src|href)="https?:', re.sub(r'<a href="https://[^"]+" rel="noreferrer">', "", html)) is None
    assert " style=" not in html and re.search(r"\son[a-z]+=\"", html) is None


@pytest.mark.parametrize(
    ("days", "said"), [(None, "–"), (0.0, "0"), (0.01, "under 0,1"), (0.5, "0,5"), (2.53, "2,5"), (9.96, "10"), (97.4, "97")]
)
def test_few_days_have_a_decimal(stroke: Pathway, found: Figures, days: float | None, said: str) -> None:
    assert View(stroke, found, "nb").d(days) == said


def test_a_group_s_days_are_those_of_the_table_behind(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    pairs = [(each.days, each.row.days_lost) for profile in view.profiles for each in profile.standings]
    assert pairs and all(said == behind for said, behind in pairs)


def test_what_was_done_too_early_is_not_called_late(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    part = found.rules[0].main
    early = part.model_copy(update={"outcomes": part.outcomes | {"late": 5}, "breaks": {"late": 3, "early": 2}})
    told = view.outcomes(found.rules[0], early)
    assert (told["late"], told["early"]) == (3, 2) and sum(told.values()) == sum(early.outcomes.values())
    assert "for tidlig: 2" in view.bar(told) and "for sent: 3" in view.bar(told)


def test_what_cannot_be_late_is_not_in_time(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    seen = set()
    for rule in found.rules:
        for part in rule.parts:
            told = view.outcomes(rule, part)
            assert sum(told.values()) == part.owed
            if not view.timed(rule, part):
                assert "met" not in told and view.untold(rule, part).startswith(view.t("limit_unset"))
                seen.add("done" if told["done"] else "")
            elif part.in_time is None and part.judged:
                assert str(part.judged) in view.untold(rule, part)
                seen.add("few")
            elif rule.kind == "decide":
                assert not {"met", "late"} & set(told) and told["grounded"] + told["ahead"] == part.outcomes["met"]
                seen.add("grounds")
            elif part.in_time is not None:
                assert told["met"] == part.in_time.part and told["ahead"] == part.ahead
                seen.add("ahead" if part.ahead else "")
    assert {"done", "few", "grounds", "ahead"} <= seen
    assert "uten frist" not in {rule.main.limit["nb"] for rule in found.rules if rule.kind == "decide"}


def test_a_short_log_says_that_it_is_short(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    assert view.unchanged == view.t("rules_stable")
    rules = tuple(
        rule.model_copy(update={"parts": tuple(p.model_copy(update={"chart": None}) for p in rule.parts)})
        for rule in found.rules
    )
    first = found.headline.first
    assert first is not None
    young = found.headline.model_copy(update={"last": first + timedelta(days=25)})
    assert "26 dager" in View(stroke, found.model_copy(update={"rules": rules, "headline": young}), "nb").unchanged
    assert View(stroke, found.model_copy(update={"rules": rules}), "nb").unchanged == view.t("rules_few")


def test_a_table_of_groups_adds_up(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    told = 0
    for profile in view.profiles:
        rest = [row for _, row in view.rest(profile.comparison)]
        days = sum(each.days for each in profile.standings) + sum(row.days_lost for row in rest)
        assert days == pytest.approx(profile.comparison.days_lost) == pytest.approx(found.headline.days_lost)
        assert (
            sum(each.row.share.whole for each in profile.standings) + sum(row.share.whole for row in rest)
            == found.headline.episodes
        )
        told += bool(rest)
    assert told


def test_charts_beside_each_other_have_the_same_months(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    months = [(f"2025-{month:02}", 15, 20) for month in range(1, 13)]
    long, short = share_chart(months), share_chart(months[4:])
    axis = [re.findall(r"[a-z]{3,4}\.? 25", view.control(each, beside=other)) for each, other in ((long, short), (short, long))]
    assert axis[0] == axis[1] != re.findall(r"[a-z]{3,4}\.? 25", view.control(short))


def test_a_price_that_is_not_known_is_not_hidden_behind_one_that_is(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    cost = CostSum(currency="NOK", days=2484, amount=28725.0, unpriced=2479)
    assert view.cost(cost) == "pris ukjent for 2\u00a0479 av 2\u00a0484; de 5 andre koster 28\u00a0725\u00a0kr"
    assert "ukjent" not in view.cost(cost.model_copy(update={"unpriced": 0})) and "kr" not in view.cost(
        cost.model_copy(update={"amount": None})
    )


def test_who_answers_is_told_from_who_had_the_patient(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    task = next(each for each in found.tasks if each.rule == "kontroll_3mnd")
    away = task.model_copy(update={"from_party": "home_care", "to_party": "slagenhet"})
    assert view.breaks_at(away) == "Slagenheten svarer; pasienten var hos Hjemmetjeneste da fristen gikk ut"
    assert view.breaks_at(task.model_copy(update={"from_party": "slagenhet", "to_party": None})) == "hos Slagenheten"
    message = next(each for each in found.tasks if (rule := found.of(each.rule, each.pathway)) and rule.sender)
    assert "→" in view.breaks_at(message)


@pytest.mark.parametrize("width", [1280, 1920])
def test_nothing_of_what_is_open_at_first_is_out_of_sight(opened: Any, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate(_CUT) == []
    opened.locator("[data-size=real]:visible").click()
    assert len(opened.evaluate(_CUT)) <= 1, "but the graph, when it is asked for as large as it was drawn"


def test_on_a_phone_rows_are_cards_whose_figures_are_in_sight(opened: Any) -> None:
    opened.set_viewport_size({"width": 390, "height": 900})
    opened.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert (
        opened.evaluate(
            "Array.from(document.querySelectorAll('table.cards')).filter(t => t.scrollWidth > t.parentElement.clientWidth + 1).length"
        )
        == 0
    )
    cell = opened.locator("table.overview tbody tr").first.locator("td").nth(2)
    assert cell.get_attribute("data-label") == "I tide" and cell.is_visible()
    assert (
        opened.evaluate("document.querySelector('.drawing').scrollWidth - document.querySelector('.drawing').clientWidth") <= 1
    )


def test_rules_of_a_started_pathway_have_its_title(stroke: Pathway, found: Figures) -> None:
    own = found.rules[0]
    other = own.model_copy(update={"pathway": "tia"})
    names = found.names.model_copy(update={"pathways": {**found.names.pathways, "tia": {"nb": "TIA, drypp", "en": "TIA"}}})
    view = View(stroke, found.model_copy(update={"rules": (*found.rules, other), "names": names}), "nb")
    assert view.rule_title("tia", own.name) == f"{view.w(own.titles)} (TIA, drypp)" and "(TIA, drypp)" in view.started("tia")
    assert view.rule_title(own.pathway, own.name) == view.w(own.titles) and not view.started(own.pathway)


def test_a_chart_with_signs_is_not_called_random(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    chart = share_chart([(f"2024-{month:02}", (18 if month % 2 else 15) if month > 1 else 2, 20) for month in range(1, 13)])
    assert chart.verdict == "stable" and chart.points[0].signals
    assert view.t("verdict_earlier") in view.chart_verdict(chart)
    quiet = share_chart([(f"2024-{month:02}", 19 - month % 2, 20) for month in range(1, 13)])
    assert not any(point.signals for point in quiet.points) and view.t("verdict_stable") in view.chart_verdict(quiet)


def test_a_page_in_nynorsk_is_in_nynorsk(small: Small) -> None:
    html = page_html(small.pathway, small.found, "nn")
    own = html.partition('data-view="en"')[0]
    assert '<html lang="nn">' in html and 'data-view="nn" lang="nn"' in own and 'data-to="en"' in own
    said = set(unescape(re.sub(r"<[^>]+>", "\n", own[own.index("<body") :])).split("\n"))
    nb, nn = (View(small.pathway, small.found, language) for language in ("nb", "nn"))  # type: ignore[arg-type]
    for name in ("first", "rules_stable", "state_measured", "times_help", "computed", "in_time"):
        assert nb.t(name) not in said and nb.t(name) != nn.t(name)
    assert {nn.t(name) for name in ("first", "times_help", "computed", "days_lost")} <= said
    assert 'data-to="nn"' in unpacked(html, 'data-packed="en"'), "and back from English to it"


def test_no_patient_is_named(page_file: Path) -> None:
    html = page_file.read_text(encoding="utf-8")
    assert re.search(r"\bF\d{3}\b", both(html) + unpacked(html, 'data-file="json"')) is None


def test_what_an_author_wrote_cannot_become_markup(small: Small) -> None:
    bad = {"nb": '"><img src=x onerror=alert(1)>', "nn": "", "en": "</script><script>alert(2)</script>"}
    hostile = small.pathway.model_copy(update={"owner": "<script>alert(1)</script>", "titles": {"nb": "<b>&x"}})
    rules = tuple(rule.model_copy(update={"titles": bad}) for rule in small.found.rules)
    html = both(page_html(hostile, small.found.model_copy(update={"titles": bad, "rules": rules})))
    assert "<script>alert" not in html and "<b>&x" not in html and "<img" not in html
    assert html.count("</script>") == len(re.findall(r"<script[ >]", html))


def test_an_empty_population_gives_a_page_that_says_so(stroke: Pathway) -> None:
    compiled = compile_pathway(stroke)
    html = both(page_html(stroke, figures(replay(compiled, log_of([])), compiled), "en"))
    assert "No episodes in the log" in html and "Ingen forløp i loggen" in html


def test_nothing_is_said_in_the_machine_s_words(page_file: Path) -> None:
    text = re.sub(r"<(style|script)\b.*?</\1>", "", both(page_file.read_text(encoding="utf-8")), flags=re.DOTALL)
    said = unescape(re.sub(r"<[^>]+>", "\n", text))
    assert re.findall(r"\b(None|nan|inf|True|False|Undefined)\b", said) == []


def test_every_reason_for_leaving_a_row_out_has_words(stroke: Pathway, tmp_path: Path) -> None:
    rows = ["1,ankomst", ",ankomst,2026-03-02", "1,,2026-03-02", "1,ankomst,", "1,ankomst,x", "1,ankomst,1900-01-01"]
    rows = [f"{row}," if row.count(",") < 3 and row != "1,ankomst" else row for row in rows]
    rows += ["1,ankomst,2026-03-02,x", "1,ankomst,2026-03-02,1900-01-01"]
    (tmp_path / "log.csv").write_text("patient,event,occurred,recorded\n" + "\n".join(rows) + "\n")
    (tmp_path / "phase.csv").write_text("patient,event,occurred,phase\n1,slagseng,2026-03-02,fløyet\n")
    compiled = compile_pathway(stroke)
    for name, reasons in (("log.csv", 8), ("phase.csv", 1)):
        log = read_log(tmp_path / name, stroke)
        assert len(log.counts.rejected) == reasons
        html = both(page_html(stroke, figures(replay(compiled, log), compiled)))
        assert html.count("først i rad") == html.count("first in row") == reasons


def test_messages_of_one_title_are_told_apart_by_their_pathways(stroke: Pathway, found: Figures) -> None:
    own = next(one for one in found.handovers if one.pathway == "stroke" and found.names.messages["stroke"])
    view = View(stroke, found, "nb")
    said = [title for _, title in view.messages(own)]
    rules = tuple(rule.model_copy(update={"pathway": "tia"}) for rule in found.rules if rule.name in own.rules)
    messages = {name: {"nb": f"{titles['nb']} ved TIA"} for name, titles in found.names.messages["stroke"].items()}

    def there(named: dict[str, Any]) -> list[str]:
        update = {
            "messages": found.names.messages | {"tia": named},
            "pathways": found.names.pathways | {"tia": {"nb": "TIA, drypp"}},
        }
        names = found.names.model_copy(update=update)
        both = found.model_copy(update={"rules": (*found.rules, *rules), "names": names})
        return [title for _, title in View(stroke, both, "nb").messages(own.model_copy(update={"pathway": "tia"}))]

    assert there(messages) == [f"{title} ved TIA" for title in said]
    assert there(found.names.messages["stroke"]) == [f"{title} (TIA, drypp)" for title in said]


def test_of_a_rule_without_a_limit_it_is_said_what_was_seen(stroke: Pathway, found: Figures) -> None:
    view = View(stroke, found, "nb")
    rule = next(one for one in found.rules if one.column == "promptly" and one.main.owed and one.main.times)
    main = rule.main
    assert f"ingen frist i tall. Gjort {main.outcomes['met']} av {main.owed} ganger, halvparten i løpet av" in view.untold(
        rule, main
    )
    unseen = rule.model_copy(update={"parts": (main.model_copy(update={"owed": 0, "times": None}),)})
    assert view.untold(unseen, unseen.main) == "Regelen setter ingen frist i tall"
    limited = next(one for one in found.rules if one.column == "rule" and one.main.judged)
    none = limited.model_copy(update={"parts": (limited.main.model_copy(update={"judged": 0, "in_time": None}),)})
    few = view.t("few_judged", n=view.n(limited.main.judged))
    assert (view.untold(limited, limited.main), view.untold(none, none.main)) == (few, "Ingen vurdert ennå")
