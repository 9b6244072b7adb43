"""Write anew what the corpora should give: `python -m tests.record`. Read the difference before keeping it."""

from tests.language.corpora import BAD, GOOD, messages_text, tree_text


def main() -> None:
    for path in GOOD:
        path.with_suffix(".tree").write_text(tree_text(path), encoding="utf-8", newline="\n")
    for path in BAD:
        path.with_suffix(".txt").write_text(messages_text(path), encoding="utf-8", newline="\n")
    print(f"{len(GOOD)} good and {len(BAD)} bad files recorded")


if __name__ == "__main__":
    main()
