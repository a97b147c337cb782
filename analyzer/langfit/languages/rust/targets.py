"""The targets of a crate: those that its manifest lists and those that cargo infers from the files beside it.

By https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from langfit.languages.paths import join
from langfit.languages.rust.workspaces import entries_of
from langfit.model.repository import Manifest, Target, TargetKind

FOLDERS: dict[TargetKind, str] = {"bin": "src/bin", "test": "tests", "bench": "benches", "example": "examples"}
ORDER: dict[TargetKind, int] = {"lib": 0, "bin": 1, "build": 2, "test": 3, "bench": 4, "example": 5}


class Neighbours(NamedTuple):
    """The names in the folders of a crate in which cargo looks for targets: `tests/a.rs`, `tests/b/main.rs`."""

    files: Mapping[str, list[str]]  # folder -> names of Rust files, without suffix
    folders: Mapping[str, list[str]]  # folder -> names of folders below that hold a main.rs


def beside(paths: Iterable[str]) -> Neighbours:
    """Return what is in each folder of a tree, by the paths of its Rust files."""
    files: dict[str, list[str]] = {}
    folders: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        files.setdefault(folder, []).append(name.removesuffix(".rs"))
        if name == "main.rs" and folder:
            above, _, own = folder.rpartition("/")
            folders.setdefault(above, []).append(own)
    return Neighbours(files, folders)


def targets_of(folder: str, manifest: Manifest | None, paths: Container[str], near: Neighbours) -> list[Target]:
    """Return all targets of the crate in `folder` whose root file exists, libraries first.

    `paths` are those of all Rust files of the tree. Without a manifest that can be read, cargo's own rules decide.
    """
    listed = manifest.targets if manifest is not None else ()
    package = manifest.name if manifest is not None else folder.rpartition("/")[2]
    off = {rest.removesuffix("=false") for rest in entries_of(manifest, "auto")}
    old = manifest is not None and manifest.version == "2015"
    found: dict[tuple[str, str], Target] = {}
    for kind in ("bin", "test", "bench", "example"):
        inferred = dict(_inferred(kind, folder, package, near))
        rows = [target for target in listed if target.kind == kind]
        for target in rows:
            path = target.path or inferred.get(target.name) or _legacy(kind, folder, target.name, paths)
            if path in paths:
                found[kind, target.name] = Target(kind, target.name, path, target.line)
        taken = {target.path for target in found.values() if target.kind == kind}
        if kind not in off and not (old and rows):
            for name, path in inferred.items():
                if path not in taken:
                    found.setdefault((kind, name), Target(kind, name, path))
    library = _library(folder, listed, package, paths, inferred="lib" not in off)
    if library is not None:
        found["lib", library.name] = library
    build = _build_script(folder, manifest, listed, paths)
    if build is not None:
        found["build", build.name] = build
    return sorted(found.values(), key=lambda target: (ORDER[target.kind], target.name))


def _library(
    folder: str, listed: Iterable[Target], package: str, paths: Container[str], *, inferred: bool
) -> Target | None:
    row = next((target for target in listed if target.kind == "lib"), None)
    usual = join(folder, "src/lib.rs")
    if row is not None:
        path = row.path or (usual if usual in paths else join(folder, f"src/{row.name}.rs"))
        return Target("lib", row.name, path, row.line, row.crate_types) if path in paths else None
    if inferred and usual in paths:
        return Target("lib", package.replace("-", "_"), usual)
    return None


def _build_script(
    folder: str, manifest: Manifest | None, listed: Iterable[Target], paths: Container[str]
) -> Target | None:
    row = next((target for target in listed if target.kind == "build"), None)
    path = row.path if row is not None else join(folder, "build.rs")
    refused = manifest is not None and "build-script=false" in manifest.entries
    return Target("build", "build-script", path) if path in paths and not refused else None


def _inferred(kind: TargetKind, folder: str, package: str, near: Neighbours) -> Iterator[tuple[str, str]]:
    """Yield name and path of the targets that cargo would find by itself."""
    if kind == "bin" and "main" in near.files.get(join(folder, "src"), ()):
        yield package, join(folder, "src/main.rs")
    home = join(folder, FOLDERS[kind])
    for name in near.files.get(home, ()):
        yield name, f"{home}/{name}.rs"
    for name in near.folders.get(home, ()):
        yield name, f"{home}/{name}/main.rs"


def _legacy(kind: TargetKind, folder: str, name: str, paths: Container[str]) -> str:
    """Return where the 2015 edition looks for a program without a path."""
    places = (f"src/{name}.rs", "src/bin/main.rs", "src/main.rs") if kind == "bin" else (f"{FOLDERS[kind]}/{name}.rs",)
    return next((path for place in places if (path := join(folder, place)) in paths), "")
