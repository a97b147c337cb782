"""Functions of a Rust file: what they are by head and attributes, and which of them compute."""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from langfit.languages.rust.attributes import ATTRIBUTE, Attribute
from langfit.languages.rust.kernel import Counts, kernel_traits, kind_of
from langfit.languages.rust.names import plain
from langfit.parsing.facts import Function
from langfit.parsing.lines import TokenCounter
from langfit.parsing.regions import NO_FUNCTION, TEST_FLAG
from langfit.parsing.sites import SiteTable

ROUTES = frozenset(
    ("get", "post", "put", "delete", "patch", "options", "route", "debug_handler", "handler", "endpoint")
)
_EXTRACTOR = re.compile(r"\b(axum::extract|actix_web::web|rocket::)|\b(Json|Path|Query|State|HttpRequest)\s*[<(]")
_WORD = re.compile(r"[\w\"]+")


class Head(NamedTuple):
    """What is said before the body of a function."""

    node: Node
    name: str
    words: frozenset[str]  # its modifiers: async, const, unsafe, extern, and the name of an ABI
    public: bool


def head_of(node: Node) -> Head:
    """Return the head of a function."""
    name = node.child_by_field_name("name")
    words: set[str] = set()
    public = False
    for child in node.children[:6]:
        if child.type == "function_modifiers":
            words |= set(_WORD.findall((child.text or b"")[:200].decode("utf-8", "replace")))
        elif child.type == "visibility_modifier":
            public = (child.text or b"").startswith(b"pub")
    return Head(
        node, plain((name.text or b"")[:200].decode("utf-8", "replace")) if name else "", frozenset(words), public
    )


def functions_of(
    heads: list[Head], attributes: dict[int, list[Attribute]], sites: SiteTable, counter: TokenCounter
) -> list[Function]:
    """Return the functions of a file, tests left out. `attributes` are those of each item, by its first byte."""
    counts = _counted(heads, sites)
    out = []
    for head, count in zip(heads, counts, strict=True):
        own = attributes.get(head.node.start_byte, [])
        tokens = counter.between(head.node.start_byte, head.node.end_byte)
        targeted = any("target_feature" in attribute.text for attribute in own)
        traits = _traits(head, own) | kernel_traits(count, tokens, targeted=targeted)
        name = f"{_owner(head.node)}{head.name}"
        out.append(
            Function(
                name, head.node.start_byte, head.node.end_byte, tokens, frozenset(traits),
                count.place if "kernel" in traits else -1,
            )
        )  # fmt: skip
    return out


def _owner(node: Node) -> str:
    """Return the type or trait whose method a function is, with a dot, "" for a plain function."""
    block = node.parent
    item = block.parent if block is not None and block.type == "declaration_list" else None
    if item is None or item.type not in ("impl_item", "trait_item"):
        return ""
    kind = item.child_by_field_name("type" if item.type == "impl_item" else "name")
    text = (kind.text or b"")[:200].decode("utf-8", "replace") if kind is not None else ""
    words = re.findall(r"\w+", text.partition("<")[0])
    return f"{words[-1]}." if words else ""


def _counted(heads: list[Head], sites: SiteTable) -> list[Counts]:
    counts = [Counts() for _ in heads]
    for kind in ("operator", "bit-operator", "compound-assignment"):
        for owner, found in sites.counts(kind).items():
            if owner != NO_FUNCTION:
                counts[owner].operators += found.total
                first = found.first.start if found.first is not None else -1
                known = counts[owner].place
                counts[owner].place = first if known < 0 else min(known, first)
    for owner, found in sites.counts("index").items():
        if owner != NO_FUNCTION:
            counts[owner].indexes += found.total
    for name, rows in sites.named("call").items():
        kind = kind_of(name)
        if kind == "cheap":
            continue
        for row in rows:
            if row.owner == NO_FUNCTION or row.state >= TEST_FLAG:
                continue
            count = counts[row.owner]
            if kind == "call":
                count.calls += 1
            elif kind == "simd":
                count.simd += 1
            else:
                count.intrinsics += 1
            if kind != "call" and count.place < 0:
                count.place = row.start
    return counts


def _traits(head: Head, attributes: list[Attribute]) -> set[str]:
    traits: set[str] = {"async", "unsafe", "const"} & {*head.words}
    if "extern" in head.words and (
        {'"C"', '"C-unwind"', '"system"'} & head.words or not any('"' in w for w in head.words)
    ):
        traits.add("extern-c")
    if head.public:
        traits.add("exported")
    if head.name.startswith("poll_"):
        traits.add("poll")
    if any(attribute.name == "inline" for attribute in attributes):
        traits.add("inline")
    if head.node.child_by_field_name("type_parameters") is not None:
        traits.add("generic")
    parameters = head.node.child_by_field_name("parameters")
    routed = any(m and m[1].rsplit("::", 1)[-1] in ROUTES for m in (ATTRIBUTE.match(a.text) for a in attributes))
    text = (parameters.text or b"")[:1_000].decode("utf-8", "replace") if parameters is not None else ""
    if routed or ("async" in traits and _EXTRACTOR.search(text)):
        traits.add("handler")
    return traits
