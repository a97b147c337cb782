"""Where the keys and values of a TOML text are: the reader of values forgets it, and diagnostics need it."""

from __future__ import annotations

import re
from bisect import bisect_right

MOST_LEVELS = 32  # no file that people write nests deeper

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|"(?:\\.|[^"\\])*"'
    r"|'''.*?'''(?:'{0,2})|'[^']*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]*")
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_HEADER = re.compile(
    rf"{_STRING.pattern}|#[^\n]*|^[ \t]*\[\[[ \t]*(?P<name>[A-Za-z0-9_-]+)[ \t]*\]\]", re.DOTALL | re.MULTILINE
)


class _Text:
    """A TOML text known to be valid, with the line of everything met so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Path, int] = {(): 1}

    def note(self, path: Path, at: int) -> None:
        """Remember where a path was met first."""
        self.found.setdefault(path, bisect_right(self.ends, at - 1) + 1)

    def blank(self, at: int) -> int:
        """Return the offset behind blanks, line ends and comments."""
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def key(self, at: int) -> tuple[list[str], int]:
        """Return a dotted key and the offset behind it."""
        import tomli  # not needed for help

        parts = []
        while True:
            match = _STRING.match(self.text, at) or _WORD.match(self.text, at)
            assert match is not None, "the text was read as TOML before"
            quoted = self.text[at] in "\"'"
            parts.append(str(tomli.loads(f"k = {match[0]}")["k"]) if quoted else match[0])
            dot = _DOT.match(self.text, match.end())
            if dot is None:
                return parts, self.blank(match.end())
            at = dot.end()

    def pair(self, at: int, path: Path) -> int:
        """Note a key and its value; return the offset behind them."""
        start = at
        parts, at = self.key(at)
        for part in parts:
            path = (*path, part)
            self.note(path, start)
        return self.value(self.blank(at + 1), path)

    def value(self, at: int, path: Path) -> int:
        """Note what a value holds; return the offset behind it."""
        opening = self.text[at : at + 1]
        if opening not in ("[", "{"):
            match = _STRING.match(self.text, at) or _PLAIN.match(self.text, at)
            return match.end() if match else at
        number = 0
        at = self.blank(at + 1)
        while self.text[at] not in "]}":
            if opening == "[":
                self.note((*path, number), at)
                at = self.value(at, (*path, number))
            else:
                at = self.pair(at, path)
            number += 1
            at = self.blank(at)
            if self.text[at] == ",":
                at = self.blank(at + 1)
        return at + 1


def positions(text: str) -> dict[Path, int]:
    """Return the 1-based line of every key and list item of `text`, by its path from the top; () is line 1.

    `text` must be valid TOML that nests at most MOST_LEVELS deep.
    """
    reader = _Text(text)
    sizes: dict[Path, int] = {}  # lists of tables -> tables met so far
    here: Path = ()
    at = reader.blank(0)
    while at < len(text):
        if text[at] != "[":
            at = reader.blank(reader.pair(at, here))
            continue
        start, double = at, text.startswith("[[", at)
        parts, at = reader.key(reader.blank(at + 1 + double))
        at += 1 + double
        here = ()
        for number, part in enumerate(parts, 1):
            here = (*here, part)
            reader.note(here, start)
            if double and number == len(parts):
                sizes[here] = sizes.get(here, 0) + 1
            if here in sizes:
                here = (*here, sizes[here] - 1)
                reader.note(here, start)
        at = reader.blank(at)
    return reader.found


def headers(text: str, name: str) -> list[int]:
    """Return the 1-based lines of the `[[name]]` headers of a valid TOML text: the few that are always asked for."""
    starts = [match.start("name") for match in _HEADER.finditer(text) if match["name"] == name]
    return [text.count("\n", 0, start) + 1 for start in starts]


def levels(table: object) -> int:
    """Return how deep a value read from TOML nests."""
    deepest, rest = 0, [(table, 1)]
    while rest:
        value, level = rest.pop()
        deepest = max(deepest, level)
        if isinstance(value, dict | list):
            rest.extend((item, level + 1) for item in (value.values() if isinstance(value, dict) else value))
    return deepest
