"""Logs of a patient drawn at random: often long, so that the same thing comes again while it is still owed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st

from pathway.events.event import DEVIATION, Event
from pathway.model.calendar import calendar_for
from tests.drawn.world import EVENTS, PARTIES, STAGES, START, STEP

_FACTS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"x": 0}, {"x": 1}, {"x": 2}, {"x": 3}, {"s": "mild"}, {"s": "severe"}, {"f": True}, {"f": False},
    {"day": date(2026, 3, 28)}, {"day": date(2026, 4, 2)}, {"x": 2, "s": "moderate"},
)  # fmt: skip
_UNITS = (None, None, None, "here", "there")
_AMOUNTS = (None, 30.0, 90.0, 200.0)


def _each(**values: Any) -> list[dict[str, Any]]:
    """Everything that can be said with these values of these fields."""
    return [dict(zip(values, each, strict=True)) for each in product(*values.values())]


_PHASES = ["sent"] * 3 + ["received"] * 2 + ["acknowledged", "answered", "rejected"]
_BED = [None, "requested", "requested", "started", "started", "delivered", "ended", "ended", "refused"]
KINDS: dict[str, list[dict[str, Any]]] = {
    "event": _each(name=[*EVENTS[:4] * 2, *EVENTS[4:], "stop", "go", "undo_a"], party=[None, None, "p", "q"], facts=_FACTS, unit=_UNITS),
    "date": [
        *_each(name=EVENTS[:4], date_only=[True], unit=_UNITS),
        *_each(name=["letter"], phase=["sent", "received", "acknowledged"], receiver=[None, *PARTIES], date_only=[True]),
        *_each(name=["bed"], phase=["started"], date_only=[True]),
    ],
    "message": _each(
        name=["letter"] * 3 + ["note"], phase=_PHASES, elements=[None, ("m",), ("n",), ("m", "n")],
        sender=["p", "p", "q", "elsewhere", None, None],
        receiver=[None, None, *PARTIES, *PARTIES, "elsewhere"], unit=_UNITS,
    ),
    "bed": _each(name=["bed"], phase=_BED, party=[None, *PARTIES, "elsewhere"], amount=_AMOUNTS, unit=_UNITS),
    "deviation": _each(
        name=[DEVIATION], deviation=["one_0", "two_0", "everywhere_0", *STAGES], because=["agreed"], cause=[None, "capacity"],
        unit=_UNITS,
    ),
}  # fmt: skip
"""What an event says beside when."""
_kinds = st.sampled_from(["event"] * 12 + ["message"] * 6 + ["bed"] * 5 + ["date"] * 2 + ["deviation"])
_TIMES = [(0, None)] * 9 + [(1, None), (4, None), (0, 1), (0, 20), (4, 1)]
"""How many steps after it occurred an event is recorded, and after how many more it is retracted."""


_said = {kind: st.integers(0, len(said) - 1).map(said.__getitem__) for kind, said in KINDS.items()}
_times = st.sampled_from(_TIMES)
_steps, _days, _places = st.integers(0, 40), st.integers(0, 9), st.integers(0, 9)
_untils = st.sampled_from([None, 0, 2, 8])
_told: Any = st.sampled_from([{}, {"s": "mild"}, {"s": "severe"}])
_many = st.sampled_from([3, 8, 16, 24, 32]).flatmap(lambda most: st.integers(most // 3, most))


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of one patient, in the order drawn, which is not that of time."""
    found: list[Event] = []
    sent: list[str] = []
    for number in range(draw(_many)):
        kind = draw(_kinds)
        said = draw(_said[kind])
        at = START + draw(_steps) * STEP
        if kind == "date":
            at = calendar_for("Europe/Oslo", "NO").start(date(2026, 3, 27) + timedelta(days=draw(_days)))
        delay, kept = draw(_times)
        recorded = at if kind == "date" else at + delay * STEP
        common: dict[str, Any] = {"id": f"{number:02}", "root": f"{number:02}", "patient": "someone", **said}
        if kept is not None:  # retracted
            common["until"] = recorded + kept * STEP
        if kind == "message":
            if said["phase"] == "sent":
                sent.append(common["id"])
            elif (place := draw(_places)) < len(sent):
                common["refers"] = sent[place]
            if said["phase"] == "answered":
                common["facts"] = draw(_told)
        if kind == "deviation":
            until = draw(_untils)
            common["deviation_until"] = None if until is None else at + until * STEP
        found.append(Event(**common, occurred=at, recorded=recorded))
    return found
