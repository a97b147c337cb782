"""Reads what the Go compiler says of its decisions: the text of `-gcflags=-m=2`, and the files of `-json=0,DIR`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from langfit.profiles.stream import lines
from langfit.profiles.values import BAD_JSON, BadProfile, Kind, Remark, Remarks, Source

MOST_REMARKS = 250_000
LONGEST = 400  # characters of a message that are kept
_PLACE = re.compile(r"([^\s:][^:]{0,1000}):([0-9]{1,7}):(?:([0-9]{1,7}):)? (.*)$")
# What a message is about, first match; what is not here does not matter to an allocation or a call.
CODES = (
    (re.compile(r"moved to heap: "), "moved-to-heap"),
    (re.compile(r".* does not escape$"), "no-escape"),
    (re.compile(r".* escapes to heap(?: in .*)?:?$"), "escape"),
    (re.compile(r"leaking param"), "leak"),
    (re.compile(r"can inline "), "can-inline"),
    (re.compile(r"cannot inline "), "cannot-inline"),
    (re.compile(r"inlining call to "), "inlined"),
)
NAMES = {
    "escape": "escape",
    "escapes": "escape",
    "leak": "leak",
    "canInlineFunction": "can-inline",
    "cannotInlineFunction": "cannot-inline",
    "inlineCall": "inlined",
    "isInBounds": "bounds-check",
    "isSliceInBounds": "bounds-check",
    "nilcheck": "nil-check",
}


class _Point(msgspec.Struct):
    line: int = 0
    character: int = 0


class _Range(msgspec.Struct):
    start: _Point = msgspec.field(default_factory=_Point)


class _Row(msgspec.Struct):
    range: _Range = msgspec.field(default_factory=_Range)
    code: str = ""
    message: str = ""
    # of the first line of a file alone
    package: str = ""
    file: str = ""
    gc_version: str = ""


def text(source: Source, kind: Kind | None = None) -> Remarks:
    """Return the remarks in the output of `go build -gcflags=-m=2`. Raises BadProfile."""
    del kind
    found: dict[Remark, None] = {}
    package = ""
    for line in lines(source):
        if line.startswith("# "):
            package = line[2:LONGEST].strip()
            continue
        match = _PLACE.match(line)
        if match is None or match[4].startswith(" "):
            continue
        code = next((name for pattern, name in CODES if pattern.match(match[4][:LONGEST])), "")
        if code:
            path = match[1].removeprefix("./")
            remark = Remark(path, int(match[2]), int(match[3] or 1), code, match[4][:LONGEST].rstrip(":"), package)
            found[remark] = None  # instances of generic functions repeat them
            _bounded(len(found))
    if not found:
        raise BadProfile("no remark is in it; run `go build -gcflags=-m=2 ./... 2> FILE`")
    return Remarks(source.path, "go-compiler-text", tuple(found))


def diagnostics(source: Source, kind: Kind | None = None) -> Remarks:
    """Return the remarks in a file of `-gcflags=-json=0,DIR`: a header, then an object a line. Raises BadProfile."""
    del kind
    found: dict[Remark, None] = {}
    head: _Row | None = None
    for row in _rows(lines(source)):
        if row.gc_version or head is None:
            head = row
            continue
        code = NAMES.get(row.code, row.code[:60])
        remark = Remark(
            head.file, row.range.start.line, row.range.start.character, code, row.message[:LONGEST], head.package
        )
        found[remark] = None
        _bounded(len(found))
    if head is None or not head.gc_version:
        raise BadProfile("it has no header of the compiler; run `go build -gcflags=-json=0,DIR ./...` anew")
    return Remarks(source.path, "go-compiler-json", tuple(found), version=head.gc_version)


def _rows(text_lines: Iterator[str]) -> Iterator[_Row]:
    decoder = msgspec.json.Decoder(_Row)
    for line in text_lines:
        if line.strip():
            try:
                yield decoder.decode(line.encode("utf-8", "surrogateescape"))
            except BAD_JSON:
                raise BadProfile("a line of it is no JSON of the compiler: it is damaged") from None


def _bounded(count: int) -> None:
    if count > MOST_REMARKS:
        raise BadProfile(f"it holds more than {MOST_REMARKS:,} remarks; give it package by package")
