"""Where a limit comes from and how binding it is, in words: under a rule of the page and behind one of the graph."""

from __future__ import annotations

from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.model.rules import Rule, Standing

from .texts import text


def source_text(standing: Standing, pathway: Pathway, language: Language) -> str:
    """`Helsedirektoratet: … 2018, MP5 (kontrollert 2026-11-22)`."""
    found = pathway.sources.get(standing.source or "")
    if found is None:
        return text("no_source", language)
    place = f", {standing.place}" if standing.place else ""
    checked = text("checked", language, d=found.checked.isoformat()) if found.checked else text("unchecked", language)
    return f"{found.title}{place} ({checked})"


def source_link(standing: Standing, pathway: Pathway) -> str | None:
    """Where the source can be read, if it says so and it is the open web."""
    found = pathway.sources.get(standing.source or "")
    return found.url if found is not None and found.url and found.url.startswith("https://") else None


def standing_text(rule: Rule, language: Language) -> str:
    """`lov, foreslått`; empty where nothing is said."""
    standing = rule.standing
    parts = [text(f"force_{standing.force}", language)] if standing.force else []
    parts += [text("proposed", language)] if standing.proposed else []
    parts += [text("goal" if rule.kind == "goal" else "measured", language)] if rule.measured else []
    parts += [text("promptly", language)] if rule.timing is not None and rule.timing.promptly else []
    return ", ".join(parts)
