"""Where a Go component would be cut: the files of its kernel, what crosses into them, and whether that is narrow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from posixpath import dirname

from langfit.model import Crossing, Facts, File, Rulebook, Seam
from langfit.verdicts.graph import Call, Graph

KERNEL_SHARE = 0.20  # of the function lines of a file: from here on it is a kernel file
MEMORY_CALLS = 4  # calls that manage memory by hand, from which on a file is one as well
NARROW = 10  # functions on the boundary; beyond, moving the kernel means moving its callers' habits
FEW = 3  # functions that a subprocess or a service could offer as well
HEAD_BYTES = 2_000  # of the source of a function in which its signature ends
TARGET_TRAITS = ("kernel", "bodyless")
MEMORY = re.compile(r"unsafe\.|.*\.Mmap\b|C\.(malloc|calloc|free|realloc)$")
OUTSIDE = ("os", "net", "syscall", "golang.org/x/sys", "os/exec", "plugin")  # imports that WebAssembly has no use for
PLAIN = frozenset(
    (
        "int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune bool string float32 float64"
        " complex64 complex128 error func"
    ).split()
)
_NAMED = re.compile(r"\w\s+[*\[\]\d.]*([A-Za-z_][\w.]*)")  # the type behind the name of a parameter or result
_EXPORTED = re.compile(r"\b(?:\w+\.)?[A-Z]\w*")

Head = Callable[[File, int], str]


def seam_of(files: Iterable[tuple[File, Facts]], head: Head, book: Rulebook) -> tuple[Seam | None, str]:
    """The seam of a component, or None and the reason why it has none, as the end of a sentence.

    `files` are its own code files with their facts; `head` gives the source of a file from a line on.
    """
    rows = list(files)
    graph = Graph(rows)
    kernel = [path for path, facts in graph.files.items() if is_kernel(facts)]
    if not kernel:
        return None, "what speaks against it is no kernel that could be cut out"
    if len(kernel) > book.settings["split-files"] * len(graph.files):
        return None, f"its kernel is spread over {len(kernel)} of its {len(graph.files)} files"
    if not graph.connected(kernel):
        return None, f"the {len(kernel)} files of its kernel do not hang together"
    inside = set(kernel)
    calls = [call for call in graph.calls if call.target in inside and call.source not in inside]
    names = sorted({(call.target, call.function) for call in calls})
    if len(names) > NARROW:
        return None, f"{len(names)} functions lie on the boundary of its kernel"
    called_back = [name for path, name in names if "callback" in graph.functions(path)[name].traits]
    if called_back:
        return None, f"{', '.join(called_back)} would call back across the boundary of its kernel"
    by_path = {file.path: file for file, _ in rows}
    types = sorted(set().union(*(_types(by_path[path], graph, name, head) for path, name in names)))
    seam = Seam(
        files=tuple(kernel),
        lines=sum(graph.files[path].lines for path in kernel),
        functions=tuple(sorted({name for _, name in names})),
        calls=sum(call.number for call in calls),
        callbacks=0,
        uncertain=sum(call.number for call in calls if not call.certain),
        join=_join(len(names), calls, types, [graph.files[path] for path in kernel]),
        types=tuple(types),
        crossings=_crossings(calls),
    )
    return seam, ""


def is_kernel(facts: Facts) -> bool:
    """Whether a file's functions are mostly compute, have no body because they are assembly, or manage memory."""
    total = sum(f.lines for f in facts.functions)
    hot = sum(f.lines for f in facts.functions if any(trait in f.traits for trait in TARGET_TRAITS))
    by_hand = sum(len(packed) // 16 for name, packed in facts.sites.get("call", {}).items() if MEMORY.match(name))
    return total > 0 and (hot / total >= KERNEL_SHARE or by_hand >= MEMORY_CALLS)


def _crossings(calls: list[Call]) -> tuple[Crossing, ...]:
    """Who calls what across the boundary, by package, most first."""
    found: dict[tuple[str, str, bool], int] = {}
    for call in calls:
        key = (dirname(call.source) or ".", call.function, call.certain)
        found[key] = found.get(key, 0) + call.number
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Crossing(package, function, number, certain) for (package, function, certain), number in rows)


def _types(file: File, graph: Graph, name: str, head: Head) -> set[str]:
    """The types in the signature of a function that are more than numbers, text and slices of them."""
    signature = _signature(head(file, graph.functions(file.path)[name].line)[:HEAD_BYTES])
    return {kind for kind in (*_NAMED.findall(signature), *_EXPORTED.findall(signature)) if kind not in PLAIN}


def _signature(text: str) -> str:
    """The parameters and results in the source of a function: what stands before the brace of its body."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "{" and depth == 0:
            text = text[:at]
            break
    return text[text.find("(", text.find(")") if text.startswith("func (") else 0) :]


def _join(functions: int, calls: list[Call], types: list[str], kernel: list[Facts]) -> str:
    """The coarsest way in which both sides could talk."""
    if any(call.hot for call in calls):
        return "cgo or FFI, with one call per batch: it is called inside loops"
    if types:
        return f"cgo or FFI, once {', '.join(types[:3])} cross as plain data"
    free = not any(path.startswith(OUTSIDE) for facts in kernel for path in facts.imports)
    ways = ["cgo or FFI"]
    if functions <= FEW:
        ways.append("a subprocess or an RPC where calls are rare")
    if free:
        ways.append("WebAssembly, since it asks nothing of the system")
    return "; ".join(ways)
