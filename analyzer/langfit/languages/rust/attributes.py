"""Attributes of a Rust file: which items they make tests, and what they say of the item below them."""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from langfit.parsing.parser import Captures

LONGEST = 4_000  # bytes of an attribute that are read

ATTRIBUTE = re.compile(r"^#!?\[\s*(?:unsafe\s*\(\s*)?([\w:#]+)")
PATH = re.compile(r"\bpath\s*=\s*\"([^\"]*)\"")
LINK_NAME = re.compile(r"^#\[\s*link\s*\(.*?\bname\s*=\s*\"([^\"]*)\"", re.DOTALL)
_TEST = re.compile(r"^(?:[\w:]*::)?(?:test|bench|rstest|test_case|quickcheck|wasm_bindgen_test|proptest)$")
_CFG = re.compile(r"^#!?\[\s*cfg\s*\(")
_CFG_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|[A-Za-z_]\w*|[(),=]")


class Attribute(NamedTuple):
    """One attribute: its node, text and name."""

    node: Node
    text: str
    name: str
    inner: bool


def attributes_of(found: Captures) -> list[Attribute]:
    """Return the attributes of a file, those of the file itself last."""
    rows = []
    for capture in ("part.attribute", "part.inner-attribute"):
        for node in found.get(capture, ()):
            text = (node.text or b"")[:LONGEST].decode("utf-8", "replace")
            match = ATTRIBUTE.match(text)
            name = match[1].replace("r#", "") if match else ""
            rows.append(Attribute(node, text, name, capture == "part.inner-attribute"))
    return rows


def asks_for_test(attribute: Attribute) -> bool:
    """Tell whether an item under this attribute is there for tests alone: `#[test]`, `#[cfg(all(unix, test))]`.

    `any(test, ...)` counts as well: what else switches such an item on is a feature for the tests of others.
    """
    if _TEST.match(attribute.name):
        return True
    return _CFG.match(attribute.text) is not None and _wants_test(_CFG_TOKEN.findall(attribute.text)[1:200])


def _wants_test(tokens: list[str]) -> bool:
    """Tell whether `test` occurs in a cfg predicate outside of every `not(...)`."""
    nots: list[bool] = []
    before = ""
    for token in tokens:
        if token == "(":
            nots.append(before == "not")
        elif token == ")" and nots:
            nots.pop()
        elif token == "test" and not any(nots):
            return True
        before = token
    return False


def test_spans(data: bytes, attributes: list[Attribute]) -> list[tuple[int, int]]:
    """Return the bytes of the items that are tests, outermost first; an inner attribute takes the whole file."""
    spans = []
    for attribute in attributes:
        if not asks_for_test(attribute):
            continue
        if attribute.inner and attribute.node.parent is not None and attribute.node.parent.type == "source_file":
            return [(0, len(data))]
        item = item_below(attribute.node)
        if item is not None:
            spans.append((attribute.node.start_byte, item.end_byte))
    return outermost(spans)


def item_below(node: Node) -> Node | None:
    """Return the item that an attribute belongs to: the next sibling that is neither attribute nor comment."""
    item = node.next_named_sibling
    while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
        item = item.next_named_sibling
    return item


def outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that no other one holds, in order."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def by_item(attributes: list[Attribute]) -> dict[int, list[Attribute]]:
    """Return the attributes of each item by the first byte of the item."""
    found: dict[int, list[Attribute]] = {}
    items: dict[int, int] = {}  # end of an attribute -> first byte of its item, so that stacks are walked once
    for attribute in reversed(attributes):
        if attribute.inner:
            continue
        below = attribute.node.next_named_sibling
        while below is not None and below.type in ("line_comment", "block_comment"):
            below = below.next_named_sibling
        if below is None:
            continue
        start = items.get(below.start_byte, below.start_byte)
        items[attribute.node.start_byte] = start
        found.setdefault(start, []).append(attribute)
    return found
