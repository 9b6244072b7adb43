"""The rows of the report's tables: comparisons, adaptations, indicators, time, costs, deviations, examples, quality, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pathway.reports.indicators import IndicatorFigures
from pathway.reports.measures import Share

from .cells import SHARE, Cell, Columns, Form, Formed, Part, Row, Words, share_and_counts, share_cells


def comparisons(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("rule", "text"), ("dimension", "text"), ("group", "text"), ("patients", "count"), *SHARE,
        ("low95", "share"), ("high95", "share"), ("low998", "share"), ("high998", "share"), ("verdict", "text"),
        ("days_lost", "number"),
    )  # fmt: skip
    return columns, _comparison_rows(words)


def _comparison_rows(words: Words) -> Iterator[Row]:
    for each in words.figures.comparisons:
        named: list[Cell] = [words.pathway(each.pathway), words.rule(each.pathway, each.rule), words.dimension(each.dimension)]
        groups = [(words.group(each.dimension, row.group), row) for row in each.rows]
        groups += [(words.say("group", "others"), each.others)] if each.others is not None else []
        for title, row in groups:
            verdict = words.say("group", "hidden") if row.hidden else row.verdict and words.say("funnel", row.verdict)
            limits: list[Cell] = [row.low95, row.high95, row.low998, row.high998]
            yield [*named, title, row.patients, *share_cells(row.share), *limits, verdict, row.days_lost]


def adaptations(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("adaptation", "text"), ("version", "text"), ("following", "count"), ("change_kind", "text"),
        ("change", "text"), ("because", "text"), ("local", "share"), ("local+number", "count"), ("local+of", "count"),
        ("elsewhere", "share"), ("elsewhere+number", "count"), ("elsewhere+of", "count"), ("difference", "share"),
        ("difference+low", "share"), ("difference+high", "share"),
    )  # fmt: skip
    return columns, _adaptation_rows(words)


def _adaptation_rows(words: Words) -> Iterator[Row]:
    for each in words.figures.adaptations:
        for change in each.changes:
            shares: list[Cell] = []
            for share in (change.local, change.elsewhere):
                shares += share_and_counts(share)
            yield [
                words.pathway(each.pathway),
                each.title,
                each.version,
                each.episodes,
                words.say("change", change.kind),
                change.text[words.language],
                change.because,
                *shares,
                change.difference,
                change.low,
                change.high,
            ]


def indicators(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("indicator", "text"), ("dimension", "text"), ("group", "text"), ("unit", "text"), ("per", "text"),
        ("value", "number"), ("of", "count"), ("not_yet", "count"), ("low", "share"), ("high", "share"), ("target", "text"),
        ("target_met", "text"),
    )  # fmt: skip
    return columns, _indicator_rows(words)


def _indicator_rows(words: Words) -> Iterator[Row]:
    for each in words.figures.indicators:
        target = each.target
        aim = None if target is None else f"{words.say('target', target.at)} {target.percent:g} %"
        met = None if target is None else words.say("target", target.verdict)
        counted: list[Cell] = [each.counted, each.not_yet]
        yield _indicator(words, each, [None, None], each.value, counted, each.share, [aim, met])
        for split in each.splits:
            for group in split.groups:
                where: list[Cell] = [words.dimension(split.dimension), words.group(split.dimension, group.group)]
                hidden = words.say("group", "hidden") if group.hidden else None
                yield _indicator(words, each, where, group.value, [group.counted, None], group.share, [None, hidden])


def _indicator(
    words: Words,
    each: IndicatorFigures,
    where: Sequence[Cell],
    value: float | None,
    counted: Sequence[Cell],
    share: Share | None,
    target: Sequence[Cell],
) -> Row:
    form: Form = "share" if each.unit == "share" else "number"
    named: list[Cell] = [words.pathway(each.pathway), each.titles[words.language]]
    bounds: list[Cell] = [None, None] if share is None else [share.low, share.high]
    how: list[Cell] = [words.say("unit", each.unit), each.per[words.language]]
    return [*named, *where, *how, Formed(value, form), *counted, *bounds, *target]


def held(words: Words) -> Part:
    columns: Columns = (
        ("dimension", "text"), ("what", "text"), ("patients", "count"), ("days", "number"), ("share", "share"),
        ("median_days", "number"), ("waiting_days", "number"),
    )  # fmt: skip
    return columns, _held_rows(words)


def _held_rows(words: Words) -> Iterator[Row]:
    held = words.figures.held
    for row in held.parties:
        name = words.party(row.name) or words.say("group", "nobody")
        yield [words.say("head", "party"), name, row.patients, row.days, row.share, row.median_days, row.waiting_days]
    for row in held.stages:
        yield [words.say("head", "stage"), words.stage(row.name), row.patients, row.days, row.share, row.median_days, None]


def costs(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("what", "text"), ("payer", "text"), ("dimension", "text"), ("group", "text"), ("patients", "count"),
        ("days", "count"), ("amount", "number"), ("currency", "text"), ("unpriced", "count"), ("source", "text"),
    )  # fmt: skip
    return columns, _cost_rows(words)


def _cost_rows(words: Words) -> Iterator[Row]:
    for cost in words.figures.costs:
        named: list[Cell] = [words.pathway(cost.pathway), cost.titles[words.language], words.party(cost.payer)]
        source = None if cost.source is None else cost.source.title
        yield [*named, None, None, cost.patients, cost.days, cost.amount, cost.currency, cost.unpriced, source]
        groups = [(words.group(cost.dimension, row.group), row) for row in cost.groups]
        groups += [(words.say("group", "others"), cost.others)] if cost.others is not None else []
        for title, row in groups:
            name = f"{title}: {words.say('group', 'hidden')}" if row.hidden else title
            sums: list[Cell] = [row.patients, row.days, row.amount, cost.currency, row.unpriced]
            yield [*named, words.dimension(cost.dimension), name, *sums, None]


def deviations(words: Words) -> Part:
    columns: Columns = (("reason", "text"), ("number", "count"), ("patients", "count"), ("after", "share"), ("rules", "text"))
    return columns, _deviation_rows(words)


def _deviation_rows(words: Words) -> Iterator[Row]:
    found, say = words.figures.deviations, words.say
    yield [say("line", "excused"), found.excused, None, None, None]
    yield [say("line", "explained"), found.explained, None, found.after.value, None]
    yield [say("line", "foreseen"), found.foreseen, None, None, None]
    for reason in found.reasons:
        after = None if reason.after is None else reason.after.value
        name = reason.reason or say("group", "other_reasons")
        yield [name, reason.count, reason.patients, after, ", ".join(reason.rules)]
    for line, those in (("unsuited", found.unsuited), ("cause", found.causes)):
        for each in those:
            said = say("line", line, name=each.name or say("group", "other_reasons"))
            yield [said, each.count, each.patients, None, None]


def examples(words: Words) -> Part:
    columns: Columns = (
        ("pathway", "text"), ("rule", "text"), ("part", "text"), ("subtype", "text"), ("patient", "text"), ("break_id", "text"),
        ("open", "text"), ("cause", "text"), ("sentence", "text"),
    )  # fmt: skip
    return columns, (
        [
            words.pathway(rule.pathway),
            rule.titles[words.language],
            words.say("part", part.part),
            words.say("subtype", example.subtype),
            example.patient,
            example.break_id,
            words.say("group", "yes" if example.open else "no"),
            example.cause,
            example.sentence[words.language],
        ]
        for rule in words.figures.rules
        for part in rule.parts
        for example in part.examples
    )


def quality(words: Words) -> Part:
    columns: Columns = (("what", "text"), ("number", "count"), ("share", "share"), ("near", "text"), ("first", "text"))
    return columns, _quality_rows(words)


def _quality_rows(words: Words) -> Iterator[Row]:
    found, say = words.figures.quality, words.say
    yield [say("line", "read"), found.read, None, None, None]
    yield [say("line", "understood"), found.used, found.understood.value, None, None]
    yield [say("line", "ignored"), found.ignored, None, None, None]
    for rejected in found.rejected:
        yield [
            say("line", "rejected", name=words.reason(rejected.reason)),
            rejected.count,
            None,
            None,
            words.row(rejected.first),
        ]
    for line, those in (
        ("unknown", found.unknown),
        ("unknown_party", found.unknown_parties),
        ("unknown_deviation", found.unknown_deviations),
    ):
        for each in those:
            yield [say("line", line, name=each.name), each.count, None, each.nearest, None]
    for misfit in found.misfits:
        said = say("line", "misfit", name=misfit.titles[words.language])
        yield [said, misfit.count, None, misfit.nearest, words.row(misfit.first)]
    for name, count in found.settled.items():
        yield [say("settled", name), count, None, None, None]
    for name, count in found.mended.items():
        yield [say("line", "mended", name=words.reason(name)), count, None, None, None]
    for taken in found.not_taken_up:
        stage = words.stage(taken.stage) or say("line", "outside")
        yield [say("line", "not_taken", name=words.event(taken.event), stage=stage), taken.count, None, None, None]
    for name in ("date_only", "without_episode", "without_end", "uncertain", "jumps", "entry_unknown", "adaptation_unknown"):
        yield [say("line", name), getattr(found, name), None, None, None]
    yield [say("line", "out_of_force"), found.out_of_force, None, None, None]
    for key in found.never_seen:
        yield [say("line", "never_seen", name=words.event(key)), 0, None, None, None]


def provenance(words: Words) -> Part:
    return (("what", "text"), ("value", "text")), _provenance_rows(words)


def _provenance_rows(words: Words) -> Iterator[Row]:
    found, say = words.figures.provenance, words.say
    yield [say("line", "pathway"), words.pathway(found.pathway)]
    yield [say("line", "version"), found.version]
    yield [say("line", "engine"), f"patient-pathway {found.engine}"]
    for name, moment in (("as_of", found.as_of), ("known_at", found.known_at)):
        if moment is not None:
            yield [say("line", name), Formed(words.clock(moment), "moment")]
    for edition in found.editions:
        name = " ".join(part for part in (words.pathway(edition.pathway), edition.adaptation, edition.version) if part)
        yield [say("line", "edition", name=name), Formed(edition.episodes, "count")]
    for table, count in found.rows.items():
        yield [say("line", "rows", name=table), Formed(count, "count")]
    for source in found.sources:
        yield [say("head", "source"), f"{source.title} ({say('standing', source.standing, d=words.day(source.checked))})"]
    yield [say("sheet", "provenance"), say("note", "how")]
    yield [say("sheet", "examples"), say("note", "explain", name=found.pathway)]
