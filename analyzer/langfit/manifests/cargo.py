"""Reads Cargo.toml, by https://doc.rust-lang.org/cargo/reference/manifest.html and workspaces.html.

Cargo accepts TOML 1.1, which the parser of the standard library of Python 3.11 to 3.14 refuses; tomli reads it.
What a member takes over from its workspace stands in two files: `parse` notes it, `inherit` resolves it. What cargo
infers from the files that lie beside the manifest is added by `implied`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import tomli

from langfit.manifests.lines import Lines
from langfit.model import Manifest

DEFAULT_EDITION = "2015"  # what cargo takes when [package] names none
Table = Mapping[str, Any]


def parse(path: str, data: bytes) -> Manifest:
    """What the Cargo.toml at `path` says. Raises ValueError with a sentence when it is broken.

    `dependencies` holds real crate names of [dependencies], for any target; those for build and tests are left out.
    `entries` holds "workspace", "member:GLOB", "exclude:FOLDER", "edition:2021", "crate-type:X", "proc-macro",
    "build-script", "feature:X" (own ones), "feature:DEPENDENCY/X" (switched on), "lint:clippy::X=allow", "bin:NAME",
    "bench:NAME", "profile:panic=abort", "root:FILE" (lib and bin paths), "path:FOLDER" (path dependencies) and, for
    `inherit`, "inherits:KEY" and "workspace-KEY" rows.
    """
    document = _load(data)
    package = _table(document, "package") or _table(document, "project")
    virtual = "package" not in document and "project" not in document
    if virtual and not isinstance(document.get("workspace"), dict):
        raise ValueError("it has neither a [package] nor a [workspace]")
    name = package.get("name", "")
    if not isinstance(name, str) or not (name or virtual):
        raise ValueError("its package has no name")
    lines = Lines(data.decode("utf-8-sig"))
    entries: dict[str, int] = {}
    dependencies: dict[str, int] = {}
    version = _package(package, lines, entries)
    _targets(document, lines, entries)
    _dependencies(document, lines, dependencies, entries)
    if isinstance(document.get("workspace"), dict):
        _workspace(_table(document, "workspace"), lines, entries)
    _settings(document, lines, entries)
    patched = {crate for table in _table(document, "patch").values() if isinstance(table, dict) for crate in table}
    replaced = patched.union(_table(document, "replace"))
    replaced.update(key.partition(":")[2] for key in entries if key.startswith(("path:", "member:")))
    return Manifest(path, "rust", name, version, dependencies, entries, tuple(sorted(replaced)))


def inherit(member: Manifest, root: Manifest) -> Manifest:
    """`member` with what it takes from the workspace manifest `root`: real names of renamed dependencies, the
    edition, and lints. Lines are those of `member`."""
    entries = dict(member.entries)
    dependencies = dict(member.dependencies)
    version = member.version
    offered: dict[str, list[str]] = {}
    for said in root.entries:
        head, _, rest = said.partition(":")
        offered.setdefault(head, []).append(rest)
    for entry, line in member.entries.items():
        kind, _, key = entry.partition(":")
        if kind != "inherits":
            continue
        for real in offered.get(f"workspace-rename-{key}", ()):
            if key in dependencies:
                dependencies[real] = dependencies.pop(key)
        for feature in offered.get(f"workspace-feature-{key}", ()):
            entries.setdefault(f"feature:{feature}", line)
        if key == "edition":
            version = next(iter(offered.get("workspace-edition", ())), "")
            entries[f"edition:{version}"] = line
        elif key == "lints":
            for lint in offered.get("workspace-lint", ()):
                entries.setdefault(f"lint:{lint}", line)
    return msgspec.structs.replace(member, entries=entries, dependencies=dependencies, version=version)


def implied(member: Manifest, beside: Collection[str]) -> Manifest:
    """`member` with what cargo infers from the files of its folder: `beside` holds their paths, relative to it."""
    entries = dict(member.entries)
    if member.name and "build.rs" in beside and "build-script:no" not in entries:
        entries.setdefault("build-script", 1)
    for path in sorted(beside) if member.name else ():
        parts = path.removesuffix(".rs").split("/")
        if path == "src/main.rs":
            entries.setdefault(f"bin:{member.name}", 1)
        elif path.endswith(".rs") and parts[:2] == ["src", "bin"] and (len(parts) == 3 or parts[3:] == ["main"]):
            entries.setdefault(f"bin:{parts[2]}", 1)
        elif path.endswith(".rs") and parts[0] == "benches" and (len(parts) == 2 or parts[2:] == ["main"]):
            entries.setdefault(f"bench:{parts[1]}", 1)
    return msgspec.structs.replace(member, entries=entries)


def _load(data: bytes) -> dict[str, Any]:
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except tomli.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML: {error}") from None
    except RecursionError:
        raise ValueError("its values are nested too deep") from None


def _package(package: Table, lines: Lines, entries: dict[str, int]) -> str:
    edition = package.get("edition", DEFAULT_EDITION if package else "")
    version = ""
    if isinstance(edition, dict):
        entries["inherits:edition"] = lines.of("package", "edition")
    elif edition:
        version = str(edition)
        entries[f"edition:{version}"] = lines.of("package", "edition")
    build = package.get("build")
    if isinstance(build, str) or build is True:
        entries["build-script"] = lines.of("package", "build")
    elif build is False:
        entries["build-script:no"] = lines.of("package", "build")
    if isinstance(package.get("workspace"), str):
        entries[f"workspace-root:{package['workspace']}"] = lines.of("package", "workspace")
    return version


def _targets(document: Table, lines: Lines, entries: dict[str, int]) -> None:
    library = _table(document, "lib")
    for key in ("crate-type", "crate_type"):
        for kind in _strings(library.get(key)):
            entries.setdefault(f"crate-type:{kind}", lines.of("lib", key))
    for key in ("proc-macro", "proc_macro"):
        if library.get(key) is True:
            entries.setdefault("proc-macro", lines.of("lib", key))
    if isinstance(library.get("path"), str):
        entries.setdefault(f"root:{library['path']}", lines.of("lib", "path"))
    for kind in ("bin", "bench"):
        targets = document.get(kind)
        for target in targets if isinstance(targets, list) else ():
            if not isinstance(target, dict):
                continue
            if isinstance(target.get("name"), str):
                entries.setdefault(f"{kind}:{target['name']}", lines.saying(kind, "name", target["name"]))
            if kind == "bin" and isinstance(target.get("path"), str):
                entries.setdefault(f"root:{target['path']}", lines.saying(kind, "path", target["path"]))


def _dependencies(document: Table, lines: Lines, found: dict[str, int], entries: dict[str, int]) -> None:
    tables = [("dependencies", _table(document, "dependencies"))]
    for target, table in sorted(_table(document, "target").items()):
        if isinstance(table, dict):
            tables.append((f"target.{target}.dependencies", _table(table, "dependencies")))
    for header, table in tables:
        for key, wanted in table.items():
            line = lines.of(header, key)
            real = _real_name(key, wanted)
            found.setdefault(real, line)
            if not isinstance(wanted, dict):
                continue
            if wanted.get("workspace") is True:
                entries.setdefault(f"inherits:{key}", line)
            if isinstance(wanted.get("path"), str):
                entries.setdefault(f"path:{wanted['path']}", line)
            for feature in _strings(wanted.get("features")):
                entries.setdefault(f"feature:{real}/{feature}", line)


def _workspace(workspace: Table, lines: Lines, entries: dict[str, int]) -> None:
    entries["workspace"] = lines.of("workspace", "")
    for member in _strings(workspace.get("members")):
        entries.setdefault(f"member:{member}", lines.saying("workspace", "members", member))
    for folder in _strings(workspace.get("exclude")):
        entries.setdefault(f"exclude:{folder}", lines.saying("workspace", "exclude", folder))
    edition = _table(workspace, "package").get("edition")
    if isinstance(edition, str):
        entries[f"workspace-edition:{edition}"] = lines.of("workspace.package", "edition")
    for key, wanted in _table(workspace, "dependencies").items():
        line = lines.of("workspace.dependencies", key)
        real = _real_name(key, wanted)
        if real != key:
            entries[f"workspace-rename-{key}:{real}"] = line
        if isinstance(wanted, dict):
            if isinstance(wanted.get("path"), str):
                entries.setdefault(f"path:{wanted['path']}", line)
            for feature in _strings(wanted.get("features")):
                entries[f"workspace-feature-{key}:{real}/{feature}"] = line
    _lints("workspace-lint", "workspace.lints", _table(workspace, "lints"), lines, entries)


def _settings(document: Table, lines: Lines, entries: dict[str, int]) -> None:
    for feature in _table(document, "features"):
        entries.setdefault(f"feature:{feature}", lines.of("features", feature))
    lints = _table(document, "lints")
    if lints.get("workspace") is True:
        entries["inherits:lints"] = lines.of("lints", "workspace")
    _lints("lint", "lints", lints, lines, entries)
    for profile, settings in _table(document, "profile").items():
        if isinstance(settings, dict) and isinstance(settings.get("panic"), str):
            entries.setdefault(f"profile:panic={settings['panic']}", lines.of(f"profile.{profile}", "panic"))


def _lints(kind: str, header: str, tools: Table, lines: Lines, entries: dict[str, int]) -> None:
    for tool, table in tools.items():
        for lint, level in table.items() if isinstance(table, dict) else ():
            said = level.get("level") if isinstance(level, dict) else level
            if isinstance(said, str):
                entries.setdefault(f"{kind}:{tool}::{lint}={said}", lines.of(f"{header}.{tool}", lint))


def _real_name(key: str, wanted: object) -> str:
    package = wanted.get("package") if isinstance(wanted, dict) else None
    return package if isinstance(package, str) else key


def _table(document: Table, key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _strings(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
