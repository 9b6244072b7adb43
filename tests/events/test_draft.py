"""A mapping drafted by looking at a log, and what is left to put right in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pathway.cli.draft_text import draft_text
from pathway.events.draft import Draft, draft
from pathway.events.mapping import Mapping
from pathway.events.mapping_file import load_mapping
from pathway.events.read import read_log
from pathway.language.source import LANGUAGES
from pathway.model.load import load
from pathway.model.pathway import Pathway

SEPSIS = Path(__file__).parents[3] / "shared" / "data" / "sepsis" / "sepsis.csv"
SHIPPED = Path(__file__).parents[2] / "pathways" / "sepsis" / "mapping.toml"

HOSPITAL = """Løpenr;Avdeling;Hendelseskode;Dato tid;Registrert;Status;Alder (år);CRP (mg/dL);Smoker?;Destination;Born;mRS;Merknad
"""
CODES = [
    ("Innlagt", 1), ("Scored", 1), ("NCMP1", 1), ("Letter sendt", 1), ("Kvittering letter", 1), ("Discharge", 1), ("Kaffe", 1),
]  # fmt: skip


def made_up() -> str:
    """A log of nobody, as a Norwegian hospital's program may write it."""
    rows = []
    for patient in range(1, 9):
        for number, (code, _) in enumerate(CODES):
            day = f"{patient + 10:02}/03/2026 {8 + number:02}:{patient:02}"
            to = {"Discharge": "Home address", "Kaffe": "?"}.get(code, "")
            smoker = "Ja" if patient % 2 else "Nei"
            state = "ferdig" if patient != 3 else "planlagt"
            cells = [f"00{patient}", f"Post {patient % 2}", code, day, day, state, f"{70 + patient},5", f"{patient},25", smoker]
            rows.append(";".join([*cells, to, "01/02/1950", str(patient % 7), f"Å {patient} {number}"]))
    return HOSPITAL + "\n".join(rows) + "\n"


@pytest.fixture
def drafted(tmp_path: Path, pathway: Pathway) -> Draft:
    (tmp_path / "log.csv").write_bytes(made_up().encode("cp1252"))
    return draft(tmp_path / "log.csv", pathway)


def test_columns_are_found_by_what_is_in_them(drafted: Draft) -> None:
    columns = drafted.mapping().columns
    assert (columns.patient, columns.event, columns.occurred) == (["Løpenr"], ["Hendelseskode"], ["Dato tid"])
    assert (columns.recorded, columns.unit) == (["Registrert"], ["Avdeling"])
    assert drafted.mapping().only == {"Status": ["ferdig"]}
    assert drafted.time_formats == ("%d/%m/%Y %H:%M", "%d/%m/%Y") and drafted.decimal_comma and not drafted.missing


def test_codes_are_taken_for_what_they_are_likest(drafted: Draft) -> None:
    assert {code: (each.event, each.phase) for code, each in drafted.mapping().events.items()} == {
        "Innlagt": ("admitted", None), "Scored": ("scored", None), "Discharge": ("discharged", None),
        "Letter sendt": ("letter", "sent"), "Kvittering letter": ("letter", "acknowledged"),
    }  # fmt: skip
    assert set(drafted.understood) == {"NCMP1"}
    assert [code for code, each in drafted.events.items() if not each.sure] == ["Kaffe"]
    assert drafted.receipts


def test_facts_are_found_with_their_units_and_values(drafted: Draft) -> None:
    facts = {name: each.how for name, each in drafted.facts.items() if each.sure}
    assert {name: how.column for name, how in facts.items()} == {
        "age": ["Alder (år)"], "crp": ["CRP (mg/dL)"], "mrs": ["mRS"], "smoker": ["Smoker?"], "born": ["Born"],
        "destination": ["Destination"],
    }  # fmt: skip
    assert facts["crp"].unit == "mg/dL"
    assert facts["destination"].values == {"Home address": "home"}
    assert drafted.facts["destination"].left == {"?": 8}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_draft_as_a_file_is_the_mapping_that_was_drafted(
    tmp_path: Path, pathway: Pathway, drafted: Draft, language: str
) -> None:
    text = draft_text(drafted, "log.csv", pathway, language)  # type: ignore[arg-type]
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    assert load_mapping(tmp_path / "map.toml", pathway) == drafted.mapping()
    assert '# Kaffe = ""' in text
    log = read_log(tmp_path / "log.csv", pathway, tmp_path / "map.toml")
    assert log.counts.used == 7 * 6 and log.counts.unknown == {"Kaffe": 7} and log.counts.ignored == 7
    assert not log.counts.rejected and not log.counts.facts


