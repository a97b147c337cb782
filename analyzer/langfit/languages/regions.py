"""Places sites: for any byte of a file, the function that owns it, the loop depth there, whether it is cold or a test.

All regions of a file are swept once; a site then costs one binary search.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from langfit.languages.queries import PREFIX, Queries

FUNCTION, CLOSURE, LOOP, COLD, TEST = range(5)

# Columns of a packed site row, four little-endian u32 each: start byte, end byte, loop depth with flags, function.
ROW = 4
COLD_FLAG = 1 << 16
TEST_FLAG = 1 << 17
NO_FUNCTION = 0xFFFFFFFF


class Region(NamedTuple):
    """A stretch of bytes that changes what holds inside it; `function` is the index of the function it opens."""

    start: int
    end: int
    kind: int
    function: int = -1


class Regions(NamedTuple):
    """The swept regions: from `positions[i]` on, `depths[i]` (with flags) and `functions[i]` hold."""

    positions: list[int]
    depths: list[int]
    functions: list[int]

    def at(self, byte: int) -> tuple[int, int]:
        """Loop depth with flags, and owning function, at a byte offset."""
        i = bisect_right(self.positions, byte) - 1
        return self.depths[i], self.functions[i]


def sweep(regions: Iterable[Region]) -> Regions:
    """Sweep properly nested regions. A function or closure starts anew: loops around it and cold paths do not count."""
    positions, depths, functions = [0], [0], [NO_FUNCTION]
    state = (0, NO_FUNCTION)
    stack: list[tuple[int, tuple[int, int]]] = []

    def note(byte: int) -> None:
        if positions[-1] == byte:
            depths[-1], functions[-1] = state
        else:
            positions.append(byte)
            depths.append(state[0])
            functions.append(state[1])

    for start, end, kind, function in sorted(regions, key=lambda r: (r.start, -r.end, r.kind)):
        while stack and stack[-1][0] <= start:
            byte, state = stack.pop()
            note(byte)
        stack.append((end, state))
        depth, owner = state
        if kind == LOOP:
            depth += 1
        elif kind == COLD:
            depth |= COLD_FLAG
        elif kind == TEST:
            depth |= TEST_FLAG
        else:
            depth &= TEST_FLAG
            owner = function if kind == FUNCTION else owner
        state = (depth, owner)
        note(start)
    while stack:
        byte, state = stack.pop()
        note(byte)
    return Regions(positions, depths, functions)


class Sites:
    """Collects the sites of one file while it is read; `packed` gives what Facts hold."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._rows: dict[str, dict[str, array[int]]] = {}
        self._counts: dict[str, list[int]] = {}

    def add(self, kind: str, name: str, start: int, end: int) -> None:
        """Add one site, `start` and `end` in bytes."""
        positions, depths, functions = self._regions
        i = bisect_right(positions, start) - 1
        depth = depths[i]
        try:
            self._rows[kind][name].extend((start, end, depth, functions[i]))
        except KeyError:
            self._rows.setdefault(kind, {})[name] = array("I", (start, end, depth, functions[i]))
        if depth < TEST_FLAG:  # tests are left out of the numbers
            counts = self._counts.setdefault(kind, [0, 0])
            counts[0] += 1
            if depth & 0xFFFF:
                counts[1] += 1

    def add_each(self, kind: str, rows: Iterable[tuple[str, int, int]]) -> None:
        """Add (name, start, end) one after the other; as `add`, for the kinds that are most of all named sites."""
        positions, depths, functions = self._regions
        named = self._rows.setdefault(kind, {})
        total = inside = 0
        for name, start, end in rows:
            i = bisect_right(positions, start) - 1
            depth = depths[i]
            row = (start, end, depth, functions[i])
            if name in named:
                named[name].extend(row)
            else:
                named[name] = array("I", row)
            if depth < TEST_FLAG:
                total += 1
                if depth & 0xFFFF:
                    inside += 1
        if not named:
            del self._rows[kind]
        elif total:
            counts = self._counts.setdefault(kind, [0, 0])
            counts[0] += total
            counts[1] += inside

    def add_asked(self, found: Mapping[str, Iterable[Any]], queries: Queries) -> None:
        """Add the hits of queries that rules brought, as sites of kind `query` with the name of the query."""
        for name, _ in queries:
            nodes = found.get(PREFIX + name, ())
            self.add_each("query", ((name, node.start_byte, node.end_byte) for node in nodes))

    def add_all(self, kind: str, nodes: Iterable[Any]) -> None:
        """Add every node of a kind that has no names. One loop without calls: these are most of all sites."""
        positions, depths, functions = self._regions
        rows: list[int] = []
        total = inside = 0
        for node in nodes:
            start = node.start_byte
            i = bisect_right(positions, start) - 1
            depth = depths[i]
            rows += (start, node.end_byte, depth, functions[i])
            if depth < TEST_FLAG:
                total += 1
                if depth & 0xFFFF:
                    inside += 1
        if rows:
            self._rows.setdefault(kind, {}).setdefault("", array("I")).extend(rows)
            if total:
                counts = self._counts.setdefault(kind, [0, 0])
                counts[0] += total
                counts[1] += inside

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Kind -> how many sites, and how many of them inside loops; tests are left out."""
        return {kind: (total, inside) for kind, (total, inside) in sorted(self._counts.items())}

    def names(self, kind: str) -> list[str]:
        """The names of a kind seen so far."""
        return list(self._rows.get(kind, ()))

    def packed(self) -> dict[str, dict[str, bytes]]:
        """Kind -> name -> rows as bytes."""
        return {k: {n: rows.tobytes() for n, rows in sorted(v.items())} for k, v in sorted(self._rows.items())}


def rows_of(packed: bytes) -> list[tuple[int, int, int, int]]:
    """The rows of a packed column: (start byte, end byte, loop depth with flags, function index)."""
    rows = array("I")
    rows.frombytes(packed)
    return list(zip(rows[0::ROW], rows[1::ROW], rows[2::ROW], rows[3::ROW], strict=True))


def packed_offsets(offsets: Iterable[int]) -> bytes:
    """Byte offsets as Facts hold them."""
    return array("I", offsets).tobytes()
