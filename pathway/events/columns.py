"""A log as columns of text, whatever file it came from. No value is guessed: `NA`, `007` and `1e5` stay what they are."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path
from typing import Any

from pathway.errors import EventsError, system_reason
from pathway.events.delimited import read_delimited
from pathway.events.text_columns import TextColumns, Wanted, first_line
from pathway.events.xes import read_xes

_MOST_UNPACKED = 4 * 1024**3
"""Bytes that a packed log may unpack to: more is taken for a bomb."""
_PACKED = b"\x1f\x8b"


def read_columns(path: str | Path, delimiter: str | None, encoding: str | None, wanted: Wanted) -> TextColumns:
    """Read a CSV, Parquet or XES file (CSV and XES also packed). Raises `EventsError` when it is none of them."""
    file = Path(path)
    name = file.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            from pathway.events.tables import read_parquet

            return read_parquet(file, wanted)
        if name.endswith(".xes"):
            with _opened(file) as stream:
                return read_xes(stream, str(path), wanted)
        return read_delimited(lambda: _opened(file), delimiter, encoding, wanted)
    except EventsError:
        raise
    except (OSError, zlib.error, EOFError) as error:
        raise EventsError("PW410", file=str(path), detail=system_reason(error)) from error
    except (UnicodeError, LookupError) as error:
        raise EventsError("PW411", file=str(path), encoding=encoding or "UTF-8") from error
    except (csv.Error, ValueError) as error:
        raise EventsError("PW412", file=str(path), detail=first_line(error)) from error


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
