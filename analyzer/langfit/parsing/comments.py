"""Comments of a file: phrases by which authors show that they think about memory or speed, and langfit's own ones."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

Spans = list[tuple[int, int]]

MOST_RULES = 20  # that one comment may name; with more it is not understood
LONGEST_REASON = 300  # characters that are kept of it: each finding that it covers repeats them
MOST_READ = 4_000  # characters of a comment that are looked at for a reason

# A comment that names langfit and looks like an order; whether it is one that langfit knows is decided below.
_NAMED = re.compile(r"langfit\s*:\s*(?P<verb>[\w-]+)")
_IGNORE = re.compile(r"langfit\s*:\s*ignore(?P<file>-file)?\[(?P<rules>[^\[\]\n]{0,2000})\](?P<reason>.*)", re.DOTALL)
_DECORATION = re.compile(r"^[ \t]*(?:///?!?|/\*+|\*+(?!/)|#)?[ \t]?|\*+/[ \t]*$", re.MULTILINE)


class Phrase(NamedTuple):
    """A phrase to look for in comments: words of which one must occur, all in lower case, and the pattern that decides.

    The words are looked for first: that is many times faster than the pattern.
    """

    words: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


class Order(NamedTuple):
    """A comment addressed to langfit: the rules that it names, the reason, and the bytes of the comment."""

    rules: tuple[str, ...]  # empty for a comment that langfit does not understand
    reason: str
    whole_file: bool
    start: int
    end: int


def phrases(table: dict[str, tuple[str, bytes]]) -> dict[str, Phrase]:
    """Compile a table of name -> (words joined by "|", pattern)."""
    return {
        name: Phrase(tuple(w.encode().split(b"|")), re.compile(p))
        for name, (words, p) in table.items()
        for w in (words,)
    }


def phrases_in(table: dict[str, Phrase], comments: Spans, data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield (phrase, start, end) for each comment, given by its bytes in order, that holds one of the phrases."""
    if not comments:
        return
    lowered = data.lower()
    starts = [start for start, _ in comments]
    for name, (words, pattern) in table.items():
        found: set[int] = set()
        for word in words:
            at = lowered.find(word)
            while at >= 0:
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
                yield name, *comments[i]


def orders_in(comments: Spans, data: bytes) -> Iterator[Order]:
    """Yield the comments addressed to langfit; a reason may run on over the lines of the same comment group."""
    if b"langfit" not in data:
        return
    for i, (start, end) in enumerate(comments):
        text = data[start:end].decode("utf-8", "replace")
        named = _NAMED.search(text)
        if named is None:
            continue
        match = _IGNORE.search(text)
        if match is None:
            if named["verb"].startswith(("ignore", "disable", "skip", "allow")):
                yield Order((), " ".join(text.split())[:80], whole_file=False, start=start, end=end)
            continue
        reason = f"{match['reason']}\n{_continued(comments, i, data)}"[:MOST_READ]
        words = " ".join(_DECORATION.sub("", line) for line in reason.split("\n")).split()
        rules = tuple(dict.fromkeys(rule.strip() for rule in match["rules"].split(",")))
        said = " ".join(words)
        shown = said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]}..."
        yield Order(
            rules if len(rules) <= MOST_RULES else (), shown, whole_file=bool(match["file"]), start=start, end=end
        )


def _continued(comments: Spans, i: int, data: bytes) -> str:
    """Return the text of the line comments that follow comment `i` directly and name nothing of their own."""
    parts: list[str] = []
    end = comments[i][1]
    for start, stop in comments[i + 1 : i + 1 + 20]:
        gap = data[end:start]
        if gap.strip() or gap.count(b"\n") + data[max(0, end - 1) : end].count(b"\n") > 1:
            break
        text = data[start:stop].decode("utf-8", "replace")
        if not text.startswith("//") or _NAMED.search(text):
            break
        parts.append(text)
        end = stop
    return "\n".join(parts)
