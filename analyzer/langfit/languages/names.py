"""Names resolved through the imports of a file: the one piece of semantics that langfit has.

A name that a local variable shadows is taken for the import; nothing else is known about types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from langfit.languages.go_lookalikes import speaks_of_errors

LONGEST = 120  # bytes: longer texts before the last dot are chains of calls, never a package

_QUALIFIED = re.compile(rb"^(\w+)\s*\.\s*(\w+)(?:\[.*\])?$", re.DOTALL)
_LAST = re.compile(rb"(?:\.\s*)?([^\W\d]\w*)(?:\[[^\[\]]*\])?$", re.DOTALL)
# An argument that says what went wrong; a value alone may pass a panic on or end the program.
_TEXT = re.compile(rb'\(\s*(?:["`]|fmt\s*\.\s*(?:Sprint|Errorf)|errors\s*\.\s*(?:New|Errorf))')
# One plain name as the only value: it may be an interface already, and then nothing is boxed.
_PLAIN = re.compile(rb'\(\s*[\w.&]+\s*,(?:\s*"(?:[^"\\]|\\.)*"\s*,)?\s*\w+\s*\)')
_WORD = re.compile(rb"^\w+$")
_IN_TYPE = re.compile(rb"(?<![\w.])(\w+)\.(\w+)")
_VERSION = re.compile(r"^v\d+$")
_GOPKG = re.compile(r"\.v\d+$")


def package_name(path: str) -> str:
    """The name under which Go code uses an import path without an alias, by convention.

    `github.com/x/y/v2` is y, `gopkg.in/yaml.v3` is yaml, `github.com/x/go-y` and `x/y-go` are y.
    """
    parts = path.rstrip("/").split("/")
    last = parts[-1]
    if _VERSION.match(last) and len(parts) > 1:
        last = parts[-2]
    last = _GOPKG.sub("", last)
    last = last.removeprefix("go-").removesuffix("-go").removesuffix(".go")
    return last.rsplit("-", 1)[-1] if "-" in last else last.replace(".", "_")


class GoNames:
    """The imports of one Go file and the names they give."""

    ANNOTATED: ClassVar[frozenset[str]] = frozenset(
        ("golang.org/x/sys/unix.Mmap", "syscall.Mmap", "runtime/debug.SetGCPercent", "make", "panic")
        + ("fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln")
    )

    def __init__(self, specs: list[tuple[str, str]]) -> None:
        self.specs = specs  # (path, alias or "") in order
        self.paths = [path for path, _ in specs]
        self.packages: dict[bytes, str] = {}
        for path, alias in specs:
            if alias not in (".", "_"):
                self.packages[(alias or package_name(path)).encode()] = path
        self._known: dict[bytes, str] = {}

    @classmethod
    def of(cls, data: bytes, nodes: Iterable[Any]) -> GoNames:
        """Read the import specs of a file."""
        specs = []
        for node in nodes:
            text = data[node.start_byte : node.end_byte].decode(errors="replace")
            alias, _, quoted = text.rpartition(" ") if not text.startswith(('"', "`")) else ("", "", text)
            path = quoted.strip().strip('"`') if quoted else text.strip('"`')
            specs.append((path, alias.strip()))
        return cls(specs)

    def call(self, data: bytes, start: int, end: int) -> str:
        """The resolved name of the function of a call: `path.Name`, `.Name` on a value, or a plain name."""
        text = data[start:end] if end - start <= LONGEST else b"(" + data[end - LONGEST // 2 : end]
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._call(text)
        return known

    def _call(self, text: bytes) -> str:
        if _WORD.match(text):
            return text.decode(errors="replace")
        match = _QUALIFIED.match(text)
        if match:
            path = self.packages.get(match[1])
            return f"{path}.{match[2].decode()}" if path is not None else f".{match[2].decode(errors='replace')}"
        last = _LAST.search(text)
        if last is None:
            return ""
        return f".{last[1].decode(errors='replace')}" if b"." in text else last[1].decode(errors="replace")

    def annotated(self, name: str, data: bytes, start: int, node: Any) -> str:
        """`name` with a note where the arguments of the call decide what it means."""
        after = data[node.end_byte : node.parent.end_byte]
        if name == "panic":
            return "panic(text)" if _TEXT.match(after) else name
        if name.endswith("Mmap"):
            return f"{name}(anonymous)" if b"MAP_ANON" in after else name
        if name.endswith("SetGCPercent"):
            return f"{name}(off)" if re.match(rb"\(\s*-\s*1\b", after) else name
        if name.startswith("fmt.S"):
            return f"{name}(error)" if speaks_of_errors(data, node) else name
        if name.startswith("fmt."):
            if re.match(rb"\(\s*os\s*\.\s*Std(out|err)\b", after):
                return f"{name}(terminal)"
            return f"{name}(plain)" if _PLAIN.match(after) else name
        before = data[data.rfind(b"\n", 0, start) + 1 : start]
        if b"ballast" in before.lower():
            return "make(ballast)"
        return "make(huge)" if re.search(rb"\[\]byte\s*,\s*\d+\s*<<\s*([23]\d)\b", after) else name

    def type(self, data: bytes, start: int, end: int) -> str:
        """A type's text with packages replaced by their paths and blanks removed."""
        text = data[start:end]
        known = self._known.get(b"\0" + text)
        if known is None:
            known = _IN_TYPE.sub(self._path_of, b"".join(text.split())).decode(errors="replace")[:200]
            self._known[b"\0" + text] = known
        return known

    def _path_of(self, match: re.Match[bytes]) -> bytes:
        path = self.packages.get(match[1])
        return match[0] if path is None else path.encode() + b"." + match[2]

    def cheap(self, data: bytes, start: int, end: int, names: frozenset[str]) -> bool:
        """Whether a call belongs to `names`; `path.*` there stands for all of a package."""
        name = self.call(data, start, end)
        return name in names or f"{name.rpartition('.')[0]}.*" in names
