"""Why there is a break, or why there is none: the way from the record to what was said of it, step by step.

Each step is a sentence that can be checked against the record. The words are data (`grammars/explanations.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pathway.errors import NotFoundError, PathwayError
from pathway.events.event import Event, Instant
from pathway.language.source import LANGUAGES, Language
from pathway.language.texts import texts_of
from pathway.language.words import vocabulary
from pathway.machine.tables import Compiled, CompiledRule
from pathway.model.expressions import facts_in
from pathway.model.pathway import Pathway
from pathway.model.phrases import (
    condition_text,
    elapsed_text,
    event_text,
    limit_text,
    rule_text,
    timing_text,
    unit_text,
    value_text,
)
from pathway.model.scope import nearest
from pathway.tracking.course import Course
from pathway.tracking.evidence import break_id
from pathway.tracking.messages import lacking
from pathway.tracking.outcomes import speaks_of
from pathway.tracking.patient import Patient
from pathway.tracking.sentences import Words
from pathway.tracking.state import Judged, Obligation, Occurrence
from pathway.tracking.tell import told_courses

Told = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class ExplainedObligation:
    """One thing that was owed: the id of its break (None: there is none), its outcome, and the steps that led there."""

    break_id: str | None
    outcome: str
    steps: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of one rule for one patient, and why. `basis` is what the rule asks for and rests on; `owed` what it raised,
    in order; `none` says why it raised nothing."""

    rule: str
    heading: Told
    basis: tuple[Told, ...]
    owed: tuple[ExplainedObligation, ...]
    none: tuple[Told, ...]

    def text(self, language: Language = "nb") -> str:
        """The explanation as a page of text. Raises `PathwayError` (PW644) for a language that is not among those there are."""
        if language not in LANGUAGES:
            raise PathwayError("PW644", nearest(language, LANGUAGES), language=str(language), known=", ".join(LANGUAGES))
        blocks = [(*self.basis, *self.none), *(found.steps for found in self.owed)]
        lines = ["\n".join(f"- {step[language]}" for step in block) for block in blocks if block]
        return "\n\n".join([self.heading[language], *lines])

    def __str__(self) -> str:
        return self.text()


def explain(compiled: Compiled, events: Iterable[Event], what: str, *, as_of: Instant, receipts: bool = True) -> Explanation:
    """Explain a break by its id, or a rule by its name. Raises `NotFoundError` (PW524) for what is neither."""
    courses = told_courses(compiled, list(events), as_of=as_of, receipts=receipts, tracing=True)
    for course in courses:
        owed = [o for o in course.patient.obligations if _break_id(course.patient, o) == what]
        if owed:
            return _Explaining(course, as_of).explanation(owed[0].rule.rule.name, owed)
    for course in courses:
        names = {rule.rule.name for edition in course.patient.editions for rule in edition.rules}
        if what in names | {rule.rule.name for rule in course.patient.main.rules}:
            owed = [o for o in course.patient.obligations if o.rule.rule.name == what]
            return _Explaining(course, as_of).explanation(what, owed)
    known = [rule.rule.name for course in courses for rule in course.patient.main.rules]
    raise NotFoundError("PW524", suggestion=nearest(what, known), name=what)


def _break_id(patient: Patient, owed: Obligation) -> str | None:
    if owed.break_ is None:
        return None
    pathway, anchor = patient.main.pathway.name, owed.anchor.root
    return break_id(pathway, patient.name, owed.rule.rule.name, owed.part, owed.receiver, anchor, owed.round)


class _Explaining:
    """One course explained."""

    def __init__(self, course: Course, as_of: Instant) -> None:
        self.patient = course.patient
        self.as_of = as_of

    def explanation(self, name: str, owed: list[Obligation]) -> Explanation:
        rule = owed[0].rule if owed else self._rule(name)
        writers = {language: _Writer(self.patient, language, self.as_of) for language in LANGUAGES}

        def told(write: str, *about: object) -> tuple[Told, ...]:
            by_language = {language: getattr(writer, write)(*about) for language, writer in writers.items()}
            return tuple({language: by_language[language][n] for language in LANGUAGES} for n in range(len(by_language["nb"])))

        return Explanation(
            rule=name,
            heading=told("heading", rule)[0],
            basis=told("basis", rule),
            owed=tuple(ExplainedObligation(_break_id(self.patient, one), one.outcome, told("obligation", one)) for one in owed),
            none=() if owed else told("nothing_owed", rule),
        )

    def _rule(self, name: str) -> CompiledRule:
        current = self.patient.compiled.rules
        return next(rule for rule in (*current, *self.patient.main.rules) if rule.rule.name == name)


