"""Compiling: from a pathway to its tables (`pathway/machine/tables.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pathway.machine.conditions import Judgement, compile_condition
from pathway.machine.flow import Flow
from pathway.machine.tables import Compiled, CompiledEntry, CompiledExit, CompiledRule, CompiledStart, CompiledTransition
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import calendar_for
from pathway.model.expressions import Condition, EventRef
from pathway.model.keys import event_key
from pathway.model.pathway import Pathway, Start, Transition
from pathway.model.rules import Rule


def compile_pathway(
    pathway: Pathway, editions: Iterable[Pathway] = (), started: Mapping[str, Compiled] | None = None
) -> Compiled:
    """Compile a pathway whose names are all resolved. Takes milliseconds; keep the result.

    `editions` are the other texts of it that may be in force (earlier versions, local adaptations), in the order in which they
    are tried; `started` the pathways that it starts.
    """
    compiled = _Compiler(pathway).compiled()
    others = tuple(_Compiler(other).compiled() for other in editions)
    entering = compiled.entering.union(*(other.entering for other in others))
    return replace(compiled, entering=entering, editions=others, started=dict(started or {}))


class _Compiler:
    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.calendar = calendar_for(pathway.time_zone, pathway.calendar)
        self.rules: list[CompiledRule] = []
        self.transitions: list[CompiledTransition] = []
        self.turning: list[Condition] = []
        self.carriers = _carriers(pathway)

    def compiled(self) -> Compiled:
        in_force: dict[str | None, tuple[CompiledRule, ...]] = {}
        starts: dict[str | None, list[CompiledStart]] = {}
        for stage in (self.pathway.throughout, *self.pathway.stages.values()):
            name = None if stage is self.pathway.throughout else stage.name
            own = [self._rule(rule, name) for rule in stage.rules]
            for transition in stage.transitions:
                staying = self._transition(transition, name)
                own += [] if staying is None else [staying]
            in_force[name] = tuple(own)
            starts[name] = [self._start(start, name) for start in stage.starts]
        on_event, by_time = self._ways_out()
        return Compiled(
            pathway=self.pathway,
            calendar=self.calendar,
            rank=_ranks(self.pathway),
            rules=tuple(self.rules),
            in_force=in_force,
            transitions=tuple(self.transitions),
            on_event=on_event,
            by_time=by_time,
            entries=tuple(
                CompiledEntry(entry.stage, self._keys(entry.on), self._judgement(entry.when), entry.looking_back, entry.span)
                for entry in self.pathway.enters
            ),
            entering=frozenset(key for entry in self.pathway.enters for key in self._keys(entry.on)),
            unsuited=tuple((self._judgement(case.when), case.because) for case in self.pathway.unsuited),
            exits=tuple(CompiledExit(self._keys(way.on), self._judgement(way.when), way.span) for way in self.pathway.leaves),
            recognised={key: stage.name for stage in self.pathway.stages.values() for key in self._keys(stage.recognised_by)},
            undone=_inverse((undoing, event.name) for event in self.pathway.events.values() for undoing in event.undone_by),
            turning=tuple(self.turning),
            watched=tuple(compile_condition(turning, self.pathway, self.calendar) for turning in self.turning),
            goals={rule.reached: rule for rule in self.rules if rule.reached is not None},
            paid_when=tuple(self._judgement(cost.when) for cost in self.pathway.costs),
            watching=tuple(rule for rule in self.rules if rule.watch is not None),
            meets=_index((key, rule) for rule in self.rules for key in sorted(rule.meets)),
            raises=_index((key, rule) for rule in self.rules for key in rule.raised_by),
            before=_index((key, rule) for rule in self.rules for key in (*rule.befores.values(), *rule.variants_before) if key),
            decides=_index((rule.decides, rule) for rule in self.rules if rule.decides),
            holds=_index((key, rule) for rule in self.rules for hold in rule.holds for key in hold),
            date_anchors=_index(
                (timing.anchor.fact, rule)
                for rule in self.rules
                if (timing := rule.rule.timing) and timing.anchor and timing.anchor.fact
            ),
            keys=_keys_of(self.pathway),
            carriers=self.carriers,
            starts=self._beginnings(starts),
            flow=Flow(tuple(self.pathway.stages), self.transitions, on_event),
            applies_when=self._judgement(self.pathway.applies_when),
        )

    def _rule(self, rule: Rule, stage: str | None, *, beneath: bool = False, staying: bool = False) -> CompiledRule:
        timing = rule.timing
        anchor = timing.anchor if timing else None
        # What waits for a condition is raised by its turning true, whatever else it might be counted from.
        turning = rule.wait_until or (anchor.becomes if anchor else None)
        message = self.pathway.messages.get(rule.message or "")
        receipt = rule.receipt or (message.receipt if message else None)
        decided = rule.event if rule.kind in ("decide", "look_up") else None
        before = timing.before if timing else None
        compiled = CompiledRule(
            index=len(self.rules),
            rule=rule,
            stage=stage,
            beneath=beneath,
            staying=staying,
            meets=frozenset(self._meeting_keys(rule)),
            raised_by=self._keys(anchor.events) if anchor and turning is None else (),
            pick_latest=anchor is not None and anchor.pick == "latest",
            watch=None if turning is None else self._watch(turning),
            reached=None if rule.reached is None else self._watch(rule.reached),
            before=self._key(before or rule.received_before or (rule.until if not timing or not timing.upper else None)),
            variants_before=tuple(self._key(v.timing.before if v.timing else None) for v in rule.variants),
            receipt=receipt,
            receipt_before=self._key(receipt.before if receipt else None),
            answer_before=self._key(rule.answer.before if rule.answer else None),
            until=self._key(rule.until),
            decides=self._key(decided),
            holds=tuple((event_key(h.start, self.pathway), event_key(h.end, self.pathway)) for h in rule.holds),
            when=self._judgement(rule.when),
            may_deviate=tuple((self._judgement(case.when), case.because) for case in rule.may_deviate),
            all_elements=frozenset(element.name for element in (message.contains if message else ())),
            elements=tuple((element.name, self._judgement(element.when)) for element in (message.contains if message else ())),
        )
        self.rules.append(compiled)
        return compiled

    def _meeting_keys(self, rule: Rule) -> Iterable[str]:
        if rule.kind in ("expect", "measure"):
            return self._keys((rule.event,)) if rule.event else ()
        if rule.kind == "send" and rule.message:
            return [f"{carrier} {phase}" for carrier in self.carriers[rule.message] for phase in MESSAGE_PHASES]
        if rule.kind == "need" and rule.resource:
            return [f"{rule.resource} {phase}" for phase in RESOURCE_PHASES]
        return ()

    def _transition(self, transition: Transition, stage: str | None) -> CompiledRule | None:
        staying = None if transition.within is None else self._rule(transition.within, stage, staying=True)
        anchor = transition.anchor
        self.transitions.append(
            CompiledTransition(
                index=len(self.transitions),
                transition=transition,
                stage=stage,
                keys=self._keys(transition.on),
                after=transition.after,
                after_keys=self._keys(anchor.events) if anchor else (),
                when=self._judgement(transition.when),
                rules=tuple(self._rule(rule, stage, beneath=True) for rule in transition.rules),
                starts=tuple(self._start(start, stage) for start in transition.starts),
                staying=staying,
            )
        )
        return staying

    def _start(self, start: Start, stage: str | None) -> CompiledStart:
        return CompiledStart(
            start=start,
            keys=self._keys(start.on),
            when=self._judgement(start.when),
            rules=tuple(self._rule(rule, stage, beneath=True) for rule in start.rules),
        )

    def _beginnings(self, starts: Mapping[str | None, list[CompiledStart]]) -> dict[tuple[str, str], tuple[CompiledStart, ...]]:
        """By stage and key, the starts of the stage and those of `throughout`."""
        found: dict[tuple[str, str], list[CompiledStart]] = {}
        for stage in self.pathway.stages.values():
            for start in [] if stage.end else [*starts[stage.name], *starts[None]]:
                for key in start.keys:
                    found.setdefault((stage.name, key), []).append(start)
        return {place: tuple(those) for place, those in found.items()}

    def _ways_out(self) -> tuple[dict[tuple[str, str], tuple[int, ...]], dict[str, tuple[int, ...]]]:
        """The stage's own transitions in the order written, then those of `throughout`; `otherwise` last of each (P3)."""
        on_event: dict[tuple[str, str], tuple[int, ...]] = {}
        by_time: dict[str, tuple[int, ...]] = {}
        for stage in self.pathway.stages.values():
            if stage.end:
                continue
            own = [t for t in self.transitions if t.stage == stage.name]
            everywhere = [t for t in self.transitions if t.stage is None]
            ordered = [*sorted(own, key=_otherwise_last), *sorted(everywhere, key=_otherwise_last)]
            for key in dict.fromkeys(key for t in ordered for key in t.keys):
                on_event[stage.name, key] = tuple(t.index for t in ordered if key in t.keys)
            by_time[stage.name] = tuple(t.index for t in ordered if t.after is not None)
        return on_event, by_time

    def _watch(self, condition: Condition) -> int:
        self.turning.append(condition)
        return len(self.turning) - 1

    def _judgement(self, condition: Condition | None) -> Judgement | None:
        return None if condition is None else compile_condition(condition, self.pathway, self.calendar)

    def _key(self, event: EventRef | None) -> str | None:
        return None if event is None else event_key(event, self.pathway)

    def _keys(self, events: Iterable[EventRef]) -> tuple[str, ...]:
        return tuple(event_key(event, self.pathway) for event in events)


