"""String literals of a file that may name a program."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 200  # words of a file that starts programs; more say nothing more
MOST_ELSEWHERE = 60

_NAME = re.compile(rb'"(/?[A-Za-z0-9][\w.+-]*(?:/[\w.+-]+)*)"')
_HYPHENATED = re.compile(
    rb'"(?:[\w./-]*/)?([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"'
)  # what programs are called, and little else


# What stands before the name of a program: `ProxyBinary = "..."`, `bin.join("...")`, `unwrap_or("...")` of a path.
_OF_PROGRAM = re.compile(
    rb"[a-z_](?:Path|Bin|Binary|Exe|Program|Command)(?![a-z])|(?<![A-Za-z])(?:path|bin|binary|exe|program|command)(?![a-z])"
    rb"|_(?:PATH|BIN|BINARY|EXE)(?![A-Z])|[a-z]Binary|[a-z]_(?:path|bin)\b"
)
BEFORE = 160  # bytes before a literal in which this is looked for


def program_words(data: bytes, *, started: bool) -> Iterator[tuple[str, int, bool]]:
    """Yield words, their first bytes, and whether what is before them speaks of a program.

    Of a file that starts programs all words are looked at, of others those with hyphens.
    """
    seen: set[bytes] = set()
    most = MOST if started else MOST_ELSEWHERE
    for match in (_NAME if started else _HYPHENATED).finditer(data):
        if match[1] not in seen:
            seen.add(match[1])
            before = data[max(0, match.start() - BEFORE) : match.start()].split(b"\n")[-3:]
            program = any(_OF_PROGRAM.search(line) for line in before)
            yield match[1].decode("utf-8", "replace")[:MOST], match.start(), program
            if len(seen) >= most:
                return
