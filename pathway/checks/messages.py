"""PW310, PW311 and PW312: messages without content, that nobody is to send, and that go over to another level unanswered."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import height, own, placed_rules, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.base import LEVELS
from pathway.model.pathway import Pathway
from pathway.model.rules import Rule


def empty_messages(pathway: Pathway) -> Iterator[Diagnostic]:
    """A message of the file's own that is to be sent, and does not say what must be in it."""
    for message in pathway.messages.values():
        sent = sent_as(pathway, message.name)
        if own(pathway, message.span) and not message.contains and sent:
            values = {"message": message.name, "whom": whom(sent[0].receivers[0])}
            yield Diagnostic("PW310", message.span, values)


def unsent_messages(pathway: Pathway) -> Iterator[Diagnostic]:
    """A message of the file's own that no rule asks anybody to send. What a decision waits for is told there (PW308)."""
    if pathway.kind == "library":
        return  # it declares for others
    decided = {basis.name for rule in pathway.rules() for basis in rule.basis}
    for message in pathway.messages.values():
        if own(pathway, message.span) and message.name not in decided and not sent_as(pathway, message.name):
            yield Diagnostic("PW311", message.span, {"message": message.name})


def unanswered_handovers(pathway: Pathway) -> Iterator[Diagnostic]:
    """A message between levels of care that asks for neither a receipt nor an answer: told once a message, at the first such
    rule. Patients and next of kin (the level of home) send no receipts."""
    seen: set[str | None] = set()
    for _, rule, span in placed_rules(pathway):
        if rule.kind != "send" or rule.message in seen or rule.receipt is not None or rule.answer is not None:
            continue
        if pathway.messages[rule.message or ""].receipt is not None:
            continue
        over = [receiver for receiver in rule.receivers if _levels_apart(pathway, rule.sender, receiver)]
        if over:
            seen.add(rule.message)
            values = {"message": rule.message, "receiver": over[0], "whom": whom(over[0])}
            yield Diagnostic("PW312", span, values)


def sent_as(pathway: Pathway, message: str) -> list[Rule]:
    """The rules by which a message is sent: itself, or one that replaces it."""
    return [rule for rule in pathway.rules() if rule.kind == "send" and message in _said_by(pathway, rule.message)]


def _said_by(pathway: Pathway, message: str | None) -> list[str]:
    """A message and all that it replaces."""
    said = [] if message is None else [message]
    for name in said:  # grows while it is read
        said += [replaced for replaced in pathway.messages[name].replaces if replaced not in said]
    return said


def _levels_apart(pathway: Pathway, sender: str | None, receiver: str) -> bool:
    one, other = (pathway.parties[name].level if name in pathway.parties else None for name in (sender or "", receiver))
    lowest = LEVELS.index("municipal")
    return one != other and height(one) >= lowest and height(other) >= lowest
