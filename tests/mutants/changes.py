"""Faults to plant: small changes of a file's text, a comparison, an `and`, a number, a condition, a call that is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SURVIVED = "SURVIVED"
"""How what is said of a fault begins that nothing found."""

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
            yield ast.Constant(0 if value == 1 else value + 1)  # what is 1 is often only a yes
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


@dataclass(frozen=True)
class Fault:
    """A small change of a file: where it is, what it is, and the whole text with it. `inside` says whether it is inside a function,
    and not in what is run once for all, as the file is loaded."""

    file: str
    line: int
    last: int
    said: str
    text: str
    inside: bool


def faults(file: str) -> list[Fault]:
    """Every fault that can be planted in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    around = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    inside = {line for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for line in _lines(each.body)}
    found = []
    for parent in _living(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for place, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                if not isinstance(child, ast.AST):
                    continue
                for changed in changes(child):
                    shown = _shown(child, around)
                    was = _short(shown)
                    _put(parent, name, place, changed)
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    said = f"{was} -> {_short(changed if shown is child else shown)}"
                    _put(parent, name, place, child)
                    line, last = getattr(child, "lineno", 0), getattr(child, "end_lineno", 0)
                    found.append(Fault(file, line, last, said, text, line in inside))
    return found


def _lines(body: list[ast.stmt]) -> range:
    return range(body[0].lineno, (body[-1].end_lineno or 0) + 1)


def _shown(node: ast.AST, around: Mapping[ast.AST, ast.AST]) -> ast.AST:
    """What a fault is told by: of a number alone nobody would know which, so what it stands in."""
    shown = node
    while isinstance(shown, ast.Constant | ast.UnaryOp) and isinstance(
        around[shown], ast.expr | ast.Assign | ast.AugAssign | ast.Return
    ):
        shown = around[shown]
    return shown


def _living(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something when a story is told: no annotations, no decorators, no assertions (`strict=` is one)."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Assert) and getattr(child, "arg", "") != "strict":
                yield from _living(child)


def _put(parent: ast.AST, name: str, place: int, node: ast.AST) -> None:
    if place < 0:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[place] = node


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}:"
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
