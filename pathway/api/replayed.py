"""What a replay gives the library's user: tables, a summary, sentences and a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from pathway.api.report import Report
from pathway.errors import EventsError, NotFoundError, PathwayError, system_reason
from pathway.events.identity import masked
from pathway.events.read import Log, read_log
from pathway.language.source import Language
from pathway.language.texts import texts_of as words_of
from pathway.model.calendar import to_instant
from pathway.model.vocabulary import vocabulary
from pathway.replay.population import TABLES, Result
from pathway.replay.texts import Texts
from pathway.reports.figures import figures
from pathway.tracking.sentences import sentence
from pathway.tracking.tell import texts_of, visible

if TYPE_CHECKING:
    from pathway.api.definition import Definition
    from pathway.tracking.explain import Explanation


def log_of(events: str | Path, definition: Definition, mapping: str | Path | None, *, strict: bool) -> Log:
    """Read a log, by the mapping that is meant."""
    names = vocabulary(text.pathway for text in texts_of(definition.compiled))
    log, set_aside = by_mapping(definition, mapping, lambda how, _: read_log(events, names, how, strict=strict))
    log.counts.set_aside = set_aside
    return log


Made = TypeVar("Made")


def by_mapping(
    definition: Definition, mapping: str | Path | None, read: Callable[[str | Path | None, str | None], Made]
) -> tuple[Made, str | None]:
    """What `read` makes of a log; without a mapping, by the `mapping.toml` beside the pathway's file, if there is one.

    A log that has the house's own columns and not those of the mapping beside is another than the one that it is for (an exported
    or a made-up one): it is read without, and what was set aside is given back, and told to `read`.
    """
    beside = None if mapping else mapping_beside(definition)
    if beside is None:
        return read(mapping, None), None
    try:
        return read(beside, None), None
    except EventsError as error:
        if error.code != "PW415":
            raise
        missing = error.diagnostic
    try:
        return read(None, str(beside)), str(beside)
    except EventsError as error:
        if error.code != "PW415":
            raise
        said = {language: text.format(file=beside) for language, text in words_of("commands")["mapping.beside"].items()}
        raise EventsError(missing.code, **{**missing.values, "beside": said}) from None


def mapping_beside(definition: Definition) -> Path | None:
    """The mapping that lies beside a pathway's file."""
    path = definition.source.path
    beside = None if path is None else path.parent / "mapping.toml"
    return beside if beside is not None and beside.is_file() else None


class Replayed:
    """A population's stories in one pathway. Tables are Arrow: pandas, Polars, DuckDB and Spark read them without a copy."""

    def __init__(self, definition: Definition, result: Result, log: Log | None = None) -> None:
        self._definition = definition
        self._log = log
        self.result = result

    def __repr__(self) -> str:
        return f"<replay of {self._definition.name}: {self.episodes.num_rows} episodes, {self.breaks.num_rows} breaks>"

    @classmethod
    def read(cls, definition: Definition, folder: str | Path) -> Replayed:
        """Results that `write` wrote, for the pathway that they are of. Raises `PathwayError` when they are not."""
        place = Path(folder)
        try:
            # What is missing is said to be: Arrow's own error does not tell it from what is damaged.
            place.stat()
            for name in (*(f"{table}.parquet" for table in TABLES), "summary.json"):
                (place / name).stat()
            result = Result.read(folder)
            of = str(result.summary["pathway"])
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise NotFoundError("PW512", name=str(folder), reason=system_reason(error)) from None
        if of != definition.model.name:
            raise PathwayError("PW513", name=str(folder), found=of, wanted=definition.model.name)
        return cls(definition, result)

    @property
    def breaks(self) -> pa.Table:
        """One row a break. Instants are timestamps in UTC, `delay_s` seconds."""
        return self.result.breaks

    @property
    def obligations(self) -> pa.Table:
        """One row an obligation, with its outcome."""
        return self.result.obligations

    @property
    def episodes(self) -> pa.Table:
        """One row a course of a patient, with the stage it has come to."""
        return self.result.episodes

    @property
    def indicators(self) -> pa.Table:
        """One row an event (or an episode, or a patient) that counts in an indicator, with what it came to."""
        return self.result.indicators

    @property
    def costs(self) -> pa.Table:
        """One row a stretch of days that cost, with what it comes to and who pays."""
        return self.result.costs

    @property
    def stays(self) -> pa.Table:
        """One row a stay of a patient in a stage, with the party that is responsible there."""
        return self.result.stays

    @property
    def groups(self) -> pa.Table:
        """One row an episode and a thing that episodes are compared by: municipality, hospital, age band."""
        return self.result.groups

    @property
    def deviations(self) -> pa.Table:
        """One row an obligation that a reasoned deviation excused or explains, with the reason."""
        return self.result.deviations

    @property
    def answers(self) -> pa.Table:
        """One row an answer to a message that asks for one, with what was answered."""
        return self.result.answers

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, as in `summary.json`: events read, used, unknown and rejected; outcomes by rule; breaks by kind."""
        return self.result.summary

    def sentence(self, row: Mapping[str, Any], language: Language | None = None) -> str:
        """A row of `breaks` in words, by the text that was in force for its episode (P7)."""
        return sentence(row, self._texts.of(row), language or self._definition.model.language)

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self._definition.compiled, self.episodes)

    def explain(self, break_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A break's row and its evidence. Raises `NotFoundError`."""
        for place, known in enumerate(self.breaks.column("break_id").to_pylist()):
            if known == break_id:
                row = self.breaks.slice(place, 1).to_pylist()[0]
                return row, json.loads(row["evidence"])
        raise NotFoundError("PW508", id=break_id)

    def explanation(self, what: str, patient: str | None = None) -> Explanation:
        """Why there is a break (by its id), or what became of a rule for a patient and why, step by step.

        Only for a replay that has its log, not for results that were read. The patient is called as the log calls him, or by the
        pseudonym that the mapping makes. Raises `NotFoundError` for what there is not.
        """
        from pathway.tracking.explain import explain

        if patient is None:
            patient = str(self.explain(what)[0]["patient"])
        told = [] if self._log is None else self._log.of(patient)
        if self._log is None or not told:
            raise NotFoundError("PW538", patient=masked(patient))
        as_of, known_at = (self.summary[name] for name in ("as_of", "known_at"))
        known = None if known_at is None else to_instant(datetime.fromisoformat(known_at))
        events = [event for event in told if visible(event, known)]
        until = to_instant(datetime.fromisoformat(as_of))
        return explain(self._definition.compiled, events, what, as_of=until, receipts=self._log.receipts)

    def report(self, *, language: Language | None = None, examples: bool = True, secret: bytes | None = None) -> Report:
        """The break report; `save` writes it.

        Examples and timelines show single patients by pseudonym; without `examples` there are none, for readers outside the service.
        `secret` keys the pseudonyms, so that they are the same in the next report; else they are drawn anew.
        """
        model, compiled = self._definition.model, self._definition.compiled
        found = figures(self.result, compiled, log=self._log, secret=secret, examples=examples)
        return Report(model, found, language or model.language)

    def write(self, folder: str | Path) -> list[Path]:
        """Write the tables (`breaks.parquet` and so on) and `summary.json`, each replaced whole."""
        return self.result.write(folder)
