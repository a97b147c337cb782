"""Where functions of a profile of a Go program are from: a package of the tree, a module, the standard library.

By symbol first, since files are renamed and paths trimmed; by file where the symbol cannot tell: a package main, a
closure that was inlined, two modules of one path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from langfit.language import Spot, Symbol
from langfit.languages.go.costs import RUNTIME, RUNTIMES
from langfit.languages.go.hints import TEST_SUFFIX
from langfit.languages.paths import folder_of, join
from langfit.model.repository import Inventory

MAINS = ("main", "command-line-arguments")
LEAST = 2  # names at the end of a path that must agree, unless one file alone has the last


def placer(inventory: Inventory, home: str | None = None) -> Callable[[Symbol, str], Spot]:
    """Return what tells where functions are from; `home` is the folder of the program, where it is known."""
    places = _Places(inventory, home)
    known: dict[tuple[str, bool, str], Spot] = {}

    def spot(symbol: Symbol, file: str) -> Spot:
        key = (symbol.package, symbol.closure, file)
        if key not in known:
            known[key] = places.spot(symbol, file)
        return known[key]

    return spot


class _Places:
    """The packages of a tree by import path and by file."""

    def __init__(self, inventory: Inventory, home: str | None) -> None:
        self.home = home
        votes: dict[str, Counter[str]] = {}
        self.files: set[str] = set()
        for file in inventory.files:
            if file.language == "go" and file.component:
                self.files.add(file.path)
                votes.setdefault(folder_of(file.path), Counter())[file.component] += 1
        self.components = {folder: max(sorted(found), key=found.__getitem__) for folder, found in votes.items()}
        self.by_name: dict[str, list[str]] = {}  # last name of a file -> paths
        for path in self.files:
            self.by_name.setdefault(path.rpartition("/")[2], []).append(path)
        self.modules: dict[str, list[str]] = {}
        for manifest in inventory.manifests:
            if manifest.language == "go" and manifest.name and manifest.path.endswith("go.mod"):
                self.modules.setdefault(manifest.name, []).append(folder_of(manifest.path))
        for component in inventory.components:  # of a tree without go.mod
            if component.kind == "package" and component.language == "go" and not component.manifest:
                folder = "" if component.root == "." else component.root
                self.modules.setdefault(component.name.partition(" (")[0], []).append(folder)
        programs = [d for d in inventory.deliverables if d.language == "go" and d.kind != "library"]
        self.programs = sorted({"" if d.root == "." else d.root for d in programs})

    def spot(self, symbol: Symbol, file: str) -> Spot:
        """Return where a function is from."""
        package = symbol.package
        if package in RUNTIMES or package.startswith(RUNTIME):
            return Spot("runtime")
        folders = self._folders(package)
        by_file = self._by_file(file)
        if package in MAINS:
            folders = [*by_file, *([self.home] if self.home is not None else [])] or self.programs[:2]
            if len(folders) > 1 and not by_file and self.home is None:
                folders = []
        elif by_file and folders and (symbol.closure or len(folders) > 1):
            folders = [*by_file, *folders]  # the function that was inlined, before the one it was inlined into
        if not folders:
            return _elsewhere(package, file)
        if file.endswith(TEST_SUFFIX):
            return Spot("test")
        named = list(dict.fromkeys(self.components[folder] for folder in folders if folder in self.components))
        return Spot("user", named[0] if named else "", others=tuple(named[1:]))

    def _folders(self, package: str) -> list[str]:
        """Return the folders that an import path means, by the longest module path; also that of its outside tests."""
        for path in (package, package.removesuffix("_test")):
            name = path
            while name:
                found = [join(folder, path[len(name) + 1 :]) for folder in self.modules.get(name, ())]
                known = [folder for folder in found if folder in self.components]
                if known or (found and path == package and not package.endswith("_test")):
                    return known or found
                name = name.rpartition("/")[0]
        return []

    def _by_file(self, file: str) -> list[str]:
        """Return the folder of the tree whose file this is: by import path, or by the longest end that agrees."""
        if not file.endswith((".go", ".s")) or "/pkg/mod/" in file:
            return []
        for path in self._trimmed(file):
            if path in self.files:
                return [folder_of(path)]
        best, most = [], 0
        wanted = file.split("/")[::-1]
        for path in self.by_name.get(wanted[0], ()):
            own = path.split("/")[::-1]
            same = next(
                (at for at, (a, b) in enumerate(zip(own, wanted, strict=False)) if a != b), min(len(own), len(wanted))
            )
            if same > most:
                best, most = [path], same
            elif same == most:
                best.append(path)
        sure = len(best) == 1 and (most >= LEAST or most == len(best[0].split("/")))
        return [folder_of(best[0])] if sure else []

    def _trimmed(self, file: str) -> Iterator[str]:
        """Yield what a file that begins with an import path, as -trimpath leaves it, is called in the tree."""
        name = folder_of(file)
        while name:
            for folder in self.modules.get(name, ()):
                yield join(folder, file[len(name) + 1 :])
            name = folder_of(name)


def _elsewhere(package: str, file: str) -> Spot:
    if package in MAINS:
        return Spot("unknown")
    first = package.partition("/")[0]
    if "/pkg/mod/" in file or "@v" in file or "." in first:
        return Spot("library", module="/".join(package.split("/")[:3]))
    return Spot("standard")
