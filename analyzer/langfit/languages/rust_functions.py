"""Functions of a Rust file: what they are by head and attributes, and what is counted inside them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

from langfit.languages.regions import NO_FUNCTION, Regions
from langfit.languages.rust_kernel import MethodTally, kernel_traits
from langfit.model import Function

Captured = dict[str, list[Any]]

ATTRIBUTE = re.compile(r"^#!?\[\s*(?:unsafe\s*\(\s*)?([\w:]+)")
ROUTES = frozenset(
    ("get", "post", "put", "delete", "patch", "options", "route", "debug_handler", "handler", "endpoint")
)
COUNTED = ("operator", "bit-operator", "compound-assignment", "index", "region.loop", "call", "call.method")
_MODIFIERS = re.compile(
    rb"^(?:pub(?:\s*\([^)]*\))?\s+)?"
    rb"((?:default\s+|const\s+|async\s+|unsafe\s+|extern\s*(?:\"[^\"]*\")?\s+)*)fn\b"
)
_EXTRACTOR = re.compile(r"\b(axum::extract|actix_web::web|rocket::)|\b(Json|Path|Query|State|HttpRequest)\s*[<(]")


class Placed(NamedTuple):
    """A file's functions, tests left out, its attributes, and what places things in functions."""

    nodes: list[Any]
    attributes: list[tuple[Any, str]]
    regions: Regions
    starts: list[int]


def functions_of(data: bytes, found: Captured, placed: Placed) -> tuple[Function, ...]:
    """The functions of a file, tests left out."""
    nodes, attributes, regions, starts = placed
    tallies = [MethodTally() for _ in nodes]
    for kind in COUNTED:
        for node in found.get(kind, ()):
            depth, owner = regions.at(node.start_byte)
            if owner != NO_FUNCTION:
                text = data[node.start_byte : node.end_byte] if kind.startswith("call") else b""
                tallies[owner].add(kind, text, inside=depth & 0xFFFF > 0)
    by_end = sorted((node.end_byte, text) for node, text in attributes)
    ends = [end for end, _ in by_end]
    out = []
    for node, tally in zip(nodes, tallies, strict=True):
        start, end = node.start_byte, node.end_byte
        first = bisect_right(starts, start)
        lines = bisect_right(starts, end - 1) - first + 1
        before = _own_attributes(data, by_end, ends, start)
        name_node = node.child_by_field_name("name")
        name = name_node.text.decode(errors="replace") if name_node is not None else ""
        traits = _traits(data, node, name, before) | kernel_traits(tally, lines, before)
        out.append(
            Function(
                name, first, lines, tally.loops, tally.operators, tally.indexes, tally.calls, tuple(sorted(traits)),
            )
        )  # fmt: skip
    return tuple(out)


def _own_attributes(data: bytes, by_end: list[tuple[int, str]], ends: list[int], start: int) -> list[str]:
    """The attributes that stand directly before an item, comments and blanks between them allowed."""
    own: list[str] = []
    i = bisect_left(ends, start) - 1
    at = start
    while (i >= 0 and not data[ends[i] : at].strip(b" \t\r\n")) or (
        i >= 0 and data[ends[i] : at].lstrip().startswith(b"//") and b";" not in data[ends[i] : at]
    ):
        own.append(by_end[i][1])
        at = ends[i] - len(by_end[i][1].encode(errors="replace"))
        i -= 1
    return own


def _traits(data: bytes, node: Any, name: str, attributes: list[str]) -> set[str]:
    head = data[node.start_byte : node.start_byte + 200]
    match = _MODIFIERS.match(head)
    words = match[1] if match else b""
    traits = {word for word in ("async", "unsafe", "const") if word.encode() in words}
    if b'extern "C' in words or (b"extern" in words and b'"' not in words):
        traits.add("extern-c")
    if head.startswith(b"pub"):
        traits.add("exported")
    if name.startswith("poll_"):
        traits.add("poll")
    if any("inline" in text for text in attributes):
        traits.add("inline")
    if node.child_by_field_name("type_parameters") is not None:
        traits.add("generic")
    parameters = node.child_by_field_name("parameters")
    routed = any(m and m[1].rsplit("::", 1)[-1] in ROUTES for m in map(ATTRIBUTE.match, attributes))
    taken = parameters is not None and _EXTRACTOR.search(parameters.text.decode(errors="replace")[:600])
    if routed or ("async" in traits and taken):
        traits.add("handler")
    return traits
