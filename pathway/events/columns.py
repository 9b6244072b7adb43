"""A log as columns of text, whatever it came from, in parts. No value is guessed: `NA`, `007` and `1e5` stay what they are."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from pathway.errors import EventsError, system_reason
from pathway.events.delimited import read_delimited
from pathway.events.text_columns import TextColumns, Wanted, first_line, numbered_on, whole

_MOST_UNPACKED = 4 * 1024**3
"""Bytes that a packed log may unpack to: more is taken for a bomb."""
_PACKED = b"\x1f\x8b"
_BEGINNINGS = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls"}
"""What a file is that begins so, whatever it is called."""
_ENDINGS = {
    "parquet": "parquet", "xlsx": "xlsx", "xlsm": "xlsx", "xes": "xes", "xml": "xml", "jsonl": "lines", "ndjson": "lines",
    "json": "json",
}  # fmt: skip
_OF_FOLDERS = ("parquet", "xml", "lines", "json")
"""What is read of a folder: files of one of these kinds."""


class Told(NamedTuple):
    """What a mapping says of how a file is to be read."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


AS_FOUND = Told()
"""Nothing is told: everything is found."""


def read_columns(path: str | Path, wanted: Wanted, told: Told = AS_FOUND) -> TextColumns:
    """A log as a whole. Raises as `read_parts` does."""
    return whole(read_parts(path, wanted, told))


def read_parts(path: str | Path, wanted: Wanted, told: Told = AS_FOUND) -> Iterator[TextColumns]:
    """Read a log: CSV, Parquet, Excel, XES, JSON, FHIR or a Norwegian message; or a folder of Parquet, JSON or messages.

    What is text may also be packed. A column that comes late in the log is missing in the parts before. Raises `EventsError` when
    it is none of them.
    """
    file = Path(path)
    try:
        yield from _folder(file, wanted) if file.is_dir() else _file(file, wanted, told)
    except EventsError:
        raise
    except (OSError, zlib.error, EOFError) as error:
        raise EventsError("PW410", file=str(path), detail=system_reason(error)) from error
    except (UnicodeError, LookupError) as error:
        raise EventsError("PW411", file=str(path), encoding=told.encoding or "UTF-8") from error
    except (csv.Error, ValueError) as error:
        raise EventsError("PW412", file=str(path), detail=first_line(error)) from error


def _file(file: Path, wanted: Wanted, told: Told) -> Iterator[TextColumns]:
    match kind_of(file):
        case "parquet":
            from pathway.events.tables import read_parquet

            yield from read_parquet(file, wanted)
        case "xlsx":
            from pathway.events.excel import read_excel

            yield from read_excel(file, told.sheet, wanted)
        case "xls":
            raise EventsError("PW412", file=str(file), detail="Excel 97–2003 (.xls)")
        case "lines":
            from pathway.events.json_rows import read_json_lines

            yield from read_json_lines(_opened(file), wanted)
        case "json":
            from pathway.events.json_rows import read_json

            yield from read_json(_opened(file), str(file), wanted)
        case "xml":
            from pathway.events.messages import read_message

            yield from read_message(_opened(file), str(file), wanted)
        case "xes":
            from pathway.events.xes import read_xes

            with _opened(file) as stream:
                yield from read_xes(stream, str(file), wanted)
        case _:
            yield from read_delimited(lambda: _opened(file), told.delimiter, told.encoding, wanted)


def kind_of(file: Path) -> str | None:
    """What a file is, by how it begins, else by how its name ends."""
    with file.open("rb") as stream:
        known = _BEGINNINGS.get(stream.read(4))
    return known or _by_name(file)


def _by_name(file: Path) -> str | None:
    return _ENDINGS.get(file.name.lower().removesuffix(".gz").rpartition(".")[2])


def _folder(folder: Path, wanted: Wanted) -> Iterator[TextColumns]:
    """The files of a folder as one log."""
    kind, files = files_of(folder)
    if kind == "xml":
        from pathway.events.messages import read_messages

        return read_messages(_numbered(files), wanted)
    return numbered_on(_file(file, wanted, AS_FOUND) for file in files)


def files_of(folder: Path) -> tuple[str, list[Path]]:
    """The kind of the files of a folder and of those in it, and they in the order of their paths. Raises `EventsError` for several
    kinds."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_")))
    kinds = Counter(kind for file in files if (kind := _by_name(file)) in _OF_FOLDERS)
    if len(kinds) != 1:
        found = ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items())) or "–"
        raise EventsError("PW424", file=str(folder), found=found)
    (kind,) = kinds
    return kind, [file for file in files if _by_name(file) == kind]


def _numbered(files: list[Path]) -> Iterator[tuple[int, IO[bytes]]]:
    for number, file in enumerate(files, 1):
        yield number, _opened(file)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a bound."""

    def __init__(self, inner: Any, most: int) -> None:
        self._inner, self._left = inner, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise EventsError("PW413", most=f"{_MOST_UNPACKED / 1024**3:g}")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _opened(file: Path) -> io.BufferedReader:
    """A file from its beginning, unpacked if it is packed, whatever it is called."""
    with file.open("rb") as stream:
        packed = stream.read(2) == _PACKED
    if packed or file.suffix.lower() == ".gz":
        return io.BufferedReader(_Bounded(gzip.open(file), _MOST_UNPACKED), 1 << 20)
    return file.open("rb")
