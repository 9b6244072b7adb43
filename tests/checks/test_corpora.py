"""Each risk is found once and at its place in a text that holds it, not in the nearest that does not, and can be answered."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pathway.api.definition import load
from pathway.language.diagnostics import catalogue
from pathway.language.source import LANGUAGES, Language
from pathway.language.words import vocabulary
from tests.checks.corpora import BAD, DRAFTS, GOOD, found, messages_text, opened
from tests.checks.risk_pages import pages

CODES = sorted(code for code in catalogue() if code.startswith("PW3"))
HIP = Path(__file__).parent / "good" / "hoftebrudd.pathway"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_planted_risk_is_found_once_and_told_as_recorded(path: Path) -> None:
    assert messages_text(path) == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert len(found(opened(path))) == 1


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_nearest_text_without_it_is_left_alone(path: Path) -> None:
    assert [(risk.code, risk.message()) for risk in found(opened(path)) if risk.code != "PW329"] == []


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.stem)
def test_what_is_told_of_a_draft_is_as_recorded(path: Path) -> None:
    assert messages_text(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_names_are_the_authors_where_a_library_has_another() -> None:
    (path,) = DRAFTS
    told = " ".join(risk.message("nb") for risk in found(opened(path)))
    assert "`utskrevet`" in told and "discharged" not in told
    assert "`fastlege`" in told and "`gp`" not in told


def test_every_bad_text_has_its_good_one_beside_it_where_they_differ() -> None:
    usual = (HIP.parent / "nobody-responsible.pathway").read_text(encoding="utf-8")
    for path in BAD:
        beside = HIP.parent / path.name
        text = beside.read_text(encoding="utf-8") if beside.exists() else usual
        assert text != path.read_text(encoding="utf-8")


def test_every_check_has_a_bad_text() -> None:
    told = {risk.code for path in (*BAD, *GOOD) for risk in found(opened(path))}
    assert told == set(CODES)


def _answered(path: Path, line: str, at: int, depth: int) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(at, " " * depth + line)
    return [risk.code for risk in found(load("\n".join(lines) + "\n", text=True))]


def _accept(code: str, language: Language) -> str:
    write = vocabulary(language).write
    return f'{write("ACCEPT")} {code} {write("BECAUSE")} "Agreed"'


RISKS = [path for path in BAD if catalogue()[found(opened(path))[0].code].severity == "risk"]


@pytest.mark.parametrize("path", RISKS, ids=lambda path: path.stem)
def test_an_answer_at_the_margin_answers_it_anywhere_in_the_file(path: Path) -> None:
    definition = opened(path)
    (risk,) = found(definition)
    assert definition.language is not None
    end = len(path.read_text(encoding="utf-8").splitlines())
    assert _answered(path, _accept(risk.code, definition.language), end, 0) == []


@pytest.mark.parametrize("path", RISKS, ids=lambda path: path.stem)
def test_an_answer_in_a_stage_answers_what_is_in_that_stage_only(path: Path) -> None:
    definition = opened(path)
    (risk,) = found(definition)
    assert definition.language is not None and risk.span is not None
    accept = _accept(risk.code, definition.language)
    stages = [stage.span.line for stage in definition.model.stages.values() if not stage.end and stage.span is not None]
    holder = max((line for line in stages if line <= risk.span.line), default=None)
    for line in stages:
        assert sorted(_answered(path, accept, line, 4)) == ([] if line == holder else sorted([risk.code, "PW330"]))


def test_an_answer_beneath_a_rule_answers_that_rule_only() -> None:
    path = HIP.parent.parent / "bad" / "two-windows.pathway"
    (risk,) = found(opened(path))
    assert risk.span is not None
    accept = _accept(risk.code, "en")
    assert _answered(path, accept, risk.span.line, 8) == []
    assert sorted(_answered(path, accept, risk.span.line - 2, 8)) == ["PW317", "PW330"]


def test_a_finding_is_the_same_each_time() -> None:
    for path in (*BAD, HIP):
        once, again = ([(risk.code, repr(risk)) for risk in found(opened(path))] for _ in range(2))
        assert once == again


@pytest.mark.parametrize("code", CODES)
def test_a_message_says_which_break_and_for_whom(code: str) -> None:
    entry = catalogue()[code]
    if entry.severity == "risk":
        said = (("break", "for "), ("rudd", "for "), ("rot", "for "))
        for language, words in zip(LANGUAGES, said, strict=True):
            assert all(word in entry.message[language].lower() for word in words)


@pytest.mark.parametrize(("page", "text"), pages().items(), ids=lambda item: item.name if isinstance(item, Path) else "")
def test_the_authors_pages_are_up_to_date(page: Path, text: str) -> None:
    assert page.read_text(encoding="utf-8") == text
    assert all(f"## {code} " in text for code in CODES)


def test_no_check_imports_the_solver_or_a_graph_library_until_it_must() -> None:
    root = Path(__file__).parents[2] / "pathway" / "checks"
    for file in root.glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in getattr(node, "names", ())] + [getattr(node, "module", "") or ""]
            assert not {"z3", "networkx"} & set(names), file.name


def test_an_adaptation_is_told_what_is_its_own() -> None:
    adaptation = load(HIP.parents[2] / "model" / "good" / "flora-en.pathway")
    told = found(adaptation)
    assert {risk.span.file for risk in told if risk.span is not None} == {adaptation.source.name}
    (bed,) = [risk for risk in told if risk.code == "PW319"]
    assert bed.span is not None and "not offered bed" in adaptation.source.line(bed.span.line)
