"""What things are called: names, titles and aliases from the tree, and those of what has no declaration of its own (the values of
a fact, the contents of messages). A thing has one title in a language, wherever it is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from pathway.language.described import language_name
from pathway.language.diagnostics import Problems
from pathway.language.source import Language, Span
from pathway.language.tree import Node, Tree, Word, nodes_in, walk
from pathway.model.base import Named
from pathway.model.expressions import Condition
from pathway.model.pathway import Element, Fact, FactType, Message
from pathway.model.scope import Scope, place_in_words
from pathway.model.values import checked_code


def names_of(node: Node, language: Language) -> dict[str, Any]:
    """Name, titles and aliases of a declaration: the fields of `Named`, with its place."""
    word = name_in(node)
    titles: dict[str, str] = {}
    aliases: dict[str, str] = {}
    title = node.one("title")
    for code, text, alias in _told(title, language) if title is not None else ():
        titles.setdefault(code, text.value)
        if alias is not None:
            aliases.setdefault(code, alias.value)
    return {"name": word.value, "titles": titles, "aliases": aliases, "span": node.span}


def name_in(node: Node) -> Word:
    """The word that a declaration is about: a name, or a code that gets a title."""
    word = node.word("NAME", "CODE_VALUE", "STRING", "NUMBER")
    assert word is not None  # the grammar sees to it
    return word


def aliases_of(node: Node) -> list[tuple[str, Span | None]]:
    """The aliases that a declaration gives, each with its place."""
    title = node.one("title")
    words = [word for part in title.all("translation") if (word := part.word("NAME"))] if title else []
    return [(word.value, word.span) for word in words]


def _told(title: Node, language: Language) -> Iterator[tuple[Language, Word, Word | None]]:
    """What a title says: a language, the text in it, and an alias."""
    own = title.word("STRING")
    if own is not None:
        yield language, own, None
    for translation in title.all("translation"):
        code, alias, text = (translation.word(kind) for kind in ("LANG", "NAME", "STRING"))
        if code is not None and text is not None:
            yield cast(Language, code.value), text, alias


def titled(node: Node) -> Iterator[Node]:
    """What a list names whose names can have titles: each with what `names_of` and `aliases_of` take."""
    inner = node.one("titled")
    assert inner is not None  # the grammar sees to it
    yield from inner.all("named")


def say_second_titles(tree: Tree, problems: Problems) -> None:
    """Say of each title that one thing gets in a language in which it has got one on the same line."""
    for line, _ in walk(tree.lines):
        for title in (title for statement in line.statements for title in nodes_in(statement, "title")):
            first: dict[str, Word] = {}
            for code, text, _ in _told(title, tree.language):
                if first.setdefault(code, text) is not text:
                    _say_second(text.value, code, first[code].value, first[code].span, text.span, problems)


def _say_second(title: str, language: Language, before: str, there: Span | None, here: Span | None, problems: Problems) -> None:
    where = place_in_words(there, here)
    problems.add("PW630", here, title=title, before=before, language=language_name(language), where=where)


def _joined(known: Named, again: Named, problems: Problems) -> dict[str, Any]:
    """The titles and aliases of what is named at two places."""
    for language, title in again.titles.items():
        before = known.titles.get(language, title)
        if before != title:
            _say_second(title, language, before, known.span, again.span, problems)
    return {"titles": {**again.titles, **known.titles}, "aliases": {**again.aliases, **known.aliases}}


def joined_fact(known: Fact, again: Fact, problems: Problems) -> Fact:
    """A fact that is declared twice with the same values, as where two events carry it: titles are given once, anywhere."""
    called = dict(known.type.called)
    for name, value in again.type.called.items():
        before = called.get(name, value)
        called[name] = before.model_copy(update=_joined(before, value, problems))
    titles = _joined(known, again, problems)["titles"]
    carried = known.carried and again.carried
    return known.model_copy(
        update={"titles": titles, "carried": carried, "type": known.type.model_copy(update={"called": called})}
    )


def values_of(node: Node, scope: Scope, language: Language) -> FactType:
    """The type of a fact that is `one_of` a list. A value that stands there twice, under whatever name, is a problem."""
    values = _called(titled(node), scope, language)
    called = {name: value for name, value in values.items() if value.titles or value.aliases}
    return FactType(kind="one_of", values=tuple(values), called=called)


def codes_of(node: Node, scope: Scope, language: Language) -> FactType:
    """The type of a fact that is a code. Those codes that have a title are not all that there are."""
    system = node.word("NAME")
    assert system is not None  # the grammar sees to it
    for each in node.all("coded"):
        checked_code(name_in(each), system.value, scope)
    return FactType(kind="code", system=system.value, called=_called(node.all("coded"), scope, language))


def _called(nodes: Iterable[Node], scope: Scope, language: Language) -> dict[str, Named]:
    """What a list names, by name, in its order."""
    called: dict[str, Named] = {}
    taken: set[str] = set()
    for node in nodes:
        value, own = Named(**names_of(node, language)), name_in(node)
        for name, place in [(own.value, own.span), *((alias, at) for alias, at in aliases_of(node) if alias != own.value)]:
            if name in taken:
                scope.problems.add("PW230", place, value=name)
            taken.add(name)
        called.setdefault(value.name, value)
    return called


class Contents:
    """The contents of messages, by name. What two messages contain under one name is the same, and has its title once."""

    def __init__(self, messages: Iterable[Message], facts: Mapping[str, Fact], scope: Scope) -> None:
        """`messages` are those of libraries."""
        self._facts = facts
        self._scope = scope
        self._known: dict[str, Named] = {}
        for element in (element for message in messages for element in message.contains):
            if element.name not in self._known:
                aliases = [(alias, element.span) for alias in element.aliases.values()]
                self._declare(
                    Named(name=element.name, titles=element.titles, aliases=element.aliases, span=element.span), aliases
                )

    def declare(self, nodes: Iterable[Node], language: Language) -> None:
        """Note what a file's lines `contains` name: those with an alias first, so that it leads to them from anywhere."""
        found = [(Named(**names_of(node, language)), aliases_of(node)) for node in nodes]
        for named, aliases in sorted(found, key=lambda each: not each[1]):
            main = self._scope.find(named.name, "element")
            if main is None:
                self._declare(named, aliases)
                continue
            known = self._known[main.name]
            fresh = [(alias, place) for alias, place in aliases if alias not in known.aliases.values()]
            self._scope.declare_aliases(main, fresh)
            self._known[main.name] = known.model_copy(update=_joined(known, named, self._scope.problems))

    def _declare(self, named: Named, aliases: Iterable[tuple[str, Span | None]]) -> None:
        self._scope.declare("element", named.name, named.span, aliases)
        self._known[named.name] = named

    def element(self, word: Word, when: Condition | None) -> Element:
        """What a line `contains` asks for. What is called as a fact is has the fact's titles and aliases, where it has none of its own."""
        main = self._scope.find(word.value, "element")
        known: Named = self._known[word.value if main is None else main.name]
        declared = self._scope.find(word.value, "fact")
        fact = known if declared is None else self._facts.get(declared.name, known)
        titles, aliases = known.titles or fact.titles, known.aliases or fact.aliases
        return Element(name=known.name, titles=titles, aliases=aliases, when=when, span=word.span)
