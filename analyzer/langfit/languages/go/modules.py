"""Go modules of one tree: which folder belongs to which, and which import path leads to which folder."""

from __future__ import annotations

import re
from collections.abc import Mapping

from langfit.languages.go.names import package_name
from langfit.languages.paths import join, nearest
from langfit.model.repository import Manifest

_MAJOR = re.compile(r"/v\d+$")
HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org")  # whose modules are host/owner/repository


class Modules:
    """The modules of a tree, by folder.

    `guessed` is the import path of the root of a tree that has no go.mod there, as it was usual before modules; ""
    where none is known.
    """

    def __init__(self, manifests: Mapping[str, Manifest | None], guessed: str = "") -> None:
        self._names: dict[str, str] = {}
        self._manifests: dict[str, Manifest | None] = {}
        self._files = {path.rpartition("/")[0] for path in manifests if path.endswith("go.mod")}
        spaces: list[set[str]] = []
        for path, manifest in sorted(manifests.items()):
            folder, _, name = path.rpartition("/")
            if name == "go.mod":
                self._names[folder] = manifest.name if manifest is not None else ""
                self._manifests[folder] = manifest
            elif name == "go.work" and manifest is not None:
                uses = [entry.removeprefix("use:") for entry in manifest.entries if entry.startswith("use:")]
                spaces.append({join(folder, use) for use in uses})
        if guessed and "" not in self._names:
            self._names[""], self._manifests[""] = guessed, None
        self._homes: dict[str, set[str]] = {}  # repository -> folders with one of its modules
        self._folders: dict[str, list[str]] = {}  # module path -> folders with a module of this name
        for folder, name in self._names.items():
            if _repository(name):
                self._homes.setdefault(_repository(name), set()).add(folder)
            self._folders.setdefault(name, []).append(folder)
        self._own = {folder: self._reachable(folder, spaces) for folder in self._names}
        self._memo: dict[tuple[str, str], str | None] = {}

    @property
    def roots(self) -> list[str]:
        """The folders with a go.mod, sorted."""
        return sorted(self._names)

    def of(self, folder: str) -> str | None:
        """Return the folder of the module that holds a folder, None outside of every module."""
        return nearest(folder, self._names)

    def manifest_of(self, root: str | None) -> str:
        """Return the path of the go.mod of a module, "" for none."""
        if root is None or (self._manifests.get(root) is None and root not in self._files):
            return ""
        return f"{root}/go.mod" if root else "go.mod"

    @property
    def unpublished(self) -> set[str]:
        """Return the folders of modules that others of the tree take from there, with no version ever published."""
        rows = [row for manifest in self._manifests.values() if manifest is not None for row in manifest.dependencies]
        published = {row.path for row in rows if row.path and row.versioned}
        return {"" if row.path == "." else row.path for row in rows if row.path and row.path not in published}

    def name_of(self, root: str | None) -> str:
        """Return the module path, as users of a library write it; its folder where it has none."""
        name = self._names.get(root or "", "")
        return name or (root or ".")

    def import_path(self, folder: str) -> str:
        """Return the import path of a package; outside of every module, the folder as the go command takes it."""
        root = self.of(folder)
        if root is None or not self._names[root]:
            return f"./{folder}" if folder else "."
        inside = folder[len(root) :].lstrip("/")
        return f"{self._names[root]}/{inside}" if inside else self._names[root]

    def program_name(self, folder: str) -> str:
        """Return the name of the program that a build of a main package makes (`go help build`)."""
        root = self.of(folder)
        if folder != (root or ""):
            return folder.rpartition("/")[2]
        name = self._names.get(folder, "") if root is not None else ""
        last = _MAJOR.sub("", name).rpartition("/")[2]
        return last or folder.rpartition("/")[2] or package_name(name) or "main"

    def folder_of(self, path: str, importer: str) -> str | None:
        """Return the folder of an imported package of this tree; None for an import from elsewhere.

        A module of the tree counts only where the importer's module reaches it: it is the same one, `replace` or
        go.work take it from its folder, or both belong to one repository by their paths.
        """
        root = self.of(importer)
        key = (root if root is not None else "?", path)
        if key not in self._memo:
            self._memo[key] = self._found(path, root)
        return self._memo[key]

    def _found(self, path: str, root: str | None) -> str | None:
        if root is None:
            return None
        name, home = path, self._homes.get(_repository(self._names[root]), set())
        while name:
            for folder in self._folders.get(name, ()):
                if folder in self._own[root] or folder in home:
                    inside = path[len(name) :].lstrip("/")
                    return join(folder, inside) if inside else folder
            name = name.rpartition("/")[0]
        return None

    def _reachable(self, root: str, spaces: list[set[str]]) -> set[str]:
        found = {root}
        for space in spaces:
            if root in space:
                found |= space & self._names.keys()
        manifest = self._manifests[root]
        for row in manifest.dependencies if manifest is not None else ():
            folder = "" if row.path == "." else row.path
            if row.path and folder in self._names:
                found.add(folder)
        return found


def _repository(path: str) -> str:
    """Return the part of a module path that names its repository, "" where that cannot be told."""
    parts = path.split("/")
    if parts[0] in HOSTS:
        return "/".join(parts[:3]) if len(parts) >= 3 else ""
    return _MAJOR.sub("", path).split("/")[0] if "." in parts[0] else ""
