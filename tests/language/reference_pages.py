"""The reference of the language for authors (docs/language-*.md): each statement and clause with its words in the three languages, an
example, and the mistakes that the corpora of bad files hold of it.

The sentences and examples stand in `grammars/reference.toml`; `python -m tests.record` writes the pages; tests hold that every rule of
the grammar has its place, that every example can be read, and that the pages are up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pathway.language.diagnostics import Diagnostic, entry_of
from pathway.language.parse import parse
from pathway.language.source import LANGUAGES, Language, Source
from pathway.language.texts import texts_of
from pathway.language.tree import BROKEN, Line, Node
from pathway.language.wording import SIGNS
from pathway.language.words import table
from pathway.model.load import load
from tests.language.corpora import BAD, walk
from tests.model.corpora import BAD as BAD_MEANING

DOCS = Path(__file__).parents[2] / "docs"
_MOST = 3
"""Mistakes that are shown of one entry."""
_NEAR: dict[Language, tuple[Language, ...]] = {"en": ("en",), "nb": ("nb", "nn", "en")}
"""For the readers of a page, files in which languages are shown, first the nearest."""

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "The language, statement by statement",
        "intro": "Everything that can stand in a pathway file: what it says, its words in the three languages, an example, and mistakes "
        "that people make with it, each with what the program answers. This page is made from the program's own tables and tests, "
        "so it says what is true. To learn the language, begin with [guide-en.md](guide-en.md); `pathway explain PW131` says more "
        "of a message.",
        "other": "På norsk: [language-nb.md](language-nb.md). Risks that a text can hold: [risks-en.md](risks-en.md).",
        "mistakes": "Mistakes",
        "more": "Also",
    },
    "nb": {
        "title": "Språket, setning for setning",
        "intro": "Alt som kan stå i en forløpsfil: hva det sier, ordene på de tre språkene, et eksempel, og feil som folk gjør, hver med "
        "det programmet svarer. Siden er laget av programmets egne tabeller og prøver, så den sier det som er sant. Vil du lære språket, "
        "begynn med [guide-nb.md](guide-nb.md); `pathway explain PW131` sier mer om en melding.",
        "other": "In English: [language-en.md](language-en.md). Risikoer som en tekst kan ha: [risks-nb.md](risks-nb.md).",
        "mistakes": "Vanlige feil",
        "more": "Dessuten",
    },
}


_ANYWHERE = ("PW201", "PW202", "PW203", "PW214", "PW121", "PW122", "PW123")
"""Messages that any line can have, shown where there is no other."""


class Mistake(NamedTuple):
    """A line with a mistake, in a language, and what is said of it."""

    language: Language
    line: str
    problem: Diagnostic


@dataclass(frozen=True)
class Entry:
    """One entry of the reference."""

    group: str
    rules: tuple[str, ...]
    words: tuple[str, ...]
    said: dict[str, dict[str, str]]

    def title(self, language: Language) -> str:
        """The words that it begins with, as the language writes them; of a rule's name, an example of it."""
        written = [words for kind in self.words if (words := words_of(kind, language))]
        return " · ".join(dict.fromkeys(words[0] for words in written)) or self.said[language]["example"].partition(" ")[0]


@cache
def entries() -> tuple[Entry, ...]:
    told: list[dict[str, Any]] = texts_of("reference")["entry"]
    return tuple(Entry(e["group"], tuple(e["rules"]), tuple(e["words"]), {lang: e[lang] for lang in _WORDS}) for e in told)


def words_of(kind: str, language: Language) -> list[str]:
    """All words of a kind in a language, the one that is written first."""
    if kind in SIGNS or kind in ("GT", "LT"):
        return [{**SIGNS, "GT": ">", "LT": "<"}[kind]]
    words: list[str] = table()["keywords"][kind][language]
    return words


def pages() -> dict[Path, str]:
    """Each page with its text."""
    return {DOCS / f"language-{language}.md": _page(language) for language in _NEAR}


