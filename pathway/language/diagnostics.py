"""One type for everything that is wrong or at risk in a text, a mapping or a log.

A `Diagnostic` is a code, a place and the values that its message speaks of. The texts are data
(`grammars/messages/*.toml`), so that each message exists in every language and `explain` has a long form of it.
How a diagnostic is shown (text, JSON, a page) is another matter: see `pathway/cli/`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pathway.language.source import Language, Span

Severity = Literal["error", "risk", "note"]


@dataclass(frozen=True, slots=True)
class MessageText:
    """The catalogue's entry for one code: a template for each language, filled with the diagnostic's values."""

    code: str
    severity: Severity
    title: Mapping[str, str]
    message: Mapping[str, str]
    help: Mapping[str, str]
    long: Mapping[str, str]
    example: Mapping[str, str]
    becomes: Mapping[str, str]
    """Of a risk: which break it would become, and for whom."""


@cache
def catalogue() -> Mapping[str, MessageText]:
    """Every message there is, by code."""
    entries: dict[str, MessageText] = {}
    for file in sorted(files("pathway.grammars").joinpath("messages").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for code, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{code} stands twice in the catalogue of messages")
            parts = {name: entry.get(name, {}) for name in ("title", "message", "help", "long", "example", "becomes")}
            entries[code] = MessageText(code, entry["severity"], **parts)
    return entries


_LONGEST = 200


def _shortened(value: Any) -> Any:
    """A value as a message can hold it: an author's word may be a megabyte long. A list ends behind one of its items."""
    if not isinstance(value, str) or len(value) <= _LONGEST:
        return value
    whole = value[:_LONGEST].rpartition(", ")[0]
    return f"{whole}, …" if whole else f"{value[:_LONGEST]}…"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something wrong (`error`), at risk of a break (`risk`) or worth knowing (`note`), at a place.

    `values` fill the message's template; one that differs between languages is a mapping from language to text. `suggestion`
    is the nearest known name or word, when there is one.
    """

    code: str
    span: Span | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str | None = None

    @property
    def severity(self) -> Severity:
        return catalogue()[self.code].severity

    def message(self, language: Language = "en") -> str:
        """What is wrong, in one sentence; never what to do about it."""
        return self._filled(catalogue()[self.code].message[language], language)

    def _filled(self, template: str, language: Language) -> str:
        values = {name: value[language] if isinstance(value, Mapping) else value for name, value in self.values.items()}
        return template.format_map({name: _shortened(value) for name, value in values.items()})

    def help(self, language: Language = "en") -> str:
        """What to write or do instead; empty when there is nothing to add."""
        text = self._filled(catalogue()[self.code].help.get(language, ""), language)
        if self.suggestion is None:
            return text
        nearest = {"en": "Did you mean", "nb": "Mente du", "nn": "Meinte du"}[language]
        return f"{nearest} `{self.suggestion}`? {text}".rstrip()

    def place(self) -> tuple[str, int, int]:
        """What diagnostics are sorted by."""
        return (self.span.file, self.span.line, self.span.column) if self.span else ("", 0, 0)


class Problems:
    """Diagnostics as they are found: one a place and code, given back in the order of their places."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span | None, str], Diagnostic] = {}

    def add(self, code: str, span: Span | None = None, /, suggestion: str | None = None, **values: Any) -> None:
        """Note a problem. `code` must stand in the catalogue."""
        self._found.setdefault((code, span, repr(values)), Diagnostic(code, span, values, suggestion))

    def extend(self, others: Problems) -> None:
        self._found.update(others._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found.values(), key=lambda d: (d.place(), d.code)))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Diagnostic]:
        return [d for d in self if d.severity == "error"]
