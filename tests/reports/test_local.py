"""Local adaptations, prices, deviations and small groups, in a log that is made so that every figure can be told beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pathway
from pathway.reports.comparison import Comparison
from pathway.reports.figures import Figures
from tests.reports.conftest import Made, made

TEXT = """pathway clinic "Clinic" nb "Klinikk"
    version 2026.1
    source guide "A guide"
        checked 2026-01-01

party staff "Staff" nb "Klinikken" level municipal part of town
party town "Municipality" nb "Kommune" level municipal is municipality
party office "Office" nb "Kontoret" level municipal part of town
event arrived "Arrived" nb "Ankommet"
event seen "Seen" nb "Sett"
event ready "Ready" nb "Klar"
event left "Left" nb "Gått"
message letter "Letter" nb "Brev"

about patient
    fact municipality "Municipality" nb "Kommune" code KOMMUNE

enter visit on arrived
unsuited when municipality is 4699 because "guests"

stage visit "Visit" nb "Besøk" by staff
    check: expect seen within 1 day after arrived
        source guide "page 1"
        force agreement
        may deviate when municipality is 4698 because "by helicopter"
    costs 1000 NOK per day from ready to left paid by office
        valid from 2026-01-01 to 2026-03-31
    then done on left

end done "Done" nb "Ferdig"

indicator stay "Days ready" nb "Dager klar"
    sum days from ready to left
    group by municipality
"""
LOCAL = """adapt clinic "Flora" when municipality is 4602
    based on 2026.1
    bind staff to "Flora ward"
    loosen check within 3 days after arrived because "one doctor"
