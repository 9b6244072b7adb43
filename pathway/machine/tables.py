"""A pathway compiled: rules and transitions, and for each event the rules that it concerns.

Everything that both executors need: which keys meet a rule, raise it, decide it or hold its clock, in which stages it is in
force, and the conditions as functions. `pathway/machine/compile.py` works it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pathway.language.source import Span
from pathway.machine.conditions import Judgement
from pathway.machine.flow import Flow
from pathway.model.base import Duration, Period
from pathway.model.calendar import Calendar
from pathway.model.expressions import Condition
from pathway.model.pathway import Pathway, Stage, Start, Transition
from pathway.model.rules import Rule, Timing


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """A rule with what concerns it, and its conditions. Each is itself and equal to no other.

    `index` is its place among the rules of its pathway. `meets` are the keys that can meet it, `raised_by` those that raise it,
    `watch` the number of the condition whose turning true raises it. `stage` is where it is in force (None: everywhere).
    """

    index: int
    rule: Rule
    stage: str | None
    beneath: bool
    """Whether it stands beneath a transition or a start."""
    staying: bool
    """Whether it limits the stay until a transition is taken (`within` beneath a transition)."""
    meets: frozenset[str]
    raised_by: tuple[str, ...]
    pick_latest: bool
    watch: int | None
    reached: int | None
    """The number of the condition whose being true meets it, for a goal."""
    before: str | None
    variants_before: tuple[str | None, ...]
    """The same, as each of the rule's variants says (None: it does not)."""
    receipt: Timing | None
    """When a message is to be acknowledged: as the rule says, else as the message always asks for."""
    receipt_before: str | None
    answer_before: str | None
    until: str | None
    """The `Y` of `need R from X to Y`: without another limit it is what the need must be met before."""
    decides: str | None
    holds: tuple[tuple[str, str], ...]
    when: Judgement | None
    may_deviate: tuple[tuple[Judgement | None, str], ...]
    elements: tuple[tuple[str, Judgement | None], ...]
    all_elements: frozenset[str]

    @property
    def befores(self) -> dict[str, str | None]:
        """By part, the key of the event that it must come before (O5)."""
        return {"main": self.before, "receipt": self.receipt_before, "answer": self.answer_before}

    def before_in(self, timing: Timing | None, part: str) -> str | None:
        """The key of the event that a part must come before, under the limits in force (dated variants have their own)."""
        if part == "main" and timing is not None:
            for variant, key in zip(self.rule.variants, self.variants_before, strict=True):
                if variant.timing is not None and variant.timing.before == timing.before and key is not None:
                    return key
            if self.rule.timing is not None and self.rule.timing.before is not None and timing.before is None:
                return None
        return self.befores.get(part)

    @property
    def ends_with_stage(self) -> bool:
        """`while here`, `every` and counts per week (O1)."""
        timing = self.rule.timing
        return self.rule.while_here or self.rule.frequency is not None or (timing is not None and timing.every is not None)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledStart:
    """What begins another pathway. `keys` is empty under a transition: taking that is its event."""

    start: Start
    keys: tuple[str, ...]
    when: Judgement | None
    rules: tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True, eq=False)
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
    rules: tuple[CompiledRule, ...]
    starts: tuple[CompiledStart, ...]
    staying: CompiledRule | None
    """The rule that limits the stay until it is taken."""


@dataclass(frozen=True, slots=True)
class CompiledEntry:
    stage: str
    keys: tuple[str, ...]
    when: Judgement | None
    looking_back: Duration | None
    place: Span | None


@dataclass(frozen=True, slots=True)
class CompiledExit:
    keys: tuple[str, ...]
    when: Judgement | None
    place: Span | None


@dataclass(frozen=True, eq=False)
class Compiled:
    """The tables of one pathway. Made once, shared by all patients and threads; nothing in it changes."""

    pathway: Pathway
    calendar: Calendar
    rank: Mapping[str, int]
    rules: tuple[CompiledRule, ...]
    in_force: Mapping[str | None, tuple[CompiledRule, ...]]
    """By stage (None: `throughout`), the rules in force there, without those under transitions and starts."""
    transitions: tuple[CompiledTransition, ...]
    on_event: Mapping[tuple[str, str], tuple[int, ...]]
    """By stage and key, the transitions to try, in order."""
    by_time: Mapping[str, tuple[int, ...]]
    entries: tuple[CompiledEntry, ...]
    entering: frozenset[str]
    """The keys of events that some edition can be entered by."""
    unsuited: tuple[tuple[Judgement | None, str], ...]
    exits: tuple[CompiledExit, ...]
    recognised: Mapping[str, str]
    """By key, the stage that it shows the patient to be in."""
    undone: Mapping[str, tuple[str, ...]]
    """By key of the undoing event, the keys that it undoes."""
    turning: tuple[Condition, ...]
    """The conditions that are watched because their turning true raises a rule or reaches a goal."""
    watched: tuple[Judgement, ...]
    """The same as functions."""
    goals: Mapping[int, CompiledRule]
    """By the number of a watched condition, the goal that its being true meets."""
    paid_when: tuple[Judgement | None, ...]
    """For whom each of the pathway's prices is."""
    watching: tuple[CompiledRule, ...]
    """The rules that a watched condition raises."""
    meets: Mapping[str, tuple[CompiledRule, ...]]
    raises: Mapping[str, tuple[CompiledRule, ...]]
    before: Mapping[str, tuple[CompiledRule, ...]]
    decides: Mapping[str, tuple[CompiledRule, ...]]
    holds: Mapping[str, tuple[CompiledRule, ...]]
    date_anchors: Mapping[str, tuple[CompiledRule, ...]]
    """By fact, the rules counted from its date."""
    keys: Mapping[tuple[str, str | None], tuple[str, ...]]
    """By name and phase, what an event is looked up by."""
    carriers: Mapping[str, tuple[str, ...]]
    """By message, the messages whose sending counts as its sending: itself and those that replace it."""
    starts: Mapping[tuple[str, str], tuple[CompiledStart, ...]]
    """By stage and key, the other pathways that begin."""
    flow: Flow = field(repr=False)
    applies_when: Judgement | None = None
    """For whom a local adaptation is."""
    editions: tuple[Compiled, ...] = ()
    """Other texts of the same pathway that may be in force for a patient, in the order in which they are tried (P7)."""
    started: Mapping[str, Compiled] = field(default_factory=dict)
    """The pathways that this one starts, by name (P2)."""

    def key_of(self, name: str, phase: str | None) -> str:
        """What an event is looked up by: a message without a phase was sent, a resource delivered."""
        known = self.keys.get((name, phase))
        return known[0] if known else name if phase is None else f"{name} {phase}"

    @property
    def valid(self) -> Period:
        """From when to when it is in force."""
        return self.pathway.valid

    def stage(self, name: str) -> Stage:
        return self.pathway.stages[name]
