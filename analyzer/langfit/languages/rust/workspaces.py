"""Which crates of a tree belong to which workspace, by https://doc.rust-lang.org/cargo/reference/workspaces.html."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import structs

from langfit.languages.paths import folder_of, name_of, nearest
from langfit.languages.rust.manifests import inherit, offer_of
from langfit.languages.words import others_of
from langfit.model.repository import Manifest

MOST_STARS = 20  # of one pattern; cargo's own globs have one or two

Manifests = Mapping[str, Manifest | None]


class Workspaces:
    """The crates of a tree by folder, and the folder of the workspace of each that is a member of one.

    `crates` holds None for a Cargo.toml that cannot be read. The manifests in it are resolved: members have what they
    take from their workspace. Crates in folders for code of others are there only where a crate of the tree links them.
    """

    def __init__(self, manifests: Manifests) -> None:
        self.crates: dict[str, Manifest | None] = {}
        self.spaces: dict[str, Manifest] = {}
        for path, manifest in sorted(manifests.items()):
            if name_of(path) != "Cargo.toml":
                continue
            folder = folder_of(path)
            if manifest is None or manifest.name:
                self.crates[folder] = manifest
            if manifest is not None and "workspace" in manifest.entries:
                self.spaces[folder] = manifest
        self.patches = {home: _patches(space) for home, space in self.spaces.items()}
        self._offers = {home: offer_of(space) for home, space in self.spaces.items()}
        self._listed = {home: Members(entries_of(space, "member")) for home, space in self.spaces.items()}
        self._left_out = {home: _folders(entries_of(space, "exclude")) for home, space in self.spaces.items()}
        self._named = {home: _folders(entries_of(space, "member")) for home, space in self.spaces.items()}
        self.claims = {folder: self._claimed_by(folder) for folder in self.crates}
        self.homes = self._homes()
        linked = {folder for root, home in self.homes.items() for folder in _linked(self._resolved(root, home))}
        self.crates = {
            folder: manifest
            for folder, manifest in self.crates.items()
            if folder in self.homes or folder in linked or not others_of(folder)
        }
        for folder in self.homes:
            self.crates[folder] = self._resolved(folder, self.homes[folder])

    def _homes(self) -> dict[str, str]:
        """Return folder of a crate -> folder of its workspace."""
        homes: dict[str, str] = {}
        waiting: list[tuple[str, str]] = []
        for folder, home in self.claims.items():
            if home is not None and (folder == home or self.lists(home, folder)):
                waiting.append((folder, home))
        while waiting:
            folder, home = waiting.pop()
            if folder in homes:
                continue
            homes[folder] = home
            for linked in _linked(self._inherited(folder, home)):
                if linked in self.crates and self.claims[linked] == home:
                    waiting.append((linked, home))
        return homes

    def lists(self, home: str, folder: str) -> bool:
        """Tell whether a workspace names a folder among its members."""
        return self._listed[home].name(_inside(folder, home))

    def refused(self, folder: str) -> bool:
        """Tell whether cargo refuses a crate that is no member: a workspace claims it, or it takes rows from one."""
        if folder in self.homes:
            return False
        return self.claims.get(folder) is not None or any(entries_of(self.crates[folder], "inherits"))

    def _inherited(self, folder: str, home: str) -> Manifest | None:
        """Return the manifest of a crate with what it takes from a workspace: what a patch links is no member of it."""
        member = self.crates[folder]
        return inherit(member, self._offers[home]) if member is not None else None

    def _resolved(self, folder: str, home: str) -> Manifest | None:
        """Return the manifest of a member with what it takes from its workspace, patches included."""
        full, patches = self._inherited(folder, home), self.patches[home]
        if full is None or not patches:
            return full
        rows = tuple(
            structs.replace(row, path=to, patched=folder_named(to) not in self.homes)
            if not row.path and (to := patches.get(row.package, ""))
            else row
            for row in full.dependencies
        )
        return structs.replace(full, dependencies=rows)

    def _claimed_by(self, folder: str) -> str | None:
        """Return the workspace that a crate names, or the nearest one above that does not exclude it."""
        named = entries_of(self.crates[folder], "workspace-root")
        if named:
            home = "" if named[0] == "." else named[0]
            return home if home in self.spaces else None
        at: str | None = folder
        while at is not None:
            space = self.spaces.get(at)
            if space is not None and (at == folder or not self._excluded(folder, at)):
                return at
            at = folder_of(at) if at else None
        return None

    def _excluded(self, folder: str, home: str) -> bool:
        """Tell whether a workspace leaves a folder out: it lies in one of `exclude`, and in no listed member."""
        inside = _inside(folder, home)
        return nearest(inside, self._left_out[home]) is not None and nearest(inside, self._named[home]) is None


def _folders(patterns: Iterable[str]) -> set[str]:
    """Return patterns as names of folders, "" for the workspace itself."""
    named = {posixpath.normpath(pattern) for pattern in patterns}
    return {"" if name == "." else name for name in named}


class Members:
    """The `members` of a workspace: plain folders by name, and patterns."""

    def __init__(self, patterns: Iterable[str]) -> None:
        named = [posixpath.normpath(pattern) for pattern in patterns]
        self._plain = {"" if pattern == "." else pattern for pattern in named if not re.search(r"[*?\[]", pattern)}
        starred = [pattern for pattern in named if re.search(r"[*?\[]", pattern)]
        self._patterns = [_compiled(pattern) for pattern in starred if pattern.count("*") <= MOST_STARS]

    def name(self, folder: str) -> bool:
        """Tell whether a folder, relative to the workspace, is one of the members."""
        return folder in self._plain or any(pattern.fullmatch(folder) for pattern in self._patterns)


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern: `*` and `?` stay within one folder, `**` spans any number of them, `[...]` is one letter."""
    parts = []
    for name in pattern.split("/"):
        if name == "**":
            parts.append("(?:[^/]+/)*")
            continue
        text = re.sub(r"\*+", "*", name)
        pieces = re.split(r"(\*|\?|\[[!^]?[^\]/]+\])", text)
        parts.append("".join(_letter(piece) for piece in pieces) + "/")
    joined = "".join(parts)
    try:
        return re.compile(joined.removesuffix("/") if joined.endswith("/") else joined + "[^/]*")
    except re.error:
        return re.compile(re.escape(pattern))


