"""The head of a Go file, read without a parser: comments, build constraint, package clause and imports.

The specification (https://go.dev/ref/spec#Source_file_organization) allows nothing but comments, the package clause
and import declarations there, so the tokens below are all that can occur.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, cast

from langfit.parsing.marks import mark_of as mark_in

# https://go.dev/s/generatedcode; it counts as a line comment of its own before the package clause.
GENERATED = re.compile(r"// Code generated .* DO NOT EDIT\.")
# The project whose source is copied most; its own repositories bear this notice everywhere.
GO_AUTHORS = re.compile(r"Copyright.{0,40}\bThe Go Authors\b")
_TOKEN = re.compile(
    rb"[ \t\r\f\v\n;]+|(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)|(?P<text>\"(?:\\.|[^\"\\\n])*\"|`[^`]*`)"
    rb"|(?P<word>[^\W\d]\w*)|(?P<mark>[().])",
    re.DOTALL,
)
_BUILD = re.compile(rb"//go:build[ \t]+([^\r\n]*)")
_PLUS_BUILD = re.compile(rb"//[ \t]*\+build(?:[ \t]+([^\r\n]*))?[ \t\r]*$")


def is_of_go_authors(head: Head) -> bool:
    """Tell whether the comments before the package clause name the Go Authors as holders of the copyright."""
    return any(GO_AUTHORS.search(comment[:2_000]) for comment in head.comments[:20])


class ImportSpec(NamedTuple):
    """One import of a head: `name` is its alias, "" for none."""

    name: str
    path: str
    line: int


class Head(NamedTuple):
    """What stands before the first declaration of a file."""

    comments: list[str]  # before the package clause
    constraint: str  # as an expression of //go:build; "" for none
    package: str
    imports: list[ImportSpec]


def head_of(data: bytes) -> Head:
    """Read the head of a Go file; what does not belong there ends it."""
    comments: list[bytes] = []
    specs: list[ImportSpec] = []
    package = ""
    state, alias = "", ""  # "" before the package clause, then "package", "done", "import", "group"
    ends_before = counted = 0
    line = 1  # at `counted`
    for match in iter(_scanner(data), None):
        kind = match.lastgroup
        if kind in ("line", "block"):
            if not package:
                comments.append(match[0])
        elif kind is None:
            continue
        elif not package:
            if state == "package" and kind == "word":
                package, state = match[0].decode("utf-8", "replace"), "done"
            elif match[0] == b"package" and not state:
                state, ends_before = "package", match.start()
            else:
                break
        elif state == "done":
            if match[0] != b"import":
                break
            state = "import"
        elif kind == "text":
            path = match[0][1:-1].decode("utf-8", "replace")
            line, counted = line + data.count(b"\n", counted, match.start()), match.start()
            specs.append(ImportSpec(alias, path, line))
            state, alias = ("done" if state == "import" else state), ""
        elif match[0] == b"(" and state == "import":
            state = "group"
        elif match[0] == b")" and state == "group":
            state = "done"
        elif kind == "word" or match[0] == b".":
            alias = match[0].decode("utf-8", "replace")
        else:
            break
    text = [comment.decode("utf-8", "replace") for comment in comments]
    return Head(text, _constraint(data[:ends_before], comments), package, specs)


def _scanner(data: bytes) -> Callable[[], re.Match[bytes] | None]:
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return cast("Callable[[], re.Match[bytes] | None]", _TOKEN.scanner(data, start).match)  # type: ignore[attr-defined]


def mark_of(data: bytes) -> str:
    """Return "generated" or "copied" where the comments before the package clause say so, else ""."""
    return mark_in(head_of(data).comments, GENERATED)


def _constraint(before: bytes, comments: list[bytes]) -> str:
    """Return the build constraint of a head, of either form (https://pkg.go.dev/cmd/go#hdr-Build_constraints)."""
    for comment in comments:
        match = _BUILD.match(comment)
        if match:
            return match[1].decode("utf-8", "replace").strip()
    # The older form counts in line comments that a blank line parts from the package clause.
    block = re.sub(rb"\r", b"", before).rpartition(b"\n\n")[0]
    lines = [_PLUS_BUILD.match(line.strip()) for line in block.split(b"\n")]
    rows = [(match[1] or b"").decode("utf-8", "replace").split() for match in lines if match]
    parts = ["(" + " || ".join(f"({' && '.join(word.split(','))})" for word in row) + ")" for row in rows if row]
    return " && ".join(parts)
