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
        pathway=found.pathway, rule=rule, dimension=dimension, overall=overall, days_lost=sum(row.days_lost or 0 for row in rows),
        rows=rows, others=None, verdict="differ", funnel=(),
    )  # fmt: skip


def _with(found: Figures, *comparisons: Comparison) -> Figures:
    return found.model_copy(update={"comparisons": comparisons})


def test_most_days_are_those_of_a_rule_that_is_done_at_all(found: Figures) -> None:
    task = found.tasks[-1].model_copy(update={"pathway": "tia", "days_lost": 40.0})
    started = tuple(
        task.model_copy(update={"rule": name, "days_lost": days}) for name, days in (("a", 40.0), ("b", 70.0), ("c", 90.0))
    )
    rule = found.rules[0].model_copy(update={"pathway": "tia"})
    done = rule.main.model_copy(update={"judged": 9, "outcomes": rule.main.outcomes | {"met": 4}})
    undone = done.model_copy(update={"outcomes": rule.main.outcomes | {"met": 0, "late": 0}})
    others = tuple(
        rule.model_copy(update={"name": name, "parts": (part,)}) for name, part in (("a", done), ("b", done), ("c", undone))
    )
    one = found.headline.pathways[0].model_copy(update={"pathway": "tia", "days_lost": 200.0})
    headline = found.headline.model_copy(update={"pathways": (found.headline.pathways[0], one)})
    found = found.model_copy(update={"tasks": (*found.tasks, *started), "rules": (*found.rules, *others), "headline": headline})
    days = {(task.pathway, task.rule, task.part): task.days_lost for task in found.tasks if task.pathway == found.pathway}
    never = {(rule.pathway, rule.name) for rule in found.rules if answers.never_done(rule)}
    most, beyond = answers.most_days(found), answers.most_days_beyond(found)
    assert most is not None and most.days_lost == max(lost for key, lost in days.items() if key[:2] not in never)
    assert (beyond.rule, beyond.days_lost, answers.days_beyond(found)) == ("b", 70.0, 200.0)
    rule = found.of(most.rule, most.pathway)
    assert rule is not None
    undone = rule.parts[0].model_copy(update={"outcomes": rule.parts[0].outcomes | {"met": 0, "late": 0}})
    rules = tuple(r.model_copy(update={"parts": (undone, *r.parts[1:])}) if r is rule else r for r in found.rules)
    other = answers.most_days(found.model_copy(update={"rules": rules}))
    assert other is None or (other.rule, other.days_lost) != (most.rule, most.days_lost)


def test_no_days_lost_is_an_answer_too(found: Figures) -> None:
    tasks = tuple(task.model_copy(update={"days_lost": 0.0}) for task in found.tasks)
    none = found.model_copy(update={"tasks": tasks})
    assert answers.most_days(none) is None and answers.most_days_beyond(none) is None


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


def test_why_nobody_is_compared_is_what_the_log_has(found: Figures) -> None:
    hidden = CompRow(
        group="Dalen", patients=None, share=None, low95=None, high95=None, low998=None, high998=None, verdict=None,
        days_lost=None, hidden=True,
    )  # fmt: skip
    small = _compared(found, None, _row("Vik", 3, 9), _row("Nes", 5, 9)).model_copy(update={"rows": (hidden, hidden)})
    unknown = _compared(found, None, _row("Vik", 4, 9), _row("Nes", 4, 9), _row(None, 90, 100))
    ages = _compared(found, None, _row("85+", 4, 9), _row("65–74", 4, 9), dimension="alder")
    days = _compared(found, None, _row("working_day", 4, 9), _row("day_off", 4, 9), dimension="weekday")
    bare = found.model_copy(update={"indicators": ()})
    for those, said in (
        ((small, days), "places_small"),
        ((small, ages), "places_small"),
        ((unknown,), "places_unknown"),
        ((ages, days), "places_others"),
        ((days,), "no_places"),
    ):
        assert answers.uncompared(_with(bare, *those)) == said
    split = next(each for each in found.indicators if any(sum(g.group is not None for g in s.groups) > 1 for s in each.splits))
    told = found.model_copy(update={"indicators": (split,)})
    assert answers.uncompared(_with(told, days)) == "places_small", "an indicator is split by it"


@pytest.mark.parametrize(("value", "kind"), [(0.3, "h-4"), (0.5, "h-3"), (0.8, "h-2"), (0.9, "h-1"), (1.0, "h-1")])
def test_a_cell_of_the_matrix_is_coloured_by_its_share(value: float, kind: str) -> None:
    assert answers.heat(value) == kind


def test_every_share_of_a_hand_over_is_in_one_cell_of_its_pathway_s_matrix(found: Figures) -> None:
    other = tuple(one.model_copy(update={"pathway": "tia"}) for one in found.handovers[:3])
    found = found.model_copy(update={"handovers": (*other, *found.handovers)})
    names = answers.in_matrix(found)
    assert names[0] == found.pathway and len(names) > 1
    cells = []
    for name in names:
        senders, receivers, pairs = answers.matrix(found, name)
        assert len(senders) == len(set(senders)) and len(receivers) == len(set(receivers))
        assert {sender for sender, _ in pairs} == set(senders) and {receiver for _, receiver in pairs} == set(receivers)
        cells += list(pairs.values())
    assert sorted(map(id, cells)) == sorted(id(one) for one in found.handovers if one.on_time and one.on_time.whole)
