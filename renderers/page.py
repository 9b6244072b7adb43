"""The report as one HTML file: no network, a strict content security policy, Norwegian (Bokmål or Nynorsk) and English in one page.

The language that it opens in is plain HTML, whole without script: a preview, a mail gateway that takes scripts out, a printer and a
screen reader all get everything. The other language and the data behind lie in the page compressed, a tenth of their size, and are
unpacked when asked for.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.reports.figures import Figures

from .texts import text
from .view import View, marks


def page_html(pathway: Pathway, figures: Figures, language: Language = "nb", *, unfolded: bool = False) -> str:
    """The report page. It opens in `language`; the reader can switch to English, and from that to Bokmål. On paper what is folded
    away stays away, but where it is made `unfolded`. Two or three MB and some seconds for a county."""
    css, script = _asset("page.css"), _asset("page.js")
    shown_in: tuple[Language, Language] = (language, "nb" if language == "en" else "en")
    views = {shown: View(pathway, figures, shown, other) for shown, other in zip(shown_in, reversed(shown_in), strict=True)}
    template = _environment().get_template("body.html.j2")
    bodies = {shown: re.sub(r"\n\s*", "\n", template.render(v=view)) for shown, view in views.items()}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            css=Markup(css),
            script=Markup(script),
            unfolded=unfolded,
            policy=f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'",
            view=views[language],
            marks=marks(),
            titles={shown: f"{text('title_report', shown)}: {view.title}" for shown, view in views.items()},
            body=Markup(bodies[language]),
            others={shown: _packed(body) for shown, body in bodies.items() if shown != language},
            data={
                "json": _packed(figures.model_dump_json(by_alias=True)),
                **{f"csv-{shown}": _packed(rules_csv(view)) for shown, view in views.items()},
            },
        )
    )


def rules_csv(view: View) -> str:
    """The rules as a table that a spreadsheet of the language opens with a double click: `;` and decimal comma in Norwegian."""
    english = view.language == "en"
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if english else ";", lineterminator="\r\n")
    names = (
        "rule",
        "limit",
        "answerable",
        "judged",
        "outcome_met",
        "in_time_short",
        "broken_short",
        "median_time",
        "median_delay",
    )
    writer.writerow([view.t(name) for name in names])

    def plain(value: float | None) -> str:
        said = "" if value is None else f"{value:.6g}"
        return said if english else said.replace(".", ",")

    for rule in view.figures.rules:
        main = rule.parts[0]
        judged = main.in_time
        row = [view.w(rule.titles), view.w(main.limit), view.answers_for(rule.party)]
        row += ["", "", ""] if judged is None else [str(judged.whole), str(judged.part), plain(judged.value)]
        row += [plain(rule.broken), plain(main.times and main.times.median_s), plain(main.delays and main.delays.median)]
        writer.writerow(row)
    return "\ufeff" + written.getvalue()


def _asset(name: str) -> str:
    return files("pathway.renderers").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _packed(content: str) -> str:
    """Compressed, the same bytes every time."""
    return base64.b64encode(gzip.compress(content.encode(), 9, mtime=0)).decode()


@cache
def _environment() -> Environment:
    loader = FunctionLoader(lambda name: _asset(f"parts/{name}"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
