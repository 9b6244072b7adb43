"""What people write instead in goals, prices and adaptations: more of the mistakes of `slips`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathway.language.case import Case, Fix


def thousands(case: Case) -> Iterator[Fix]:
    """`5 745` for `5745`."""
    end = case.stop
    if case.kind(end - 1) != "NUMBER" or not re.fullmatch(r"\d{1,3}", case.text(end - 1)):
        return
    while case.kind(end) == "NUMBER" and re.fullmatch(r"\d{3}(\.\d+)?", case.text(end)):
        end += 1
    if end > case.stop:
        start = case.stop - 1
        written = case.text(start, end)
        meant = written.replace(" ", "")
        changed = case.swap(start, end, case.token(start, "NUMBER", meant))
        yield Fix("PW156", case.span(start, end), changed, {"written": written}, meant, sure=True)


def currency(case: Case) -> Iterator[Fix]:
    """`costs 5745 per day`."""
    if case.means(0, "COSTS", "COST") and case.kind(case.stop - 1) == "NUMBER" and case.takes(case.stop, "NAME"):
        number = case.text(case.stop - 1)
        changed = case.swap(case.stop, case.stop, case.token(case.stop, "NAME", "NOK"))
        yield Fix("PW157", case.span(case.stop - 1), changed, {"number": number}, f"{number} NOK", guess=True)


def goal_when(case: Case) -> Iterator[Fix]:
    """`goal walks when walking >= with_aid`."""
    if case.means(0, "GOAL") and case.means(case.stop, "WHEN"):
        changed = case.swap(case.stop, case.stop + 1, case.token(case.stop, "REACHED_WHEN"))
        meant = case.write("REACHED_WHEN")
        yield Fix("PW158", case.span(case.stop), changed, {"word": case.text(case.stop)}, meant, sure=True)


def adaptation_without_title(case: Case) -> Iterator[Fix]:
    """`adapt stroke when residence is 4602`."""
    if case.means(0, "ADAPT") and case.stop == 2 and case.takes(case.stop, "STRING"):
        changed = case.swap(case.stop, case.stop, case.token(case.stop, "STRING", "…"))
        yield Fix("PW159", case.span(0, 2), changed, {"name": case.text(1)}, f'{case.text(0, 2)} "…"')
