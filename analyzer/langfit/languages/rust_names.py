"""Names of one Rust file resolved through its `use` declarations."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 200  # bytes: longer paths and types are cut

_SEGMENT = re.compile(r"[A-Za-z_]\w*")
_HEAD = re.compile(r"^(?:::)?\s*([A-Za-z_]\w*)((?:\s*::\s*[A-Za-z_]\w*)*)")
_TOKEN = re.compile(r"[A-Za-z_]\w*|::|[{},*]")
# Names that every file knows without a `use`.
PRELUDE = {
    "Box": "std::boxed::Box",
    "Vec": "std::vec::Vec",
    "String": "std::string::String",
    "Option": "Option",
    "Result": "Result",
    "Drop": "Drop",
}
DEEPEST = 64  # levels of nested use trees


def use_paths(text: str) -> Iterator[tuple[str, str]]:
    """(name, full path) of each leaf of a use tree; the name of a glob is "*". Malformed trees end early.

    >>> list(use_paths("std::sync::{Arc as A, Mutex}"))
    [('A', 'std::sync::Arc'), ('Mutex', 'std::sync::Mutex')]
    """
    prefixes: list[list[str]] = [[]]
    path: list[str] = []
    alias, aliased = "", False

    def leaf() -> Iterator[tuple[str, str]]:
        if path:
            full = [*prefixes[-1], *path]
            if full[-1] == "self":
                full.pop()
            if full:
                yield (alias or full[-1]), "::".join(full)

    for token in _TOKEN.findall(text):
        if token == "{":
            if len(prefixes) > DEEPEST:
                return
            prefixes.append([*prefixes[-1], *path])
            path = []
        elif token in (",", "}"):
            yield from leaf()
            path, alias, aliased = [], "", False
            if token == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif token == "as":
            aliased = True
        elif token != "::":
            if aliased:
                alias, aliased = token, False
            else:
                path.append(token)
    yield from leaf()


class RustNames:
    """What the names of a file stand for."""

    def __init__(self, uses: list[tuple[str, str]]) -> None:
        self._known = PRELUDE | {name: path for name, path in uses if name not in ("*", "_")}
        self._memo: dict[bytes, str] = {}

    def path(self, text: bytes) -> str:
        """A path with its first segment resolved: `Mutex::new` is `std::sync::Mutex::new` after a fitting `use`."""
        known = self._memo.get(text)
        if known is None:
            known = self._memo[text] = self._path(text[:LONGEST].decode(errors="replace"))
        return known

    def _path(self, text: str) -> str:
        match = _HEAD.match(text)
        if not match:
            return ""
        first = self._known.get(match[1], match[1])
        return "::".join([first, *_SEGMENT.findall(match[2])])

    def type(self, text: bytes) -> str:
        """A generic type with its first argument, both resolved: `std::sync::Arc<std::sync::Mutex>`."""
        known = self._memo.get(b"<" + text)
        if known is None:
            head, _, inside = text[:LONGEST].decode(errors="replace").partition("<")
            inner = inside.lstrip("&").strip()
            inner = re.sub(r"^'\w+\s+", "", inner).removeprefix("mut ").strip()
            dynamic = "dyn " if inner.startswith("dyn ") else ""
            argument = self._path(inner.removeprefix("dyn "))
            outer = self._path(head.rstrip().removesuffix("::"))
            known = self._memo[b"<" + text] = f"{outer}<{dynamic}{argument}>" if argument else outer
        return known
