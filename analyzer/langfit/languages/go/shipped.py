"""What of a Go tree ships: a program for each package main, a library for each module that others can import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from langfit.languages.go.constraints import only_for
from langfit.languages.go.modules import Modules
from langfit.languages.paths import name_of
from langfit.model.layout import Key, Shipped, ShippedKind
from langfit.model.repository import File, FileRole
from langfit.model.summary import FileSummary

WASM_SYSTEMS = frozenset(("js", "wasip1"))

Summaries = Mapping[str, FileSummary]


def first_named(summary: FileSummary, kind: str) -> str:
    """Return the name of the first declaration of a kind, "" for none."""
    return next((row.name for row in summary.declarations if row.kind == kind), "")


def programs_in(
    packages: Mapping[str, list[File]],
    roles: Mapping[str, tuple[FileRole, str]],
    modules: Modules,
    summaries: Summaries,
) -> Iterator[Shipped]:
    """Yield a program for each package main that an ordinary build includes."""
    for folder, files in sorted(packages.items()):
        built = [f for f in files if roles.get(f.path, ("code", ""))[0] in ("code", "generated", "copied")]
        known = [(f, summaries[f.path]) for f in built if f.path in summaries]
        mains = [(f, s) for f, s in known if first_named(s, "package") == "main"]
        if not mains or len(mains) * 2 < len(known):
            continue
        systems = _systems(mains)
        kind = _kind_of(mains, systems)
        path = next((f.path for f, s in mains if any(row.kind == "main" for row in s.declarations)), mains[0][0].path)
        group = modules.name_of(modules.of(folder))
        name, hosts = modules.program_name(folder), _hosts_of(kind, systems)
        yield Shipped(kind, name, ("package", folder, ""), folder, path, group=group, hosts=hosts)


def _systems(mains: list[tuple[File, FileSummary]]) -> set[str]:
    systems: set[str] = set()
    for file, summary in mains:
        systems |= only_for(name_of(file.path), first_named(summary, "build"))
    return systems


def _hosts_of(kind: ShippedKind, systems: set[str]) -> tuple[tuple[str, str], ...]:
    """Return what loads a main package that is no program, with the way to it."""
    if kind == "wasm-module":
        return (("JavaScript" if systems == {"js"} else "WebAssembly runtimes", "wasm"),)
    return (("C", "ffi"),) if kind == "native-library" else ()


def _kind_of(mains: list[tuple[File, FileSummary]], systems: set[str]) -> ShippedKind:
    rows = [row for _, summary in mains for row in summary.declarations]
    if any(row.kind == "wasmexport" for row in rows) or (systems and systems <= WASM_SYSTEMS):
        return "wasm-module"
    exports = any(row.kind == "export" for row in rows) and any(row.kind in ("cgo", "libc") for row in rows)
    empty = any(row.kind == "main" and row.detail == "empty" for row in rows)
    return "native-library" if exports and empty else "program"


def libraries_in(
    packages: Mapping[str, list[File]],
    roles: Mapping[str, tuple[FileRole, str]],
    modules: Modules,
    summaries: Summaries,
) -> Iterator[Shipped]:
    """Yield a library for each module that others can import something of; `inventory.shipped` asks who does."""
    public: dict[str | None, list[Key]] = {}
    for folder, files in sorted(packages.items()):
        built = [f for f in files if roles.get(f.path, ("code", ""))[0] in ("code", "generated", "copied")]
        said = {first_named(summaries[f.path], "package") for f in built if f.path in summaries}
        if built and said != {"main"} and "internal" not in folder.split("/"):
            public.setdefault(modules.of(folder), []).append(("package", folder, ""))
    unpublished = modules.unpublished
    for root, members in sorted(public.items(), key=lambda row: row[0] or ""):
        home: Key = ("package", root or "", "")
        name, path = modules.name_of(root), modules.manifest_of(root)
        yield Shipped(
            "library",
            name,
            home if home in members else members[0],
            root or "",
            path,
            published=home in members and root not in unpublished,
            known=home in members,
            members=tuple(members),
            group=name,
        )