def test_every_line_that_is_a_proposal_is_toml_when_its_mark_is_taken_away(pathway: Pathway, drafted: Draft) -> None:
    text = draft_text(drafted, "log.csv", pathway, "nb")
    proposals = [line.removeprefix("# ") for line in text.splitlines() if line.startswith(('# "', "# Kaffe"))]
    assert proposals
    for line in proposals:
        assert tomllib.loads(line)


def test_a_row_a_patient_is_seen_to_be_one(tmp_path: Path, pathway: Pathway) -> None:
    text = "Pasientnr;Innlagt;Scored;Utskrevet\n1;01.03.2026 10:00;01.03.2026 11:00;04.03.2026\n2;02.03.2026 10:00;;\n"
    (tmp_path / "wide.csv").write_text(text.replace("Utskrevet", "Discharged"), encoding="utf-8")
    found = draft(tmp_path / "wide.csv", pathway)
    assert {column: each.event for column, each in found.mapping().wide.items()} == {
        "Innlagt": "admitted", "Scored": "scored", "Discharged": "discharged"
    }  # fmt: skip
    (tmp_path / "map.toml").write_text(draft_text(found, "wide.csv", pathway, "nn"), encoding="utf-8")
    assert read_log(tmp_path / "wide.csv", pathway, tmp_path / "map.toml").counts.used == 4


@pytest.mark.parametrize("text", ["", "a\n", "a,b\n1,2\n", "patient\n1\n", "x;y\n" + "1;2026-03-01\n" * 5])
def test_what_is_not_found_is_said(tmp_path: Path, pathway: Pathway, text: str) -> None:
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    found = draft(tmp_path / "log.csv", pathway)
    assert found.missing
    (tmp_path / "map.toml").write_text(draft_text(found, "log.csv", pathway, "en"), encoding="utf-8")
    load_mapping(tmp_path / "map.toml", pathway)


@pytest.mark.skipif(not SEPSIS.is_file(), reason="the sepsis log is not part of the project and is not here")
def test_the_sepsis_log_needs_few_corrections() -> None:
    """What the shipped mapping, made by hand, says otherwise than the draft of the CSV alone: at most five lines."""
    pathway = load("sepsis").pathway
    assert pathway is not None
    drafted, shipped = draft(SEPSIS, pathway).mapping(), load_mapping(SHIPPED, pathway)
    assert len(list(corrections(drafted, shipped))) <= 5
    mended = drafted.model_copy(update={"events": {**drafted.events, **shipped.events}})
    assert read_log(SEPSIS, pathway, mended).events == read_log(SEPSIS, pathway, SHIPPED).events


def corrections(drafted: Mapping, shipped: Mapping) -> list[str]:
    found = [
        field
        for field in ("patient", "event", "occurred")
        if getattr(drafted.columns, field)[0] not in getattr(shipped.columns, field)
    ]
    for table in ("events", "facts"):
        own, other = getattr(drafted, table), getattr(shipped, table)
        found += [name for name in {*own, *other} if own.get(name) != other.get(name)]
    return found + [name for name in ("receipts", "decimal_comma") if getattr(drafted, name) != getattr(shipped, name)]


