"""The shape of the kernel's tables: what is compiled of a pathway, what is read of a log, what is remembered, what comes out.

Few arrays of records rather than many columns: every array that a compiled function takes costs compiling time and registers.
Names are numbers: keys, parties, stages, rules and facts count from 0 over all editions of a pathway; -1 is none. Lists stand in
`Machine.pool`, as a first place and the one after the last.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

NEVER = -(2**62)
"""No instant."""
FAR = 2**62
"""An instant that never comes."""

# Outcomes, in the order of `records.OUTCOMES`.
WAITING, MET, LATE, MISSING, EXCUSED, LAPSED, CANCELLED, UNDETERMINED, NOT_JUDGED = range(9)
# Subtypes, in the order of `records.SUBTYPES`.
(
    S_LATE, S_MISSING, S_EARLY, S_INCOMPLETE, S_MISDIRECTED, S_UNACKNOWLEDGED, S_UNANSWERED, S_STALE, S_UNINFORMED,
    S_INSUFFICIENT, S_REFUSED, S_WITHDRAWN, S_WRONG_LEVEL,
) = range(13)  # fmt: skip
# Parts, in the order of `records.PARTS`.
MAIN, RECEIPT, ANSWER, LEVEL = range(4)
# Kinds of rule.
KINDS = ("expect", "measure", "goal", "send", "decide", "look_up", "need")
EXPECT, MEASURE, GOAL, SEND, DECIDE, LOOK_UP, NEED = range(7)
# Units of time, and how an anchor that comes again is taken.
UNITS = ("minute", "hour", "day", "week", "month", "year", "working_day")
MINUTE, HOUR, DAY, WEEK, MONTH, YEAR, WORKING_DAY = range(7)
FIRST, EACH, LATEST = range(3)
# Phases: of none, of messages, of resources.
PHASES = (
    None, "sent", "received", "acknowledged", "answered", "rejected", "requested", "granted", "started", "delivered", "ended",
    "refused",
)  # fmt: skip
(
    NONE, SENT, RECEIVED, ACKNOWLEDGED, ANSWERED, REJECTED, REQUESTED, GRANTED, STARTED, DELIVERED, ENDED, REFUSED,
) = range(12)  # fmt: skip
FALSE, TRUE, UNKNOWN = range(3)
# What a condition's smallest parts ask, and the signs that join them (as negative numbers in a program).
A_FACT, A_KNOWN, A_HAPPENED, A_TOLD, A_COUNT, A_SINCE = range(6)
P_AND, P_OR, P_NOT = -1, -2, -3
# Places in `Machine.sizes`.
KEYS, DECLARED, RECEIPTS = range(3)
# What a decision needs.
B_FACT, B_EVENT, B_MESSAGE = range(3)
# Kinds of indicator, and what counts once.
I_COUNT, I_SUM, I_MEDIAN = range(3)
PER_EVENT, PER_PATIENT, PER_EPISODE = range(3)

N, L, D, B = np.int32, np.int64, np.float64, np.uint8


def record(**fields: Any) -> np.dtype[Any]:
    return np.dtype(list(fields.items()), align=True)


KEY = record(phase=N, message=B, sending=N, ended=B, deviation=B, entering=B, name=N)
"""An event's key: its phase, the key of its sending (messages), the number of its name."""
# What an event concerns, as bits.
F_RAISES, F_BEFORE, F_DECIDES, F_HOLDS, F_UNDONE, F_EXITS, F_RECOGNISED, F_AFTER, F_ENDED = (1 << n for n in range(9))
DISPATCH = record(
    concerns=N, meets0=N, meets1=N, raises0=N, raises1=N, before0=N, before1=N, decides0=N, decides1=N, holds0=N, holds1=N,
    undone0=N, undone1=N, entries0=N, entries1=N, exits0=N, exits1=N, recognised=N, after=B,
)  # fmt: skip
"""By edition and key: what an event concerns."""
EDITION = record(
    applies=N, adaptation=B, since=N, until=N, entries0=N, entries1=N, unsuited0=N, unsuited1=N, watched0=N, watched1=N,
    goals0=N, goals1=N, watching0=N, watching1=N, everywhere0=N, everywhere1=N, beneath0=N, beneath1=N, needs0=N, needs1=N,
    dates0=N, dates1=N, costs0=N, costs1=N,
)  # fmt: skip
STAGE = record(edition=N, party=N, end=B, rules0=N, rules1=N, times0=N, times1=N, name=N)
RULE = record(
    edition=N, index=N, kind=N, stage=N, beneath=B, staying=B, pick_latest=B, watch=N, reached=N, before=N, receipt_before=N,
    answer_before=N, until=N, decides=B, when=N, deviate0=N, deviate1=N, receivers0=N, receivers1=N, sender=N, by=N,
    frequency=D, minutes=D, whole_stage=B, ends_with_stage=B, again=N, timing=N, variants0=N, variants1=N, receipt=N, answer=N,
    answer_fact=N, received_before=B, meets0=N, meets1=N, raised0=N, raised1=N, counted0=N, counted1=N, elements0=N, elements1=N,
    all_elements=L, breaks=B, part_breaks=B, anchor_fact=N, level=N, started=N, ended=N, resource=N, basis0=N, basis1=N,
    holds0=N, holds1=N, every=B, name=N, label=N, warn=N, warn_n=N,
)  # fmt: skip
TIMING = record(
    either=B, upper=N, upper_n=N, lower=N, lower_n=N, same_day=B, clock=N, before=N, not_before=N, promptly=B, every=N, every_n=N,
    precise=B,
)  # fmt: skip
WAY = record(target=N, after=N, after_n=N, anchors0=N, anchors1=N, when=N, otherwise=B, rules0=N,
              rules1=N, starts0=N, starts1=N, staying=N)  # fmt: skip