class _Writer:
    """The sentences of an explanation in one language. Which there are does not depend on the language."""

    def __init__(self, patient: Patient, language: Language, as_of: Instant) -> None:
        self.patient = patient
        self.pathway: Pathway = patient.compiled.pathway
        self.language = language
        self.as_of = as_of
        self.words = Words(self.pathway, language)

    def say(self, name: str, /, **values: object) -> str:
        group, _, key = name.partition(".")
        text: str = texts_of("explanations")[group][key][self.language].format_map(values)
        return text[:1].upper() + text[1:]

    def heading(self, rule: CompiledRule) -> list[str]:
        return [self.say("heading.rule", o=rule_text(rule.rule, self.pathway, self.language), name=rule.rule.name)]

    def basis(self, rule: CompiledRule) -> list[str]:
        """What the rule asks for, and what it rests on."""
        about, standing = rule.rule, rule.rule.standing
        what = rule_text(about, self.pathway, self.language)
        said = [self.say("rule.limit", o=what, l=limit_text(about, self.pathway, self.language))]
        source = self.pathway.sources.get(standing.source or "")
        title = [source.title if source else "", standing.place or ""]
        named = ", ".join(part for part in title if part)
        said.append(self.say("rule.source", source=named) if named else self.say("rule.no_source"))
        if standing.force is not None:
            said.append(self.say(f"rule.force_{standing.force}"))
        if about.measured:
            said.append(self.say("rule.measured"))
        elif standing.proposed:
            said.append(self.say("rule.proposed"))
        elif not about.breaks:
            said.append(self.say("rule.promptly"))
        return said

    def nothing_owed(self, rule: CompiledRule) -> list[str]:
        """Why a rule has raised nothing."""
        patient = self.patient
        if not patient.episodes:
            return [self.say("none.episode", t=self.time(self.as_of))]
        individual = [e.individual for e in patient.episodes if e.individual is not None]
        if individual:
            return [self.say("none.individual", because=individual[0])]
        declined = [judged for judged in patient.judged or () if judged.rule.rule.name == rule.rule.name]
        if declined:
            return [self._condition("none.condition", judged) for judged in declined]
        if rule.stage is not None and not any(stay.stage == rule.stage for e in patient.episodes for stay in e.stays):
            return [self.say("none.stage", n=self.pathway.stages[rule.stage].title(self.language))]
        if rule.beneath:
            targets = [way.transition.target for way in patient.compiled.transitions if rule in way.rules]
            stages = [self.pathway.stages[target].title(self.language) for target in targets if target is not None]
            if stages:
                return [self.say("none.transition", n=stages[0])]
        if rule.raised_by and not any(patient.happened(e, rule.raised_by) for e in patient.episodes):
            events = [event_text(key, self.pathway, self.language) for key in rule.raised_by]
            return [self.say("none.anchor", e=", ".join(events))]
        return [self.say("none.raised")]

    def obligation(self, owed: Obligation) -> list[str]:
        """What was owed, from what raised it to what became of it."""
        return [*self._raised(owed), *self._seen(owed), *self._outcome(owed)]

    def _raised(self, owed: Obligation) -> list[str]:
        episode = self.patient.episode(owed)
        edition = episode.edition.pathway
        said = [
            self.say("rule.adaptation", title=edition.adaptation, version=edition.version)
            if edition.adaptation is not None
            else self.say("rule.edition", version=edition.version or "–")
        ]
        stage = self.pathway.stages[owed.stage].title(self.language)
        said.append(self.say("raised.stage", t=self.time(owed.raised_at), n=stage))
        if owed.timing is not owed.rule.rule.timing and owed.part == "main" and owed.timing is not None:
            said.append(self.say("rule.variant", l=timing_text(owed.timing, self.pathway, self.language)))
        said += self._part(owed)
        way = "raised.message" if owed.part in ("receipt", "answer") else "raised.anchor"
        said.append(self.say(way, **self._event(owed.anchor)))
        if owed.round:
            said.append(self.say("raised.round", n=owed.round + 1))
        judged = [j for j in self.patient.judged or () if j.rule is owed.rule and j.anchor is owed.anchor]
        if owed.part == "main":
            said += [self._condition("raised.unknown" if j.holds is None else "raised.true", j) for j in judged]
        for start, end in episode.holds(owed.rule):
            still = end is None
            said.append(
                self.say("raised.held_still", t=self.time(start))
                if still
                else self.say("raised.held", t=self.time(start), until=self.time(end))
            )
        if owed.lower is not None:
            said.append(self.say("raised.earliest", t=self.time(owed.lower)))
        said.append(self.say("raised.no_due") if owed.due is None else self.say("raised.due", due=self.time(owed.due)))
        return said

    def _part(self, owed: Obligation) -> list[str]:
        if owed.part == "level":
            return [self.say("raised.level")]
        if owed.receiver is None:
            return []
        return [self.say("raised.receiver" if owed.part == "main" else f"raised.{owed.part}", p=self._party(owed.receiver))]

    def _seen(self, owed: Obligation) -> list[str]:
        said = [self._sighting(event) for event in owed.seen]
        if not owed.seen and owed.outcome != "waiting":
            said.append(self.say("seen.nothing", t=self.time(self.as_of if owed.decided_at is None else owed.decided_at)))
        found = owed.break_
        lacked = (found.lacking if found is not None else ()) or lacking(self.patient, owed)
        if lacked:
            said.append(self.say("seen.lacking", names=self.words.names(lacked, owed.rule.rule)))
        if found is not None and found.stale:
            said.append(self.say("seen.stale", names=self.words.names(found.stale, owed.rule.rule)))
        frequency = owed.rule.rule.frequency
        if found is not None and found.got is not None and frequency is not None:
            said.append(self.say("seen.got", got=f"{found.got:g}", required=f"{frequency.amount:g}"))
        return said

    def _sighting(self, event: Occurrence) -> str:
        told = event.event
        if told.sender is None and told.receiver is None:
            return self.say("seen.event", **self._event(event))
        return self.say("seen.sent", s=self._party(told.sender), r=self._party(told.receiver), **self._event(event))

    def _outcome(self, owed: Obligation) -> list[str]:
        said: list[str] = []
        at = owed.decided_at if owed.decided_at is not None else self.as_of
        if owed.outcome == "late":
            assert owed.met_at is not None
            late = owed.due is not None and owed.met_at > owed.due
            seconds = (owed.met_at - (owed.due or 0)) / 1_000_000
            after = elapsed_text(seconds, self.language)
            said.append(
                self.say("outcome.late", t=self.time(owed.met_at), d=after)
                if late
                else self.say("outcome.late_in_time", t=self.time(owed.met_at))
            )
        else:
            at = self.as_of if owed.outcome == "missing" else owed.met_at if owed.met_at is not None else at
            said.append(self.say(f"outcome.{owed.outcome}", t=self.time(at)))
        said += [
            self.say("outcome.deviation", t=self.time(d.event.recorded or d.at), because=d.event.because or "–")
            for d in self.patient.deviations
            if speaks_of(d, owed)
        ]
        if owed.break_ is not None:
            words = vocabulary(self.language)
            kind = words.write("BREAKKIND", owed.rule.rule.break_kind)
            subtype = words.write("SUBTYPE", owed.break_.subtype.replace("_", " "))
            said.append(self.say("outcome.break", kind=kind, subtype=subtype or owed.break_.subtype))
            if owed.break_.party is not None:
                said.append(self._answers(owed, owed.break_.party, owed.break_.unit))
        elif owed.broken:
            said.append(self.say("outcome.no_break"))
        return said

    def _answers(self, owed: Obligation, party: str, unit: str | None) -> str:
        rule = owed.rule.rule
        if owed.part in ("receipt", "answer"):
            why = "why.receiver"
        elif rule.by is not None:
            why = "why.by"
        elif rule.sender is not None:
            why = "why.sender"
        else:
            why = "why.held"
        named = self._party(party)
        if unit is not None:
            named += f" ({unit_text(unit, party, self.pathway, self.language)})"
        return self.say("outcome.answers", p=named, why=self.say(why).lower())

    def _condition(self, name: str, judged: Judged) -> str:
        when = judged.rule.rule.when
        facts = [self._fact(fact, judged) for fact in facts_in(when)]
        said = "" if when is None else condition_text(when, self.pathway, self.language)
        return self.say(name, c=said, t=self.time(judged.at), facts=", ".join(facts) or self.say("facts.none").lower())

    def _fact(self, fact: str, judged: Judged) -> str:
        declared = self.pathway.facts[fact]
        title = declared.title(self.language)
        known = judged.facts.get(fact)
        if known is None:
            return self.say("facts.not_known", fact=title)
        return self.say("facts.is", fact=title, value=value_text(known[0], declared.type, self.language))

    def _event(self, event: Occurrence) -> dict[str, str]:
        key = event.keys[-1]
        return {
            "e": event_text(key, self.pathway, self.language),
            "t": self.words.time(event.at, day=event.event.date_only),
            "id": event.root,
        }

    def _party(self, party: str | None) -> str:
        declared = self.pathway.parties.get(party or "")
        return declared.title(self.language) if declared is not None else party or "–"

    def time(self, instant: Instant | None) -> str:
        return self.words.time(instant)
