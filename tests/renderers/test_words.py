"""The words of pictures and pages: three languages, the same values, none that nobody says; numbers and dates as they are written."""

from __future__ import annotations

import re
import string
import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from pathway.renderers.texts import date_text, moment_text, month_text, number, percent

ROOT = Path(__file__).parents[2] / "renderers"
WORDS = {name: tomllib.loads((ROOT / name).read_text(encoding="utf-8")) for name in ("texts.toml", "page.toml", "graph.toml")}
_BOKMAL = re.compile(
    r"\b(ikke|hva|hvor|hvem|hver|fra|uten|noen|noe|brudd|dager|timer|pasienter|måneder|bare|hendelse\w*|regler|ble|gjøres|også)\b",
    re.IGNORECASE,
)
"""Words that no text in Nynorsk has."""
SAID = "".join(file.read_text(encoding="utf-8") for file in [*ROOT.glob("*.py"), *ROOT.glob("parts/*.j2")])


@pytest.mark.parametrize("file", sorted(WORDS))
def test_words_are_in_three_languages_with_the_same_values(file: str) -> None:
    for name, entry in WORDS[file].items():
        assert set(entry) == {"nb", "nn", "en"}, name
        assert not _BOKMAL.search(entry["nn"]), entry["nn"]
        fields = [{field for _, field, _, _ in string.Formatter().parse(said) if field} for said in entry.values()]
        assert all(each == fields[0] for each in fields), name


def test_no_word_stands_twice() -> None:
    names = [name for words in WORDS.values() for name in words]
    assert sorted(set(names)) == sorted(names)


def test_every_word_of_the_page_is_said() -> None:
    made = set(re.findall(r"""t(?:ext)?\(f?['"]([a-z_]+_)(?:\{|['"] \+)""", SAID))
    ends = set(re.findall(r"\{[a-z.]+\}(_[a-z]+)", SAID)) | {"_long", "_severity"}
    for name in WORDS["page.toml"]:
        whole = re.search(rf"""['"]{re.escape(name)}['"]""", SAID)
        assert whole or any(name.startswith(each) for each in made) or any(name.endswith(each) for each in ends), name


def test_numbers_are_written_as_norwegians_do() -> None:
    assert number(12345.6, "nb", 1) == "12\u00a0345,6" and number(12345.6, "en", 1) == "12,345.6"
    assert percent(0.684, "nb") == "68\u00a0%" and percent(0.684, "nb", 1) == "68,4\u00a0%" and percent(None, "nb") == "–"


def test_dates_are_written_as_norwegians_do() -> None:
    assert date_text(date(2026, 3, 2), "nb") == "2. mars 2026" and date_text(date(2026, 3, 2), "en") == "2 March 2026"
    assert moment_text(datetime(2026, 3, 2, 8, 5), "nb") == "2. mars 2026 kl. 08:05"
    assert moment_text(datetime(2026, 3, 2), "nb", date_only=True) == "2. mars 2026"
    assert month_text("2026-03", "nb") == "mars 2026" and month_text("2026-10", "nb", brief=True) == "okt. 26"