ENTRY = record(stage=N, when=N, back=N, back_n=N)
EXIT = record(when=N)
START = record(pathway=N, when=N, rules0=N, rules1=N)
COST = record(start=N, end=N, stage=N, when=N)
INDICATOR = record(
    kind=N, per=N, out_of=N, after=N, event=N, start=N, end=N, within=N, within_n=N, hours=B, of_start=B, of_end=B,
)  # fmt: skip
"""`of_start`, `of_end`: whether the denominator is the event that a span begins or ends with."""
ATOM = record(kind=N, fact=N, key=N, table=N, op=N, unit=N, amount=N, number=D)


class Machine(NamedTuple):
    """A pathway and its editions in numbers. `reach[e, told + 1, party + 1]` says whether what went to one went to the other."""

    keys: Any
    dispatch: Any
    editions: Any
    stages: Any
    rules: Any
    timings: Any
    ways: Any
    entries: Any
    exits: Any
    starts: Any
    costs: Any
    indicators: Any
    """Of the pathway that was loaded, whatever edition is in force."""
    watches: Any
    """The programs of the watched conditions."""
    atoms: Any
    pool: Any
    ways_on: Any
    """By stage and key: where in the pool the transitions to try stand, after their number; -1 for none."""
    starts_on: Any
    truth: Any
    """What an atom makes of each value of its fact, from its `table` on: the first place is for unknown."""
    reach: Any
    level: Any
    """By edition and party: its level from 0 up; -1 outside the order."""
    bound: Any
    """By edition and party: the unit bound to it; -1."""
    residence: Any
    """By edition and party: the fact that says which unit it is; -1."""
    fact_day: Any
    """Of date facts, from `fact_at[fact]` on: the day number of each value; the first place is for unknown."""
    fact_at: Any
    day_start: Any
    """The first instant of each local day, from `DAY_ZERO` on."""
    worked: Any
    """How many working days there have been up to and with each day."""
    work_day: Any
    """The day number of the n-th working day (from 1)."""
    month: Any
    """The number of the month of each day."""
    month_start: Any
    clocks: Any
    """By clock time: its instant on each day."""
    sizes: Any
    """How many keys there are, how many parties are declared, and whether the source has receipts."""


EXTRA = record(
    date=B, has_elements=B, sender=N, receiver=N, party=N, unit=N, elements=L, amount=D, id=N, root=N, refers=N, recorded=L,
    deviation=N, because=B, cause=B, until=L, facts0=L, facts1=L,
)  # fmt: skip
BEGUN = record(row=L, at=L, by=N)


