"""The corpus of logs: what each gives, or what its reader is told, stands beside it in `NAME.txt`.

A log `NAME.csv`, or a folder `NAME`, is read with `NAME.map.toml` if there is one; what cannot be read is called `bad-…`. After a
wanted change, `python -m tests.record` writes the texts anew: read the difference before keeping it.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from pathway.errors import PathwayError
from pathway.events.event import Event
from pathway.events.read import Log, read_log
from pathway.language.diagnostics import Diagnostic
from pathway.model.calendar import to_datetime
from tests.events.conftest import made

HERE = Path(__file__).parent / "data"
LOGS = sorted(path for path in HERE.iterdir() if path.suffix not in (".txt", ".toml"))
GOOD = [path for path in LOGS if not path.name.startswith("bad-")]
BAD = [path for path in LOGS if path.name.startswith("bad-")]


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name.split(".")[0] + ending)


def read(path: Path, *, strict: bool = False) -> Log:
    mapping = beside(path, ".map.toml")
    return read_log(path, made(), mapping if mapping.exists() else None, strict=strict)


def told(path: Path) -> str:
    """What a log gives: its events, a line each, and its account; or what is wrong with it."""
    try:
        return account(read(path))
    except PathwayError as error:
        problems: tuple[Diagnostic, ...] = getattr(error, "problems", (error.diagnostic,))
        return "".join(_said(problem) for problem in problems).replace(f"{HERE}/", "")


def account(log: Log) -> str:
    lines = [_line(event) for _, events in log.by_patient() for event in events]
    last = "-" if log.last_recorded is None else to_datetime(log.last_recorded).isoformat()
    lines += ["", f"last recorded: {last}"] + ([] if log.receipts else ["no receipts"])
    lines += [f"{name}: {value}" for name, value in log.counts.as_dict().items() if value]
    return "\n".join(lines) + "\n"


def _line(event: Event) -> str:
    parts = [repr(event.patient), event.key, _time(event.occurred) + (" (that day)" if event.date_only else "")]
    known = {"name", "phase", "patient", "occurred", "date_only", "root" if event.root == event.id else ""}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name not in known and value not in (None, {}):
            time = field.name in ("recorded", "until", "deviation_until")
            parts.append(f"{field.name}={_time(value) if time else value}")
    return " · ".join(parts)


def _time(instant: int) -> str:
    return to_datetime(instant).isoformat().removesuffix("+00:00") + "Z"


def _said(problem: Diagnostic) -> str:
    place = f" {problem.span.line}:{problem.span.column}-{problem.span.end_column}" if problem.span else ""
    return f"{problem.code}{place}\n{problem.message('nb')}\n{problem.help('nb')}\n\n"
