"""A pathway compiled: numbered rules and transitions, and for each event the rules that it concerns.

Everything that both executors need is worked out here once: which keys meet a rule, raise it, decide it or hold its clock,
in which stages it is in force, and the conditions as functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pathway.machine.conditions import Judgement, compile_condition, event_key
from pathway.machine.flow import Flow
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Duration
from pathway.model.calendar import Calendar, calendar_for
from pathway.model.expressions import Condition, EventRef
from pathway.model.pathway import Pathway, Stage, Transition
from pathway.model.rules import Rule


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its number, what concerns it, and its conditions.

    `meets` are the keys that can meet it, `raised_by` those that raise it, `watch` the number of the condition whose turning
    true raises it. `stage` is where it is in force (None: everywhere); a rule `under` a transition comes into force by it.
    """

    index: int
    rule: Rule
    stage: str | None
    under: int | None
    staying: int | None
    """The transition that must be taken in time, for `within` beneath a transition."""
    meets: frozenset[str]
    raised_by: tuple[str, ...]
    pick_latest: bool
    watch: int | None
    before: str | None
    receipt_before: str | None
    answer_before: str | None
    until: str | None
    """The `Y` of `need R from X to Y`: without another limit it is what the need must be met before."""
    decides: str | None
    holds: tuple[tuple[str, str], ...]
    when: Judgement | None
    may_deviate: tuple[tuple[Judgement | None, str], ...]
    elements: tuple[tuple[str, Judgement | None], ...]

    @property
    def befores(self) -> dict[str, str | None]:
        """By part, the key of the event that it must come before (O5)."""
        return {"main": self.before, "receipt": self.receipt_before, "answer": self.answer_before}

    @property
    def ends_with_stage(self) -> bool:
        """`while here`, `every` and counts per week (O1)."""
        timing = self.rule.timing
        return self.rule.while_here or self.rule.frequency is not None or (timing is not None and timing.every is not None)


@dataclass(frozen=True, slots=True)
class CompiledTransition:
    """A way out, numbered. `after` and `after_keys` for those by time."""

    index: int
    transition: Transition
    stage: str | None
    """None for those of `throughout`."""
    keys: tuple[str, ...]
    after: Duration | None
    after_keys: tuple[str, ...]
    when: Judgement | None
    rules: tuple[int, ...]
    staying: int | None
    """The number of the rule that limits the stay until it is taken."""


@dataclass(frozen=True, slots=True)
class CompiledEntry:
    stage: str
    keys: tuple[str, ...]
    when: Judgement | None
    looking_back: Duration | None


@dataclass(frozen=True, slots=True)
class CompiledExit:
    keys: tuple[str, ...]
    when: Judgement | None


@dataclass(frozen=True)
class Compiled:
    """The tables of one pathway. Made once, shared by all patients and threads; nothing in it changes."""

    pathway: Pathway
    calendar: Calendar
    rank: Mapping[str, int]
    rules: tuple[CompiledRule, ...]
    in_force: Mapping[str | None, tuple[int, ...]]
    """By stage (None: `throughout`), the rules in force there, without those under transitions."""
    transitions: tuple[CompiledTransition, ...]
    on_event: Mapping[tuple[str, str], tuple[int, ...]]
    """By stage and key, the transitions to try, in order."""
    by_time: Mapping[str, tuple[int, ...]]
    entries: tuple[CompiledEntry, ...]
    unsuited: tuple[tuple[Judgement | None, str], ...]
    exits: tuple[CompiledExit, ...]
    recognised: Mapping[str, str]
    """By key, the stage that it shows the patient to be in."""
    undone: Mapping[str, tuple[str, ...]]
    """By key of the undoing event, the keys that it undoes."""
    watched: tuple[Judgement, ...]
    meets: Mapping[str, tuple[int, ...]]
    raises: Mapping[str, tuple[int, ...]]
    before: Mapping[str, tuple[int, ...]]
    decides: Mapping[str, tuple[int, ...]]
    holds: Mapping[str, tuple[int, ...]]
    date_anchors: Mapping[str, tuple[int, ...]]
    """By fact, the rules counted from its date."""
    carriers: Mapping[str, tuple[str, ...]]
    """By message, the messages whose sending counts as its sending: itself and those that replace it."""
    flow: Flow = field(repr=False)

    def stage(self, name: str) -> Stage:
        return self.pathway.stages[name]


def compile_pathway(pathway: Pathway) -> Compiled:
    """Compile a pathway whose names are all resolved. Takes milliseconds; keep the result."""
    return _Compiler(pathway).compiled()


