"""Reads Cargo.toml, by https://doc.rust-lang.org/cargo/reference/manifest.html and workspaces.html.

Cargo accepts TOML 1.1, which the parser of the standard library of Python 3.11 to 3.14 refuses; tomli reads it.
What a member takes over from its workspace is in two files: `parse` notes it, `inherit` resolves it. Targets that cargo
infers from the files beside the manifest are added by `targets.complete`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import tomli

from langfit.model.repository import Dependency, DependencyKind, Manifest, Target, TargetKind
from langfit.toml.positions import MOST_LEVELS, levels, positions

ENTRIES = frozenset(
    "dependency crate-type feature edition lint proc-macro build-script bin bench profile member workspace".split()
)
NAMED = frozenset("dependency crate-type lint".split())  # entries that mean nothing without a name
DEFAULT_EDITION = "2015"  # what cargo takes when [package] names none
MOST_ROWS = 10_000  # entries of one manifest; a larger one is made to hurt
TABLES: tuple[tuple[str, DependencyKind], ...] = (
    ("dependencies", "normal"), ("dev-dependencies", "dev"), ("dev_dependencies", "dev"),
    ("build-dependencies", "build"), ("build_dependencies", "build"),
)  # fmt: skip
LISTED: tuple[TargetKind, ...] = ("bin", "test", "bench", "example")
AUTO = {"autobins": "bin", "autotests": "test", "autobenches": "bench", "autoexamples": "example", "autolib": "lib"}
PUBLIC = ("description", "version")  # beside a licence, what a registry asks for
FACE = ("documentation", "homepage", "readme", "keywords", "categories")  # what a crate says to users of its own


Table = Mapping[str, Any]
Path = tuple[str | int, ...]


class _Reading:
    """A manifest while it is read: its document, where things are in it, and what was found."""

    def __init__(self, path: str, document: dict[str, Any], text: str) -> None:
        self.folder = path.rpartition("/")[0]
        self.document = document
        self._positions: dict[Path, int] = positions(text) if levels(document) <= MOST_LEVELS else {}
        self.entries: dict[str, int] = {}

    def line(self, *path: str | int) -> int:
        """Return the 1-based line of a key or item, or of the nearest table around it."""
        while path and path not in self._positions:
            path = path[:-1]
        return self._positions.get(path, 1)

    def note(self, entry: str, *path: str | int) -> None:
        """Keep an entry with its line, the first one of its name."""
        if entry not in self.entries and len(self.entries) < MOST_ROWS:
            self.entries[entry] = self.line(*path)

    def below(self, path: str) -> str:
        """Return a path of the manifest as one of the tree, "." for its root."""
        return posixpath.normpath(posixpath.join(self.folder, path)) if path else self.folder or "."


def parse(path: str, data: bytes) -> Manifest:
    """Return what the Cargo.toml at `path` says. Raises ValueError with the end of a sentence when it is broken.

    `entries` holds "workspace", "member:GLOB", "default-member:GLOB", "exclude:FOLDER", "edition:2021", "crate-type:X",
    "proc-macro", "build-script", "feature:X" (own ones), "feature:DEPENDENCY/X" (switched on), "lint:clippy::X=allow",
    "bin:NAME", "bench:NAME", "profile:panic=abort", "links:NAME", "metadata:KEY", "patch:NAME=FOLDER" and, for
    `inherit` and the layout, "inherits:KEY", "workspace-KEY", "has:KEY", "auto:KIND=false", "publish=false",
    "workspace-root:FOLDER".
    """
    document = _load(data)
    virtual = "package" not in document and "project" not in document
    package = _table(document, "package") or _table(document, "project")
    if virtual and not isinstance(document.get("workspace"), dict):
        raise ValueError("it has neither a [package] nor a [workspace]")
    name = package.get("name", "")
    if not isinstance(name, str) or not (name or virtual):
        raise ValueError("its package has no name")
    reading = _Reading(path, document, data.decode("utf-8-sig").replace("\r\n", "\n"))
    version = _package(reading, package)
    targets = tuple(_targets(reading, name))
    dependencies = tuple(_dependencies(reading))[:MOST_ROWS]
    if isinstance(document.get("workspace"), dict):
        _workspace(reading, _table(document, "workspace"))
    _patches(reading)
    _settings(reading)
    return Manifest(path, "rust", name, version, dependencies, reading.entries, targets, _is_published(reading.entries))


class Offer(NamedTuple):
    """What the manifest of a workspace offers to its members."""

    dependencies: dict[str, Dependency]  # by name
    entries: dict[str, list[str]]  # by kind
    unpublished: bool


def offer_of(root: Manifest) -> Offer:
    """Return what the manifest of a workspace offers to its members."""
    given: dict[str, list[str]] = {}
    for entry in root.entries:
        kind, _, rest = entry.partition(":")
        given.setdefault(kind, []).append(rest)
    offered = {row.name: row for row in root.dependencies if row.kind == "template"}
    return Offer(offered, given, "workspace-publish=false" in root.entries)


def inherit(member: Manifest, offer: Offer) -> Manifest:
    """Return `member` with what it takes from its workspace; lines are those of `member`.

    It takes dependencies, the edition, lints, and what makes it publishable.
    """
    entries = dict(member.entries)
    offered, given = offer.dependencies, offer.entries
    dependencies = tuple(
        msgspec.structs.replace(row, package=found.package, path=found.path, inherited=False, versioned=found.versioned)
        if row.inherited and (found := offered.get(row.name)) is not None
        else row
        for row in member.dependencies
    )
    version = member.version
    for entry, line in member.entries.items():
        kind, _, key = entry.partition(":")
        if kind != "inherits":
            continue
        if key in given.get("workspace-has", ()):
            entries[f"has:{key}"] = line
        for feature in given.get(f"workspace-feature-{key}", ()):
            entries.setdefault(f"feature:{feature}", line)
        if key == "edition":
            version = next(iter(given.get("workspace-edition", ())), "")
            entries[f"edition:{version}"] = line
        elif key == "publish" and offer.unpublished:
            entries["publish=false"] = line
        elif key == "lints":
            for lint in given.get("workspace-lint", ()):
                entries.setdefault(f"lint:{lint}", line)
    return msgspec.structs.replace(
        member, entries=entries, dependencies=dependencies, version=version, published=_is_published(entries)
    )


def _is_published(entries: Mapping[str, int]) -> bool:
    licensed = "has:license" in entries or "has:license-file" in entries
    return licensed and all(f"has:{key}" in entries for key in PUBLIC) and "publish=false" not in entries


def _load(data: bytes) -> dict[str, Any]:
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except tomli.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML: {error}") from None
    except RecursionError:
        raise ValueError("its values are nested too deep") from None
    except ValueError:
        raise ValueError("it holds a number that is too long") from None


def _package(reading: _Reading, package: Table) -> str:
    """Note what [package] says and return the edition."""
    key = "package" if "package" in reading.document else "project"
    edition = package.get("edition", DEFAULT_EDITION if package else "")
    version = ""
    if isinstance(edition, dict):
        reading.note("inherits:edition", key, "edition")
    elif edition:
        version = str(edition)
        reading.note(f"edition:{version}", key, "edition")
    build = package.get("build")
    if isinstance(build, str) or build is True:
        reading.note("build-script", key, "build")
    elif build is False:
        reading.note("build-script=false", key, "build")
    if isinstance(package.get("workspace"), str):
        reading.note(f"workspace-root:{reading.below(package['workspace'])}", key, "workspace")
    if isinstance(package.get("links"), str):
        reading.note(f"links:{package['links']}", key, "links")
    for name in (*PUBLIC, *FACE, "license", "license-file", "publish"):
        value = package.get(name)
        if isinstance(value, dict) and value.get("workspace") is True:
            reading.note(f"inherits:{name}", key, name)
        elif value and isinstance(value, str | list):
            reading.note(f"has:{name}", key, name)
    if package.get("publish") is False or package.get("publish") == []:
        reading.note("publish=false", key, "publish")
    for name, kind in AUTO.items():
        if package.get(name) is False:
            reading.note(f"auto:{kind}=false", key, name)
    for name in _table(package, "metadata"):
        reading.note(f"metadata:{name}", key, "metadata", name)
    return version


def _targets(reading: _Reading, package: str) -> Iterator[Target]:
    """Yield the targets that the manifest lists; a path of "" is for the layout to find."""
    document = reading.document
    library = _table(document, "lib")
    if "lib" in document:
        kinds = tuple(k for key in ("crate-type", "crate_type") for k in _strings(library.get(key)))
        for kind in kinds:
            reading.note(f"crate-type:{kind}", "lib", "crate-type" if "crate-type" in library else "crate_type")
        for key in ("proc-macro", "proc_macro"):
            if library.get(key) is True:
                reading.note("proc-macro", "lib", key)
                kinds = ("proc-macro",)
        name = library.get("name")
        path = library.get("path")
        yield Target(
            "lib",
            name if isinstance(name, str) else package.replace("-", "_"),
            reading.below(path) if isinstance(path, str) else "",
            reading.line("lib"),
            kinds,
        )
    for kind in LISTED:
        rows = document.get(kind)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, dict):
                continue
            name, path = row.get("name"), row.get("path")
            if isinstance(name, str):
                reading.note(f"{kind}:{name}", kind, number, "name")
            stem = posixpath.basename(path).removesuffix(".rs") if isinstance(path, str) else package
            yield Target(
                kind,
                name if isinstance(name, str) else stem,
                reading.below(path) if isinstance(path, str) else "",
                reading.line(kind, number),
            )
    package_table = _table(document, "package") or _table(document, "project")
    build = package_table.get("build")
    if isinstance(build, str):
        yield Target("build", "build-script", reading.below(build), reading.line("package", "build"))


def _dependencies(reading: _Reading) -> Iterator[Dependency]:
    """Yield the rows of all dependency tables; those of [workspace.dependencies] are templates."""
    document = reading.document
    enabled = _enabled(document)
    homes: list[tuple[Table, Path]] = [(document, ())]
    for name, table in sorted(_table(document, "target").items()):
        if isinstance(table, dict):
            homes.append((table, ("target", name)))
    for home, path in homes:
        for key, kind in TABLES:
            for name, wanted in _table(home, key).items():
                row = _dependency(reading, name, wanted, kind, (*path, key, name))
                optional = isinstance(wanted, dict) and wanted.get("optional") is True
                yield msgspec.structs.replace(row, off=optional and name not in enabled)
    for name, wanted in _table(_table(document, "workspace"), "dependencies").items():
        row = _dependency(reading, name, wanted, "template", ("workspace", "dependencies", name))
        yield row
        for feature in _strings(wanted.get("features") if isinstance(wanted, dict) else None):
            place: Path = ("workspace", "dependencies", name)
            reading.note(f"workspace-feature-{name}:{row.package}/{feature}", *place)


def _enabled(document: Table) -> set[str]:
    """Return the features and optional dependencies that are on by default."""
    features = _table(document, "features")
    found: set[str] = set()
    waiting = ["default"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for value in _strings(features.get(name)):
                waiting.append(value.removeprefix("dep:").partition("/")[0] if "?/" not in value else name)
    return found


def _dependency(reading: _Reading, name: str, wanted: object, kind: DependencyKind, place: Path) -> Dependency:
    line = reading.line(*place)
    if not isinstance(wanted, dict):
        return Dependency(name, name, kind, line, versioned=isinstance(wanted, str))
    package = wanted.get("package")
    real = package if isinstance(package, str) else name
    inherited = wanted.get("workspace") is True
    if inherited:
        reading.note(f"inherits:{name}", *place)
    if kind == "normal" and place[0] != "workspace":
        for feature in _strings(wanted.get("features")):
            reading.note(f"feature:{real}/{feature}", *place)
    path = wanted.get("path")
    folder = reading.below(path) if isinstance(path, str) else ""
    versioned = isinstance(wanted.get("version"), str)
    return Dependency(name, real, kind, line, folder, inherited, versioned=versioned)


def _workspace(reading: _Reading, workspace: Table) -> None:
    reading.note("workspace", "workspace")
    for key, kind in (("members", "member"), ("default-members", "default-member"), ("exclude", "exclude")):
        for number, folder in enumerate(_strings(workspace.get(key))):
            reading.note(f"{kind}:{folder}", "workspace", key, number)
    package = _table(workspace, "package")
    edition = package.get("edition")
    if isinstance(edition, str):
        reading.note(f"workspace-edition:{edition}", "workspace", "package", "edition")
    for name in (*PUBLIC, "license", "license-file"):
        if isinstance(package.get(name), str):
            reading.note(f"workspace-has:{name}", "workspace", "package", name)
    if package.get("publish") is False or package.get("publish") == []:
        reading.note("workspace-publish=false", "workspace", "package", "publish")
    _lints(reading, "workspace-lint", ("workspace", "lints"), _table(workspace, "lints"))


def _patches(reading: _Reading) -> None:
    """Note the folders that stand in for crates of a registry."""
    for registry, table in _table(reading.document, "patch").items():
        for name, wanted in table.items() if isinstance(table, dict) else ():
            path = wanted.get("path") if isinstance(wanted, dict) else None
            if isinstance(path, str):
                package = wanted.get("package")
                real = package if isinstance(package, str) else name
                reading.note(f"patch:{real}={reading.below(path)}", "patch", registry, name)


def _settings(reading: _Reading) -> None:
    document = reading.document
    for feature in _table(document, "features"):
        reading.note(f"feature:{feature}", "features", feature)
    lints = _table(document, "lints")
    if lints.get("workspace") is True:
        reading.note("inherits:lints", "lints", "workspace")
    _lints(reading, "lint", ("lints",), lints)
    for profile, settings in _table(document, "profile").items():
        if isinstance(settings, dict) and isinstance(settings.get("panic"), str):
            reading.note(f"profile:panic={settings['panic']}", "profile", profile, "panic")


def _lints(reading: _Reading, kind: str, place: Path, tools: Table) -> None:
    for tool, table in tools.items():
        for lint, level in table.items() if isinstance(table, dict) else ():
            said = level.get("level") if isinstance(level, dict) else level
            if isinstance(said, str):
                reading.note(f"{kind}:{tool}::{lint}={said}", *place, tool, lint)


def _table(document: Table, key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _strings(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
