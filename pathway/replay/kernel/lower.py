"""From a compiled pathway and its editions to the kernel's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from pathway.events.event import DEVIATION
from pathway.machine.tables import Compiled, CompiledRule, CompiledStart, CompiledTransition
from pathway.model.base import LEVELS, MESSAGE_PHASES, Duration, Period
from pathway.model.expressions import Value
from pathway.model.keys import event_key
from pathway.model.pathway import Pathway
from pathway.model.rules import Timing
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.calendars import days_of, number_of
from pathway.replay.kernel.measured import cost_record, indicator_record
from pathway.replay.kernel.programs import Programs, records
from pathway.tracking.deadlines import is_elapsed
from pathway.tracking.evidence import timing_facts

_Record = dict[str, Any]


_FLAGS = {
    "raises0": shape.F_RAISES, "before0": shape.F_BEFORE, "decides0": shape.F_DECIDES, "holds0": shape.F_HOLDS,
    "undone0": shape.F_UNDONE, "exits0": shape.F_EXITS, "recognised": shape.F_RECOGNISED, "after": shape.F_AFTER,
}  # fmt: skip


class Names:
    """Names as numbers, in the order in which they came; -1 for none. Blocks of a log are followed at once and share them: a number
    is given to one name only, and what is known at a time stays as it is."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._giving = Lock()

    def __call__(self, name: str | None) -> int:
        if name is None:
            return -1
        number = self.numbers.get(name)
        if number is None:
            with self._giving:
                number = self.numbers.setdefault(name, len(self.numbers))
        return number

    def __len__(self) -> int:
        return len(self.numbers)

    def known(self, name: str | None) -> int:
        """The number of a name; -2 for one that has none."""
        return -1 if name is None else self.numbers.get(name, -2)

    @property
    def all(self) -> list[str]:
        return list(self.numbers)


