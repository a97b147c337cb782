"""The call graph inside one Go component: files in packages as nodes, calls by resolved name as edges.

There are no types, so an edge is certain only when a name says where it leads: a plain call inside its package, or a
call through an import. A call on a value (`.Name`) leads to every method or function of that name; it is uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import dirname
from typing import NamedTuple

from langfit.model import Facts, File, Function

ROW_BYTES, DEPTH_AT, DEPTH = 16, 8, 0xFFFF  # of a packed site row, see languages.regions


class Call(NamedTuple):
    """Calls from one file to a function of another file."""

    source: str  # path of the calling file
    target: str  # path of the file that defines the function
    function: str  # bare name
    number: int  # places
    hot: int  # of these, inside loops
    certain: bool


class Graph:
    """The graph of the files of a component; `calls` between different files only."""

    def __init__(self, files: Iterable[tuple[File, Facts]]) -> None:
        self.files = {file.path: facts for file, facts in sorted(files, key=lambda row: row[0].path)}
        self._defined: dict[tuple[str, str], list[str]] = {}  # (package, plain function) -> files
        self._methods: dict[str, list[str]] = {}  # bare name -> files with a method of that name
        for path, facts in self.files.items():
            for function in facts.functions:
                receiver, _, name = function.name.rpartition(".")
                if receiver:
                    self._methods.setdefault(name, []).append(path)
                else:
                    self._defined.setdefault((dirname(path), name), []).append(path)
        packages = {dirname(path) for path in self.files}
        self._by_last: dict[str, list[str]] = {}
        for package in sorted(packages):
            self._by_last.setdefault(package.rpartition("/")[2], []).append(package)
        self.calls = tuple(call for path, facts in self.files.items() for call in self._calls(path, facts))

    def functions(self, path: str) -> Mapping[str, Function]:
        """The functions of a file by bare name."""
        return {function.name.rpartition(".")[2]: function for function in self.files[path].functions}

    def _calls(self, path: str, facts: Facts) -> Iterable[Call]:
        for name, packed in facts.sites.get("call", {}).items():
            targets, certain = self._targets(path, name)
            for target in targets:
                if target != path:
                    yield Call(path, target, name.rpartition(".")[2], len(packed) // ROW_BYTES, _hot(packed), certain)

    def _targets(self, path: str, name: str) -> tuple[list[str], bool]:
        """The files to which a call may lead, and whether it surely does."""
        package, dot, bare = name.rpartition(".")
        if not dot:
            return self._defined.get((dirname(path), bare), []), True
        if not package:
            found = self._methods.get(bare, [])
            return found, False
        known = self._package(package)
        return (self._defined.get((known, bare), []) if known is not None else []), True

    def _package(self, imported: str) -> str | None:
        """The folder of the component that an import path names: the longest one that the path ends with."""
        for folder in sorted(self._by_last.get(imported.rpartition("/")[2], ()), key=len, reverse=True):
            if imported == folder or imported.endswith(f"/{folder}"):
                return folder
        return None

    def connected(self, paths: Iterable[str]) -> bool:
        """Whether files hang together: they share a package, or certain calls lead from one to the other."""
        wanted = sorted(paths)
        near: dict[str, set[str]] = {path: set() for path in wanted}
        for one in wanted:
            near[one].update(other for other in wanted if dirname(other) == dirname(one))
        for call in self.calls:
            if call.certain and call.source in near and call.target in near:
                near[call.source].add(call.target)
                near[call.target].add(call.source)
        seen, todo = set(wanted[:1]), wanted[:1]
        while todo:
            for path in near[todo.pop()] - seen:
                seen.add(path)
                todo.append(path)
        return len(seen) == len(wanted)


def _hot(packed: bytes) -> int:
    depths = (packed[at + DEPTH_AT : at + DEPTH_AT + 4] for at in range(0, len(packed), ROW_BYTES))
    return sum(int.from_bytes(depth, "little") & DEPTH > 0 for depth in depths)
