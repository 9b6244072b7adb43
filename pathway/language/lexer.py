"""Characters → atoms: words, numbers, dates, strings and signs with their places, before it is known what a word means.

Whether `home` is a level or a name depends on what the grammar can take where it stands, so an atom carries the terminals
that its shape allows, and the reading of a line (`reading.py`) chooses. Places are those of the author's text; nothing
is rewritten: a decomposed å or a non-breaking space is understood where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from pathway.language.source import Span

WORD = "WORD"
"""The shape of a word: a keyword or a name."""

INVISIBLE = "\ufeff\u200b\u2060\u00ad"
"""Characters without a width that come along when text is pasted: blanks, or nothing within a word."""

SPACE = "\\s" + INVISIBLE

_LETTER = r"[^\W\d_]"
_PART = rf"[\w\u0300-\u036f{INVISIBLE}]"

_ATOM = re.compile(
    rf"""
      (?P<blank>[{SPACE}]+)
    | (?P<comment>\#.*)
    | (?P<string>"[^"]*"|[“”„][^“”„"]*[“”„"]|«[^«»]*»|(?<!\w)'[^']*'|(?<!\w)‘[^‘’]*’)
    | (?P<unclosed>["“”„«].*)
    | (?P<clock>\b[Kk]l(?:\.|\b)[{SPACE}]*(?:\d{{1,2}}[.:]\d{{2}}|\d{{1,2}})(?!\w)|\d{{1,2}}:\d{{2}}(?!\w))
    | (?P<date>\d{{4}}-\d{{2}}-\d{{2}}(?!\w))
    | (?P<decimal>\d++,\d{{1,2}}(?![\w,]))
    | (?P<ordinal>\d++\.(?=[{SPACE}]|$))
    | (?P<number>\d++(?:\.\d++)?+(?![\w./-]*\w))
    | (?P<code>\w{_PART}*(?:[./-]{_PART}+)+|\d{_PART}+|°\w+)
    | (?P<word>{_LETTER}{_PART}*|_{_PART}*)
    | (?P<sign>>=|=>|≥|<=|=<|≤|!=|<>|≠|==|[<>=,:()+%])
    | (?P<stray>.)
    """,
    re.VERBOSE,
)

_SIGNS = {
    ">=": "GE", "≥": "GE", "<=": "LE", "≤": "LE", ">": "GT", "<": "LT",
    ",": "COMMA", ":": "COLON", "(": "LPAR", ")": "RPAR", "+": "PLUS", "%": "PERCENT",
}  # fmt: skip

_SPOKEN_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_SHORT_DATE = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_DOTTED = re.compile(rf"{_LETTER}{_PART}*(?:\.{_LETTER}{_PART}*)+")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a line. `kinds` are the terminals that it can be, most telling first; none for what no line can hold.
    `fault` names what is odd about it although it can be understood (see `faults.py`)."""

    kinds: tuple[str, ...]
    text: str
    value: str
    line: int
    column: int
    fault: str = ""

    @property
    def end_column(self) -> int:
        return self.column + len(self.text)

    def span(self, file: str) -> Span:
        return Span(file, self.line, self.column, self.line, self.column + len(self.text))


@dataclass(frozen=True, slots=True)
class Lexed:
    """A line of the text as atoms. `comment` is empty when the line has none."""

    atoms: list[Atom]
    comment: str


def lex(text: str, number: int) -> Lexed:
    """The atoms of one line of text, whose number is given. Never fails: what it does not know is an atom without kinds."""
    atoms: list[Atom] = []
    comment = ""
    for match in _ATOM.finditer(text):
        shape = match.lastgroup
        if shape == "blank":
            continue
        piece = match.group()
        if shape == "comment":
            comment = piece.rstrip()
            continue
        assert shape is not None
        atoms.append(_atom(shape, piece, number, match.start() + 1))
    return Lexed(atoms, comment)


def _atom(shape: str, text: str, line: int, column: int) -> Atom:
    match shape:
        case "word":
            return Atom((WORD,), text, plain(text), line, column)
        case "sign":
            kind = _SIGNS.get(text)
            return Atom((kind,) if kind else (), text, text, line, column)
        case "number":
            return Atom(("NUMBER",), text, text, line, column)
        case "ordinal":
            return Atom(("ORDINAL",), text, text[:-1], line, column)
        case "decimal":
            return Atom(("NUMBER",), text, text.replace(",", "."), line, column, "decimal comma")
        case "string":
            return Atom(("STRING",), text, text[1:-1], line, column, "" if text[0] == '"' else "quotes")
        case "unclosed":
            text = text.rstrip()
            return Atom(("STRING",), text, text[1:].rstrip(), line, column, "unclosed")
        case "date":
            value = _day(*(int(part) for part in text.split("-")))
            return Atom(("DATE",), text, value, line, column, "" if value == text else "no such day")
        case "clock":
            return _clock(text, line, column)
        case "code":
            return _code(text, line, column)
        case _:
            return Atom((), text, text, line, column)


def plain(text: str) -> str:
    """A word as it counts: letters composed, nothing invisible in it."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(c for c in text if c not in INVISIBLE))


def _day(year: int, month: int, day: int) -> str:
    """A date as ISO writes it; the nearest one that exists where there is no such day, so that reading can go on."""
    year, month = min(max(year, 1), 9999), min(max(month, 1), 12)
    return date(year, month, min(max(day, 1), monthrange(year, month)[1])).isoformat()


def _clock(text: str, line: int, column: int) -> Atom:
    hour, minute = (int(part) for part in ([*re.findall(r"\d+", text), "0"])[:2])
    value = f"{min(hour, 23):02}:{min(minute, 59):02}"
    return Atom(("CLOCK",), text, value, line, column, "" if (hour, minute) <= (23, 59) and minute < 60 else "no such time")


def _code(text: str, line: int, column: int) -> Atom:
    """What has points, hyphens or strokes in it, or letters after digits: a code, a rule's full name, a unit, a date."""
    value = plain(text)
    if spoken := _SPOKEN_DATE.fullmatch(text):
        day, month, year = (int(part) for part in spoken.groups())
        if 1 <= month <= 12 and 1 <= day <= 31:
            return Atom(("DATE", "CODE_VALUE"), text, _day(year, month, day), line, column, "date order")
    if short := _SHORT_DATE.fullmatch(text):
        return Atom(("DATE", "CODE_VALUE"), text, _day(*(int(part) for part in short.groups())), line, column, "date order")
    if "/" in text or text[0] == "°":
        return Atom(("UNIT_WORD",), text, value, line, column)
    if _DOTTED.fullmatch(text):
        return Atom(("DOTTED", "CODE_VALUE"), text, value, line, column)
    return Atom(("CODE_VALUE",), text, value, line, column)
