"""Components that the user cuts out of the repository instead of those that were found."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from langfit.inventory.files import Listing, known
from langfit.languages import LANGUAGES
from langfit.languages.paths import folder_of, name_of, nearest
from langfit.model.errors import LangfitError
from langfit.model.layout import Key, Layout
from langfit.model.repository import Component, Deliverable, File, Inventory, LanguageId


def inventory_of(
    custom: Mapping[str, Sequence[str]], found: Listing, layout: Layout, names: Mapping[Key, str]
) -> Inventory:
    """Return an inventory whose components and deliverables are those in `custom`.

    `custom` maps a name to paths from the root of the repository, or from the scanned folder. A file goes to the
    longest path that holds it.

    Raises LangfitError for a path without source files, and for one that two components claim.
    """
    covered = _covered(found.files)
    owners: dict[str, str] = {}
    for name, paths in custom.items():
        if not paths:
            raise LangfitError(f"Component {name} names no path: write --component {name}=FOLDER.")
        for path in paths:
            place = _found(path, found.under, covered)
            if owners.setdefault(place, name) != name:
                raise LangfitError(f"{path} is claimed by components {owners[place]} and {name}: give it to one.")
    files = [_assigned(file, layout, owners) for file in found.files]
    from langfit.inventory.settle import left_out  # which asks this module first

    sources: dict[str, list[File]] = {}
    for file in files:
        if file.language is not None:
            sources.setdefault(file.component, []).append(file)
    roots: dict[str, list[str]] = {}
    for path, owner in owners.items():
        roots.setdefault(owner, []).append(path)
    components = [_component(name, roots[name], sources.get(name, []), found) for name in sorted(custom)]
    return Inventory(
        files=tuple(files),
        components=tuple(components),
        deliverables=tuple(
            Deliverable(item.name, "custom", item.language, item.root, item.anchor, 1, (item.name,), (item.name,))
            for item in components
        ),
        uses={},
        manifests=tuple(sorted(known(layout.manifests), key=lambda manifest: manifest.path)),
        left_out=left_out([file for file in files if file.component]),
        notices=tuple(found.notices),
        parts={
            file.path: names[layout.place[file.path]] for file in files if file.component and file.path in layout.place
        },
    )


def _assigned(file: File, layout: Layout, owners: Mapping[str, str]) -> File:
    at = nearest(file.path, owners)
    role = layout.roles.get(file.path, (file.role, ""))[0]
    return msgspec.structs.replace(file, role=role, component=owners[at] if at is not None else "")


def _component(name: str, roots: Sequence[str], own: Sequence[File], found: Listing) -> Component:
    if not own:
        raise LangfitError(f"Component {name} keeps no source file of its own: give it a path no other one covers.")
    language = _language(own)
    files_only = {file.path for file in own}
    folders = [posixpath.dirname(root) if root in files_only else root for root in roots]
    root = posixpath.commonpath(folders) if all(folders) else ""
    return Component(
        name=name,
        kind="custom",
        language=language,
        root=root or ".",
        parent="",
        manifest=_manifest(root, language, found),
        anchor=next((file.path for file in own if file.language == language), own[0].path),
        files=sum(file.role == "code" for file in own),
    )


def _language(files: Iterable[File]) -> LanguageId:
    """Return the language with more bytes of code, of anything where there is no code."""
    own = list(files)
    sizes: Counter[LanguageId] = Counter()
    for file in [file for file in own if file.role == "code"] or own:
        if file.language is not None:
            sizes[file.language] += file.size
    return min(sizes, key=lambda name: (-sizes[name], name))


def _manifest(folder: str, language: LanguageId, found: Listing) -> str:
    name = LANGUAGES[language].manifests[0]
    folders = {folder_of(path): path for path in found.manifests if name_of(path) == name}
    at = nearest(folder, folders)
    return folders[at] if at is not None else ""


def _covered(files: Iterable[File]) -> set[str]:
    """Return every source file and every folder that holds one."""
    covered = {""}
    for file in files:
        path = file.path if file.language is not None else ""
        while path and path not in covered:
            covered.add(path)
            path = folder_of(path)
    return covered


def _found(path: str, under: str, covered: set[str]) -> str:
    clean = posixpath.normpath(path) if path else "."
    for candidate in (clean, posixpath.normpath(posixpath.join(under, clean))):
        plain = "" if candidate == "." else candidate
        if plain in covered:
            return plain if plain or not under else under
    names = " or ".join(spoken.name for spoken in LANGUAGES.values())
    raise LangfitError(f"No {names} file is at {path}: `langfit components` lists the folders that have some.")