class Events(NamedTuple):
    """The visible events of many patients, in order within each (E3)."""

    start: Any
    """Where each patient's events begin; one more than there are patients."""
    at: Any
    key: Any
    extra: Any
    """More of each event; empty where a log says no more than what and when."""
    fact: Any
    value: Any
    """Facts and their values, from `facts0` to `facts1` of an event. Values count from 1 by fact; 0 is unknown."""
    row: Any
    """Where each event stood before it was put in this pathway's order; empty where that is the same."""
    begun_start: Any
    begun: Any
    """How other pathways started this one, by patient."""


OBLIGATION = record(
    rule=N, part=B, outcome=B, unknown=B, broken=B, has_break=B, reached=B, removed=B, subtype=B, receiver=N,
    episode=N, stage=N, anchor=N, turn=N, timing=N, party=N, closed_by=N, seen0=N, seen1=N, next_live=N, next_owed=N,
    anchored_at=L, anchored_high=L, raised_at=L, lower=L, due=L, sure=L, met_at=L, decided_at=L, broken_at=L, closed_at=L, unit=L,
    short=D, got=D, elements=L, lacking=L, stale=L,
)  # fmt: skip
"""What is remembered of an obligation while its patient is followed."""
S = np.int32
OWED = record(
    patient=S, rule=S, receiver=S, episode=S, stage=S, anchor=S, turn=S, part=B, outcome=B, anchored_at=L, due=L, met_at=L,
    decided_at=L, risk=L,
)  # fmt: skip
"""What comes out of it."""
BROKEN = record(
    of=S, timing=S, party=S, closed_by=S, explained=S, cause=S, seen0=S, seen1=S, waits0=S, waits1=S, subtype=B, lower=L,
    closed_at=L, unit=L, short=D, got=D, lacking=L, stale=L, held=L,
)  # fmt: skip
"""What comes out of a broken one besides: `of` is its number among those that are owed."""
EPISODE = record(
    patient=N, edition=N, number=N, entered_by=N, stage=N, individual=N, started_by=N, left_by=N, left=N, jumps=N, first=N,
    last=N, stays0=L, stays1=L, ended_at=L, uncertain=L,
)  # fmt: skip
STAY = record(since=L, stage=N, party=N)
NODE = record(place=N, next=N)
HELD = record(episode=N, clause=N, start=L, end=L, next=N)
PENDING = record(at=L, way=N, place=N)
WAIT = record(party=N, time=L)
"""Microseconds waited under a party."""
BEGAN = record(patient=N, pathway=N, row=L, at=L)
DEVIATED = record(of=S, place=S)
"""The deviation that excused or explains what is owed, by its number among that; -1 where the rule foresees it."""
PAID = record(patient=N, cost=N, episode=N, place=N, started=L, ended=L, day=N, days=N, owed=B, next=N)
"""Days that cost, from a local day on. `owed`: whether they are for this patient."""
COUNTED = record(patient=N, indicator=N, place=N, value=D, known=B, times=N)
"""What an event came to in an indicator; unless `known`, that cannot be observed in full yet."""
COUNTS = record(entry_unknown=L, adaptation_unknown=L, out_of_force=L, repeated=L)
ABOUT_RULE = record(live0=N, live1=N, owed0=N, owed1=N, anchors_of=N, anchors0=N, anchors1=N, taken=N, held0=N, held1=N)
WATCHED = record(value=B, of=N, turned0=N, turned1=N)
ENDS = record(episode=N, rule=N, place=N)

SCALARS = record(
    now=L, next=L, patient=N, first=L, rows=N, placed=N, ended=N, current=N, edition=N, full=B, over=B,
    obligations=L, owed=L, broken=L, bearing=L, episodes0=L, episodes=L, stays=L, seen=L, held=L,
    nodes=N, alive=N, unknown=N, deviations=N, waits=L,
    pending=N, decided=N, withdrawn=N, leaving=N, ended_n=N, fired=N, started=L, deviated=L, paid=L,
    counted=L,
)  # fmt: skip


