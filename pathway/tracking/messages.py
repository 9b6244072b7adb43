"""Messages owed: sent to the right receiver with all they must contain, acknowledged, answered (O7)."""

from __future__ import annotations

from pathway.model.rules import Timing
from pathway.tracking import outcomes
from pathway.tracking.patient import Patient
from pathway.tracking.records import Part, Subtype
from pathway.tracking.state import Obligation, Occurrence

_RECEIPTS = ("acknowledged", "answered")
_ARRIVED = ("received", "acknowledged", "answered")


def reaches(patient: Patient, told: str | None, party: str | None) -> bool:
    """Whether what went to one party went to another: itself or a part of it. A source that does not say is believed."""
    parties = patient.compiled.pathway.parties
    within = told
    while within is not None and within != party:
        within = parties[within].part_of if within in parties else None
    return told is None or within is not None


def consider(patient: Patient, obligation: Obligation, target: Occurrence) -> bool:
    """Let a message bear on what is owed: the message itself, its receipt or its answer."""
    if obligation.part == "main":
        return _sent(patient, obligation, target)
    if not _about(obligation, target):
        return False
    phase = target.event.phase
    if phase == "rejected" and obligation.part == "receipt" and obligation.waits:
        obligation.seen = (*obligation.seen, target)
        outcomes.break_(patient, obligation, "unacknowledged")
        return True
    wanted = _RECEIPTS if obligation.part == "receipt" else ("answered",)
    fact = obligation.rule.rule.answer_fact
    if phase not in wanted or (obligation.part == "answer" and fact is not None and fact not in target.event.facts):
        return False
    obligation.seen = (*obligation.seen, target)
    outcomes.settle(patient, obligation, target)
    return True


def _sent(patient: Patient, obligation: Obligation, target: Occurrence) -> bool:
    rule = obligation.rule.rule
    arrived = target.event.phase in _ARRIVED
    told = arrived if rule.received_before is not None and patient.receipts else any(k.endswith(" sent") for k in target.keys)
    if not told or _meant_for_another(patient, obligation, target):
        return False
    obligation.seen = (*obligation.seen, target)
    if obligation.unknown:
        return True
    if not reaches(patient, target.event.receiver, obligation.receiver):
        return True  # misdirected: seen, and told when it falls due
    first, obligation.reached = not obligation.reached, True
    if target.event.elements is None:
        obligation.elements = obligation.rule.all_elements
    else:
        come, wanted = obligation.elements.union(target.event.elements), obligation.rule.all_elements
        obligation.elements = wanted if come == wanted else come  # the usual message has just that: all share one set
    lacked = lacking(patient, obligation)
    if not lacked:
        outcomes.settle(patient, obligation, target)
    elif obligation.break_ is not None and obligation.break_.subtype == "missing":
        obligation.break_.subtype, obligation.break_.lacking = "incomplete", lacked  # late, and not whole either
    if first:
        _owe_receipt(patient, obligation, target)
    return True


def _meant_for_another(patient: Patient, obligation: Obligation, message: Occurrence) -> bool:
    """What went to another of the rule's receivers went where it should: it says nothing of this one."""
    to = message.event.receiver
    others = [receiver for receiver in obligation.rule.rule.receivers if receiver != obligation.receiver]
    return not reaches(patient, to, obligation.receiver) and any(reaches(patient, to, other) for other in others)


def lacking(patient: Patient, obligation: Obligation) -> tuple[str, ...]:
    """The elements that have not come; one required under a condition only where that is true. Nothing where nothing came."""
    if not obligation.reached:
        return ()
    return tuple(
        name
        for name, when in obligation.rule.elements
        if name not in obligation.elements and (when is None or when(patient) is True)
    )


def subtype(obligation: Obligation) -> Subtype:
    """What kind of break it is when it falls due unmet."""
    if obligation.part in outcomes.UNMET:
        return outcomes.UNMET[obligation.part]
    if obligation.rule.rule.kind == "send":
        return "incomplete" if obligation.reached else "misdirected" if obligation.seen else "missing"
    return "missing"


def _owe_receipt(patient: Patient, obligation: Obligation, message: Occurrence) -> None:
    """A receipt and an answer are counted from the message that first came to the receiver."""
    rule = obligation.rule
    owed: list[tuple[Part, Timing | None]] = [("receipt", rule.receipt), ("answer", rule.rule.answer)]
    for part, timing in owed:
        # One message may come for two that wait for it, as after two discharges; its receipt is owed once.
        if timing is None or any(
            o.part == part and o.receiver == obligation.receiver and o.anchor is message for o in patient.owed[rule]
        ):
            continue
        receipt = outcomes.begin(
            patient, patient.episode(obligation), rule, part, obligation.receiver, message, message.at, timing
        )
        if not patient.receipts:
            outcomes.decide(patient, receipt, "not_judged")
            continue
        # The message may have come, and been acknowledged, before it was asked for.
        for told in patient.happened(patient.episode(obligation), rule.meets):
            if receipt.live:
                consider(patient, receipt, told)


def _about(obligation: Obligation, target: Occurrence) -> bool:
    """Whether a receipt, an answer or a rejection is about the obligation's message: by its id, else by who gave it."""
    message, event = obligation.anchor, target.event
    if target.place < message.place:
        return False
    if event.refers is not None:
        return event.refers in (message.event.id, message.root)
    return event.receiver in (None, obligation.receiver) or event.sender == obligation.receiver
