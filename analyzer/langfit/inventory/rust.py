"""Rust crates, their top-level modules and workspaces, by where Cargo.toml and Rust files stand."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from langfit.inventory.parts import Key, Layout, Part, nearest
from langfit.manifests import cargo
from langfit.model import File, Manifest

NOT_MODULES = frozenset(("lib", "main", "mod", "build"))
NOT_FOLDERS = frozenset(("src", "bin", "tests", "benches", "examples"))  # beside a crate root outside of src


def layout(
    files: Iterable[File], manifests: Mapping[str, Manifest | None]
) -> tuple[Layout, dict[str, Manifest | None]]:
    """A crate for every package and one for Rust files outside of any, a module for every name below a crate root,
    a workspace for every [workspace]; and the manifests with what members take over from theirs."""
    crates: dict[str, Manifest | None] = {}
    spaces: dict[str, Manifest] = {}
    for path, manifest in manifests.items():
        folder, _, name = path.rpartition("/")
        if name == "Cargo.toml" and (manifest is None or manifest.name):
            crates[folder] = manifest
        if name == "Cargo.toml" and manifest is not None and "workspace" in manifest.entries:
            spaces[folder] = manifest
    homes = _homes(crates, spaces)
    parts: dict[Key, Part] = {}
    for folder, space in spaces.items():
        title = f"Cargo.toml:{folder or '.'}"
        parts["rust", "workspace", folder] = Part(title, "workspace", "rust", folder, None, space.path)
    for folder, manifest in crates.items():
        home = homes.get(folder)
        name = manifest.name if manifest is not None else posixpath.basename(folder) or "."
        parent = ("rust", "workspace", home) if home is not None else None
        path = f"{folder}/Cargo.toml" if folder else "Cargo.toml"
        parts["rust", "crate", folder] = Part(name, "crate", "rust", folder, parent, path)
    sources = {file.path: file for file in files if file.language == "rust"}
    place = _modules(sources, crates, parts)
    for path in manifests:
        folder, _, name = path.rpartition("/")
        if name == "Cargo.toml":
            place[path] = ("rust", "crate" if folder in crates else "workspace", folder)
    locks = [file.path for file in files if file.path.endswith("Cargo.lock") and file.role != "vendored"]
    for path in locks:
        key = place.get(f"{path.removesuffix('lock')}toml")
        if key is not None:
            place[path] = key
    return Layout(parts, place), _resolved(manifests, spaces, homes, _beside(sources, crates))


def is_member(folder: str, pattern: str) -> bool:
    """Whether the `members` pattern of a workspace names this folder; both relative to the workspace. `*` stays
    within one folder, `**` spans any number of them."""
    wanted = [part for part in posixpath.normpath(pattern).split("/") if part != "."]
    reached = _past_stars({0}, wanted)
    for name in folder.split("/") if folder else ():
        after = {at if wanted[at] == "**" else at + 1 for at in reached if at < len(wanted) and _fits(name, wanted[at])}
        reached = _past_stars(after, wanted)
    return len(wanted) in reached


def _past_stars(reached: set[int], wanted: list[str]) -> set[int]:
    for at in range(len(wanted)):
        if at in reached and wanted[at] == "**":
            reached.add(at + 1)
    return reached


def _fits(name: str, pattern: str) -> bool:
    return pattern == "**" or fnmatchcase(name, pattern)


def _homes(crates: Mapping[str, Manifest | None], spaces: Mapping[str, Manifest]) -> dict[str, str]:
    """Folder of a crate -> folder of the workspace that it is a member of."""
    linked = {folder for root, manifest in (*crates.items(), *spaces.items()) for folder in _linked(root, manifest)}
    homes = {}
    for folder, manifest in crates.items():
        named = _said(manifest, "workspace-root")
        home = _join(folder, named[0]) if named else nearest(folder, spaces)
        if home is None or home not in spaces:
            continue
        inside = folder[len(home) + 1 :] if home else folder
        if not named and any(inside == out or inside.startswith(f"{out}/") for out in _outside(spaces[home])):
            continue
        members = _said(spaces[home], "member")
        if folder == home or named or folder in linked or any(is_member(inside, member) for member in members):
            homes[folder] = home
    return homes


def _outside(space: Manifest) -> list[str]:
    """Folders that a workspace leaves out, relative to it; cargo lets an explicit member win over `exclude`."""
    members = set(_said(space, "member"))
    return [posixpath.normpath(folder) for folder in _said(space, "exclude") if folder not in members]


def _linked(root: str, manifest: Manifest | None) -> list[str]:
    return [_join(root, path) for path in _said(manifest, "path")]


def _modules(
    sources: Mapping[str, File], crates: Mapping[str, Manifest | None], parts: dict[Key, Part]
) -> dict[str, Key]:
    """Path of a Rust file -> key of its module or crate; modules are added to `parts`, rooted at the folder that
    their submodules have or would have."""
    wanted: dict[str, tuple[Key, Key | None]] = {}
    real: dict[Key, str] = {}
    bases = {folder: _bases(manifest) for folder, manifest in crates.items()}
    for path in sorted(sources):
        file = sources[path]
        root = nearest(path.rpartition("/")[0], crates)
        crate: Key = ("rust", "crate", root or "")
        if root is None and file.role != "vendored" and crate not in parts:
            parts[crate] = Part(".", "crate", "rust", "", None, "")
        if crate not in parts:
            continue
        found = _module_of(path[len(root) + 1 :] if root else path, *bases[root]) if root is not None else None
        module: Key | None = ("rust", "module", root or "", found[0]) if found is not None else None
        wanted[path] = (crate, module)
        if module is not None and found is not None and file.role in ("code", "generated"):
            real.setdefault(module, _join(root or "", found[1]))
    for key, folder in real.items():
        crate = ("rust", "crate", key[2])
        parts[key] = Part(key[3], "module", "rust", folder, crate, parts[crate].manifest)
    return {path: module if module and module in real else crate for path, (crate, module) in wanted.items()}


def _bases(manifest: Manifest | None) -> tuple[tuple[str, ...], frozenset[str]]:
    """The folders whose files are modules of a crate, deepest first, and the crate roots; relative to the crate."""
    roots = frozenset(posixpath.normpath(path) for path in _said(manifest, "root"))
    bases = {"src"}
    for folder in {posixpath.dirname(root) for root in roots if not root.startswith("..")}:
        if folder != "src" and not folder.startswith("src/"):
            bases.add(folder)
    return tuple(sorted(bases, key=lambda base: (-len(base), base))), roots


def _module_of(path: str, bases: tuple[str, ...], roots: frozenset[str]) -> tuple[str, str] | None:
    """The top-level module that a file belongs to and where that stands, relative to the crate; None for files of
    the crate itself."""
    if path in roots:
        return None
    for base in bases:
        if base and not path.startswith(base + "/"):
            continue
        head, slash, _ = (path[len(base) + 1 :] if base else path).partition("/")
        name = head if slash else head.removesuffix(".rs")
        if (not slash and name in NOT_MODULES) or (slash and name in (NOT_FOLDERS if base != "src" else ("bin",))):
            return None
        return name, posixpath.join(base, name)
    return None


def _beside(sources: Iterable[str], crates: Mapping[str, Manifest | None]) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = {}
    for path in sources:
        root = nearest(path.rpartition("/")[0], crates)
        if root is not None:
            beside.setdefault(root, set()).add(path[len(root) + 1 :] if root else path)
    return beside


def _resolved(
    manifests: Mapping[str, Manifest | None],
    spaces: Mapping[str, Manifest],
    homes: Mapping[str, str],
    beside: Mapping[str, set[str]],
) -> dict[str, Manifest | None]:
    resolved = dict(manifests)
    for path, manifest in manifests.items():
        folder, _, name = path.rpartition("/")
        if name != "Cargo.toml" or manifest is None:
            continue
        if folder in homes:
            manifest = cargo.inherit(manifest, spaces[homes[folder]])
        resolved[path] = cargo.implied(manifest, beside.get(folder, ()))
    return resolved


def _said(manifest: Manifest | None, kind: str) -> list[str]:
    entries = manifest.entries if manifest is not None else {}
    return [entry[len(kind) + 1 :] for entry in entries if entry.startswith(f"{kind}:")]


def _join(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined
