"""Logs of a patient drawn at random."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from pathway.events.event import DEVIATION, Event
from pathway.model.calendar import calendar_for
from tests.drawn.world import (
    EVENTS,
    PARTIES,
    STAGES,
    START,
    STEP,
)

DAYS = [{"day": date(2026, 3, 28)}, {"day": date(2026, 4, 2)}]
AMOUNTS = st.sampled_from([None, 30.0, 90.0, 200.0])


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of one patient, in the order drawn, which is not that of time."""
    found = []
    for number in range(draw(st.integers(4, 16) | st.integers(1, 4))):
        at = START + draw(st.integers(0, 40)) * STEP
        recorded = at + draw(st.sampled_from([0, 0, 1, 4])) * STEP
        common = {"id": f"{number:02}", "root": f"{number:02}", "patient": "someone", "occurred": at, "recorded": recorded}
        common["unit"] = draw(st.sampled_from([None, None, None, "here", "there"]))
        facts = draw(st.sampled_from([{}, {}, {}, {"x": 0}, {"x": 1}, {"x": 3}, {"s": "mild"}, {"s": "severe"}, *DAYS]))
        if draw(st.integers(0, 11)) == 0:  # retracted
            common["until"] = recorded + draw(st.sampled_from([1, 20])) * STEP
        match draw(st.sampled_from(["event"] * 6 + ["date", "message", "message", "bed", "deviation"])):
            case "event":
                common["party"] = draw(st.sampled_from([None, None, "p", "q"]))
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS)), facts=facts))
            case "date":
                day = calendar_for("Europe/Oslo", "NO").start(date(2026, 3, 27 + draw(st.integers(0, 4))))
                common |= {"occurred": day, "recorded": day}
                found.append(Event(**common, name=draw(st.sampled_from(EVENTS[:4])), date_only=True))
            case "message":
                phase = draw(st.sampled_from(["sent", "sent", "received", "acknowledged", "answered", "rejected"]))
                elements = draw(st.sampled_from([None, ("m",), ("n",), ("m", "n")]))
                to = draw(st.sampled_from([None, *PARTIES]))
                sender = draw(st.sampled_from(["p", "p", "q", None]))
                refers = draw(st.sampled_from([None, None, "00", "01"]))
                told = draw(st.sampled_from([facts, {"s": "mild"}, {"s": "severe"}])) if phase == "answered" else {}
                common |= {"sender": sender, "receiver": to, "refers": refers, "facts": told}
                found.append(Event(**common, name="letter", phase=phase, elements=elements))
            case "bed":
                phase = draw(st.sampled_from(["requested", "started", "delivered", "ended", "refused"]))
                found.append(
                    Event(
                        **common, name="bed", phase=phase, party=draw(st.sampled_from([None, *PARTIES])), amount=draw(AMOUNTS)
                    )
                )
            case "deviation":
                name = draw(st.sampled_from(["one_0", "two_0", "everywhere_0", *STAGES]))
                until = draw(st.none() | st.integers(0, 8).map(lambda steps, since=at: since + steps * STEP))
                found.append(Event(**common, name=DEVIATION, deviation=name, because="agreed", deviation_until=until))
    return found
