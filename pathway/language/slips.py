"""What people write instead: the mistakes that have a message of their own.

Each function looks for one of them in a line that could not be read and gives the changes that would mend it. They stand in
`BEFORE_WORDS` and `AFTER_WORDS` in the order in which they are tried, before and after misspelt and foreign keywords are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pathway.language.case import Case, Fix, slip_words
from pathway.language.lexer import Atom
from pathway.language.slips_of_measures import (
    adaptation_without_title,
    currency,
    currency_first,
    from_to_number,
    goal_when,
    how_often,
    thousands,
)
from pathway.language.slips_of_names import (
    filler,
    hyphened,
    label_of_words,
    listed_of_words,
    name_of_words,
    reserved_name,
    title_unquoted,
    title_without_name,
    titled_in_a_row,
)
from pathway.language.slips_of_order import (
    after_first,
    colon_behind,
    date_without_year,
    later,
    listed_by_and,
    listed_otherwise,
    or_values,
    patient_line,
    sender,
    spoken_date,
)
from pathway.language.slips_of_words import compared, compared_behind, instead, needless, two_at_once, while_here
from pathway.language.source import LANGUAGES
from pathway.language.words import fold, table

_SIGNS = {"=": "IS", "==": "IS", "!=": "IS_NOT", "<>": "IS_NOT", "≠": "IS_NOT", "=>": "GE", "=<": "LE"}


def sign(case: Case) -> Iterator[Fix]:
    """`=` for `is`."""
    for place, atom in enumerate(case.atoms):
        kind = _SIGNS.get(atom.text) if not atom.kinds else None
        if kind is not None:
            if kind == "IS" and case.takes(place, "TO"):
                kind = "TO"  # `bind gp = flora_gp`
            meant = {"GE": ">=", "LE": "<="}.get(kind) or case.write(kind)
            changed = case.swap(place, place + 1, case.token(place, kind))
            # Where there are no blanks around it, what stands beside it is shown too: `lives_alone is yes`, not `is` put between.
            start, end = place, place + 1
            if place and case.atoms[place - 1].end_column == atom.column:
                start, meant = place - 1, f"{case.text(place - 1)} {meant}"
            if end < len(case.atoms) and atom.end_column == case.atoms[end].column:
                end, meant = end + 1, f"{meant} {case.text(end)}"
            yield Fix("PW144", case.span(start, end), changed, {"sign": atom.text}, meant, sure=True)


def stray(case: Case) -> Iterator[Fix]:
    """Signs that the language has no use for."""
    strays = [place for place, atom in enumerate(case.atoms) if not atom.kinds]
    if strays:
        kept = [atom for atom in case.atoms if atom.kinds]
        yield Fix("PW130", case.span(strays[0]), kept, {"sign": case.text(strays[0])}, sure=True)
    elif case.kind(case.stop) in ("COLON", "LPAR", "RPAR", "PLUS"):
        changed = case.swap(case.stop, case.stop + 1)
        yield Fix("PW130", case.span(case.stop), changed, {"sign": case.text(case.stop)})


def left_open(case: Case) -> Iterator[Fix]:
    """A line that ends in a comma or `and`, although nothing follows that belongs to it."""
    last = len(case.atoms) - 1
    if last > 0 and case.stop >= last and case.means(last, "COMMA", "AND", "OR"):
        yield Fix("PW155", case.span(last), case.atoms[:last], {"word": case.text(last)}, sure=True)


def day_and_night(case: Case) -> Iterator[Fix]:
    """`3 døgn`: 72 hours or 3 days?"""
    for place in range(1, len(case.atoms)):
        if case.word(place) in slip_words("day and night") and case.kind(place - 1) == "NUMBER":
            number = float(case.atoms[place - 1].value)
            values = {
                "written": case.text(place - 1, place + 1),
                "hours": case.amount(24 * number, "hour"),
                "days": case.amount(number, "day"),
            }
            changed = case.swap(place, place + 1, case.token(place, "TIMEUNIT", "day"))
            yield Fix("PW140", case.span(place - 1, place + 1), changed, values, sure=True)


def number_word(case: Case) -> Iterator[Fix]:
    """`three` for `3`."""
    numbers = table()["slips"]["numbers"]
    for language in (case.language, *LANGUAGES):
        if case.word(case.stop) in numbers[language] and case.takes(case.stop, "NUMBER"):
            number = str(numbers[language].index(case.word(case.stop)) + 1)
            changed = case.swap(case.stop, case.stop + 1, case.token(case.stop, "NUMBER", number))
            yield Fix("PW135", case.span(case.stop), changed, {"word": case.text(case.stop)}, number, sure=True)
            return


def short_unit(case: Case) -> Iterator[Fix]:
    """`72h`, `30 min`."""
    place = case.stop
    glued = re.fullmatch(r"(\d+)([^\W\d_]+)", case.text(place)) if place < len(case.atoms) else None
    if glued and (unit := _unit(glued.group(2))) and case.takes(place, "NUMBER"):
        number, start = glued.group(1), place
        new = (case.token(place, "NUMBER", number), case.token(place, "TIMEUNIT", unit))
    elif (unit := _unit(case.word(place))) and case.kind(place - 1) == "NUMBER" and case.takes(place, "TIMEUNIT"):
        number, start = case.atoms[place - 1].value, place - 1
        new = (case.atoms[place - 1], case.token(place, "TIMEUNIT", unit))
    else:
        return
    written = case.text(start, place + 1)
    changed = case.swap(start, place + 1, *new)
    yield Fix("PW134", case.span(start, place + 1), changed, {"written": written}, case.amount(float(number), unit), True)


def _unit(word: str) -> str:
    units = table()["slips"]["units"]
    return next((unit for unit, words in units.items() if fold(word) in words), "") if word else ""


def every_second(case: Case) -> Iterator[Fix]:
    """`annenhver uke`."""
    for phrase in slip_words("every second"):
        words = phrase.split()
        for place in range(len(case.atoms) - len(words)):
            end = place + len(words)
            if [case.word(i) for i in range(place, end)] != words or not case.means(end, "TIMEUNIT"):
                continue
            unit = next(m.value for m in case.reader.words.of(case.word(end)) if m.kind == "TIMEUNIT")
            forms = table()["units"][unit]
            every = table()["keywords"]["EVERY"][case.language]
            if case.language == "en":
                meant = f"every 2 {forms['en'][1]}"
            else:
                meant = f"{every[1] if forms['neuter'] else every[0]} 2. {forms[case.language][0]}"
            changed = case.swap(place, end, case.token(place, "EVERY"), case.token(place, "NUMBER", "2"))
            values = {"written": case.text(place, end + 1)}
            yield Fix("PW132", case.span(place, end + 1), changed, values, meant, sure=True)


def at_somebody(case: Case) -> Iterator[Fix]:
    """`hos fastlege`."""
    if case.word(case.stop) in slip_words("at somebody"):
        meant = f"{case.write('BY')} {case.text(case.stop + 1)}".rstrip()
        changed = case.swap(case.stop, case.stop + 1, case.token(case.stop, "BY"))
        yield Fix("PW133", case.span(case.stop), changed, {"word": case.text(case.stop)}, meant, sure=True)


def from_for_after(case: Case) -> Iterator[Fix]:
    """`3 days from X`."""
    for place in range(2, min(case.stop + 1, len(case.atoms))):
        if case.means(place, "FROM") and case.means(place - 1, "TIMEUNIT") and case.kind(place - 2) == "NUMBER":
            changed = case.swap(place, place + 1, case.token(place, "AFTER"))
            values = {"word": case.text(place), "written": case.text(place - 2, place + 2)}
            meant = f"{case.text(place - 2, place)} {case.write('AFTER')} {case.text(place + 1)}".rstrip()
            yield Fix("PW131", case.span(place), changed, values, meant, sure=True)


def condition_first(case: Case) -> Iterator[Fix]:
    """`when frail expect visit`: the condition stands behind what it is a condition of."""
    if case.means(0, "WHEN", "UNLESS"):
        # From the word before: it may have been read as the unit of a number (`when age >= 65 expect …`).
        for end in range(max(1, case.stop - 1), len(case.atoms)):
            rest = case.atoms[end:]
            if rest[0].kinds in (("COMMA",), ("COLON",)):
                rest = rest[1:]
            if rest:
                yield _turned(case, end, rest)  # `when x, then home on y`
            if len(rest) > 1 and fold(rest[0].value) in slip_words("then"):
                yield _turned(case, end, rest[1:])  # `when x, then expect y`


def _turned(case: Case, end: int, rest: list[Atom]) -> Fix:
    turned = [*rest, *case.atoms[:end]]
    meant = " ".join(atom.text for atom in turned).replace(" ,", ",")
    return Fix("PW141", case.span(0, end), turned, {"condition": case.text(0, end)}, meant)


def events_listed(case: Case) -> Iterator[Fix]:
    """`then X on a, b`, `when a, b`: joined by words, not by commas."""
    if case.kind(case.stop) == "COMMA":
        state = case.state(case.stop)
        goes_on = any(state is not None and state.takes(m.kind) for m in case.reader.words.of(case.word(case.stop + 1)))
        for kind in ("OR", "AND"):
            if state is not None and state.takes(kind) and not goes_on:
                joint = case.token(case.stop, kind)
                one = case.swap(case.stop, case.stop + 1, joint)
                every = [joint if i >= case.stop and a.kinds == ("COMMA",) else a for i, a in enumerate(case.atoms)]
                for changed in (one, every):
                    yield Fix("PW138", case.span(case.stop), changed, {}, case.write(kind))


def comma_between(case: Case) -> Iterator[Fix]:
    """A comma between two clauses."""
    if case.kind(case.stop) == "COMMA":
        yield Fix("PW154", case.span(case.stop), case.swap(case.stop, case.stop + 1))


def reason_missing(case: Case) -> Iterator[Fix]:
    """A text without `because` before it, or no reason where one is owed."""
    if case.takes(case.stop, "BECAUSE"):
        because = case.write("BECAUSE")
        if case.kind(case.stop) == "STRING":
            changed = case.swap(case.stop, case.stop, case.token(case.stop, "BECAUSE"))
            yield Fix("PW142", case.span(case.stop), changed, {}, f"{because} {case.text(case.stop)}")
        elif case.stop == len(case.atoms):
            reason = (case.token(case.stop, "BECAUSE"), case.token(case.stop, "STRING", "…"))
            changed = case.swap(case.stop, case.stop, *reason)
            yield Fix("PW142", case.span(case.stop), changed, {}, f'{because} "…"')


def unquoted(case: Case) -> Iterator[Fix]:
    """Words where a text in quotation marks belongs."""
    if case.stop < len(case.atoms) and case.takes(case.stop, "STRING"):
        texts = [place for place in range(case.stop, len(case.atoms)) if case.kind(place) == "STRING"]
        for end in range(texts[0] if texts else len(case.atoms), case.stop, -1):
            text = case.text(case.stop, end)
            changed = case.swap(case.stop, end, case.token(case.stop, "STRING", text))
            yield Fix("PW153", case.span(case.stop, end), changed, {"text": text}, f'"{text}"')


Slip = Callable[[Case], Iterator[Fix]]

BEFORE_WORDS: tuple[Slip, ...] = (
    colon_behind, sign, hyphened, stray, left_open, day_and_night, number_word, short_unit, every_second, at_somebody,
    from_for_after, after_first, later, spoken_date, date_without_year, or_values, listed_otherwise, sender, thousands, currency,
    currency_first, goal_when, adaptation_without_title, while_here, how_often, from_to_number, two_at_once, compared,
    compared_behind, needless, condition_first,
)  # fmt: skip

AFTER_WORDS: tuple[Slip, ...] = (
    instead, listed_by_and, events_listed, comma_between, reason_missing, label_of_words, reserved_name,
    titled_in_a_row, title_without_name, filler, listed_of_words, title_unquoted, name_of_words, unquoted, patient_line,
)  # fmt: skip
