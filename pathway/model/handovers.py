"""A handover where it is used: its roles filled with parties, its rules as that stage's own."""

from __future__ import annotations

from collections.abc import Mapping

from pathway.language.source import LANGUAGES, Language
from pathway.language.tree import Node, Word
from pathway.language.words import vocabulary
from pathway.model.base import LEVELS, Level
from pathway.model.clauses import under_condition
from pathway.model.expressions import Condition
from pathway.model.pathway import Handover, Party
from pathway.model.rules import Rule
from pathway.model.scope import KIND_WORDS, Scope, nearest


class Filling:
    """Who fills the roles of a handover: `with hospital_unit is stroke_unit, …`."""

    def __init__(self, scope: Scope, known: Mapping[str, Party]) -> None:
        self.scope = scope
        self.known = known

    def parties(self, node: Node, handover: Handover) -> dict[str, str] | None:
        """The party of each role; None when a role has nobody."""
        parties: dict[str, str] = {}
        for binding in node.all("binding"):
            role, party = binding.words("NAME")
            if role.value not in handover.roles:
                if not self.scope.may_be(role):
                    self.scope.unknown(role, KIND_WORDS["role"], nearest(role.value, handover.roles))
                continue
            if role.value in parties:
                self.scope.problems.add("PW230", role.span, value=role.text)
            name = self.scope.name(party, "party")
            parties[role.value] = name or party.value
            if name is not None:
                self._fits(role, party, self.known[name].level, handover.roles[role.value])
        missing = [role for role in handover.roles if role not in parties]
        if not missing:
            return parties
        bound_elsewhere = any(binding.words("NAME")[0].value not in handover.roles for binding in node.all("binding"))
        if not bound_elsewhere:  # else the misspelt role is said already
            self.scope.problems.add("PW216", node.span, handover=handover.name, roles=", ".join(missing))
        return None

    def _fits(self, role: Word, party: Word, level: Level | None, wanted: Level | None) -> None:
        if wanted in LEVELS and level in LEVELS and level != wanted:
            self.scope.problems.add(
                "PW218", party.span, role=role.text, party=party.text, wanted=_in_words(wanted), level=_in_words(level)
            )


def bound(
    rule: Rule, handover: str, parties: Mapping[str, str], stage: str | None, while_here: bool, when: Condition | None
) -> Rule:
    """A handover's rule where it is used. Its name is settled when all rules are known (`rule_names`)."""
    used = rule.model_copy(
        update={
            "handover": handover,
            "stage": stage,
            "while_here": while_here,
            "sender": parties.get(rule.sender or "", rule.sender),
            "receivers": tuple(parties.get(receiver, receiver) for receiver in rule.receivers),
            "by": parties.get(rule.by or "", rule.by),
        }
    )
    return under_condition(used, when)


def _in_words(level: Level | None) -> dict[Language, str]:
    return {language: vocabulary(language).write("LEVEL_VALUE", level) for language in LANGUAGES}
