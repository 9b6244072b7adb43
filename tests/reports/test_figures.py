"""The figures of a report, each held against the tables as pandas counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pathway.events.read import log_of, read_log
from pathway.replay.population import replay
from pathway.reports.figures import figures
from pathway.reports.measures import SMALL
from pathway.reports.rules import PartFigures, RuleFigures
from tests.reports.conftest import Made

EPISODE = ["pathway", "patient", "episode"]


def parts(stroke: Made) -> Iterator[tuple[RuleFigures, PartFigures, Any]]:
    """Every part of every rule that anything was owed for, with its rows."""
    by_part = dict(iter(stroke.tables["obligations"].groupby(["pathway", "rule", "part"])))
    for rule in stroke.found.rules:
        for part in rule.parts:
            rows = by_part.pop((rule.pathway, rule.name, part.part), None)
            if rows is not None:
                yield rule, part, rows
    assert not by_part  # nothing is owed that the report does not show


def test_outcomes_add_up_to_the_obligations(stroke: Made) -> None:
    for _, part, rows in parts(stroke):
        assert part.owed == len(rows) == sum(part.outcomes.values())
        assert {name: count for name, count in part.outcomes.items() if count} == rows["outcome"].value_counts().to_dict()
        assert part.patients == rows["patient"].nunique()


def test_in_time_is_of_what_fell_due_and_can_be_judged(stroke: Made) -> None:
    seen = 0
    for _, part, rows in parts(stroke):
        judged = rows[rows.index.isin(stroke.due.index)]
        if part.in_time is not None:
            assert (part.in_time.part, part.in_time.whole) == ((judged["outcome"] == "met").sum(), len(judged))
            assert part.judged == len(judged) and judged["patient"].nunique() >= SMALL
            seen += 1
        ahead = (rows["outcome"] == "met") & (rows["due_at"] > stroke.as_of)
        assert part.ahead == ahead.sum()
    assert seen > 20


def test_a_rule_without_a_number_has_times_and_no_share(stroke: Made) -> None:
    ready = stroke.found.of("ready")
    assert ready is not None and ready.column == "promptly" and not ready.gives_breaks
    assert ready.main.in_time is None and ready.main.broken == 0 and ready.main.times is not None
    receipt = next(part for part in ready.parts if part.part == "receipt")
    assert receipt.gives_breaks and receipt.in_time is not None


def test_breaks(stroke: Made) -> None:
    breaks = stroke.tables["breaks"]
    part_of = breaks["evidence"].map(lambda text: re.search(r'"part":"(\w+)"', text)[1])  # type: ignore[index]
    by_part = dict(iter(breaks.groupby([breaks["pathway"], breaks["rule"], part_of])))
    for rule, part, _ in parts(stroke):
        rows = by_part.pop((rule.pathway, rule.name, part.part), breaks[:0])
        assert part.breaks == rows["subtype"].value_counts().to_dict()
        assert part.open == rows["open"].sum() and part.broken_patients == rows["patient"].nunique()
        assert part.days_lost == pytest.approx(lost(stroke, rows))
        assert part.days_open == pytest.approx(lost(stroke, rows[rows["open"]]))
    assert not by_part


def lost(stroke: Made, rows: Any) -> float:
    """Days from the due time until it came, or until now in an episode that lasts."""
    over = stroke.tables["episodes"].set_index(EPISODE)["ended_at"].notna()
    ended = rows.set_index(EPISODE).index.map(over).to_numpy(dtype=bool)
    counts = (rows["kind"] == "waiting") & ~(rows["open"] & ended) & (rows["delay_s"] > 0)
    return float(rows.loc[counts, "delay_s"].sum() / 86_400)


def test_the_headline(stroke: Made) -> None:
    headline = stroke.found.headline
    episodes = stroke.tables["episodes"].query("pathway == 'stroke'")
    breaks = stroke.tables["breaks"].query("pathway == 'stroke'")
    assert (headline.patients, headline.episodes) == (episodes["patient"].nunique(), len(episodes))
    broken = breaks[EPISODE].drop_duplicates()
    assert headline.unbroken.part == len(episodes) - len(broken) and headline.unbroken.whole == len(episodes)
    assert {kind.kind: kind.breaks for kind in headline.kinds if kind.breaks} == breaks["kind"].value_counts().to_dict()
    assert headline.breaks == len(breaks) and headline.open == breaks["open"].sum()
    assert headline.days_lost == pytest.approx(lost(stroke, breaks)) == sum(each.days for each in headline.days_lost_by)
    assert headline.days_open == pytest.approx(lost(stroke, breaks[breaks["open"]]))
    assert 0 < headline.days_open < headline.days_lost
    others = stroke.tables["episodes"].query("pathway != 'stroke'")
    assert sum(each.episodes for each in headline.pathways[1:]) == len(others)
    assert sum(each.breaks for each in headline.pathways) == len(stroke.tables["breaks"])
    for each in headline.pathways:
        rows = stroke.tables["breaks"].query("pathway == @each.pathway")
        assert each.days_lost == pytest.approx(lost(stroke, rows))
        assert each.days_open == pytest.approx(lost(stroke, rows[rows["open"]]))


def test_the_trend_is_of_what_fell_due_in_either_quarter(stroke: Made) -> None:
    trend = stroke.found.headline.trend
    assert trend is not None and trend.before is not None and trend.now is not None
    own = [(rule, part) for rule, part, _ in parts(stroke) if rule.pathway == "stroke"]
    breaking = {(rule.name, part.part) for rule, part in own if part.gives_breaks and part.judged}
    due = stroke.due.query("pathway == 'stroke'")
    due = due[[each in breaking for each in zip(due["rule"], due["part"], strict=True)]]
    when = due["due_at"].fillna(due["decided_at"]).dt.tz_convert("Europe/Oslo").dt.date
    for period, share in ((trend.before_period, trend.before), (trend.period, trend.now)):
        rows = due[(when >= period.start) & (when <= period.end)]
        assert (share.part, share.whole) == ((rows["outcome"] == "met").sum(), len(rows))
    assert (trend.period.end - trend.period.start).days == (trend.before_period.end - trend.before_period.start).days == 90


def test_control_charts_are_by_the_month_in_which_it_fell_due(stroke: Made) -> None:
    seen = 0
    for rule, part, rows in parts(stroke):
        if part.chart is None:
            continue
        judged = rows[rows.index.isin(stroke.due.index)]
        month = judged["due_at"].fillna(judged["decided_at"]).dt.tz_convert("Europe/Oslo").dt.strftime("%Y-%m")
        by_month = judged.assign(met=judged["outcome"] == "met").groupby(month)
        for point in part.chart.points:
            if point.value is not None:
                rows_of = by_month.get_group(point.period)
                assert (point.n, point.value) == (len(rows_of), pytest.approx(rows_of["met"].mean())), rule.name
                assert rows_of["patient"].nunique() >= SMALL
                seen += 1
        assert len(part.chart.points) == len(pd.period_range(month.min(), month.max(), freq="M"))
    assert seen > 50


def test_times_count_those_not_done_yet(stroke: Made) -> None:
    control = stroke.found.of("kontroll_3mnd")
    assert control is not None and control.main.times is not None
    rows = stroke.tables["obligations"].query("pathway == 'stroke' and rule == 'kontroll_3mnd' and part == 'main'")
    told = rows[~rows["outcome"].isin(["cancelled", "undetermined", "not_judged"])]
    times = control.main.times
    assert (times.count, times.done) == (len(told), told["met_at"].notna().sum())
    done = (told["met_at"] - told["anchored_at"]).dt.total_seconds().dropna()
    assert times.median_s is not None and times.median_s > float(np.median(done))  # some still wait


def test_quartiles_of_delays(stroke: Made) -> None:
    over = stroke.tables["episodes"].set_index(EPISODE)["ended_at"].notna()
    seen = 0
    for rule, part, _ in parts(stroke):
        if part.part != "main" or part.delays is None:
            continue
        rows = stroke.tables["breaks"].query(f"pathway == '{rule.pathway}' and rule == '{rule.name}'")
        rows = rows[~rows["evidence"].str.contains('"part":"(?:receipt|answer|level)"')]
        ended = rows.set_index(EPISODE).index.map(over).to_numpy(dtype=bool)
        delays = rows.loc[~(rows["open"] & ended) & (rows["delay_s"] > 0), "delay_s"]
        assert part.delays.count == len(delays)
        quartiles = np.quantile(delays, [0.25, 0.5, 0.75])
        assert (part.delays.lower, part.delays.median, part.delays.upper) == pytest.approx(tuple(quartiles))
        seen += 1
    assert seen > 3


def test_a_target_is_met_where_the_whole_interval_says_so(stroke: Made) -> None:
    judged = [part for _, part, _ in parts(stroke) if part.target is not None and part.in_time is not None]
    assert judged
    for part in judged:
        assert part.target is not None and part.in_time is not None
        low, high = part.in_time.low or 0.0, part.in_time.high or 0.0
        wanted = part.target.percent / 100
        expected = "met" if low >= wanted else "missed" if high < wanted else "uncertain"
        assert part.target.verdict == expected


def test_the_heaviest_first(stroke: Made) -> None:
    tasks = stroke.found.tasks
    assert [task.weight for task in tasks] == sorted((task.weight for task in tasks), reverse=True)
    assert [task.place for task in tasks] == list(range(1, len(tasks) + 1))
    assert sum(task.breaks for task in tasks) == len(stroke.tables["breaks"])
    summary = next(task for task in tasks if task.rule == "summary_to_gp" and task.pathway == "stroke")
    assert (summary.from_party, summary.to_party, summary.party) == ("slagenhet", "gp", "slagenhet")


def test_the_days_lost_belong_to_those_who_waited(stroke: Made) -> None:
    breaks = stroke.tables["breaks"]
    breaks = breaks.assign(part=breaks["evidence"].str.extract(r'"part":"(\w+)"')[0])
    fewer = 0
    for task in stroke.found.tasks:
        rows = breaks[(breaks["pathway"] == task.pathway) & (breaks["rule"] == task.rule) & (breaks["part"] == task.part)]
        assert task.losing == sum(lost(stroke, those) > 0 for _, those in rows.groupby("patient"))
        fewer += 0 < task.losing < task.patients.part
    assert fewer, "some broke without waiting: too early, or never"


def test_who_had_the_patient_when_the_time_was_up(stroke: Made) -> None:
    breaks, stays = stroke.tables["breaks"], stroke.tables["stays"]
    breaks = breaks.assign(
        part=breaks["evidence"].str.extract(r'"part":"(\w+)"')[0], at=breaks["due_at"].fillna(breaks["anchored_at"])
    )
    elsewhere = 0
    for task in stroke.found.tasks:
        rule = stroke.found.of(task.rule, task.pathway)
        assert rule is not None
        if rule.sender is not None:
            continue
        mine = breaks[(breaks["pathway"] == task.pathway) & (breaks["rule"] == task.rule) & (breaks["part"] == task.part)]
        held = mine[[*EPISODE, "at"]].merge(stays, on=EPISODE)
        held = held[(held["entered_at"] < held["at"]) & (held["left_at"].isna() | (held["left_at"] >= held["at"]))]
        counts = held["party"].value_counts()
        if len(counts) and (counts == counts.max()).sum() == 1:
            assert task.from_party == counts.idxmax()
            assert task.to_party == (None if task.party == task.from_party else task.party)
            elsewhere += task.to_party is not None
    assert elsewhere


def test_groups_and_those_who_are_in_none_that_is_shown_are_all(stroke: Made) -> None:
    breaks = stroke.tables["breaks"]
    seen = 0
    for one in stroke.found.comparisons:
        shown = [row for row in (*one.rows, *([one.others] if one.others else [])) if not row.hidden]
        if one.rule is None:
            assert one.days_lost == pytest.approx(lost(stroke, breaks.query("pathway == @one.pathway")))
        if shown:
            assert sum(row.days_lost for row in shown) == pytest.approx(one.days_lost)
            assert sum(row.share.whole for row in shown) == one.overall.whole
            seen += one.others is not None
    assert seen


def test_hand_overs(stroke: Made) -> None:
    (cell,) = [h for h in stroke.found.handovers if (h.pathway, h.sender, h.receiver) == ("stroke", "slagenhet", "gp")]
    rows = stroke.tables["obligations"].query("pathway == 'stroke'")
    rows = rows[rows["rule"].isin(cell.rules) & (rows["receiver"].fillna("gp") == "gp")]
    main = rows[rows["part"] == "main"]
    assert (cell.owed, cell.patients) == (len(main), main["patient"].nunique())
    limited = [rule.name for rule in stroke.found.rules if rule.main.in_time is not None or rule.main.judged]
    due = main[main.index.isin(stroke.due.index) & main["rule"].isin(limited)]
    assert cell.on_time is not None and (cell.on_time.part, cell.on_time.whole) == ((due["outcome"] == "met").sum(), len(due))
    receipts = rows[(rows["part"] == "receipt") & rows.index.isin(stroke.due.index)]
    assert cell.received is not None
    assert (cell.received.part, cell.received.whole) == ((receipts["outcome"] == "met").sum(), len(receipts))
    assert cell.answered is None and cell.answers == ()


def test_what_was_answered(stroke: Made) -> None:
    answers = stroke.tables["answers"].query("pathway == 'stroke'")
    (cell,) = [h for h in stroke.found.handovers if h.answers and h.pathway == "stroke"]
    assert {each.answer: each.count for each in cell.answers} == answers["answer"].value_counts().to_dict()
    assert set(answers["answer"]) <= {"can", "can_from_date", "cannot"}


def test_time_is_split_by_who_held_the_patient(stroke: Made) -> None:
    stays = stroke.tables["stays"].query("pathway == 'stroke' and stage != 'avsluttet'")
    days = (stays["left_at"].fillna(stroke.as_of) - stays["entered_at"]).dt.total_seconds() / 86_400
    held = stroke.found.held
    assert held.days == pytest.approx(days.sum()) == sum(row.days for row in held.parties)
    by_party = days.groupby(stays["party"]).sum()
    assert {row.name: pytest.approx(row.days) for row in held.parties} == by_party.to_dict()
    assert sum(row.share for row in held.stages) == pytest.approx(1)


def test_indicators(stroke: Made) -> None:
    rows = stroke.tables["indicators"]
    for indicator in stroke.found.indicators:
        mine = rows[(rows["pathway"] == indicator.pathway) & (rows["indicator"] == indicator.name)]
        known = mine["value"].dropna()
        assert (indicator.counted, indicator.not_yet) == (len(known), mine["value"].isna().sum())
        if indicator.value is not None:
            total = {"count": known.mean, "sum": known.sum, "median": known.median}[indicator.kind]()
            assert indicator.value == pytest.approx(total)
        for place, split in enumerate(indicator.splits):
            group = mine["groups"].map(lambda values, place=place: values[place])
            for each in split.groups:
                if not each.hidden:
                    assert each.counted == mine["value"][(group == each.group) | (group.isna() & (each.group is None))].count()


def test_days_that_cost(stroke: Made) -> None:
    costs = stroke.tables["costs"].query("pathway == 'stroke' and days > 0")
    headline = stroke.found.headline.costs
    assert sum(each.days for each in headline) == costs["days"].sum()
    assert sum(each.amount or 0 for each in headline) == costs["amount"].sum()
    (cost,) = [each for each in stroke.found.costs if each.pathway == "stroke" and each.payer == "allocation_office"]
    groups = stroke.tables["groups"].query("dimension == 'municipality'").set_index(EPISODE)["group"]
    mine = costs[costs["party"] == "allocation_office"]
    by_municipality = mine["days"].groupby(mine.set_index(EPISODE).index.map(groups).fillna("?")).sum().to_dict()
    assert cost.dimension == "municipality"
    shown = {row.group or "?": row.days for row in cost.groups if not row.hidden}
    assert shown and shown.items() <= by_municipality.items()


def test_quality_accounts_for_every_row(stroke: Made) -> None:
    quality = stroke.found.quality
    assert quality.read == quality.used + quality.ignored
    assert (quality.understood.part, quality.understood.whole) == (quality.used, quality.read)
    assert quality.without_end == stroke.tables["episodes"].query("pathway == 'stroke'")["ended_at"].isna().sum()
    happened = {event.name for events in stroke.log.events.values() for event in events}
    assert quality.never_seen and not happened & {key.partition(" ")[0] for key in quality.never_seen}


def test_what_was_left_out_and_what_did_not_fit_is_said(stroke: Made, tmp_path: Path) -> None:
    rows = ["patient,event,occurred,alder", "1,ankomst,2026-03-02,80", "1,annet,2026-03-02,", "1,utskrevet,2026-03-05,gammel"]
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('ignore = ["annet"]\n', encoding="utf-8")
    log = read_log(tmp_path / "log.csv", stroke.compiled.pathway, mapping=tmp_path / "mapping.toml")
    quality = figures(replay(stroke.compiled, log), stroke.compiled).quality
    assert (quality.read, quality.used, quality.ignored) == (3, 2, 1)
    assert (quality.understood.part, quality.understood.whole) == (2, 3)
    (misfit,) = quality.misfits
    assert (misfit.fact, misfit.titles["nb"], misfit.count, misfit.first) == ("alder", "Alder", 1, "row 4")


def test_provenance(stroke: Made) -> None:
    provenance = stroke.found.provenance
    assert provenance.rows == {name: len(table) for name, table in stroke.tables.items()}
    assert provenance.as_of == stroke.as_of and provenance.pathway == "stroke"
    assert all(source.checked for source in provenance.sources)


def test_no_patient_is_named(stroke: Made) -> None:
    said = stroke.found.model_dump_json()
    assert not re.search(r"\bF\d{3}\b", said)


def test_examples_lead_to_timelines_and_to_the_record(stroke: Made) -> None:
    timelines = {timeline.patient: timeline for timeline in stroke.found.timelines}
    breaks = stroke.tables["breaks"].set_index("break_id")
    for task in stroke.found.tasks[:10]:
        for name in task.examples:
            timeline = timelines[name]
            mine = [each for each in timeline.breaks if (each.pathway, each.rule) == (task.pathway, task.rule)]
            patients = {breaks.loc[each.break_id, "patient"] for each in timeline.breaks}
            assert mine and len(patients) == 1
            (patient,) = patients
            assert len(timeline.events) == sum(e.occurred <= stroke.as_of.value // 1000 for e in stroke.log.events[patient])
            assert len(timeline.obligations) == (stroke.tables["obligations"]["patient"] == patient).sum()
            assert len(timeline.stays) == (stroke.tables["stays"]["patient"] == patient).sum()


def test_pseudonyms_need_the_secret(stroke: Made) -> None:
    again = figures(stroke.result, stroke.compiled, log=stroke.log, secret=b"kept")
    other = figures(stroke.result, stroke.compiled, log=stroke.log, secret=b"other")
    assert again == stroke.found != other
    assert other.model_copy(update={"tasks": (), "rules": (), "timelines": ()}) == stroke.found.model_copy(
        update={"tasks": (), "rules": (), "timelines": ()}
    )


def test_an_empty_population(stroke: Made) -> None:
    empty = figures(replay(stroke.compiled, log_of([])), stroke.compiled)
    assert empty.headline.episodes == 0 and empty.headline.unbroken.value is None and empty.tasks == ()
    assert empty.headline.trend is None and empty.comparisons == () and empty.timelines == ()


def test_without_examples_no_single_patient_is_there_and_all_else_is(stroke: Made) -> None:
    without = figures(stroke.result, stroke.compiled, log=stroke.log, examples=False)
    assert without.timelines == () and not any(task.examples for task in without.tasks)
    assert not any(part.examples for rule in without.rules for part in rule.parts)
    assert stroke.found.timelines and stroke.found.tasks[0].examples
    said = without.model_dump_json()
    assert not any(timeline.patient in said for timeline in stroke.found.timelines)
    assert (without.headline, without.comparisons) == (stroke.found.headline, stroke.found.comparisons)
