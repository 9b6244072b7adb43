"""Texts that people read, as data: the files of `grammars/` in TOML, each read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts_of(name: str) -> dict[str, Any]:
    """What `grammars/NAME.toml` holds, by group and key, in each language."""
    return tomllib.loads(files("pathway.grammars").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
