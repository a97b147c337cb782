"""Rust crates, their modules, programs and libraries, as cargo sees them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from langfit.languages.paths import folder_of, is_inside, join, name_of, nearest
from langfit.languages.rust.imports import normal, package_of
from langfit.languages.rust.modules import Reached, reached
from langfit.languages.rust.shipped import hints_in, published_in, shipped_in, support_in
from langfit.languages.rust.targets import Neighbours, beside, targets_of
from langfit.languages.rust.workspaces import Workspaces, folder_named
from langfit.languages.words import others_of
from langfit.model.layout import Hint, Key, Layout, Part, Reading
from langfit.model.repository import Dependency, File, FileRole, Manifest, Target
from langfit.model.summary import FileSummary

TESTS = ("tests", "benches", "examples")  # folders beside src in which cargo looks for them

Summaries = Mapping[str, FileSummary]
Manifests = Mapping[str, Manifest | None]


def reading(files: Sequence[File], manifests: Manifests, under: str) -> dict[str, Reading]:
    """Return how each source file is to be read: tests, benchmarks and examples are skimmed for their modules."""
    del under  # cargo goes by manifests, not by names of folders
    spaces = Workspaces(manifests)
    sources = [file for file in files if file.language == "rust"]
    targets = _targets(spaces, {file.path: file for file in sources})
    shipped = {folder_of(t.path) for rows in targets.values() for t in rows if t.kind in ("lib", "bin")}
    found: dict[str, Reading] = {}
    for file in sources:
        if file.role == "vendored" or _of_others(file.path, spaces):
            found[file.path] = "none"
        elif file.role == "generated" or _beside_tests(file.path, spaces, shipped):
            found[file.path] = "skim"
        else:
            found[file.path] = "full"
    return found


def _of_others(path: str, spaces: Workspaces) -> bool:
    """Tell whether a file is code of others that no crate of the tree links."""
    name = others_of(folder_of(path))
    crate = nearest(folder_of(path), spaces.crates) if name else None
    return bool(name) and (crate is None or not others_of(crate))


def _beside_tests(path: str, spaces: Workspaces, shipped: set[str]) -> bool:
    """Tell whether a file is in a folder of tests in which no program or library begins."""
    crate = nearest(folder_of(path), spaces.crates)
    if crate is None:
        return False
    inside = path[len(crate) + 1 :] if crate else path
    if inside.partition("/")[0] not in TESTS:
        return False
    home = nearest(folder_of(path), shipped)
    return home is None or home == crate or not is_inside(home, crate)


def lay_out(files: Sequence[File], manifests: Manifests, summaries: Summaries, under: str) -> Layout:
    """Return the crates and modules of a tree with what they link, and the programs and libraries that it holds."""
    spaces = Workspaces(manifests)
    sources = {file.path: file for file in files if file.language == "rust" and file.role != "vendored"}
    targets = _targets(spaces, sources)
    found = _reached(targets, sources, summaries)
    parts = {("crate", folder, ""): _crate(folder, spaces) for folder in spaces.crates}
    roles: dict[str, tuple[FileRole, str]] = {}
    place: dict[str, Key] = {}
    for file in files:
        if file.language == "rust" and _of_others(file.path, spaces) and file.path not in found:
            roles[file.path] = "vendored", ""
        elif file.language == "rust" and file.role != "vendored":
            _place(file, found.get(file.path), spaces, summaries.get(file.path), parts, place, roles)
    _place_manifests(files, spaces, place)
    published = published_in(spaces, under)
    hints = dict(hints_in(spaces, published, under))
    return Layout(
        parts=parts,
        place=place,
        roles=roles,
        uses=_uses(spaces, targets, _Needless(hints, _named(place, roles, summaries, hints))),
        tested_by=_links(spaces, ("dev", "build")),
        support=dict(support_in(spaces, targets)),
        hints=hints,
        shipped=list(shipped_in(spaces, targets, published)),
        manifests=[m for m in _resolved(manifests, spaces, targets) if m is not None],
        members=spaces.homes,
    )


def _targets(spaces: Workspaces, sources: Mapping[str, File]) -> dict[str, list[Target]]:
    near: Neighbours = beside(sources)
    return {folder: targets_of(folder, manifest, sources, near) for folder, manifest in spaces.crates.items()}


def _reached(
    targets: Mapping[str, list[Target]], sources: Mapping[str, File], summaries: Summaries
) -> dict[str, Reached]:
    """Return the first use of each file: as code rather than as a test, and by the crate whose folder holds it."""
    found: dict[str, Reached] = {}
    for crate, rows in targets.items():
        for path, use in reached(crate, rows, sources, summaries):
            known = found.get(path)
            if known is None or _rank(path, use) < _rank(path, known):
                found[path] = use
    return found


def _rank(path: str, use: Reached) -> tuple[bool, bool, int, str]:
    return use.role != "code", not is_inside(path, use.crate), -len(use.crate), use.crate


def _crate(folder: str, spaces: Workspaces) -> Part:
    manifest = spaces.crates[folder]
    name = manifest.name if manifest is not None else name_of(folder) or "."
    return Part(("crate", folder, ""), name, "crate", "rust", folder, None, join(folder, "Cargo.toml"))


def _place(
    file: File,
    use: Reached | None,
    spaces: Workspaces,
    summary: FileSummary | None,
    parts: dict[Key, Part],
    place: dict[str, Key],
    roles: dict[str, tuple[FileRole, str]],
) -> None:
    """Note the role of a source file and the smallest part that holds it."""
    if use is None:
        crate = nearest(folder_of(file.path), spaces.crates)
        if crate is not None:
            place[file.path] = ("crate", crate, "")
            roles[file.path] = "unused", "no target of its crate reaches it"
        else:
            alone: Key = ("crate", "", "")
            parts.setdefault(alone, Part(alone, ".", "crate", "rust", "", None, ""))
            place[file.path] = alone
            if summary is not None and summary.mark:
                roles[file.path] = _marked(summary)
        return
    key: Key = ("crate", use.crate, "")
    if use.role == "code" and file.role == "generated":
        roles[file.path] = "generated", ""
    elif use.role == "code" and summary is not None and summary.mark:
        roles[file.path] = _marked(summary)
    elif use.role != "code":
        roles[file.path] = use.role, use.why
    if use.module and use.role == "code":
        inner: Key = ("module", use.crate, use.module)
        if file.path not in roles or roles[file.path][0] == "generated":
            parts.setdefault(inner, Part(inner, use.module, "module", "rust", use.home, key, parts[key].manifest))
        key = inner if inner in parts else key
    place[file.path] = key


def _marked(summary: FileSummary) -> tuple[FileRole, str]:
    return ("generated" if summary.mark == "generated" else "copied"), "its head says so"


def _place_manifests(files: Sequence[File], spaces: Workspaces, place: dict[str, Key]) -> None:
    for file in files:
        if name_of(file.path) in ("Cargo.toml", "Cargo.lock") and folder_of(file.path) in spaces.crates:
            place[file.path] = ("crate", folder_of(file.path), "")


class _Needless(NamedTuple):
    """What tells that a dependency on a crate that looks like support code is there for tests alone."""

    hints: Mapping[Key, Hint]
    named: set[str]  # crates that code names outside of tests, in crates that look like what ships

    def __call__(self, row: Dependency, used: Key) -> bool:
        """Tell whether an ordinary build leaves the dependency off, or no code outside of tests names it."""
        if used not in self.hints or not self.hints[used].strong:
            return False
        return row.off or normal(row.name) not in self.named


def _named(
    place: Mapping[str, Key], roles: Container[str], summaries: Summaries, hints: Mapping[Key, Hint]
) -> set[str]:
    """Return which crates are named outside of tests, in crates that look like what ships."""
    support = {key[1] for key, hint in hints.items() if hint.strong}
    code = (path for path, key in place.items() if key[1] not in support and path in summaries and path not in roles)
    return {package_of(row.path) for path in code for row in summaries[path].imports}


def _links(spaces: Workspaces, kinds: tuple[str, ...], needless: _Needless | None = None) -> dict[Key, set[Key]]:
    """Return the crates of the tree that each crate links by path; for tests and build scripts the other way round."""
    found: dict[Key, set[Key]] = {}
    for folder, manifest in spaces.crates.items():
        for row in manifest.dependencies if manifest is not None else ():
            target = folder_named(row.path)
            if (
                not row.path
                or row.inherited
                or row.kind not in kinds
                or target not in spaces.crates
                or target == folder
            ):
                continue
            user, used = ("crate", folder, ""), ("crate", target, "")
            if needless is not None and needless(row, used):
                continue
            if kinds == ("normal",):
                found.setdefault(user, set()).add(used)
            else:
                found.setdefault(used, set()).add(user)
    return found


def _uses(spaces: Workspaces, targets: Mapping[str, list[Target]], needless: _Needless) -> dict[Key, set[Key]]:
    """Return what each crate links: by path, and as the root of a target that lies in the folder of another crate."""
    found = _links(spaces, ("normal",), needless)
    for folder, rows in targets.items():
        for target in rows:
            holder = nearest(folder_of(target.path), spaces.crates)
            if target.kind in ("lib", "bin") and holder is not None and holder != folder:
                found.setdefault(("crate", folder, ""), set()).add(("crate", holder, ""))
    return found


def _resolved(
    manifests: Manifests, spaces: Workspaces, targets: Mapping[str, list[Target]]
) -> Iterable[Manifest | None]:
    import msgspec

    for path, manifest in manifests.items():
        folder = folder_of(path)
        if manifest is None or manifest.language != "rust":
            continue
        crate = spaces.crates.get(folder)
        yield msgspec.structs.replace(crate, targets=tuple(targets[folder])) if crate is not None else manifest
