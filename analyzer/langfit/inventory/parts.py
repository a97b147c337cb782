"""From parts of a repository, found per language, to components with names that nobody else has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from langfit.model import Component, File, Kind, Language

Key = tuple[str, ...]  # language, kind, root, and the module of a crate


class Part(Struct, frozen=True):
    """A component that has no unique name yet. `name` is its own name; for a module inside a crate that of the
    module, which follows the name of the crate."""

    name: str
    kind: Kind
    language: Language
    root: str  # folder from the root, "" for the root itself
    parent: Key | None
    manifest: str


class Layout(Struct, frozen=True):
    """The parts of a repository, and which of them is the smallest that holds a path."""

    parts: dict[Key, Part]
    place: dict[str, Key]


def components_of(layout: Layout, files: Iterable[File]) -> tuple[list[Component], list[File]]:
    """The components of a layout, and the files with the name of theirs."""
    names = _names(layout.parts)
    counts: Counter[Key] = Counter()
    first: dict[Key, str] = {}
    placed = []
    for file in sorted(files, key=lambda file: file.path):
        key = layout.place.get(file.path)
        placed.append(msgspec.structs.replace(file, component=names[key] if key is not None else ""))
        while key is not None:
            if file.role == "code":
                counts[key] += 1
            if file.language is not None:
                first.setdefault(key, file.path)
            key = layout.parts[key].parent
    components = [
        Component(
            name=names[key],
            kind=part.kind,
            language=part.language,
            root=part.root or ".",
            parent=names[part.parent] if part.parent is not None else "",
            manifest=part.manifest,
            anchor=part.manifest or first.get(key, ""),
            files=counts[key],
        )
        for key, part in layout.parts.items()
    ]
    return components, placed


def nearest(folder: str, roots: Mapping[str, object]) -> str | None:
    """The deepest of `roots` that is `folder` or above it ("" is the root of all); None for none."""
    while folder not in roots:
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
    return folder


def _names(parts: Mapping[Key, Part]) -> dict[Key, str]:
    names: dict[Key, str] = {}
    used: set[str] = set()
    inside = {key for key, part in parts.items() if len(key) == 4}
    _settle({key: part.name for key, part in parts.items() if key not in inside}, parts, used, names)
    whole: dict[Key, str] = {
        key: f"{names[parent]}::{parts[key].name}" for key in inside if (parent := parts[key].parent) is not None
    }
    _settle(whole, parts, used, names)
    return names


def _settle(wanted: Mapping[Key, str], parts: Mapping[Key, Part], used: set[str], names: dict[Key, str]) -> None:
    """Give names to parts: what several want goes to each with its folder behind it, else with its language."""
    wishes = Counter(wanted.values())
    for key in sorted(wanted):
        part, name = parts[key], wanted[key]
        folders = [parts[other].root for other in wanted if wanted[other] == name] if wishes[name] > 1 else []
        if folders:
            alone = folders.count(part.root) == 1
            name = f"{name} ({part.root or '.'})" if alone else f"{name} ({part.language})"
        while name in used:
            name += f" ({part.language})"
        used.add(name)
        names[key] = name
