"""Loading: by name, by path, as text, with the libraries that are used."""

import json
from pathlib import Path
from typing import Any

import pytest

from pathway.model.load import Loaded, load, shipped

LIBRARY = 'library shared "Shared" nb felles "Felles"\nevent arrival "Arrival" nb ankomst "Ankomst"\nparty ward "Ward"\n'
USER = """pathway user "User"
use {name}
enter acute on arrival
stage acute "Acute" by ward
    then closed on arrival
end closed "Closed"
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(loaded: Loaded) -> list[tuple[str, str]]:
    return [(problem.code, Path(problem.span.file).name if problem.span else "") for problem in loaded.problems]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_what_is_shipped_has_no_mistake(name: str) -> None:
    loaded = load(name)
    assert [problem.message() for problem in loaded.problems if problem.severity != "note"] == []
    assert loaded.pathway is not None and loaded.pathway.name == name


def test_a_file_a_folder_and_a_text(tmp_path: Path) -> None:
    text = USER.format(name="discharge").replace("use discharge\n", "") + 'event arrival "Arrival"\nparty ward "Ward"\n'
    file = write(tmp_path / "user" / "user.pathway", text)
    dumps = [load(file), load(str(file)), load(file.parent), load(text, text=True)]
    assert all(loaded.pathway is not None and told(loaded) == [] for loaded in dumps)
    assert len({loaded.pathway.model_dump_json() for loaded in dumps if loaded.pathway}) == 1


@pytest.mark.parametrize("name", ["shared", "felles"])
@pytest.mark.parametrize("place", ["user/shared.pathway", "shared/shared.pathway"])
def test_a_library_is_found_beside_by_its_names(tmp_path: Path, name: str, place: str) -> None:
    write(tmp_path / place, LIBRARY)
    loaded = load(write(tmp_path / "user" / "user.pathway", USER.format(name=name)))
    assert told(loaded) == []
    assert loaded.pathway is not None
    assert loaded.pathway.uses == ("shared",)
    assert "arrival" in loaded.pathway.events


def test_the_library_in_the_same_folder_comes_before_others(tmp_path: Path) -> None:
    write(tmp_path / "before" / "before.pathway", 'library before "Before" nb felles "Felles"\n')
    write(tmp_path / "user" / "shared.pathway", LIBRARY)
    loaded = load(write(tmp_path / "user" / "user.pathway", USER.format(name="felles")))
    assert told(loaded) == []


def test_what_a_library_declares_stands_first(tmp_path: Path) -> None:
    write(tmp_path / "shared.pathway", LIBRARY)
    loaded = load(
        write(tmp_path / "user.pathway", 'pathway u "U"\nevent own "Own"\n' + USER.format(name="shared").split("\n", 1)[1])
    )
    assert loaded.pathway is not None
    assert list(loaded.pathway.events) == ["arrival", "own"]


def test_a_shipped_library_is_found_from_a_text() -> None:
    text = USER.format(name="discharge").replace("arrival", "admitted").replace("by ward", "by hospital")
    assert told(load(text, text=True)) == []


def test_a_missing_library_hides_no_other_mistake_and_makes_none(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "user.pathway", USER.format(name="sharde") + 'party gp "GP"\nparty gp "GP"\n'))
    assert told(loaded) == [("PW219", "user.pathway"), ("PW203", "user.pathway")]


def test_mistakes_of_a_library_stand_in_its_own_file(tmp_path: Path) -> None:
    write(tmp_path / "shared.pathway", LIBRARY + "event seen carries what\nhandover h with x is y\n")
    loaded = load(write(tmp_path / "user.pathway", USER.format(name="shared")))
    assert loaded.pathway is not None
    assert {file for _, file in told(loaded)} == {"shared.pathway"}


def test_a_library_that_leads_back_is_answered(tmp_path: Path) -> None:
    write(tmp_path / "a.pathway", 'library a "A"\nuse b\n')
    write(tmp_path / "b.pathway", 'library b "B"\nuse a\n')
    loaded = load(tmp_path / "a.pathway")
    assert told(loaded) == [("PW220", "b.pathway")]
    (problem,) = loaded.problems
    assert "a → b → a" in problem.message("en")


def test_a_library_that_uses_itself_is_answered(tmp_path: Path) -> None:
    assert told(load(write(tmp_path / "a.pathway", 'library a "A"\nuse a\n'))) == [("PW220", "a.pathway")]


def test_a_library_that_two_libraries_use_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "shared.pathway", LIBRARY)
    write(tmp_path / "one.pathway", 'library one "One"\nuse shared\nevent early "Early"\n')
    write(tmp_path / "two.pathway", 'library two "Two"\nuse shared\nevent later "Later"\n')
    loaded = load(write(tmp_path / "user.pathway", USER.format(name="one\nuse two")))
    assert told(loaded) == []
    assert loaded.pathway is not None
    assert list(loaded.pathway.events) == ["arrival", "early", "later"]


def test_two_libraries_with_one_name_for_two_things_are_answered(tmp_path: Path) -> None:
    write(tmp_path / "one.pathway", 'library one "One"\nevent arrival "One"\nparty ward "Ward"\n')
    write(tmp_path / "two.pathway", 'library two "Two"\nevent arrival "Two"\n')
    loaded = load(write(tmp_path / "user.pathway", USER.format(name="one\nuse two")))
    assert told(loaded) == [("PW203", "two.pathway")]
    (problem,) = loaded.problems
    assert "one.pathway, line 2" in problem.message("en")


def test_a_pathway_is_no_library(tmp_path: Path) -> None:
    write(
        tmp_path / "other.pathway",
        USER.format(name="discharge").replace("arrival", "admitted").replace("by ward", "by hospital"),
    )
    assert ("PW221", "user.pathway") in told(load(write(tmp_path / "user.pathway", USER.format(name="other"))))


@pytest.mark.parametrize("what", ["nothing", "strok", "", ".", "a\0b", "x" * 5000, "/etc/passwd/x"])
def test_what_is_no_pathway_is_answered(what: str) -> None:
    loaded = load(what)
    assert loaded.pathway is None
    assert [problem.code for problem in loaded.problems] == ["PW240"]


def test_the_nearest_shipped_name_is_suggested() -> None:
    (problem,) = load("strok").problems
    assert problem.suggestion == "stroke"


def test_a_file_that_may_not_be_read_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "user.pathway", LIBRARY)

    usual = Path.open

    def refuse(path: Path, *how: Any, **more: Any) -> Any:
        if path == file:
            raise PermissionError(13, "Permission denied")
        return usual(path, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    loaded = load(file)
    assert loaded.pathway is None
    assert [problem.code for problem in loaded.problems] == ["PW241"]


def test_a_library_beside_that_is_no_text_is_no_library(tmp_path: Path) -> None:
    (tmp_path / "noise.pathway").write_bytes(bytes(range(256)) * 50)
    loaded = load(write(tmp_path / "user.pathway", USER.format(name="elsewhere")))
    assert told(loaded) == [("PW219", "user.pathway")]


@pytest.mark.parametrize("noise", [b"", b"\xff\xfe", b"\0" * 100, b"\xef\xbb\xbf", b"# only a comment\n"])
def test_a_file_without_a_text_is_answered(tmp_path: Path, noise: bytes) -> None:
    file = tmp_path / "noise.pathway"
    file.write_bytes(noise)
    loaded = load(file)
    assert loaded.pathway is None
    assert len(loaded.problems.errors) == 1


def test_a_pathway_is_given_also_when_it_has_mistakes() -> None:
    loaded = load(USER.format(name="nothing").replace("on arrival", "on arival"), text=True)
    assert loaded.pathway is not None
    assert list(loaded.pathway.stages) == ["acute", "closed"]


def test_a_model_survives_json() -> None:
    loaded = load("stroke")
    assert loaded.pathway is not None
    again = type(loaded.pathway).model_validate_json(loaded.pathway.model_dump_json())
    assert json.loads(again.model_dump_json()) == json.loads(loaded.pathway.model_dump_json())