def _page(language: Language) -> str:
    words, groups = _WORDS[language], texts_of("reference")["groups"]
    parts = [f"# {words['title']}", words["intro"], words["other"]]
    contents = []
    for group, title in groups.items():
        own = [entry.title(language) for entry in entries() if entry.group == group]
        contents.append(f"- [{title[language]}](#{_anchor(title[language])}): {', '.join(f'`{each}`' for each in own)}")
    parts.append("\n".join(contents))
    for group, title in groups.items():
        parts.append(f"## {title[language]}")
        for entry in entries():
            if entry.group == group:
                parts += _entry(entry, language)
    return "\n\n".join(parts) + "\n"


def _entry(entry: Entry, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    yield f"### {entry.title(language)}"
    yield entry.said[language]["says"]
    spelt = [[", ".join(f"`{word}`" for word in words_of(kind, each)) for each in LANGUAGES] for kind in entry.words]
    if spelt:
        rows = [f"| {' | '.join(row)} |" for row in spelt]
        yield "\n".join(["| English | bokmål | nynorsk |", "|---|---|---|", *dict.fromkeys(rows)])
    yield f"```\n{entry.said[language]['example']}\n```"
    found = _shown(entry, language)
    if found:
        told = [
            f"- `{m.line}`  \n  **{m.problem.code}** {m.problem.message(language)} {m.problem.help(language)}" for m in found
        ]
        yield f"**{words['mistakes']}**\n\n" + "\n".join(line.rstrip() for line in told)
    shown = {m.problem.code for m in found}
    more = sorted({m.problem.code for m in mistakes().get(entry.rules, ())} - shown)
    if more:
        titles = (f"{code} ({entry_of(code).title[language]})" for code in more)
        yield f"{words['more']}: {', '.join(titles)}."


def _shown(entry: Entry, language: Language) -> list[Mistake]:
    """Some of an entry's mistakes: each message once, in the reader's language first, short lines first."""
    near = _NEAR[language]
    own = [m for m in mistakes().get(entry.rules, ()) if m.language in near and "`" not in m.line]
    own.sort(key=lambda m: (m.problem.code in _ANYWHERE, near.index(m.language), len(m.line)))
    by_code: dict[str, Mistake] = {}
    for mistake in own:
        by_code.setdefault(mistake.problem.code, mistake)
    return list(by_code.values())[:_MOST]


@cache
def mistakes() -> dict[tuple[str, ...], list[Mistake]]:
    """By entry (its rules), the mistakes in the corpora that are of it."""
    found: dict[tuple[str, ...], list[Mistake]] = {}
    for path in (*BAD, *BAD_MEANING):
        source = Source(path.name, path.read_bytes().decode("utf-8"), path)
        tree, read = parse(source)
        problems = list(read) if path in BAD else [p for p in load(path).problems if p.span and p.span.file == str(path)]
        for problem in problems:
            entry = _entry_for(problem, [line for _, line in walk(tree.lines)])
            if entry is not None and problem.span is not None:
                line = source.line(problem.span.line).strip()
                found.setdefault(entry.rules, []).append(Mistake(tree.language, line, problem))
    return found


def _entry_for(problem: Diagnostic, lines: list[Line]) -> Entry | None:
    """The entry of the smallest part of the line that a problem is in; of a line that could not be read, that of the nearest word
    before it that begins one."""
    span = problem.span
    if span is None:
        return None
    by_rule = {rule: entry for entry in entries() for rule in entry.rules}
    line = next((each for each in lines if each.span.line <= span.line <= each.span.end_line), None)
    if line is None:
        return None
    if line.statement.kind == BROKEN:
        by_word = {entry.words[0]: entry for entry in reversed(entries()) if entry.words}
        before = [word.kind for word in line.words if word.span.column <= span.column and word.kind in by_word]
        return by_word[before[-1]] if before else None
    around = [
        node
        for statement in line.statements
        for node in _nodes(statement)
        if node.kind in by_rule and node.span.line <= span.line <= node.span.end_line and _holds(node, problem)
    ]
    return by_rule[around[-1].kind] if around else None


def _holds(node: Node, problem: Diagnostic) -> bool:
    span = problem.span
    assert span is not None
    return node.span.line != node.span.end_line or node.span.column <= span.column < node.span.end_column


def _nodes(node: Node) -> Iterator[Node]:
    """A node and those in it, outer ones first."""
    yield node
    for part in node.parts:
        if isinstance(part, Node):
            yield from _nodes(part)


def _anchor(heading: str) -> str:
    """The anchor that a heading gets where these pages are read."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
