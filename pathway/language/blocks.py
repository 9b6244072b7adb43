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
    "scenario": "scenario_line",
    "status": "status_line",
}

STARTS: tuple[str, ...] = (FILE, *dict.fromkeys(BLOCKS.values()))
"""Every start rule of the grammar."""
