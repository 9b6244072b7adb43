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
_BED = [None, "requested", "started", "started", "started", "delivered", "delivered", "ended", "ended", "ended", "refused"]
KINDS: dict[str, list[dict[str, Any]]] = {
    "event": _each(name=[*EVENTS[:4] * 2, *EVENTS[4:], "stop", "go", "undo_a"], party=[None, None, "p", "q"], facts=_FACTS, unit=_UNITS),
    "date": [
        *_each(name=[*EVENTS[:4], *EVENTS[:4], "stop", "go"], date_only=[True], unit=_UNITS),
        *_each(name=["letter"], phase=["sent", "received", "acknowledged"], receiver=[None, *PARTIES, "ward"], date_only=[True]),
        *_each(name=["bed"], phase=["started"], date_only=[True]),
    ],
    "message": _each(
        name=["letter"] * 3 + ["note"], phase=_PHASES, elements=[None, ("m",), ("n",), ("m", "n")],
        sender=["p", "p", "q", "ward", "elsewhere", None, None],
        receiver=[None, None, *PARTIES, *PARTIES, "ward", "elsewhere"], unit=_UNITS,
    ),
    "bed": _each(
        name=["bed", "bed", "bed", "bed", "aid"], phase=_BED, party=[None, *PARTIES, "elsewhere"], sender=[None, None, "p"],
        amount=_AMOUNTS, unit=_UNITS,
    ),
    "deviation": _each(
        name=[DEVIATION], deviation=["one_0", "two_0", "everywhere_0", "said one_0", "said two_0", None, *STAGES], because=["agreed"],
        cause=[None, "capacity"], unit=_UNITS,
    ),
}  # fmt: skip
"""What an event says beside when."""
_kinds = st.sampled_from(["event"] * 11 + ["message"] * 6 + ["bed"] * 6 + ["date"] * 4 + ["deviation"] * 2)
_TIMES = [(0, None)] * 9 + [(1, None), (4, None), (None, None), (0, 1), (0, 20), (4, 1)]
"""How many steps after it occurred an event is recorded (or nobody says), and after how many more it is retracted."""
_NARROW: Any = st.sampled_from([*[{}] * 7, {"c": "a", "d": "b"}, {"b": "a", "d": "c"}, {"a": "b", "c": "d"}])
"""What is told instead: in some logs little happens, but again and again."""


_said = {kind: st.integers(0, len(said) - 1).map(said.__getitem__) for kind, said in KINDS.items()}
_times = st.sampled_from(_TIMES)
_steps, _days, _places = st.integers(0, 40), st.integers(0, 9), st.integers(0, 5)
_version = st.sampled_from(["id", "root"])
_untils = st.sampled_from([None, 0, 2, 8])
_told: Any = st.sampled_from([{}, {"s": "mild"}, {"s": "severe"}])
_many = st.sampled_from([3, 8, 16, 24, 32]).flatmap(lambda most: st.integers(most // 3, most))


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of one patient, in the order drawn, which is not that of time."""
    found: list[Event] = []
    sent: list[str] = []
    instead = draw(_NARROW)
    for number in range(draw(_many)):
        kind = draw(_kinds)
        said = draw(_said[kind])
        at = START + draw(_steps) * STEP
        if kind == "date":
            at = calendar_for("Europe/Oslo", "NO").start(date(2026, 3, 27) + timedelta(days=draw(_days)))
        delay, kept = draw(_times)
        recorded = None if delay is None else at if kind == "date" else at + delay * STEP
        own = f"{number:02}"
        root = (own, None, f"{own} at first")[number % 3]  # an earlier version was corrected
        common: dict[str, Any] = {"id": own, "root": root, "patient": "someone", **said}
        common["name"] = instead.get(said["name"], said["name"])
        if kept is not None:  # retracted
            common["until"] = recorded + kept * STEP
        if kind == "message":
            if said["phase"] == "sent":
                sent.append(draw(st.sampled_from([own, root or own])))
            elif (place := draw(_places)) < len(sent):
                common["refers"] = sent[place]
            if said["phase"] == "answered":
                common["facts"] = draw(_told)
        if kind == "deviation":
            until = draw(_untils)
            common["deviation_until"] = None if until is None else at + until * STEP
        found.append(Event(**common, occurred=at, recorded=recorded))
    return found
