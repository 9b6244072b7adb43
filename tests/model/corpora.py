"""The corpora of good and bad files, and how what they should give is written beside them.

`good/NAME.pathway` has its model in `NAME.model`, `bad/NAME.pathway` its messages, in the file's language, in `NAME.txt`. After a
wanted change, `python -m tests.record` writes them anew: read the difference before keeping it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pathway.language.parse import parse
from pathway.model.load import Loaded, load

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.pathway"))
BAD = sorted((HERE / "bad").glob("*.pathway"))
WARD = HERE / "ward"
"""The folder with the pathway that those of the corpora adapt and start."""


_LISTS = ("changes", "costs", "enters", "unsuited", "leaves", "accepted")


def model_text(path: Path) -> str:
    """A file's model, a line of JSON for each thing declared, rule and way out; what is empty is left out."""
    loaded = load(path)
    assert loaded.pathway is not None
    dumped = _full(loaded.pathway.model_dump(mode="json"))
    stages = {"throughout": dumped.pop("throughout"), **dumped.pop("stages", {})}
    groups = {
        name: dumped.pop(name) for name in list(dumped) if isinstance(dumped[name], dict) and name not in ("titles", "valid")
    }
    lists = {name: dumped.pop(name) for name in (*_LISTS, "scenarios") if name in dumped}
    lines = [_line(dumped)]
    for name, group in groups.items():
        lines += [f"{name} {key}: {_line(item)}" for key, item in group.items()]
    for name, items in lists.items():
        lines += [f"{name}: {_line(item)}" for item in items]
    for stage in stages.values():
        rules, ways = stage.pop("rules", []), stage.pop("transitions", [])
        lines += [f"stage: {_line(stage)}", *(f"    rule: {_line(rule)}" for rule in rules)]
        for way in ways:
            under = [*([way.pop("within")] if "within" in way else []), *way.pop("rules", [])]
            lines += [f"    way: {_line(way)}", *(f"        rule: {_line(rule)}" for rule in under)]
    return "\n".join(lines) + "\n"


def _full(value: Any) -> Any:
    """A dumped value without what is empty, as usual, or false by default."""
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if (kept := _full(item)) not in (None, [], {}) and kept is not False}
    return [_full(item) for item in value] if isinstance(value, list) else value


def _line(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False)


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
