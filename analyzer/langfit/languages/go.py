"""Facts of one Go file: names resolved through its imports, sites placed in functions, loops and cold paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from langfit.languages import lines
from langfit.languages.go_functions import Head, Placed, functions_of, head_of
from langfit.languages.go_lookalikes import byte_names, drop_lookalikes, holds_bytes, slice_name, switch_name
from langfit.languages.names import GoNames
from langfit.languages.queries import Queries
from langfit.languages.regions import CLOSURE, COLD, FUNCTION, LOOP, TEST, Region, Sites, packed_offsets, sweep
from langfit.languages.remarks import note, remarks
from langfit.languages.tree import captures, parse
from langfit.model import Facts

Captured = dict[str, list[Any]]

REMARKS = remarks(
    {
        "gc pressure": ("gc |garbage", rb"gc (pressure|overhead|scan)|pressure on (the )?(gc|garbage)"),
        "avoid gc": ("avoid|gc|pointer", rb"avoid(s|ing)? (the )?(gc|garbage)|gc.friendly|pointer.free|no pointers"),
        "zero alloc": ("alloc", rb"(zero|no|avoid(s|ing)?|without|reduce|fewer|extra|save)[ -](heap )?alloc"),
        "escape": ("escap", rb"escapes? to (the )?heap|(avoid|prevent)(s|ing)? .{0,20}escap|noescape"),
        "bounds check": ("bounds|bce", rb"bounds.check|\bbce\b"),
        "cache line": ("cache", rb"cache.?lines?\b"),
        "false sharing": ("false sharing", rb"false sharing"),
        "hot path": ("hot|critical|fast path", rb"hot.?path|performance.critical|hot loop|fast path"),
    }
)
_TAG_KEY = re.compile(rb"([\w.-]+):\"")
GENERATED = b"// Code generated "
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_PACKAGE = re.compile(rb"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_POINTER_FIELD = re.compile(r"^([\w\s,]+?)\s*\*(\w+)")
# Functions that make text for people to read: whatever they do, nobody waits for it in a hot path.
FOR_PEOPLE = re.compile(
    r"(?:Go)?String(?:[A-Z]|$)|Error$|(?:test|debug|dump|human|log)String$"
    r"|(?:[Rr]ender|[Dd]ump|[Pp]rint|[Ll]og|[Dd]escribe|[Ee]xplain|[Hh]elp|[Uu]sage|[Dd]ebug|[Oo]utput)(?:[A-Z]|f?$)"
)
# Conversions to named types of the system packages read as calls; they call nothing.
CONVERSIONS = frozenset(
    f"{package}.{name}"
    for package in ("syscall", "golang.org/x/sys/unix", "golang.org/x/sys/windows")
    for name in ("Errno", "Signal", "Handle", "Token")
)


def is_generated(data: bytes) -> bool:
    """Whether the file carries Go's mark of generated code (https://go.dev/s/generatedcode)."""
    at = data.find(GENERATED)  # a plain search first: the pattern would be tried at every line
    return at >= 0 and _GENERATED.search(data, data.rfind(b"\n", 0, at) + 1) is not None


def extract(data: bytes, queries: Queries = ()) -> Facts:
    """The facts of one Go file that no tool wrote; `queries` of rules add sites of kind `query`. Raises TooDeep."""
    root = parse(data, "go")
    found, overflowed = captures(root, "go", queries)
    names = GoNames.of(data, found.get("import", ()))
    drop_lookalikes(data, found, names.packages)
    heads = [head_of(node) for node in found.get("region.function", ())]
    regions = sweep(_regions(data, found, heads))
    sites = Sites(regions)
    starts = lines.line_starts(data)
    for collect in (_calls, _types, _fields, _plain):
        collect(data, found, names, sites)
    sites.add_asked(found, queries)
    remarks = _comments(data, found, sites)
    functions = functions_of(data, found, names, Placed(heads, regions, sites, starts))
    comments = [(node.start_byte, node.end_byte) for node in found.get("comment", ())]
    problems = [p for p, holds in (("syntax-error", root.has_error), ("match-limit", overflowed)) if holds]
    package = _PACKAGE.search(data)
    return Facts(
        language="go",
        lines=lines.code_lines(data, comments),
        all_lines=len(starts),
        imports=tuple(sorted(set(names.paths))),
        functions=functions,
        sites=sites.packed(),
        counts=sites.counts,
        line_starts=packed_offsets(starts),
        continuations=lines.continuations(data),
        ignores=remarks,
        package=package[1].decode() if package else "",
        problems=tuple(problems),
        exported=tuple(sorted(_exported(heads, sites))),
        generated=False,
    )


