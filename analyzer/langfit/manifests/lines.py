"""Where a key of a TOML file stands: parsers of TOML give values without places, and findings need places."""

from __future__ import annotations

import re
from bisect import bisect_left

HEADER = re.compile(r"\s*\[\[?(?P<name>.+?)\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""\s*(?P<key>(?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
QUOTED = re.compile(r""""([^"]*)"|'([^']*)'""")
PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


class Lines:
    """The lines of a TOML text by table and key, found by their looks alone: good enough to point at, not to parse
    with. Every answer is a 1-based line; 1 stands for "somewhere"."""

    def __init__(self, text: str) -> None:
        self._places: dict[tuple[str, ...], int] = {}
        self._quoted: dict[str, list[int]] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.split("\n"), 1):
            for double, single in QUOTED.findall(line):
                self._quoted.setdefault(double or single, []).append(number)
            header = HEADER.match(line)
            if header is not None:
                table = _parts(header["name"])
                self._note(table, number)
                continue
            key = KEY.match(line)
            if key is not None:
                self._note(table + _parts(key["key"]), number)

    def of(self, table: str, key: str) -> int:
        """The line of `key` in the table `table`, or of the table where the key cannot be seen."""
        path = self._path(table)
        return self._places.get((*path, key) if key else path) or self._places.get(path, 1)

    def saying(self, table: str, key: str, value: str) -> int:
        """The first line from that of `key` on which holds `value` in quotes; that of `key` when none does."""
        start = self.of(table, key)
        numbers = self._quoted.get(value, [])
        at = bisect_left(numbers, start)
        return numbers[at] if at < len(numbers) else start

    def _note(self, path: tuple[str, ...], number: int) -> None:
        for length in range(1, len(path) + 1):
            self._places.setdefault(path[:length], number)

    def _path(self, table: str) -> tuple[str, ...]:
        # The name of a target, as in target.'cfg(unix)'.dependencies, holds dots and blanks of its own.
        if table.startswith("target.") and table.endswith(".dependencies"):
            return ("target", table.removeprefix("target.").removesuffix(".dependencies"), "dependencies")
        return _parts(table)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in PART.findall(name))
