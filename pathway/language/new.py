"""A file to start from: a whole small pathway with comments that teach, in one of the three languages (`grammars/new/`)."""

from __future__ import annotations

from importlib.resources import files

from pathway.errors import PathwayError
from pathway.language.parse import parse
from pathway.language.reading import is_reserved
from pathway.language.source import Language, Source
from pathway.language.words import as_name, vocabulary


def beginning(title: str, language: Language) -> tuple[str, str]:
    """The name made from a title (`Hjerneslag og TIA` → `hjerneslag_og_tia`), and the text. Raises `PathwayError` for a title that
    no pathway can have."""
    shown = " ".join(title.split())
    name = as_name(shown)
    if is_reserved(name) or name[:1].isdigit():
        name = f"{vocabulary(language).write('PATHWAY')}_{name}"
    text = files("pathway.grammars").joinpath("new", f"{language}.pathway").read_text(encoding="utf-8")
    text = text.replace("{name}", name).replace("{title}", shown)
    if not name or '"' in shown or parse(Source(name, text))[1].errors:
        raise PathwayError("PW541", title=shown)
    return name, text
