"""The pages for authors on what the checks find (docs/risks-*.md), made from the catalogue of messages.

`python -m tests.record` writes them; a test holds that they are up to date.
"""

from __future__ import annotations

import re
from pathlib import Path

from pathway.language.diagnostics import MessageText, catalogue
from pathway.language.source import Language

DOCS = Path(__file__).parents[2] / "docs"

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Risks of a break that a text already contains",
        "intro": "`pathway check` looks for places where a pathway can break, before any patient has been through it. Below stands "
        "everything that it finds: what it is, which kind of break it would become and for whom, an example of how it can be "
        "written, and what to do. `pathway explain PW301` shows the same. This page is made from the program's messages.\n\n"
        "A risk is no mistake: the pathway works. If you hold that it is in order, answer it with the reason. At the margin the answer "
        "holds for the whole file; beneath a stage or a rule, for what is found there. An answer to nothing is noted (PW330).\n\n"
        '```\naccept PW302 because "Told by word of mouth every morning"\n```',
        "code": "code",
        "what": "What it is",
        "becomes": "Which break it becomes, and for whom",
        "example": "Example",
        "help": "What to write",
        "other": "På norsk: [risks-nb.md](risks-nb.md). How to write a pathway: [guide-en.md](guide-en.md).",
    },
    "nb": {
        "title": "Risiko for brudd som allerede ligger i teksten",
        "intro": "`pathway check` leter etter steder der et forløp kan brytes, før noen pasient har gått i det. Her står alt den finner: "
        "hva det er, hvilket slags brudd det kan bli og for hvem, et eksempel på hvordan det kan skrives, og hva du gjør. `pathway explain "
        "PW301` viser det samme. Siden er laget av programmets meldinger.\n\n"
        "En risiko er ikke en feil: forløpet virker. Mener dere at den er i orden, svar på den med grunnen. I margen gjelder svaret hele "
        "filen; under en fase eller en regel gjelder det som er funnet der. Et svar på ingenting blir bemerket (PW330).\n\n"
        '```\ngodta PW302 fordi "Avtalt muntlig hver morgen"\n```',
        "code": "kode",
        "what": "Hva det er",
        "becomes": "Hvilket brudd det blir, og for hvem",
        "example": "Eksempel",
        "help": "Hva du skriver",
        "other": "In English: [risks-en.md](risks-en.md). Å skrive et forløp: [guide-nb.md](guide-nb.md).",
    },
}


def pages() -> dict[Path, str]:
    """Each page with its text."""
    return {DOCS / f"risks-{language}.md": _page(language) for language in _WORDS}


def _page(language: Language) -> str:
    words = _WORDS[language]
    entries = [entry for code, entry in sorted(catalogue().items()) if code.startswith("PW3")]
    table = [
        f"| {words['code']} | |",
        "|---|---|",
        *(f"| [{e.code}](#{_anchor(e, language)}) | {e.title[language]} |" for e in entries),
    ]
    parts = [f"# {words['title']}", words["intro"], words["other"], "\n".join(table)]
    for entry in entries:
        parts.append(f"## {entry.code} {entry.title[language]}")
        parts.append(f"**{words['what']}.** {entry.long[language]}")
        parts.append(f"**{words['becomes']}.** {entry.becomes[language]}")
        parts.append(f"**{words['help']}.** {_open(entry.help[language])}")
        parts.append(f"**{words['example']}.**\n\n```\n{entry.example[language]}\n```")
    return "\n\n".join(parts) + "\n"


def _anchor(entry: MessageText, language: Language) -> str:
    """The anchor that a heading gets where these pages are read."""
    return re.sub(r"[^\w\- ]", "", f"{entry.code} {entry.title[language]}".lower()).replace(" ", "-")


def _open(template: str) -> str:
    """A template with its values' places left open."""
    return re.sub(r"\{\w+\}", "…", template)