def test_headers_as_norwegian_programs_write_them_are_known(tmp_path: Path) -> None:
    stroke = load("stroke").pathway
    assert stroke is not None
    rows = [
        f"{n};{what};{n % 20 + 1}.3.2026 1{at}:00;I63.{n % 9};{to};{n % 2}"
        for n in range(30)
        for at, (what, to) in enumerate((("Ankomst sykehus", ""), ("Utskrevet", ("home", "short_stay")[n % 2])))
    ]
    file = tmp_path / "log.csv"
    file.write_text("\n".join(["Pasient;Hva skjedde;Når;Hoveddiagnose;Utreise til;Annet", *rows]), encoding="utf-8")
    found = draft(file, stroke)
    assert (found.roles.patient, found.roles.event, found.roles.occurred) == ("Pasient", "Hva skjedde", "Når")
    assert found.facts["diagnose"].how.column == ["Hoveddiagnose"] and found.facts["diagnose"].sure
    assert found.facts["destination"].how.column == ["Utreise til"] and found.facts["destination"].sure


def test_times_are_found_where_some_are_broken(tmp_path: Path, pathway: Pathway) -> None:
    times = [f"2026-03-{n + 1:02} 10:00" for n in range(21)] + ["i går", "31.2.", "?", "kl. 9"]
    rows = [f"{n % 5},admitted,{time}" for n, time in enumerate(times)]
    (tmp_path / "log.csv").write_text("\n".join(["hvem,hva,da", *rows]), encoding="utf-8")
    assert draft(tmp_path / "log.csv", pathway).roles.occurred == "da"


OWN = """Løpenr;Pasient;Hendelse;Tid;Age;Smoker;Avsender;Mottaker;Innhold;Born
"""


def test_columns_called_as_facts_are_found_with_some_wrong_values_in_them(tmp_path: Path, pathway: Pathway) -> None:
    rows = []
    for number in range(1, 10):
        age, born = ("seksti", "ukjent") if number == 4 else (f"{60 + number},5", "01/02/1950")
        cells = [
            number,
            f"P{number % 3}",
            ("Innlagt", "Letter sendt", "Discharged")[number % 3],
            f"2026-03-0{number} 10:00",
            age,
        ]
        cells += [("Ja", "Nei", "J")[number % 3], "Sykehuset", "Hospitall", "diagnosis, medicin, kaffe", born]
        rows.append(";".join(map(str, cells)))
    (tmp_path / "log.csv").write_text(OWN + "\n".join(rows) + "\n", encoding="utf-8")
    found = draft(tmp_path / "log.csv", pathway)
    columns = found.mapping().columns
    assert (columns.patient, columns.id, columns.elements) == (["Pasient"], ["Løpenr"], ["Innhold"])
    assert {name: (each.sure, each.unfit, each.filled) for name, each in found.facts.items()} == {
        "age": (True, 1, 9), "smoker": (True, 0, 9), "born": (True, 1, 9)
    }  # fmt: skip
    assert found.decimal_comma and "%d/%m/%Y" in found.time_formats
    assert found.mapping().parties == {"Hospitall": "hospital"}
    assert {called: (each.name, each.sure) for called, each in found.elements.items()} == {
        "medicin": ("medicines", True), "kaffe": (None, False)
    }  # fmt: skip
    text = draft_text(found, "log.csv", pathway, "nb")
    assert "Alder; 1 av 9 verdier passer ikke" in text and '# Sykehuset = ""' in text and '# kaffe = ""' in text
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    counts = read_log(tmp_path / "log.csv", pathway, tmp_path / "m.toml").counts
    assert (counts.used, counts.facts, set(counts.elements)) == (9, {"age": 1, "born": 1}, {"kaffe"})


def test_a_column_called_as_an_event_is_one_of_a_wide_log_though_half_its_times_are_broken(
    tmp_path: Path, pathway: Pathway
) -> None:
    text = "Pasient;Innlagt;Discharged;Age\n1;2026-03-01;05/03/2026;70\n2;2026-03-02;32/13/2026;71\n"
    (tmp_path / "wide.csv").write_text(text, encoding="utf-8")
    found = draft(tmp_path / "wide.csv", pathway)
    assert found.roles.wide == ("Innlagt", "Discharged") and found.time_formats == ("%d/%m/%Y",)
