"""The sentence of a break: for every kind that the county and the rules of the tests can make, in three languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.tracking.records import BreakRecord
from pathway.tracking.scenarios import run_scenarios
from pathway.tracking.sentences import sentence

RULES = sorted((Path(__file__).parent / "rules").glob("*.pathway"))
SUBTYPES = {
    "late", "missing", "early", "incomplete", "misdirected", "unacknowledged", "unanswered", "stale", "uninformed", "insufficient",
    "refused", "withdrawn", "wrong_level",
}  # fmt: skip


def _breaks() -> list[tuple[Pathway, BreakRecord]]:
    found = []
    for file in RULES:
        pathway = load(file).pathway
        assert pathway is not None
        for result in run_scenarios(compile_pathway(pathway)):
            found += [(pathway, record) for story in result.stories for record in story.breaks]
    return found


BREAKS = _breaks()


def test_the_scenarios_make_every_kind_of_break() -> None:
    assert {record.subtype for _, record in BREAKS} == SUBTYPES


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_break_has_a_sentence(language: str) -> None:
    for pathway, record in BREAKS:
        said = sentence(record, pathway, language)  # type: ignore[arg-type]
        assert re.fullmatch(r"[A-ZÆØÅ].*\.", said), said
        assert "{" not in said and "None" not in said and "  " not in said, said


def test_it_can_be_checked_against_the_record() -> None:
    stroke = load("stroke").pathway
    assert stroke is not None
    (late,) = [
        record
        for result in run_scenarios(compile_pathway(stroke))
        for record in result.stories[-1].breaks
        if record.rule == "summary_to_gp" and record.subtype == "late"
    ]
    assert sentence(late, stroke, "nb") == (
        "Epikrise fra Slagenheten til Fastlege ble sendt 8 dager 9 timer for sent: fristen var 13.3.2026 "
        "(senest 7 dager etter utskrevet; Utskrevet 6.3.2026 kl. 13:00), og den ble sendt 22.3.2026 kl. 09:00. Slagenheten svarer for det."
    )
    assert sentence(late, stroke, "en").startswith(
        "Discharge summary from Stroke unit to General practitioner was sent 8 days 9 hours"
    )
