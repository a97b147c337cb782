"""Phrases of comments by which authors say that they think about memory, speed or lifetimes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

# phrase -> words of which one must occur in the comment, and the pattern that then decides; all in lower case
Remarks = dict[str, tuple[tuple[bytes, ...], re.Pattern[bytes]]]


def remarks(table: dict[str, tuple[str, bytes]]) -> Remarks:
    """Compile a table of phrase -> (words, pattern). Words are searched first: that is many times faster."""
    return {phrase: (tuple(words.encode().split(b"|")), re.compile(p)) for phrase, (words, p) in table.items()}


def note(table: Remarks, comments: list[tuple[int, int]], data: bytes, add: Callable[[str, int, int], None]) -> None:
    """Call `add(phrase, start, end)` for each comment, given by its bytes in order, that says one of the phrases."""
    if not comments:
        return
    lowered = data.lower()
    starts: list[int] = []
    for phrase, (words, pattern) in table.items():
        found: set[int] = set()
        for word in words:
            at = lowered.find(word)
            while at >= 0:
                starts = starts or [start for start, _ in comments]
                i = bisect_right(starts, at) - 1
                # The next place worth a look: behind this comment, or in the next one when this is code.
                if i >= 0 and at < comments[i][1]:
                    found.add(i)
                    after = comments[i][1]
                else:
                    after = starts[i + 1] if i + 1 < len(starts) else len(lowered)
                at = lowered.find(word, after)
        for i in sorted(found):
            if pattern.search(lowered, *comments[i]):
                add(phrase, *comments[i])
