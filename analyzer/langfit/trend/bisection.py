"""Finds the first of several commits for which something holds, with few looks."""

from __future__ import annotations

from collections.abc import Callable


def first(count: int, holds: Callable[[int], bool]) -> int:
    """Return a number below `count` for which `holds` is true and for the one before it is not.

    It is taken to be false for -1 and true for `count - 1`, which are not asked. What comes and goes several times has
    several such numbers; this is one of them. `holds` is asked at most log2(count) times, rounded up.
    """
    low, high = -1, count - 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
