"""Phrases of comments by which authors say that they think about memory, speed or lifetimes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

# phrase -> words of which at least one must occur, and the pattern that then decides; all in lower case
Remarks = dict[str, tuple[tuple[bytes, ...], re.Pattern[bytes]]]


def remarks(table: dict[str, tuple[str, bytes]]) -> Remarks:
    """Compile a table of phrase -> (words, pattern). Words are searched first: that is many times faster."""
    return {phrase: (tuple(words.encode().split(b"|")), re.compile(p)) for phrase, (words, p) in table.items()}


def present(table: Remarks, data: bytes) -> Remarks:
    """The part of a table whose words occur in a file at all."""
    lowered = data.lower()
    return {phrase: row for phrase, row in table.items() if any(word in lowered for word in row[0])}


def note(table: Remarks, comments: list[tuple[int, int]], data: bytes, add: Callable[[str, int, int], None]) -> None:
    """Call `add(phrase, start, end)` for each comment, given by its bytes in order, that says one of the phrases."""
    if not table:
        return
    lowered = data.lower()
    starts = [start for start, _ in comments]
    for phrase, (_, pattern) in table.items():
        last = -1
        for match in pattern.finditer(lowered):
            i = bisect_right(starts, match.start()) - 1
            if i > last and match.end() <= comments[i][1]:
                last = i
                add(phrase, *comments[i])
