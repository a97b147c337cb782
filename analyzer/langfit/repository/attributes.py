"""The two lines of `.gitattributes` that say what people wrote: linguist-generated and linguist-vendored.

gitattributes(5): later lines win over earlier ones, files in deeper folders over files above them; a pattern that
matches a folder says nothing of the files inside, and patterns cannot be negated.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from langfit.globs import tamed

GENERATED = "linguist-generated"
VENDORED = "linguist-vendored"
NAMES = (GENERATED, VENDORED)
LARGEST = 1 << 20  # bytes; longer attribute files are left alone


class Line(Struct, frozen=True):
    """A pattern and what it says of the attributes: True, False, or None for back to unspecified."""

    pattern: re.Pattern[str]
    states: dict[str, bool | None]

    def matches(self, path: str) -> bool:
        """Whether the file at `path`, relative to the folder of the attribute file, is meant itself."""
        found = self.pattern.match(path)
        return found is not None and not found.groupdict().get("ps_d")


def parse(data: bytes) -> tuple[Line, ...]:
    """Return the lines of one `.gitattributes` file that speak of NAMES, the last one first.

    Never raises: git, too, goes on past lines that it does not understand.
    """
    if not any(name.encode() in data for name in NAMES):
        return ()
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    lines = []
    for raw in data[:LARGEST].decode("utf-8-sig", "surrogateescape").splitlines():
        split = _split(raw.strip(" \t\r"))
        if split is None:
            continue
        pattern, words = split
        states = dict(state for state in map(_state, words) if state is not None)
        if not states or pattern.endswith("/"):
            continue
        try:
            expression = GitIgnoreSpecPattern(pattern).regex
        except (GitIgnorePatternError, re.error):
            continue
        if expression is not None:
            lines.append(Line(tamed(expression), states))
    return tuple(reversed(lines))


def decide(path: str, lines_of: Callable[[str], tuple[Line, ...]]) -> tuple[bool | None, bool | None]:
    """Return what holds for the file at `path`: (generated, vendored), None where nothing is said.

    `lines_of` gives the parsed attribute file of a folder ("" for the root).
    """
    found: dict[str, bool | None] = {}
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        inside = path[len(folder) + 1 :] if folder else path
        for line in lines_of(folder):
            if line.matches(inside):
                for name, state in line.states.items():
                    found.setdefault(name, state)
        if len(found) == len(NAMES):
            break
    return found.get(GENERATED), found.get(VENDORED)


def _split(line: str) -> tuple[str, list[str]] | None:
    if not line or line[0] in "#!" or line.startswith("[attr]"):
        return None
    if line[0] == '"':
        end = re.match(r'"((?:[^"\\]|\\.)*)"', line)
        if end is None:
            return None
        return re.sub(r'\\(["\\])', r"\1", end[1]), line[end.end() :].split()
    pattern, *words = line.split()
    return pattern, words


def _state(word: str) -> tuple[str, bool | None] | None:
    if word in NAMES:
        return word, True
    if word[1:] in NAMES and word[0] in "-!":
        return word[1:], False if word[0] == "-" else None
    name, equals, value = word.partition("=")
    if equals and name in NAMES:
        return name, value != "false"  # as linguist reads it
    return None
