"""What reading a pathway does not load."""

import subprocess
import sys


def loaded_by(code: str) -> set[str]:
    listing = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(listing.stdout.split())


HEAVY = {"lark", "pydantic", "networkx", "pyarrow", "transitions"}


def test_importing_the_parser_loads_nothing_heavy() -> None:
    assert loaded_by("import pathway.language.parse") & HEAVY == set()


def test_parsing_loads_nothing_heavy() -> None:
    code = (
        "from pathway.language.parse import parse\nfrom pathway.language.source import Source\nparse(Source('x', 'pathway a'))"
    )
    assert loaded_by(code) & HEAVY == set()
