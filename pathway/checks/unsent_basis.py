"""PW308 and PW309: a decision that needs a message which nobody sends, or which is sent to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.messages import sent_as
from pathway.checks.parties import placed_rules, told, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def unsent_basis(pathway: Pathway) -> Iterator[Diagnostic]:
    for holder, rule, span in placed_rules(pathway):
        if rule.kind not in ("decide", "look_up") or rule.event is None:
            continue
        decider = rule.by or holder.party
        for basis in rule.basis:
            if basis.kind != "message":
                continue
            sent = sent_as(pathway, basis.name)
            values = {"message": basis.name, "event": rule.event.key, "whom": whom(decider)}
            if not sent:
                yield Diagnostic("PW308", span, values)
            elif decider is not None and not any(_reaches(pathway, send.sender, send.receivers, decider) for send in sent):
                receivers = dict.fromkeys(receiver for send in sent for receiver in send.receivers)
                yield Diagnostic("PW309", span, {**values, "receivers": ", ".join(f"`{name}`" for name in receivers)})


def _reaches(pathway: Pathway, sender: str | None, receivers: tuple[str, ...], decider: str) -> bool:
    """Whether the decider gets a message, or has it because it sent it itself."""
    return any(told(pathway, party, decider) for party in (sender, *receivers) if party is not None)
