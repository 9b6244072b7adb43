"""What stands in the graph, before anything has a place: a card for each stage, with its rules and ways out in rows; the band of
what holds throughout; the messages, numbered; and the lanes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from pathway.language.source import Language
from pathway.model.pathway import Pathway, Stage, Start, Transition
from pathway.model.phrases import duration_text, phrase, timing_text
from pathway.model.rules import BreakKind, Rule, Standing

from .lanes import EVERYWHERE, lanes
from .lettering import Line, Run
from .libraries import of_library
from .saying import Said, Saying
from .texts import text

RowKind = Literal["enter", "rule", "sends", "message", "heading", "way", "start", "leave", "note", "end"]
Glyph = Literal["arrow", "end", "return", "again", "start", "leave"]


@dataclass(slots=True)
class Row:
    """One statement in a card. `lines` and the places are filled in when the card is laid out; `y` is the row's top."""

    kind: RowKind
    said: Said
    rule: Rule | None = None
    rules: tuple[Rule, ...] = ()
    """For a row of messages, those it points to."""
    standing: Standing | None = None
    glyph: Glyph | None = None
    target: str | None = None
    name: str | None = None
    indent: int = 0
    lines: list[Line] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0
    high: float = 0.0
    room: float = 0.0
    """From where its card's text begins to where it may reach."""
    share_y: float = 0.0
    """From its top to where its share stands, where breaks are laid over."""

    @property
    def mark(self) -> BreakKind | None:
        if self.kind == "sends":
            return "information"
        return self.rule.break_kind if self.rule is not None else None

    @property
    def hollow(self) -> bool:
        return self.rule is not None and not self.rule.breaks


@dataclass(slots=True)
class Card:
    """A stage, in the lane of its party. `order` is its place in the file."""

    name: str
    party: str
    title: str
    under: str
    whole: str
    rows: list[Row]
    order: int = 0
    head: list[str] = field(default_factory=list)
    under_lines: list[str] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0
    wide: float = 0.0
    high: float = 0.0

    @property
    def ways(self) -> list[Row]:
        """The rows that lead to other cards."""
        return [row for row in self.rows if row.glyph == "arrow"]


@dataclass(slots=True)
class Message:
    """A message that is to be sent, on its arrow from lane to lane. Rules that ask for the same message between the same parties in
    the same time, from several places, share an arrow and its number."""

    number: int
    said: Said
    rules: list[Rule]

    @property
    def rule(self) -> Rule:
        return self.rules[0]


@dataclass(slots=True)
class Content:
    """All that a graph says."""

    pathway: Pathway
    language: Language
    cards: dict[str, Card]
    everywhere: list[Row]
    messages: list[Message]
    parties: list[str]
    """The lanes, from the highest level to the lowest."""
    levels: dict[str, str]

    @property
    def signs(self) -> set[str]:
        """The kinds of break, the signs of the course and the arrows that there are, for the legend."""
        rows = [*self.everywhere, *(row for card in self.cards.values() for row in card.rows)]
        rules = [row.rule for row in rows if row.rule is not None] + [rule for m in self.messages for rule in m.rules]
        signs: set[str] = {rule.break_kind for rule in rules if rule.breaks} | {
            row.glyph for row in rows if row.glyph is not None
        }
        if any(not rule.breaks for rule in rules):
            signs.add("hollow")
        if self.messages:
            signs.add("message")
        return signs | {row.kind for row in rows if row.kind == "enter"}


def content(pathway: Pathway, language: Language, *, apart: bool = False) -> Content:
    """What a pathway's graph says. `apart`: a row for each message too, and a card for what holds throughout."""
    drawn = of_library(pathway) if pathway.kind == "library" else pathway
    return _Builder(drawn, language, apart).content()


