"""PW315, PW316 and PW317: limits that cannot be kept, that do not fit each other, or that contradict each other.

PW315: what must come before takes longer at the least (longest path of lower bounds), or the rule comes into force only after it
was due. PW316: what must come before may, by its own limits (shortest path of upper bounds), take longer: everybody keeps to
theirs, and it breaks all the same. PW317: the windows of one rule, or of two on the same event from the same anchor, do not meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pathway.checks.parties import answerable, own, whom
from pathway.checks.times import (
    Chain,
    Limit,
    Times,
    earliest,
    entering,
    fits,
    holding_back,
    latest,
    longer,
    times_of,
    weighings,
    weight,
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
    for bound in times.leading_to.get(ours.end, ()):
        if bound.start == ours.start and fits(bound, ours) and longer([bound.length], ours.length):
            values = {"limit": _length([ours.length]), "least": _length([bound.length]), "other": bound.rule}
            return [_diagnostic("PW317", pathway, limit, values)]
    return []


def _unmeetable(pathway: Pathway, times: Times, limit: Limit) -> list[Diagnostic]:
    ours = limit.bound
    ends = (ours.end, entering(limit.holder.name))
    bounds = [bound for bound in times.before(*ends) if fits(bound, ours) and bound.rule != ours.rule]
    if not any(bound.start == ours.start for bound in bounds):
        return []
    for weigh in weighings(ours.length):
        chains = earliest(bounds, ours.start, weigh)
        for node in ends:
            chain = chains.get(node, ())
            if weight(chain) > weigh.most(ours.length):
                values = {"limit": _length([ours.length]), "least": _said(chain), "steps": _steps(chain)}
                return [_diagnostic("PW315", pathway, limit, values)]
    return []


def _outrun(pathway: Pathway, times: Times, limit: Limit) -> list[Diagnostic]:
    ours = limit.bound
    required = [bound for bound in times.before(ours.end) if fits(bound, ours) and bound.rule != ours.rule]
    if not any(times.held.get(bound.start, set()) - {ours.end} for bound in required):
        return []  # nothing limits what must come before
    kept = [bound for bound in times.at_least if fits(bound, ours) and bound.end != ours.end]
    others = [other.bound for other in times.limits if other.bound.end != ours.end and fits(other.bound, ours)]
    for weigh in weighings(ours.length):
        late = latest(others, kept, ours.start, weigh)
        for node, then in holding_back(required, ours.end, weigh).items():
            chain = late.get(node)
            if chain is not None and weight(chain) + weight(then) > weigh.most(ours.length):
                values = {"limit": _length([ours.length]), "most": _said(chain, then), "before": node, "steps": _steps(chain)}
                return [_diagnostic("PW316", pathway, limit, values)]
    return []


def _diagnostic(code: str, pathway: Pathway, limit: Limit, values: Mapping[str, object]) -> Diagnostic:
    span = limit.rule.span if own(pathway, limit.rule.span) else limit.holder.span
    said = {"rule": limit.rule.name, "event": limit.bound.end, "anchor": limit.bound.start.removeprefix("→ ")}
    return Diagnostic(code, span, {**said, **values, "whom": whom(answerable(pathway, limit.holder, limit.rule))})


def _length(lengths: Iterable[Duration]) -> dict[Language, str]:
    several = [length for length in lengths if length.amount] or [Duration(amount=0, unit="day")]
    return {language: " + ".join(duration_text(length, language) for length in several) for language in LANGUAGES}


def _said(chain: Chain, then: Chain = ()) -> dict[Language, str]:
    """What chains add up: `4 months + 3 months`. What is gone back, along a lower bound, is taken away."""
    along = _length(link.bound.length for link in (*(link for link in chain if not link.backwards), *then))
    back = [link.bound.length for link in chain if link.backwards and link.bound.length.amount]
    return {
        language: text + "".join(f" − {duration_text(length, language)}" for length in back) for language, text in along.items()
    }


def _steps(chain: Chain) -> str:
    """The rules and ways that a chain goes by."""
    return " → ".join(f"`{node.removeprefix('→ ')}`" for node in (chain[0].ends[0], *(link.ends[1] for link in chain)))
