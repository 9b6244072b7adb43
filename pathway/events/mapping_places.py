"""Where in a mapping file a setting stands: TOML is read without places, and a message without one is half a message."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence

from pathway.language.source import LANGUAGES, Language, Span
from pathway.language.texts import texts_of

_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEAD = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_SETTING = re.compile(rf"\s*({_DOTTED})\s*=")
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


class Places:
    """The places of a mapping's settings, as far as they stand one a line."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._settings = list(self._found())

    def of(self, path: Sequence[str]) -> Span | None:
        """The setting of a path (`events`, `ER Triage`, `phase`), or the nearest around it; None where there is none."""
        best: tuple[int, Span] | None = None
        for known, span in self._settings:
            if list(known) == list(path[: len(known)]) and (best is None or len(known) > best[0]):
                best = (len(known), span)
        if best is None:
            return None
        depth, span = best
        if depth < len(path):
            # A key in braces on the same line.
            inside = re.compile(rf"(?<![\w-])[\"']?({re.escape(path[-1])})[\"']?\s*=")
            found = inside.search(self._lines[span.line - 1], span.end_column - 1)
            if found is not None:
                return self._span(span.line, *found.span(1))
        return span

    def told(self, message: str) -> tuple[dict[Language, str], Span | None]:
        """What TOML's reader says is wrong, in a reader's words, and the place that it names."""
        entries = texts_of("toml")["told"]
        entry = next(entry for entry in entries if message.startswith(tuple(entry["begins"])))
        detail = {language: entry[language] for language in LANGUAGES}
        found = _AT.search(message)
        if found is None:
            return detail, None
        line, column = (int(found[1]), int(found[2])) if found[1] else (max(1, len(self._lines)), 1)
        return detail, self._span(line, column - 1, column)

    def _span(self, line: int, start: int, end: int) -> Span:
        return Span(self._file, line, start + 1, line, end + 1)

    def _found(self) -> Iterator[tuple[tuple[str, ...], Span]]:
        table: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, 1):
            head = _HEAD.match(line)
            setting = None if head else _SETTING.match(line)
            place = head or setting
            if place is None:
                continue
            path = _path(place[1])
            if head:
                table = path
            else:
                path = (*table, *path)
            yield path, self._span(number, *place.span(1))


def _path(dotted: str) -> tuple[str, ...]:
    """A key as TOML means it: quotes and escapes read, dots between parts."""
    try:
        read = tomllib.loads(f"{dotted} = 0")
    except (tomllib.TOMLDecodeError, RecursionError):
        return (dotted,)
    path: list[str] = []
    while isinstance(read, dict):
        ((key, read),) = read.items()
        path.append(key)
    return tuple(path)
