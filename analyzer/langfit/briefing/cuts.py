"""Where a kernel could be separated from the program around it, and where code is separated already.

A kernel is a component whose code computes; its boundary is read from calls by resolved name, across all components of
the deliverable. Calls through values are matched by name in files that import the kernel, so they are a sign and no
proof.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from langfit.facts.codec import decode_links
from langfit.fingerprints import component_fingerprint
from langfit.languages import LANGUAGES
from langfit.model.evidence import plural
from langfit.model.report import Cut, Join, Kernel
from langfit.model.repository import Component, Deliverable, Inventory
from langfit.model.summary import Called, Defined, FileSummary

KERNEL_SHARE = 0.15  # of the code of a component inside kernels, from which it is one
KERNEL_TOKENS = 700  # of these kernels together, about 200 lines
FEW = 10  # functions of a coarse boundary; beyond, a cut changes the habits of all callers
# Types that cross as plain data, beside numbers, text and slices of them.
PLAIN_TYPES = frozenset("io.Reader io.Writer io.ReadSeeker time.Time time.Duration context.Context".split())
MOST_SHOWN = 8
MOST_KERNELS = 50  # functions that compute, of one component


# Methods that types have for reasons of their own: a call of one says nothing of whose it is.
COMMON = frozenset("String Error Len Write Read Close Reset Name Type Kind Err Value Size".split())


class _Boundary(NamedTuple):
    """What is called of a kernel from outside."""

    functions: dict[str, Defined]
    calls: int
    in_loops: int
    where: tuple[str, int]  # a call inside a loop, else any
    maybe: int  # calls inside loops of methods that only have the name of one of its own


class Kernels:
    """The kernels among the components of one inventory, and what their files offer and call."""

    def __init__(self, inventory: Inventory, summaries: Mapping[str, FileSummary]) -> None:
        self._components = {component.name: component for component in inventory.components}
        self._files: dict[str, list[tuple[str, FileSummary]]] = {}
        for file in inventory.files:
            summary = summaries.get(file.path)
            if summary is not None and summary.links and file.role == "code":
                self._files.setdefault(file.component, []).append((file.path, summary))
        self._imports = {
            path: {row.path for row in summary.imports} for rows in self._files.values() for path, summary in rows
        }
        self._defined: dict[str, list[tuple[str, Defined]]] = {}
        self._called: dict[str, list[tuple[str, Called]]] = {}
        self._users: dict[str, set[str]] = {}
        for user, used in inventory.uses.items():
            for name in used:
                self._users.setdefault(name, set()).add(user)

    def names(self, item: Deliverable, leaning: Container[str]) -> list[str]:
        """Return the components of a deliverable that are kernels, its main package left out.

        `leaning` are those that suit the other language by their evidence.
        """
        own = set(item.own) if item.kind == "program" else set()
        return [name for name in item.components if name not in own and (name in leaning or self._is_kernel(name))]

    def _is_kernel(self, name: str) -> bool:
        functions = [function for _, function in self.defined(name)]
        kernels = sum(function.tokens for function in functions if function.kernel)
        code = sum(summary.function_tokens for _, summary in self._files.get(name, ()))
        return kernels >= KERNEL_TOKENS and kernels >= KERNEL_SHARE * code

    def defined(self, name: str) -> list[tuple[str, Defined]]:
        """Return the functions of a component that others may call or that compute, with their files."""
        if name not in self._defined:
            rows = self._files.get(name, ())
            self._defined[name] = [(path, row) for path, s in rows for row in decode_links(s.links).defined]
        return self._defined[name]

    def functions(self, name: str) -> tuple[Kernel, ...]:
        """Return the functions of a component that compute, the largest first."""
        found = [Kernel(row.name, path, row.line, row.lines) for path, row in self.defined(name) if row.kernel]
        return tuple(sorted(found, key=lambda kernel: (-kernel.lines, kernel.path, kernel.line))[:MOST_KERNELS])

    def called(self, name: str) -> list[tuple[str, Called]]:
        """Return what a component calls, with its files."""
        if name not in self._called:
            rows = self._files.get(name, ())
            self._called[name] = [(path, row) for path, s in rows for row in decode_links(s.links).called]
        return self._called[name]

    def lines(self, name: str) -> int:
        """Return the lines of code of a component."""
        return sum(summary.lines for _, summary in self._files.get(name, ()))

    def cut(self, item: Deliverable, name: str) -> Cut | None:
        """Return the boundary of a kernel inside a deliverable, None where nothing in it calls the kernel."""
        component = self._components[name]
        boundary = self._boundary(item, component)
        if not boundary.functions:
            return None
        kernels = [path for path, function in self.defined(name) if function.kernel]
        callbacks = sum(function.callback for function in boundary.functions.values())
        types = sorted({kind for function in boundary.functions.values() for kind in function.types})
        why = _why_chatty(boundary, callbacks, types)
        if not why and not self._is_kernel(name):
            return None  # its evidence is no kernel, so there is nothing to gain by cutting it out
        return Cut(
            root=component.root,
            files=tuple(dict.fromkeys(kernels))[:MOST_SHOWN],
            status="chatty" if why else "coarse",
            why=why or _why_coarse(boundary),
            component=name,
            functions=tuple(sorted(boundary.functions))[:MOST_SHOWN],
            calls=boundary.calls,
            calls_in_loops=boundary.in_loops,
            callbacks=callbacks,
            types=tuple(types)[:MOST_SHOWN],
            lines=self.lines(name),
            path=boundary.where[0],
            line=boundary.where[1],
            fingerprint=component_fingerprint("cut", component.root),
        )

    def _boundary(self, item: Deliverable, component: Component) -> _Boundary:
        plain: dict[str, Defined] = {}
        methods: dict[str, tuple[str, Defined]] = {}
        for _, defined in self.defined(component.name):
            receiver, dot, bare = defined.name.rpartition(".")
            if dot:
                methods.setdefault(bare, (f"{receiver}.{bare}", defined))
            else:
                plain[f"{component.name}.{bare}"] = defined
        found: dict[str, Defined] = {}
        calls = in_loops = maybe = 0
        where: tuple[str, int] = ("", 1)
        inside = set(item.components)
        for user in sorted(self._users.get(component.name, set()) & inside - {component.name}):
            for path, row in self.called(user):
                function = plain.get(row.name)
                name = row.name.rpartition(".")[2]
                if function is None and row.name.startswith(".") and name in methods:
                    # Types are not known: a method counts where the file names the package, and then not one that
                    # every other type has as well.
                    if name in COMMON or component.name not in self._imports.get(path, ()):
                        maybe += row.in_loops if name not in COMMON else 0
                        continue
                    name, function = methods[name]
                if function is None:
                    continue
                found[name] = function
                calls += row.calls
                in_loops += row.in_loops
                if not where[0] or (row.in_loops and in_loops == row.in_loops):
                    where = (path, row.line)
        return _Boundary(found, calls, in_loops, where, maybe)


_PER_ITEM = re.compile(r"(?:^|\.)(?:Next|HasNext|Advance|Peek|More|At|Seek|Iter)(?:[A-Z]\w*)?$")


def _why_chatty(boundary: _Boundary, callbacks: int, types: Sequence[str]) -> str:
    """Return why a kernel is not worth cutting out, "" where it may be."""
    if boundary.in_loops:
        verb = "is inside a loop" if boundary.in_loops == 1 else "are inside loops"
        return f"{boundary.in_loops:,} of {plural(boundary.calls, 'call')} into it {verb}, once for each item"
    if boundary.maybe:
        places = plural(boundary.maybe, "call")
        return f"methods of its names are called inside loops ({places} by name; types are not known)"
    steps = [name for name in boundary.functions if _PER_ITEM.search(name)]
    if steps:
        return f"{steps[0]} takes one step at a time, so it is called for each item"
    if callbacks:
        return f"{plural(callbacks, 'function')} of its boundary would call back across it"
    if len(boundary.functions) > FEW:
        return f"{len(boundary.functions)} functions are on its boundary, so its callers would have to change"
    live = [kind for kind in types if kind not in PLAIN_TYPES]
    return f"{', '.join(live[:3])} cross its boundary: live values, and no plain data" if live else ""


def _why_coarse(boundary: _Boundary) -> str:
    return (
        f"{plural(len(boundary.functions), 'function')} called at {plural(boundary.calls, 'place')}, none of them in"
        " a loop of the caller"
    )


def separated(item: Deliverable, joins: Iterable[Join], roots: Mapping[str, str]) -> list[Cut]:
    """Return the cuts that exist already: where work leaves for another deliverable or for other code.

    `roots` are the folders of all deliverables by name.
    """
    kernels_leave = LANGUAGES[item.language].linked
    hosts = {name for name, _ in item.hosts}
    found: dict[str, Cut] = {}
    for join in joins:
        if join.to in hosts and not join.internal:
            continue  # it calls the deliverable, and no work leaves
        root = roots[join.to] if join.internal else join.path.rpartition("/")[0] or "."
        if not join.internal and not (join.by == "ffi" and kernels_leave) and join.to != "plugins":
            continue
        if root not in found:
            found[root] = Cut(
                root=root,
                files=(join.path,),
                status="exists",
                why=_why_separated(join),
                path=join.path,
                line=join.line,
                fingerprint=component_fingerprint("cut", root),
            )
    return list(found.values())


def _why_separated(join: Join) -> str:
    ways = {
        "process": f"{join.to} is a process of its own",
        "ffi": f"{join.to} is called through the C ABI",
        "rpc": f"{join.to} is a service behind RPC",
        "wasm": f"{join.to} is a WebAssembly module",
        "addon": f"{join.to} loads it as an add-on",
    }
    return ways[join.by]
