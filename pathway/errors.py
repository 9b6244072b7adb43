"""What goes wrong for a caller of the library, as one small tree. Mistakes in a pathway file are no exceptions: they are
`problems` of what was loaded. An exception means that what was asked for cannot be given."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES, Language
from pathway.language.texts import texts_of


class PathwayError(Exception):
    """Something cannot be done, for a reason that `message()` says in the reader's language.

    Made from a code of the catalogue and the values of its message, or from a diagnostic that there already is.
    """

    def __init__(self, problem: Diagnostic | str, /, suggestion: str | None = None, **values: Any) -> None:
        self.diagnostic = Diagnostic(problem, None, values, suggestion) if isinstance(problem, str) else problem
        super().__init__(self.diagnostic.message("en"))

    @property
    def code(self) -> str:
        return self.diagnostic.code

    def message(self, language: Language = "en") -> str:
        """What is wrong."""
        return self.diagnostic.message(language)

    def help(self, language: Language = "en") -> str:
        """What to do about it; may be empty."""
        return self.diagnostic.help(language)


class NotFoundError(PathwayError):
    """There is no such file, shipped pathway, break or code."""


class InvalidPathwayError(PathwayError):
    """The pathway has mistakes, so it cannot be run or drawn. `problems` has them all."""

    def __init__(self, problem: Diagnostic | str, /, problems: tuple[Diagnostic, ...] = (), **values: Any) -> None:
        super().__init__(problem, **values)
        self.problems = problems


class EventsError(PathwayError):
    """A log cannot be read, or an event given by hand cannot be."""


class MappingError(PathwayError):
    """A mapping file says something that cannot be. `problems` has all that is wrong with it, in the order of their places."""

    def __init__(self, problem: Diagnostic | str, /, problems: tuple[Diagnostic, ...] = (), **values: Any) -> None:
        super().__init__(problem, **values)
        self.problems = problems or (self.diagnostic,)


class StateError(PathwayError):
    """A stored state cannot be restored. `problems` has all that stands in its way."""

    def __init__(self, problem: Diagnostic | str, /, problems: tuple[Diagnostic, ...] = (), **values: Any) -> None:
        super().__init__(problem, **values)
        self.problems = problems or (self.diagnostic,)


class DrawingError(PathwayError):
    """A picture cannot be made, as a rule for want of a program."""


class OutputError(PathwayError):
    """A file or folder cannot be written."""


def system_reason(error: Exception) -> Mapping[Language, str]:
    """Why a file could not be read or written, in the reader's language, to be a value of a message.

    What the system says otherwise stays as it says it; an error that is not the system's own is a file that is damaged.
    """
    code = getattr(error, "errno", None)
    reasons: Mapping[str, Mapping[Language, str]] = texts_of("system")
    if code is None:
        return reasons["damaged"]
    name = "EACCES" if code == errno.EPERM else errno.errorcode.get(code, "")
    told = getattr(error, "strerror", None) or str(error)
    return reasons.get(name) or dict.fromkeys(LANGUAGES, told)
