"""What an adaptation changes, in words: always with what was before. The words are data (`grammars/phrases.toml`)."""

from __future__ import annotations

from pathway.language.source import Language
from pathway.model.changes import Change
from pathway.model.pathway import Pathway
from pathway.model.phrases import limit_text, phrase, reply_text, rule_text
from pathway.model.rules import Rule


def change_text(change: Change, pathway: Pathway, language: Language, *, titled: bool = False) -> str:
    """One change: `Kontroll: mellom 1 og 3 måneder → innen 2 måneder`. The reason is not said here. A rule is called by its label,
    which its authors know it by, or `titled` by what it is about."""
    if change.kind == "bind":
        party = pathway.parties[change.was or ""].title(language)
        unit = change.now or ""
        return phrase(
            "change.bind", language, o=party, n=pathway.parties[unit].title(language) if unit in pathway.parties else unit
        )
    if change.kind == "not_offered":
        return phrase("change.not_offered", language, o=pathway.resources[change.was or ""].title(language))
    if change.kind == "replace":
        was, now = (_title(name or "", pathway, language) for name in (change.was, change.now))
        where = phrase("change.in_stage", language, o=pathway.stages[change.stage].title(language)) if change.stage else ""
        return phrase("change.replace", language, o=was, n=now, w=where)
    rule = change.before or change.after
    assert rule is not None  # every other change is of a rule
    name = (None if titled else rule.label) or rule_text(rule, pathway, language)
    before, after = (_limits(each, pathway, language) if each is not None else None for each in (change.before, change.after))
    if before is not None and after is not None:
        return phrase("change.limit", language, r=name, o=before, n=after)
    kind = "change.drop" if change.kind == "drop" else "change.add"
    return phrase(kind, language, r=name, o=before or after)


def _limits(rule: Rule, pathway: Pathway, language: Language) -> str:
    return ", ".join(part for part in (limit_text(rule, pathway, language), reply_text(rule, pathway, language)) if part)


def _title(name: str, pathway: Pathway, language: Language) -> str:
    for group in (pathway.stages, pathway.parties, pathway.resources, pathway.events, pathway.messages):
        if name in group:
            return group[name].title(language)
    return name