def _letter(piece: str) -> str:
    if piece == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
        inner = piece[1:-1]
        negated = inner.startswith(("!", "^"))
        letters = re.escape(inner[negated:]).replace("\\-", "-")
        return f"[{'^' if negated else ''}{letters}]"
    return re.escape(piece)


def entries_of(manifest: Manifest | None, kind: str) -> list[str]:
    """Return what a manifest says in entries of a kind."""
    entries = manifest.entries if manifest is not None else {}
    return [entry[len(kind) + 1 :] for entry in entries if entry.startswith(f"{kind}:")]


def folder_named(path: str) -> str:
    """Return the folder that a manifest names: "." is the root of the tree."""
    return "" if path == "." else path


def _patches(space: Manifest) -> dict[str, str]:
    """Return the folders that a workspace takes instead of crates of a registry, by package."""
    rows = (row.partition("=") for row in entries_of(space, "patch"))
    return {package: folder for package, _, folder in rows}


def _linked(manifest: Manifest | None) -> list[str]:
    rows = manifest.dependencies if manifest is not None else ()
    return [folder_named(row.path) for row in rows if row.path and not row.inherited and row.kind != "template"]


def _inside(folder: str, home: str) -> str:
    """Return a folder as the manifest of a workspace names it: `../x` beside the workspace."""
    inside = posixpath.relpath(folder or ".", home or ".")
    return "" if inside == "." else inside
