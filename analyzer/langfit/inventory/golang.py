"""Go modules, packages and workspaces, by where go.mod, go.work and Go files stand."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from langfit.inventory.parts import Key, Layout, Part, nearest
from langfit.model import File, Manifest


def layout(files: Iterable[File], manifests: Mapping[str, Manifest | None]) -> Layout:
    """A module for every go.mod and one for Go files outside of any, a package for every folder with Go files that
    are neither tests nor vendored, a workspace for every go.work."""
    parts: dict[Key, Part] = {}
    uses: dict[str, Key] = {}
    roots: dict[str, str] = {}  # folder of a go.mod -> import path of that folder
    for path, manifest in sorted(manifests.items()):
        folder, _, name = path.rpartition("/")
        if name == "go.work":
            key = ("go", "workspace", folder)
            parts[key] = Part(f"go.work:{folder or '.'}", "workspace", "go", folder, None, path)
            for used in _uses(folder, manifest):
                uses[used] = key
        elif name == "go.mod":
            roots[folder] = manifest.name if manifest is not None and manifest.name else _local(folder)
    for folder, name in roots.items():
        path = f"{folder}/go.mod" if folder else "go.mod"
        parts["go", "module", folder] = Part(f"{name}/...", "module", "go", folder, uses.get(folder), path)
    place: dict[str, Key] = {}
    belongs = [file for file in files if file.path.endswith((".go", ".s", "go.mod", "go.work"))]
    packages = {_folder(file.path) for file in belongs if file.language == "go" and file.role in ("code", "generated")}
    for file in belongs:
        if file.role == "manifest":
            folder, _, name = file.path.rpartition("/")
            place[file.path] = ("go", "workspace" if name == "go.work" else "module", folder)
        else:
            place[file.path] = _place(_folder(file.path), packages, roots, parts)
    return Layout(parts, place)


def _place(folder: str, packages: set[str], roots: Mapping[str, str], parts: dict[Key, Part]) -> Key:
    """The key of the package in `folder`, or of its module; both are added to `parts` when they are new."""
    root = nearest(folder, roots)
    module: Key = ("go", "module", root or "")
    if module not in parts:
        parts[module] = Part("./...", "module", "go", "", None, "")
    if folder not in packages:
        return module
    key = ("go", "package", folder)
    if key not in parts:
        if root is None:
            name = _local(folder)
        else:
            name = roots[root] + folder[len(root) :] if root else posixpath.join(roots[""], folder).rstrip("/")
        parts[key] = Part(name, "package", "go", folder, module, parts[module].manifest)
    return key


def _uses(folder: str, manifest: Manifest | None) -> list[str]:
    entries = manifest.entries if manifest is not None else {}
    paths = [entry.removeprefix("use:") for entry in entries if entry.startswith("use:")]
    found = [posixpath.normpath(posixpath.join(folder, path)) for path in paths]
    return ["" if path == "." else path for path in found]


def _local(folder: str) -> str:
    """How a package without a module is named: as the go command takes folders."""
    return f"./{folder}" if folder else "."


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
