"""PW340: a limit that runs before the stage in which its rule stands.

A rule comes into force when its stage is entered. Where the limit is counted from what led to an earlier stage, and nothing says how
long the patient may be on the way, it can have run out by then: the rule is broken in the instant in which it begins, for a party
that has just got the patient.
"""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, graph_of, open_stages_of, reached, ways_into
from pathway.checks.parties import answerable, own, whom
from pathway.checks.times import AT_ONCE, Bound, Limit, Times, entering, fits, latest, times_of, weighings, weight
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES
from pathway.model.keys import event_key
from pathway.model.pathway import Pathway, Stage, Transition
from pathway.model.phrases import duration_text


def limits_before_stage(pathway: Pathway) -> Iterator[Diagnostic]:
    times = times_of(pathway)
    inside = [limit for limit in times.limits if limit.rule in limit.holder.rules and limit.holder.name in pathway.stages]
    for limit in inside:
        start = limit.bound.start
        if start == entering(limit.holder.name) or _again(limit.holder, start, pathway):
            continue
        earlier = _led_by(pathway, start, limit.holder)
        if earlier is not None and not _in_time(pathway, times, limit):
            span = limit.rule.span if own(pathway, limit.rule.span) else limit.holder.span
            length = {language: duration_text(limit.bound.length, language) for language in LANGUAGES}
            values = {"rule": limit.rule.name, "limit": length, "anchor": start, "stage": limit.holder.name, "earlier": earlier}
            yield Diagnostic("PW340", span, {**values, "whom": whom(answerable(pathway, limit.holder, limit.rule))})


def _again(stage: Stage, event: str, pathway: Pathway) -> bool:
    """Whether an event is one that the stage itself waits for: then its limit may be counted from that."""
    return any(rule.event is not None and event_key(rule.event, pathway) == event for rule in stage.rules)


def _led_by(pathway: Pathway, event: str, stage: Stage) -> str | None:
    """An earlier stage that every patient of a stage has come through, and that this event alone leads to; None where the event
    leads to the stage itself, or where there is no such stage."""
    if event in _keys_into(pathway, stage.name):
        return None
    graph = graph_of(pathway)
    for other in open_stages_of(pathway):
        on_the_way = other is not stage and stage.name not in reached(graph, OUTSIDE, not_through=[other.name])
        if on_the_way and _keys_into(pathway, other.name) == {event}:
            return other.name
    return None


def _entered_at_once(pathway: Pathway) -> list[Bound]:
    """What only one event leads to is entered in the instant of that event: no later."""
    found = []
    for stage in open_stages_of(pathway):
        keys = {event_key(event, pathway) for way in ways_into(pathway, stage.name) for event in way.on}
        timed = any(isinstance(way, Transition) and way.after is not None for way in ways_into(pathway, stage.name))
        if len(keys) == 1 and not timed:
            found.append(Bound(keys.pop(), entering(stage.name), AT_ONCE))
    return found


def _keys_into(pathway: Pathway, stage: str) -> set[str]:
    """The events that lead into a stage, or from which the time to it is counted."""
    found = {event_key(event, pathway) for way in ways_into(pathway, stage) for event in way.on}
    anchors = (way.anchor for way in ways_into(pathway, stage) if isinstance(way, Transition) and way.anchor is not None)
    return found | {event_key(event, pathway) for anchor in anchors for event in anchor.events}


def _in_time(pathway: Pathway, times: Times, limit: Limit) -> bool:
    """Whether the stage is entered before the limit has run out, if all others keep theirs."""
    ours, ways = limit.bound, ways_into(pathway, limit.holder.name)
    if any(isinstance(way, Transition) and way.within is not None for way in ways):
        return True
    others = [other.bound for other in times.limits if other.bound.end != ours.end and fits(other.bound, ours)]
    others += _entered_at_once(pathway)
    kept = [bound for bound in times.at_least if fits(bound, ours) and bound.end != ours.end]
    keys = _keys_into(pathway, limit.holder.name)
    for weigh in weighings(ours.length if ours.length.amount else AT_ONCE):
        late = latest(others, kept, ours.start, weigh)
        if keys and all(key in late and weight(late[key]) <= weigh.most(ours.length) for key in keys):
            return True
    return False
