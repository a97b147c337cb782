"""Facts of one Rust file: names resolved through `use`, sites placed in functions, loops, cold paths and tests."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from tree_sitter import Node

from langfit.languages.rust.attributes import Attribute, attributes_of, by_item, items_of, test_spans
from langfit.languages.rust.declares import declarations_of
from langfit.languages.rust.functions import Head, functions_of, head_of
from langfit.languages.rust.head import mark_of, prepare
from langfit.languages.rust.names import MOST_LEAVES, PRELUDE, RustNames, plain, use_paths
from langfit.languages.rust.skim import skim
from langfit.parsing.comments import phrases
from langfit.parsing.facts import Extracted, FoundImport
from langfit.parsing.lines import Positions, TokenCounter
from langfit.parsing.parser import Captures
from langfit.parsing.queries import STRUCTURE
from langfit.parsing.regions import CLOSURE, COLD, FUNCTION, LOOP, NO_FUNCTION, TEST, Region, sweep
from langfit.parsing.sites import SiteTable

__all__ = ["BLANKS", "BODIES", "KINDS", "PHRASES", "PLAIN", "TRAITS", "extract", "gap_at", "mark_of", "prepare", "skim"]

KINDS = frozenset(
    (
        "allow attribute borrowed-field closure comment derive impl loop mod query reference static unsafe-block"
        " unsafe-impl use"
    ).split()
)
PLAIN = frozenset("closure loop mod".split())  # kinds of KINDS without names
BLANKS = frozenset("allow attribute comment reference static type".split())
TRAITS = frozenset("kernel simd async unsafe extern-c const inline poll handler exported generic".split())
BODIES = frozenset("block declaration_list field_declaration_list match_block enum_variant_list".split())
PHRASES = phrases(
    {
        "borrow checker": ("borrow", rb"borrow.?check"),
        "zero-copy": ("zero", rb"zero.?copy"),
        "hot path": ("hot|critical", rb"hot.?path|performance.critical|hot loop"),
        "lifetime": ("lifetime", rb"lifetime (issue|problem|hack|trick|error)s?"),
        "safety": ("safety", rb"safety"),
    }
)
_WORDS = re.compile(r"[\w:]+")
_EXTERN_TYPE = re.compile(rb"\btype\s+\w+\s*(?:<[^>]*>)?\s*;")
_SAFE = re.compile(rb"\bsafe\s+(?:fn|static)\b|\bunsafe\s+(?:fn|static)\b")
# First segments of paths that name no crate, and names that are known without one.
NO_CRATES = frozenset(
    ("self super crate u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64 f128 bool char str").split()
)
STANDARD = frozenset(PRELUDE.values())


def gap_at(data: bytes, start: int) -> str:
    """Name the construct that the grammar does not know, such as `type X;` or `safe fn` in an extern block."""
    line_start = data.rfind(b"\n", 0, start) + 1
    line = data[line_start : start + 80].partition(b"\n")[0] + data[start : start + 80].partition(b"\n")[0]
    if _EXTERN_TYPE.search(line):
        return "`type X;` in an extern block"
    if _SAFE.search(line):
        return "`safe` items in an extern block"
    return "attributes inside lists" if data[start : start + 2] == b"#[" else ""


def extract(data: bytes, root: Node, found: Captures, counter: TokenCounter) -> Extracted:
    """Return what is found in a Rust file that people wrote; its tests are left out of functions and counts."""
    del root
    uses = [leaf for node in found.get("part.use", ()) for leaf in use_paths(node)][:MOST_LEAVES]
    names = RustNames(uses)
    attributes = attributes_of(found)
    below = items_of(attributes)
    tests = test_spans(data, attributes, below)
    own = _outside(found.get("region.function", []), tests)
    heads = [head_of(node) for node in own]
    sites = SiteTable(sweep(_regions(data, found, tests, own)))
    crates: dict[str, int] = {}
    _calls(data, found, names, sites, crates)
    _attribute_sites(attributes, names, sites, crates)
    for capture, nodes in _by_kind(found):
        _collect(capture, nodes, data, names, sites)
    _shapes(data, found, names, sites)
    for path in sites.named("type"):
        _add_crate(path.partition("<")[0], sites.named("type")[path][0].start, crates)
    for _, path, start in uses:
        sites.add("use", path, start, start)
    items = by_item(attributes, below)
    functions = functions_of(heads, items, sites, counter)
    positions = Positions(data)
    return Extracted(
        sites=sites,
        functions=functions,
        imports=_imports(found, uses, crates, tests),
        declarations=declarations_of(data, found, items, tests, sites, positions),
        exported=_exported(found, heads),
        tests=tests,
    )


def _outside(nodes: list[Node], spans: list[tuple[int, int]]) -> list[Node]:
    """Return the nodes that are in none of the spans."""
    return [node for node in nodes if not _inside(node.start_byte, spans)]


def _inside(byte: int, spans: list[tuple[int, int]]) -> bool:
    i = bisect_right(spans, byte, key=lambda span: span[0]) - 1
    return i >= 0 and byte < spans[i][1]


def _regions(data: bytes, found: Captures, tests: list[tuple[int, int]], own: list[Node]) -> list[Region]:
    numbers = {node.start_byte: i for i, node in enumerate(own)}
    regions = [
        Region(n.start_byte, n.end_byte, FUNCTION, numbers.get(n.start_byte, NO_FUNCTION))
        for n in found.get("region.function", ())
    ]
    regions += [Region(n.start_byte, n.end_byte, CLOSURE) for n in found.get("region.closure", ())]
    regions += [Region(n.start_byte, n.end_byte, LOOP) for n in found.get("region.loop", ())]
    returns = ((n.start_byte, n.end_byte) for n in found.get("region.cold", ()))
    regions += [Region(start, end, COLD) for start, end in returns if data.find(b"Err", start, end) >= 0]
    for pattern, value in zip(found.get("part.cold-pattern", ()), found.get("part.cold-value", ()), strict=False):
        if data[pattern.start_byte : pattern.end_byte] == b"Err":
            regions.append(Region(value.start_byte, value.end_byte, COLD))
    return regions + [Region(start, end, TEST) for start, end in tests]


def _add_crate(name: str, start: int, crates: dict[str, int]) -> None:
    """Note a crate that is named by a full path without a `use`."""
    first, separator, _ = name.partition("::")
    if separator and first.islower() and first not in NO_CRATES and name not in STANDARD:
        crates[name] = min(start, crates.get(name, start))


def _calls(data: bytes, found: Captures, names: RustNames, sites: SiteTable, crates: dict[str, int]) -> None:
    for kind in ("call", "macro"):
        sites.add_named(kind, _named(data, found.get(f"{kind}.path", []), names, crates))
    spans = ((node.start_byte, node.end_byte) for node in found.get("call.method", ()))
    sites.add_named("call", (("." + plain(data[a:b].decode("utf-8", "replace"))[:200], a, b) for a, b in spans))


def _named(data: bytes, nodes: list[Node], names: RustNames, crates: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        if data[start - 2 : start] == b"#[":  # an attribute where the grammar knows none reads as a call
            continue
        name = names.path(data[start:end])
        if ":" in name:
            _add_crate(name, start, crates)
        yield name, start, end


def _attribute_sites(attributes: list[Attribute], names: RustNames, sites: SiteTable, crates: dict[str, int]) -> None:
    for attribute in attributes:
        if not attribute.name:
            continue
        start, end = attribute.node.start_byte, attribute.node.end_byte
        name = names.path(attribute.name.encode())
        inside = attribute.text.partition(attribute.name)[2]
        if name == "derive":
            for trait in _WORDS.findall(inside)[:100]:
                sites.add("derive", trait[:100], start, end)
                _add_crate(trait[:100], start, crates)
        elif name in ("allow", "expect"):
            for lint in _WORDS.findall(inside.partition("reason")[0])[:100]:
                sites.add("allow", lint[:100], start, end)
        elif name == "cfg_attr":
            name = "cfg_attr(no_std)" if "no_std" in inside else "cfg_attr"
        sites.add("attribute", name, start, end)
        _add_crate(name, start, crates)


def _by_kind(found: Captures) -> Iterator[tuple[str, list[Node]]]:
    """Yield the captures that are sites as they are: `kind` or `kind.way`."""
    for capture, nodes in found.items():
        if capture.partition(".")[0] not in (*STRUCTURE, "call", "macro", "query"):
            yield capture, nodes
    yield "loop", found.get("region.loop", [])
    yield "closure", found.get("region.closure", [])
    yield "mod", found.get("part.module", [])


def _collect(capture: str, nodes: list[Node], data: bytes, names: RustNames, sites: SiteTable) -> None:
    kind, _, way = capture.partition(".")
    if not way:
        sites.add_plain(kind, nodes)
        return
    read: Callable[[bytes], str] = {"type": names.type, "path": names.path}[way]
    spans = ((node.start_byte, node.end_byte) for node in nodes)
    sites.add_named(kind, ((read(data[start:end]), start, end) for start, end in spans))


def _shapes(data: bytes, found: Captures, names: RustNames, sites: SiteTable) -> None:
    """Add what is more than a node: references, borrowed fields, impls, statics, unsafe blocks."""
    spans = ((node.start_byte, node.end_byte) for node in found.get("part.reference", ()))
    texts = ((" ".join(data[a : min(b, a + 60)].decode("utf-8", "replace").split()), a, b) for a, b in spans)
    sites.add_named("reference", texts)
    for node in found.get("part.reference-field", ()):
        kind = node.child_by_field_name("type")
        target = kind.child_by_field_name("type") if kind is not None else None
        text = (target.text or b"")[:60].decode("utf-8", "replace") if target is not None else ""
        sites.add("borrowed-field", "[u8]" if text.startswith("[u8") else text, node.start_byte, node.end_byte)
    for node in found.get("part.impl", ()):
        start, end = node.start_byte, node.end_byte
        item = node.parent
        unsafe = item is not None and any(child.type == "unsafe" for child in item.children[:3])
        sites.add("unsafe-impl" if unsafe else "impl", names.path(data[start:end]), start, end)
    for node in found.get("part.static", ()):
        kind = node.child_by_field_name("type")
        name = names.type(kind.text or b"") if kind is not None else ""
        mutable = any(child.type == "mutable_specifier" for child in node.children)
        sites.add("static", f"mut {name}" if mutable else name, node.start_byte, node.end_byte)
    for node in found.get("part.unsafe", ()):
        name = "safety" if _has_safety_comment(node) else "bare"
        sites.add("unsafe-block", name, node.start_byte, node.end_byte)


def _has_safety_comment(block: Node) -> bool:
    """Tell whether a comment about safety stands before the statement of an unsafe block, or first in the block."""
    first = next((child for child in block.named_children if child.type == "block"), block)
    if any("comment" in one.type and b"safety" in (one.text or b"").lower() for one in first.named_children[:1]):
        return True
    at: Node | None = block
    for _ in range(8):  # levels from the block up to its statement
        if at is None or at.type in ("function_item", "source_file"):
            return False
        before = at.prev_named_sibling
        while before is not None and "comment" in before.type:
            if b"safety" in (before.text or b"").lower():
                return True
            before = before.prev_named_sibling
        if at.type.endswith(("_statement", "_declaration", "_item", "match_arm")):
            return False
        at = at.parent
    return False


def _imports(
    found: Captures, uses: list[tuple[str, str, int]], crates: dict[str, int], tests: list[tuple[int, int]]
) -> list[FoundImport]:
    """Return the paths that the file uses outside of its tests, each with its first place."""
    first: dict[str, int] = {}
    for _, path, start in uses:
        if not _inside(start, tests):
            first[path] = min(start, first.get(path, start))
    for node in found.get("part.extern-crate", ()):
        name = node.child_by_field_name("name")
        if name is not None and not _inside(node.start_byte, tests):
            path = plain((name.text or b"").decode("utf-8", "replace"))
            first.setdefault(path, node.start_byte)
    for path, start in crates.items():
        if not _inside(start, tests):
            first.setdefault(path, start)
    return [FoundImport(path, start) for path, start in sorted(first.items())]


def _exported(found: Captures, heads: list[Head]) -> int:
    """Count the public functions, structs, enums and traits of a file."""
    public = sum(head.public for head in heads)
    for kind in ("struct", "enum", "trait"):
        for node in found.get(f"{kind}.path", ()):
            item = node.parent
            first = item.child(0) if item is not None else None
            public += first is not None and first.type == "visibility_modifier" and (first.text or b"") == b"pub"
    return public
