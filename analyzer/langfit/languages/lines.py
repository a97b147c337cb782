"""Lines of a file: where they start, which of them hold code, and what langfit's own comments ask."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from langfit.languages.regions import packed_offsets
from langfit.model import Facts, Span

_CODE_LINE = re.compile(rb"^[ \t\r\f]*\S", re.MULTILINE)
_CONTINUATION = re.compile(rb"[\x80-\xbf]")
_LINE = re.compile(rb"[^\n]*\n")
_IGNORE = re.compile(r"langfit:\s*ignore(-file)?\[([^\]\n]*)\]\s*([^\n]*)")


def code_lines(data: bytes, without: Iterable[tuple[int, int]]) -> int:
    """The number of lines that hold more than blanks once the spans `without` (comments, tests) are cut out."""
    parts, at = [], 0
    for start, end in sorted(without):
        if start < at:
            at = max(at, end)
            continue
        parts.append(data[at:start])
        at = end
    parts.append(data[at:])
    return len(_CODE_LINE.findall(b"".join(parts)))


def line_starts(data: bytes) -> list[int]:
    """Byte offsets at which lines start."""
    return [0, *accumulate(map(len, _LINE.findall(data)))]


def continuations(data: bytes) -> bytes:
    """Offsets of UTF-8 continuation bytes, packed: they are bytes but no columns."""
    return b"" if data.isascii() else packed_offsets(match.start() for match in _CONTINUATION.finditer(data))


def ignores(comments: Iterable[tuple[int, str]]) -> tuple[tuple[int, str, str, bool], ...]:
    """(line, rule, reason, whole file) of each rule named by a `langfit: ignore[rule, rule] reason` comment, or by
    `langfit: ignore-file[rule] reason`."""
    found: list[tuple[int, str, str, bool]] = []
    for line, text in comments:
        match = _IGNORE.search(text)
        if match:
            reason = match[3].removesuffix("*/").strip()
            found.extend((line, rule.strip(), reason, bool(match[1])) for rule in match[2].split(","))
    return tuple(found)


class Ruler:
    """Turns byte offsets of one file into 1-based lines and columns in code points."""

    def __init__(self, facts: Facts) -> None:
        self._starts, self._wide = array("I"), array("I")
        self._starts.frombytes(facts.line_starts)
        self._wide.frombytes(facts.continuations)

    def line(self, byte: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self._starts, byte)

    def place(self, byte: int) -> tuple[int, int]:
        """1-based line and column of a byte offset."""
        line = self.line(byte)
        start = self._starts[line - 1]
        wide = bisect_left(self._wide, byte) - bisect_left(self._wide, start) if self._wide else 0
        return line, byte - start - wide + 1

    def span(self, start: int, end: int) -> Span:
        """The span of two byte offsets; its last column is exclusive."""
        return Span(*self.place(start), *self.place(end))
