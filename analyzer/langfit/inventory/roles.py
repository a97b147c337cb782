"""What the name of a file says about its role, before anything is read.

A name decides only where it holds without exception: of 45 files named `*_gen.go` and 103 named `*_string.go` in sixty
repositories, 3 and 15 were written by hand, so neither is among them.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from langfit.languages import LANGUAGES, language_of
from langfit.languages.paths import folder_of, name_of
from langfit.model.repository import FileRole

MANIFESTS = frozenset(name for spoken in LANGUAGES.values() for name in spoken.manifests)
LOCKS = frozenset(name for spoken in LANGUAGES.values() for name in spoken.locks)
ASSEMBLY = tuple(suffix for spoken in LANGUAGES.values() for suffix in spoken.assembly)
VENDOR_MARKS = (".cargo-checksum.json", "vendor/modules.txt")  # written by `cargo vendor` and `go mod vendor`
GENERATED_SUFFIXES = (".pb.go", ".pb.gw.go", ".gen.go", "_generated.go", ".pb.rs", "_generated.rs")
GENERATED_PREFIX = "zz_generated"


def matters(path: str) -> bool:
    """Tell whether a file of this name belongs in an inventory."""
    name = name_of(path)
    return language_of(path) is not None or name in MANIFESTS or name in LOCKS or name.endswith(ASSEMBLY)


def vendored_folder(path: str) -> str | None:
    """Return the folder whose content a mark of `go mod vendor` or `cargo vendor` says is vendored, None for others."""
    return folder_of(path) if path.endswith(VENDOR_MARKS) else None


def role_of(path: str, vendored_folders: Container[str], generated: bool | None, vendored: bool | None) -> FileRole:
    """Return the role of a file of the inventory by its name; attributes of git (None: says nothing) win over names."""
    folder, name = folder_of(path), name_of(path)
    if vendored or (vendored is None and _vendored(folder, vendored_folders)):
        return "vendored"
    if name in MANIFESTS:
        return "manifest"
    if language_of(path) is None:
        return "other"
    by_name = name.endswith(GENERATED_SUFFIXES) or name.startswith(GENERATED_PREFIX)
    return "generated" if generated or (generated is None and by_name) else "code"


@lru_cache(maxsize=1 << 16)
def _names(folder: str) -> frozenset[str]:
    return frozenset(folder.split("/"))


def _vendored(folder: str, vendored_folders: Container[str]) -> bool:
    if "node_modules" in _names(folder):
        return True
    at = folder
    while at:
        if at in vendored_folders:
            return True
        at = folder_of(at)
    return False
