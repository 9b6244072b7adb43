"""The corpora of good and bad files, and how what they should give is written beside them.

`good/NAME.pathway` has its model in `NAME.json`, `bad/NAME.pathway` its messages, in the file's language, in `NAME.txt`. After a
wanted change, `python -m tests.record` writes them anew: read the difference before keeping it.
"""

from __future__ import annotations

import json
from pathlib import Path

from pathway.language.parse import parse
from pathway.model.load import Loaded, load

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.pathway"))
BAD = sorted((HERE / "bad").glob("*.pathway"))


def model_text(path: Path) -> str:
    """A file's model as JSON, without what is as usual."""
    loaded = load(path)
    assert loaded.pathway is not None
    dumped = loaded.pathway.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(dumped, ensure_ascii=False, indent=1) + "\n"


def messages_text(path: Path) -> str:
    """What a file's author is told: code and place, the line with the place marked, what is wrong, what to do."""
    return told(load(path))


def told(loaded: Loaded) -> str:
    tree, _ = parse(loaded.source)
    parts: list[str] = []
    for problem in loaded.problems:
        place, text, mark = "", "", ""
        if problem.span is not None:
            place = f" {problem.span.line}:{problem.span.column}"
            text = loaded.source.line(problem.span.line)
            end = problem.span.end_column if problem.span.end_line == problem.span.line else len(text) + 1
            mark = " " * (problem.span.column - 1) + "^" * max(1, end - problem.span.column)
        parts.append(f"{problem.code}{place}\n{text}\n{mark}\n")
        parts.append(f"{problem.message(tree.language)}\n{problem.help(tree.language)}\n\n")
    return "".join(parts)
