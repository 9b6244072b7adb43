"""What people write in another order, or join by other signs and words, than the language does: more of the mistakes of `slips`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathway.language.case import Case, Fix
from pathway.language.grammar import LineState
from pathway.language.slips_of_words import at
from pathway.language.texts import texts_of
from pathway.language.words import Meaning


def colon_behind(case: Case) -> Iterator[Fix]:
    """`owner: …`, `contains: …`: a colon behind the line's first word, or `carries destination: home, ward`."""
    place = case.stop
    if case.kind(1) == "COLON" and place <= 2 and any(LineState(case.start).takes(m.kind) for m in _first(case)):
        yield Fix("PW130", case.span(1), case.swap(1, 2), {"sign": case.text(1)}, sure=True)
    elif case.kind(place) == "COLON" and case.takes(place, "ONE_OF"):
        changed = case.swap(place, place + 1, case.token(place, "ONE_OF"))
        yield Fix("PW160", case.span(place), changed, {"written": case.text(place)}, case.write("ONE_OF"))


def _first(case: Case) -> list[Meaning]:
    return [meaning for meaning in case.reader.words.of(case.word(0)) if len(meaning.words) == 1]


def after_first(case: Case) -> Iterator[Fix]:
    """`then closed after 4 months`, `expect control after 4 months`: how long, but not after what."""
    for place in (case.stop, case.stop - 1):
        behind = case.means(place, "AFTER") or any(True for _ in at(case, "in_time", place))
        if behind and case.kind(place + 1) == "NUMBER" and case.means(place + 2, "TIMEUNIT"):
            length = case.atoms[place + 1 : place + 3]
            after = (case.token(place, "AFTER"), case.token(place, "NAME", "…"))
            within = () if case.takes(place, "NUMBER") else (case.token(place, "WITHIN"),)
            changed = [*case.atoms[:place], *within, *length, *after, *case.atoms[place + 3 :]]
            said = [case.write("WITHIN")] if within else []
            meant = " ".join([*said, case.text(place + 1, place + 3), case.write("AFTER"), "…"])
            values = {"written": case.text(place, place + 3)}
            yield Fix("PW170", case.span(place, place + 3), changed, values, meant, sure=True, guess=True)


def or_values(case: Case) -> Iterator[Fix]:
    """`diagnosis is I61 or I63`: one more value, not another condition."""
    place = case.stop
    if case.kind(place) not in ("CODE_VALUE", "NUMBER", "STRING") and "CODE_VALUE" not in _kinds(case, place):
        return
    if not case.means(place - 1, "OR"):
        return
    start = place - 2
    while start > 1 and (case.kind(start) == "COMMA" or case.means(start, "OR") or _kinds(case, start)):
        start -= 1
    if not case.means(start, "IS", "IN") or start < 1:
        return
    values = [case.atoms[start + 1]]
    end = start + 2
    while end + 1 < len(case.atoms) and (case.means(end, "OR") or case.kind(end) == "COMMA") and _kinds(case, end + 1):
        values.append(case.atoms[end + 1])
        end += 2
    new = [case.token(start, "IN"), values[0]]
    for value in values[1:]:
        new += [case.token(start, "COMMA"), value]
    meant = f"{case.text(start - 1)} {case.write('IN')} {', '.join(value.text for value in values)}"
    yield Fix("PW217", case.span(place), case.swap(start, end, *new), {"name": case.text(place), "meant": meant}, sure=True)


def _kinds(case: Case, place: int) -> tuple[str, ...]:
    """What an atom can be, where it is a value."""
    kinds = case.atoms[place].kinds if 0 <= place < len(case.atoms) else ()
    return kinds if any(kind in ("CODE_VALUE", "NUMBER", "STRING") for kind in kinds) else ()


def listed_by_and(case: Case) -> Iterator[Fix]:
    """`to gp and home_care`: the items of a list are parted by commas."""
    place = case.stop
    if case.means(place, "AND", "OR") and case.takes(place, "COMMA") and case.word(place + 1):
        changed = case.swap(place, place + 1, case.token(place, "COMMA"))
        yield Fix("PW171", case.span(place), changed, {"word": case.text(place)}, ",")


def sender(case: Case) -> Iterator[Fix]:
    """`send summary to gp`, `send summary to gp from ward`: who sends it comes first."""
    place = case.stop
    sends = case.means(0, "SEND") or (case.kind(1) == "COLON" and case.means(2, "SEND"))
    if not (sends and case.means(place, "TO") and case.takes(place, "FROM")):
        return
    behind = next((each for each in range(place + 2, len(case.atoms) - 1) if case.means(each, "FROM")), 0)
    if behind and not any(case.means(each, "AFTER", "WITHIN", "AT_LATEST", "WHEN") for each in range(place, behind)):
        turned = [*case.atoms[behind : behind + 2], *case.atoms[place:behind]]
        changed = [*case.atoms[:place], *turned, *case.atoms[behind + 2 :]]
        meant = f"{case.text(behind, behind + 2)} {case.text(place, behind)}"
        yield Fix("PW172", case.span(place, behind + 2), changed, {"written": case.text(place, behind + 2)}, meant)
    else:
        new = (case.token(place, "FROM"), case.token(place, "NAME", "…"))
        meant = f"{case.write('FROM')} … {case.text(place, place + 2)}"
        changed = case.swap(place, place, *new)
        yield Fix("PW172", case.span(place, place + 2), changed, {"written": case.text(place, place + 2)}, meant, True, True)


