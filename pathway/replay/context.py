"""What surrounds the obligations that the kernel found: stays, groups, deviations and answers (see `tracking/context.py`)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from pathway.model.measures import Group
from pathway.model.pathway import Pathway
from pathway.replay.arrow import instants_of, is_none
from pathway.replay.cells import of_times
from pathway.replay.filling import Field, Named, Records, Sheet
from pathway.replay.hindsight import Hindsight
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Names
from pathway.replay.kernel.sources import GIVEN, INSTANT, PLACE
from pathway.replay.told import Told
from pathway.tracking.context import compared_by
from pathway.tracking.records import OUTCOMES, PARTS, AnswerRecord, DeviationRecord, GroupRecord, StayRecord

_WRITTEN, _PARTS, _OUTCOMES = Named(["before", "after", "foreseen"]), Named(PARTS), Named(OUTCOMES)
_BEFORE, _AFTER, _FORESEEN = range(3)


class Surroundings:
    """The tables of one chunk of one pathway, each with the patient of each row."""

    def __init__(self, told: Told, seen: Hindsight) -> None:
        self.told, self.seen = told, seen
        episodes = told.chunk.episodes
        self._edition = np.zeros(len(told.start) - 1, np.int64)
        self._edition[episodes["patient"]] = episodes["edition"]  # of several the last
        self._placed = _placed(told.events, told.as_of)
        self.dimensions = Names()

    def stays(self) -> Sheet:
        """Those that last count up to `as of`."""
        episodes, stays = self.told.chunk.episodes, self.told.chunk.stays
        of = np.repeat(np.arange(len(episodes), dtype=np.int32), episodes["stays1"] - episodes["stays0"])
        left = np.append(stays["since"], 0)[1:]
        left[episodes["stays1"] - 1] = episodes["ended_at"]
        ended = ~is_none(left)
        seconds = (np.where(ended, left, self.told.as_of) - stays["since"]) / 1_000_000
        fields = {
            "patient": Field("patient", True, named=self.told.patients),
            **self.told.edition("edition", True),
            "episode": Field("number", True),
            "stage": Field("stage", named=self.told.stages),
            "party": Field("party", named=self.told.parties),
            "entered_at": Field("since", kind=INSTANT),
        }
        records = Records(stays, episodes["patient"][of], episodes, of)
        by = {"times": of_times(seconds, ended)}
        return Sheet(StayRecord, records, fields, lambda: {"left_at": instants_of(left)}, by, {"seconds": seconds})

    def groups(self) -> Sheet:
        """As it was known at the end of each episode."""
        episodes, (of, dimension, text) = self.told.chunk.episodes, self.compared
        own = episodes[of]
        fields = {
            "patient": Field("patient", named=self.told.patients),
            "pathway": self.told.edition("edition")["pathway"],
            "episode": Field("number"),
            "dimension": Field(kind=GIVEN, named=Named(self.dimensions.all), codes=dimension),
            "group": self.text(text),
        }
        return Sheet(GroupRecord, Records(own, own["patient"].copy()), fields)

    @cached_property
    def compared(self) -> tuple[Any, Any, Any]:
        """Where the episode stands, the number of the dimension, and that of the group's text."""
        episodes = self.told.chunk.episodes
        found = []
        for number in np.unique(episodes["edition"]).tolist():
            which = np.nonzero(episodes["edition"] == number)[0]
            patient = episodes["patient"][which]
            first = self.told.start[patient]
            last = first + np.minimum(episodes["last"][which], self._placed[patient] - 1)
            pathway = self.told.lowered.editions[number].pathway
            for turn, (name, text) in enumerate(self._values(pathway, self._edition[patient], first, last)):
                known = np.nonzero(text >= 0)[0]
                dimension = np.full(len(known), self.dimensions(name), np.int64)
                found.append(np.stack([which[known], np.full(len(known), turn, np.int64), dimension, text[known]]))
        of, turn, dimension, text = np.concatenate(found or [np.zeros((4, 0), np.int64)], axis=1)
        order = np.lexsort((turn, of))
        return of[order], dimension[order], text[order]

    @cached_property
    def groups_of(self) -> dict[str, Field]:
        """By what episodes are compared by, the group of each obligation's episode."""
        episodes, owed = self.told.chunk.episodes, self.told.chunk.owed
        (of, dimension, text), groups = self.compared, {}
        if len(of):
            first = np.zeros(len(self.told.start) - 1, np.int64)
            first[episodes["patient"][::-1]] = np.arange(len(episodes))[::-1]
            episode = first[owed["patient"]] + owed["episode"] - 1
            for number, name in enumerate(self.dimensions.all):
                group = np.full(len(episodes), -1, np.int32)
                group[of[dimension == number]] = text[dimension == number]
                groups[name] = self.text(group[episode])
        return groups

    def _values(self, pathway: Pathway, edition: Any, first: Any, last: Any) -> list[tuple[str, Any]]:
        """By what the episodes are compared by, in its order, the number of each one's group."""
        facts, bands, parties = compared_by(pathway)
        return [
            *((name, self.seen.fact(name, first, last)) for name in facts),
            *((name, self.seen.band(pathway.bands[name], first, last)) for name in bands),
            *((name, self.seen.unit(name, edition, first, last)) for name in parties),
        ]

    def text(self, numbers: Any) -> Field:
        """What the numbers of `Hindsight` stand for."""
        return Field(kind=GIVEN, named=Named(self.seen.texts.all), codes=numbers)

    def at_last(self, party: str, patient: Any) -> Any:
        """The unit of a party after all that happened."""
        first = self.told.start[patient]
        return self.seen.unit(party, self._edition[patient], first, first + self._placed[patient] - 1)

    def group(self, group: Group, patient: Any, place: Any) -> Any:
        """What an indicator of the pathway is shown by, as it was known at an event."""
        first = self.told.start[patient]
        if group.kind == "party":
            return self.seen.unit(group.name, self._edition[patient], first, first + place)
        if group.kind == "band":
            return self.seen.band(self.told.lowered.compiled.pathway.bands[group.name], first, first + place)
        return self.seen.fact(group.name, first, first + place)

    def deviations(self) -> Sheet:
        place = self.told.chunk.deviated["place"].copy()
        found = self.told.chunk.owed[self.told.chunk.deviated["of"]]
        written = np.where(found["outcome"] != shape.EXCUSED, _AFTER, np.where(place >= 0, _BEFORE, _FORESEEN))
        reasons = self.told.noted(found["patient"], place, "because")
        known = Names()
        told = [known(text) for text in self.told.rows.notes.all]
        codes = np.array([*told, -1], np.int32)[reasons.codes]
        for row in np.nonzero(written == _FORESEEN)[0].tolist():
            rule = self.told.lowered.rules[int(found["rule"][row])]
            codes[row] = known(" / ".join(because for _, because in rule.may_deviate))
        fields = {
            **self._identity(),
            "part": Field("part", named=_PARTS),
            "outcome": Field("outcome", named=_OUTCOMES),
            "written": Field(kind=GIVEN, named=_WRITTEN, codes=written),
            "reason": Field(kind=GIVEN, named=Named(known.all), codes=codes),
        }
        return Sheet(DeviationRecord, Records(found, found["patient"].copy()), fields)

    def answers(self) -> Sheet:
        found = self.told.chunk.owed
        rules = [number for number, each in enumerate(self.told.lowered.rules) if each.rule.answer_fact is not None]
        found = found[(found["part"] == shape.ANSWER) & (found["met_at"] != shape.NEVER)] if rules else found[:0]
        answer = np.full(len(found), -1, np.int64)
        for number in rules:
            own = found["rule"] == number
            answer[own] = self._answered(number, found[own])
        found, answer = found[answer >= 0], answer[answer >= 0]
        fields = {**self._identity(), "at": Field("met_at", kind=INSTANT), "answer": self.text(answer)}
        return Sheet(AnswerRecord, Records(found, found["patient"].copy()), fields)

    def _answered(self, rule: int, found: Any) -> Any:
        """What the events that met the answers to a rule's message told of its fact."""
        about = self.told.lowered.rules[rule].rule
        answer = np.full(len(found), -1, np.int64)
        if about.answer_fact is None or about.message is None:
            return answer
        carriers = self.told.lowered.editions[self.told.edition_of_rule[rule]].carriers[about.message]
        for carrier in carriers:
            key = self.told.lowered.keys.known(f"{carrier} answered")
            told = self.seen.told_at(about.answer_fact, key, self.told.start, found["patient"], found["met_at"])
            answer = np.where(answer < 0, told, answer)
        return answer

    def _identity(self) -> dict[str, Field]:
        """What a record of an obligation is known by."""
        return {
            "patient": Field("patient", named=self.told.patients),
            **self.told.edition("rule"),
            "episode": Field("episode"),
            "rule": Field("rule", named=self.told.rule_names),
            "receiver": Field("receiver", named=self.told.parties),
            "anchor_event": Field("anchor", kind=PLACE),
            "round": Field("turn"),
        }


def _placed(events: shape.Events, as_of: int) -> Any:
    """By patient, how many events there have been by a time."""
    if len(events.at) == 0 or events.at.max() <= as_of:
        return np.diff(events.start)
    return np.diff(np.append(0, np.cumsum(events.at <= as_of))[events.start])