class Lowered:
    """A pathway in numbers, and what the numbers stand for.

    `rules`, `stages` (edition and name) and `timings` are by number what they were. `parties` holds those that any
    edition declares first (`declared` of them); those that only a log names come after. `said` are the names that a
    deviation can give, `started` the pathways that this one starts.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.editions: tuple[Compiled, ...] = (compiled, *compiled.editions)
        self.keys, self.parties, self.facts, self.units, self.said, self.resources, self.started = (Names() for _ in range(7))
        self.rules: list[CompiledRule] = [rule for edition in self.editions for rule in edition.rules]
        self.rule_number = {rule: number for number, rule in enumerate(self.rules)}
        self.stages = [(edition, stage) for edition in self.editions for stage in edition.pathway.stages]
        self.timings: list[Timing] = []
        self.bits = _element_bits(self.editions)
        self._stage_number = {
            (self.editions.index(edition), stage): number for number, (edition, stage) in enumerate(self.stages)
        }
        self._pool: list[int] = []
        self._rows: dict[str, list[_Record]] = {
            name: []
            for name in ("editions", "stages", "rules", "timings", "ways", "entries", "exits", "starts", "costs", "indicators")
        }
        self.costs = [cost for edition in self.editions for cost in edition.pathway.costs]
        self.indicators = list(compiled.pathway.indicators.values())
        self._watches: list[int] = []
        self._clocks = Names()
        self._starts: dict[CompiledStart, int] = {}
        self._ways_on: dict[tuple[int, int], int] = {}
        self._starts_on: dict[tuple[int, int], int] = {}
        self._dispatch: dict[tuple[int, int], _Record] = {}
        self._programs = Programs(self.editions, self.keys, self.facts, self._pool)
        self.keys(DEVIATION)
        for edition in self.editions:
            self._names(edition.pathway, edition)
        self.declared = len(self.parties)
        for number, edition in enumerate(self.editions):
            _Edition(self, number, edition).lower()
        self._rows["indicators"] += [indicator_record(each, compiled.pathway, self.keys) for each in self.indicators]

    def _names(self, pathway: Pathway, edition: Compiled) -> None:
        for keys in edition.keys.values():
            for key in keys:
                self.keys(key)
        for party in pathway.parties:
            self.parties(party)
        for fact in pathway.facts:
            self.facts(fact)
        for unit in pathway.units.values():
            self.units(unit)

    @cached_property
    def limits(self) -> list[dict[str, str | bool]]:
        """By limit, what evidence says of it."""
        return [timing_facts(timing) for timing in self.timings]

    def named(self, rule: int, bits: int) -> list[str]:
        """The names of what a broken obligation of a rule lacked, or had too old."""
        about = self.rules[rule]
        names = [basis.name for basis in about.rule.basis] or [name for name, _ in about.elements]
        return [name for place, name in enumerate(names) if bits >> place & 1]

    def key(self, name: str, phase: str | None) -> int:
        """The number of what an event is looked up by. One that no edition knows gets a number too."""
        keys = self.compiled.keys.get((name, phase))
        return self.keys(keys[-1] if keys else name if phase is None else f"{name} {phase}")

    def machine(self, values: Mapping[int, Sequence[Value]], *, receipts: bool) -> shape.Machine:
        """The tables for a log: `values` are by fact those that it has."""
        days = days_of(self.compiled.calendar)
        atoms, truth = self._programs.tables(values)
        fact_day, fact_at = _fact_days(values, len(self.facts))
        names, editions = self.keys.all, len(self.editions)  # another block may bring more names meanwhile
        keys = len(names)
        clocks = [days.clock(time.fromisoformat(clock)) for clock in self._clocks.all] or [days.start]
        return shape.Machine(
            keys=records(shape.KEY, [self._key_record(name) for name in names]),
            dispatch=self._dispatched(names, editions),
            editions=records(shape.EDITION, self._rows["editions"]),
            stages=records(shape.STAGE, self._rows["stages"]),
            rules=records(shape.RULE, self._rows["rules"]),
            timings=records(shape.TIMING, self._rows["timings"]),
            ways=records(shape.WAY, self._rows["ways"]),
            entries=records(shape.ENTRY, self._rows["entries"]),
            exits=records(shape.EXIT, self._rows["exits"]),
            starts=records(shape.START, self._rows["starts"]),
            costs=records(shape.COST, self._rows["costs"]),
            indicators=records(shape.INDICATOR, self._rows["indicators"]),
            watches=np.array(self._watches, np.int64),
            atoms=atoms,
            pool=np.array([*self._pool, 0], np.int64),
            ways_on=_by_stage(self._ways_on, len(self.stages), keys),
            starts_on=_by_stage(self._starts_on, len(self.stages), keys),
            truth=truth,
            reach=np.array([[self._reaches(e.pathway, told) for told in self.parties.all[: self.declared]] for e in self.editions],
                           np.uint8).reshape(editions, self.declared, self.declared + 1),
            level=self._of_party(lambda pathway, party: _level(pathway, party), np.int64),
            bound=self._of_party(lambda pathway, party: self.units(pathway.units.get(party)), np.int64),
            residence=self._of_party(lambda pathway, party: self.facts(_residence(pathway, party)), np.int64),
            fact_day=fact_day,
            fact_at=fact_at,
            day_start=days.start,
            worked=days.worked,
            work_day=days.work_day,
            month=days.month,
            month_start=days.month_start,
            clocks=np.array(clocks, np.int64),
            sizes=np.array([keys, self.declared, receipts], np.int64),
        )  # fmt: skip

    def _key_record(self, key: str) -> _Record:
        name, _, phase = key.rpartition(" ")
        pathway = self.compiled.pathway
        message = name in pathway.messages
        if not name or not (message or any(name in edition.pathway.resources for edition in self.editions)):
            name, phase = key, ""
        return {
            "phase": shape.PHASES.index(phase or None), "message": message,
            "sending": self.keys(f"{name} sent") if message else -1, "ended": key.endswith(" ended"), "deviation": key == DEVIATION,
            "entering": key in self.compiled.entering, "name": self.resources(name),
        }  # fmt: skip

    def _dispatched(self, names: Sequence[str], editions: int) -> Any:
        keys = len(names)
        found = np.zeros(keys * editions, shape.DISPATCH)
        found["recognised"] = -1
        for (edition, key), record in self._dispatch.items():
            target = found[edition * keys + key]
            for name, value in record.items():
                target[name] = value
                target["concerns"] |= _FLAGS.get(name, 0)
        for edition in range(editions):
            for key, name in enumerate(names):
                found[edition * keys + key]["concerns"] |= shape.F_ENDED if name.endswith(" ended") else 0
        return found

    def _reaches(self, pathway: Pathway, told: str) -> list[int]:
        """What went to a party went to itself and to all that it is a part of."""
        above: set[str] = set()
        party: str | None = told
        while party is not None and party not in above:
            above.add(party)
            declared = pathway.parties.get(party)
            party = declared.part_of if declared else None
        return [0, *(party in above for party in self.parties.all[: self.declared])]

    def _of_party(self, ask: Any, kind: Any) -> Any:
        found = [[ask(edition.pathway, party) for party in self.parties.all[: self.declared]] for edition in self.editions]
        return np.array(found, kind).reshape(len(self.editions), self.declared)


class _Edition:
    """Lowers one edition into the lists of the whole."""

    def __init__(self, whole: Lowered, number: int, edition: Compiled) -> None:
        self.whole, self.number, self.edition = whole, number, edition
        self.program = whole._programs.of(number)
        self.watch0 = len(whole._watches)
        self.way0 = len(whole._rows["ways"])

    def lower(self) -> None:
        edition, whole = self.edition, self.whole
        whole._watches += [self.program(condition) for condition in edition.turning]
        for rule in edition.rules:
            whole._rows["rules"].append(self._rule(rule))
        for way in edition.transitions:
            whole._rows["ways"].append(self._way(way))
        for stage in edition.pathway.stages.values():
            times = self._list(self.way0 + index for index in edition.by_time.get(stage.name, ()))
            record = {
                "edition": self.number,
                "party": whole.parties(stage.party),
                "end": stage.end,
                "name": whole.said(stage.name),
            }
            lists = _pairs(rules=self._rules(edition.in_force.get(stage.name, ())), times=times)
            whole._rows["stages"].append(record | lists)
        entry0, exit0 = len(whole._rows["entries"]), len(whole._rows["exits"])
        for entry, written in zip(edition.entries, edition.pathway.enters, strict=True):
            back, back_n = _duration(entry.looking_back)
            whole._rows["entries"].append(
                {"stage": self._stage(entry.stage), "when": self.program(written.when), "back": back, "back_n": back_n}
            )
        whole._rows["exits"] += [{"when": self.program(leave.when)} for leave in edition.pathway.leaves]
        cost0 = len(whole._rows["costs"])
        whole._rows["costs"] += [
            cost_record(cost, edition.pathway, whole.keys, self._stage, self.program) for cost in edition.pathway.costs
        ]
        whole._rows["editions"].append(self._record(entry0) | {"costs0": cost0, "costs1": len(whole._rows["costs"])})
        self._concerns(entry0, exit0)

    def _record(self, entry0: int) -> _Record:
        edition = self.edition
        since, until = _period(edition.valid)
        dated = dict.fromkeys(rule for rules in edition.date_anchors.values() for rule in rules)
        return dict(
            applies=self.program(edition.pathway.applies_when), adaptation=edition.pathway.adaptation is not None, since=since,
            until=until, watched0=self.watch0, watched1=len(self.whole._watches), entries0=entry0,
            entries1=entry0 + len(edition.entries),
            **_pairs(
                unsuited=self._list([self.program(case.when) for case in edition.pathway.unsuited]),
                goals=self._rules(edition.goals.values()), watching=self._rules(edition.watching),
                everywhere=self._rules(edition.in_force[None]), dates=self._rules(dated),
                beneath=self._rules(rule for rule in edition.rules if rule.beneath and rule.ends_with_stage),
                needs=self._rules(rule for rule in edition.rules if rule.rule.kind == "need"),
            ),
        )  # fmt: skip

    def _concerns(self, entry0: int, exit0: int) -> None:
        """By key, what an event concerns."""
        edition, keys = self.edition, self.whole.keys
        for name in ("meets", "raises", "before", "decides", "holds"):
            for key, rules in getattr(edition, name).items():
                self._note(key, name, self._rules(rules))
        for key, gone in edition.undone.items():
            self._note(key, "undone", self._keys(gone))
        for name, first, those in (
            ("entries", entry0, [entry.keys for entry in edition.entries]),
            ("exits", exit0, [way.keys for way in edition.exits]),
        ):
            for key in dict.fromkeys(key for those_keys in those for key in those_keys):
                self._note(key, name, self._list(number for number, own in enumerate(those, first) if key in own))
        for key, stage in edition.recognised.items():
            self.whole._dispatch.setdefault((self.number, keys(key)), {})["recognised"] = self._stage(stage)
        for way in edition.transitions:
            for key in way.after_keys:
                self.whole._dispatch.setdefault((self.number, keys(key)), {})["after"] = 1
        for (stage, key), ways in edition.on_event.items():
            self.whole._ways_on[self._stage(stage), keys(key)] = self._counted([self.way0 + index for index in ways])
        for (stage, key), starts in edition.starts.items():
            self.whole._starts_on[self._stage(stage), keys(key)] = self._counted([self._start(start) for start in starts])

    def _note(self, key: str, name: str, pair: tuple[int, int]) -> None:
        self.whole._dispatch.setdefault((self.number, self.whole.keys(key)), {}).update(_pairs(**{name: pair}))

    def _rule(self, compiled: CompiledRule) -> _Record:
        rule, timing, whole = compiled.rule, compiled.rule.timing, self.whole
        message = self.edition.pathway.messages.get(rule.message or "")
        contains = message.contains if message else ()
        bits = whole.bits.get(rule.message or "", {})
        resource, frequency = rule.resource, rule.frequency
        receipt = rule.receipt or message.receipt if message else None
        anchor = timing.anchor if timing else None
        own = self._timing(compiled, timing)
        counted = [f"{resource} delivered"] if rule.kind == "need" else sorted(compiled.meets)
        lists = _pairs(
            deviate=self._list([self.program(case.when) for case in rule.may_deviate]),
            receivers=self._list(whole.parties(party) for party in rule.receivers),
            variants=self._list(self._variants(compiled)),
            meets=self._keys(sorted(compiled.meets)),
            raised=self._keys(compiled.raised_by),
            counted=self._keys(counted),
            elements=self._list([part for each in contains for part in (bits[each.name], self.program(each.when))]),
            basis=self._list(self._basis(compiled)),
            holds=self._list(whole.keys(key) for hold in compiled.holds for key in hold),
        )
        return lists | {
            "edition": self.number, "index": compiled.index, "kind": shape.KINDS.index(rule.kind), "beneath": compiled.beneath,
            "stage": -1 if compiled.stage is None else self._stage(compiled.stage), "staying": compiled.staying,
            "pick_latest": compiled.pick_latest, "watch": -1 if compiled.watch is None else self.watch0 + compiled.watch,
            "reached": -1 if compiled.reached is None else self.watch0 + compiled.reached, "before": whole.keys(compiled.before),
            "receipt_before": whole.keys(compiled.receipt_before), "answer_before": whole.keys(compiled.answer_before),
            "until": whole.keys(compiled.until), "decides": compiled.decides is not None, "when": self.program(rule.when),
            "sender": whole.parties(rule.sender), "by": whole.parties(rule.by),
            "frequency": -1.0 if frequency is None else frequency.amount,
            "minutes": {"times": 0, "minutes": 1, "hours": 60}[frequency.unit] if frequency else 0, "whole_stage": rule.whole_stage,
            "ends_with_stage": compiled.ends_with_stage, "timing": own,
            "again": ("first", "each", "latest").index(timing.repeat) if timing else 0,
            "receipt": self._timing(compiled, receipt, reply=True), "answer": self._timing(compiled, rule.answer, reply=True),
            "answer_fact": whole.facts(rule.answer_fact), "received_before": rule.received_before is not None,
            "all_elements": sum(1 << bits[name] for name in compiled.all_elements), "breaks": rule.breaks,
            "part_breaks": not rule.measured and not rule.standing.proposed,
            "anchor_fact": whole.facts(anchor.fact) if anchor else -1,
            "level": LEVELS.index(rule.level) if rule.level in LEVELS else -1,
            "started": whole.keys(resource and f"{resource} started"), "ended": whole.keys(resource and f"{resource} ended"),
            "resource": whole.resources(resource), "every": timing is not None and timing.every is not None,
            "name": whole.said(rule.name), "label": whole.said(rule.label), "warn": _duration(rule.warn_after)[0],
            "warn_n": _duration(rule.warn_after)[1],
        }  # fmt: skip

    def _variants(self, compiled: CompiledRule) -> list[int]:
        """From, until and limit of each of the rule's variants."""
        found: list[int] = []
        own = compiled.rule.timing
        for variant in compiled.rule.variants:
            timing = variant.timing
            if timing is not None and timing.anchor is None and own is not None:  # it changes the number only
                timing = timing.model_copy(update={"anchor": own.anchor, "repeat": own.repeat})
            found += [*_period(variant.period), self._timing(compiled, timing)]
        return found

    def _timing(self, compiled: CompiledRule, timing: Timing | None, *, reply: bool = False) -> int:
        if timing is None:
            return -1
        upper, lower, every = (_duration(limit) for limit in (timing.upper, timing.lower, timing.every))
        not_before = None if timing.not_before is None else event_key(timing.not_before, self.edition.pathway)
        self.whole.timings.append(timing)
        self.whole._rows["timings"].append(
            {
                "either": timing.look == "either", "upper": upper[0], "upper_n": upper[1], "lower": lower[0], "lower_n": lower[1],
                "same_day": timing.same_day, "clock": self.whole._clocks(timing.clock.isoformat() if timing.clock else None),
                "before": -1 if reply else self.whole.keys(compiled.before_in(timing, "main")),
                "not_before": self.whole.keys(not_before), "promptly": timing.promptly, "every": every[0], "every_n": every[1],
                "precise": is_elapsed(timing),
            }
        )  # fmt: skip
        return len(self.whole.timings) - 1

    def _basis(self, compiled: CompiledRule) -> list[int]:
        """Kind, from, to, unit and amount of each thing that a decision needs."""
        found: list[int] = []
        for basis in compiled.rule.basis:
            age = _duration(basis.max_age)
            if basis.kind == "fact":
                found += [shape.B_FACT, self.whole.facts(basis.name), -1, *age]
            elif basis.kind == "event":
                found += [shape.B_EVENT, self.whole.keys(basis.name), -1, *age]
            else:
                carriers = self.edition.carriers[basis.name]
                keys = self._keys(f"{carrier} {phase}" for carrier in carriers for phase in MESSAGE_PHASES)
                found += [shape.B_MESSAGE, *keys, *age]
        return found

    def _way(self, way: CompiledTransition) -> _Record:
        after, after_n = _duration(way.after)
        transition = way.transition
        return dict(
            target=-1 if transition.target is None else self._stage(transition.target), after=after, after_n=after_n,
            when=self.program(transition.when), otherwise=transition.otherwise,
            staying=-1 if way.staying is None else self.whole.rule_number[way.staying],
            **_pairs(
                anchors=self._keys(way.after_keys), rules=self._rules(way.rules),
                starts=self._list([self._start(start) for start in way.starts]),
            ),
        )  # fmt: skip

    def _start(self, start: CompiledStart) -> int:
        whole = self.whole
        if start not in whole._starts:
            record = {"pathway": whole.started(start.start.pathway), "when": self.program(start.start.when)}
            whole._starts[start] = len(whole._rows["starts"])
            whole._rows["starts"].append(record | _pairs(rules=self._rules(start.rules)))
        return whole._starts[start]

    def _stage(self, name: str) -> int:
        return self.whole._stage_number[self.number, name]

    def _rules(self, rules: Iterable[CompiledRule]) -> tuple[int, int]:
        return self._list(self.whole.rule_number[rule] for rule in rules)

    def _keys(self, keys: Iterable[str]) -> tuple[int, int]:
        return self._list([self.whole.keys(key) for key in keys])

    def _list(self, numbers: Iterable[int]) -> tuple[int, int]:
        """A list in the pool. (Worked out first: programs go into the pool too.)"""
        those = list(numbers)
        first = len(self.whole._pool)
        self.whole._pool += those
        return first, len(self.whole._pool)

    def _counted(self, numbers: Sequence[int]) -> int:
        """Where a list stands after its length."""
        return self._list([len(numbers), *numbers])[0]


