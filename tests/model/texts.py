"""A small pathway to put lines into, and what came of them."""

from __future__ import annotations

from pathway.language.diagnostics import Diagnostic
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.model.rules import Rule

HEAD = """pathway small "Small"
    source guide "A guide"
party ward "Ward" level specialist
party office "Office" level municipal
party gp "GP" level municipal
event arrival "Arrival"
event seen "Seen"
event done "Done"
    carries destination one of own_home, short_stay
event paused "Paused"
message report "Report" contains status, plan
message plan "Plan"
resource bed "Bed"
about patient
    fact age number years
    fact mrs number 0 to 6
    fact weight number kg
    fact crp number mg/L
    fact score number
    fact walking one of unable, with_aid, alone
    fact diagnosis code ICD10
    fact frail yes or no
    fact sick yes or no
    fact born date
    fact note text
    fact reply one of can, cannot
define severe as mrs >= 4 and not frail
"""
WAYS = """enter acute on arrival
stage acute "Acute" by ward
{lines}    then home on done
stage home "Home" by gp
    then closed on seen
end closed "Closed"
"""


def text(*lines: str, after: str = "") -> str:
    """The small pathway with lines in its first stage, and others at its end."""
    return HEAD + WAYS.format(lines="".join(f"    {line}\n" for line in lines)) + after


def built(*lines: str, after: str = "") -> Pathway:
    """What the text says, when nothing is wrong with it."""
    loaded = load(text(*lines, after=after), text=True)
    assert [(p.code, p.message()) for p in loaded.problems] == []
    assert loaded.pathway is not None
    return loaded.pathway


def rule(*lines: str, after: str = "") -> Rule:
    """The one rule of the first stage."""
    (only,) = built(*lines, after=after).stages["acute"].rules
    return only


def problems(*lines: str, after: str = "") -> list[Diagnostic]:
    return list(load(text(*lines, after=after), text=True).problems)


def codes(*lines: str, after: str = "") -> list[str]:
    return [problem.code for problem in problems(*lines, after=after)]
