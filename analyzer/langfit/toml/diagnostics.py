"""What is wrong with a file that people write, as sentences with path and line."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

MOST_SHOWN = 60  # characters of a wrong value that a sentence repeats


class Diagnostic(NamedTuple):
    """A sentence about a line of a file, or with line 0 about something that is no file, such as an option."""

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}" if self.line else f"{self.path}: {self.sentence}"


def shorten(value: object) -> str:
    """Return a wrong value as a sentence shows it: quoted, short, on one line."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


def did_you_mean(value: str, known: Collection[str]) -> str:
    """Return the known name that is most like a wrong one, as the end of a sentence; "" where none is like it."""
    near = get_close_matches(value[: MOST_SHOWN * 2], sorted(known), 1)
    return f" Did you mean {near[0]!r}?" if near else ""
