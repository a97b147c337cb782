"""Fingerprints that stay the same while a finding stays: of lines for findings, of names for components.

The line hash is the one that GitHub's upload action computes when a SARIF result has none (`primaryLocationLineHash`):
a rolling hash, base 37 modulo 2**64, over the first 100 UTF-16 units from the start of the line that are neither space
nor tab, running on into the following lines, with CR and CRLF read as LF and zeros after the end mark 65535; then a
colon and how often that hash has occurred in the file so far. (github/codeql-action, src/fingerprints.ts)
"""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import accumulate

WINDOW = 100  # UTF-16 units
BASE = 37
MASK = (1 << 64) - 1
END = 65535

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def component_fingerprint(*parts: str) -> str:
    """Return a fingerprint made of names alone: nothing that happens inside the component changes it."""
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16] + ":1"


class LineHashes:
    """The line hashes of one file, computed only for the lines asked for."""

    def __init__(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace(" ", "").replace("\t", "")
        # Astral characters are two UTF-16 units each, so that windows come out as the action's.
        self._text = text if text.isascii() else _ASTRAL.sub(_pair, text)
        self._starts = [0, *accumulate(len(line) + 1 for line in self._text.split("\n")[:-1])]
        self._ordinals: list[int] | None = None

    def _window(self, line: int) -> str:
        start = self._starts[line - 1]
        return self._text[start : start + WINDOW]

    def of(self, line: int) -> str:
        """Return the hash of a 1-based line with its ordinal among equal ones; beyond the end, the last one's."""
        line = min(line, len(self._starts))
        if self._ordinals is None:
            seen: dict[str, int] = {}
            self._ordinals = []
            for number in range(1, len(self._starts) + 1):
                window = self._window(number)
                seen[window] = seen.get(window, 0) + 1
                self._ordinals.append(seen[window])
        return f"{rolling(self._window(line)):x}:{self._ordinals[line - 1]}"


def _pair(match: re.Match[str]) -> str:
    code = ord(match[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def rolling(window: str) -> int:
    """Return the hash of up to 100 units; a shorter window is followed by the end mark and zeros."""
    units = [ord(c) for c in window[:WINDOW]]
    if len(units) < WINDOW:
        units.append(END)
        units += [0] * (WINDOW - len(units))
    value = 0
    for unit in units:
        value = (value * BASE + unit) & MASK
    return value
