"""PW315, PW316 and PW317: limits that cannot be kept, that do not fit each other, or that contradict each other.

PW315: what must come before takes longer at the least (longest path of lower bounds), or the rule comes into force only after it
was due. PW316: what must come before may, by its own limits (shortest path of upper bounds), take longer: everybody keeps to
theirs, and it breaks all the same. PW317: the windows of one rule, or of two on the same event from the same anchor, do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from pathway.checks.parties import answerable, own, whom
from pathway.checks.times import (
    Bound,
    Limit,
    Times,
    entering,
    farthest,
    fits,
    in_family,
    longer,
    nearest_limits,
    shortest_days,
    times_of,
)
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES, Language
from pathway.model.base import Duration
from pathway.model.pathway import Pathway
from pathway.model.phrases import duration_text


def misfitting_limits(pathway: Pathway) -> Iterator[Diagnostic]:
    times = times_of(pathway)
    for limit in times.limits:
        yield from _contradicting(pathway, times, limit) or _unmeetable(pathway, times, limit) or _outrun(pathway, times, limit)


def _contradicting(pathway: Pathway, times: Times, limit: Limit) -> list[Diagnostic]:
    ours = limit.bound
    for bound in times.at_least:
        same = (bound.start, bound.end) == (ours.start, ours.end) and fits(bound, ours)
        if same and longer([bound.length], ours.length):
            values = {"limit": _length([ours.length]), "least": _length([bound.length]), "other": bound.rule}
            return [_diagnostic("PW317", pathway, limit, values)]
    return []


def _unmeetable(pathway: Pathway, times: Times, limit: Limit) -> list[Diagnostic]:
    ours = limit.bound
    bounds = [bound for bound in times.at_least if fits(bound, ours) and bound.rule != ours.rule]
    for weigh in _weighings(ours):
        chains = farthest(_weighed(bounds, weigh), ours.start, weigh)
        for node in (ours.end, *([entering(limit.holder.name)] if limit.rule.stage is not None else [])):
            chain = chains.get(node, ())
            if longer([bound.length for bound in chain], ours.length):
                values = {
                    "limit": _length([ours.length]),
                    "least": _length(bound.length for bound in chain),
                    "steps": _steps(chain),
                }
                return [_diagnostic("PW315", pathway, limit, values)]
    return []


def _outrun(pathway: Pathway, times: Times, limit: Limit) -> list[Diagnostic]:
    ours = limit.bound
    required = [bound for bound in times.at_least if fits(bound, ours) and bound.rule != ours.rule]
    others = [other.bound for other in times.limits if other.bound.end != ours.end and fits(other.bound, ours)]
    for weigh in _weighings(ours):
        latest = nearest_limits(_weighed(others, weigh), ours.start, weigh)
        for node, chain in latest.items():
            then = farthest(_weighed(required, weigh), node, weigh).get(ours.end)
            if then is None:
                continue
            lengths = [bound.length for bound in (*chain, *then)]
            if longer(lengths, ours.length):
                values = {"limit": _length([ours.length]), "most": _length(lengths), "before": node, "steps": _steps(chain)}
                return [_diagnostic("PW316", pathway, limit, values)]
    return []


def _diagnostic(code: str, pathway: Pathway, limit: Limit, values: Mapping[str, object]) -> Diagnostic:
    span = limit.rule.span if own(pathway, limit.rule.span) else limit.holder.span
    said = {"rule": limit.rule.name, "event": limit.bound.end, "anchor": limit.bound.start.removeprefix("→ ")}
    return Diagnostic(code, span, {**said, **values, "whom": whom(answerable(pathway, limit.holder, limit.rule))})


def _weighings(limit: Bound) -> tuple[Callable[[Duration], int], ...]:
    """How paths are weighed: exactly, by lengths of the limit's own family alone, and in days by all."""
    family = {"hour": "minute", "week": "day", "year": "month"}

    def exactly(length: Duration) -> int:
        one, other = (family.get(unit, unit) for unit in (length.unit, limit.length.unit))
        return in_family(length) if one == other or not length.amount else -1

    return exactly, shortest_days


def _weighed(bounds: Iterable[Bound], weigh: Callable[[Duration], int]) -> list[Bound]:
    """The bounds that a weighing can weigh."""
    return [bound for bound in bounds if weigh(bound.length) >= 0]


def _length(lengths: Iterable[Duration]) -> dict[Language, str]:
    several = [length for length in lengths if length.amount] or [Duration(amount=0, unit="day")]
    return {language: " + ".join(duration_text(length, language) for length in several) for language in LANGUAGES}


def _steps(chain: Iterable[Bound]) -> str:
    """The rules and ways that a chain goes by."""
    links = list(chain)
    return " → ".join([links[0].start, *(link.end.removeprefix("→ ") for link in links)])
