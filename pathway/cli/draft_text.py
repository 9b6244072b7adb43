"""A drafted mapping as a TOML file to read and put right: what is likely stands in force, what may be as a comment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pathway.cli.numbers import count
from pathway.cli.words import say
from pathway.events.identity import masked
from pathway.language.source import Language
from pathway.model.base import Named
from pathway.model.pathway import Pathway

if TYPE_CHECKING:
    from pathway.events.draft import Draft
    from pathway.events.matching import FactProposal, NameProposal, Proposal

_VALUES = 12
_AT = 44
"""The column in which remarks stand."""


def draft_text(draft: Draft, log: str, pathway: Pathway, language: Language) -> str:
    """The file. It can be used as it is; every line that begins with `# "` is a proposal or a gap to fill in."""
    lines = [
        *_wrapped(say("map.head", language, log=log, pathway=pathway.name)),
        "",
        *_settings(draft, language),
        "[columns]",
        *_fields(draft, language),
        *_filters(draft),
        *_events(draft, pathway, language),
        *_facts(draft, pathway, language),
        *_named(draft, pathway, language),
        *_left(draft, language),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _wrapped(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"# {line}".rstrip()


def _settings(draft: Draft, language: Language) -> Iterator[str]:
    settings = []
    if draft.time_formats:
        settings.append(f"time_formats = {_list(draft.time_formats)}")
    if draft.decimal_comma:
        settings.append("decimal_comma = true")
    if not draft.receipts:
        settings.append(_remark("receipts = false", say("map.receipts", language)))
    if any(each.national for each in draft.columns):
        settings.append(_remark('pseudonyms = { key_file = "key.txt" }', say("map.pseudonyms", language)))
    if settings:
        yield from [*settings, ""]


def _fields(draft: Draft, language: Language) -> Iterator[str]:
    roles = draft.roles
    three: Mapping[str, str | None] = {"patient": roles.patient, "event": roles.event, "occurred": roles.occurred}
    for field, column in {**three, **roles.told}.items():
        if column is not None:
            yield f"{field} = {_string(masked(column))}"
        elif field == "patient" or not roles.wide:
            yield _remark(f'# {field} = ""', say("map.unfound", language))


def _filters(draft: Draft) -> Iterator[str]:
    if draft.only:
        yield from ["", "[only]", *(f"{_key(masked(column))} = {_list(values)}" for column, values in draft.only.items())]


def _events(draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    yield from ["", "[wide]" if draft.roles.wide else "[events]"]
    if draft.understood:
        yield from _wrapped(say("map.understood", language, names=", ".join(masked(code) for code in draft.understood)))
    yield from events_found(draft, pathway, language)
    declared = _declared(pathway)
    meant = {each.event.event for each in draft.events.values() if each.sure and each.event is not None}
    names = {name for each in declared.values() for name in (each.name, *each.aliases.values())}
    known = {code.strip().split(" ")[0] for code in draft.understood} & names
    silent = [f"{name} ({each.title(language)})" for name, each in declared.items() if name not in meant | known]
    if silent:
        yield ""
        yield from _wrapped(say("map.silent", language))
        yield from (f"#   {name}" for name in silent)


def _declared(pathway: Pathway) -> dict[str, Named]:
    return {**pathway.events, **pathway.messages, **pathway.resources}


def events_found(draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    """A line for each code: in force where it is likely what it means, else as a comment."""
    declared = _declared(pathway)
    for code, each in draft.events.items():
        if each.sure and each.event is not None:
            title = declared[each.event.event].title(language)
            yield _remark(_event_line(code, each), f"{count(each.count, language)}: {title}")
    unsure = {code: each for code, each in draft.events.items() if not each.sure}
    if unsure:
        yield ""
        yield from _wrapped(say("map.unplaced", language))
        for code, each in unsure.items():
            yield _remark("# " + _event_line(code, each), count(each.count, language))


def _event_line(code: str, each: Proposal) -> str:
    event = each.event
    if event is None:
        return f'{_key(code)} = ""'
    if event.phase is None and not event.facts:
        return f"{_key(code)} = {_string(event.event)}"
    parts = [f"event = {_string(event.event)}"]
    parts += [f"phase = {_string(event.phase)}"] if event.phase is not None else []
    parts += [f"facts = {_inline(event.facts)}"] if event.facts else []
    return f"{_key(code)} = {{ {', '.join(parts)} }}"


def _facts(draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    if not pathway.facts:
        return
    yield from ["", "[facts]", *facts_found(draft, pathway, language)]
    told = {*draft.facts, *(name for each in draft.events.values() if each.event is not None for name in each.event.facts)}
    missing = [f"{name} ({fact.title(language)})" for name, fact in pathway.facts.items() if name not in told]
    if missing:
        yield from _wrapped(say("map.silent_facts", language, names=", ".join(missing)))


def facts_found(draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    """A line for each fact that a column may hold."""
    for name, each in draft.facts.items():
        mark = "" if each.sure else "# "
        title = pathway.facts[name].title(language)
        if each.unfit:
            unfit, of = count(each.unfit, language), count(each.filled, language)
            title += f"; {say('map.unfit', language, count=unfit, of=of)}"
        yield _remark(f"{mark}{_key(name)} = {_fact(each)}", title)
        for value, number in list(each.left.items())[:_VALUES]:
            yield _remark(f'#   values = {{ {_key(value)} = "" }}', count(number, language))


def _named(draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    for table in ("parties", "elements"):
        found = list(names_found(table, draft, pathway, language))
        if found:
            yield from ["", f"[{table}]", *found]


def names_found(table: str, draft: Draft, pathway: Pathway, language: Language) -> Iterator[str]:
    """A line for each name of a party, or content of a message, that the pathway does not know."""
    found: Mapping[str, NameProposal] = getattr(draft, table)
    declared: dict[str, Named] = {each.name: each for message in pathway.messages.values() for each in message.contains}
    declared = {**pathway.parties} if table == "parties" else declared
    for called, each in (pair for pair in found.items() if pair[1].sure):
        assert each.name is not None  # what is sure is something
        line = f"{_key(called)} = {_string(each.name)}"
        yield _remark(line, f"{count(each.count, language)}: {declared[each.name].title(language)}")
    unsure = {called: each for called, each in found.items() if not each.sure}
    if unsure:
        yield from _wrapped(say("map.unplaced_names", language, known=", ".join(declared)))
        for called, each in list(unsure.items())[:_VALUES]:
            yield _remark(f"# {_key(called)} = {_string(each.name or '')}", count(each.count, language))


def _fact(each: FactProposal) -> str:
    how = each.how
    if how.unit is None and not how.values:
        return _string(masked(how.column[0]))
    parts = [f"column = {_string(masked(how.column[0]))}"]
    parts += [f"unit = {_string(how.unit)}"] if how.unit is not None else []
    parts += [f"values = {_inline(how.values)}"] if how.values else []
    return f"{{ {', '.join(parts)} }}"


def _left(draft: Draft, language: Language) -> Iterator[str]:
    if draft.other:
        yield ""
        yield from _wrapped(say("map.left", language))
        for each in draft.other:
            values = ", ".join(value for value, _ in each.commonest)
            yield _remark(
                f"#   {_string(masked(each.name))}", f"{say(f'word.looks_{each.kind}', language)} {masked(values)}".rstrip()
            )


def _remark(line: str, remark: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in remark)
    return f"{line.ljust(_AT)}  # {clean}"


def _key(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").replace("-", "").isalnum() else _string(text)


def _string(text: str) -> str:
    """A basic string of TOML: as JSON writes one, but for the one character that TOML forbids and JSON does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Any) -> str:
    return f"[{', '.join(_string(value) for value in values)}]"


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {_string(str(value))}" for name, value in values.items()) + " }"
