"""PW313: a condition or a decision that asks for what no earlier event can have told.

What stands under `about patient` may come with any event, so it counts as known from the beginning. What an event `carries`
is known from that event on. Where an event belongs is read from the text: in the stages that expect it, decide it, are left by it
or are recognised by it; outside, when patients come in by it; anywhere, when nothing places it or `throughout` does. A fact can
have been told in a stage when one of the events that carry it belongs there, or in a stage that leads there, or is the event
that the condition is judged on. A rule's own condition may also become known later in the course (O3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pathway.checks.flow import OUTSIDE, graph_of, reached
from pathway.checks.parties import Whom, own, whom
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import Span
from pathway.model.expressions import And, Compare, Condition, EventRef, FactValue, Known, Not, Or, Within
from pathway.model.pathway import Pathway, Stage
from pathway.model.rules import Rule

Places = frozenset[str] | None
"""The stages to which an event belongs; None for anywhere."""


def untold_facts(pathway: Pathway) -> Iterator[Diagnostic]:
    yield from _Telling(pathway).found()


class _Telling:
    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        graph = graph_of(pathway)
        inside = {name: reached(graph, name, not_through=[OUTSIDE]) for name in graph if name != OUTSIDE}
        self.after = {name: {name, *later} for name, later in inside.items()}
        self.after[OUTSIDE] = {*self.after, OUTSIDE}
        self.places = _places(pathway)
        self.tellers: dict[str, list[str]] = {}
        for event in pathway.events.values():
            for fact in event.carries:
                if pathway.facts[fact].carried:
                    self.tellers.setdefault(fact, []).append(event.name)

    def found(self) -> Iterator[Diagnostic]:
        if not self.tellers:
            return
        pathway = self.pathway
        for entry in pathway.enters:
            yield from self._asked(_facts(entry.when), OUTSIDE, entry.on, entry.span, whom(pathway.stages[entry.stage].party))
        coming = tuple(event for entry in pathway.enters for event in entry.on)
        for case in pathway.unsuited:
            yield from self._asked(_facts(case.when), OUTSIDE, coming, case.span, whom(None))
        for stage in pathway.stages.values():
            for way in stage.transitions:
                yield from self._asked(_facts(way.when), stage.name, way.on, way.span, whom(stage.party))
                target = way.target if way.target is not None else stage.name
                for rule in way.rules:
                    yield from self._rule(rule, target, stage)
            for rule in stage.rules:
                yield from self._rule(rule, stage.name, stage)

    def _rule(self, rule: Rule, place: str, holder: Stage) -> Iterator[Diagnostic]:
        span = rule.span if own(self.pathway, rule.span) else holder.span
        party = whom(rule.by or holder.party)
        on = (rule.event,) if rule.event is not None else ()
        if rule.kind in ("decide", "look_up"):
            asked = [*_facts(rule.when), *(basis.name for basis in rule.basis if basis.kind == "fact")]
            yield from self._asked(asked, place, on, span, party)
            for basis in rule.basis:
                if basis.kind == "event" and not self._before(basis.name, place):
                    yield self._diagnostic(basis.name, [basis.name], span, party)
        else:
            yield from self._asked(_facts(rule.when), place, (), span, party, later=True)

    def _asked(
        self, facts: Iterable[str], place: str, on: tuple[EventRef, ...], span: Span | None, party: Whom, *, later: bool = False
    ) -> Iterator[Diagnostic]:
        now = {event.name for event in on}
        for fact in dict.fromkeys(facts):
            tellers = self.tellers.get(fact)
            if tellers is None or now & set(tellers):
                continue
            if any(self._before(teller, place) or (later and self._after(teller, place)) for teller in tellers):
                continue
            yield self._diagnostic(fact, tellers, span, party)

    def _diagnostic(self, asked: str, tellers: list[str], span: Span | None, party: Whom) -> Diagnostic:
        stages = sorted({stage for teller in tellers for stage in self.places.get(teller) or ()}, key=[*self.after].index)
        values = {
            "asked": asked,
            "events": ", ".join(f"`{teller}`" for teller in tellers),
            "stages": ", ".join(f"`{stage}`" for stage in stages),
            "whom": party,
        }
        return Diagnostic("PW313", span, values)

    def _before(self, event: str, place: str) -> bool:
        """Whether an event can have come by the time that a patient is at a place."""
        stages = self.places.get(event)
        return stages is None or any(place in self.after[stage] for stage in stages)

    def _after(self, event: str, place: str) -> bool:
        stages = self.places.get(event)
        return stages is None or any(stage in self.after[place] for stage in stages)


def _places(pathway: Pathway) -> dict[str, Places]:
    """Where each event belongs; an event that is not there belongs anywhere."""
    found: dict[str, set[str]] = {}
    anywhere: set[str] = set()

    def note(events: Iterable[EventRef | None], stage: str) -> None:
        for event in events:
            if event is not None:
                found.setdefault(event.name, set()).add(stage)

    for entry in pathway.enters:
        note(entry.on, OUTSIDE)
    for stage in pathway.stages.values():
        note((*stage.recognised_by, *(rule.event for rule in stage.rules)), stage.name)
        for way in stage.transitions:
            note(way.on, stage.name)
            note((rule.event for rule in way.rules), way.target or stage.name)
    for rule in pathway.throughout.rules:
        anywhere |= {rule.event.name} if rule.event is not None else set()
    for on in (line.on for lines in (pathway.throughout.transitions, pathway.leaves) for line in lines):
        anywhere |= {event.name for event in on}
    return {name: frozenset(stages) for name, stages in found.items() if name not in anywhere}


def _facts(condition: Condition | None) -> list[str]:
    """The facts that a condition needs the value of. One whose knowing is itself asked for (`mrs is known`) is guarded."""
    guarded: set[str] = set()

    def walk(node: Condition | None) -> list[str]:
        match node:
            case And(items=items) | Or(items=items):
                return [fact for item in items for fact in walk(item)]
            case Not(item=item):
                return walk(item)
            case Known(fact=fact):
                guarded.add(fact)
            case Compare(left=FactValue(fact=fact)) | Within(left=FactValue(fact=fact)):
                return [fact]
        return []

    asked = walk(condition)
    return [fact for fact in asked if fact not in guarded]
