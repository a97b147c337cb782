"""Components that the user cuts out of the repository instead of those that were found."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from langfit.inventory.parts import nearest
from langfit.model import Component, File, LangfitError, Language, Manifest


def components_of(
    custom: Mapping[str, tuple[str, ...]],
    under: str,
    files: Iterable[File],
    manifests: Mapping[str, Manifest | None],
) -> tuple[list[Component], list[File]]:
    """The components named in `custom` (name -> paths from the root of the repository, or from the scanned folder
    `under`), and the files with the name of theirs, "" for those outside. A file goes to the longest path.

    Raises LangfitError for a path without source files, and for one that two components claim.
    """
    listed = sorted(files, key=lambda file: file.path)
    covered = _covered(listed)
    owners: dict[str, str] = {}
    for name, paths in custom.items():
        if not paths:
            raise LangfitError(f"Component {name} names no path: write --component {name}=FOLDER.")
        for path in paths:
            found = _found(path, under, covered)
            if owners.setdefault(found, name) != name:
                raise LangfitError(f"{path} is claimed by components {owners[found]} and {name}: give it to one.")
    placed = [msgspec.structs.replace(file, component=_owner(file.path, owners)) for file in listed]
    return [_component(name, owners, placed, manifests) for name in sorted(custom)], placed


def _component(
    name: str, owners: Mapping[str, str], files: Iterable[File], manifests: Mapping[str, Manifest | None]
) -> Component:
    own = [file for file in files if file.component == name and file.language is not None]
    if not own:
        raise LangfitError(f"Component {name} keeps no source file of its own: give it a path no other one covers.")
    language = _language(own)
    roots = [path for path, owner in owners.items() if owner == name]
    files_only = {file.path for file in own}
    folders = [posixpath.dirname(root) if root in files_only else root for root in roots]
    root = posixpath.commonpath(folders) if all(folders) else ""
    manifest = _manifest(root, language, manifests)
    return Component(
        name=name,
        kind="custom",
        language=language,
        root=root or ".",
        parent="",
        manifest=manifest,
        anchor=manifest or next(file.path for file in own if file.language == language),
        files=sum(file.role == "code" for file in own),
    )


def _language(files: Iterable[File]) -> Language:
    """The language with more bytes of code, of anything where there is no code."""
    own = list(files)
    sizes: Counter[Language] = Counter()
    for file in [file for file in own if file.role == "code"] or own:
        if file.language is not None:
            sizes[file.language] += file.size
    return "rust" if sizes["rust"] > sizes["go"] or "go" not in sizes else "go"


def _manifest(folder: str, language: Language, manifests: Iterable[str]) -> str:
    name = "go.mod" if language == "go" else "Cargo.toml"
    found = {path.rpartition("/")[0]: path for path in manifests if path.rpartition("/")[2] == name}
    at = nearest(folder, found)
    return found[at] if at is not None else ""


def _covered(files: Iterable[File]) -> set[str]:
    """Every source file and every folder that holds one."""
    covered = {""}
    for file in files:
        path = file.path if file.language is not None else ""
        while path and path not in covered:
            covered.add(path)
            path = path.rpartition("/")[0]
    return covered


def _found(path: str, under: str, covered: set[str]) -> str:
    clean = posixpath.normpath(path) if path else "."
    for candidate in (clean, posixpath.normpath(posixpath.join(under, clean))):
        plain = "" if candidate == "." else candidate
        if plain in covered:
            return plain if plain or not under else under
    raise LangfitError(f"No Go or Rust file is at {path}: `langfit components` lists the folders that have some.")


def _owner(path: str, owners: Mapping[str, str]) -> str:
    at = nearest(path, owners)
    return owners[at] if at is not None else ""
