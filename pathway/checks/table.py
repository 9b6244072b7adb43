"""Every check, in the order in which they run. A check sees a pathway whose names are all resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pathway.checks.chairs import between_transitions, between_ways_in
from pathway.checks.dead_end import dead_ends
from pathway.checks.left_before_due import left_before_due
from pathway.checks.levels import gain_lost, no_lower_level
from pathway.checks.limit_without_source import limits_without_source
from pathway.checks.limits import misfitting_limits
from pathway.checks.messages import empty_messages, unanswered_handovers, unsent_messages
from pathway.checks.names import aliases, in_their_words
from pathway.checks.nobody_responsible import nobody_responsible
from pathway.checks.not_offered import not_offered
from pathway.checks.nothing_sent import nobody_told, nothing_sent
from pathway.checks.parties import own
from pathway.checks.proposed_limits import proposed_limits
from pathway.checks.runs_before_stage import limits_before_stage
from pathway.checks.single_tick import single_ticks
from pathway.checks.sources import outdated_pathway, outdated_sources, unchecked_sources
from pathway.checks.stage_without_limit import stages_without_limit
from pathway.checks.unreachable_stage import unreachable_stages
from pathway.checks.unsent_basis import unsent_basis
from pathway.checks.untold_facts import untold_facts
from pathway.language.diagnostics import Diagnostic, Problems
from pathway.language.source import Span
from pathway.model.pathway import Acceptance, Pathway

CHECKS: tuple[Callable[[Pathway], Iterable[Diagnostic]], ...] = (
    # responsibility
    nobody_responsible,
    nobody_told,
    # information
    nothing_sent,
    unsent_basis,
    empty_messages,
    unsent_messages,
    unanswered_handovers,
    untold_facts,
    # time
    stages_without_limit,
    misfitting_limits,
    limits_before_stage,
    left_before_due,
    # resource
    not_offered,
    no_lower_level,
    gain_lost,
    # flow
    unreachable_stages,
    dead_ends,
    single_ticks,
    between_transitions,
    between_ways_in,
    # knowledge
    limits_without_source,
    unchecked_sources,
    outdated_sources,
    outdated_pathway,
    proposed_limits,
)


def risks(pathway: Pathway) -> Problems:
    """The risks in a pathway, less those that its authors have answered, and notes: also on what answers nothing.

    `accept PW312 because "…"` answers a risk in the whole file; beneath a stage or a rule, what is found there.
    """
    found = Problems()
    known = aliases(pathway)
    answering: set[int] = set()
    for check in CHECKS:
        for risk in _here(pathway, check(pathway)):
            answers = [place for place, accepted in enumerate(pathway.accepted) if _answers(accepted, risk)]
            answering.update(answers)
            if not answers:
                found.add(risk.code, risk.span, risk.suggestion, **in_their_words(risk.values, pathway, known))
    for place, accepted in enumerate(pathway.accepted):
        if place not in answering and own(pathway, accepted.span):
            found.add("PW330", accepted.span, accepted=accepted.code)
    return found


def _here(pathway: Pathway, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What is found in a file; of a local adaptation only what is its own: what it adds, and limits that it changes, at the line
    that changes them. The rest is the national pathway's, and told there."""
    changed = {change.after.name: change.span for change in pathway.changes if change.after is not None}
    for risk in found:
        if pathway.adaptation is None or own(pathway, risk.span):
            yield risk
        elif risk.code in _OF_LIMITS and risk.values["rule"] in changed:
            yield replace(risk, span=changed[risk.values["rule"]])


_OF_LIMITS = ("PW315", "PW316", "PW317", "PW340")


def _answers(accepted: Acceptance, risk: Diagnostic) -> bool:
    return accepted.code == risk.code and (accepted.covers is None or _holds(accepted.covers, risk.span))


def _holds(whole: Span, part: Span | None) -> bool:
    return part is not None and part.file == whole.file and whole.line <= part.line <= whole.end_line