def _otherwise_last(transition: CompiledTransition) -> bool:
    return transition.transition.otherwise


def _index(pairs: Iterable[tuple[str, CompiledRule]]) -> dict[str, tuple[CompiledRule, ...]]:
    found: dict[str, dict[CompiledRule, None]] = {}
    for key, rule in pairs:
        found.setdefault(key, {})[rule] = None
    return {key: tuple(rules) for key, rules in found.items()}


def _inverse(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _carriers(pathway: Pathway) -> dict[str, tuple[str, ...]]:
    carriers = {name: [name] for name in pathway.messages}
    for name in pathway.messages:
        seen: list[str] = [name]
        for replacing in seen:  # grows while it is read: what replaces a replacing message counts too
            for replaced in pathway.messages[replacing].replaces:
                if replaced not in seen:
                    seen.append(replaced)
                    carriers[replaced].append(name)
    return {name: tuple(found) for name, found in carriers.items()}


def _keys_of(pathway: Pathway) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """An event is looked up by its name, a message or a resource by name and phase."""
    keys: dict[tuple[str, str | None], tuple[str, ...]] = {(name, None): (name,) for name in pathway.events}
    for names, phases, usual in ((pathway.messages, MESSAGE_PHASES, "sent"), (pathway.resources, RESOURCE_PHASES, "delivered")):
        for name in names:
            keys |= {(name, phase): (f"{name} {phase}",) for phase in phases}
            keys[name, None] = keys[name, usual]
    return keys


def _ranks(pathway: Pathway) -> dict[str, int]:
    """The order of events at one instant (E3): what a library declares stands first in each dictionary."""
    keys = list(pathway.events)
    keys += [f"{name} {phase}" for name in pathway.messages for phase in MESSAGE_PHASES]
    keys += [f"{name} {phase}" for name in pathway.resources for phase in RESOURCE_PHASES]
    return {key: place for place, key in enumerate(keys)}
