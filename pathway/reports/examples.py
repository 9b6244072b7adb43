"""Examples of breaks: by pseudonym, with the break's id and its sentence, so that the record can be found by those who may."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable

from pathway.reports.data import Broken, Data
from pathway.reports.part import Part, Text, in_each
from pathway.tracking.sentences import sentence

_SHOWN = 3

Pseudonym = Callable[[str], str]
"""From a patient's id to the name by which the patient is shown."""


class Example(Part):
    """One of the worst breaks of a rule."""

    patient: str
    """A pseudonym: eight hexadecimal digits, the same through the report, and never the patient's id."""
    break_id: str
    """`pathway explain` says for this id, with the log, why it is a break."""
    pathway: str
    rule: str
    part: str
    subtype: str
    delay_s: float
    open: bool
    explained: str | None
    """The reason of a deviation that was written afterwards."""
    cause: str | None
    """As people recorded it."""
    sentence: Text


def pseudonyms(secret: bytes | None) -> Pseudonym:
    """Pseudonyms by a keyed hash. The same secret gives the same ones; without it they are drawn anew."""
    key = secret or secrets.token_bytes(16)
    return lambda patient: hashlib.blake2b(patient.encode(), key=key, digest_size=4).hexdigest().upper()


def examples_of(data: Data, found: Iterable[Broken], pseudonym: Pseudonym | None) -> tuple[Example, ...]:
    """The worst breaks, of one patient each: the longest delays first. None where patients are not to be shown at all."""
    if pseudonym is None:
        return ()
    worst: dict[str, Broken] = {}
    for row in sorted(found, key=lambda row: (-row.delay_s, row.break_id)):
        if len(worst) == _SHOWN:
            break
        worst.setdefault(row.patient, row)
    return tuple(example_of(data, row, pseudonym) for row in worst.values())


def example_of(data: Data, row: Broken, pseudonym: Pseudonym) -> Example:
    """A break as an example."""
    return Example(
        patient=pseudonym(row.patient),
        break_id=row.break_id,
        pathway=row.pathway,
        rule=row.rule,
        part=data.evidence(row).get("part", "main"),
        subtype=row.subtype,
        delay_s=row.delay_s,
        open=row.open,
        explained=row.explained,
        cause=row.cause,
        sentence=sentence_of(data, row),
    )


def sentence_of(data: Data, row: Broken) -> Text:
    """A break in words, by the text that was in force for its episode."""
    text = data.text_of(row.key)
    said = row._asdict() | {
        name: None if instant is None else data.moment(instant)
        for name, instant in (("anchored_at", row.anchored_at), ("due_at", row.due_at), ("closed_at", row.closed_at))
    }
    return in_each(lambda language: sentence(said, text, language))
