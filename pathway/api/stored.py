"""A patient's state as JSON, and back: under the same text of the pathway, or under a newer one after a checked migration (P7).

The state is the events: the story is a function of them. Beside them stands what was told when they were stored, so that a restoring
under another text can say what it changes before anybody relies on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pathway.api.given import knows
from pathway.api.patient import Patient
from pathway.errors import StateError
from pathway.events.settle import Version
from pathway.events.stored import event_from_json, event_to_json
from pathway.language.diagnostics import Diagnostic
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.model.scope import nearest
from pathway.model.vocabulary import vocabulary
from pathway.tracking.tell import Story, texts_of

FORMAT = 1
_NO_MEANING = (
    "titles", "aliases", "scenarios", "purpose", "owner", "dissents", "language", "accepted", "sources", "standing", "codes",
    "costs", "indicators", "bands", "changes",
)  # fmt: skip
"""What can change in a text without any patient's story changing (beside `proposed`, which is kept)."""


def digest(compiled: Compiled) -> str:
    """What tells one meaning of a pathway from another: 16 hexadecimal digits of everything that a story depends on."""
    texts = [text.pathway for text in texts_of(compiled)]
    said = repr([_meaning(text.model_dump(mode="json")) for text in texts])
    return blake2b(said.encode(), digest_size=8).hexdigest()


def _meaning(told: Any) -> Any:
    if isinstance(told, dict):
        kept = {name: _meaning(value) for name, value in told.items() if name not in _NO_MEANING}
        if isinstance(told.get("standing"), dict):
            kept["proposed"] = told["standing"].get("proposed")
        return kept
    return [_meaning(item) for item in told] if isinstance(told, list) else told


def stored(patient: Patient, compiled: Compiled) -> dict[str, Any]:
    """A patient's state as plain JSON data. It names the patient: keep it as you keep the record."""
    as_of = patient.now
    return {
        "format": FORMAT,
        "pathway": compiled.pathway.name,
        "version": compiled.pathway.version,
        "digest": digest(compiled),
        "patient": patient.patient,
        "receipts": patient.receipts,
        "events": [
            event_to_json(version.event)
            | {name: value for name in ("corrects", "retracts") if (value := getattr(version, name)) is not None}
            for version in patient.versions
        ],
        "as_of": as_of,
        "told": _told(patient.story(to_datetime(as_of))),
    }


def _told(story: Story) -> dict[str, Any]:
    """What a story comes to, by names that stay the same from one text to the next."""
    return {
        "stages": {f"{e.pathway} {e.episode}": e.stage for e in story.episodes},
        "breaks": {
            record.break_id: {"rule": record.rule, "subtype": record.subtype, "open": record.open} for record in story.breaks
        },
        "owed": {
            " ".join((o.pathway, o.rule, o.part, o.receiver or "-", o.anchor_event or "-", str(o.round))): o.outcome
            for o in story.obligations
        },
    }


@dataclass(frozen=True, slots=True)
class Migration:
    """What restoring a stored state under this text of the pathway changes.

    `problems` are events that the text cannot tell of: with any, the state cannot be restored. The others are pairs of what was
    told when the state was stored and what is told now, None where there is nothing: `stages` by pathway and episode, `owed` by
    rule, part, receiver, anchor and round, `breaks` by id.
    """

    from_version: str
    to_version: str
    problems: tuple[Diagnostic, ...]
    stages: Mapping[str, tuple[str | None, str | None]]
    owed: Mapping[str, tuple[str | None, str | None]]
    breaks: Mapping[str, tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]

    @property
    def possible(self) -> bool:
        """Whether the state can be restored."""
        return not self.problems

    @property
    def changes_nothing(self) -> bool:
        """Whether the patient's story stays as it was told."""
        return self.possible and not self.stages and not self.owed and not self.breaks


def migration(state: Mapping[str, Any], compiled: Compiled) -> Migration:
    """Try a stored state under this text. Raises `StateError` for what is no state of the pathway."""
    _is_of(state, compiled)
    patient, problems = _patient(state, compiled, None)
    before, after = state["told"], _told(patient.story(to_datetime(state["as_of"])))
    return Migration(
        from_version=str(state["version"]),
        to_version=compiled.pathway.version,
        problems=tuple(problems),
        stages=_pairs(before["stages"], after["stages"]),
        owed=_pairs(before["owed"], after["owed"]),
        breaks=_pairs(before["breaks"], after["breaks"]),
    )


def restored(
    state: Mapping[str, Any], compiled: Compiled, *, migrate: bool = False, clock: Callable[[], datetime] | None = None
) -> Patient:
    """The patient of a stored state. Raises `StateError`: what is no such state (PW526), one of another pathway (PW527), one that
    was stored under another text while `migrate` is not said (PW528), or with events that this text cannot tell of (PW529)."""
    _is_of(state, compiled)
    if state["digest"] != digest(compiled) and not migrate:
        raise StateError("PW528", name=compiled.pathway.name, stored=state["version"], own=compiled.pathway.version)
    patient, problems = _patient(state, compiled, clock)
    if problems:
        raise StateError(problems[0], problems=tuple(problems))
    return patient


def _patient(
    state: Mapping[str, Any], compiled: Compiled, clock: Callable[[], datetime] | None
) -> tuple[Patient, list[Diagnostic]]:
    names = vocabulary(text.pathway for text in texts_of(compiled))
    types = {name: fact.type for name, fact in names.facts.items()}
    patient = Patient(compiled, state["patient"], receipts=state["receipts"], clock=clock)
    problems: dict[str, Diagnostic] = {}
    try:
        for stored_event in state["events"]:
            said = dict(stored_event)
            corrects, retracts = said.pop("corrects", None), said.pop("retracts", None)
            event = event_from_json(said, types)
            if not knows(event.name, names):
                known = [*names.events, *names.messages, *names.resources]
                problems[event.name] = Diagnostic("PW529", None, {"name": event.name}, nearest(event.name, known))
            for fact in event.facts:
                if fact not in names.facts:
                    problems[fact] = Diagnostic("PW529", None, {"name": fact}, nearest(fact, names.facts))
            patient.add(Version(event, corrects, retracts))
    except (TypeError, ValueError, AttributeError) as error:
        raise StateError("PW526") from error
    return patient, list(problems.values())


def _is_of(state: Mapping[str, Any], compiled: Compiled) -> None:
    kinds = {
        "format": int, "pathway": str, "version": str, "digest": str, "patient": str, "receipts": bool, "events": list,
        "as_of": int, "told": dict,
    }  # fmt: skip
    if not isinstance(state, Mapping) or not all(isinstance(state.get(name), kind) for name, kind in kinds.items()):
        raise StateError("PW526")
    if state["format"] != FORMAT or not all(isinstance(state["told"].get(n), dict) for n in ("stages", "owed", "breaks")):
        raise StateError("PW526")
    if state["pathway"] != compiled.pathway.name:
        raise StateError("PW527", found=state["pathway"], wanted=compiled.pathway.name)


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By name, what there was and what there is, where they differ."""
    return {
        name: (before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }
