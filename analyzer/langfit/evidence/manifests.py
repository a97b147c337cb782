"""Manifests as a source of evidence: dependencies, features, crate types and settings that rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from langfit.facts.measures import Measures
from langfit.languages.paths import folder_of, name_of, nearest
from langfit.model.evidence import Observation, Place
from langfit.model.repository import Component, Manifest

SOURCE = "manifests"


class Nearest:
    """The manifest that speaks for a file: that of its language in the nearest folder above it."""

    def __init__(self, manifests: Iterable[Manifest], names: Iterable[str]) -> None:
        wanted = set(names)
        self._by_folder = {folder_of(m.path): m for m in manifests if name_of(m.path) in wanted}
        self._memo: dict[str, Manifest | None] = {}

    def of(self, path: str) -> Manifest | None:
        """Return the manifest of a file, None without one."""
        folder = folder_of(path)
        if folder not in self._memo:
            at = nearest(folder, self._by_folder)
            self._memo[folder] = self._by_folder[at] if at is not None else None
        return self._memo[folder]


class ManifestEntry(NamedTuple):
    """An entry of a manifest that a measure asks for."""

    measure: int
    place: Place


def entries_of(manifest: Manifest, measures: Measures) -> list[ManifestEntry]:
    """Return the entries of a manifest that measures ask for."""
    return [
        ManifestEntry(number, Place(manifest.path, line, 1, name))
        for number, measure in measures.numbered("manifest")
        for line, name in held(measure.entries, manifest)
    ]


def observe(component: Component, entries: Iterable[ManifestEntry]) -> Iterator[Observation]:
    """Yield an observation for each entry of the manifest of a component that a measure asks for."""
    for entry in entries:
        yield Observation(component.name, entry.measure, 1, entry.place, SOURCE, once=True)


def held(entries: Iterable[str], manifest: Manifest) -> list[tuple[int, str]]:
    """Return line and name of each wanted entry that a manifest has: `kind:name`, `kind:na*`, or `kind` for any name.

    `dependency:NAME` asks for what is linked into the code itself; what tests or build scripts need is none.
    """
    found: list[tuple[int, str]] = []
    for entry in entries:
        kind, _, name = entry.partition(":")
        if kind == "dependency":
            rows = (row for row in manifest.dependencies if row.kind == "normal" and not row.inherited)
            found += [(row.line, row.package) for row in rows if _same(name, row.package)]
        elif entry in manifest.entries:
            found.append((manifest.entries[entry], name or kind))
        else:
            found += [
                (line, key.partition(":")[2]) for key, line in sorted(manifest.entries.items()) if _like(entry, key)
            ]
    return found


def _same(pattern: str, name: str) -> bool:
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name == pattern or name.startswith(pattern + "/v")


def _like(entry: str, key: str) -> bool:
    if entry.endswith("*"):
        return key.startswith(entry[:-1])
    kind, _, name = entry.partition(":")
    return not name and key.partition(":")[0] == kind


def versions(manifests: Iterable[Manifest]) -> Mapping[str, str]:
    """Return the version that each manifest names, by its path."""
    return {manifest.path: manifest.version for manifest in manifests if manifest.version}