def patient_line(case: Case) -> Iterator[Fix]:
    """`the patient is 84 years, lives alone`: what is known of the patient is told by name and value."""
    patient = case.means(0, "PATIENT") or any(one.meant[0][0] == "PATIENT" for one in at(case, "written", 0))
    if patient and LineState(case.start).takes("PATIENT"):
        place = max(case.stop, 1)
        yield Fix("PW173", case.span(place), case.atoms, {"word": case.text(place)}, sure=True)


def later(case: Case) -> Iterator[Fix]:
    """`4 hours later discharged`, in a scenario."""
    timed = case.kind(0) == "NUMBER" and case.means(1, "TIMEUNIT") and LineState(case.start).takes("PLUS")
    if timed:
        unit = next(meaning for meaning in case.reader.words.of(case.word(1)) if meaning.kind == "TIMEUNIT")
        end = 3 if any(True for _ in at(case, "later", 2)) else 2
        length = (case.atoms[0], case.token(1, "TIMEUNIT", unit.value))
        values = {"written": case.text(0, end)}
        changed = [case.token(0, "PLUS"), *length, *case.atoms[end:]]
        yield Fix("PW160", case.span(0, end), changed, values, f"+{case.text(0, 2)}", sure=True)


def spoken_date(case: Case) -> Iterator[Fix]:
    """`2 March 2026`, `March 2 2026`, `2. mars 2026`."""
    names = texts_of("instead")["months"][case.language]
    for place in (case.stop, case.stop + 1, case.stop - 1):
        if case.word(place) not in names:
            continue
        month = names.index(case.word(place)) + 1
        for start, day in ((place - 1, place - 1), (place, place + 1)):
            year = day + 1 if day > place else place + 1
            numbers = [case.atoms[each].value for each in (day, year) if 0 <= each < len(case.atoms)]
            if len(numbers) == 2 and all(re.fullmatch(r"\d+", each) for each in numbers) and len(numbers[1]) == 4:
                meant = f"{numbers[1]}-{month:02}-{int(numbers[0]):02}"
                if start >= 0 and case.takes(start, "DATE"):
                    changed = case.swap(start, year + 1, case.token(start, "DATE", meant))
                    values = {"written": case.text(start, year + 1)}
                    yield Fix("PW109", case.span(start, year + 1), changed, values, meant, sure=True)


def date_without_year(case: Case) -> Iterator[Fix]:
    """`7. mars kl 13 utskrevet`, in a scenario."""
    names = texts_of("instead")["months"][case.language]
    for place in (0, 1):
        other = 1 - place
        day = case.atoms[other].value if other < len(case.atoms) else ""
        if case.word(place) in names and re.fullmatch(r"\d{1,2}\.?", day) and case.takes(0, "DATE"):
            # Of some year: which, only the author knows.
            date = case.token(0, "DATE", f"2026-{names.index(case.word(place)) + 1:02}-{int(day.rstrip('.')):02}")
            yield Fix("PW109", case.span(0, 2), case.swap(0, 2, date), {"written": case.text(0, 2)}, None, True, True)


def listed_otherwise(case: Case) -> Iterator[Fix]:
    """`one of mild/moderate/severe`, `one of 1, 2, 3`."""
    place = case.stop
    start = next((each for each in (place - 1, place - 2) if case.means(each, "ONE_OF")), -1)
    if start < 0:
        return
    parts = case.text(place).split("/")
    if len(parts) > 1 and all(part.isidentifier() for part in parts):
        new = [case.token(place, "NAME", parts[0])]
        for part in parts[1:]:
            new += [case.token(place, "COMMA"), case.token(place, "NAME", part)]
        values = {"written": case.text(place)}
        yield Fix("PW160", case.span(place), case.swap(place, place + 1, *new), values, ", ".join(parts))
    numbers = [atom.text for atom in case.atoms[place:] if atom.kinds == ("NUMBER",)]
    only = all(atom.kinds in (("NUMBER",), ("COMMA",)) for atom in case.atoms[place:])
    if only and len(numbers) > 1:
        new = [case.token(start, "NUMBER_T"), case.token(start, "NUMBER", numbers[0])]
        new += [case.token(start, "TO"), case.token(start, "NUMBER", numbers[-1])]
        meant = f"{case.write('NUMBER_T')} {numbers[0]} {case.write('TO')} {numbers[-1]}"
        values = {"written": case.text(start, len(case.atoms))}
        yield Fix("PW160", case.span(start, len(case.atoms)), case.swap(start, len(case.atoms), *new), values, meant)
