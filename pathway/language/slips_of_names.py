"""What people write instead of a name: with spaces or signs in it, a reserved word, a title; more of the mistakes of `slips`."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.language.case import Case, Fix, slip_words
from pathway.language.described import language_name, part
from pathway.language.reading import is_reserved
from pathway.language.texts import texts_of
from pathway.language.words import as_name, fold, languages_of, reserved


def label_of_words(case: Case) -> Iterator[Fix]:
    """`door to needle: expect …`."""
    colon = next((place for place in range(2, min(7, len(case.atoms))) if case.kind(place) == "COLON"), 0)
    if colon and all(case.word(place) or case.kind(place) == "NUMBER" for place in range(colon)):
        yield _joined(case, 0, colon)


def hyphened(case: Case) -> Iterator[Fix]:
    """`ct-scan` for `ct_scan`, `children's_ward`."""
    for place in range(1, len(case.atoms) - 1):
        apart = case.text(place) in ("'", "’", "‘", "`", "´") and case.word(place - 1) and case.word(place + 1)
        if apart and case.text(place - 1, place + 2).count(" ") == 0:
            meant = f"{case.text(place - 1)}{case.text(place + 1)}"
            changed = case.swap(place - 1, place + 2, case.token(place - 1, "NAME", meant))
            values = {"written": case.text(place - 1, place + 2)}
            yield Fix("PW137", case.span(place - 1, place + 2), changed, values, meant, sure=True)
    place = case.stop
    if place < len(case.atoms) and "CODE_VALUE" in case.atoms[place].kinds and case.takes(place, "NAME"):
        written = case.text(place)
        system = {fold(known): known for known in texts_of("codes")}.get(fold(written.replace("-", "")))
        meant = system or as_name(written) or "…"
        changed = case.swap(place, place + 1, case.token(place, "NAME", meant))
        yield Fix("PW137", case.span(place), changed, {"written": written}, meant)


def reserved_name(case: Case) -> Iterator[Fix]:
    """A function word, of any of the three languages, used as a name."""
    word = case.word(case.stop)
    if word and is_reserved(word) and case.takes(case.stop, "NAME"):
        end = case.stop
        while case.word(end) and end < case.stop + _MOST_WORDS:
            end += 1
        listed = "COMMA" in (case.kind(case.stop - 1), case.kind(end))
        if listed and end > case.stop + 1 and (end == len(case.atoms) or case.kind(end) == "COMMA"):
            yield _joined(case, case.stop, end)  # `contains triggers, when to call`
        changed = case.swap(case.stop, case.stop + 1, case.token(case.stop, "NAME", case.text(case.stop)))
        meaning = reserved()[word]
        language = languages_of(word)[0]
        if case.language in languages_of(word):
            yield Fix("PW125", case.span(case.stop), changed, {"word": case.text(case.stop)})
        else:
            values = {
                "word": case.text(case.stop),
                "foreign": language_name(language),
                "own": case.write(meaning.kind, meaning.value),
            }
            yield Fix("PW126", case.span(case.stop), changed, values)


def title_without_name(case: Case) -> Iterator[Fix]:
    """`stage "Acute phase"`, `expect "Brain scan"`."""
    if case.kind(case.stop) == "STRING" and case.takes(case.stop, "NAME"):
        text = case.atoms[case.stop].value
        name = case.token(case.stop, "NAME", as_name(text) or "…")
        yield Fix("PW146", case.span(case.stop), case.swap(case.stop, case.stop, name), {"text": text}, name.value)
        yield Fix("PW152", case.span(case.stop), case.swap(case.stop, case.stop + 1, name), {"text": text}, name.value)


def titled_in_a_row(case: Case) -> Iterator[Fix]:
    """`one of home "At home" ward "Ward"`: no comma between two that have titles."""
    at = case.stop
    titled = case.kind(at - 1) == "STRING" and case.word(at) and case.kind(at + 1) == "STRING"
    if titled and case.takes(at, "COMMA"):
        values = {"missing": part("COMMA", case.language), "word": case.text(at)}
        yield Fix("PW128", case.span(at), case.swap(at, at, case.token(at, "COMMA")), values, ",")


def title_unquoted(case: Case) -> Iterator[Fix]:
    """`stage home Home by gp`: a title that begins with a capital, behind a name that does not."""
    if len(case.atoms) > 2 and case.means(0, *_DECLARING) and case.word(1) and case.text(1)[:1].islower():
        end = 2
        while case.word(end) and not is_reserved(case.word(end)):
            end += 1
        text = case.text(2, end)
        if text[:1].isupper() and case.takes(2, "STRING"):
            changed = case.swap(2, end, case.token(2, "STRING", text))
            yield Fix("PW153", case.span(2, end), changed, {"text": text}, f'"{text}"')


def listed_of_words(case: Case) -> Iterator[Fix]:
    """`contains diagnoses, weight on discharge, plan`: a name of several words, some of them reserved, in a list."""
    start, end = case.stop - 1, case.stop
    opens = case.kind(start - 1) == "COMMA" or case.means(start - 1, "CONTAINS", "ONE_OF")
    if not (opens and case.word(start) and case.word(end) and is_reserved(case.word(end))):
        return
    while case.word(end) and end < start + _MOST_WORDS:
        end += 1
    if end == len(case.atoms) or case.kind(end) == "COMMA":
        yield _joined(case, start, end)


def filler(case: Case) -> Iterator[Fix]:
    """`the` and `a`."""
    for place in (case.stop - 1, case.stop):
        if case.word(place) in slip_words("articles"):
            yield Fix("PW127", case.span(place), case.swap(place, place + 1), {"word": case.text(place)})


_MOST_WORDS = 5
"""More words than this are no name."""

_DECLARING = ("PARTY", "EVENT", "MESSAGE", "RESOURCE", "FACT", "STAGE", "END", "SOURCE", "INDICATOR", "DEFINE", "GOAL")
"""First words of lines that give something a name."""


def name_of_words(case: Case) -> Iterator[Fix]:
    """`expect brain scan`: a name with a space in it."""
    at = case.stop
    for start, end in ((at, at + 2), (at - 1, at + 1), (at - 1, at + 2), (at - 2, at + 1)):
        if start < 1 or end > len(case.atoms):
            continue
        words = [case.word(place) for place in range(start, end)]
        if not all(words) or not case.takes(start, "NAME") or any(case.was_read(place) for place in range(start, end)):
            continue
        known = [case.elsewhere.get(word, 0) > 1 for word in words]
        declared = start == 1 and case.means(0, *_DECLARING)
        titled = case.kind(end) == "STRING"
        if not titled and any(is_reserved(word) for word in words):
            continue
        apart = not declared and (all(known) or (known[0] and not titled))
        if apart and not case.elsewhere.get("_".join(words)):
            continue  # names that the text has elsewhere: rather a word missing between them, or one too many behind
        yield _joined(case, start, end)


def _joined(case: Case, start: int, end: int) -> Fix:
    meant = "_".join(atom.value for atom in case.atoms[start:end])
    changed = case.swap(start, end, case.token(start, "NAME", meant))
    return Fix("PW136", case.span(start, end), changed, {"written": case.text(start, end)}, meant)
