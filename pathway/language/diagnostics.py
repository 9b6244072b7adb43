"""One type for everything that is wrong or at risk in a text, a mapping or a log.

A `Diagnostic` is a code, a place and the values that its message speaks of. The texts are data
(`grammars/messages/*.toml`), so that each message exists in every language and `explain` has a long form of it.
How a diagnostic is shown (text, JSON, a page) is another matter: see `pathway/cli/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pathway.language.source import Language, Span
from pathway.language.texts import texts_of

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
    for name in _catalogue_files():
        for code, entry in _entries(name).items():
            if code in entries:
                raise ValueError(f"{code} stands twice in the catalogue of messages")
            entries[code] = entry
    return entries


def entry_of(code: str) -> MessageText:
    """A message. Only the files of its kind are read: `PW3…` stands in `3-….toml` or behind it."""
    near = [name for name in _catalogue_files() if name[:1] == code[2:3]]
    return next((_entries(name)[code] for name in near if code in _entries(name)), None) or catalogue()[code]


def risk_codes() -> list[str]:
    """The codes of all risks."""
    own = (name for name in _catalogue_files() if name[:1] == "3")
    return [code for name in own for code, entry in _entries(name).items() if entry.severity == "risk"]


@cache
def _catalogue_files() -> tuple[str, ...]:
    found = (file.name for file in files("pathway.grammars").joinpath("messages").iterdir())
    return tuple(sorted(name for name in found if name.endswith(".toml")))


@cache
def _entries(name: str) -> Mapping[str, MessageText]:
    """The messages of one file."""
    parts = ("title", "message", "help", "long", "example", "becomes")
    return {
        code: MessageText(code, entry["severity"], **{part: entry.get(part, {}) for part in parts})
        for code, entry in texts_of(f"messages/{name.removesuffix('.toml')}").items()
    }


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
        return entry_of(self.code).severity

    def message(self, language: Language = "en") -> str:
        """What is wrong, in one sentence; never what to do about it."""
        return self._filled(entry_of(self.code).message[language], language)

    def _filled(self, template: str, language: Language) -> str:
        values = {name: value[language] if isinstance(value, Mapping) else value for name, value in self.values.items()}
        return template.format_map({name: _shortened(value) for name, value in values.items()})

    def help(self, language: Language = "en") -> str:
        """What to write or do instead; empty when there is nothing to add."""
        text = self._filled(entry_of(self.code).help.get(language, ""), language)
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
