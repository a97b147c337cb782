"""The suppressions that comments of a file ask for, and the lines of code that each of them covers."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from langfit.language import Language
from langfit.model.summary import Suppression
from langfit.parsing.comments import Order, orders_in
from langfit.parsing.lines import Positions

MOST = 1_000  # comments of one file that are looked at; a file with more is made to hurt
BODY_DEPTH = 3  # levels below a statement at which its body is looked for: `let x = match y {`
SEQUENCES = frozenset(("statement_list",))  # nodes that begin where their first statement does
BLANK = b" \t\r\n\f\v"

Spans = list[tuple[int, int]]


def suppressions_of(
    data: bytes, root: Node, comments: Spans, spoken: Language, positions: Positions
) -> Iterator[Suppression]:
    """Yield a suppression for each rule that a comment names; one with an empty rule for a comment not understood."""
    following: dict[int, int] = {}
    for number, order in enumerate(orders_in(comments, data)):
        if number == MOST:
            return
        following = following or _code_after(data, comments)
        first, last = (0, 0) if order.whole_file else _covered(data, root, order, following, spoken, positions)
        line = positions.line(order.start)
        for rule in order.rules or ("",):
            yield Suppression(line, rule, order.reason, first, last, order.whole_file)


def _code_after(data: bytes, comments: Spans) -> dict[int, int]:
    """Return, by the end of each comment, the first byte of code after it: the same one for a group of comments."""
    found: dict[int, int] = {}
    starts = dict(comments)
    for _, end in sorted(comments, reverse=True):
        at = end
        while at < len(data) and data[at] in BLANK:
            at += 1
        found[end] = found.get(starts[at], at) if at in starts else at
    return found


def _covered(
    data: bytes, root: Node, order: Order, following: dict[int, int], spoken: Language, positions: Positions
) -> tuple[int, int]:
    """Return the lines that a comment covers: the statement before it on its own line, else the one after its group.

    A simple statement is covered whole, one with a body up to where its body begins. (0, 0) where no code follows.
    """
    line = positions.line(order.start)
    start_of_line = positions.start_of(line)
    before = data[start_of_line : order.start]
    trails = bool(before.strip(BLANK)) and not before.strip(BLANK).startswith((b"/*", b"*"))
    start = start_of_line + len(before) - len(before.lstrip(BLANK)) if trails else following[order.end]
    if start >= len(data):
        return 0, 0
    node = root.descendant_for_byte_range(start, start + 1)
    while node is not None and node.parent is not None and node.parent.start_byte == start and node.parent != root:
        if node.parent.type in SEQUENCES:
            break
        node = node.parent
    if node is None:
        return 0, 0
    body = _body_of(node, spoken.extract.BODIES, BODY_DEPTH)
    end = body if body >= 0 else max(node.start_byte, node.end_byte - 1)
    first, last = positions.line(start), positions.line(end)
    return first, max(first, last, line if trails else first)


def _body_of(node: Node, bodies: frozenset[str], levels: int) -> int:
    """Return the first byte of the first body inside a statement, -1 for none."""
    for child in node.children:
        if child.type in bodies:
            return child.start_byte
        inside = _body_of(child, bodies, levels - 1) if levels > 1 and child.child_count else -1
        if inside >= 0:
            return inside
    return -1
