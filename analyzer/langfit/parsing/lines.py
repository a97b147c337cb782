"""Lines, columns and tokens of a file: what turns byte offsets into places, and source text into sizes.

A token here is a name, a keyword or a number: a run of letters, digits, underscores and bytes beyond ASCII. Blanks,
line breaks and punctuation are not counted, so a formatter changes no size.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from langfit.model.summary import Span

_CODE_LINE = re.compile(rb"^[ \t\r\f]*\S", re.MULTILINE)
_CONTINUATION = re.compile(rb"[\x80-\xbf]")
_ASTRAL = re.compile(rb"[\xf0-\xf4]")  # first bytes of characters that are two UTF-16 units
_NOT_LINE_END = re.compile(rb"[^\n]+")
# Every byte of a token becomes "a", every other one a blank: tokens are then counted by one search for " a".
_TOKEN_TABLE = bytes(ord("a") if chr(b).isalnum() or b == ord("_") or b >= 0x80 else ord(" ") for b in range(256))

Spans = Iterable[tuple[int, int]]


def line_starts(data: bytes) -> list[int]:
    """Return the byte offsets at which lines start."""
    # No pattern for a line: one without an end would be tried again at each of its bytes.
    return [0, *accumulate(len(line) + 1 for line in data.split(b"\n")[:-1])]


def blanked(data: bytes, spans: Spans) -> bytes:
    """Return `data` with the bytes of `spans` replaced by blanks, line ends kept: all offsets and lines stay."""
    text = bytearray(data)
    for start, end in spans:
        text[start:end] = _NOT_LINE_END.sub(lambda run: b" " * len(run[0]), data[start:end])
    return bytes(text)


def code_lines(code: bytes) -> int:
    """Count the lines that hold more than blanks; comments must be blanked before."""
    return len(_CODE_LINE.findall(code))


class TokenCounter:
    """Counts the tokens between byte offsets of a text whose comments are blanked."""

    def __init__(self, code: bytes) -> None:
        self._text = b" " + code.translate(_TOKEN_TABLE)  # shifted by one, so that the first byte has one before it

    def all(self) -> int:
        """Count the tokens of the whole text."""
        return self._text.count(b" a")

    def between(self, start: int, end: int) -> int:
        """Count the tokens that begin in `start`..`end`, in bytes."""
        return self._text.count(b" a", start, end + 1)


class Positions:
    """Turns byte offsets of one file into 1-based lines and columns in code points."""

    def __init__(self, data: bytes) -> None:
        self.starts = line_starts(data)
        wide = () if data.isascii() else [m.start() for m in _CONTINUATION.finditer(data)]
        astral = [m.start() for m in _ASTRAL.finditer(data)] if wide else ()
        self._wide, self._astral = array("Q", wide), array("Q", astral)

    def line(self, byte: int) -> int:
        """Return the 1-based line of a byte offset."""
        return bisect_right(self.starts, byte)

    def start_of(self, line: int) -> int:
        """Return the byte offset at which a 1-based line starts."""
        return self.starts[line - 1]

    def place(self, byte: int) -> tuple[int, int]:
        """Return the 1-based line and column of a byte offset."""
        line = bisect_right(self.starts, byte)
        start = self.starts[line - 1]
        return line, byte - start - _between(self._wide, start, byte) + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span of two byte offsets; its last column is exclusive."""
        first, last = self.place(start), self.place(end)
        if not self._astral:
            return Span(*first, *last)
        shifts = [
            _between(self._astral, self.starts[line - 1], byte) for (line, _), byte in ((first, start), (last, end))
        ]
        return Span(*first, *last, *shifts)


def _between(offsets: array[int], start: int, end: int) -> int:
    return bisect_left(offsets, end) - bisect_left(offsets, start) if offsets else 0
