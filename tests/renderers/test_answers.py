"""The three answers at the top of the page, and each group's profile, held against the figures counted another way."""

from __future__ import annotations

from typing import Any

import pytest
from pathway.renderers import answers

from pathway.reports.comparison import Comparison, CompRow
from pathway.reports.figures import Figures
from pathway.reports.measures import Share


def _share(part: int, whole: int) -> Share:
    return Share(part=part, whole=whole, low=0.0, high=1.0)


def _row(group: str | None, part: int, whole: int, verdict: Any = "within", *, days: float = 0.0) -> CompRow:
    return CompRow(
        group=group, patients=whole, share=_share(part, whole), low95=0.5, high95=0.9, low998=0.4, high998=0.95, verdict=verdict,
        days_lost=days, hidden=False,
    )  # fmt: skip


def _compared(found: Figures, rule: str | None, *rows: CompRow, dimension: str = "municipality") -> Comparison:
    part, whole = (sum(getattr(row.share, name) for row in rows) for name in ("part", "whole"))
    overall = _share(part, whole)
    return Comparison(
        pathway=found.pathway, rule=rule, dimension=dimension, overall=overall, rows=rows, others=None, verdict="differ", funnel=()
    )  # fmt: skip


def _with(found: Figures, *comparisons: Comparison) -> Figures:
    return found.model_copy(update={"comparisons": comparisons})


def test_most_days_are_those_of_a_rule_that_is_done_at_all(found: Figures) -> None:
    days = {(task.pathway, task.rule, task.part): task.days_lost for task in found.tasks}
    never = {(rule.pathway, rule.name) for rule in found.rules if answers.never_done(rule)}
    most = answers.most_days(found)
    assert most is not None and most.days_lost == max(lost for key, lost in days.items() if key[:2] not in never)
    rule = found.of(most.rule, most.pathway)
    assert rule is not None
    undone = rule.parts[0].model_copy(update={"outcomes": rule.parts[0].outcomes | {"met": 0, "late": 0}})
    rules = tuple(r.model_copy(update={"parts": (undone, *r.parts[1:])}) if r is rule else r for r in found.rules)
    other = answers.most_days(found.model_copy(update={"rules": rules}))
    assert other is None or (other.rule, other.days_lost) != (most.rule, most.days_lost)


def test_no_days_lost_is_an_answer_too(found: Figures) -> None:
    tasks = tuple(task.model_copy(update={"days_lost": 0.0}) for task in found.tasks)
    assert answers.most_days(found.model_copy(update={"tasks": tasks})) is None


def test_who_lies_outside_chance_is_a_place_that_is_known_and_shown(found: Figures) -> None:
    name = found.rules[0].name
    rows = (_row("Dalen", 2, 20, "worse"), _row("Vik", 15, 20), _row(None, 10, 10, "better"))
    ages = _compared(found, name, _row("85+", 2, 20, "worse"), _row("65–74", 18, 20), dimension="aldersgruppe")
    made = _with(found, _compared(found, name, *rows), ages)
    assert [(one.dimension, row.group) for one, row in answers.outside(made, "worse")] == [("municipality", "Dalen")]
    assert answers.outside(made, "better") == []


def test_those_who_are_few_of_whom_anything_is_known_are_held_against_nobody(found: Figures) -> None:
    rows = (_row("Elvestad", 0, 14, "worse"), _row("Fjordstrand", 60, 100), _row(None, 200, 286))
    unfair = _compared(found, None, *rows)
    assert answers.known_for(unfair) == 114 and not answers.fair(unfair)
    assert answers.outside(_with(found, unfair), "worse") == []
    (profile,) = answers.profiles(_with(found, unfair))
    assert [row.differs for row in profile.standings] == [(), ()]


def test_a_profile_says_where_a_group_loses_its_days(found: Figures) -> None:
    first, second = [rule.name for rule in found.rules if rule.pathway == found.pathway and not answers.never_done(rule)][:2]
    whole = _compared(found, None, _row("Dalen", 10, 20, days=12.5), _row("Vik", 15, 20, days=10.0))
    one = _compared(found, first, _row("Dalen", 10, 20, days=3.0), _row("Vik", 15, 20, "better", days=9.0))
    other = _compared(found, second, _row("Dalen", 10, 20, days=8.0), _row("Vik", 15, 20, days=1.0))
    (profile,) = answers.profiles(_with(found, whole, one, other))
    dalen, vik = profile.standings
    assert (dalen.days, vik.days) == (12.5, 10.0), (
        "those of the table behind, though the rules that can be told add up to fewer"
    )
    assert dalen.most is not None and dalen.most[0].rule == second and vik.most is not None and vik.most[0].rule == first
    assert [(each.rule, row.group) for each, row in vik.differs] == [(first, "Vik")] and dalen.differs == ()


@pytest.mark.parametrize(
    ("value", "kind"), [(None, "h-none"), (0.3, "h-4"), (0.5, "h-3"), (0.8, "h-2"), (0.9, "h-1"), (1.0, "h-1")]
)
def test_a_cell_of_the_matrix_is_coloured_by_its_share(value: float | None, kind: str) -> None:
    assert answers.heat(value) == kind


def test_the_matrix_holds_every_hand_over_once(found: Figures) -> None:
    senders, receivers, pairs = answers.matrix(found)
    assert set(pairs) == {(one.sender, one.receiver) for one in found.handovers}
    assert len(senders) == len(set(senders)) and len(receivers) == len(set(receivers))
    assert {sender for sender, _ in pairs} == set(senders) and {receiver for _, receiver in pairs} == set(receivers)
