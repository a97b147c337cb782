"""Facts of one Go file: names resolved through its imports, sites placed in functions, loops and cold paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from langfit.language import Skimmed
from langfit.languages.go import excluded
from langfit.languages.go.declares import declarations_of
from langfit.languages.go.functions import FOR_PEOPLE, Head, exported, functions_of, head_of
from langfit.languages.go.head import head_of as file_head_of
from langfit.languages.go.head import mark_of
from langfit.languages.go.names import GoNames
from langfit.model.repository import Declaration
from langfit.parsing.comments import phrases
from langfit.parsing.facts import Extracted, FoundImport
from langfit.parsing.lines import Positions, TokenCounter
from langfit.parsing.parser import Captures
from langfit.parsing.queries import STRUCTURE
from langfit.parsing.regions import CLOSURE, COLD, FUNCTION, LOOP, Region, sweep
from langfit.parsing.sites import SiteTable

__all__ = ["BLANKS", "BODIES", "KINDS", "PHRASES", "PLAIN", "TRAITS", "extract", "gap_at", "mark_of", "prepare", "skim"]

# Kinds of sites made here, beside those that sites.scm captures.
KINDS = frozenset(
    (
        "assembly-file bce-hint bodyless closure comment directive error-check import loop padding query self-pointer"
        " slice slice-type struct-tag type-switch"
    ).split()
)
PLAIN = frozenset("bce-hint closure error-check loop padding".split())  # kinds of KINDS without names
BLANKS = frozenset("directive comment map slice-type".split())
TRAITS = frozenset("kernel handler context bodyless exported callback init parser".split())
BODIES = frozenset("block expression_switch_statement literal_value field_declaration_list interface_type".split())
PHRASES = phrases(
    {
        "gc pressure": ("gc |garbage", rb"gc (pressure|overhead|scan)|pressure on (the )?(gc|garbage)"),
        "avoid gc": ("avoid|gc|pointer", rb"avoid(s|ing)? (the )?(gc|garbage)|gc.friendly|pointer.free|no pointers"),
        "zero alloc": ("alloc", rb"(zero|no|avoid(s|ing)?|without|reduce|fewer|extra|save)[ -](heap )?alloc"),
        "escape": ("escap", rb"escapes? to (the )?heap|(avoid|prevent)(s|ing)? .{0,20}escap|noescape"),
        "bounds check": ("bounds|bce", rb"bounds.check|\bbce\b"),
        "cache line": ("cache", rb"cache.?lines?\b"),
        "false sharing": ("false sharing", rb"false sharing"),
        "hot path": ("hot|critical", rb"hot.?path|performance.critical|hot loop"),
    }
)
_TAG_KEY = re.compile(rb"([\w.-]+):\"")
_POINTER_FIELD = re.compile(r"^([\w\s,]+?)\s*\*(\w+)")
_BLANK_FIELD = re.compile(rb"_\s|pad\d*\s")
# Conversions to named types of the system packages read as calls; they call nothing.
CONVERSIONS = frozenset(
    f"{package}.{name}"
    for package in ("syscall", "golang.org/x/sys/unix", "golang.org/x/sys/windows")
    for name in ("Errno", "Signal", "Handle", "Token")
)
# What unsafe computes at compile time: no look at memory.
SIZES = frozenset(("unsafe.Sizeof", "unsafe.Alignof", "unsafe.Offsetof"))
_NEW_CALL = re.compile(rb"\bnew\s*\(")


def prepare(data: bytes) -> bytes:
    """Return the bytes to parse: all of them."""
    return data


def gap_at(data: bytes, start: int) -> str:
    """Name the construct that the grammar does not know: `new(expr)` of Go 1.26."""
    line = data[data.rfind(b"\n", 0, start) + 1 : start + 40]
    return "new(expression) of Go 1.26" if _NEW_CALL.search(line) else ""


def skim(data: bytes) -> Skimmed:
    """Return the head of a file: its mark, package, build constraint and imports."""
    head = file_head_of(data)
    rows = [Declaration("package", head.package)]
    if head.constraint:
        rows.append(Declaration("build", head.constraint[:2_000]))
    return Skimmed(mark_of(data), tuple((spec.path, spec.line) for spec in head.imports), tuple(rows))


def extract(data: bytes, root: Node, found: Captures, counter: TokenCounter) -> Extracted:
    """Return what is found in a Go file that people wrote."""
    del root
    names = GoNames.of(found.get("part.import", ()))
    heads = [head_of(node) for node in found.get("region.function", ())]
    quiet = sorted(
        [(head.start, head.end) for head in heads if FOR_PEOPLE.match(head.name)]
        + [(node.start_byte, node.end_byte) for node in found.get("part.constant", ())]
    )
    excluded.drop_excluded(data, found, names.packages, quiet)
    errors = _error_checks(data, found)
    sites = SiteTable(sweep(_regions(data, found, heads, errors)))
    _calls(data, found, names, sites)
    for kind, nodes in _by_kind(found):
        _collect(kind, nodes, data, names, sites)
    _fields(data, found, sites)
    _shapes(data, found, heads, errors, sites)
    for path, _, start in names.specs:
        sites.add("import", path, start, start)
    functions = functions_of(found, heads, names, sites, counter, data)
    head = file_head_of(data)
    positions = Positions(data)
    return Extracted(
        sites=sites,
        functions=functions,
        imports=[FoundImport(path, start, tuple(sorted(names.used.get(path, ())))) for path, _, start in names.specs],
        declarations=declarations_of(data, head, found, names, sites, positions),
        exported=len(exported(heads, sites.named("type-name"))),
        tests=[],
    )


def _error_checks(data: bytes, found: Captures) -> list[tuple[Node, Node]]:
    """Return condition and block of each `if err != nil`."""
    pairs = zip(found.get("part.error-condition", ()), found.get("part.error-block", ()), strict=False)
    return [(test, block) for test, block in pairs if b"err" in data[test.start_byte : test.end_byte].lower()]


def _regions(data: bytes, found: Captures, heads: list[Head], errors: list[tuple[Node, Node]]) -> list[Region]:
    regions = [Region(head.start, head.end, FUNCTION, i) for i, head in enumerate(heads)]
    regions += [Region(head.start, head.end, COLD) for head in heads if FOR_PEOPLE.match(head.name)]
    for capture, kind in (("closure", CLOSURE), ("loop", LOOP), ("cold", COLD), ("guard", COLD)):
        regions += [Region(n.start_byte, n.end_byte, kind) for n in found.get(f"region.{capture}", ())]
    regions += [Region(block.start_byte, block.end_byte, COLD) for _, block in errors]
    for node in found.get("call.path", ()):
        if node.end_byte - node.start_byte == 5 and data[node.start_byte : node.end_byte] == b"panic":
            call = node.parent
            regions.append(Region(node.end_byte, call.end_byte if call is not None else node.end_byte, COLD))
    return regions


def _calls(data: bytes, found: Captures, names: GoNames, sites: SiteTable) -> None:
    sites.add_named("call", _called(data, found.get("call.path", ()), names))


def _called(data: bytes, nodes: list[Node] | tuple[()], names: GoNames) -> Iterator[tuple[str, int, int]]:
    annotated = names.ANNOTATED
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        name = names.call(data, start, end)
        if name in annotated:
            name = names.annotated(name, data, start, node)
        elif name in CONVERSIONS or name in SIZES:
            continue
        yield name, start, end


def _by_kind(found: Captures) -> Iterator[tuple[str, list[Node]]]:
    """Yield the captures that are sites as they are: `kind` or `kind.way`."""
    for capture, nodes in found.items():
        head = capture.partition(".")[0]
        if head not in STRUCTURE and head not in ("call", "query"):
            yield capture, nodes
    yield "loop", found.get("region.loop", [])
    yield "closure", found.get("region.closure", [])


def _collect(capture: str, nodes: list[Node], data: bytes, names: GoNames, sites: SiteTable) -> None:
    kind, _, way = capture.partition(".")
    if not way:
        sites.add_plain(kind, nodes)
        return
    read: Callable[[int, int], str] = {
        "type": lambda a, b: names.type(data, a, b),
        "text": lambda a, b: data[a:b].decode("utf-8", "replace")[:200],
    }[way]
    spans = ((node.start_byte, node.end_byte) for node in nodes)
    sites.add_named(kind, ((read(start, end), start, end) for start, end in spans))


def _fields(data: bytes, found: Captures, sites: SiteTable) -> None:
    """Add what the fields of structs tell: tags, pointers to the struct itself, padding."""
    for node in found.get("part.tag", ()):
        for key in _TAG_KEY.findall(data[node.start_byte : node.end_byte])[:20] or [b""]:
            sites.add("struct-tag", key.decode("utf-8", "replace")[:60], node.start_byte, node.end_byte)
    for node in found.get("part.pointer-field", ()):
        match = _POINTER_FIELD.match((node.text or b"")[:400].decode("utf-8", "replace"))
        if match and _struct_of(node) == match[2]:
            for field in match[1].split(",")[:20]:
                sites.add("self-pointer", field.strip()[:60], node.start_byte, node.end_byte)
    for node in found.get("part.array-field", ()):
        if _BLANK_FIELD.match(data, node.start_byte, node.end_byte):
            sites.add("padding", "", node.start_byte, node.end_byte)


def _struct_of(field: Node) -> str:
    """Return the name of the type that declares a field, "" for a struct without one."""
    above, steps = field.parent, 0
    while above is not None and steps < 6:
        if above.type == "type_spec":
            name = above.child_by_field_name("name")
            return (name.text or b"").decode("utf-8", "replace") if name is not None else ""
        above, steps = above.parent, steps + 1
    return ""


def _shapes(data: bytes, found: Captures, heads: list[Head], errors: list[tuple[Node, Node]], sites: SiteTable) -> None:
    """Add what is more than a node: hints, error checks, slices, type switches, directives."""
    asserts = [(head.start, head.end) for head in heads if head.name == "_"]
    for node in found.get("part.hint", ()):
        inside = any(start <= node.start_byte < end for start, end in asserts[:50])
        if data[node.start_byte : node.end_byte] == b"_" and not inside:
            sites.add("bce-hint", "", node.start_byte, node.end_byte)
    for test, _ in errors:
        sites.add("error-check", "", test.start_byte, test.end_byte)
    if found.get("part.slice"):
        known = excluded.byte_names(data)
        for node in found["part.slice"]:
            sites.add("slice", excluded.slice_name(data, node, known), node.start_byte, node.end_byte)
    spans = ((node.start_byte, node.end_byte) for node in found.get("part.slice-type", ()))
    kept = ((data[a:b].decode("utf-8", "replace")[:60], a, b) for a, b in spans if excluded.holds_bytes(data, a, b))
    sites.add_named("slice-type", kept)
    for node in found.get("part.type-switch", ()):
        sites.add("type-switch", excluded.switch_name(data, node), node.start_byte, node.end_byte)
    for node in found.get("part.comment", ()):
        start, end = node.start_byte, node.end_byte
        if data.startswith(b"//go:", start) and (start == 0 or data[start - 1] == 10):
            words = data[start + 2 : min(end, start + 400)].decode("utf-8", "replace").split()
            if words[0] != "go:build":
                target = f" {words[2]}" if words[0] == "go:linkname" and len(words) > 2 else ""
                sites.add("directive", (words[0] + target)[:200], start, end)
