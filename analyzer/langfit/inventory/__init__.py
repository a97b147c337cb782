"""Says what there is to judge in a tree: source files with the role they play, manifests, and components."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from langfit.inventory import custom as chosen
from langfit.inventory import golang, rust
from langfit.inventory.parts import Layout, components_of
from langfit.inventory.roles import MANIFESTS, language_of, matters, role_of
from langfit.manifests import cargo, gomod
from langfit.model import File, Inventory, Manifest, Skipped
from langfit.tree import Entry, Tree, Unreadable, blob_id

__all__ = ["take"]

LARGEST_MANIFEST = 4 << 20  # bytes; the largest manifests of real repositories have a tenth of a megabyte


def take(
    source: Tree,
    custom: Mapping[str, tuple[str, ...]] | None = None,
    judged: Callable[[str], bool] | None = None,
) -> Inventory:
    """List what `source` holds: every .go and .rs file once, in `files` or in `skipped`, and the components.

    Files for which `judged` says no are left out, counted in a notice; manifests stay. With `custom` (name -> files
    and folders) the components are those alone. The result is the same for any order of entries. Raises LangfitError
    for a custom path without source files.
    """
    entries = sorted(source.entries(), key=lambda entry: (entry.path, entry.mode, entry.blob))
    skipped = set(source.skipped)
    files: dict[str, File] = {}
    regular: dict[str, Entry] = {}
    for entry in entries:
        if entry.mode == "submodule":
            skipped.add(Skipped(entry.path, "submodule"))
        elif not matters(entry.path):
            continue
        elif entry.mode != "file":
            if language_of(entry.path) is not None or _name(entry.path) in MANIFESTS:
                skipped.add(Skipped(entry.path, entry.mode))
        else:
            regular[entry.path] = entry
            files[entry.path] = _file(source, entry)
    left = {path for path, file in files.items() if judged and file.role != "manifest" and not judged(path)}
    files = _with_assembly_beside_go({path: file for path, file in files.items() if path not in left})
    manifests, notices = _manifests(source, files, regular, skipped)
    if left:
        notices.append(f"{len(left):,} file(s) were left out by include and exclude.")
    go_layout = golang.layout(files.values(), manifests)
    rust_layout, resolved = rust.layout(files.values(), manifests)
    components, placed = components_of(_both(go_layout, rust_layout), files.values())
    if custom:
        components, placed = chosen.components_of(custom, source.under, placed, manifests)
    return Inventory(
        path=source.path,
        revision=source.revision,
        files=tuple(sorted(placed, key=lambda file: file.path)),
        components=tuple(sorted(components, key=lambda component: component.name)),
        manifests=tuple(sorted(_known(resolved), key=lambda manifest: manifest.path)),
        skipped=tuple(sorted(skipped)),
        notices=(*source.notices, *notices),
    )


def _file(source: Tree, entry: Entry) -> File:
    role = role_of(entry.path, source.under, *source.attributes(entry.path))
    return File(entry.path, entry.blob, entry.size, language_of(entry.path), role, "")


def _with_assembly_beside_go(files: dict[str, File]) -> dict[str, File]:
    folders = {_folder(path) for path in files if path.endswith(".go")}
    return {path: file for path, file in files.items() if not path.endswith(".s") or _folder(path) in folders}


def _manifests(
    source: Tree, files: dict[str, File], entries: Mapping[str, Entry], skipped: set[Skipped]
) -> tuple[dict[str, Manifest | None], list[str]]:
    """Path -> what the manifest says, None for one that cannot be read or parsed: its folder still counts."""
    found: dict[str, Manifest | None] = {}
    notices = []
    for path, file in files.items():
        if file.role != "manifest":
            continue
        found[path] = None
        try:
            if file.size > LARGEST_MANIFEST:
                raise ValueError(f"it is larger than {LARGEST_MANIFEST:,} bytes")
            data = source.read(entries[path])
            if not file.blob:
                files[path] = File(path, blob_id(data), len(data), None, file.role, "")
            found[path] = (cargo if path.endswith(".toml") else gomod).parse(path, data)
        except Unreadable as refused:
            skipped.add(Skipped(path, refused.reason))
        except ValueError as broken:
            skipped.add(Skipped(path, "bad-manifest"))
            notices.append(f"{path} cannot be parsed: {broken}.")
    return found, notices


def _both(first: Layout, second: Layout) -> Layout:
    return Layout(first.parts | second.parts, first.place | second.place)


def _known(manifests: Mapping[str, Manifest | None]) -> Iterable[Manifest]:
    return (manifest for manifest in manifests.values() if manifest is not None)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
