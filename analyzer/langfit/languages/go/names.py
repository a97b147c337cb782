"""Names resolved through the imports of a Go file: the one piece of semantics that langfit has.

A name that a local variable shadows is taken for the import; nothing else is known about types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from tree_sitter import Node

from langfit.languages.go.excluded import speaks_of_errors

LONGEST = 120  # bytes: longer texts before the last dot are chains of calls, never a package
LONGEST_NAME = 200  # characters of a resolved name that are kept

_QUALIFIED = re.compile(rb"^(\w+)\s*\.\s*(\w+)(?:\[.*\])?$", re.DOTALL)
_LAST = re.compile(rb"(?:\.\s*)?([^\W\d]\w*)(?:\[[^\[\]]*\])?$", re.DOTALL)
# An argument that says what went wrong; a value alone may pass a panic on or end the program.
_TEXT = re.compile(rb'\(\s*(?:["`]|fmt\s*\.\s*(?:Sprint|Errorf)|errors\s*\.\s*(?:New|Errorf))')
# One plain name as the only value: it may be an interface already, and then nothing is boxed.
_PLAIN = re.compile(rb'\(\s*[\w.&]+\s*,(?:\s*"(?:[^"\\]|\\.)*"\s*,)?\s*\w+\s*\)')
_WORD = re.compile(rb"^\w+$")
_IN_TYPE = re.compile(rb"(?<![\w.])(\w+)\.(\w+)")
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_VERSION = re.compile(r"^v\d+$")
_GOPKG = re.compile(r"\.v\d+$")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_MINUS_ONE = re.compile(rb"\(\s*-\s*1\b")
_TERMINAL = re.compile(rb"\(\s*os\s*\.\s*Std(out|err)\b")
_HUGE = re.compile(rb"\[\]byte\s*,\s*\d+\s*<<\s*([23]\d)\b")
_SYSTEM_CALL = re.compile(rb"\b(?:syscall|unix|windows)\s*\.\s*(?:\w*[sS]yscall\w*|Ioctl\w*|Call|SyscallN)\s*\(")


def package_name(path: str) -> str:
    """Return the name under which Go code uses an import path without an alias, as goimports assumes it.

    The last part, a major version passed over, without `go-` before and `-go` behind it, up to the first character
    that is none of an identifier: `github.com/x/y/v2` is y, `gopkg.in/yaml.v3` is yaml, `x/sha256-simd` is sha256.
    (golang.org/x/tools/internal/imports, ImportPathToAssumedName)
    """
    parts = path.rstrip("/").split("/")
    last = parts[-1]
    if _VERSION.match(last) and len(parts) > 1:
        last = parts[-2]
    last = _GOPKG.sub("", last).removeprefix("go-").removesuffix("-go").removesuffix(".go")
    found = _IDENTIFIER.search(last)
    return found[0] if found else last


class GoNames:
    """The imports of one Go file and the names that they give."""

    ANNOTATED: ClassVar[frozenset[str]] = frozenset(
        ("golang.org/x/sys/unix.Mmap", "syscall.Mmap", "runtime/debug.SetGCPercent", "make", "panic", "unsafe.Pointer")
        + ("fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln")
    )

    def __init__(self, specs: list[tuple[str, str, int]]) -> None:
        self.specs = specs  # (path, alias or "", first byte) in order
        self.packages: dict[bytes, str] = {}
        for path, alias, _ in specs:
            if alias not in (".", "_"):
                self.packages[(alias or package_name(path)).encode("utf-8", "replace")] = path
        self.used: dict[str, set[str]] = {}  # path -> names of it that were resolved
        self._known: dict[bytes, str] = {}

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> GoNames:
        """Read the import specs of a file, by the fields of the grammar."""
        specs = []
        for node in nodes:
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("name")
            text = (path.text or b"").decode("utf-8", "replace") if path is not None else ""
            name = (alias.text or b"").decode("utf-8", "replace") if alias is not None else ""
            specs.append((text[1:-1][:LONGEST_NAME], name, node.start_byte))
        return cls(specs)

    def call(self, data: bytes, start: int, end: int) -> str:
        """Return the resolved name of the function of a call: `path.Name`, `.Name` on a value, or a plain name."""
        text = data[start:end] if end - start <= LONGEST else b"(" + data[end - LONGEST // 2 : end]
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._call(_COMMENT.sub(b"", text) if b"/" in text else text)
        return known

    def _call(self, text: bytes) -> str:
        if _WORD.match(text):
            return text.decode("utf-8", "replace")
        match = _QUALIFIED.match(text)
        if match:
            name = match[2].decode("utf-8", "replace")
            path = self.packages.get(match[1])
            if path is None:
                return f".{name}"
            self.used.setdefault(path, set()).add(name)
            return f"{path}.{name}"
        last = _LAST.search(text)
        if last is None:
            return ""
        name = last[1].decode("utf-8", "replace")
        return f".{name}" if b"." in text else name

    def annotated(self, name: str, data: bytes, start: int, node: Node) -> str:
        """Return `name` with a note where the arguments of the call, or what is around it, decide what it means."""
        call = node.parent
        after = data[node.end_byte : call.end_byte] if call is not None else b""
        if name == "panic":
            return "panic(text)" if _TEXT.match(after) else name
        if name == "unsafe.Pointer":
            return f"{name}(system call)" if call is not None and _for_the_system(data, call) else name
        if name.endswith("Mmap"):
            return f"{name}(anonymous)" if b"MAP_ANON" in after else name
        if name.endswith("SetGCPercent"):
            return f"{name}(off)" if _MINUS_ONE.match(after) else name
        if name.startswith("fmt.S"):
            return f"{name}(error)" if speaks_of_errors(data, node) else name
        if name.startswith("fmt."):
            if _TERMINAL.match(after):
                return f"{name}(terminal)"
            return f"{name}(plain)" if _PLAIN.match(after) else name
        before = data[data.rfind(b"\n", 0, start) + 1 : start]
        if b"ballast" in before.lower():
            return "make(ballast)"
        return "make(huge)" if _HUGE.search(after) else name

    def type(self, data: bytes, start: int, end: int) -> str:
        """Return the text of a type with packages replaced by their paths and blanks removed."""
        text = data[start : min(end, start + LONGEST_NAME)]
        known = self._known.get(b"\0" + text)
        if known is None:
            plain = _COMMENT.sub(b"", text) if b"/" in text else text
            known = _IN_TYPE.sub(self._path_of, b"".join(plain.split())).decode("utf-8", "replace")[:LONGEST_NAME]
            self._known[b"\0" + text] = known
        return known

    def _path_of(self, match: re.Match[bytes]) -> bytes:
        path = self.packages.get(match[1])
        if path is None:
            return match[0]
        self.used.setdefault(path, set()).add(match[2].decode("utf-8", "replace"))
        return path.encode("utf-8", "replace") + b"." + match[2]


def _for_the_system(data: bytes, call: Node) -> bool:
    """Tell whether a call is an argument of a system call: `unix.Syscall(n, uintptr(unsafe.Pointer(&x)))`."""
    at, steps = call.parent, 0
    while at is not None and steps < 6 and at.type in ("argument_list", "call_expression"):
        if at.type == "call_expression" and _SYSTEM_CALL.match(data, at.start_byte, at.end_byte):
            return True
        at, steps = at.parent, steps + 1
    return False
