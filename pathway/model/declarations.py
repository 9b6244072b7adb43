"""Declarations from the tree: parties, events, messages, resources, facts, sources, and the head of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pathway.language.source import Language
from pathway.language.tree import Line, Node, Word
from pathway.model.clauses import Clauses, period, text_of
from pathway.model.pathway import Code, Element, Event, Fact, FactType, Message, Party, Resource
from pathway.model.rules import Source
from pathway.model.scope import Scope
from pathway.model.titles import Contents, codes_of, names_of, titled, values_of
from pathway.model.values import amount


def parts_of(line: Line) -> Iterator[Node]:
    """The clauses of a declaration: on its line and on those beneath."""
    yield from (part for part in line.statement.parts if isinstance(part, Node))
    for child in line.children:
        yield from child.statements


def listed(node: Node | None) -> list[Word]:
    """The names of a list."""
    inner = node.one("names") if node else None
    return inner.words("NAME") if inner else []


_ONCE = ("version", "valid", "time_zone", "calendar", "owner", "purpose")


def head(line: Line, scope: Scope, fields: dict[str, Any]) -> None:
    """What stands beneath `pathway` or `library`."""
    seen: dict[str, Node] = {}
    for child in line.children:
        for node in child.statements:
            before = seen.setdefault(node.kind, node)
            if before is not node and node.kind in _ONCE:
                scope.problems.add("PW214", node.span, line=before.span.line)
                continue
            match node.kind:
                case "version":
                    fields["version"] = node.words()[0].value
                case "valid":
                    fields["valid"] = period(node, scope.problems)
                case "time_zone":
                    fields["time_zone"] = _time_zone(node, scope)
                case "calendar":
                    fields["calendar"] = _calendar(node, scope)
                case "owner" | "purpose":
                    fields[node.kind] = text_of(node)
                case "dissent":
                    fields["dissents"] = (*fields.get("dissents", ()), text_of(node))
                case "source_declaration":
                    _source(child, node, scope, fields["sources"])


def _time_zone(node: Node, scope: Scope) -> str:
    name = text_of(node) or ""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        scope.problems.add("PW228", node.span, name=name)
        return "Europe/Oslo"
    return name


def _calendar(node: Node, scope: Scope) -> str:
    import holidays

    word = node.word("NAME")
    assert word is not None  # the grammar sees to it
    if word.value.upper() in holidays.list_supported_countries():
        return word.value.upper()
    scope.problems.add("PW229", word.span, name=word.text)
    return "NO"


def _source(line: Line, node: Node, scope: Scope, sources: dict[str, Source]) -> None:
    word, title = node.word("NAME"), node.word("STRING")
    assert word is not None and title is not None  # the grammar sees to it
    fields: dict[str, Any] = {"name": word.value, "title": title.value, "span": node.span}
    for child in line.children:
        for part in child.statements:
            if part.kind == "url":
                fields["url"] = text_of(part)
            elif part.kind == "checked" and (day := part.word("DATE")) is not None:
                fields["checked"] = date.fromisoformat(day.value)
            elif part.kind == "valid":
                fields["valid"] = period(part, scope.problems)
    if scope.declare("source", word.value, word.span):
        sources[word.value] = Source(**fields)


def party(line: Line, clauses: Clauses, language: Language) -> Party:
    scope, fields = clauses.scope, names_of(line.statement, language)
    for part in clauses.gather(parts_of(line), (), "party"):
        word = part.word("NAME")
        match part.kind:
            case "level":
                fields["level"] = part.words("LEVEL_VALUE")[0].value
            case "part_of" if word is not None:
                fields["part_of"] = scope.name(word, "party")
            case "residence" if word is not None:
                fields["residence"] = scope.name(word, "fact")
            case "offers":
                fields["offers"] = (*fields.get("offers", ()), *scope.names(listed(part), "resource"))
    return Party(**fields)


def without_circles(parties: dict[str, Party], scope: Scope) -> None:
    """A party that is part of itself is part of nothing: whoever follows the chain would never come to an end."""
    ending: set[str] = set()
    for name in parties:
        chain: dict[str, None] = {}
        at: str | None = name
        while at is not None and at in parties and at not in ending and at not in chain:
            chain[at] = None
            at = parties[at].part_of
        if at in chain:
            circle = [*chain][[*chain].index(at) :]
            scope.problems.add("PW250", parties[at].span, name=at, circle=" → ".join([*circle, at]))
            parties[at] = parties[at].model_copy(update={"part_of": None})
        ending.update(chain)


def event(line: Line, clauses: Clauses, language: Language) -> Event:
    scope, fields = clauses.scope, names_of(line.statement, language)
    carries: list[str] = []
    codes: list[Code] = []
    for part in clauses.gather(parts_of(line), (), "event"):
        match part.kind:
            case "carries":
                declared = part.one("fact_declaration")
                own = declared.word("NAME") if declared else None
                carries += [own.value] if own is not None else scope.names(listed(part), "fact")
            case "code":
                codes += code_list(part)
            case "undone_by":
                fields["undone_by"] = scope.names(listed(part), "event", "message")
    return Event(**fields, carries=tuple(dict.fromkeys(carries)), codes=tuple(codes))


def message(line: Line, defaults: Iterable[Node], clauses: Clauses, contents: Contents, language: Language) -> Message:
    """A message; `all messages` says what holds where the message itself says nothing else."""
    fields = names_of(line.statement, language)
    contains: dict[str, Element] = {}
    own = clauses.gather(parts_of(line), (), "message")
    said = {part.kind for part in own}
    usual = [part for part in clauses.gather(defaults, (), "message") if part.kind != "receipt" or part.kind not in said]
    for part in (*usual, *own):
        match part.kind:
            case "contains":
                when = part.one("when")
                condition = clauses.conditions.of_clause(when) if when else None
                for node in titled(part):
                    word = node.words("NAME")[0]
                    element = contents.element(word, condition)
                    if element.name in contains and part in own:
                        clauses.scope.problems.add("PW230", word.span, value=word.text)
                    contains.setdefault(element.name, element)
            case "code":
                fields["codes"] = (*fields.get("codes", ()), *code_list(part))
            case "replaces":
                fields["replaces"] = (*fields.get("replaces", ()), *clauses.scope.names(listed(part), "message"))
            case "receipt":
                fields["receipt"] = clauses.timings.reply(part)
    return Message(**fields, contains=tuple(contains.values()))


def code_list(node: Node) -> list[Code]:
    system, *codes = node.words("NAME", "CODE_VALUE", "STRING", "NUMBER")
    return [Code(system=system.value, code=code.value) for code in codes]


def resource(line: Line, clauses: Clauses, language: Language) -> Resource:
    fields = names_of(line.statement, language)
    for part in clauses.gather(parts_of(line), (), "resource"):
        number, name = part.word("NUMBER"), part.word("NAME")
        if part.kind == "capacity" and number is not None:
            fields["capacity"] = _capacity(number, clauses.scope)
        elif part.kind == "competence" and name is not None:
            fields["competence"] = name.value
    return Resource(**fields)


def _capacity(word: Word, scope: Scope) -> int:
    many = amount(word, scope.problems)
    if many.denominator != 1:
        scope.problems.add("PW225", word.span, value=word.text)
    return int(many)


def fact(node: Node, scope: Scope, language: Language) -> Fact:
    """A `fact_declaration`: in `about patient`, or carried by an event."""
    kind = next(part for part in node.parts if isinstance(part, Node) and part.kind.startswith("type_"))
    return Fact(**names_of(node, language), type=_type(kind, scope, language))


def _type(node: Node, scope: Scope, language: Language) -> FactType:
    match node.kind:
        case "type_number":
            unit, span = node.one("unit"), node.one("number_range")
            low, high = (float(amount(w, scope.problems)) for w in span.words("NUMBER")) if span else (None, None)
            if span is not None and low is not None and high is not None and low > high:
                scope.problems.add("PW239", span.span, low=f"{low:g}", high=f"{high:g}")
                low, high = None, None
            return FactType(kind="number", unit=unit.words()[0].value if unit else None, minimum=low, maximum=high)
        case "type_one_of":
            return values_of(node, scope, language)
        case "type_code":
            return codes_of(node, scope, language)
        case "type_yes_no":
            return FactType(kind="yes_no")
        case "type_date":
            return FactType(kind="date")
    return FactType(kind="text")
