"""Write anew what the corpora should give, and the table of the grammar: `python -m tests.record`. Read the difference before
keeping it."""

from pathlib import Path

from pathway.events.schema import mapping_schema
from pathway.language.automaton import written
from pathway.reports.schema import report_schema
from tests.checks import corpora as checks
from tests.checks.risk_pages import pages
from tests.events import corpora as events
from tests.events.test_mapping_schema import KEPT
from tests.language import reference_pages
from tests.language.corpora import BAD, GOOD, messages_text, tree_text
from tests.language.formatting import UGLY, laid_out, text_of
from tests.model import corpora as model

GRAMMARS = Path(__file__).parents[1] / "grammars"


def main() -> None:
    table = written((GRAMMARS / "pathway.lark").read_text(encoding="utf-8"))
    (GRAMMARS / "pathway.table.json").write_text(table, encoding="utf-8", newline="\n")
    for path in model.GOOD:
        path.with_suffix(".model").write_text(model.model_text(path), encoding="utf-8", newline="\n")
    for path in model.BAD:
        path.with_suffix(".txt").write_text(model.messages_text(path), encoding="utf-8", newline="\n")
    for path in GOOD:
        path.with_suffix(".tree").write_text(tree_text(path), encoding="utf-8", newline="\n")
    for path in BAD:
        path.with_suffix(".txt").write_text(messages_text(path), encoding="utf-8", newline="\n")
    KEPT.write_text(mapping_schema(), encoding="utf-8", newline="\n")
    (GRAMMARS / "report.schema.json").write_text(report_schema(), encoding="utf-8", newline="\n")
    for path in UGLY:
        path.with_suffix(".expected").write_text(laid_out(text_of(path)), encoding="utf-8", newline="\n")
    for path in events.LOGS:
        events.beside(path, ".txt").write_text(events.told(path), encoding="utf-8", newline="\n")
    for path in (*checks.BAD, *checks.DRAFTS):
        path.with_suffix(".txt").write_text(checks.messages_text(path), encoding="utf-8", newline="\n")
    for path, text in (pages() | reference_pages.pages()).items():
        path.write_text(text, encoding="utf-8", newline="\n")
    good, bad = len(GOOD) + len(model.GOOD), len(BAD) + len(model.BAD) + len(checks.BAD)
    print(f"{good} good and {bad} bad files and {len(events.LOGS)} logs recorded")


if __name__ == "__main__":
    main()
