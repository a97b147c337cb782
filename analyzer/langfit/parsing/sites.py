"""The sites of one file: what the query of its language captured, by kind and resolved name, each placed in regions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from langfit.parsing.regions import DEPTH_MASK, TEST_FLAG, Regions


class Row(NamedTuple):
    """One site: its bytes, the loop depth and flags there (see `regions`), and the index of the owning function."""

    start: int
    end: int
    state: int
    owner: int


class Counts:
    """How many sites of a kind one function holds outside of tests, in all and inside loops, and the first of each."""

    __slots__ = ("first", "first_inside", "inside", "total")

    def __init__(self) -> None:
        self.total = self.inside = 0
        self.first: Row | None = None
        self.first_inside: Row | None = None


class SiteTable:
    """Sites by kind and name, in the order of the file, gathered while it is read."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._rows: dict[str, dict[str, list[Row]]] = {}
        self._counts: dict[str, dict[int, Counts]] = {}

    def add(self, kind: str, name: str, start: int, end: int) -> None:
        """Add one site, `start` and `end` in bytes."""
        state, owner = self._regions.at(start)
        self._rows.setdefault(kind, {}).setdefault(name, []).append(Row(start, end, state, owner))

    def add_named(self, kind: str, sites: Iterable[tuple[str, int, int]]) -> None:
        """Add (name, start, end) one after the other: `add` without a call per site, for the most frequent kinds."""
        positions, states, owners = self._regions
        named = self._rows.setdefault(kind, {})
        for name, start, end in sites:
            i = bisect_right(positions, start) - 1
            row = Row(start, end, states[i], owners[i])
            if name in named:
                named[name].append(row)
            else:
                named[name] = [row]
        if not named:
            del self._rows[kind]

    def add_plain(self, kind: str, nodes: Iterable[Node]) -> None:
        """Add nodes of a kind that has no names."""
        self.add_named(kind, (("", node.start_byte, node.end_byte) for node in nodes))

    def kinds(self) -> Iterator[tuple[str, dict[str, list[Row]]]]:
        """Yield each kind with its rows by name."""
        yield from self._rows.items()

    def named(self, kind: str) -> dict[str, list[Row]]:
        """Return the rows of a kind by name, empty where there are none."""
        return self._rows.get(kind, {})

    def counts(self, kind: str) -> dict[int, Counts]:
        """Return the counts of a kind by function index, tests left out; computed once."""
        known = self._counts.get(kind)
        if known is None:
            known = self._counts[kind] = _counts(self.named(kind).values())
        return known


def _counts(groups: Iterable[list[Row]]) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    for rows in groups:
        for row in rows:
            state, owner = row.state, row.owner
            if state >= TEST_FLAG:
                continue
            counts = found.get(owner)
            if counts is None:
                counts = found[owner] = Counts()
            counts.total += 1
            if counts.first is None or row.start < counts.first.start:
                counts.first = row
            if state & DEPTH_MASK:
                counts.inside += 1
                if counts.first_inside is None or row.start < counts.first_inside.start:
                    counts.first_inside = row
    return found