def _pairs(**lists: tuple[int, int]) -> _Record:
    return {f"{name}{end}": pair[end] for name, pair in lists.items() for end in (0, 1)}


def _duration(span: Duration | None) -> tuple[int, int]:
    return (-1, 0) if span is None else (shape.UNITS.index(span.unit), span.amount)


def _period(period: Period) -> tuple[int, int]:
    since = -1 if period.start is None else number_of(period.start)
    return since, 2**30 if period.end is None else number_of(period.end)


def _level(pathway: Pathway, party: str) -> int:
    declared = pathway.parties.get(party)
    return LEVELS.index(declared.level) if declared and declared.level in LEVELS else -1


def _residence(pathway: Pathway, party: str) -> str | None:
    declared = pathway.parties.get(party)
    return declared.residence if declared else None


def _by_stage(found: Mapping[tuple[int, int], int], stages: int, keys: int) -> Any:
    table = np.full((stages, keys), -1, np.int64)
    for (stage, key), place in found.items():
        table[stage, key] = place
    return table


def _fact_days(values: Mapping[int, Sequence[Value]], facts: int) -> tuple[Any, Any]:
    """The day of each value that is a date."""
    days: list[int] = []
    places = []
    for fact in range(facts):
        places.append(len(days))
        days += [0, *(number_of(value) if isinstance(value, date) else 0 for value in values.get(fact, ()))]
    return np.array([*days, 0], np.int64), np.array([*places, 0], np.int64)


def _element_bits(editions: Sequence[Compiled]) -> dict[str, dict[str, int]]:
    """By message, the bit of each element. Messages that replace each other share theirs: their elements add up (O7)."""
    bits: dict[str, dict[str, int]] = {}
    for edition in editions:
        for message, carriers in edition.carriers.items():
            family = dict.fromkeys((message, *carriers))
            shared: dict[str, int] = {}
            for member in family:
                for name in bits.get(member, {}):
                    shared.setdefault(name, len(shared))
                for element in edition.pathway.messages[member].contains:
                    shared.setdefault(element.name, len(shared))
            replaced = [bits[member] for member in family if member in bits]
            for name in [name for name, own in bits.items() if any(own is other for other in replaced)]:
                bits[name] = shared
            bits |= dict.fromkeys(family, shared)
    return bits
