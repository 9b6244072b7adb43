"""A pathway as the library's user holds it: loaded, checked, and ready to follow patients through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pathway.api.moments import Moment, instant_of
from pathway.checks.table import risks
from pathway.errors import InvalidPathwayError, PathwayError
from pathway.language.diagnostics import Diagnostic
from pathway.language.format import formatted
from pathway.language.source import Language, Source
from pathway.model.load import Loaded
from pathway.model.load import load as load_model
from pathway.model.pathway import Pathway
from pathway.outputs import write_whole

if TYPE_CHECKING:
    from pathway.api.patient import Patient
    from pathway.api.replayed import Replayed
    from pathway.api.stored import Migration
    from pathway.machine.tables import Compiled
    from pathway.replay.source import Progress
    from pathway.tracking.coverage import Coverage
    from pathway.tracking.recorded import Recorded
    from pathway.tracking.scenarios import ScenarioResult


def load(what: str | Path, *, text: bool = False) -> Definition:
    """Load a pathway: one that comes with the package by its name, a file, a folder, or with `text=True` the text itself. A file
    that ends in `.json` is a FHIR PlanDefinition as `plan_definition` makes it.

    Never raises for what stands in a file: mistakes are in `problems` of what is returned. Takes some milliseconds a page.
    """
    if not text and str(what).lower().endswith(".json") and Path(what).is_file():
        from pathway.model.plan_reading import load_plan

        return Definition(load_plan(Path(what), str(what)))
    return Definition(load_model(what, text=text))


class Definition:
    """A loaded pathway. Does not change; what follows a patient (`track`) or a population (`replay`) is made from it."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def __repr__(self) -> str:
        return f"<pathway {self.name}: {len(self.errors)} errors, {len(self.risks)} risks>"

    @property
    def name(self) -> str:
        """The pathway's name; the file's when it has too many mistakes to have one."""
        return self._loaded.pathway.name if self._loaded.pathway is not None else self._loaded.source.name

    @property
    def source(self) -> Source:
        """The text that it was loaded from."""
        return self._loaded.source

    @property
    def language(self) -> Language | None:
        """The language that the file is written in."""
        return self._loaded.pathway.language if self._loaded.pathway is not None else None

    @cached_property
    def risks(self) -> list[Diagnostic]:
        """Where the text itself risks a break; of a local adaptation, what the national pathway does not risk already. Empty
        while there are errors: they come first."""
        model, national = self._loaded.pathway, self._loaded.national
        if model is None or self.errors:
            return []
        known = [] if national is None else list(risks(national))
        return [risk for risk in risks(model) if risk not in known]

    @property
    def errors(self) -> list[Diagnostic]:
        """Mistakes. With any, the pathway can be neither followed nor drawn."""
        return self._loaded.problems.errors

    @property
    def problems(self) -> list[Diagnostic]:
        """Mistakes, risks and notes, in the order of their places."""
        found = {(d.place(), d.code, repr(d)): d for d in (*self._loaded.problems, *self.risks)}
        return [found[key] for key in sorted(found)]

    @property
    def model(self) -> Pathway:
        """The pathway with every name resolved, as frozen values. Raises `InvalidPathwayError` when there are errors."""
        model = self._loaded.pathway
        if model is None or self.errors:
            raise InvalidPathwayError("PW505", tuple(self.errors), name=self.name, count=len(self.errors))
        return model

    @property
    def adaptations(self) -> list[Pathway]:
        """The local adaptations of the pathway that lie beside it, as whole pathways; of an adaptation's own file, that one.
        Each has its `changes`. Raises as `model` does."""
        return [edition for edition in (self.model, *self._loaded.editions) if edition.adaptation is not None]

    def alone(self) -> Definition:
        """The same pathway without those that it starts: for a log that holds nothing of them, such as a hospital's, in which all
        that they ask for would be missing."""
        return Definition(replace(self._loaded, started={}))

    @cached_property
    def compiled(self) -> Compiled:
        """The pathway as tables, with its other editions and the pathways that it starts, for those who drive the engine
        themselves. Raises as `model` does."""
        from pathway.machine.compile import compile_pathway

        if self.model.kind == "library":
            raise PathwayError("PW514", name=self.name)
        started = {name: Definition(loaded).compiled for name, loaded in self._loaded.started.items()}
        return compile_pathway(self.model, self._loaded.editions, started)

    def test(self) -> list[ScenarioResult]:
        """Run the scenarios in the file; each result says whether it `holds`, else its `differences`. Each of its `statuses` has
        the story then, and what was `seen` of what the differences are about."""
        from pathway.tracking.scenarios import run_scenarios

        return run_scenarios(self.compiled)

    def coverage(self, results: Sequence[ScenarioResult] | None = None) -> Coverage:
        """Which rules and ways in, on and out the scenarios in the file touch. `results` are those of `test()`, if it has been run."""
        from pathway.tracking.coverage import coverage

        return coverage(self.model, self.test() if results is None else results)

    def record_scenario(
        self,
        patient: str,
        events: str | Path,
        *,
        mapping: str | Path | None = None,
        as_of: Moment | None = None,
        first_day: date | None = None,
        title: str | None = None,
    ) -> Recorded:
        """A scenario made of a patient in a log, with what holds as of a time (by default the last that the log knows of).

        It has neither the patient's id nor any of the dates: all are moved so that the first event is on `first_day`, by default
        on the same day of the week early in 2026. Its `text` can be put into the pathway's file, where it holds. `mapping` is as
        for `replay`. Raises `PathwayError` for a patient without events by then.
        """
        from pathway.api.replayed import log_of
        from pathway.tracking.recorded import record

        log = log_of(events, self, mapping, strict=False)
        until = log.last_recorded if as_of is None else instant_of(as_of, self.compiled.calendar)
        return record(self.compiled, log.of(patient), until or 0, title=title, first_day=first_day, receipts=log.receipts)

    def track(self, patient: str = "patient", *, receipts: bool = True, clock: Callable[[], datetime] | None = None) -> Patient:
        """Follow one patient live: record events as they come, and ask at any time.

        `receipts` is False for a source that has none. `clock` gives an aware `datetime`; the system's is asked without it.
        """
        from pathway.api.patient import Patient

        return Patient(self.compiled, patient, receipts=receipts, clock=clock)

    def restore(
        self, state: Mapping[str, Any], *, migrate: bool = False, clock: Callable[[], datetime] | None = None
    ) -> Patient:
        """The patient whose `Patient.store()` this is, under this text of the pathway.

        A state that was stored under a text that means something else is refused (`StateError`, PW528) unless `migrate` is said;
        `migration(state)` says beforehand what that changes. Where the older version lies beside this one, episodes that began
        under it go on under it (P7).
        """
        from pathway.api.stored import restored

        return restored(state, self.compiled, migrate=migrate, clock=clock)

    def migration(self, state: Mapping[str, Any]) -> Migration:
        """What restoring a stored state under this text of the pathway would change. Raises `StateError` for what is none."""
        from pathway.api.stored import migration

        return migration(state, self.compiled)

    def replay(
        self,
        events: str | Path,
        *,
        mapping: str | Path | None = None,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        strict: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Replayed:
        """Follow every patient of a log: CSV, Excel, Parquet, JSON lines, XES, FHIR R4 or Norwegian XML messages, a file or a folder.

        `mapping` says how the log's columns and codes become events; without it a `mapping.toml` beside the pathway's file
        is taken, else columns `patient, event, occurred`. `as_of` is how far the world has come, `known_at` what had been
        recorded by then; both default to the last that the log knows of. With `strict`, rows that cannot be used raise
        `EventsError`; else they are counted in `summary`. `progress` is called with the number of events told so far.
        """
        from pathway.api.replayed import Replayed, log_of
        from pathway.replay.population import replay

        compiled = self.compiled
        until = None if as_of is None else instant_of(as_of, compiled.calendar)
        known = None if known_at is None else instant_of(known_at, compiled.calendar)
        log = log_of(events, self, mapping, strict=strict)
        return Replayed(self, replay(compiled, log, as_of=until, known_at=known, progress=progress), log)

    def replay_in_blocks(
        self,
        events: Any,
        folder: str | Path,
        *,
        mapping: str | Path | None = None,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        strict: bool = False,
        counts_only: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> dict[str, Any]:
        """Follow every patient of a log that is larger than memory, block by block; returns the summary.

        `events` is whatever `replay` reads, or anything that gives Arrow tables (`__arrow_c_stream__`: an Arrow table or a reader of
        record batches, pandas, Polars, a DuckDB relation). The folder gets `breaks.parquet`, `obligations.parquet` and so on (folders
        of parts), `counts` (small tables of how many there are of what, by month and by group) and `summary.json`; a run that was
        interrupted is gone on with. With `counts_only` it gets `counts` and `summary.json` alone: everything is found and counted, and no
        rows are written, which takes half the time. The options and the answer are those of `replay`; `results` reads it. Fastest is
        Parquet in the house's own columns with each patient's rows together: it is followed as it stands, anything else is put in
        order on disk first. Raises `EventsError` and `MappingError`.
        """
        from pathway.api.replayed import by_mapping
        from pathway.events.mapping_file import load_mapping
        from pathway.model.vocabulary import vocabulary
        from pathway.replay.blocks import replay_blocks
        from pathway.tracking.tell import texts_of

        compiled = self.compiled
        until = None if as_of is None else instant_of(as_of, compiled.calendar)
        known = None if known_at is None else instant_of(known_at, compiled.calendar)
        names = vocabulary(text.pathway for text in texts_of(compiled))

        def read(told: str | Path | None, set_aside: str | None) -> dict[str, Any]:
            how = None if told is None else load_mapping(told, names)
            return replay_blocks(
                compiled,
                events,
                folder,
                mapping=how,
                set_aside=set_aside,
                as_of=until,
                known_at=known,
                strict=strict,
                counts_only=counts_only,
                progress=progress,
            )

        return by_mapping(self, mapping, read)[0]

    def results(self, folder: str | Path) -> Replayed:
        """Results that `replay_in_blocks`, or `write` of what `replay` gave, left in a folder: tables, summary, report.

        Raises `NotFoundError` for a folder that has none, `PathwayError` for those of another pathway.
        """
        from pathway.api.replayed import Replayed

        return Replayed.read(self, folder)

    def format(self, language: Language | None = None) -> str:
        """The text in the one style of pathway files, in its own language or another: keywords are translated, and not a
        character of names, titles, texts, comments and values.

        Needs no libraries. Raises `InvalidPathwayError` when the text cannot be read, or would say something else in that language.
        """
        text, problems, _ = formatted(self.source, language)
        if text is None:
            raise InvalidPathwayError("PW542", tuple(problems.errors), name=self.source.name, count=len(problems.errors))
        return text

    def plan_definition(self) -> dict[str, Any]:
        """The pathway as the JSON data of a FHIR R4 PlanDefinition. `load` makes the same pathway of it, from a file that ends in
        `.json`; comments and the layout of the text are not in it. Raises as `model` does."""
        from pathway.model.plan_definition import plan_definition

        return plan_definition(self.model)

    def draw(self, target: str | Path, *, language: Language | None = None) -> Path:
        """Write the graph, as .svg, .png, .pdf, .bpmn (BPMN 2.0), .mmd (Mermaid) or .dot, as the name ends.

        Raises `DrawingError` for another ending, and for .png and .pdf when `rsvg-convert` is not installed.
        """
        from pathway.renderers.forms import draw

        drawn: bytes = draw(self.model, target, None, language or self.model.language)
        return write_whole(target, lambda beside: beside.write_bytes(drawn))

    def svg(self, *, language: Language | None = None) -> str:
        """The graph as SVG text."""
        from pathway.renderers.graph import graph_svg

        return str(graph_svg(self.model, None, language or self.model.language, alone=True))
