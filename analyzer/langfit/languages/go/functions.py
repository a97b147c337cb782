"""Functions of a Go file: what they are by head and parameters, and which of them compute."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from langfit.languages.go.names import GoNames
from langfit.parsing.facts import Function
from langfit.parsing.lines import TokenCounter
from langfit.parsing.parser import Captures
from langfit.parsing.regions import DEPTH_MASK
from langfit.parsing.sites import SiteTable

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
# Names of the parts of a scanner or parser; a bare Parse or Scan is in every program.
PARSER = re.compile(
    r"(?i:parse|scan|lex)[A-Z_0-9]|(?i:tokenize|peek|unread|backup)([A-Z_0-9]|$)|(?i:next|read|expect|consume|accept)_?"
    r"(?i:token|rune|char|byte|ident|identifier|number|digits?|operator|keyword)"
    r"|(?i:skip)_?(?i:space|white|comment|blank|line)"
)
# What every program parses: names with these say nothing about a parser.
COMMON_PARSERS = re.compile(
    r"(?i:parse|scan)_?(?i:flag|config|arg|option|env|time|date|duration|ur[li]|addr|ip|port|query|form|template|version"
    r"|request|response|header|cert|key|param|id|uuid|int|bool|float|size|level|log|row|json|yaml|toml|command|cmd|path"
    r")s?([A-Z_0-9]|$)"
)
# What manual parsing looks like: single characters, and steps of the same scanner or parser.
MANUAL_PARSING = re.compile(
    rb"'(?:\\.|[^'\\\n])'|\.(?:parse|scan|peek|next|backup|accept|expect|consume|unread|lex|skip|read)(?:[A-Z]\w*)?\("
)
# Functions that make text for people to read: nobody waits for them in a hot path.
FOR_PEOPLE = re.compile(
    r"(?:Go)?String(?:[A-Z]|$)|Error$|(?:test|debug|dump|human|log)String$"
    r"|(?:[Rr]ender|[Dd]ump|[Pp]rint|[Ll]og|[Dd]escribe|[Ee]xplain|[Hh]elp|[Uu]sage|[Dd]ebug|[Oo]utput)(?:[A-Z]|f?$)"
)
# Types that cross a language boundary as they are.
PLAIN_TYPES = frozenset(
    (
        "int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune bool string float32 float64"
        " complex64 complex128 error"
    ).split()
)
LONGEST_SIGNATURE = 2_000  # bytes
_TYPE_NAME = re.compile(r"\b(?:[a-z]\w*\.)?[A-Z]\w*|\bfunc\b|\binterface\b|\bchan\b")
ARITHMETIC = ("operator", "bit-operator", "compound-assignment")
KERNEL_FLOOR = 8  # operators and indexes in loops; below, a loop is not worth the name (claims-and-rules 0.2)
KERNEL_RATIO = 2  # operators and indexes per call that is not cheap
KERNEL_ARITHMETIC = 0.25  # of these are operators: moving values from one slice to another computes nothing


class Head(NamedTuple):
    """What is said before the body of a function."""

    name: str
    receiver: str
    start: int
    end: int
    body: bool
    parses: bool  # named like a part of a scanner or parser, and parsing manually
    signature: tuple[int, int]  # bytes of its parameters and results

    @property
    def full(self) -> str:
        """The name with its receiver."""
        return f"{self.receiver}.{self.name}" if self.receiver else self.name


def head_of(node: Node) -> Head:
    """Return the head of a function or method."""
    name = node.child_by_field_name("name")
    receiver = node.child_by_field_name("receiver")
    called = (name.text or b"").decode("utf-8", "replace")[:200] if name is not None else ""
    parses = False
    if PARSER.match(called) is not None and not COMMON_PARSERS.match(called):
        parses = MANUAL_PARSING.search(node.text or b"") is not None
    body = node.child_by_field_name("body") is not None
    parameters, result = node.child_by_field_name("parameters"), node.child_by_field_name("result")
    first = parameters.start_byte if parameters is not None else node.start_byte
    last = (result or parameters or node).end_byte
    return Head(called, _receiver(receiver), node.start_byte, node.end_byte, body, parses, (first, last))


def _receiver(node: Node | None) -> str:
    """Return the type of a receiver, without its pointer and type parameters."""
    if node is None:
        return ""
    text = (node.text or b"")[:400].decode("utf-8", "replace")
    words = re.findall(r"\w+", re.sub(r"\[.*|//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL))
    return words[-1] if words else ""


class _Counts:
    """What is counted inside the loops of one function."""

    __slots__ = ("arithmetic", "calls", "indexes", "loops", "place")

    def __init__(self) -> None:
        self.arithmetic = self.calls = self.indexes = self.loops = 0
        self.place = -1

    def is_kernel(self) -> bool:
        """Tell whether the loops compute more than they call."""
        work = self.arithmetic + self.indexes
        enough = work >= KERNEL_FLOOR and self.arithmetic >= KERNEL_ARITHMETIC * work
        return self.loops > 0 and enough and work >= KERNEL_RATIO * self.calls


def functions_of(
    found: Captures, heads: list[Head], names: GoNames, sites: SiteTable, counter: TokenCounter, data: bytes
) -> list[Function]:
    """Return the functions of a file. Those without a body become sites of kind `bodyless`."""
    counts = _counted(heads, sites)
    traits: list[set[str]] = [set() for _ in heads]
    for node in found.get("parameter.type", ()):
        owner = _enclosing(node, heads)
        if owner >= 0:  # those of a closure, too: a function that returns a handler serves requests
            traits[owner] |= _parameter_traits(names.type(data, node.start_byte, node.end_byte))
    for node in found.get("callback", ()):
        owner = _enclosing(node, heads)
        if owner >= 0 and _is_own(node, heads[owner]):
            traits[owner].add("callback")
    rows = zip(heads, counts, traits, strict=True)
    return [_function(head, count, trait, sites, counter, data) for head, count, trait in rows]


def _enclosing(node: Node, heads: list[Head]) -> int:
    """Return the index of the function that holds a node, -1 for none."""
    at = bisect_right(heads, node.start_byte, key=lambda head: head.start) - 1
    return at if at >= 0 and node.start_byte < heads[at].end else -1


def _is_own(node: Node, head: Head) -> bool:
    """Tell whether a parameter is one of the function itself, and not of a closure or function type inside."""
    above = node.parent
    while above is not None and above.type not in ("function_declaration", "method_declaration"):
        if above.type in ("block", "func_literal", "function_type", "interface_type"):
            return False
        above = above.parent
    return above is not None and above.start_byte == head.start


def _counted(heads: list[Head], sites: SiteTable) -> list[_Counts]:
    counts = [_Counts() for _ in heads]
    for kind in ARITHMETIC:
        for owner, found in sites.counts(kind).items():
            if owner < len(counts):
                counts[owner].arithmetic += found.inside
                if found.first_inside is not None:
                    first = found.first_inside.start
                    counts[owner].place = first if counts[owner].place < 0 else min(counts[owner].place, first)
    for owner, found in sites.counts("index").items():
        if owner < len(counts):
            counts[owner].indexes += found.inside
    for owner, found in sites.counts("loop").items():
        if owner < len(counts):
            counts[owner].loops += found.total
    for name, rows in sites.named("call").items():
        if name in CHEAP or f"{name.rpartition('.')[0]}.*" in CHEAP:
            continue
        for row in rows:
            if row.state & DEPTH_MASK and row.owner < len(counts):
                counts[row.owner].calls += 1
    return counts


def _function(
    head: Head, count: _Counts, traits: set[str], sites: SiteTable, counter: TokenCounter, data: bytes
) -> Function:
    kernel = count.is_kernel()
    if kernel:
        traits.add("kernel")
    if not head.body:
        traits.add("bodyless")
        sites.add("bodyless", head.name, head.start, head.end)
    if head.name[:1].isupper():
        traits.add("exported")
    if head.parses:
        traits.add("parser")
    if head.name == "init" and not head.receiver:
        traits.add("init")
    tokens = counter.between(head.start, head.end)
    place = count.place if kernel else -1
    types = _types(data, head) if "exported" in traits else ()
    return Function(head.full, head.start, head.end, tokens, frozenset(traits), place, types)


def _types(data: bytes, head: Head) -> tuple[str, ...]:
    """Return the types in a signature that are more than numbers, text, errors and slices of them."""
    start, end = head.signature
    text = data[start : min(end, start + LONGEST_SIGNATURE)].decode("utf-8", "replace")
    return tuple(sorted({name for name in _TYPE_NAME.findall(text) if name not in PLAIN_TYPES}))[:20]


def _parameter_traits(name: str) -> set[str]:
    if name == "context.Context":
        return {"context"}
    return {"handler"} if HANDLER_PARAMETERS.match(name) else set()


def exported(heads: Iterable[Head], types: Iterable[str]) -> set[str]:
    """Return the exported top-level functions and types of a file."""
    functions = {head.name for head in heads if head.name[:1].isupper() and not head.receiver}
    return functions | {name for name in types if name[:1].isupper()}
