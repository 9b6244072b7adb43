"""What lies beside a pathway: local adaptations, earlier versions, and the pathways that it starts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pathway.model.load import Loaded, load
from pathway.model.pathway import Pathway
from tests.model.corpora import WARD
from tests.model.test_load import told, write

FLORA = 'adapt ward "Flora" when residence is 4602\n    based on 2026.2\n    tighten looked_at within 45 minutes because "Next door"\n'
STARTS = """pathway {name} "P"
    version 1
party hospital "H"
event arrival "A"
enter acute on arrival
stage acute "A" by hospital
    start {other} on arrival
end over "O"
"""


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """The folder of a pathway of its own, in which editions can be put."""
    return Path(shutil.copytree(WARD, tmp_path / "ward"))


def model(loaded: Loaded) -> Pathway:
    assert loaded.pathway is not None
    return loaded.pathway


def test_editions_are_found_beside_in_the_order_of_their_names(ward: Path) -> None:
    write(ward / "adaptations" / "b.pathway", FLORA)
    write(ward / "c.pathway", FLORA.replace("Flora", "Kinn").replace("4602", "4603").replace("ward", "avdeling"))
    text = (ward / "ward.pathway").read_text(encoding="utf-8")
    write(ward / "a.pathway", text.replace("2026.2", "2025.11"))
    write(ward / "d.pathway", text.replace("2026.2", "2026.10"))  # later, so not this one's
    write(ward / "e.pathway", text)
    write(ward / "f.pathway", text.replace("pathway ward", "pathway another"))
    loaded = load(ward / "ward.pathway")
    assert told(loaded) == []
    assert [(e.version, e.adaptation) for e in loaded.editions] == [("2025.11", None), ("2026.2", "Flora"), ("2026.2", "Kinn")]
    assert model(loaded).adaptation is None


def test_what_an_edition_holds_is_told_with_the_pathway(ward: Path) -> None:
    write(ward / "adaptations" / "flora.pathway", FLORA.replace("looked_at", "loked_at"))
    loaded = load(ward)
    assert told(loaded) == [("PW201", "flora.pathway")]


def test_an_adaptation_alone_is_the_pathway_with_what_it_changes(ward: Path) -> None:
    loaded = load(write(ward / "adaptations" / "flora.pathway", FLORA))
    national, local = model(load(ward)), model(loaded)
    assert loaded.national == national
    assert (local.name, local.version, local.adaptation, local.based_on) == ("ward", "2026.2", "Flora", "2026.2")
    assert local.scenarios == ()
    before, after = ({rule.name: rule for rule in pathway.rules()} for pathway in (national, local))
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {"looked_at"}
    (change,) = local.changes
    assert (change.before, change.after, change.because) == (before["looked_at"], after["looked_at"], "Next door")


def test_a_replacement_changes_what_is_named_and_nothing_else() -> None:
    local = model(load(WARD.parent / "good" / "flora-en.pathway"))
    national = model(load(WARD))
    home = {rule.name: rule for rule in local.stages["home"].rules}
    assert home["place"].resource == "short_stay"
    assert {rule.resource for rule in national.stages["home"].rules if rule.resource} == {"physiotherapy", "nursing_home"}
    assert local.parties["home_care"].offers == ("physiotherapy", "nursing_home")
    assert local.units == {"gp": "4602-12", "stroke_unit": "day_centre"}


def test_who_may_loosen_is_told_by_what_a_party_is(ward: Path) -> None:
    loosened = FLORA + '    loosen training at least 3 times per week because "One physiotherapist"\n'
    assert told(load(write(ward / "a.pathway", loosened))) == [("PW296", "a.pathway")]
    text = (ward / "ward.pathway").read_text(encoding="utf-8")
    write(
        ward / "ward.pathway", text.replace("level municipal part of municipality\n    offers", "level municipal\n    offers")
    )
    assert told(load(ward / "a.pathway")) == [("PW288", "a.pathway")]
    both = loosened.replace("residence is 4602", "residence is 4602 and hospital_unit is 7")
    write(ward / "ward.pathway", text.replace('level specialist\nparty stroke', 'level specialist is hospital_unit\nparty stroke')
          .replace("    fact palliative", "    fact hospital_unit code HER\n    fact palliative"))  # fmt: skip
    both += '    loosen looked_at within 90 minutes because "Far"\n'
    assert told(
        load(write(ward / "a.pathway", both.replace('    tighten looked_at within 45 minutes because "Next door"\n', "")))
    ) == [
        ("PW296", "a.pathway"),
        ("PW296", "a.pathway"),
    ]


def test_a_pathway_is_started_by_its_name_or_an_alias(ward: Path) -> None:
    text = STARTS.format(name="opening", other="avdeling")
    loaded = load(write(ward.parent / "opening" / "opening.pathway", text))
    assert told(loaded) == []
    assert [start.pathway for start in model(loaded).stages["acute"].starts] == ["ward"]
    assert {name: model(other).name for name, other in loaded.started.items()} == {"ward": "ward"}


def test_a_started_pathway_has_its_own_editions_and_problems(ward: Path) -> None:
    write(ward / "adaptations" / "flora.pathway", FLORA + "    qqq\n")
    loaded = load(write(ward.parent / "opening" / "opening.pathway", STARTS.format(name="opening", other="ward")))
    assert told(loaded) == [("PW128", "flora.pathway")]
    assert [edition.adaptation for edition in loaded.started["ward"].editions] == ["Flora"]


def test_pathways_that_start_each_other_are_a_circle(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        write(tmp_path / f"{one}.pathway", STARTS.format(name=one, other=other))
    loaded = load(tmp_path / "a.pathway")
    assert told(loaded) == [("PW268", "c.pathway")]
    assert "a → b → c → a" in next(iter(loaded.problems)).message("en")


def test_an_earlier_version_that_starts_what_starts_the_later_comes_to_an_end(tmp_path: Path) -> None:
    write(tmp_path / "a.pathway", STARTS.format(name="a", other="b").replace("version 1", "version 2"))
    write(tmp_path / "a1.pathway", STARTS.format(name="a", other="b"))
    write(tmp_path / "b.pathway", STARTS.format(name="b", other="a"))
    assert {code for code, _ in told(load(tmp_path / "a.pathway"))} == {"PW268"}


def test_a_rule_beneath_a_start_is_one_of_the_pathways_rules() -> None:
    loaded = load(WARD.parent / "good" / "after-en.pathway")
    assert "call" in {rule.name for rule in model(loaded).rules()}


def test_each_first_line_is_read_once(ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of many files is asked by each of them, so the answers are kept while the files stay as they are."""
    from pathway.model import finding

    for number in range(20):
        write(ward / f"other{number}.pathway", f'library other{number} "O"\n')
    load(ward)
    read: list[str] = []
    parse = finding.parse
    monkeypatch.setattr(finding, "parse", lambda source: read.append(source.name) or parse(source))
    load(ward)
    assert read == []
    write(ward / "other3.pathway", FLORA)
    assert [edition.adaptation for edition in load(ward).editions] == ["Flora"]
