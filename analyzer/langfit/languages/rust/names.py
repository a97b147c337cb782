"""Names of one Rust file resolved through its `use` declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

LONGEST = 200  # bytes: longer paths and types are cut
MOST_LEAVES = 5_000  # of the use trees of one file
DEEPEST = 64  # levels of nested use trees

# Names that every file knows without a `use`.
PRELUDE = {
    "Box": "std::boxed::Box",
    "Vec": "std::vec::Vec",
    "String": "std::string::String",
    "Option": "Option",
    "Result": "Result",
    "Drop": "Drop",
}
_SEGMENT = re.compile(r"(?:r#)?([A-Za-z_]\w*)")
_HEAD = re.compile(r"^(?:::)?\s*(?:r#)?([A-Za-z_]\w*)((?:\s*::\s*(?:r#)?[A-Za-z_]\w*)*)")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LIFETIME = re.compile(r"^'\w+\s+")


def plain(text: str) -> str:
    """Return an identifier without the `r#` that lets a keyword be one."""
    return text.removeprefix("r#")


def use_paths(node: Node) -> Iterator[tuple[str, str, int]]:
    """Yield (name in the file, full path, first byte) of each leaf of a use tree; the name of a glob is "*".

    The leaves are those of the syntax tree, so comments inside the tree are none. Deeper than DEEPEST it ends early.
    """
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ())]
    while waiting:
        at, above = waiting.pop()
        if len(above) > DEEPEST:
            continue
        match at.type:
            case "use_list":
                waiting.extend((child, above) for child in reversed(at.named_children))
            case "scoped_use_list":
                path, inner = at.child_by_field_name("path"), at.child_by_field_name("list")
                if inner is not None:
                    waiting.append((inner, (*above, *_parts(path))))
            case "use_as_clause":
                path, alias = at.child_by_field_name("path"), at.child_by_field_name("alias")
                full = _without_self((*above, *_parts(path)))
                if full and alias is not None:
                    yield plain(_text(alias)), "::".join(full), at.start_byte
            case "use_wildcard":
                full = (*above, *(part for child in at.named_children for part in _parts(child)))
                if full:
                    yield "*", "::".join(full), at.start_byte
            case "identifier" | "scoped_identifier" | "self" | "crate" | "super" | "metavariable":
                full = _without_self((*above, *_parts(at)))
                if full:
                    yield full[-1], "::".join(full), at.start_byte


def _parts(node: Node | None) -> tuple[str, ...]:
    """Return the segments of a path."""
    parts: list[str] = []
    while node is not None and len(parts) <= DEEPEST:
        if node.type != "scoped_identifier":
            parts.append(plain(_text(node)))
            break
        name = node.child_by_field_name("name")
        if name is not None:
            parts.append(plain(_text(name)))
        node = node.child_by_field_name("path")
    return tuple(reversed(parts))


def _without_self(parts: tuple[str, ...]) -> tuple[str, ...]:
    return parts[:-1] if len(parts) > 1 and parts[-1] == "self" else parts


def _text(node: Node) -> str:
    return (node.text or b"")[:LONGEST].decode("utf-8", "replace")


class RustNames:
    """What the names of a file stand for."""

    def __init__(self, uses: Iterable[tuple[str, str, int]]) -> None:
        self._known = PRELUDE | {name: path for name, path, _ in uses if name not in ("*", "_")}
        self._memo: dict[bytes, str] = {}

    def path(self, text: bytes) -> str:
        """Return a path with its first segment resolved: after its `use`, `Mutex::new` is `std::sync::Mutex::new`."""
        known = self._memo.get(text)
        if known is None:
            known = self._memo[text] = self._path(_clean(text))
        return known

    def _path(self, text: str) -> str:
        match = _HEAD.match(text)
        if not match:
            return ""
        first = self._known.get(match[1], match[1])
        return "::".join([first, *_SEGMENT.findall(match[2])])[:LONGEST]

    def type(self, text: bytes) -> str:
        """Return a generic type with its first argument, both resolved: `std::sync::Arc<std::sync::Mutex>`."""
        known = self._memo.get(b"<" + text[:LONGEST])
        if known is None:
            head, _, inside = _clean(text).partition("<")
            inner = _LIFETIME.sub("", inside.lstrip("& \t\r\n").strip()).removeprefix("mut ").strip()
            dynamic = "dyn " if inner.startswith("dyn ") else ""
            argument = self._path(inner.removeprefix("dyn ").strip())
            outer = self._path(head.rstrip().removesuffix("::"))
            known = self._memo[b"<" + text[:LONGEST]] = f"{outer}<{dynamic}{argument}>" if argument else outer
        return known


def _clean(text: bytes) -> str:
    """Return a path or type as text without comments, cut."""
    found = text[:LONGEST].decode("utf-8", "replace")
    return _COMMENT.sub(" ", found) if "/" in found else found
