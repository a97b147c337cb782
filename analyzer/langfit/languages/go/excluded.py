"""Go nodes that look like arithmetic, indexing or raw bytes and are something else, told apart by the text around them.

There are no types here, so each of these is a look at the names and literals of the same file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container

from tree_sitter import Node

from langfit.parsing.parser import Captures

NEAR = 80  # bytes around an operator in which its operands begin and end
BEFORE = 48  # bytes before a type in which the name that is declared with it ends
LONG = 400  # bytes of an expression that are looked at for a string literal
MOST_MAP_TYPES = 100  # named map types of one file that are looked for; a file with more is made to hurt
FLAG_SIGNS = (b"|", b"&", b"&^")
NO_NAMES = frozenset((b"return", b"range", b"make", b"append", b"type", b"func", b"var", b"chan"))
MOST_STEPS = 12  # levels of an expression

_CONSTANT_BEFORE = re.compile(rb"(\w+)\.[A-Z]\w*\s*$")
_CONSTANT_AFTER = re.compile(rb"\s*(\w+)\.[A-Z]\w*")
_TESTED = re.compile(rb"\s*[A-Za-z_][\w.]*\s*[!=]=")
_NUMBER_BEFORE = re.compile(rb"(?<![\w.])(?:\d[\w.]*|'(?:\\.|[^'\\])')\s*\)*\s*$")
_NUMBER_AFTER = re.compile(rb"\s*\(*\s*(?:\d|')")
_MAP = re.compile(rb"\bmap\[")
_BYTES = re.compile(rb"\[\]byte\b")
# What stands before a type: a list of names, then perhaps `=`, `:=`, `make(` or `append(`.
_DECLARED = re.compile(rb"(type\s+)?\b(\w+(?:\s*,\s*\w+)*)\s*(?::?=\s*(?:make\(|append\()?\s*|\s)$")
_ERROR = re.compile(rb"(?i)err|diag|warn|fatal|panic")
_INSIDE = frozenset(
    ("argument_list", "call_expression", "composite_literal", "literal_value", "keyed_element", "literal_element")
    + ("unary_expression", "parenthesized_expression")
)
_OPERAND = re.compile(rb"(\w+)$")
_ERROR_SWITCH = re.compile(rb"switch\b[^{\n]*?err\w*\s*\.\s*\(type\)", re.IGNORECASE)
_VALUE_CASE = re.compile(
    rb"\bcase\s+(?:nil\s*,\s*)?"
    rb"(?:\*?(?:u?int(?:8|16|32|64)?|float(?:32|64)|string|bool|byte|rune|any)\b|\[\]|map\[)"
)


def drop_excluded(data: bytes, found: Captures, packages: Container[bytes], constant: list[tuple[int, int]]) -> None:
    """Leave out of `found` what only looks like arithmetic.

    That is `+` that joins text, `|` between flags of a package, look-ups in maps, and what the compiler computes
    (`1 << 22`, constant declarations).

    `packages` are the names under which the file uses its imports; `constant` are the bytes, in order, of what is no
    work at run time or is work for people.
    """
    for kind, sign in (("operator", b"+"), ("bit-operator", b""), ("compound-assignment", b"+=")):
        nodes = found.get(kind)
        if nodes:
            kept = [n for n in nodes if not _inside(n.start_byte, constant) and not _constant(data, n)]
            found[kind] = [n for n in kept if not (sign and _joins_text(data, n, sign))]
    if found.get("bit-operator"):
        found["bit-operator"] = [n for n in found["bit-operator"] if not _joins_flags(data, n, packages)]
    if found.get("index"):
        maps = _map_names(data) if b"map[" in data else set()
        found["index"] = [
            n for n in found["index"] if not _inside(n.start_byte, constant) and not _looks_up(data, n, maps)
        ]


def _inside(byte: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect_right(spans, byte, key=lambda span: span[0]) - 1
    return at >= 0 and byte < spans[at][1]


def _constant(data: bytes, node: Node) -> bool:
    """Tell whether both operands are literals."""
    after = _NUMBER_AFTER.match(data, node.end_byte, node.end_byte + NEAR)
    return (
        after is not None and _NUMBER_BEFORE.search(data, max(0, node.start_byte - NEAR), node.start_byte) is not None
    )


def _joins_text(data: bytes, node: Node, sign: bytes) -> bool:
    """Tell whether an operator is the given sign beside a string literal. Variables alone cannot be told."""
    start, end = node.start_byte, node.end_byte
    if data[start:end] != sign:
        return False
    if data[max(0, start - NEAR) : start].rstrip().endswith((b'"', b"`")):
        return True
    if data[end : start + NEAR].lstrip().startswith((b'"', b"`")):
        return True
    parent = node.parent
    return parent is not None and b'"' in data[parent.start_byte : min(parent.end_byte, parent.start_byte + LONG)]


def _joins_flags(data: bytes, node: Node, packages: Container[bytes]) -> bool:
    """Tell whether a bit operator handles flags.

    It does beside an exported name of an imported package (`os.O_RDWR|os.O_CREATE`), or as the test of a flag by its
    name (`mode&readOnly != 0`).
    """
    start, end = node.start_byte, node.end_byte
    sign = data[start:end]
    if sign not in FLAG_SIGNS:
        return False
    if sign == b"&" and _TESTED.match(data, end, end + NEAR):
        return True
    before = _CONSTANT_BEFORE.search(data, max(0, start - NEAR), start)
    if before and before[1] in packages:
        return True
    after = _CONSTANT_AFTER.match(data, end, end + NEAR)
    return after is not None and after[1] in packages


def _declared(data: bytes, kind: re.Pattern[bytes]) -> tuple[set[bytes], set[bytes]]:
    """Return the names that the file declares with a type, and the names of types that it defines as that type.

    Each place of the type is looked for first and then what stands before it, which is much faster than one pattern.
    """
    names: set[bytes] = set()
    types: set[bytes] = set()
    for match in kind.finditer(data):
        start = match.start()
        before = _DECLARED.search(data[max(0, start - BEFORE) : start])
        if before:
            into = types if before[1] else names
            into.update(name.strip() for name in before[2].split(b","))
    return names - NO_NAMES, types


def _map_names(data: bytes) -> set[bytes]:
    """Return the names of variables, parameters and fields that this file declares as maps."""
    names, types = _declared(data, _MAP)
    if types:
        kinds = b"|".join(re.escape(kind) for kind in sorted(types)[:MOST_MAP_TYPES])
        names |= _declared(data, re.compile(rb"\*?\b(?:" + kinds + rb")\b"))[0]
    return names


def _looks_up(data: bytes, node: Node, maps: set[bytes]) -> bool:
    """Tell whether an index expression looks up a key: its operand is a known map, or its index is a string literal."""
    operand = node.child_by_field_name("operand")
    if operand is None:
        return False
    end = operand.end_byte
    if data[end : end + 2] in (b'["', b"[`"):
        return True
    last = _OPERAND.search(data, max(operand.start_byte, end - NEAR), end)
    return last is not None and last[1] in maps


def byte_names(data: bytes) -> set[bytes]:
    """Return the names of variables, parameters and fields that this file declares as byte slices."""
    return _declared(data, _BYTES)[0]


def slice_name(data: bytes, node: Node, names: set[bytes]) -> str:
    """Return `bytes` for a slice expression over one of `names`, "" otherwise."""
    operand = node.child_by_field_name("operand")
    if operand is None:
        return ""
    end = operand.end_byte
    last = _OPERAND.search(data, max(operand.start_byte, end - NEAR), end)
    return "bytes" if last is not None and last[1] in names else ""


def holds_bytes(data: bytes, start: int, end: int) -> bool:
    """Tell whether a slice type names what a parameter, result, field or variable holds: no conversion or literal."""
    return data[end : end + 1] not in (b"(", b"{") and data[max(0, start - 4) : start] != b"_ []"


def speaks_of_errors(data: bytes, node: Node) -> bool:
    """Tell whether a call stands inside a call or literal that names an error before it: the text of a diagnostic."""
    outer, steps = node.parent, 0
    if outer is None:
        return False
    at = outer.parent
    while at is not None and steps < MOST_STEPS and at.type in _INSIDE:
        outer, at, steps = at, at.parent, steps + 1
    return _ERROR.search(data, max(outer.start_byte, node.start_byte - LONG), node.start_byte) is not None


def switch_name(data: bytes, node: Node) -> str:
    """Return `values` for a type switch over errors or decoded values (string, int, []any ...), else `variants`."""
    whole = node.parent
    text = data[whole.start_byte : whole.end_byte] if whole is not None else b""
    return "values" if _VALUE_CASE.search(text) or _ERROR_SWITCH.match(text) else "variants"
