"""What a caller gives by hand, held against the pathway: names of events, facts and their values, parties, what is deviated from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from pathway.errors import EventsError
from pathway.events.event import DEVIATION
from pathway.events.mapping_file import deviable
from pathway.events.named import Likely, asking_contents, names_of
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES, Phase
from pathway.model.expressions import Value
from pathway.model.pathway import Fact, Pathway
from pathway.model.scope import nearest
from pathway.model.vocabulary import by_any_name, contents_known, parties_known, phase_of


def known_event(event: str, pathway: Pathway) -> tuple[str, Phase | None]:
    """An event's name and phase, by its name or an alias. Raises `EventsError` (PW515) for what the pathway does not declare."""
    told, _, word = event.strip().partition(" ")
    phase = phase_of(word)
    name = by_any_name(pathway.events, pathway.messages, pathway.resources).get(told, told)
    if not phase and name in pathway.events:
        return name, None
    if (name in pathway.messages and phase in MESSAGE_PHASES) or (name in pathway.resources and phase in RESOURCE_PHASES):
        return name, phase
    near = name if name in pathway.events else Likely(pathway, names_of(pathway)).to(event)
    if near in pathway.messages or near in pathway.resources:
        near += " sent" if near in pathway.messages else " delivered"
    raise EventsError("PW515", suggestion=near, name=event)


def known_facts(facts: Mapping[str, Any], pathway: Pathway) -> dict[str, Value]:
    """Facts with values that they can have. Raises `EventsError` (PW516, PW517)."""
    names = by_any_name(pathway.facts)
    for name, value in facts.items():
        if name not in names:
            raise EventsError("PW516", suggestion=nearest(name, pathway.facts), name=name)
        wrong = _wanted(pathway.facts[names[name]], value)
        if wrong is not None:
            raise EventsError("PW517", name=name, value=value, wanted=wrong)
    return {names[name]: value for name, value in facts.items()}


def known_party(party: str | None, pathway: Pathway) -> str | None:
    """A party, by its name, an alias or a title. Raises `EventsError` (PW521) for what the pathway does not declare."""
    if party is None:
        return None
    parties = parties_known(pathway)
    found = parties.get(party)
    if found is None:
        raise EventsError("PW521", suggestion=parties.near(party), name=party)
    return found


def known_contents(contents: Iterable[str] | None, event: str, pathway: Pathway) -> tuple[str, ...] | None:
    """The contents of a message. Raises `EventsError` (PW640) for what no message is asked to contain, where this one is asked to
    contain something."""
    if contents is None:
        return None
    known = contents_known(pathway)
    found = []
    for told in contents:
        name = known.get(told)
        if name is None and event in asking_contents(pathway):
            wanted = ", ".join(element.name for element in pathway.messages[event].contains)
            raise EventsError("PW640", suggestion=known.near(told), name=told, message=event, known=wanted)
        found.append(name or told)
    return tuple(found)


def known_rule(name: str, pathway: Pathway) -> str:
    """A rule or a stage, which a deviation can speak of. Raises `EventsError` (PW522)."""
    known = deviable(pathway)
    if name not in known:
        raise EventsError("PW522", suggestion=nearest(name, known), name=name)
    return name


def knows(event_name: str, pathway: Pathway) -> bool:
    """Whether an event of the name can be told of in the pathway."""
    return event_name == DEVIATION or any(
        event_name in group for group in (pathway.events, pathway.messages, pathway.resources)
    )


def _wanted(fact: Fact, value: Any) -> dict[str, str] | None:
    """What a fact's value must be, in words, when this one is not."""
    kind = fact.type
    match kind.kind:
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return {"en": "a number", "nb": "et tall", "nn": "eit tal"}
            low, high = kind.minimum, kind.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                shown = partial("{:g}".format)
                least, most = ("…" if end is None else shown(end) for end in (low, high))
                return {
                    "en": f"from {least} to {most}", "nb": f"fra {least} til {most}", "nn": f"frå {least} til {most}"
                }  # fmt: skip
        case "one_of":
            if value not in kind.values:
                known = ", ".join(kind.values)
                return {"en": f"one of {known}", "nb": f"en av {known}", "nn": f"ein av {known}"}
        case "yes_no":
            if not isinstance(value, bool):
                return {"en": "`True` or `False`", "nb": "`True` eller `False`", "nn": "`True` eller `False`"}
        case "date":
            if not isinstance(value, date) or isinstance(value, datetime):
                return {"en": "a `date`", "nb": "en `date`", "nn": "ein `date`"}
        case "code" | "text":
            if not isinstance(value, str):
                return {"en": "a text", "nb": "en tekst", "nn": "ein tekst"}
    return None
