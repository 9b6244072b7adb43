"""Norwegian XML messages of the hand-over standards as rows of a log.

A message with a common head (`MsgHead`) was sent when its head says (`GenDate`), by whom and to whom; its event is its type
(`LOG_INNLAGT`, `EPIKRISE`). An application receipt (`AppRec`) says of another message that it was acknowledged or rejected: it names
no patient, so the message that it is about must be among those that are read. An answer that names the message it is about
(`RefToParent`) also answers that one. Document types and entities are refused: no message needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from pathway.errors import EventsError
from pathway.events.text_columns import Growing, TextColumns, Wanted

_NEITHER = {
    "en": "there is neither a MsgHead nor an AppRec in it",
    "nb": "den har verken en MsgHead eller en AppRec",
    "nn": "ho har verken ein MsgHead eller ein AppRec",
}
NO_MESSAGE = "no message"
HOSTILE = "unsafe XML"
_HEADINGS = frozenset(str(number) for number in range(9138, 9146))
_ANSWERS = ("DIALOG_SVAR", "DIALOG_NOTAT", "DIALOG_HELSEFAGLIG")
_REJECTED = "2"
"""The status of a receipt (8258) that says that the message was refused; 1 and 3 say that it was taken."""


@dataclass
class _Message:
    """What a message says of itself. `about` is the id of the message that it is about."""

    number: int
    kind: str
    sent: str
    id: str
    sender: str
    receiver: str
    patient: str
    about: str = ""
    about_kind: str = ""
    status: str = ""
    told: dict[str, str] = field(default_factory=dict)


def read_messages(opened: Iterable[tuple[int, IO[bytes]]], wanted: Wanted) -> Iterator[TextColumns]:
    """Messages, each a file with its number. One that cannot be read is counted with the reason. Held in memory by what was read
    of them, never whole."""
    growing = Growing(wanted)
    found: list[_Message] = []
    for number, stream in opened:
        with stream:
            try:
                heads = list(_heads(parse(stream, forbid_dtd=True).getroot(), number))
            except DefusedXmlException:
                growing.broken.append((number, HOSTILE))
                continue
            except (ParseError, LookupError, ValueError, RecursionError):
                heads = []
            if not heads:
                growing.broken.append((number, NO_MESSAGE))
            found += heads
    known = {message.id: message for message in found if message.id and message.kind != "APPREC"}
    for message in found:
        for row in _rows(message, known):
            growing.add(message.number, row)
            if growing.full:
                yield growing.part()
    for name in ("patient", "event", "occurred"):
        growing.wanted(name)
    yield growing.part()


def read_message(stream: IO[bytes], name: str, wanted: Wanted) -> Iterator[TextColumns]:
    """One message. Raises `EventsError` for what is none."""
    for part in read_messages([(1, stream)], wanted):
        for _, reason in part.broken:
            raise (EventsError("PW414", file=name) if reason == HOSTILE else EventsError("PW412", file=name, detail=_NEITHER))
        yield part


def _rows(message: _Message, known: dict[str, _Message]) -> Iterator[dict[str, str]]:
    about = known.get(message.about)
    row = {
        "patient": message.patient,
        "event": message.kind,
        "occurred": message.sent,
        "phase": "sent",
        "id": message.id,
        "sender": message.sender,
        "receiver": message.receiver,
        "refers": message.about,
        "status": message.status,
        **message.told,
    }
    if message.kind != "APPREC":
        yield row
        if about is not None and message.kind.startswith(_ANSWERS):
            own = f"{message.id}#answered" if message.id else ""
            yield {**row, "event": about.kind, "phase": "answered", "id": own, "patient": message.patient or about.patient}
        return
    row["phase"] = "rejected" if message.status == _REJECTED else "acknowledged"
    row["event"] = about.kind if about is not None else message.about_kind
    row["patient"] = about.patient if about is not None else ""
    yield row


def _heads(root: Element, number: int) -> Iterator[_Message]:
    """The messages in a document: it may be one, or hold some in an envelope. What a message holds is its own."""
    left = [root]
    while left:
        each = left.pop()
        match _tag(each):
            case "MsgHead":
                yield _head(each, number)
            case "AppRec":
                yield _receipt(each, number)
            case "Message" if _find(each, "MsgId") is not None and _find(each, "GenDate") is not None:
                # The messages before there was a common head.
                yield _head(each, number)
            case _:
                left += reversed(each)


def _head(head: Element, number: int) -> _Message:
    info = _find(head, "MsgInfo")
    info = head if info is None else info
    patient = _below(info, "Patient")
    return _Message(
        number,
        _attribute(_find(info, "Type"), "V"),
        _text(_find(info, "GenDate")),
        _text(_find(info, "MsgId")),
        _party(_below(info, "Sender")),
        _party(_below(info, "Receiver")),
        _person(patient),
        _text(_below(info, "RefToParent")),
        "",
        _attribute(_below(info, "ProcessingStatus"), "V"),
        {
            "type_name": _attribute(_find(info, "Type"), "DN"),
            "conversation": _text(_below(info, "RefToConversation")),
            "content_type": _attribute(_below(head, "TypeInnhold"), "V"),
            "headings": ",".join(_headings(head)),
        },
    )


def _headings(head: Element) -> dict[str, None]:
    """The codes of what stands in a message, each once: what is coded by one of the code systems of headings and kinds of content."""
    coded = ((each.get("S", "").rpartition(".")[2], each.get("V", "")) for each in head.iter())
    return {code: None for system, code in coded if system in _HEADINGS and code}


def _receipt(receipt: Element, number: int) -> _Message:
    original = _find(receipt, "OriginalMsgId")
    error = _find(receipt, "Error")
    return _Message(
        number,
        "APPREC",
        _text(_find(receipt, "GenDate")),
        _text(_find(receipt, "Id")),
        _party(_find(receipt, "Sender")),
        _party(_find(receipt, "Receiver")),
        "",
        _text(_find(original, "Id")),
        _attribute(_find(original, "MsgType"), "V"),
        _attribute(_find(receipt, "Status"), "V"),
        {"error": _attribute(error, "V"), "error_name": _attribute(error, "DN")},
    )


def _party(party: Element | None) -> str:
    """What a sender or receiver is called: the organisation (in a receipt the institution), of one within another the inner;
    else its number. Never a person."""
    if party is None:
        return ""
    inner = [name for each in party.iter() if _tag(each) == "OrganisationName" and (name := _text(each))]
    of_receipt = [name for each in party.iter() if _tag(each) in ("Inst", "Dept") and (name := _text(_find(each, "Name")))]
    return next(reversed([*of_receipt, *inner]), "") or _identity(party, "HER")


def _person(person: Element | None) -> str:
    """A patient's number: the national one, else whichever there is."""
    return "" if person is None else _identity(person, "FNR")


def _identity(of: Element, kind: str) -> str:
    found = [
        (_attribute(_find(each, "TypeId"), "V"), _text(_find(each, "Id")))
        for each in of.iter()
        if _find(each, "Id") is not None
    ]
    found += [("FNR", _text(each)) for each in of.iter() if _tag(each) in ("OffId", "Fnr") and _text(each)]
    return next((number for each, number in found if each == kind), found[0][1] if found else "")


def _find(of: Element | None, tag: str) -> Element | None:
    return None if of is None else next((each for each in of if _tag(each) == tag), None)


def _below(of: Element, tag: str) -> Element | None:
    return next((each for each in of.iter() if _tag(each) == tag), None)


def _tag(each: Element) -> str:
    return each.tag.rpartition("}")[2] if isinstance(each.tag, str) else ""


def _text(each: Element | None) -> str:
    """What is in an element, or in its `V`: both ways of writing are in use."""
    return "" if each is None else (each.text or "").strip() or each.get("V", "")


def _attribute(each: Element | None, name: str) -> str:
    return "" if each is None else each.get(name, "")
