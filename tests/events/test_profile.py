"""What a log is like: each figure against one counted otherwise, and every row accounted for."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pathway.errors import MappingError
from pathway.events.looks import looks_of
from pathway.events.profile import Profile, profile
from pathway.model.load import load
from pathway.model.pathway import Pathway
from tests.events.corpora import GOOD, beside

SEPSIS = Path(__file__).parents[3] / "shared" / "data" / "sepsis" / "sepsis.csv"

LOG = """patient,event,occurred,recorded,age
1,admitted,2026-01-05 10:00,2026-01-05 09:00,71
1,admitted,2026-01-05 10:00,2026-01-05 09:00,71
1,scored,2026-01-05 10:00,,
1,discharged,2026-01-04,,
2,admitted,2026-04-01 00:00,,80
2,admited,2026-04-01 08:30:15,,
2,kaffe,2026-04-02 08:30:15,,
2,kaffe,2026-04-03 08:30:15,,
3,admitted,1900-01-01,,
3,admitted,ukjent,,
3,admitted,,,
,admitted,2026-04-01,,
4,admitted,2026-04-01,2026-04-02,7,8,9
5,discharged,2026-02-31,,
"""


def of(tmp_path: Path, text: str, pathway: Pathway | None = None, mapping: str | None = None) -> Profile:
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    if mapping is not None:
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
    return profile(tmp_path / "log.csv", pathway, None if mapping is None else tmp_path / "map.toml")


def test_the_figures_of_a_log(tmp_path: Path, pathway: Pathway) -> None:
    found = of(tmp_path, LOG, pathway)
    assert (found.rows, found.timed, found.patients) == (14, 8, 2)
    assert (str(found.first), str(found.last)) == ("2026-01-04", "2026-04-03")
    assert found.months == {"2026-01": 4, "2026-04": 4} and found.gaps == ["2026-02", "2026-03"]
    assert (found.ties, found.duplicates, found.backwards, found.midnight) == (3, 1, 1, 1)
    assert found.precision == {"minute": 4, "day": 1, "second": 3}
    assert found.impossible == {
        "recorded before it occurred": 2, "time outside 1990-2060": 1, "not a time": 2, "no time": 1
    }  # fmt: skip
    assert found.broken == {"columns": 1}


def test_what_a_pathway_can_use_adds_up(tmp_path: Path, pathway: Pathway) -> None:
    found = of(tmp_path, LOG, pathway)
    counts = found.account
    assert counts is not None and not found.drafted
    assert (counts.read, counts.used, counts.unknown.total(), counts.ignored) == (14, 5, 3, 0)
    assert sum(count for count, _ in counts.rejected.values()) == 6
    assert counts.unknown.most_common(1) == [("kaffe", 2)] and counts.nearest == {"admited": "admitted"}
    assert (found.followed, found.without_end) == (2, 1)


def test_without_a_pathway_the_columns_and_the_times_are_told(tmp_path: Path) -> None:
    found = of(tmp_path, LOG)
    assert found.account is None and found.without_end is None
    assert (found.roles.patient, found.roles.event, found.roles.occurred) == ("patient", "event", "occurred")
    assert found.timed == 8


def test_a_mapping_says_how_a_log_is_to_be_looked_at(tmp_path: Path, pathway: Pathway) -> None:
    text = "Case;Code;Time\n" + "".join(f"{n};A;{n + 10}/03/2026 00:00\n" for n in range(5))
    mapping = 'time_formats = ["%d/%m/%Y %H:%M"]\ndate_only = "midnight"\n[columns]\npatient = "Case"\nevent = "Code"\noccurred = "Time"\n'
    found = of(tmp_path, text, pathway, mapping + '[events]\nA = "discharged"\n')
    assert found.precision == {"day": 5} and found.midnight == 0 and found.without_end == 0
    with pytest.raises(MappingError):
        of(tmp_path, text, pathway, mapping + '[events]\nA = "gone"\n')


def test_a_log_that_fits_no_mapping_is_looked_at_as_a_draft_would(tmp_path: Path, pathway: Pathway) -> None:
    rows = [f"{n % 4};{code};2026-03-{n + 1:02} 10:00" for n in range(20) for code in ("Admitted", "Scored")]
    found = of(tmp_path, "\n".join(["Pasientnr;Hendelse;Tid", *rows]), pathway)
    assert found.drafted and found.account is not None and found.account.used == 40
    (tmp_path / "usual.toml").write_text('delimiter = "|"\n[columns]\npatient = "Other"\n', encoding="utf-8")
    assert profile(tmp_path / "log.csv", pathway, usual=tmp_path / "usual.toml").as_dict() == found.as_dict()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_the_profile_of_a_good_log_has_the_account_of_reading_it(path: Path, pathway: Pathway) -> None:
    from tests.events.corpora import read

    mapping = beside(path, ".map.toml")
    found = profile(path, pathway, mapping if mapping.exists() else None)
    assert found.account is not None
    told, expected = found.account.as_dict(), read(path).counts.as_dict()
    assert {name: told[name] for name in ("read", "used", "ignored", "rejected")} == {
        name: expected[name] for name in ("read", "used", "ignored", "rejected")
    }
    assert sum(told["unknown"].values()) == sum(expected["unknown"].values())


@pytest.mark.parametrize(
    ("values", "kind", "forms", "comma"),
    [
        (["", ""], "empty", (), False),
        (["ja", "nei", ""], "yes_no", (), False),
        (["0", "1", "1"], "yes_no", (), False),
        (["1", "1"], "number", (), False),
        (["1,5", "2,75", "3"], "number", (), True),
        (["1.5", "2"], "number", (), False),
        (["2026-03-01", "01.03.2026"], "date", (), False),
        (["2026-03-01T10:00", "2026-03-02"], "time", (), False),
        (["31/12/2026 10:00", "01/02/2026 11:00"], "time", ("%d/%m/%Y %H:%M",), False),
        (["12/31/2026 10:00", "01/02/2026 11:00"], "time", ("%m/%d/%Y %H:%M",), False),
        (["20260301", "20260302"], "date", (), False),
        (["202603011030", "202603021130"], "time", ("%Y%m%d%H%M",), False),
        (["01.03.26", "02.03.26"], "date", ("%d.%m.%y",), False),
        (["I63.9", "I64"], "code", (), False),
        (["007", "NA"], "code", (), False),
        (["Innlagt på post", "x"], "text", (), False),
        (["10001", "10002"], "number", (), False),
    ],
)
def test_what_a_column_looks_like(values: list[str], kind: str, forms: tuple[str, ...], comma: bool) -> None:
    looks = looks_of("x", values)
    assert (looks.kind, looks.forms, looks.comma) == (kind, forms, comma)


def test_values_that_few_rows_have_are_not_shown() -> None:
    looks = looks_of("x", ["a"] * 5 + ["b"] * 4)
    assert looks.commonest == (("a", 5),)
    assert looks_of("x", [f"name {n}" for n in range(60)] * 10).commonest == ()


@pytest.mark.skipif(not SEPSIS.is_file(), reason="the sepsis log is not part of the project and is not here")
def test_the_sepsis_log_as_counted_otherwise() -> None:
    pathway = load("sepsis").pathway
    found = profile(SEPSIS, pathway, Path(__file__).parents[2] / "pathways" / "sepsis" / "mapping.toml")
    rows = list(csv.DictReader(SEPSIS.open(encoding="utf-8"), delimiter=";"))
    times = Counter((row["Case ID"], row["Complete Timestamp"]) for row in rows)
    assert found.ties == sum(count for count in times.values() if count > 1)
    assert found.duplicates == len(rows) - len({tuple(row.values()) for row in rows})
    released = {row["Case ID"] for row in rows if row["Activity"].startswith("Release")}
    assert (found.patients, found.without_end) == (1050, 1050 - len(released))
    assert found.account is not None and found.account.used == found.rows == len(rows)
