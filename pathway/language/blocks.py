"""Which block a statement opens for the lines beneath it: kind of statement → start rule of the grammar.

A statement that does not stand here takes no lines beneath it.
"""

from __future__ import annotations

from collections.abc import Mapping

FILE = "file_line"
"""The block of the lines that stand at the margin."""

BLOCKS: Mapping[str, str] = {
    "pathway": "head_line",
    "library": "head_line",
    "adapt": "adaptation_line",
    "tighten": "change_line",
    "loosen": "change_line",
    "source_declaration": "source_line",
    "party": "party_line",
    "event": "event_line",
    "message": "message_line",
    "all_messages": "message_line",
    "resource": "resource_line",
    "about": "facts_line",
    "enter": "enter_line",
    "stage": "stage_line",
    "throughout": "throughout_line",
    "while_here": "rules_line",
    "when_block": "rules_line",
    "transition": "transition_line",
    "return": "transition_line",
    "handover_declaration": "handover_line",
    "rule": "rule_line",
    "start": "start_line",
    "costs": "costs_line",
    "indicator": "indicator_line",
    "scenario": "scenario_line",
    "status": "status_line",
}

STARTS: tuple[str, ...] = (FILE, *dict.fromkeys(BLOCKS.values()))
"""Every start rule of the grammar."""

OPENED_BY: Mapping[str, str] = {
    "PATHWAY": "head_line",
    "LIBRARY": "head_line",
    "ADAPT": "adaptation_line",
    "TIGHTEN": "change_line",
    "LOOSEN": "change_line",
    "PARTY": "party_line",
    "EVENT": "event_line",
    "MESSAGE": "message_line",
    "ALL_MESSAGES": "message_line",
    "RESOURCE": "resource_line",
    "ABOUT_PATIENT": "facts_line",
    "ENTER": "enter_line",
    "STAGE": "stage_line",
    "THROUGHOUT": "throughout_line",
    "WHILE_HERE": "rules_line",
    "WHEN": "rules_line",
    "THEN": "transition_line",
    "RETURN": "transition_line",
    "HANDOVER": "handover_line",
    "EXPECT": "rule_line",
    "MEASURE": "rule_line",
    "SEND": "rule_line",
    "DECIDE": "rule_line",
    "LOOK_UP": "rule_line",
    "NEED": "rule_line",
    "GOAL": "rule_line",
    "START": "start_line",
    "COSTS": "costs_line",
    "INDICATOR": "indicator_line",
    "SCENARIO": "scenario_line",
    "AT": "status_line",
}
"""The block that a line meant to open which could not be read itself, by the kind of its first word."""

USUAL: Mapping[str, tuple[str, ...]] = {
    FILE: ("PARTY", "EVENT", "MESSAGE", "RESOURCE", "ABOUT_PATIENT", "ENTER", "STAGE", "END", "SCENARIO"),
    "head_line": ("VERSION", "VALID", "OWNER", "PURPOSE", "SOURCE"),
    "indicator_line": ("COUNT", "SUM", "MEDIAN", "OUT_OF", "TARGET", "GROUP_BY"),
    "scenario_line": ("PATIENT", "DATE", "PLUS", "AT"),
    "status_line": ("STAGE", "BREAK", "NO_BREAK", "NEXT_DEADLINE", "DEVIATION"),
    "stage_line": ("EXPECT", "SEND", "NEED", "DECIDE", "THEN", "NO_LIMIT", "WHILE_HERE"),
    "rule_line": ("WITHIN", "AT_LATEST", "WHEN", "BY", "SOURCE", "TARGET", "PROPOSED"),
    "rules_line": ("EXPECT", "SEND", "NEED", "DECIDE", "MEASURE"),
    "throughout_line": ("EXPECT", "SEND", "NEED", "THEN"),
    "transition_line": ("ON", "WHEN", "WITHIN", "EXPECT", "SEND"),
    "adaptation_line": ("BASED_ON", "BIND", "TIGHTEN", "LOOSEN", "DROP", "STAGE"),
}

"""The kinds of word with which the lines of a block usually begin, where many can."""
