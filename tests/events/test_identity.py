"""National identity numbers: known for what they are, in no output and no message, and pseudonyms that are stable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pathway.api.definition import load
from pathway.cli.command import Commands
from pathway.cli.main import main
from pathway.errors import EventsError
from pathway.events.identity import Pseudonyms, holds_national, is_national, masked
from pathway.events.read import read_log
from pathway.model.pathway import Pathway

WEIGHTS = ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
KEY = b"a key that is no secret"


def number_of(nine: str, first_rest: int = 0) -> str | None:
    """Nine digits with their digits of control, worked out anew: the first so that `first_rest` is left of the weighed sum."""
    digits = [int(digit) for digit in nine]
    for weights, rest in zip(WEIGHTS, (first_rest, 0), strict=True):
        control = (rest - sum(digit * weight for digit, weight in zip(digits, weights, strict=True))) % 11
        if control == 10:
            return None
        digits.append(control)
    return "".join(map(str, digits))


def a_number(start: str, first_rest: int = 0) -> str:
    """The first number of nobody that begins so."""
    found = (number_of(f"{start}{serial}", first_rest) for serial in range(100, 200))
    return next(number for number in found if number is not None)


@pytest.mark.parametrize("start", ["010190", "410190", "710199", "014190", "018190", "417190", "290200", "311299"])
@pytest.mark.parametrize("rest", [0, 1, 2, 3])
def test_a_number_with_right_digits_is_one(start: str, rest: int) -> None:
    """Born on a day, with a D-number, numbered by a hospital, made up; and the control digit of numbers given from 2032 on."""
    assert is_national(a_number(start, rest))


@pytest.mark.parametrize("start", ["320190", "000190", "011390", "310490", "300200", "800190", "010090"])
def test_a_day_that_there_is_not_makes_no_number(start: str) -> None:
    assert not is_national(a_number(start))


def test_a_wrong_digit_makes_no_number() -> None:
    number = a_number("018190")
    for place in range(11):
        for digit in "0123456789":
            other = number[:place] + digit + number[place + 1 :]
            # One digit of the date may be another where the first control digit leaves up to three: the second finds them all.
            assert is_national(other) == (other == number)


def test_numbers_are_found_within_texts_and_longer_ones_are_not() -> None:
    number = a_number("018190")
    assert holds_national(f"Pårørende: {number}.") and holds_national(f"{number[:6]} {number[6:]}")
    assert not holds_national(f"{number}0") and not holds_national(f"1{number}")
    assert masked(f"a{number}b 12345678901") == "a•••••••••••b 12345678901"


@given(st.text(max_size=30), st.text(max_size=30))
def test_pseudonyms_are_stable_and_apart(one: str, other: str) -> None:
    first, second = Pseudonyms(KEY), Pseudonyms(KEY)
    assert first.of(one) == second.of(one)
    assert (first.of(one) == first.of(other)) == (one == other)
    assert not one or first.of(one) != Pseudonyms(KEY + b"!").of(one)


def test_the_same_number_is_the_same_wherever_it_stands(tmp_path: Path, pathway: Pathway) -> None:
    number = a_number("018190")
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "map.toml").write_text('pseudonyms = { key_file = "key" }\n', encoding="utf-8")
    apart = f"{number[:6]} {number[6:]}"
    text = f"patient,event,occurred,remark\n{number},admitted,2026-03-01,\n{apart},discharged,2026-03-02,mor til {number}\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    ((patient, events),) = read_log(tmp_path / "log.csv", pathway, tmp_path / "map.toml").by_patient()
    assert events[1].facts["remark"] == f"mor til {patient}"
    assert len(patient) == 16 and patient.isalnum()


def test_without_a_key_nothing_is_read_for_an_output(tmp_path: Path, pathway: Pathway) -> None:
    number = a_number("418190")
    (tmp_path / "log.csv").write_text(f"patient,event,occurred\n{number},admitted,2026-03-01\n", encoding="utf-8")
    with pytest.raises(EventsError) as refused:
        read_log(tmp_path / "log.csv", pathway)
    assert refused.value.code == "PW422"


@pytest.mark.parametrize(
    "command", ["profile", "profile --json", "profile --for", "profile --for --json", "map", "replay", "report"]
)
def test_no_command_shows_or_writes_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Numbers as patients, as codes, as the name of a column, within texts: the commands keep them to themselves."""
    assert isinstance(main, Commands)
    monkeypatch.chdir(tmp_path)
    numbers = [a_number(start) for start in ("018190", "418191", "028192", "038193", "048194")]
    rows = [f"{numbers[0]},registration,2026-03-0{day},{numbers[1]},x" for day in range(1, 9)]
    rows += [f"{numbers[2]},{numbers[3]},2026-03-01,{numbers[1]},kjent fra {numbers[4]}"] * 8
    head = f"patient,event,occurred,{numbers[1]},age"
    Path("log.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    name, *options = command.split()
    arguments = {
        "profile": ["profile", "log.csv", *" ".join(options).replace("--for", "--for sepsis").split()],
        "map": ["map", "log.csv", "--for", "sepsis", "-o", "out.toml"],
        "replay": ["replay", "sepsis", "--events", "log.csv", "--map", "m.toml", "-o", "out"],
        "report": ["report", "sepsis", "--events", "log.csv", "--map", "m.toml", "-o", "out.html"],
    }[name]  # fmt: skip
    Path("m.toml").write_text("", encoding="utf-8")
    result = CliRunner().invoke(main, arguments)
    written = [path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("out*") if path.is_file()]
    shown = "\n".join([result.output, *written])
    assert not [number for number in numbers if number in shown]
    if "--json" in options:
        assert sum(json.loads(result.stdout)["national"].values()) == 5
    else:
        assert "PW422" in shown
    if name in ("replay", "report"):
        assert not written


def test_a_patient_followed_live_is_not_called_by_one() -> None:
    with pytest.raises(EventsError) as caught:
        load("stroke").track(a_number("010190"))
    assert caught.value.code == "PW641" and load("stroke").track("01019012345").patient == "01019012345"
