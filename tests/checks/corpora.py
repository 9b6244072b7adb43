"""The corpora of texts with a risk and without, and how what is found is written beside them.

Each `bad/NAME.pathway` holds one risk, and `NAME.txt` what its author is told, in the file's language; `good/NAME.pathway` is the
nearest text that does not hold it. After a wanted change, `python -m tests.record` writes the messages anew: read the difference.
"""

from __future__ import annotations

from pathlib import Path

from pathway.api.definition import Definition, load
from pathway.language.diagnostics import Diagnostic

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.pathway"))
BAD = sorted((HERE / "bad").glob("*.pathway"))
DRAFTS = sorted((HERE / "drafts").glob("*.pathway"))
"""Whole drafts as they are first written, with all that is found in them."""


def opened(path: Path) -> Definition:
    """A text of the corpora by itself: beside others of the same name it would be taken for one of their versions."""
    return load(path.read_text(encoding="utf-8"), text=True)


def found(definition: Definition) -> list[Diagnostic]:
    """What the checks find in a text that has no mistakes."""
    assert not definition.errors, [problem.message() for problem in definition.errors]
    return definition.risks


def messages_text(path: Path) -> str:
    """Code and place, the line, what is at risk and for whom, what to do."""
    definition = opened(path)
    assert definition.language is not None
    parts: list[str] = []
    for risk in found(definition):
        assert risk.span is not None
        place = f"{risk.code} {risk.span.line}:{risk.span.column}"
        line = definition.source.line(risk.span.line)
        parts.append(f"{place}\n{line}\n{risk.message(definition.language)}\n{risk.help(definition.language)}\n")
    return "\n".join(parts)
