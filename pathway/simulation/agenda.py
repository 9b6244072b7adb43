"""What is to happen to a made-up patient, in order of time."""

from __future__ import annotations

import heapq
from dataclasses import replace

from pathway.events.event import Instant
from pathway.simulation.happening import MINUTE, Happening, Stayed


class Agenda:
    """Happenings with their times. Times are whole minutes past the hour: so all of a patient's can be moved by some seconds, and no
    limit is touched."""

    def __init__(self) -> None:
        self._queue: list[tuple[Instant, int, Happening]] = []
        self._number = 0
        self._held: dict[Stayed, Instant] = {}
        self._not_over: dict[tuple[int, int], Instant] = {}

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def next(self) -> Instant | None:
        """The time of what comes next."""
        return self._queue[0][0] if self._queue else None

    def take(self) -> tuple[Instant, Happening]:
        at, _, happening = heapq.heappop(self._queue)
        return at, happening

    def plan(self, at: Instant, happening: Happening) -> None:
        minutes = -(-at // MINUTE)
        self._number += 1
        heapq.heappush(self._queue, ((minutes + (minutes % 60 == 0)) * MINUTE, self._number, happening))

    def plan_between(self, at: Instant, now: Instant, limit: Instant, happening: Happening) -> bool:
        """Plan it after now and before a limit; whether there is time for it."""
        minute = min(-(-at // MINUTE), (limit - 1) // MINUTE)
        minute -= minute % 60 == 0
        if minute * MINUTE <= now:
            return False
        self.plan(minute * MINUTE, happening)
        return True

    def is_owed(self, key: str) -> bool:
        """Whether an event is on its way already because it is owed."""
        return any(happening.key == key and happening.meant is not None for _, _, happening in self._queue)

    def leave(self, at: Instant, happening: Happening) -> None:
        """Plan how a stay ends, instead of what was planned before; not while it is held."""
        stay = happening.leaving
        assert stay is not None  # that is what it is for
        self._queue = [item for item in self._queue if not _ends(item[2], stay)]
        heapq.heapify(self._queue)
        held = self._held.get(replace(stay, way=None), 0)
        open_until = self._not_over.get((stay.followed, stay.course), 0) if happening.ends else 0
        self.plan(max(at, held, open_until), happening)

    def hold(self, stay: Stayed, until: Instant) -> None:
        """A stay is not to end before a time: what belongs to it is to break first."""
        stay = replace(stay, way=None)
        self._held[stay] = max(self._held.get(stay, 0), until)
        for at, _, happening in self._queue:
            if at < until and _ends(happening, stay):
                self.leave(until, happening)
                return

    def hold_end(self, stay: Stayed, until: Instant) -> None:
        """An episode is not to end before a time."""
        course = (stay.followed, stay.course)
        self._not_over[course] = max(self._not_over.get(course, 0), until)
        for at, _, happening in self._queue:
            if at < until and happening.ends and _ends(happening, stay):
                self.leave(until, happening)
                return


def _ends(happening: Happening, stay: Stayed) -> bool:
    return happening.leaving is not None and replace(happening.leaving, way=None) == replace(stay, way=None)
