"""What the import paths of a Go file mean: packages of the tree itself, or of elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langfit.languages.go.modules import HOSTS, Modules
from langfit.languages.paths import folder_of
from langfit.model.repository import Declaration, Manifest

_VERSION = re.compile(r"/v\d+(?=/|$)")


class Resolver:
    """Tells own import paths from those of others."""

    def __init__(self, manifests: Iterable[Manifest], declared: Iterable[tuple[str, tuple[Declaration, ...]]]) -> None:
        del declared
        self._modules = Modules({manifest.path: manifest for manifest in manifests})

    def real(self, path: str, file: str) -> str | None:
        """Return an import path of a file; None where it leads to a package of the tree itself."""
        return path if self._modules.folder_of(path, folder_of(file)) is None else None


def normal(path: str) -> str:
    """Return a path as tables of dependencies have it."""
    return path


def package_of(path: str) -> str:
    """Return the module of an import path as far as its form tells it, else the path itself."""
    parts = path.split("/")
    if parts[0] in HOSTS:
        return "/".join(parts[:3])
    return _VERSION.split(path)[0]
