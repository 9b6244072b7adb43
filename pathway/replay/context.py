"""What surrounds the obligations that the kernel found: stays, groups, deviations and answers (see `tracking/context.py`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pathway.model.measures import Group
from pathway.model.pathway import Pathway
from pathway.replay.arrow import instants_of, table_with, taken, whole
from pathway.replay.hindsight import Hindsight
from pathway.replay.kernel import layout as shape
from pathway.replay.told import Told
from pathway.tracking.context import compared_by
from pathway.tracking.records import OUTCOMES, PARTS, AnswerRecord, DeviationRecord, GroupRecord, StayRecord

_WRITTEN = pa.array(["before", "after", "foreseen"])
_BEFORE, _AFTER, _FORESEEN = range(3)


class Surroundings:
    """The tables of one chunk of one pathway, each with the patient of each row."""

    def __init__(self, told: Told, seen: Hindsight) -> None:
        self.told, self.seen = told, seen
        episodes = told.chunk.episodes
        self._edition = np.zeros(len(told.start) - 1, np.int64)
        self._edition[episodes["patient"]] = episodes["edition"]  # of several the last
        self._placed = _placed(told.events, told.as_of)

    def stays(self) -> tuple[pa.Table, Any]:
        episodes, stays = self.told.chunk.episodes, self.told.chunk.stays
        of = np.repeat(np.arange(len(episodes)), episodes["stays1"] - episodes["stays0"])
        left = np.append(stays["since"], 0)[1:]
        left[episodes["stays1"] - 1] = episodes["ended_at"]
        found = episodes[of]
        columns = {
            "patient": self.told.patients(found),
            **self.told.edition(found["edition"]),
            "episode": whole(found["number"]),
            "stage": taken(self.told.stages, stays["stage"]),
            "party": taken(self.told.parties, stays["party"]),
            "entered_at": instants_of(stays["since"]),
            "left_at": instants_of(left),
        }
        return table_with(StayRecord, columns), found["patient"]

    def groups(self) -> tuple[pa.Table, Any]:
        """As it was known at the end of each episode."""
        episodes = self.told.chunk.episodes
        dimensions: dict[str, int] = {}
        found = []
        for number in np.unique(episodes["edition"]).tolist():
            which = np.nonzero(episodes["edition"] == number)[0]
            patient = episodes["patient"][which]
            first = self.told.start[patient]
            last = first + np.minimum(episodes["last"][which], self._placed[patient] - 1)
            pathway = self.told.lowered.editions[number].pathway
            for turn, (name, text) in enumerate(self._values(pathway, self._edition[patient], first, last)):
                known = np.nonzero(text >= 0)[0]
                dimension = np.full(len(known), dimensions.setdefault(name, len(dimensions)), np.int64)
                found.append(np.stack([which[known], np.full(len(known), turn, np.int64), dimension, text[known]]))
        of, turn, dimension, text = np.concatenate(found or [np.zeros((4, 0), np.int64)], axis=1)
        order = np.lexsort((turn, of))
        own = episodes[of[order]]
        columns = {
            "patient": self.told.patients(own),
            "pathway": self.told.edition(own["edition"])["pathway"],
            "episode": whole(own["number"]),
            "dimension": taken(pa.array(list(dimensions), pa.string()), dimension[order]),
            "group": self.text(text[order]),
        }
        return table_with(GroupRecord, columns), own["patient"]

    def _values(self, pathway: Pathway, edition: Any, first: Any, last: Any) -> list[tuple[str, Any]]:
        """By what the episodes are compared by, in its order, the number of each one's group."""
        facts, bands, parties = compared_by(pathway)
        return [
            *((name, self.seen.fact(name, first, last)) for name in facts),
            *((name, self.seen.band(pathway.bands[name], first, last)) for name in bands),
            *((name, self.seen.unit(name, edition, first, last)) for name in parties),
        ]

    def text(self, numbers: Any) -> pa.Array:
        """What the numbers of `Hindsight` stand for."""
        return taken(pa.array(self.seen.texts.all, pa.string()), numbers)

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

    def deviations(self) -> tuple[pa.Table, Any]:
        place = self.told.chunk.deviated["place"].copy()
        found = self.told.chunk.owed[self.told.chunk.deviated["of"]]
        written = np.where(found["outcome"] != shape.EXCUSED, _AFTER, np.where(place >= 0, _BEFORE, _FORESEEN))
        reasons = self.told.noted(found["patient"], place, "because").to_pylist()
        for row in np.nonzero(written == _FORESEEN)[0].tolist():
            rule = self.told.lowered.rules[int(found["rule"][row])]
            reasons[row] = " / ".join(because for _, because in rule.may_deviate)
        columns = {
            **self._identity(found),
            "part": taken(pa.array(PARTS), found["part"]),
            "outcome": taken(pa.array(OUTCOMES), found["outcome"]),
            "written": taken(_WRITTEN, written),
            "reason": pa.array(reasons, pa.string()),
        }
        return table_with(DeviationRecord, columns), found["patient"]

    def answers(self) -> tuple[pa.Table, Any]:
        found = self.told.chunk.owed
        found = found[(found["part"] == shape.ANSWER) & (found["met_at"] != shape.NEVER)]
        answer = np.full(len(found), -1, np.int64)
        for number in np.unique(found["rule"]).tolist():
            own = found["rule"] == number
            answer[own] = self._answered(number, found[own])
        found, answer = found[answer >= 0], answer[answer >= 0]
        columns = {**self._identity(found), "at": instants_of(found["met_at"]), "answer": self.text(answer)}
        return table_with(AnswerRecord, columns), found["patient"]

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

    def _identity(self, found: Any) -> dict[str, pa.Array]:
        """What a record of an obligation is known by."""
        return {
            "patient": self.told.patients(found),
            **self.told.edition(self.told.edition_of_rule[found["rule"]]),
            "episode": whole(found["episode"]),
            "rule": taken(self.told.rule_names, found["rule"]),
            "receiver": taken(self.told.parties, found["receiver"]),
            "anchor_event": self.told.roots(found["patient"], found["anchor"]),
            "round": whole(found["turn"]),
        }


def _placed(events: shape.Events, as_of: int) -> Any:
    """By patient, how many events there have been by a time."""
    if len(events.at) == 0 or events.at.max() <= as_of:
        return np.diff(events.start)
    return np.diff(np.append(0, np.cumsum(events.at <= as_of))[events.start])
