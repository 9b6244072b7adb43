"""Which column of a log is what: whom it is about, what happened and when. Found by what the columns hold and are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pathway.events.likeness import likeness, words
from pathway.events.looks import Looks
from pathway.events.mapping import ColumnNames
from pathway.language.texts import texts_of

_SURE = 0.75
"""So like must a column's name be to a known one to say what it is without more."""
_FULL = 0.9
"""The share of rows that must have a patient, and what happened, for a column to be the one."""
_MOST_CODES = 3000


@dataclass(frozen=True)
class Roles:
    """Columns by what they are; None where none was found. `told` are further fields of an event by the column that holds them,
    `lifecycle` a column that says how far a step has come. `wide` are columns of times of which each is an event of its own, in a
    log that has no column of events."""

    patient: str | None
    event: str | None
    occurred: str | None
    lifecycle: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    wide: tuple[str, ...] = ()

    def taken(self) -> set[str]:
        found = {self.patient, self.event, self.occurred, self.lifecycle, *self.told.values(), *self.wide}
        return {name for name in found if name is not None}


def hints() -> Mapping[str, Mapping[str, list[str]]]:
    """What columns are called, and words for how far something has come (`grammars/columns.toml`)."""
    return texts_of("columns")


def called(name: str, field: str) -> float:
    """How like a column's name is to what such columns are called."""
    return likeness(name, hints()["fields"][field])


def roles_of(columns: Sequence[Looks], known: Mapping[str, float] | None = None) -> Roles:
    """Find the columns. `known` says of a column which share of its values a pathway knows as events. Those that are called as a
    log's columns are without a mapping are what they are called."""
    names = {column.name for column in columns}
    standard = {name: next((each for each in asked if each in names), None) for name, asked in ColumnNames()}
    if all(standard[name] is not None for name in ("patient", "event", "occurred")):
        told = {name: column for name, column in standard.items() if column is not None}
        three = (told.pop("patient"), told.pop("event"), told.pop("occurred"))
        left = [column for column in columns if column.name not in {*three, *told.values()}]
        return Roles(*three, next((column.name for column in left if _is_lifecycle(column)), None), told)
    times = _best(columns, "occurred", _as_time)
    patient = _best(columns, "patient", _as_patient)
    taken = {times, patient}
    shares = known or {}
    event = _best(
        [column for column in columns if column.name not in taken],
        "event",
        lambda column: None if (base := _as_event(column)) is None else base + 3 * shares.get(column.name, 0.0),
    )
    if event is None:
        wide = tuple(
            column.name
            for column in columns
            if column.kind in ("time", "date") and column.name != patient and not _is_birth(column.name)
        )
        if len(wide) > 1:
            return Roles(patient, None, None, wide=wide)
    taken.add(event)
    told = _told([column for column in columns if column.name not in taken])
    left = [column for column in columns if column.name not in {*taken, *told.values()}]
    lifecycle = next((column.name for column in left if _is_lifecycle(column)), None)
    return Roles(patient, event, times, lifecycle, told)


def _best(columns: Iterable[Looks], field: str, fit: Callable[[Looks], float | None]) -> str | None:
    """The column that fits best by content and name together."""
    scored: list[tuple[float, int, str]] = []
    for place, column in enumerate(columns):
        score = fit(column)
        if score is not None:
            scored.append((score + 3 * called(column.name, field), -place, column.name))
    return max(scored)[2] if scored else None


def _is_full(column: Looks, field: str) -> bool:
    """Whether enough rows have a value; of a column that is called as such are, half of them."""
    return column.share >= (0.5 if called(column.name, field) >= _SURE else _FULL)


def _as_time(column: Looks) -> float | None:
    if column.kind not in ("time", "date") or not _is_full(column, "occurred") or _is_birth(column.name):
        return None
    later = called(column.name, "recorded") > called(column.name, "occurred")
    return column.share + (0.3 if column.kind == "time" else 0.0) - (2.0 if later else 0.0)


def _as_patient(column: Looks) -> float | None:
    """Somebody has more than one row as a rule, and there are many of them."""
    if column.kind in ("empty", "time", "date", "yes_no") or not _is_full(column, "patient"):
        return None
    if column.kind == "number" and column.comma:
        return None
    named = called(column.name, "patient")
    repeats = column.filled / column.distinct
    if named < _SURE and (repeats < 1.2 or column.distinct < 2):
        return None
    many = min(1.0, column.distinct / (column.rows**0.5 + 1))
    # A number of its own for each row is the row's, where another column is called as well.
    many -= 1.0 if column.distinct == column.filled else 0.0
    return float(many) + (1.0 if column.national else 0.0) - (1.0 if called(column.name, "event") > named else 0.0)


def _as_event(column: Looks) -> float | None:
    """The same few values again and again."""
    if column.kind not in ("text", "code", "number") or not _is_full(column, "event") or column.distinct > _MOST_CODES:
        return None
    named = called(column.name, "event")
    if column.kind == "number" and named < _SURE:
        return None
    if named < _SURE and (column.distinct < 2 or column.filled / column.distinct < 3):
        return None
    if max(called(column.name, other) for other in ("lifecycle", "unit", "patient")) > max(named, 0.5):
        return None
    return 1.0 - min(1.0, column.distinct / column.filled)


def _told(columns: Sequence[Looks]) -> dict[str, str]:
    """Further fields of an event, where a column is called as such are and holds what such do."""
    found: dict[str, str] = {}
    for name in ("recorded", "id", "phase", "party", "unit", "sender", "receiver", "elements", "refers"):
        fitting = [c for c in columns if c.name not in found.values() and _fits(c, name) and _exactly(c.name, name)]
        if fitting:
            found[name] = max(fitting, key=lambda column: column.share).name
    return found


def _exactly(name: str, field: str) -> bool:
    return any(words(name) == words(hint) for hint in hints()["fields"][field])


def _fits(column: Looks, field: str) -> bool:
    if field == "recorded":
        return column.kind in ("time", "date")
    if field == "id":
        return column.distinct == column.filled > 1
    if field == "elements":
        return column.kind in ("text", "code")
    return column.kind in ("text", "code", "number") and column.distinct < max(2, column.filled)


def _is_lifecycle(column: Looks) -> bool:
    done = set(hints()["done"]["values"])
    return _exactly(column.name, "lifecycle") and any(value.casefold() in done for value, _ in column.commonest)


def _is_birth(name: str) -> bool:
    return any(word.startswith(("birth", "born", "fodt", "fodsel", "dob")) for word in words(name))
