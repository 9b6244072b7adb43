"""The forms of the report: a workbook with real numbers and dates, figures as JSON in their schema, text for a terminal."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from pathway.renderers.sheets import sheets

from pathway.api.definition import load
from pathway.api.report import FORMS, Report
from pathway.errors import DrawingError
from pathway.language.source import LANGUAGES
from pathway.language.texts import texts_of
from pathway.replay.population import replay
from pathway.reports.figures import figures
from pathway.reports.schema import report_schema
from tests.reports.conftest import Made

FIRST = ("stroke", "summary_to_gp", "main")
GRAMMARS = Path(__file__).parents[2] / "grammars"


def report(stroke: Made, language: str = "en") -> Report:
    return Report(stroke.compiled.pathway, stroke.found, language)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def book(stroke: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return openpyxl.load_workbook(report(stroke).save(tmp_path_factory.mktemp("book") / "report.xlsx"))


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    heads, *found = book[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in found]


def test_a_sheet_for_each_part_in_order(book: Any) -> None:
    assert book.sheetnames == [entry["en"] for entry in texts_of("figures")["sheet"].values()]


def test_numbers_dates_and_shares_are_real(book: Any, stroke: Made) -> None:
    headline = {row["What"]: row for row in table(book, "Headline")}
    assert headline["Patients"]["Number"] == stroke.found.headline.patients
    assert headline["Days lost in waiting"]["Number"] == pytest.approx(stroke.found.headline.days_lost)
    began = headline["First episode began"]["Number"]
    assert isinstance(began, datetime) and began.date() == stroke.found.headline.first
    unbroken = headline["Episodes without a break"]
    assert unbroken["Share"] == pytest.approx(unbroken["Number"] / unbroken["Of"])
    share = next(cell for cell in book["Headline"]["D"] if isinstance(cell.value, float))
    assert share.number_format == "0.0%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_columns_of_a_sheet_have_one_heading(stroke: Made, language: Any) -> None:
    for sheet in sheets(stroke.found, language):
        heads = [head for head, _ in sheet.columns]
        assert len(heads) == len(set(heads)), (sheet.title, sorted(heads))


def test_a_hand_over_has_its_numbers_under_their_own_headings(book: Any, stroke: Made) -> None:
    rows = table(book, "Hand-overs")
    for row, cell in zip(rows, stroke.found.handovers, strict=True):
        for head, share in (("Sent", cell.sent), ("Receipt in time", cell.received)):
            found = (row[f"{head}: number"], row[f"{head}: of"])
            assert found == ((None, None) if share is None else (share.part, share.whole))
    as_of = next(row["Number"] for row in table(book, "Headline") if row["What"] == "As of")
    assert (as_of.hour, as_of.minute) == (23, 59)


def test_who_sends_is_told_from_who_had_the_patient(book: Any, stroke: Made) -> None:
    rows = table(book, "What to do first")
    for row, task in zip(rows, stroke.found.tasks, strict=True):
        rule = stroke.found.of(task.rule, task.pathway)
        assert rule is not None and row["Answers"]
        assert bool(row["From"] and row["To"]) is (rule.sender is not None)
        assert bool(row["Had the patient when the time was up"]) is (rule.sender is None)


def test_every_part_of_every_rule_is_in_the_workbook(book: Any, stroke: Made) -> None:
    rows = table(book, "Rules")
    parts = [(rule, part) for rule in stroke.found.rules for part in rule.parts]
    assert [(row["Name of the rule"], row["Owed"]) for row in rows] == [(rule.name, part.owed) for rule, part in parts]
    assert [row["In time"] for row in rows] == [
        None if part.in_time is None else pytest.approx(part.in_time.value) for _, part in parts
    ]
    assert len(table(book, "Comparison")) == sum(
        len(each.rows) + (each.others is not None) for each in stroke.found.comparisons
    )
    ids = {row["Break id"] for row in table(book, "Examples")}
    assert ids == {example.break_id for _, part in parts for example in part.examples}


def test_what_people_wrote_is_no_formula(stroke: Made, tmp_path: Path) -> None:
    bad = stroke.found.provenance.model_copy(update={"version": '=HYPERLINK("http://evil")', "engine": "1\x07"})
    figures = stroke.found.model_copy(update={"provenance": bad})
    path = Report(stroke.compiled.pathway, figures, "en").save(tmp_path / "x.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path)["How it was computed"] for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=")] == ["s"]
    assert any(cell.value == "patient-pathway 1\ufffd" for cell in cells)


def test_json_is_in_its_schema_and_holds_every_figure(stroke: Made) -> None:
    told = json.loads(report(stroke).json())
    jsonschema.Draft202012Validator(json.loads(report_schema())).validate(told)
    assert told["headline"]["unbroken"]["value"] == stroke.found.headline.unbroken.value
    assert "rule" not in told["rules"][0]
    assert [rule["name"] for rule in told["rules"]] == [rule.name for rule in stroke.found.rules]


def test_the_schema_that_is_shipped_is_that_of_the_model() -> None:
    kept = (GRAMMARS / "report.schema.json").read_text(encoding="utf-8")
    assert kept == report_schema(), "python -m tests.record writes it anew"


def test_every_part_of_the_schema_is_described() -> None:
    assert not [name for name, told in json.loads(report_schema())["$defs"].items() if not told.get("description")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_has_the_headline_the_tasks_and_the_rules(stroke: Made, language: str) -> None:
    said = report(stroke, language).text()
    words = texts_of("figures")
    assert said.startswith(stroke.found.titles[language])  # type: ignore[index]
    for part in ("headline", "tasks", "rules", "held", "indicators", "quality"):
        assert f"\n{words['sheet'][part][language]}\n" in said
    (task,) = [task for task in stroke.found.tasks if (task.pathway, task.rule, task.part) == FIRST]
    assert len(said.splitlines()) < 400
    first = said[said.index(f"\n{words['sheet']['tasks'][language]}\n") :]  # type: ignore[index]
    line = next(line for line in first.splitlines() if line.startswith(f"{task.place:2} "))
    assert f"{task.patients.part}/{task.patients.whole}" in line


def test_every_word_is_there_in_every_language() -> None:
    for group, entries in texts_of("figures").items():
        for name, entry in entries.items():
            assert set(entry) == set(LANGUAGES) and all(entry.values()), (group, name)


def test_another_ending_is_answered(stroke: Made, tmp_path: Path) -> None:
    with pytest.raises(DrawingError) as refused:
        report(stroke).save(tmp_path / "x.doc")
    assert refused.value.code == "PW509" and all(
        form in refused.value.message("en") + refused.value.help("en") for form in FORMS
    )


def test_what_a_log_lacks_is_told_in_words(stroke: Made, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "patient,event,occurred,recorded,id,corrects,retracts\n"
        "a,ankomst,2026-03-02 10:00,2026-03-02,1,,\na,ankomst,2026-03-02 10:00,2026-03-02,1,,\n"
        "b,ankomst,2026-03-02 10:00,2026-03-02,2,,\nc,ankomst,2026-03-02 10:00,2026-03-03,3,2,\n"
        "d,ankomst,2026-03-02 10:00,2026-03-02,4,,\nd,,,2026-03-04,5,,4\n"
        "e,ankomst,,,6,,\ne,ankomt,2026-03-02 10:00,,7,,\n"
    )
    said = load("stroke").replay(log).report(language="nb").text()
    for told in ("Samme hendelse flere ganger", "Flyttet til en annen pasient", "Tilbaketrekkinger", "Ukjent hendelse: ankomt"):
        assert told in said
    assert "Forkastet: ikke noe tidspunkt" in said and "rad 8" in said
    assert not re.search(r"\b(duplicate|moved|retraction|no time|row \d)\b", said)


def test_the_text_has_every_rule_of_which_anything_was_judged(stroke: Made) -> None:
    said = report(stroke, "en").text()
    lines = said[said.index("\nRules\n") :].splitlines()
    few = [
        (rule, rule.main)
        for rule in stroke.found.rules
        if rule.main.judged and rule.main.in_time is None and rule.pathway == "stroke"
    ]
    assert few
    for rule, part in few:
        counts = f" {part.outcomes['met'] - part.ahead}/{part.judged} "
        assert any(line.startswith(rule.titles["en"][:20]) and counts in f"{line} " for line in lines), rule.name


def test_a_day_before_anybody_came_is_told_as_that(stroke: Made) -> None:
    before = stroke.log.by_patient()
    first = min(event.occurred for _, events in before for event in events)
    early = figures(replay(stroke.compiled, stroke.log, as_of=first - 86_400_000_000), stroke.compiled)
    said = Report(stroke.compiled.pathway, early, "nb").text()
    assert "Ingen forløp hadde begynt per" in said and "Ingen forløp i loggen" not in said and "status per –" not in said
    assert "Ingen forløp hadde begynt per" in Report(stroke.compiled.pathway, early, "nb").html()