class _Compiler:
    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.calendar = calendar_for(pathway.time_zone, pathway.calendar)
        self.rules: list[CompiledRule] = []
        self.transitions: list[CompiledTransition] = []
        self.watched: list[Judgement] = []
        self.carriers = _carriers(pathway)

    def compiled(self) -> Compiled:
        in_force: dict[str | None, tuple[int, ...]] = {}
        for stage in (self.pathway.throughout, *self.pathway.stages.values()):
            name = None if stage is self.pathway.throughout else stage.name
            own = [self._rule(rule, name) for rule in stage.rules]
            for transition in stage.transitions:
                staying = self._transition(transition, name)
                own += [] if staying is None else [staying]
            in_force[name] = tuple(own)
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
                CompiledEntry(entry.stage, self._keys(entry.on), self._judgement(entry.when), entry.looking_back)
                for entry in self.pathway.enters
            ),
            unsuited=tuple((self._judgement(case.when), case.because) for case in self.pathway.unsuited),
            exits=tuple(CompiledExit(self._keys(way.on), self._judgement(way.when)) for way in self.pathway.leaves),
            recognised={key: stage.name for stage in self.pathway.stages.values() for key in self._keys(stage.recognised_by)},
            undone=_inverse((undoing, event.name) for event in self.pathway.events.values() for undoing in event.undone_by),
            watched=tuple(self.watched),
            meets=_index((key, rule.index) for rule in self.rules for key in sorted(rule.meets)),
            raises=_index((key, rule.index) for rule in self.rules for key in rule.raised_by),
            before=_index((key, rule.index) for rule in self.rules for key in rule.befores.values() if key),
            decides=_index((rule.decides, rule.index) for rule in self.rules if rule.decides),
            holds=_index((key, rule.index) for rule in self.rules for hold in rule.holds for key in hold),
            date_anchors=_index(
                (timing.anchor.fact, rule.index)
                for rule in self.rules
                if (timing := rule.rule.timing) and timing.anchor and timing.anchor.fact
            ),
            carriers=self.carriers,
            flow=Flow(tuple(self.pathway.stages), self.transitions, on_event),
        )

    def _rule(self, rule: Rule, stage: str | None, under: int | None = None, staying: int | None = None) -> int:
        timing = rule.timing
        anchor = timing.anchor if timing else None
        # What waits for a condition is raised by its turning true, whatever else it might be counted from.
        turning = rule.wait_until or (anchor.becomes if anchor else None)
        message = self.pathway.messages.get(rule.message or "")
        decided = rule.event if rule.kind in ("decide", "look_up") else None
        before = timing.before if timing else None
        compiled = CompiledRule(
            index=len(self.rules),
            rule=rule,
            stage=stage,
            under=under,
            staying=staying,
            meets=frozenset(self._meeting_keys(rule)),
            raised_by=self._keys(anchor.events) if anchor and turning is None else (),
            pick_latest=anchor is not None and anchor.pick == "latest",
            watch=None if turning is None else self._watch(turning),
            before=self._key(before or rule.received_before or (rule.until if not timing or not timing.upper else None)),
            receipt_before=self._key(rule.receipt.before if rule.receipt else None),
            answer_before=self._key(rule.answer.before if rule.answer else None),
            until=self._key(rule.until),
            decides=self._key(decided),
            holds=tuple((event_key(h.start, self.pathway), event_key(h.end, self.pathway)) for h in rule.holds),
            when=self._judgement(rule.when),
            may_deviate=tuple((self._judgement(case.when), case.because) for case in rule.may_deviate),
            elements=tuple((element.name, self._judgement(element.when)) for element in (message.contains if message else ())),
        )
        self.rules.append(compiled)
        return compiled.index

    def _meeting_keys(self, rule: Rule) -> Iterable[str]:
        if rule.kind in ("expect", "measure"):
            return self._keys((rule.event,)) if rule.event else ()
        if rule.kind == "send" and rule.message:
            return [f"{carrier} {phase}" for carrier in self.carriers[rule.message] for phase in MESSAGE_PHASES]
        if rule.kind == "need" and rule.resource:
            return [f"{rule.resource} {phase}" for phase in RESOURCE_PHASES]
        return ()

    def _transition(self, transition: Transition, stage: str | None) -> int | None:
        index = len(self.transitions)
        staying = None if transition.within is None else self._rule(transition.within, stage, staying=index)
        anchor = transition.anchor
        self.transitions.append(
            CompiledTransition(
                index=index,
                transition=transition,
                stage=stage,
                keys=self._keys(transition.on),
                after=transition.after,
                after_keys=self._keys(anchor.events) if anchor else (),
                when=self._judgement(transition.when),
                rules=tuple(self._rule(rule, stage, under=index) for rule in transition.rules),
                staying=staying,
            )
        )
        return staying

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
        self.watched.append(compile_condition(condition, self.pathway, self.calendar))
        return len(self.watched) - 1

    def _judgement(self, condition: Condition | None) -> Judgement | None:
        return None if condition is None else compile_condition(condition, self.pathway, self.calendar)

    def _key(self, event: EventRef | None) -> str | None:
        return None if event is None else event_key(event, self.pathway)

    def _keys(self, events: Iterable[EventRef]) -> tuple[str, ...]:
        return tuple(event_key(event, self.pathway) for event in events)


def _otherwise_last(transition: CompiledTransition) -> bool:
    return transition.transition.otherwise


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for key, index in pairs:
        if index not in found.setdefault(key, []):
            found[key].append(index)
    return {key: tuple(indexes) for key, indexes in found.items()}


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


def _ranks(pathway: Pathway) -> dict[str, int]:
    """The order of events at one instant (E3): what a library declares stands first in each dictionary."""
    keys = list(pathway.events)
    keys += [f"{name} {phase}" for name in pathway.messages for phase in MESSAGE_PHASES]
    keys += [f"{name} {phase}" for name in pathway.resources for phase in RESOURCE_PHASES]
    return {key: place for place, key in enumerate(keys)}