def _regions(data: bytes, found: Captured, heads: list[Head]) -> list[Region]:
    regions = [Region(head.start, head.end, FUNCTION, i) for i, head in enumerate(heads)]
    regions += [Region(head.start, head.end, COLD) for head in heads if FOR_PEOPLE.match(head.name)]
    regions += [Region(n.start_byte, n.end_byte, CLOSURE) for n in found.get("region.closure", ())]
    regions += [Region(n.start_byte, n.end_byte, LOOP) for n in found.get("region.loop", ())]
    regions += [Region(n.start_byte, n.end_byte, COLD) for n in found.get("region.cold", ())]
    regions += [Region(n.start_byte, n.end_byte, COLD) for n in found.get("region.guard", ())]
    for condition, block in zip(found.get("error.condition", ()), found.get("error.block", ()), strict=False):
        if b"err" in data[condition.start_byte : condition.end_byte].lower():
            regions.append(Region(block.start_byte, block.end_byte, COLD))
    if b'"testing"' in data:  # what stands beside the tests, under another name
        regions.append(Region(0, len(data), TEST))
    for node in found.get("call", ()):
        if data[node.start_byte : node.end_byte] == b"panic":
            call = node.parent
            regions.append(Region(node.end_byte, call.end_byte, COLD))
    return regions


def _calls(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    sites.add_each("call", _called(data, found, names))


def _called(data: bytes, found: Captured, names: GoNames) -> Iterator[tuple[str, int, int]]:
    annotated = names.ANNOTATED
    for node in found.get("call", ()):
        start, end = node.start_byte, node.end_byte
        name = names.call(data, start, end)
        if name in annotated:
            name = names.annotated(name, data, start, node)
        elif name in CONVERSIONS:
            continue
        yield name, start, end


def _types(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    for kind in ("type", "parameter", "composite", "address-literal", "map"):
        spans = ((node.start_byte, node.end_byte) for node in found.get(kind, ()))
        sites.add_each(kind, ((names.type(data, start, end), start, end) for start, end in spans))
    spans = ((node.start_byte, node.end_byte) for node in found.get("slice-type", ()))
    rows = ((names.type(data, start, end), start, end) for start, end in spans if holds_bytes(data, start, end))
    sites.add_each("slice-type", rows)


def _fields(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    specs = [(n.start_byte, n.end_byte) for n in found.get("region.type", ())]
    type_names = found.get("type-name", ())
    for node in type_names:
        sites.add("type-name", node.text.decode(errors="replace"), node.start_byte, node.end_byte)
    for node in found.get("struct-tag", ()):
        for key in _TAG_KEY.findall(data[node.start_byte : node.end_byte]) or [b""]:
            sites.add("struct-tag", key.decode(errors="replace"), node.start_byte, node.end_byte)
    for node in found.get("field.pointer", ()):
        match = _POINTER_FIELD.match(node.text.decode(errors="replace"))
        owner = [n for n, (a, b) in zip(type_names, specs, strict=False) if a <= node.start_byte < b]
        if match and owner and owner[-1].text.decode(errors="replace") == match[2]:
            for field in match[1].split(","):
                sites.add("self-pointer", field.strip(), node.start_byte, node.end_byte)
    for node in found.get("field.array", ()):
        if re.match(rb"_\s|pad\d*\s", data[node.start_byte : node.end_byte]):
            sites.add("padding", "", node.start_byte, node.end_byte)
    for node in found.get("field.channel", ()):
        sites.add("channel-field", "", node.start_byte, node.end_byte)


def _plain(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    for node, (path, _) in zip(found.get("import", ()), names.specs, strict=True):
        sites.add("import", path, node.start_byte, node.end_byte)
    for node in found.get("hint.left", ()):
        if data[node.start_byte : node.end_byte] == b"_":
            sites.add("bce-hint", "", node.start_byte, node.end_byte)
    for condition in found.get("error.condition", ()):
        if b"err" in data[condition.start_byte : condition.end_byte].lower():
            sites.add("error-check", "", condition.start_byte, condition.end_byte)
    for kind in (
        "operator", "bit-operator", "compound-assignment", "index", "go", "defer", "select", "send",
        "receive", "channel", "interface", "type-parameters", "callback",
    ):  # fmt: skip
        sites.add_all(kind, found.get(kind, ()))
    if found.get("slice"):
        known = byte_names(data)
        for node in found["slice"]:
            sites.add("slice", slice_name(data, node, known), node.start_byte, node.end_byte)
    for node in found.get("type-switch", ()):
        sites.add("type-switch", switch_name(data, node), node.start_byte, node.end_byte)
    for region, kind in (("region.loop", "loop"), ("region.closure", "closure")):
        sites.add_all(kind, found.get(region, ()))


def _comments(data: bytes, found: Captured, sites: Sites) -> tuple[tuple[int, str, str, bool], ...]:
    asks = []
    spans = [(node.start_byte, node.end_byte) for node in found.get("comment", ())]
    for start, end in spans:
        if data.startswith(b"//go:", start) and (start == 0 or data[start - 1] == 10):
            words = data[start + 2 : end].decode(errors="replace").split()
            if words[0] != "go:build":
                target = f" {words[2]}" if words[0] == "go:linkname" and len(words) > 2 else ""
                sites.add("directive", words[0] + target, start, end)
    if b"langfit:" in data:
        asks = [(data.count(b"\n", 0, a) + 1, data[a:b].decode(errors="replace")) for a, b in spans]
    note(REMARKS, spans, data, lambda phrase, a, b: sites.add("remark", phrase, a, b))
    return lines.ignores(asks)


def _exported(heads: list[Head], sites: Sites) -> set[str]:
    functions = {head.name for head in heads if head.name[:1].isupper() and not head.receiver}
    return functions | {name for name in sites.names("type-name") if name[:1].isupper()}
