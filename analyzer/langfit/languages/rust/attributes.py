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
_FOR_TESTS = re.compile(r"test|mock|fake|fuzz|bench|quickcheck|arbitrary|fail|debug|internal|stub|dummy|unstable|dev\b")
_ORDINARY = frozenset(("", "unix", "windows", "panic", "true"))  # what builds set without being told to
MOST_TOKENS = 200  # of a predicate


Items = dict[int, Node]  # first byte of an attribute -> its item


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

    `any(test, ...)` counts as well where what else switches the item on is for tests, too: a feature for the tests of
    others, or a flag that no ordinary build sets. `any(test, feature = "std")` is code.
    """
    if _TEST.match(attribute.name):
        return True
    if _CFG.match(attribute.text) is None:
        return False
    tokens = _CFG_TOKEN.findall(attribute.text)[1:MOST_TOKENS]
    return _wants_test(tokens) and not _holds(_Tokens(tokens[1:]))


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


class _Tokens:
    """The tokens of a cfg predicate, taken one by one; "" once there are no more."""

    def __init__(self, tokens: list[str]) -> None:
        self._rest = tokens[::-1]

    def next(self) -> str:
        return self._rest[-1] if self._rest else ""

    def take(self) -> str:
        return self._rest.pop() if self._rest else ""


def _holds(tokens: _Tokens, *, negated: bool = False) -> bool:
    """Tell whether an ordinary build may meet a cfg predicate, or for `negated` its opposite."""
    name = tokens.take()
    if tokens.next() == "(":
        tokens.take()
        parts = []
        while tokens.next() not in (")", ""):
            parts.append(_holds(tokens, negated=negated != (name == "not")))
            if tokens.next() == ",":
                tokens.take()
        tokens.take()
        return any(parts) if (name == "any") != negated else all(parts)
    value = ""
    if tokens.next() == "=":
        tokens.take()
        value = tokens.take()
    if negated:
        return True
    if name == "feature":
        return _FOR_TESTS.search(value) is None
    return name in _ORDINARY or name.startswith("target_")


def test_spans(data: bytes, attributes: list[Attribute], items: Items) -> list[tuple[int, int]]:
    """Return the bytes of the items that are tests, outermost first; an inner attribute takes all that is around it."""
    spans = []
    for attribute in attributes:
        if not asks_for_test(attribute):
            continue
        start = attribute.node.start_byte
        if attribute.inner:
            around = attribute.node.parent
            if around is None or around.type == "source_file":
                return [(0, len(data))]
            spans.append((around.start_byte, around.end_byte))
        elif start in items:
            spans.append((start, items[start].end_byte))
    return outermost(spans)


def items_of(attributes: list[Attribute]) -> Items:
    """Return the item that each outer attribute belongs to: the next sibling that is neither attribute nor comment."""
    around = [attribute.node.parent for attribute in attributes if not attribute.inner]
    parents = {node.id: node for node in around if node is not None}
    found: Items = {}
    # All siblings in one pass: asking each node for its next one looks through the siblings before it again.
    for parent in parents.values():
        below: Node | None = None
        for child in reversed(parent.named_children):
            if child.type == "attribute_item":
                if below is not None:
                    found[child.start_byte] = below
            elif child.type not in ("line_comment", "block_comment"):
                below = child
    return found


def outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that no other one holds, in order."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def by_item(attributes: list[Attribute], items: Items) -> dict[int, list[Attribute]]:
    """Return the attributes of each item by the first byte of the item."""
    found: dict[int, list[Attribute]] = {}
    for attribute in reversed(attributes):
        item = None if attribute.inner else items.get(attribute.node.start_byte)
        if item is not None:
            found.setdefault(item.start_byte, []).append(attribute)
    return found
