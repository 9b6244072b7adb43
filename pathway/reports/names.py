"""Titles of everything that the report names, in each language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pathway.model.pathway import FactType, Pathway
from pathway.model.phrases import event_text
from pathway.reports.data import Data
from pathway.reports.part import Part, Text, in_each, title_of, words
from pathway.tracking.context import compared_by

WEEKDAY, PAIR = "weekday", "pair"
"""Dimensions that every pathway has: the kind of day that a time is counted from, and the units of sender and receiver."""


class Names(Part):
    """Titles by the names that the rest of the report uses."""

    pathways: dict[str, Text]
    parties: dict[str, Text]
    stages: dict[str, Text]
    events: dict[str, Text]
    """By key: an event's name, or a message's or resource's name and phase (`discharge_summary sent`)."""
    messages: dict[str, dict[str, Text]]
    """By pathway and message: two pathways may each have one of the same name."""
    dimensions: dict[str, Text]
    """What is compared by."""
    values: dict[str, dict[str, Text]]
    """By fact and value, for the facts that are compared by or that answers give; by party and unit, for the parties that are a fact
    of the patient. What is not here is called as it is."""


def names_of(data: Data, keys: Iterable[str]) -> Names:
    """Titles of the pathway and those that it starts; `keys` are the events that are named."""
    pathways = list(data.texts.values())
    dimensions = {name: words("dimension", name) for name in (WEEKDAY, PAIR)}
    for pathway in pathways:
        grouped = [group.name for indicator in pathway.indicators.values() for group in indicator.groups]
        for name in (*(name for names in compared_by(pathway) for name in names), *grouped):
            dimensions.setdefault(name, _dimension(pathway, name))
    parties: dict[str, Text] = {}
    stages: dict[str, Text] = {}
    messages: dict[str, dict[str, Text]] = {}
    values: dict[str, dict[str, Text]] = {}
    for pathway in pathways:
        own = messages.setdefault(pathway.name, {})
        for name, message in pathway.messages.items():
            own.setdefault(name, in_each(message.title))
        answers = [rule.answer_fact for rule in pathway.rules() if rule.answer_fact is not None]
        groups = [group.name for indicator in pathway.indicators.values() for group in indicator.groups if group.kind == "fact"]
        for name in dict.fromkeys((*groups, *answers)):
            values.setdefault(name, {}).update(_values(pathway.facts[name].type))
        for name, party in pathway.parties.items():
            parties.setdefault(name, in_each(party.title))
            if party.residence is not None:
                values.setdefault(name, {}).update(_values(pathway.facts[party.residence].type))
        for name, stage in pathway.stages.items():
            stages.setdefault(name, in_each(stage.title))
    return Names(
        pathways={name: in_each(pathway.title) for name, pathway in data.pathways.items()},
        parties=parties,
        stages=stages,
        events={key: _event(pathways, key) for key in dict.fromkeys(keys)},
        messages=messages,
        dimensions=dimensions,
        values={name: titles for name, titles in values.items() if titles},
    )


def _values(fact_type: FactType) -> dict[str, Text]:
    """The values of a fact by the texts that stand for them in the tables."""
    if fact_type.kind == "yes_no":
        return {str(value): words("group", "yes" if value else "no") for value in (True, False)}
    return {value: in_each(partial(fact_type.title, value)) for value in (*fact_type.values, *fact_type.called)}


def _event(pathways: Iterable[Pathway], key: str) -> Text:
    name = key.partition(" ")[0]
    known = [each for each in pathways if name in each.events or name in each.messages or name in each.resources]
    if not known:
        return title_of(None, key)
    return in_each(lambda language: event_text(key, known[0], language))


def _dimension(pathway: Pathway, name: str) -> Text:
    band = pathway.bands.get(name)
    if band is not None:
        return title_of(band if band.titles else pathway.facts.get(band.fact), name)
    return title_of(pathway.facts.get(name) or pathway.parties.get(name), name)
