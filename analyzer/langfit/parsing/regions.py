"""Regions of a file: for any byte, the function that owns it, the loop depth there, and whether it is cold or a test.

All regions are swept once; a look-up then costs one binary search.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

FUNCTION, CLOSURE, LOOP, COLD, TEST = range(5)

# What holds at a byte is one number: the loop depth in the low bits, flags above.
DEPTH_MASK = 0xFFFF
COLD_FLAG = 1 << 16
TEST_FLAG = 1 << 17
NO_FUNCTION = 0xFFFFFFFF


class Region(NamedTuple):
    """A range of bytes that changes what holds inside it; `function` is the index of the function that it opens."""

    start: int
    end: int
    kind: int
    function: int = -1


class Regions(NamedTuple):
    """The swept regions: from `positions[i]` on, `states[i]` (depth and flags) and `owners[i]` (function) hold."""

    positions: list[int]
    states: list[int]
    owners: list[int]

    def at(self, byte: int) -> tuple[int, int]:
        """Return loop depth with flags, and the index of the owning function, at a byte offset."""
        i = bisect_right(self.positions, byte) - 1
        return self.states[i], self.owners[i]


def sweep(regions: Iterable[Region]) -> Regions:
    """Sweep properly nested regions. A function or closure starts anew: loops and cold paths around it do not count."""
    positions, states, owners = [0], [0], [NO_FUNCTION]
    here = (0, NO_FUNCTION)
    stack: list[tuple[int, tuple[int, int]]] = []

    def change(byte: int) -> None:
        if positions[-1] == byte:
            states[-1], owners[-1] = here
        else:
            positions.append(byte)
            states.append(here[0])
            owners.append(here[1])

    for start, end, kind, function in sorted(regions, key=lambda r: (r.start, -r.end, r.kind)):
        while stack and stack[-1][0] <= start:
            byte, here = stack.pop()
            change(byte)
        stack.append((end, here))
        state, owner = here
        if kind == LOOP:
            state += 1
        elif kind == COLD:
            state |= COLD_FLAG
        elif kind == TEST:
            state |= TEST_FLAG
        else:
            state &= TEST_FLAG
            owner = function if kind == FUNCTION else owner
        here = (state, owner)
        change(start)
    while stack:
        byte, here = stack.pop()
        change(byte)
    return Regions(positions, states, owners)
