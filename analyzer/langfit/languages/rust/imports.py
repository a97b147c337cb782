"""What the paths that a Rust file uses mean: crates from elsewhere, or code of the tree itself."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.languages.paths import folder_of, nearest
from langfit.model.repository import Declaration, Dependency, Manifest

OWN = frozenset(("crate", "self", "super", "Self"))
STANDARD = frozenset(("std", "core", "alloc", "proc_macro", "test"))

# Crates whose library is not called as its package, by what their own Cargo.toml says.
LIBRARIES = {"md-5": "md5", "sha-1": "sha1", "xml-rs": "xml", "rust-crypto": "crypto", "rust-ini": "ini"}


class Resolver:
    """Tells crates from elsewhere from code of the tree, by the manifest of the crate that names them."""

    def __init__(self, manifests: Iterable[Manifest], declared: Iterable[tuple[str, tuple[Declaration, ...]]]) -> None:
        crates = [m for m in manifests if m.name]
        self._crates = {folder_of(m.path): _names_of(m) for m in crates}
        self._own = {folder_of(m.path): _own_names(m) for m in crates}
        for path, rows in declared:
            folder = nearest(folder_of(path), self._crates)
            if folder is not None:
                self._own[folder] |= {row.name.rpartition("/")[2] for row in rows if row.kind == "module"}

    def real(self, path: str, file: str) -> str | None:
        """Return a path with its crate under the name that its registry knows; None for code of the tree itself.

        Own are the crates that are linked by their path, and the modules that the crate declares. A name that is
        neither is taken for a crate: that of a library may differ from that of its package.
        """
        first, separator, rest = path.partition("::")
        if first in OWN:
            return None
        folder = nearest(folder_of(file), self._crates)
        if first in STANDARD or folder is None:
            return path
        package = self._crates[folder].get(first)
        if package is not None:
            return f"{package}{separator}{rest}"
        return None if first in self._own[folder] else path


def _own_names(manifest: Manifest) -> set[str]:
    """Return the names under which code finds what a crate links by its path, and its own library."""
    rows = {normal(name) for row in manifest.dependencies if _is_own(row) for name in (row.name, row.package)}
    return rows | {normal(manifest.name)} | {target.name for target in manifest.targets if target.kind == "lib"}


def _is_own(row: Dependency) -> bool:
    """Tell whether a dependency is code of the tree: a copy that stands in for a crate of the registry is none."""
    return bool(row.path) and not row.patched


def _names_of(manifest: Manifest) -> dict[str, str]:
    """Return the names that code has for crates from elsewhere, with those of their packages."""
    rows = [row for row in manifest.dependencies if row.kind == "normal" and not _is_own(row) and not row.inherited]
    found = {LIBRARIES.get(row.name, normal(row.name)): normal(row.package) for row in rows}
    return found | {normal(row.name): normal(row.package) for row in rows}


def normal(path: str) -> str:
    """Return a path as code writes it: with `_` where a manifest has `-`."""
    return path.replace("-", "_")


def package_of(path: str) -> str:
    """Return the crate of a path."""
    return path.partition("::")[0]
