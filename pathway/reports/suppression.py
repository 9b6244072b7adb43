"""Small groups are not shown, and cannot be worked out from what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pathway.reports.measures import SMALL

Key = TypeVar("Key")


def hidden(sizes: Mapping[Key, int]) -> frozenset[Key]:
    """Which groups to hide, of groups whose sum is shown, by how many patients they have.

    Those of fewer than `SMALL` patients, and then the smallest of the others, one by one, until nobody can work out a small one by
    taking what is shown from the sum: each small group could still be of any size from 1 to `SMALL` - 1, even for a reader who
    knows which of the hidden ones are small. When that needs them all, all are hidden.
    """
    small = [key for key, size in sizes.items() if 0 < size < SMALL]
    if not small:
        return frozenset()
    others = sorted((key for key, size in sizes.items() if size >= SMALL), key=lambda key: sizes[key])
    also: list[Key] = []
    while others and not _safe(sum(sizes[key] for key in (*small, *also)), len(small), len(also)):
        also.append(others.pop(0))
    if not _safe(sum(sizes[key] for key in (*small, *also)), len(small), len(also)):
        return frozenset(key for key, size in sizes.items() if size)
    return frozenset((*small, *also))


def _safe(total: int, small: int, also: int) -> bool:
    """Whether each of the small groups can be of any small size, for all that the sum of the hidden ones tells."""
    least, most = total - (small - 1) - SMALL * also, total - (small - 1) * (SMALL - 1)
    return least >= SMALL - 1 and (also > 0 or most <= 1) and small + also > 1