"""
WHY = "the doctor was ill"


def rows() -> list[str]:
    """Forty at home and twelve in Flora, half of them seen two days after the day on which they arrived; three and four of
    municipalities that are too small."""
    found: list[str] = []
    for number in range(59):
        town = "4601" if number < 40 else "4602" if number < 52 else "4603" if number < 55 else "4698"
        day, patient = 1 + number % 20, f"P{number:03}"
        found.append(f"{patient},arrived,2026-03-{day:02},,,{town},")
        seen = day if number < 20 else day + 2
        found.append(f"{patient},seen,2026-03-{seen:02} 12:00,,,,")
        found.append(f"{patient},ready,2026-03-{day + 3:02} 10:00,,,,")
        found.append(f"{patient},left,2026-03-{day + 5:02} 10:00,,,,")
        if 20 <= number < 26:  # explained: written after the time was up
            found.append(f"{patient},deviation,2026-03-{day + 2:02} 10:00,check,{WHY},,2026-03-28 10:00")
        elif 26 <= number < 33:  # excused
            found.append(f"{patient},deviation,2026-03-{day:02} 10:00,check,{WHY},,2026-03-{day:02} 10:00")
        elif number == 33:
            found.append(f"{patient},deviation,2026-03-{day:02} 10:00,check,a name in it,,2026-03-{day:02} 10:00")
    return found


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder: Path = tmp_path_factory.mktemp("clinic")
    (folder / "clinic.pathway").write_text(TEXT, encoding="utf-8")
    (folder / "adaptations").mkdir()
    (folder / "adaptations" / "flora.pathway").write_text(LOCAL, encoding="utf-8")
    log = folder / "log.csv"
    log.write_text("patient,event,occurred,deviation,because,municipality,recorded\n" + "\n".join(rows()) + "\n")
    definition = pathway.load(folder / "clinic.pathway")
    assert not definition.errors
    replayed = definition.replay(log, as_of="2026-04-30")
    assert not replayed.summary["events"]["rejected"]
    assert replayed._log is not None
    return made(definition.compiled, replayed._log, None)


@pytest.fixture(scope="module")
def found(clinic: Made) -> Figures:
    return clinic.found


def test_both_limits_are_named_with_who_follows_them(found: Figures) -> None:
    check = found.of("check")
    assert check is not None
    national, flora = check.limits
    assert (national.adaptation, flora.adaptation, flora.change) == (None, "Flora", "loosen")
    assert "1 day" in national.limit["en"] and "3 days" in flora.limit["en"] and "3 dager" in flora.limit["nb"]
    assert flora.because == "one doctor" and (national.episodes, flora.episodes) == (47, 12)
    assert flora.force == "agreement" and flora.source is not None and flora.source.standing == "checked"


def test_adaptations_stand_side_by_side_with_the_result(found: Figures) -> None:
    (flora,) = found.adaptations
    loosened = next(change for change in flora.changes if change.kind == "loosen")
    assert flora.units == {"staff": "Flora ward"} and flora.episodes == 12
    assert loosened.local is not None and (loosened.local.part, loosened.local.whole) == (12, 12)
    assert loosened.elsewhere is not None and (loosened.elsewhere.part, loosened.elsewhere.whole) == (20, 35)
    assert loosened.difference == pytest.approx(1 - 20 / 35) and loosened.low is not None and loosened.low > 0


def test_a_break_is_told_by_the_limit_that_was_in_force_and_without_a_clock_that_nobody_knew(clinic: Made) -> None:
    check = clinic.found.of("check")
    assert check is not None
    for example in check.main.examples:
        assert "1 day after" in example.sentence["en"] and "00:00" not in example.sentence["en"]
        assert "kl. 00:00" not in example.sentence["nb"] and "00:00" not in example.sentence["nn"]
    days = [event.day_only for timeline in clinic.found.timelines for event in timeline.events if event.event == "arrived"]
    assert days and all(days)


def test_deviations_by_reason_and_when_they_were_written(found: Figures) -> None:
    deviations = found.deviations
    assert (deviations.excused, deviations.explained, deviations.foreseen) == (8, 6, 4)
    assert (deviations.after.part, deviations.after.whole) == (6, 14)
    first, others = deviations.reasons
    assert (first.reason, first.count, first.patients) == (WHY, 13, 13)
    assert first.after is not None and (first.after.part, first.after.whole) == (6, 13)
    assert (others.reason, others.count, others.patients, others.after) == ("", 5, None, None)
    assert "a name in it" not in found.model_dump_json()


def test_days_cost_the_price_in_force_and_are_the_municipality_s(found: Figures) -> None:
    (cost,) = found.costs
    assert (cost.payer, cost.dimension, cost.days, cost.unpriced) == ("office", "town", 118, 0)
    assert cost.amount == 118_000 and found.headline.costs[0].amount == 118_000
    shown = {row.group: (row.days, row.amount) for row in cost.groups if not row.hidden}
    assert shown == {"4601": (80, 80_000.0)}  # Flora is hidden with the two that are too small
    assert cost.others is not None and cost.others.days == 38


def test_small_groups_are_hidden_with_another_and_appear_nowhere(found: Figures) -> None:
    town = _comparison(found, None, "town")
    by_group = {row.group: row for row in town.rows}
    assert by_group["4601"].share is not None and by_group["4603"].hidden and by_group["4698"].hidden
    assert by_group["4602"].hidden  # else 4603 and 4698 could be had by subtraction
    assert town.others is not None and town.others.patients == 19
    for row in town.rows:
        if row.hidden:
            assert (row.patients, row.share, row.low95, row.verdict, row.days_lost) == (None,) * 5
    (indicator,) = found.indicators
    assert indicator.value == 118
    (split,) = indicator.splits
    assert [group.group for group in split.groups if not group.hidden] == ["4601"]


def test_the_kind_of_day_is_compared(found: Figures) -> None:
    kinds = _comparison(found, "check", "weekday")
    assert {row.group for row in kinds.rows} == {"working_day", "day_off"}
    assert sum(row.share.whole for row in kinds.rows if row.share is not None) == kinds.overall.whole == 47


def _comparison(found: Figures, rule: str | None, dimension: str) -> Comparison:
    (comparison,) = [each for each in found.comparisons if (each.rule, each.dimension) == (rule, dimension)]
    return comparison


def test_what_is_not_known_is_counted(found: Figures) -> None:
    assert found.quality.date_only == 59
    assert json.loads(found.model_dump_json())["provenance"]["editions"] == [
        {"pathway": "clinic", "adaptation": None, "version": "2026.1", "episodes": 47},
        {"pathway": "clinic", "adaptation": "Flora", "version": "2026.1", "episodes": 12},
    ]
