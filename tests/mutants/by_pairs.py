"""Whether the pairs of both executors find a fault in one of them.

The pairs and what is told of them are made once, of the sound text, and which of them come by which line is noted. A fault is then
planted in a process of its own, which tells the pairs that come by its line until one is told otherwise. The process begins as a copy
of this one, forgets the package and loads it again with the fault in it: the pairs are handed over as bytes.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import pickle
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from coverage import Coverage

from tests.mutants.changes import ROOT, SURVIVED, Fault

SECONDS = 10
"""Whoever takes longer over the pairs of one family never ends."""
_SURVIVED, _FOUND = 0, 1


class Pairs:
    """The pairs by one of the executors: `kernel` or `tracker`."""

    def __init__(self, executor: str, number: int, each: int, seed: int, files: Sequence[str]) -> None:
        self._executor = f"by_{executor}"
        self._seed = seed
        self._told: list[bytes] = []
        self._by_line: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._note(number, each, files)

    def _note(self, number: int, each: int, files: Sequence[str]) -> None:
        from tests.replay import pairs

        tell, of_pairs = getattr(pairs, self._executor), pairs.cases(number, each, self._seed)
        watched = Coverage(data_file=None, include=[str(ROOT / file) for file in files])
        for place, case in enumerate(of_pairs):
            watched.start()
            watched.switch_context(str(place))
            answer = case.by(tell)
            watched.stop()
            if answer != case.by(pairs.by_tracker):
                sys.exit("the executors do not tell the same without any fault")
            self._told.append(pickle.dumps((case, answer)))
        data = watched.get_data()
        for file in files:
            for line, contexts in data.contexts_by_lineno(str(ROOT / file)).items():
                self._by_line[file, line] = [int(context) for context in contexts if context]

    def found(self, fault: Fault) -> str:
        """How a fault is found."""
        passing = self._passing(fault)
        child = os.fork()
        if child == 0:
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123  # for as long as the process lives
            try:
                ended = self._differs(fault, random.Random(self._seed).sample(passing, len(passing)))
            except Exception:  # a fault that stops the executor is found
                ended = _FOUND
            os._exit(ended)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            return "never ends"
        if os.WEXITSTATUS(status) == _SURVIVED:
            return f"{SURVIVED} ({len(passing)} come by)"
        return "told otherwise"

    def _passing(self, fault: Fault) -> list[int]:
        """The pairs that come by a fault: all, where it is run as the file is loaded. What is written over several lines is come by on
        the first that holds more than a bracket."""
        if not fault.inside:
            return list(range(len(self._told)))
        lines = (self._by_line.get((fault.file, line)) for line in range(fault.line, fault.last + 1))
        return next((those for those in lines if those), [])

    def _differs(self, fault: Fault, places: Sequence[int]) -> int:
        tell = _planted(fault, self._executor)
        for place in places:
            signal.alarm(SECONDS)
            case, answer = pickle.loads(self._told[place])
            if case.by(tell) != answer:
                return _FOUND
        return _SURVIVED


class _Planting(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds the package's module that has the fault in it."""

    def __init__(self, fault: Fault) -> None:
        self._name = fault.file.removesuffix(".py").replace("/", ".")
        self._text = fault.text
        self._file = str(ROOT / fault.file)

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        return importlib.util.spec_from_file_location(name, self._file, loader=self) if name == self._name else None

    def get_source(self, fullname: str) -> str:
        return self._text


def _planted(fault: Fault, executor: str) -> Callable[..., Any]:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pathway", "tests")]:
        if not name.startswith("tests.mutants"):
            del sys.modules[name]
    sys.meta_path.insert(0, _Planting(fault))
    from tests.replay import pairs

    return getattr(pairs, executor)  # type: ignore[no-any-return]
