"""Syntax errors of a tree: where the first one is, and how much of the code they cover."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

MOST_ERRORS = 10_000  # nodes looked at; beyond, the share is that of those seen


def error_spans(root: Node) -> list[tuple[int, int]]:
    """Return the byte spans of the outermost error nodes and of missing tokens, in the order of the file."""
    return sorted(_errors(root)) if root.has_error else []


def _errors(root: Node) -> Iterator[tuple[int, int]]:
    """Walk down only where an error is said to be."""
    waiting = [root]
    seen = 0
    while waiting and seen < MOST_ERRORS:
        node = waiting.pop()
        seen += 1
        if node.is_error or node.is_missing:
            yield node.start_byte, node.end_byte
        elif node.has_error:
            waiting.extend(child for child in node.children if child.has_error or child.is_error or child.is_missing)


def share_of(spans: list[tuple[int, int]], code: bytes) -> float:
    """Return the share of the bytes of `code`, blanks left out, that stand inside the spans, 0..1."""
    total = len(b"".join(code.split()))
    inside = at = 0
    for start, end in spans:
        inside += len(b"".join(code[max(start, at) : end].split()))
        at = max(at, end)
    return inside / total if total else 0.0
