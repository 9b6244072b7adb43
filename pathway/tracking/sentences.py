"""The sentence of a break: what a person can check against the record (O13). Made from the record and its evidence alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pathway.language.source import Language
from pathway.language.texts import texts_of
from pathway.model.base import Named
from pathway.model.calendar import to_datetime
from pathway.model.pathway import Pathway
from pathway.model.phrases import elapsed_text, event_text, limit_text, rule_text, unit_text
from pathway.model.rules import Rule
from pathway.tracking.records import BreakRecord

_END_OF_DAY = timedelta(microseconds=1)


def sentence(record: BreakRecord | Mapping[str, Any], pathway: Pathway, language: Language) -> str:
    """A break in words, with times local to the pathway. `record` is a `BreakRecord`, or a row of `breaks.parquet`."""
    row: Mapping[str, Any] = asdict(record) if is_dataclass(record) and not isinstance(record, type) else record
    rule = next((rule for rule in pathway.rules() if rule.name == row["rule"]), None)
    evidence = json.loads(row["evidence"])
    words = Words(pathway, language)
    values = words.values(row, rule, evidence)
    subtype = "wrong_level" if row["subtype"] in ("wrong level", "wrong_level") else row["subtype"]
    told = "incomplete_late" if subtype == "incomplete" and came_late(evidence) else subtype
    text: str = texts_of("sentences")[told][row["kind"]][language].format_map(values)
    if row["open"]:
        text += words.tail("open", values)
    elif subtype not in ("late", "early", "uninformed", "stale", "insufficient", "refused", "wrong_level") and row["closed_at"]:
        text += words.tail("later", values)
    if values["p"]:
        text += words.tail("answers", values)
    if row["explained"]:
        text += words.tail("explained", values)
    return text[:1].upper() + text[1:]


def came_late(evidence: Mapping[str, Any]) -> bool:
    """Whether nothing of a message had come when it was due."""
    if not evidence.get("seen") or "due" not in evidence:
        return False
    return datetime.fromisoformat(evidence["seen"][0]["at"]) > datetime.fromisoformat(evidence["due"])


class Words:
    """What sentences speak of, in one language: names, times, and the values of a break's sentence."""

    def __init__(self, pathway: Pathway, language: Language) -> None:
        self.pathway = pathway
        self.language: Language = language
        self.zone = ZoneInfo(pathway.time_zone)

    def tail(self, name: str, values: Mapping[str, str]) -> str:
        text: str = texts_of("sentences")["tail"][name][self.language]
        return text.format_map(values)

    def values(self, row: Mapping[str, Any], rule: Rule | None, evidence: Mapping[str, Any]) -> dict[str, str]:
        anchor = evidence.get("anchor") or {}
        seen = evidence.get("seen") or []
        names = [*evidence.get("lacking", ()), *evidence.get("stale", ())]
        party = self.pathway.parties.get(row["party"] or "")
        who = party.title(self.language) if party else row["party"] or ""
        unit = row["unit"] and unit_text(row["unit"], row["party"], self.pathway, self.language)
        values = {
            "o": rule_text(rule, self.pathway, self.language) if rule else row["rule"],
            "l": limit_text(rule, self.pathway, self.language) if rule else "",
            "a": event_text(anchor.get("event", ""), self.pathway, self.language),
            "at": self.time(row["anchored_at"], day=self._only_a_day(anchor, evidence)),
            "due": self.time(row["due_at"]),
            "closed": self.time(row["closed_at"]),
            "d": elapsed_text(row["delay_s"] or 0.0, self.language),
            "names": self.names(names, rule),
            "got": f"{evidence.get('got', 0):g}",
            "required": f"{evidence.get('required', 0):g}",
            "p": f"{who} ({unit})" if who and unit else who,
            "why": row["explained"] or "",
            "seen": self.time(datetime.fromisoformat(seen[0]["at"]), day="day" in seen[0]) if seen else "",
            "later": "",
        }
        if row["closed_at"] is not None:
            values["later"] = self.tail("given_later", values)
        return values

    def names(self, names: Iterable[str], rule: Rule | None) -> str:
        """The titles of what a rule lacked: contents of its message, or the messages, events and facts that a decision rests on."""
        message = self.pathway.messages.get(rule.message or "") if rule is not None else None
        known: dict[str, Named] = {**self.pathway.facts, **self.pathway.events, **self.pathway.messages}
        known |= {element.name: element for element in message.contains} if message is not None else {}
        return ", ".join((known.get(name) or Named(name=name)).title(self.language) for name in names)

    def _only_a_day(self, anchor: Mapping[str, Any], evidence: Mapping[str, Any]) -> bool:
        """Whether time is counted from something of which only the day is known: such an event, or a date fact."""
        return "day" in anchor or evidence.get("limit", {}).get("anchor") in self.pathway.facts

    def time(self, instant: Any, *, day: bool = False) -> str:
        """A local time as people write it. The end of a day is said as the day, and so is what is known by the `day` only."""
        if instant is None:
            return ""
        moment = to_datetime(instant) if isinstance(instant, int) else instant
        local = moment.astimezone(self.zone)
        date = f"{local:%Y-%m-%d}" if self.language == "en" else f"{local.day}.{local.month}.{local.year}"
        if day or (local + _END_OF_DAY).date() != local.date():
            return date
        return f"{date} {local:%H:%M}" if self.language == "en" else f"{date} kl. {local:%H:%M}"
