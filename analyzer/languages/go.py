"""Facts of one Go file: names resolved through its imports, sites placed in functions, loops and cold paths."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from analyzer.languages import lines
from analyzer.languages.names import GoNames
from analyzer.languages.regions import CLOSURE, COLD, FUNCTION, LOOP, Region, Regions, Sites, packed_offsets, sweep
from analyzer.languages.remarks import note, present, remarks
from analyzer.languages.tree import captures, parse
from analyzer.model import Facts, Function

Captured = dict[str, list[Any]]

# Calls that a numeric kernel makes without leaving it: the compiler inlines them or turns them into instructions.
CHEAP = frozenset(
    (
        "len cap min max copy int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune float32"
        " float64 complex64 complex128 math/bits.* encoding/binary.* math.Float32bits math.Float64bits"
        " math.Float32frombits math.Float64frombits math.Abs math.Sqrt math.FMA unsafe.*"
    ).split()
)
HANDLER_PARAMETERS = re.compile(
    r"^(net/http\.ResponseWriter|\*?github\.com/(gin-gonic/gin|labstack/echo/v\d|gofiber/fiber/v\d)\.(Context|Ctx)"
    r"|\*github\.com/valyala/fasthttp\.RequestCtx|\*github\.com/emicklei/go-restful/v\d\.Request)$"
)
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
_BUILD = re.compile(rb"[\w.]+")
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_PACKAGE = re.compile(rb"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_POINTER_FIELD = re.compile(r"^([\w\s,]+?)\s*\*(\w+)")
_IDENTIFIER = re.compile(r"^\w+$")
# Conversions to named types of the system packages read as calls; they call nothing.
CONVERSIONS = frozenset(
    f"{package}.{name}"
    for package in ("syscall", "golang.org/x/sys/unix", "golang.org/x/sys/windows")
    for name in ("Errno", "Signal", "Handle", "Token")
)
KERNEL_FLOOR = 8  # operators and indexes in loops; below, a loop is not worth the name (claims-and-rules 0.2)
KERNEL_RATIO = 2  # operators and indexes per call that is not cheap


class Head(NamedTuple):
    """What is said before the body of a function."""

    name: str
    receiver: str
    start: int
    end: int
    body: bool


class _Placed(NamedTuple):
    """A file's functions with what places things in them."""

    heads: list[Head]
    regions: Regions
    sites: Sites
    starts: list[int]


def is_generated(data: bytes) -> bool:
    """Whether the file carries Go's mark of generated code (https://go.dev/s/generatedcode)."""
    return _GENERATED.search(data) is not None


def extract(data: bytes) -> Facts:
    """The facts of one Go file. Raises TooDeep."""
    root = parse(data, "go")
    found, overflowed = captures(root, "go")
    _drop_concatenations(data, found)
    names = GoNames.of(data, found.get("import", ()))
    heads = [_head(node) for node in found.get("region.function", ())]
    regions = sweep(_regions(data, found, heads))
    sites = Sites(regions)
    starts = lines.line_starts(data)
    for collect in (_calls, _types, _fields, _plain):
        collect(data, found, names, sites)
    remarks = _comments(data, found, sites)
    functions = _functions(data, found, names, _Placed(heads, regions, sites, starts))
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
        build_tags=_build_tags(data, found),
        package=package[1].decode() if package else "",
        problems=tuple(problems),
        exported=tuple(sorted(_exported(heads, sites))),
        generated=is_generated(data),
    )


def _drop_concatenations(data: bytes, found: Captured) -> None:
    """Leave out `+` and `+=` beside a string literal: gluing text is no arithmetic. Variables alone cannot be told."""
    for kind, sign in (("operator", b"+"), ("compound-assignment", b"+=")):
        kept = []
        for node in found.get(kind, ()):
            if data[node.start_byte : node.end_byte] == sign:
                start = node.start_byte
                before, after = data[max(0, start - NEAR) : start].rstrip(), data[node.end_byte : start + NEAR].lstrip()
                if before.endswith((b'"', b"`")) or after.startswith((b'"', b"`")):
                    continue
                parent = node.parent
                if b'"' in data[parent.start_byte : min(parent.end_byte, parent.start_byte + LONG)]:
                    continue
            kept.append(node)
        found[kind] = kept


NEAR = 80  # bytes around an operator in which its operands begin and end
LONG = 400  # bytes of an expression that are looked at for a string literal


def _head(node: Any) -> Head:
    name = node.child_by_field_name("name")
    receiver = node.child_by_field_name("receiver")
    text = receiver.text.decode(errors="replace") if receiver is not None else ""
    kind = re.findall(r"\w+", re.sub(r"\[.*", "", text))
    return Head(
        name.text.decode(errors="replace") if name is not None else "",
        kind[-1] if kind else "",
        node.start_byte,
        node.end_byte,
        node.child_by_field_name("body") is not None,
    )


