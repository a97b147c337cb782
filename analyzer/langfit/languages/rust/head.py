"""The head of a Rust file, read without a parser: shebang, frontmatter, comments and inner attributes."""

from __future__ import annotations

import re

from langfit.parsing.lines import blanked
from langfit.parsing.marks import mark_of as mark_in

LONGEST = 32_768  # bytes of a head; a longer one is no head

_TOKEN = re.compile(
    rb"\xef\xbb\xbf|[ \t\r\n]+|(?P<comment>//[^\n]*|/\*.*?\*/)|#!\[(?:[^\[\]\"]|\"(?:\\.|[^\"\\])*\"|\[[^\[\]]*\])*\]",
    re.DOTALL,
)
_SHEBANG = re.compile(rb"\A(?:\xef\xbb\xbf)?(?P<text>#!(?!\[)[^\n]*)")
# RFC 3503: a fence of three hyphens or more, an info string, lines, and the same fence.
_FRONTMATTER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?P<text>(?P<fence>-{3,})[^\n-][^\n]*\n(?:.*\n)*?(?P=fence)[ \t\r]*\n)"
)
_BARE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?P<text>(?P<fence>-{3,})[ \t\r]*\n(?:.*\n)*?(?P=fence)[ \t\r]*\n)")


def prepare(data: bytes) -> bytes:
    """Return a file with what begins a script blanked: the line for the shell, and the frontmatter for cargo."""
    shell = _SHEBANG.match(data)
    if shell is not None:
        data = blanked(data, [shell.span("text")])
    if b"---" not in data[:LONGEST]:
        return data
    match = _FRONTMATTER.match(data, 0, LONGEST) or _BARE.match(data, 0, LONGEST)
    return blanked(data, [match.span("text")]) if match else data


def comments_of(data: bytes) -> list[str]:
    """Return the comments before the first item of a file."""
    data = prepare(data)
    found: list[str] = []
    at = 0
    while at < len(data) and at < LONGEST:
        match = _TOKEN.match(data, at)
        if match is None or match.end() == at:
            break
        if match["comment"] is not None:
            found.append(match["comment"].decode("utf-8", "replace"))
        at = match.end()
    return found


def mark_of(data: bytes) -> str:
    """Return "generated" or "copied" where the comments before the first item say so, else ""."""
    return mark_in(comments_of(data))
