"""Facts of one Rust file: names resolved through `use`, sites placed in functions, loops, cold paths and tests."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from langfit.languages import lines
from langfit.languages.queries import Queries
from langfit.languages.regions import (
    CLOSURE,
    COLD,
    FUNCTION,
    LOOP,
    NO_FUNCTION,
    TEST,
    Region,
    Sites,
    packed_offsets,
    sweep,
)
from langfit.languages.remarks import note, remarks
from langfit.languages.rust_functions import ATTRIBUTE, Placed, functions_of
from langfit.languages.rust_names import RustNames, use_paths
from langfit.languages.tree import captures, parse
from langfit.model import Facts

Captured = dict[str, list[Any]]

REMARKS = remarks(
    {
        "borrow checker": ("borrow", rb"borrow.?check"),
        "zero-copy": ("zero", rb"zero.?copy"),
        "hot path": ("hot|critical|fast path", rb"hot.?path|performance.critical|hot loop|fast path"),
        "lifetime": ("lifetime", rb"lifetime (issue|problem|hack|trick|error)s?"),
        "safety": ("safety", rb"safety"),
    }
)
_TEST_WORDS = re.compile(r"[\w:]+")
_GENERATED = re.compile(
    rb"^\s*(//|/\*|#).*(@generated|Code generated .* DO NOT EDIT|automatically generated)", re.MULTILINE | re.IGNORECASE
)
_TEST = r"cfg\s*\(\s*(test|all\s*\(\s*test|any\s*\(\s*test)\b|([\w:]*::)?(test|bench)\b"
_TEST_ATTRIBUTE = re.compile(rf"^#!?\[\s*({_TEST})")
_WORDS = re.compile(r"[\w:]+")
HEAD_BYTES = 2_048  # where a mark of generated code may stand


def is_generated(data: bytes) -> bool:
    """Whether the head of the file says that a tool wrote it."""
    return _GENERATED.search(data[:HEAD_BYTES]) is not None


def extract(data: bytes, queries: Queries = ()) -> Facts:
    """The facts of one Rust file that no tool wrote; `queries` of rules add sites of kind `query`. Raises TooDeep."""
    root = parse(data, "rust")
    found, overflowed = captures(root, "rust", queries)
    uses = [
        leaf
        for node in found.get("use", ())
        for leaf in use_paths(data[node.start_byte : node.end_byte].decode(errors="replace"))
    ]
    names = RustNames(uses)
    attributes = _attributes(data, found)
    tests = _outermost(_tests(data, attributes))
    own = _outside(found.get("region.function", []), tests)
    regions = sweep(_regions(data, found, tests, own))
    sites = Sites(regions)
    starts = lines.line_starts(data)
    imports = _paths(data, found, names, sites)
    _attribute_sites(attributes, names, sites)
    _types(data, found, names, sites)
    _plain(data, found, names, sites)
    sites.add_asked(found, queries)
    asks = _comments(data, found, sites)
    functions = functions_of(data, found, Placed(own, attributes, regions, starts))
    imports |= {path for _, path in uses} | {
        data[n.start_byte : n.end_byte].decode(errors="replace") for n in found.get("extern-crate", ())
    }
    comments = [(node.start_byte, node.end_byte) for node in found.get("comment", ())]
    problems = [p for p, holds in (("syntax-error", root.has_error), ("match-limit", overflowed)) if holds]
    return Facts(
        language="rust",
        lines=lines.code_lines(data, comments + tests),
        all_lines=len(starts),
        imports=tuple(sorted(imports)),
        functions=functions,
        sites=sites.packed(),
        counts=sites.counts,
        line_starts=packed_offsets(starts),
        continuations=lines.continuations(data),
        ignores=asks,
        package="",
        problems=tuple(problems),
        exported=tuple(sorted(_exported(data, found))),
        generated=False,
    )


def _attributes(data: bytes, found: Captured) -> list[tuple[Any, str]]:
    nodes = [*found.get("attribute", ()), *found.get("attribute.inner", ())]
    return [(node, data[node.start_byte : node.end_byte].decode(errors="replace")) for node in nodes]


def _tests(data: bytes, attributes: list[tuple[Any, str]]) -> list[tuple[int, int]]:
    """Byte spans of items under a test attribute; an inner `#![cfg(test)]` makes the whole file one."""
    spans = []
    for node, text in attributes:
        if not _TEST_ATTRIBUTE.match(text):
            continue
        if text.startswith("#!"):
            return [(0, len(data))]
        item = node.next_named_sibling
        while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
            item = item.next_named_sibling
        if item is not None:
            spans.append((node.start_byte, item.end_byte))
    return spans


def _outside(nodes: list[Any], tests: list[tuple[int, int]]) -> list[Any]:
    """The nodes that stand in no test."""
    starts = [start for start, _ in tests]

    def tested(byte: int) -> bool:
        i = bisect_right(starts, byte) - 1
        return i >= 0 and byte < tests[i][1]

    return [node for node in nodes if not tested(node.start_byte)]


def _regions(data: bytes, found: Captured, tests: list[tuple[int, int]], own: list[Any]) -> list[Region]:
    numbers = {node.start_byte: i for i, node in enumerate(own)}
    regions = [
        Region(n.start_byte, n.end_byte, FUNCTION, numbers.get(n.start_byte, NO_FUNCTION))
        for n in found.get("region.function", ())
    ]
    regions += [Region(n.start_byte, n.end_byte, CLOSURE) for n in found.get("region.closure", ())]
    regions += [Region(n.start_byte, n.end_byte, LOOP) for n in found.get("region.loop", ())]
    regions += [
        Region(n.start_byte, n.end_byte, COLD)
        for n in found.get("region.cold", ())
        if b"Err" in data[n.start_byte : n.end_byte]
    ]
    for pattern, value in zip(found.get("cold.pattern", ()), found.get("cold.value", ()), strict=False):
        if data[pattern.start_byte : pattern.end_byte] == b"Err":
            regions.append(Region(value.start_byte, value.end_byte, COLD))
    return regions + [Region(start, end, TEST) for start, end in tests]


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _paths(data: bytes, found: Captured, names: RustNames, sites: Sites) -> set[str]:
    """Calls and macros; gives the crates that are named by full path without a `use`."""
    crates: set[str] = set()
    for kind in ("call", "macro"):
        sites.add_each(kind, _named(data, found.get(kind, []), names, crates))
    spans = ((node.start_byte, node.end_byte) for node in found.get("call.method", ()))
    sites.add_each("call", (("." + data[a:b].decode(errors="replace"), a, b) for a, b in spans))
    return crates


def _named(data: bytes, nodes: list[Any], names: RustNames, crates: set[str]) -> Iterator[tuple[str, int, int]]:
    """Name and span of each node; crates that are named by their path are added to `crates`."""
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        name = names.path(data[start:end])
        first, separator, _ = name.partition("::")
        if separator and first.islower() and first not in ("self", "super", "crate"):
            crates.add(name)
        yield name, start, end


def _attribute_sites(attributes: list[tuple[Any, str]], names: RustNames, sites: Sites) -> None:
    for node, text in attributes:
        match = ATTRIBUTE.match(text)
        if not match:
            continue
        start, end = node.start_byte, node.end_byte
        name = names.path(match[1].encode())
        inside = text[match.end() :]
        if name == "derive":
            for trait in _WORDS.findall(inside):
                sites.add("derive", trait, start, end)
        elif name in ("allow", "expect"):
            for lint in _WORDS.findall(inside.partition("reason")[0]):
                sites.add("allow", lint, start, end)
        elif name == "cfg_attr":
            name = "cfg_attr(no_std)" if "no_std" in inside else "cfg_attr"
        sites.add("attribute", name, start, end)


def _types(data: bytes, found: Captured, names: RustNames, sites: Sites) -> None:
    for kind in ("type", "type.scoped"):
        spans = ((node.start_byte, node.end_byte) for node in found.get(kind, ()))
        sites.add_each("type", ((names.type(data[a:b]), a, b) for a, b in spans))
    spans = ((node.start_byte, node.end_byte) for node in found.get("reference", ()))
    sites.add_each(
        "reference", ((" ".join(data[a : min(b, a + 60)].decode(errors="replace").split()), a, b) for a, b in spans)
    )
    for node in found.get("field.reference", ()):
        kind = node.child_by_field_name("type")
        target = kind.child_by_field_name("type") if kind is not None else None
        text = target.text.decode(errors="replace") if target is not None else ""
        sites.add("borrowed-field", "[u8]" if text.startswith("[u8") else text[:60], node.start_byte, node.end_byte)
    for kind in ("dyn", "trait", "struct"):
        spans = ((node.start_byte, node.end_byte) for node in found.get(kind, ()))
        sites.add_each(kind, ((names.path(data[a:b]), a, b) for a, b in spans))
    for node in found.get("impl", ()):
        start, end = node.start_byte, node.end_byte
        item = node.parent
        unsafe = item is not None and data[item.start_byte : item.start_byte + 6] == b"unsafe"
        sites.add("unsafe-impl" if unsafe else "impl", names.path(data[start:end]), start, end)
    for node in found.get("static", ()):
        kind = node.child_by_field_name("type")
        name = names.type(kind.text) if kind is not None else ""
        head = data[node.start_byte : node.start_byte + 60]
        sites.add(
            "static", f"mut {name}" if re.search(rb"\bstatic\s+mut\b", head) else name, node.start_byte, node.end_byte
        )


def _plain(data: bytes, found: Captured, names: RustNames, sites: Sites) -> None:
    for node in found.get("use", ()):
        for _, path in use_paths(data[node.start_byte : node.end_byte].decode(errors="replace")):
            sites.add("use", path, node.start_byte, node.end_byte)
    for kind in (
        "raw-pointer", "await", "async-block", "try", "index", "operator", "bit-operator", "compound-assignment",
        "cast", "const", "const-parameter", "lifetime", "where", "type-parameters", "match", "data-variant",
        "extern-block", "mod",
    ):  # fmt: skip
        sites.add_all(kind, found.get(kind, ()))
    for region, kind in (("region.loop", "loop"), ("region.closure", "closure")):
        sites.add_all(kind, found.get(region, ()))


def _comments(data: bytes, found: Captured, sites: Sites) -> tuple[tuple[int, str, str, bool], ...]:
    asks: list[tuple[int, str]] = []
    safety: list[int] = []
    spans = [(node.start_byte, node.end_byte) for node in found.get("comment", ())]
    if b"langfit:" in data:
        asks = [(data.count(b"\n", 0, a) + 1, data[a:b].decode(errors="replace")) for a, b in spans]

    def add(phrase: str, start: int, end: int) -> None:
        sites.add("remark", phrase, start, end)
        if phrase == "safety":
            safety.append(end)

    note(REMARKS, spans, data, add)
    safety.sort()  # captures come by pattern, not by place
    for node in found.get("unsafe-block", ()):
        start = node.start_byte
        before = bisect_right(safety, start) - 1
        near = before >= 0 and data.count(b"\n", safety[before], start) <= SAFETY_LINES
        sites.add("unsafe-block", "safety" if near else "bare", start, node.end_byte)
    return lines.ignores(asks)


SAFETY_LINES = 6  # lines between a SAFETY comment's own line and its block: comments are one node per line


def _exported(data: bytes, found: Captured) -> set[str]:
    out = set()
    for kind in ("region.function", "struct", "trait"):
        for node in found.get(kind, ()):
            item = node if kind == "region.function" else node.parent
            if item is not None and data[item.start_byte : item.start_byte + 4] == b"pub ":
                name = item.child_by_field_name("name")
                if name is not None:
                    out.add(name.text.decode(errors="replace"))
    return out