class Patient(NamedTuple):
    """What is remembered of the patient who is being followed, and what came of all: `owed`, `broken`, `bearing`, `episodes`, `stays`,
    `waits`, `started`, `deviated`, `paid`, `counted` and `left` grow from patient to patient. A full array sets `full`, and
    the patient is begun again in a larger one."""

    v: Any
    last: Any
    """By key: the place of its latest event; -1."""
    earlier: Any
    """By place: the place of the event before it with the same key."""
    earlier2: Any
    """The same, by the key that it implies."""
    key2: Any
    """By place: the key of the sending that an event implies (E1); -1."""
    undone: Any
    fact: Any
    """By fact: the value known; 0 for none."""
    fact_place: Any
    rule: Any
    watched: Any
    nodes: Any
    alive: Any
    unknown: Any
    deviations: Any
    pending: Any
    decided: Any
    withdrawn: Any
    leaving: Any
    over: Any
    fired: Any
    unit: Any
    """By party: the unit that its latest event came from; -1."""
    used: Any
    """By edition: the number of the first episode under it; 0 for none."""
    found: Any
    found2: Any
    found3: Any
    stack: Any
    obligations: Any
    seen: Any
    """The events that bore on each obligation, as chains."""
    owed: Any
    broken: Any
    bearing: Any
    """The places of the events that bore on what was broken, but for the one that closed it."""
    episodes: Any
    stays: Any
    held: Any
    waits: Any
    started: Any
    deviated: Any
    paid: Any
    counted: Any
    undoer: Any
    """By place: the place of the first event that undid it, known when all has been followed; -1."""
    undoing: Any
    """By key, while that is found: the place of the event that undid it."""
    left: Any
    """By row: 0 for an event that was taken up, else 1 and the stage (0 for none) in which it changed nothing (E7)."""
    counts: Any


ROW = record(limit=S, lacking=S, stale=S, got=S, required=S, end=S, pathway=S, rule=S)
"""By break, the pieces of its evidence, and of what identifies it, that are known beforehand; -1 for none."""


class Texts(NamedTuple):
    """What the texts of breaks are made of, and where they are written: all of it as bytes of UTF-8."""

    owed: Any
    broken: Any
    bearing: Any
    waits: Any
    rows: Any
    pieces: Any
    piece: Any
    """Where each piece begins; one more than there are pieces."""
    sizes: Any
    """The number of the piece of the first key, and of the first party (none)."""
    order: Any
    """The row of each event; empty where they stand in the kernel's order."""
    dated: Any
    """By row: whether only the day is known; empty where all times are known."""
    ids: Any
    """The ids of all rows, one after the other."""
    id: Any
    """Where the id of each row begins."""
    patients: Any
    patient: Any
    out: Any
    end: Any
    """Where the text of each break ends."""
    breaks: Any
    """The id of each break: so many letters each."""
    message: Any
    """What is digested."""
    words: Any
    rounds: Any


def fields_of(table: type[Any], **kinds: Any) -> dict[str, tuple[Any, int]]:
    """By field of a table: its kind of number, and in how many directions it goes."""
    return {name: kind if isinstance(kind, tuple) else (kind, 1) for name in table._fields for kind in (kinds.get(name, L),)}


MACHINE_FIELDS = fields_of(
    Machine, keys=KEY, dispatch=DISPATCH, editions=EDITION, stages=STAGE, rules=RULE, timings=TIMING, ways=WAY, entries=ENTRY,
    exits=EXIT, starts=START, costs=COST, indicators=INDICATOR,
    atoms=ATOM, ways_on=(L, 2), starts_on=(L, 2), truth=B, reach=(B, 3), level=(L, 2), bound=(L, 2),
    residence=(L, 2), clocks=(L, 2),
)  # fmt: skip
EVENTS_FIELDS = fields_of(Events, extra=EXTRA, begun=BEGUN)
PATIENT_FIELDS = fields_of(
    Patient, v=SCALARS, undone=B, rule=ABOUT_RULE, watched=WATCHED, nodes=NODE, pending=PENDING, decided=ENDS, withdrawn=ENDS,
    stack=B, obligations=OBLIGATION, owed=OWED, broken=BROKEN, bearing=S,
    episodes=EPISODE, stays=STAY, seen=NODE, held=HELD, waits=WAIT, started=BEGAN, deviated=DEVIATED,
    paid=PAID, counted=COUNTED, left=np.int16, counts=COUNTS,
)  # fmt: skip
TEXTS_FIELDS = fields_of(
    Texts, owed=OWED, broken=BROKEN, bearing=S, waits=WAIT, rows=ROW, pieces=B, dated=B, ids=B, id=S, patients=B, patient=S, out=B,
    breaks=B, message=B, words=np.uint64, rounds=(L, 2),
)  # fmt: skip
