"""What people write instead in goals, prices, adaptations and of numbers: more of the mistakes of `slips`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pathway.language.case import Case, Fix
from pathway.language.slips_of_words import stands, written
from pathway.language.texts import texts_of
from pathway.language.words import fold


def thousands(case: Case) -> Iterator[Fix]:
    """`5 745` for `5745`."""
    end = case.stop
    if case.kind(end - 1) != "NUMBER" or not re.fullmatch(r"\d{1,3}", case.text(end - 1)):
        return
    while case.kind(end) == "NUMBER" and re.fullmatch(r"\d{3}(\.\d+)?", case.text(end)):
        end += 1
    if end > case.stop:
        start = case.stop - 1
        written = case.text(start, end)
        meant = written.replace(" ", "")
        changed = case.swap(start, end, case.token(start, "NUMBER", meant))
        yield Fix("PW156", case.span(start, end), changed, {"written": written}, meant, sure=True)


def currency(case: Case) -> Iterator[Fix]:
    """`costs 5745 per day`."""
    if case.means(0, "COSTS", "COST") and case.kind(case.stop - 1) == "NUMBER" and case.takes(case.stop, "NAME"):
        number = case.text(case.stop - 1)
        changed = case.swap(case.stop, case.stop, case.token(case.stop, "NAME", "NOK"))
        yield Fix("PW157", case.span(case.stop - 1), changed, {"number": number}, f"{number} NOK", guess=True)


def goal_when(case: Case) -> Iterator[Fix]:
    """`goal walks when walking >= with_aid`."""
    if case.means(0, "GOAL") and case.means(case.stop, "WHEN"):
        changed = case.swap(case.stop, case.stop + 1, case.token(case.stop, "REACHED_WHEN"))
        meant = case.write("REACHED_WHEN")
        yield Fix("PW158", case.span(case.stop), changed, {"word": case.text(case.stop)}, meant, sure=True)


def adaptation_without_title(case: Case) -> Iterator[Fix]:
    """`adapt stroke when residence is 4602`."""
    if case.means(0, "ADAPT") and case.stop == 2 and case.takes(case.stop, "STRING"):
        changed = case.swap(case.stop, case.stop, case.token(case.stop, "STRING", "…"))
        yield Fix("PW159", case.span(0, 2), changed, {"name": case.text(1)}, f'{case.text(0, 2)} "…"')


def currency_first(case: Case) -> Iterator[Fix]:
    """`costs kr 5745 per day`."""
    place = case.stop
    known = {fold(word) for word in texts_of("instead")["currency"]["words"]}
    if case.word(place) in known and case.kind(place + 1) == "NUMBER" and case.takes(place, "NUMBER"):
        name, number = case.atoms[place], case.atoms[place + 1]
        changed = [*case.atoms[:place], number, replace(name, kinds=("NAME",)), *case.atoms[place + 2 :]]
        meant = f"{number.text} {name.text}"
        yield Fix("PW160", case.span(place, place + 2), changed, {"written": case.text(place, place + 2)}, meant)


def how_often(case: Case) -> Iterator[Fix]:
    """`5 times a week` for `at least 5 times per week`."""
    for place in range(max(1, case.stop - 4), min(case.stop + 1, len(case.atoms) - 2)):
        if case.kind(place) != "NUMBER" or not case.means(place + 1, "TIMES", "TIMEUNIT"):
            continue
        unit, end = _per(case, place + 2)
        start = place - 1 if case.means(place - 1, "AT_LEAST") else place
        if not unit or not case.takes(start, "AT_LEAST"):
            continue
        number = case.atoms[place]
        if unit == "day" and number.value.isdigit():  # a week is what is counted
            number, unit = case.token(place, "NUMBER", str(7 * int(number.value))), "week"
        counted = next(m for m in case.reader.words.of(case.word(place + 1)) if m.kind in ("TIMES", "TIMEUNIT"))
        new = [
            case.token(start, "AT_LEAST"),
            number,
            case.token(place + 1, counted.kind, counted.value),
            case.token(place + 2, "PER"),
            case.token(place + 2, "TIMEUNIT", unit),
        ]
        changed = case.swap(start, end, *new)
        yield Fix("PW161", case.span(start, end), changed, {"written": case.text(start, end)}, written(case, start, new), True)


def _per(case: Case, place: int) -> tuple[str, int]:
    """The unit of time of `per week`, in any words, and where it ends."""
    for entry in texts_of("instead")["per"]:
        for phrase in entry[case.language]:
            words = fold(phrase).split()
            if stands(case, place, words):
                return entry["unit"], place + len(words)
    return "", place


def from_to_number(case: Case) -> Iterator[Fix]:
    """`6-12 weeks after`, `6 to 12 weeks after`."""
    for place in range(max(1, case.stop - 2), min(case.stop + 2, len(case.atoms) - 1)):
        numbers = re.fullmatch(r"(\d+)[-–](\d+)", case.text(place))
        apart = case.kind(place) == "NUMBER" == case.kind(place + 2) and (
            case.text(place + 1) in "-–—" or case.means(place + 1, "TO")
        )
        end = place + 1 if numbers else place + 3 if apart else 0
        if not end or not case.means(end, "TIMEUNIT"):
            continue
        first, last = numbers.groups() if numbers else (case.text(place), case.text(place + 2))
        swallowed = case.means(place - 1, "BETWEEN", "WITHIN", "AT_LATEST", "IN")
        start = place - 1 if swallowed else place
        if swallowed and not case.takes(start, "BETWEEN"):
            start = next((each for each in (place - 2, place - 3) if case.takes(each, "BETWEEN")), start)
        new = [
            case.token(start, "BETWEEN"),
            case.token(place, "NUMBER", first),
            case.token(place, "AND"),
            case.token(place, "NUMBER", last),
        ]
        if case.takes(start, "BETWEEN"):
            meant = f"{written(case, start, new)} {case.text(end)}"
            values = {"written": case.text(start, end + 1)}
            yield Fix("PW163", case.span(start, end + 1), case.swap(start, end, *new), values, meant, sure=True)
