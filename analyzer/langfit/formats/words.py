"""Words of a report: plain text, and names of the scanned repository, which every format sets apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

_BLANKS = re.compile(r"\s+")


class Name(Struct, frozen=True):
    """Text from the scanned repository: a path, a function, a component. Formats show it as code."""

    text: str


class Place(Name, frozen=True):
    """A name that is a place in the source file `path`, so that a format which can link knows where to."""

    path: str = ""
    line: int = 1
    code: str = ""  # of that line


Words = tuple[str | Name, ...]


def place(path: str, line: int, code: str = "") -> Place:
    """Return a place as it is shown."""
    return Place(f"{path}:{line}", path, line, code)


def flow(text: str) -> str:
    """Return a text of several lines, as rule files hold it, as one line."""
    if "\n" not in text:
        return text
    return _BLANKS.sub(lambda blanks: " " if "\n" in blanks[0] else blanks[0], text)


def listed(names: Sequence[str], none: str = "none", limit: int | None = 5) -> Words:
    """Return names with commas between them; what is left out is counted."""
    if not names:
        return (none,)
    shown = names if limit is None else names[:limit]
    words: list[str | Name] = []
    for name in shown:
        words += [", ", Name(name)]
    if len(names) > len(shown):
        words.append(f" and {len(names) - len(shown):,} more")
    return tuple(words[1:])


def plain(words: Words) -> str:
    """Return words as text alone."""
    return "".join(word.text if isinstance(word, Name) else flow(word) for word in words)


def short_name(name: str, wide: int) -> str:
    """Return a name for a narrow column: its end is what tells it from others, and no part of it is cut."""
    if len(name) <= wide:
        return name
    parts = re.split(r"(/|::)", name)
    kept = parts[-1]
    for at in range(len(parts) - 2, 0, -2):
        longer = parts[at - 1] + parts[at] + kept
        if len(longer) + 2 > wide:
            break
        kept = longer
    if kept == name:  # one word, which is never cut
        return name
    return f"..{kept}" if "::" in name else f"../{kept}"