class _Builder:
    def __init__(self, pathway: Pathway, language: Language, apart: bool) -> None:
        self.pathway = pathway
        self.language = language
        self.apart = apart
        self.say = Saying(pathway, language)

    def content(self) -> Content:
        cards = {
            stage.name: self._card(stage, order) for order, stage in enumerate(self.pathway.stages.values()) if not stage.end
        }
        messages = list({message.number: message for message in self._messages.values()}.values())
        everywhere = self._everywhere()
        if self.apart and everywhere:
            title = text("everywhere", self.language)
            cards = {EVERYWHERE: Card(EVERYWHERE, EVERYWHERE, title, "", title, everywhere, -1), **cards}
            everywhere = []
        levels = {party: self._level(party) for party in lanes(cards.values(), messages, self._level)}
        return Content(self.pathway, self.language, cards, everywhere, messages, list(levels), levels)

    @cached_property
    def _messages(self) -> dict[str, Message]:
        """By rule."""
        found: dict[str, Message] = {}
        alike: dict[tuple[object, ...], Message] = {}
        for rule in self.pathway.rules():
            if rule.kind != "send":
                continue
            said = self.say.message(rule)
            key = (rule.message, rule.sender, rule.receivers, rule.breaks, said.runs)
            message = alike.setdefault(key, Message(len(alike) + 1, said, []))
            message.rules.append(rule)
            found[rule.name] = message
        return found

    def _card(self, stage: Stage, order: int) -> Card:
        rows = [self._enter(place) for place, each in enumerate(self.pathway.enters) if each.stage == stage.name]
        rows += [
            Row("enter", self._plain(text("enters_everywhere", self.language, e=self.say.taken_on(way))))
            for way in self.pathway.throughout.transitions
            if way.target == stage.name and not self.apart
        ]
        lasting = [rule for rule in stage.rules if not rule.while_here]
        rows += self._rules(lasting)
        here = [rule for rule in stage.rules if rule.while_here]
        if here:
            rows.append(Row("heading", self._plain(text("while_here", self.language))))
            rows += self._rules(here)
        rows += [self._cost(cost.name) for cost in self.pathway.costs if cost.stage == stage.name]
        if stage.transitions or stage.starts:
            rows.append(Row("heading", self._plain("")))
        for way in stage.transitions:
            rows += self._way(way, stage.name)
        for start in stage.starts:
            rows += self._start(start, 0)
        party = self.say.party(stage.party)
        level = text(f"level_{stage.level}", self.language) if stage.level else ""
        whole = [
            f"{stage.title(self.language)}. {text('responsible', self.language, p=party)}" + (f", {level}" if level else "")
        ]
        if stage.recognised_by:
            whole.append(text("recognised", self.language, e=self.say.events(stage.recognised_by)))
        if stage.no_limit is not None:
            whole.append(text("no_limit", self.language, b=stage.no_limit))
        under = party + (f" · {level}" if level and stage.level != self._level(stage.party or "") else "")
        return Card(stage.name, stage.party or "", stage.title(self.language), under, "\n".join(whole), rows, order)

    def _enter(self, place: int) -> Row:
        enter = self.pathway.enters[place]
        runs = [Run(text("enters", self.language, e=self.say.named(enter.on)))]
        whole = runs[0].text
        if enter.when is not None:
            runs.append(Run(self.say.when(enter.when), "soft"))
            whole += " " + self.say.when(enter.when, whole=True)
        if enter.looking_back is not None:
            whole += ", " + text("looking_back", self.language, d=duration_text(enter.looking_back, self.language))
        return Row("enter", Said(tuple(runs), whole), name=f"enter-{place}")

    def _rules(self, rules: Iterable[Rule], indent: int = 0) -> list[Row]:
        """A row for each rule, and one for all messages."""
        sends: list[Rule] = []
        rows: list[Row] = []
        for rule in rules:
            if rule.kind == "send" and self.apart:
                rows.append(Row("message", self._messages[rule.name].said, rule, standing=rule.standing, indent=indent))
            elif rule.kind == "send":
                sends.append(rule)
            else:
                rows.append(Row("rule", self.say.rule(rule), rule, standing=rule.standing, indent=indent))
        if sends:
            called = {self._messages[rule.name].number for rule in sends}
            numbers = _ranges(called)
            said = text("message_n" if len(called) == 1 else "messages_n", self.language, n=numbers)
            if indent:
                said = numbers
            whole = "\n".join(self._messages[rule.name].said.whole.partition("\n")[0] for rule in sends)
            rows.append(Row("sends", Said((Run(said),), whole), rules=tuple(sends), indent=indent))
        return rows

    def _way(self, way: Transition, stage: str) -> list[Row]:
        target = self.pathway.stages.get(way.target or "")
        glyph: Glyph = "return" if target is None else "end" if target.end else "again" if way.target == stage else "arrow"
        rows = [Row("way", self.say.way(way, stage), standing=way.standing, glyph=glyph, target=way.target)]
        if way.within is not None:
            rows.append(Row("rule", self.say.waiting(way.within), way.within, standing=way.within.standing, indent=1))
        rows += self._rules(way.rules, 1)
        for start in way.starts:
            rows += self._start(start, 1)
        return rows

    def _start(self, start: Start, indent: int) -> list[Row]:
        row = Row("start", self.say.start(start), glyph="start", name=start.pathway, indent=indent)
        return [row, *self._rules(start.rules, indent + 1)]

    def _everywhere(self) -> list[Row]:
        """What holds in every stage: its rules and ways, who the standard is not for, what is counted, and the ends."""
        throughout = self.pathway.throughout
        rows = self._rules(throughout.rules)
        rows += [self._cost(cost.name) for cost in self.pathway.costs if cost.stage is None]
        for way in throughout.transitions:
            rows += self._way(way, "throughout")
        for start in throughout.starts:
            rows += self._start(start, 0)
        for leave in self.pathway.leaves:
            said = text("leaves", self.language, e=self.say.named(leave.on))
            when = [Run(self.say.when(leave.when), "soft")] if leave.when is not None else []
            because = [Run("· " + leave.because, "soft")] if leave.because else []
            runs = (Run(said), *when, *because)
            rows.append(Row("leave", Said(runs, " ".join(run.text for run in runs)), glyph="leave"))
        for unsuited in self.pathway.unsuited:
            if unsuited.when is not None:
                condition = self.say.when(unsuited.when).partition(" ")[2]
                said = text("unsuited", self.language, c=condition, b=unsuited.because)
                rows.append(Row("note", self._plain(said)))
        if self.say.receipt_of_all is not None:
            d = timing_text(self.say.receipt_of_all, self.pathway, self.language)
            rows.append(Row("note", self._plain(text("receipt_of_all", self.language, d=d))))
        for indicator in self.pathway.indicators.values():
            said = text("indicator_of", self.language, t=indicator.title(self.language))
            if indicator.target is not None:
                said += ", " + phrase(f"limit.target_{indicator.target.at}", self.language, n=f"{indicator.target.percent:g}")
            rows.append(Row("note", self._plain(said), standing=indicator.standing, name=f"indicator-{indicator.name}"))
        seen = {stage.party for stage in self.pathway.stages.values()}
        seen |= {party for m in self._messages.values() for party in (m.rule.sender, *m.rule.receivers)}
        for change in self.pathway.changes:
            # What is added stands where it belongs; so does a unit, in its party's lane.
            if change.kind != "add" and not (change.kind == "bind" and change.was in seen):
                rows.append(Row("note", self.say.change(change)))
        for stage in self.pathway.stages.values():
            if stage.end:
                said = text("end_of", self.language, t=stage.title(self.language))
                rows.append(Row("end", self._plain(said), glyph="end", name=stage.name))
        return rows

    def _cost(self, name: str) -> Row:
        cost = next(cost for cost in self.pathway.costs if cost.name == name)
        return Row("note", self.say.cost(cost), standing=cost.standing, name=f"cost-{name}")

    @staticmethod
    def _plain(said: str) -> Said:
        return Said((Run(said),), said)

    def _level(self, party: str) -> str:
        """A party's own level, else that of its stages."""
        declared = self.pathway.parties.get(party)
        if declared is not None and declared.level is not None:
            return declared.level
        return next((stage.level for stage in self.pathway.stages.values() if stage.party == party and stage.level), "") or ""


def _ranges(numbers: Iterable[int]) -> str:
    """`1–4, 7`."""
    found: list[list[int]] = []
    for each in sorted(numbers):
        if found and each == found[-1][-1] + 1:
            found[-1].append(each)
        else:
            found.append([each])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found)


def fresh(cards: Iterable[Card]) -> dict[str, Card]:
    """Cards without places: to be laid out in another way."""
    return {card.name: replace(card, rows=[replace(row) for row in card.rows]) for card in cards}