def _regions(data: bytes, found: Captured, heads: list[Head]) -> list[Region]:
    regions = [Region(head.start, head.end, FUNCTION, i) for i, head in enumerate(heads)]
    regions += [Region(n.start_byte, n.end_byte, CLOSURE) for n in found.get("region.closure", ())]
    regions += [Region(n.start_byte, n.end_byte, LOOP) for n in found.get("region.loop", ())]
    regions += [Region(n.start_byte, n.end_byte, COLD) for n in found.get("region.cold", ())]
    for condition, block in zip(found.get("error.condition", ()), found.get("error.block", ()), strict=False):
        if b"err" in data[condition.start_byte : condition.end_byte].lower():
            regions.append(Region(block.start_byte, block.end_byte, COLD))
    for node in found.get("call", ()):
        if data[node.start_byte : node.end_byte] == b"panic":
            call = node.parent
            regions.append(Region(node.end_byte, call.end_byte, COLD))
    return regions


def _calls(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    for node in found.get("call", ()):
        start, end = node.start_byte, node.end_byte
        name = names.call(data, start, end)
        if name in CONVERSIONS:
            continue
        if name in names.ANNOTATED:
            name = names.annotated(name, data, start, node)
        sites.add("call", name, start, end)


def _types(data: bytes, found: Captured, names: GoNames, sites: Sites) -> None:
    for kind in ("type", "parameter", "composite", "address-literal", "slice-type", "map"):
        for node in found.get(kind, ()):
            start, end = node.start_byte, node.end_byte
            sites.add(kind, names.type(data, start, end), start, end)


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
        "operator", "bit-operator", "compound-assignment", "index", "slice", "go", "defer", "select", "send",
        "receive", "channel", "interface", "type-switch", "type-parameters", "callback",
    ):  # fmt: skip
        sites.add_all(kind, found.get(kind, ()))
    for region, kind in (("region.loop", "loop"), ("region.closure", "closure")):
        sites.add_all(kind, found.get(region, ()))


def _comments(data: bytes, found: Captured, sites: Sites) -> tuple[tuple[int, str, str], ...]:
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
    note(present(REMARKS, data), spans, data, lambda phrase, a, b: sites.add("remark", phrase, a, b))
    return lines.ignores(asks)


class _Counts:
    """What is counted inside one function while its file is read."""

    __slots__ = ("calls", "indexes", "loops", "operators", "traits")

    def __init__(self) -> None:
        self.calls = self.indexes = self.loops = self.operators = 0
        self.traits: set[str] = set()

    def kernel(self) -> bool:
        """Whether the loops compute more than they call."""
        work = self.operators + self.indexes
        return self.loops > 0 and work >= KERNEL_FLOOR and work >= KERNEL_RATIO * self.calls


def _functions(data: bytes, found: Captured, names: GoNames, placed: _Placed) -> tuple[Function, ...]:
    heads, regions, sites, starts = placed
    counts = [_Counts() for _ in heads]

    def owners(kind: str, *, in_loop: bool) -> Iterator[tuple[_Counts, Any]]:
        for node in found.get(kind, ()):
            depth, owner = regions.at(node.start_byte)
            if owner < len(heads) and (depth & 0xFFFF or not in_loop):
                yield counts[owner], node

    for kind in ("operator", "bit-operator", "compound-assignment"):
        for count, _ in owners(kind, in_loop=True):
            count.operators += 1
    for count, _ in owners("index", in_loop=True):
        count.indexes += 1
    for count, _ in owners("region.loop", in_loop=False):
        count.loops += 1
    for count, node in owners("call", in_loop=True):
        count.calls += not names.cheap(data, node.start_byte, node.end_byte, CHEAP)
    for count, node in owners("parameter", in_loop=False):
        count.traits |= _parameter_traits(names.type(data, node.start_byte, node.end_byte))
    for count, _ in owners("callback", in_loop=False):
        count.traits.add("callback")
    return tuple(_function(head, count, sites, starts) for head, count in zip(heads, counts, strict=True))


def _function(head: Head, count: _Counts, sites: Sites, starts: list[int]) -> Function:
    traits = count.traits
    if count.kernel():
        traits.add("kernel")
    if not head.body:
        traits.add("bodyless")
        sites.add("bodyless", head.name, head.start, head.end)
    if head.name[:1].isupper():
        traits.add("exported")
    if head.name == "init" and not head.receiver:
        traits.add("init")
    first, last = bisect_right(starts, head.start), bisect_right(starts, head.end - 1)
    full = f"{head.receiver}.{head.name}" if head.receiver else head.name
    return Function(
        full, first, last - first + 1, count.loops, count.operators, count.indexes, count.calls, tuple(sorted(traits))
    )


def _parameter_traits(name: str) -> set[str]:
    if name == "context.Context":
        return {"context"}
    return {"handler"} if HANDLER_PARAMETERS.match(name) else set()


def _exported(heads: list[Head], sites: Sites) -> set[str]:
    functions = {head.name for head in heads if head.name[:1].isupper() and not head.receiver}
    return functions | {name for name in sites.names("type-name") if name[:1].isupper()}


def _build_tags(data: bytes, found: Captured) -> tuple[str, ...]:
    tags: set[str] = set()
    for node in found.get("comment", ()):
        text = data[node.start_byte : node.end_byte]
        if text.startswith((b"//go:build ", b"// +build ")):
            tags.update(word.decode() for word in _BUILD.findall(text.split(b" ", 1)[1]) if word != b"build")
    return tuple(sorted(tags))
