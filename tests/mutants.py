"""Plant faults in the executor one at a time and see which the tests find: `python -m tests.mutants --number 120 --seed 1`.

Run by hand (some seconds a fault). Each fault is a small change of the text of `pathway/tracking` or `pathway/machine` in a copy
of the tree in a temporary folder: a comparison, an `and`, a number, a condition, a call that is left out. The tests of tracking
run first, the properties (with few examples) on what survives them. A run that never ends has found its fault too. `--kernel` plants
them in `pathway/replay/kernel`, which is then plain Python, and asks the pairs of the two executors only.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = [
    *(f"pathway/tracking/{name}.py" for name in (
        "answerable", "counts", "course", "deadlines", "decisions", "messages", "obligations", "outcomes", "position",
        "resources", "state", "tell",
    )),
    "pathway/machine/compile.py", "pathway/machine/conditions.py", "pathway/machine/flow.py", "pathway/machine/tables.py",
]  # fmt: skip
KERNEL = [
    f"pathway/replay/kernel/{name}.py" for name in (
        "accounts", "concerns", "costs", "course", "hindsight", "indicators", "kinds", "knowing", "moving", "obligations", "outcomes",
        "position", "raising", "rounds", "times",
    )
]  # fmt: skip
KERNEL_TESTS = (["tests/replay/test_columnar.py", "-k", "not threads and not outgrows", "--hypothesis-profile=faults"],)
TESTS = (
    ["tests/tracking/test_rules.py", "tests/tracking", "tests/machine"],
    ["tests/properties", "--hypothesis-profile=faults"],
)
SECONDS = 900

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any", "low": "high", "high": "low", "first": "last"}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand in a node's place."""
    match node:
        case ast.Compare(ops=[op], left=left, comparators=right) if type(op) in _OPPOSITE:
            yield ast.Compare(left, [_OPPOSITE[type(op)]()], right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for left_out in range(len(values)):
                rest = [value for place, value in enumerate(values) if place != left_out]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield ast.BinOp(left, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), right)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _OTHER_NAME:
            yield ast.Call(ast.Name(_OTHER_NAME[name], ast.Load()), args, keywords)
        case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name in _OTHER_NAME:
            yield ast.Attribute(value, _OTHER_NAME[name], ast.Load())
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.If(body=body, orelse=orelse):
            yield ast.If(ast.Constant(False), body, orelse)
            yield ast.If(ast.Constant(True), body, orelse)
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()


def faults(file: str) -> list[tuple[str, int, str, str]]:
    """Every fault that can be planted in a file: the file, the line, what it is, and the whole text with it."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = []
    for parent in _living(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for place, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                if not isinstance(child, ast.AST):
                    continue
                for changed in changes(child):
                    _put(parent, name, place, changed)
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    _put(parent, name, place, child)
                    said = f"{_short(child)}  ->  {_short(changed)}"
                    found.append((file, getattr(child, "lineno", 0), said, text))
    return found


def _living(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something when a story is told: no annotations, no decorators, no assertions."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Assert):
                yield from _living(child)


def _put(parent: ast.AST, name: str, place: int, node: ast.AST) -> None:
    if place < 0:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[place] = node


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())[:90]


def found_by(copy: Path, kinds: Sequence[list[str]]) -> str | None:
    """Which of the tests find that something is wrong with a copy of the tree."""
    for tests in kinds:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        env = {"PYTHONPATH": str(copy), "NUMBA_DISABLE_JIT": "1", "PATH": os.environ["PATH"]}
        try:
            ended = subprocess.run(command, cwd=copy, capture_output=True, timeout=SECONDS, env=env)
        except subprocess.TimeoutExpired:
            return f"{tests[0]} (no end)"
        if ended.returncode:
            return tests[0]
    return None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--number", type=int, default=120)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--file", action="append", help="only this file")
    options.add_argument("--no-properties", action="store_true", help="with the tests of tracking alone: faster, finds less")
    options.add_argument("--kernel", action="store_true", help="faults in the columnar executor, found by the pairs of both")
    given = options.parse_args()
    kinds = KERNEL_TESTS if given.kernel else TESTS[:1] if given.no_properties else TESTS
    possible = [fault for file in given.file or (KERNEL if given.kernel else FILES) for fault in faults(file)]
    chosen = random.Random(given.seed).sample(possible, min(given.number, len(possible)))
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("pathway", "tests", "grammars", "pathways", "renderers"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        sound = found_by(copy, kinds)
        if sound is not None:
            sys.exit(f"the tests fail without any fault: {sound}")
        for number, (file, line, said, text) in enumerate(chosen, 1):
            whole = (copy / file).read_text(encoding="utf-8")
            (copy / file).write_text(text, encoding="utf-8")
            by = found_by(copy, kinds)
            (copy / file).write_text(whole, encoding="utf-8")
            survived += by is None
            print(f"{number:4} {'SURVIVED' if by is None else by:24} {file}:{line}  {said}", flush=True)
    print(f"{len(possible)} possible, {len(chosen)} planted, {len(chosen) - survived} found ({1 - survived / len(chosen):.1%})")


if __name__ == "__main__":
    main()
