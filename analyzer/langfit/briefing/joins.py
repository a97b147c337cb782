"""Where deliverables meet: processes that they start, foreign code, services, WebAssembly and add-ons.

Every join is read from source, with its place. One to another deliverable of the same repository is `internal`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from langfit.briefing.declared import Declared, FoundDeclaration
from langfit.languages.paths import folder_of
from langfit.model.report import Join
from langfit.model.repository import Deliverable

MOST_EXTERNAL = 12  # joins to the world outside that one deliverable shows for each way
Servers = list[tuple[Deliverable, str]]

_SERVICE = re.compile(r"(?:service|svc)$")


class Binding(NamedTuple):
    """A library in another language that a dependency brings along, and where that is imported first."""

    library: str
    path: str
    line: int


EMPTY: Mapping[str, Iterable[Binding]] = MappingProxyType({})


def joins_of(
    deliverables: Sequence[Deliverable], declared: Declared, bindings: Mapping[str, Iterable[Binding]] = EMPTY
) -> dict[str, tuple[Join, ...]]:
    """Return the joins of each deliverable, by its name; `bindings` are libraries that its dependencies bring along."""
    programs = _by_program(deliverables)
    servers = _servers(deliverables, declared)
    libraries = _native_libraries(deliverables)
    found = {}
    for item in deliverables:
        rows = [
            *_hosts(item, declared),
            *_processes(item, declared, programs),
            *_services(item, declared, servers),
            *_foreign(item, declared, libraries),
            *(Join(library, "ffi", path, line) for library, path, line in bindings.get(item.name, ())),
            *_modules(item, declared, deliverables),
        ]
        found[item.name] = tuple(_distinct(rows))
    return found


def plain(name: str) -> str:
    """Return the name of a program as its users type it: without what tells it from others of that name."""
    if not name.endswith(")"):
        return name
    begin = name.find("(", name.rfind(")", 0, -1) + 1)
    return name[:begin].rstrip() if begin >= 0 else name


def _distinct(rows: Iterable[Join]) -> Iterator[Join]:
    """Yield each join once, internal ones first, and of those to the outside only so many."""
    seen: set[tuple[str, str]] = set()
    external: dict[str, int] = {}
    for row in sorted(rows, key=lambda join: not join.internal):
        key = (row.to, row.by)
        if key in seen:
            continue
        seen.add(key)
        if not row.internal:
            external[row.by] = external.get(row.by, 0) + 1
            if external[row.by] > MOST_EXTERNAL:
                continue
        yield row


def _by_program(deliverables: Iterable[Deliverable]) -> dict[str, list[Deliverable]]:
    found: dict[str, list[Deliverable]] = {}
    for item in deliverables:
        if item.kind == "program":
            found.setdefault(plain(item.name), []).append(item)
    return found


def _processes(item: Deliverable, declared: Declared, programs: Mapping[str, list[Deliverable]]) -> Iterator[Join]:
    """Yield the programs that a deliverable starts: by a literal name, or by a name that stands in its code."""
    starts = list(declared.of(item, "starts"))
    if not starts or item.kind not in ("program", "custom"):
        return
    words: dict[str, list[FoundDeclaration]] = {}
    for word in declared.of(item, "word"):  # only those that are said to be programs
        words.setdefault(posixpath.basename(word.name), []).append(word)
    for start in starts:
        name = posixpath.basename(start.name)
        others = [other for other in programs.get(name, ()) if other is not item]
        for other in others:
            yield Join(other.name, "process", start.path, start.line, internal=True)
        if not others and (name or start.detail) and name not in programs:
            yield Join(name or start.detail, "process", start.path, start.line)
    dynamic = [start for start in starts if not start.name]
    for name, others in programs.items():
        for other in others:
            if other is not item and dynamic and name in words and not _is_common(name):
                near = _nearest(dynamic, words[name], other)
                if near is not None:
                    yield Join(other.name, "process", near.path, near.line, internal=True)


def _is_common(name: str) -> bool:
    """Tell whether a name is an ordinary word, which in a file says nothing about a program."""
    return "-" not in name and "_" not in name


def _nearest(
    starts: Sequence[FoundDeclaration], words: Sequence[FoundDeclaration], other: Deliverable
) -> FoundDeclaration | None:
    """Return the start nearest to a word that names a program; what that program says of itself does not count."""
    best: tuple[int, FoundDeclaration] | None = None
    for word in words:
        if word.component in other.own:
            continue
        for start in starts:
            common = len(posixpath.commonprefix([folder_of(word.path), folder_of(start.path)]))
            score = common + (1_000 if word.path == start.path else 0)
            if best is None or score > best[0]:
                best = (score, start)
    return best[1] if best is not None else None


def _servers(deliverables: Iterable[Deliverable], declared: Declared) -> dict[str, Servers]:
    """Return who serves each service, with the component that does."""
    found: dict[str, Servers] = {}
    for item in deliverables:
        if item.kind == "library":
            continue
        for row in declared.of(item, "server"):
            rows = found.setdefault(_service(row.name), [])
            if all(item is not other for other, _ in rows):
                rows.append((item, row.component))
    return found


def _service(name: str) -> str:
    return _SERVICE.sub("", name.lower().replace("_", ""))


def _services(item: Deliverable, declared: Declared, servers: Mapping[str, Servers]) -> Iterator[Join]:
    """Yield the services that a deliverable calls.

    Where it links the code of the server as well, only a call by its own main package or crate shows a join.
    """
    if item.kind == "library":
        return
    inside = set(item.components)
    for row in declared.of(item, "client", "maybe-client"):
        known = servers.get(_service(row.name))
        for other, component in known or ():
            if other is not item and (component not in inside or row.component in item.own):
                yield Join(other.name, "rpc", row.path, row.line, internal=True)
        if not known and row.kind == "client":
            yield Join(row.name, "rpc", row.path, row.line)


def _native_libraries(deliverables: Iterable[Deliverable]) -> dict[str, Deliverable]:
    rows = [item for item in deliverables if item.kind == "native-library"]
    return {plain(item.name).replace("-", "_").removeprefix("lib"): item for item in rows}


def _foreign(item: Deliverable, declared: Declared, libraries: Mapping[str, Deliverable]) -> Iterator[Join]:
    """Yield the libraries by the C ABI that a deliverable links."""
    for row in declared.of(item, "cgo", "extern"):
        names = [row.name, *row.detail.split()]
        own = [libraries[key] for key in (_library(name) for name in names) if key in libraries]
        for other in own[:1]:
            if other is not item:
                yield Join(other.name, "ffi", row.path, row.line, internal=True)
        if not own:
            yield Join(row.name, "ffi", row.path, row.line)


def _library(name: str) -> str:
    return posixpath.basename(name).replace("-", "_").removeprefix("lib")


def _modules(item: Deliverable, declared: Declared, deliverables: Iterable[Deliverable]) -> Iterator[Join]:
    """Yield the WebAssembly modules of the repository that a deliverable may run."""
    for row in declared.of(item, "runs-wasm"):
        for other in deliverables:
            if other.kind == "wasm-module" and other is not item:
                yield Join(other.name, "wasm", row.path, row.line, internal=True)
        return


def _hosts(item: Deliverable, declared: Declared) -> Iterator[Join]:
    """Yield what loads a deliverable."""
    for host, way in item.hosts:
        kinds = {"addon": ("addon", "export"), "wasm": ("wasm-export", "wasmexport"), "ffi": ("export",)}.get(way, ())
        place = next(declared.in_components(item.own, *kinds), None)
        path, line = (place.path, place.line) if place is not None else (item.path, item.line)
        if way in ("addon", "wasm", "ffi"):
            yield Join(host, "addon" if way == "addon" else "wasm" if way == "wasm" else "ffi", path, line)
