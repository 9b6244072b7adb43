"""The report as text for a terminal: what a reader needs first, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from pathway.language.source import Language
from pathway.reports.figures import Figures
from pathway.reports.measures import Share

from .cells import Form, Formed, Value, Words
from .columns import table
from .sheets import Sheet, sheets
from .texts import number, percent

_TASKS, _EVENTS = 10, 8
"""So many tasks are shown, and events that changed nothing, the most frequent first."""
_SHOWN = ("headline", "held", "indicators", "costs", "deviations", "quality")
"""Parts that are shown as they are; of the others there is too much for a terminal."""


def report_text(figures: Figures, language: Language) -> str:
    """The report in some hundred lines. The whole of it is in the other forms."""
    few = figures.quality.model_copy(update={"not_taken_up": figures.quality.not_taken_up[:_EVENTS]})
    figures = figures.model_copy(update={"quality": few})
    words = Words(figures, language)
    parts = {sheet.name: sheet for sheet in sheets(figures, language)}
    as_of = words.clock(figures.provenance.as_of)
    moment = "–" if as_of is None else f"{words.day(as_of.date())} {as_of:%H:%M}"
    lines = [f"{figures.titles[language]}: {words.say('line', 'as_of').lower()} {moment}", ""]
    if not figures.headline.episodes:
        lines += [words.say("line", "not_begun", t=moment) if figures.quality.used else words.say("line", "empty"), ""]
    lines += _sheet(parts["headline"], language)
    lines += _tasks(words)
    lines += _rules(words)
    lines += _differing(words)
    for name in _SHOWN[1:]:
        lines += _sheet(parts[name], language)
    return "\n".join([*lines, words.say("note", "how")]) + "\n"


def _section(title: str, rows: Sequence[list[str]], *, right: Sequence[int] = ()) -> list[str]:
    return [title, "─" * len(title), *table(rows, right=right), ""] if len(rows) > 1 else []


def _sheet(sheet: Sheet, language: Language) -> list[str]:
    """A table as it is, without the columns in which nothing stands."""
    rows = [[_shown(cell, form, language) for cell, (_, form) in zip(row, sheet.columns, strict=True)] for row in sheet.rows]
    used = [place for place in range(len(sheet.columns)) if any(row[place] for row in rows)]
    numbers = [at for at, place in enumerate(used) if sheet.columns[place][1] != "text"]
    heads = [[sheet.columns[place][0] for place in used]]
    return _section(sheet.title, [*heads, *([row[place] for place in used] for row in rows)], right=numbers)


def _shown(cell: Value | Formed, usual: Form, language: Language) -> str:
    value, form = (cell.value, cell.form) if isinstance(cell, Formed) else (cell, usual)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if form == "share":
        return percent(value, language, 1)
    return number(value, language, 1 if form == "number" else 0)


def _share(share: Share | None, language: Language) -> list[str]:
    """`68 %`, `412/606`, `64–72 %`."""
    if share is None or share.value is None or share.low is None or share.high is None:
        return ["", "", ""]
    between = f"{share.low * 100:.0f}–{percent(share.high, language)}"
    return [percent(share.value, language), f"{share.part}/{share.whole}", between]


def _named(words: Words, pathway: str, rule: str | None, part: str = "main") -> str:
    """A rule, with what tells it from others before it: at the end it might be cut."""
    of = "" if part == "main" else f"{words.say('part', part)}: "
    return ("" if pathway == words.figures.pathway else f"{words.pathway(pathway)}: ") + of + words.rule(pathway, rule)


def _tasks(words: Words) -> list[str]:
    say, figures = words.say, words.figures
    heads = ["", *(say("head", name) for name in ("rule", "party", "patients_broken", "breaks", "days_lost", "trend"))]
    rows = [heads]
    for task in figures.tasks[:_TASKS]:
        rows.append(
            [
                str(task.place),
                _named(words, task.pathway, task.rule, task.part),
                " → ".join(map(words.party, (task.from_party, task.to_party)))
                if words.sends(task)
                else words.party(task.party),
                f"{task.patients.part}/{task.patients.whole}",
                number(task.breaks, words.language),
                number(task.days_lost, words.language),
                "" if task.trend is None else say("trend", task.trend.verdict),
            ]
        )
    return _section(say("sheet", "tasks"), rows, right=(0, 3, 4, 5))


def _rules(words: Words) -> list[str]:
    """What was judged of each rule; of fewer than five patients without a share."""
    say = words.say
    heads = [*(say("head", name) for name in ("rule", "limit", "in_time", "of")), "95 %", say("head", "breaks"), ""]
    rows = [heads]
    for rule in words.figures.rules:
        for part in rule.parts:
            if part.judged:
                few = ["", f"{part.outcomes['met'] - part.ahead}/{part.judged}", ""]
                rows.append(
                    [
                        _named(words, rule.pathway, rule.name, part.part),
                        part.limit[words.language],
                        *(few if part.in_time is None else _share(part.in_time, words.language)),
                        number(part.broken, words.language) if part.gives_breaks else "–",
                        say("column", rule.column) if part.part == "main" and rule.column != "rule" else "",
                    ]
                )
    return _section(say("sheet", "rules"), rows, right=(2, 3, 4, 5))


def _differing(words: Words) -> list[str]:
    """The groups that differ from all by more than chance; that there are none is said too."""
    title, rows = words.say("sheet", "comparisons"), [*_differing_rows(words)]
    if len(rows) == 1 and words.figures.comparisons:
        return [title, "─" * len(title), words.say("comparison", "alike"), ""]
    return _section(title, rows, right=(3, 4, 5))


def _differing_rows(words: Words) -> Iterator[list[str]]:
    say = words.say
    yield [*(say("head", name) for name in ("rule", "dimension", "group", "share", "of")), "95 %", say("head", "verdict")]
    for each in words.figures.comparisons:
        for row in each.rows:
            if row.verdict in ("better", "worse"):
                yield [
                    _named(words, each.pathway, each.rule),
                    words.dimension(each.dimension),
                    words.group(each.dimension, row.group),
                    *_share(row.share, words.language),
                    say("funnel", row.verdict),
                ]
