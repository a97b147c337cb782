"""Functions of a Go file: what they are by head and parameters, and what is counted inside their loops."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from langfit.languages.names import GoNames
from langfit.languages.regions import Regions, Sites
from langfit.model import Function

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
# Names of the parts of a scanner or parser; a bare Parse or Scan is in every program.
PARSER = re.compile(
    r"(?i:parse|scan|lex)[A-Z_0-9]|(?i:tokenize|peek|unread|backup)([A-Z_0-9]|$)|(?i:next|read|expect|consume|accept)_?"
    r"(?i:token|rune|char|byte|ident|identifier|number|digits?|operator|keyword)"
    r"|(?i:skip)_?(?i:space|white|comment|blank|line)"
)
# What every program parses: names with these say nothing about a parser.
EVERYDAY = re.compile(
    r"(?i:parse|scan)_?(?i:flag|config|arg|option|env|time|date|duration|ur[li]|addr|ip|port|query|form|template|version"
    r"|request|response|header|cert|key|param|id|uuid|int|bool|float|size|level|log|row|json|yaml|toml|command|cmd|path"
    r")s?([A-Z_0-9]|$)"
)
# What working by hand looks like: single characters, and steps of the same scanner or parser.
BY_HAND = re.compile(
    rb"'(?:\\.|[^'\\\n])'|\.(?:parse|scan|peek|next|backup|accept|expect|consume|unread|lex|skip|read)(?:[A-Z]\w*)?\("
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
    parses: bool = False  # named like a part of a scanner or parser, and working by hand


class Placed(NamedTuple):
    """A file's functions with what places things in them."""

    heads: list[Head]
    regions: Regions
    sites: Sites
    starts: list[int]


def head_of(node: Any) -> Head:
    """The head of a function or method."""
    name = node.child_by_field_name("name")
    receiver = node.child_by_field_name("receiver")
    text = receiver.text.decode(errors="replace") if receiver is not None else ""
    kind = re.findall(r"\w+", re.sub(r"\[.*", "", text))
    called = name.text.decode(errors="replace") if name is not None else ""
    parses = PARSER.match(called) is not None and not EVERYDAY.match(called) and BY_HAND.search(node.text) is not None
    body = node.child_by_field_name("body") is not None
    return Head(called, kind[-1] if kind else "", node.start_byte, node.end_byte, body, parses)


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


def functions_of(data: bytes, found: Captured, names: GoNames, placed: Placed) -> tuple[Function, ...]:
    """The functions of a file, with what is counted inside them."""
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
    if head.parses:
        traits.add("parser")
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
