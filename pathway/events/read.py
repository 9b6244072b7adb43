"""A log read into events: every row is used, or counted with the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

from pathway.errors import EventsError
from pathway.events.columns import Told, read_columns
from pathway.events.facts import Columns
from pathway.events.identity import Pseudonyms, masked, without_names
from pathway.events.log import Counts, Log, log_of, settled_log
from pathway.events.mapping import Mapping
from pathway.events.mapping_file import checked, load_mapping
from pathway.events.rows import Rows
from pathway.events.text_columns import TextColumns, whole
from pathway.events.wide import unrolled
from pathway.language.resting import collector_at_rest
from pathway.language.texts import texts_of
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway

__all__ = ["Counts", "Log", "log_of", "read_log", "read_table"]


def read_log(path: str | Path, pathway: Pathway, mapping: str | Path | Mapping | None = None, *, strict: bool = False) -> Log:
    """Read a log for a pathway: whatever `read_columns` reads.

    `mapping` is a mapping file (see `pathway/events/mapping.py`); without one, columns are called as the fields of an event, or
    have the standard keys of XES. Raises `EventsError` or `MappingError`; with `strict` also where a row cannot be used.
    Cost: some 15 µs and 1.3 kB a row.
    """
    how = _mapping(mapping, pathway)
    columns = Columns(how, pathway)
    with collector_at_rest():
        text = read_columns(path, columns.wanted, Told(how.delimiter, how.encoding, how.sheet))
        return log_from(text, pathway, how, str(path), strict=strict)


def read_table(table: Any, pathway: Pathway, mapping: str | Path | Mapping | None = None, *, strict: bool = False) -> Log:
    """Read events from an Arrow table, or anything that gives one by the Arrow C interface (Polars, DuckDB, pandas)."""
    from pathway.events.tables import read_table as text_of

    how = _mapping(mapping, pathway)
    columns = Columns(how, pathway)
    with collector_at_rest():
        return log_from(whole(text_of(table, columns.wanted)), pathway, how, "table", strict=strict)


def _mapping(told: str | Path | Mapping | None, pathway: Pathway) -> Mapping:
    if told is None:
        return Mapping()
    return checked(told, pathway) if isinstance(told, Mapping) else load_mapping(told, pathway)


def log_from(text: TextColumns, pathway: Pathway, mapping: Mapping, name: str, *, strict: bool = False) -> Log:
    """The log that columns of text make; `name` is what messages call it. Raises `EventsError` and `MappingError`."""
    columns = Columns(mapping, pathway)
    absent = absent_columns(text, mapping, columns, name)
    pseudonyms = None if mapping.pseudonyms is None else Pseudonyms.read(Path(mapping.pseudonyms.key_file))
    without_names(text, columns.fields["patient"], columns.told(), pseudonyms, name)
    if mapping.wide:
        text = unrolled(text, list(mapping.wide), columns.fields)
    rows = Rows(pathway, mapping, columns)
    calendar = calendar_for(pathway.time_zone, pathway.calendar)
    versions = list(rows.versions(text))
    rows.counts.absent = absent
    log = settled_log(versions, rows.counts, rows.has_recorded, mapping.receipts, calendar)
    log.pseudonyms = pseudonyms
    if strict:
        refuse(log.counts, name)
    return log


def absent_columns(text: TextColumns, mapping: Mapping, columns: Columns, name: str) -> dict[str, list[str]]:
    """What the mapping names columns for that the log does not have. Raises `EventsError` for those that no log can be without."""
    if not text.names and not text.rows:
        return {}
    asked_for = {name: columns.fields[name] for name in ("patient", "event", "occurred")}
    if mapping.wide:
        asked_for = {"patient": columns.fields["patient"], "occurred": list(mapping.wide)}
    for field, asked in asked_for.items():
        if not any(column in text.columns for column in asked):
            known = ", ".join(masked(column) for column in text.names[:20])
            raise EventsError("PW415", file=name, column="` / `".join(asked), field=field, known=known, beside="")
    # A name of the house's own making is no mapping's.
    told = {name: getattr(mapping.columns, name) for name in sorted(mapping.columns.model_fields_set)}
    told |= {name: fact.column for name, fact in mapping.facts.items()}
    told |= {name: [name] for name in (*mapping.only, *mapping.unless, *mapping.wide)}
    return {
        masked(name): [masked(column) for column in columns]
        for name, columns in told.items()
        if not any(column in text.columns for column in columns)
    }


def refuse(counts: Counts, file: str) -> None:
    """Raise for the first thing that could not be used, if there is any."""
    for reason, (_, first) in counts.rejected.items():
        raise EventsError("PW416", file=file, reason=_in_words(reason), first=first.removeprefix("row "))
    for unknown in counts.unknown:
        first = counts.first[unknown].removeprefix("row ")
        raise EventsError("PW417", counts.nearest.get(unknown), file=file, name=unknown, first=first)


def _in_words(reason: str) -> Dictionary[str, str] | str:
    """A reason in the languages of the reader, as the commands say it."""
    found: Dictionary[str, str] | str = texts_of("commands").get(f"reason.{reason}", reason)
    return found
