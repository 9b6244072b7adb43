"""Write anew what the corpora should give: `python -m tests.record`. Read the difference before keeping it."""

from pathway.events.schema import mapping_schema
from tests.events import corpora as events
from tests.events.test_mapping_schema import KEPT
from tests.language.corpora import BAD, GOOD, messages_text, tree_text
from tests.model import corpora as model


def main() -> None:
    for path in model.GOOD:
        path.with_suffix(".model").write_text(model.model_text(path), encoding="utf-8", newline="\n")
    for path in model.BAD:
        path.with_suffix(".txt").write_text(model.messages_text(path), encoding="utf-8", newline="\n")
    for path in GOOD:
        path.with_suffix(".tree").write_text(tree_text(path), encoding="utf-8", newline="\n")
    for path in BAD:
        path.with_suffix(".txt").write_text(messages_text(path), encoding="utf-8", newline="\n")
    KEPT.write_text(mapping_schema(), encoding="utf-8", newline="\n")
    for path in events.LOGS:
        events.beside(path, ".txt").write_text(events.told(path), encoding="utf-8", newline="\n")
    print(f"{len(GOOD) + len(model.GOOD)} good and {len(BAD) + len(model.BAD)} bad files and {len(events.LOGS)} logs recorded")


if __name__ == "__main__":
    main()
