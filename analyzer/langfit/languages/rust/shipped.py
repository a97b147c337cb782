"""What of a Rust workspace ships: published crates, programs, native libraries; and what looks like support code."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from langfit.languages.paths import below, is_inside, name_of
from langfit.languages.rust.hosts import hosts_of, is_wasm
from langfit.languages.rust.manifests import FACE
from langfit.languages.rust.workspaces import Workspaces, folder_named
from langfit.languages.words import generates, hint_of, hint_of_program, others_of
from langfit.model.layout import Hint, Key, Shipped, ShippedKind
from langfit.model.repository import Manifest, Target

FUZZERS = frozenset("libfuzzer-sys afl honggfuzz bolero ziggy".split())


def published_in(spaces: Workspaces, under: str) -> set[str]:
    """Return the crates that a registry can hold, as far as the tree shows.

    Beside a manifest that is complete enough that takes versions: cargo publishes no crate that links another one by
    its path alone. Tests and examples are published nowhere, so they may link anything so.
    """
    named: dict[str, set[bool]] = {}  # crate -> whether those who link it name a version
    links: dict[str, set[bool]] = {}  # crate -> whether it names versions of those that it links
    tested: set[str] = set()
    publishing: set[str] = set()
    for folder, manifest in spaces.crates.items():
        aside = hint_of(below(folder, under)) or hint_of(manifest.name if manifest is not None else "")
        for row in manifest.dependencies if manifest is not None else ():
            target = folder_named(row.path)
            if not row.path or row.kind == "template" or target not in spaces.crates or target == folder:
                continue
            if (aside or _is_kept_back(manifest)) and not row.versioned:
                continue
            if row.kind == "dev":
                tested.add(target)
                continue
            named.setdefault(target, set()).add(row.versioned)
            links.setdefault(folder, set()).add(row.versioned)
            if row.versioned:
                publishing.add(spaces.homes.get(folder, folder))
    found = set()
    for folder, manifest in spaces.crates.items():
        if manifest is None or not manifest.published or links.get(folder) == {False}:
            continue
        dependents = named.get(folder)
        apart = folder not in tested or spaces.homes.get(folder, folder) in publishing
        alone = apart or _has_a_face(manifest)  # what speaks to users is no helper of tests, whoever tests with it
        if True in dependents if dependents else alone:
            found.add(folder)
    return found


def _is_kept_back(manifest: Manifest | None) -> bool:
    """Tell whether a crate is never published: it may link others by their path alone."""
    return manifest is not None and "publish=false" in manifest.entries


def support_in(spaces: Workspaces, targets: Mapping[str, list[Target]]) -> Iterator[tuple[Key, str]]:
    """Yield the crates that cargo or their manifest makes support code."""
    patched = {
        folder_named(path)
        for home, rows in spaces.patches.items()
        for path in rows.values()
        # A workspace inside a crate, such as its fuzz targets, links that crate so: that makes it no stand-in.
        if spaces.homes.get(folder_named(path)) != home and not is_inside(home, folder_named(path))
    }
    for folder, manifest in spaces.crates.items():
        key: Key = ("crate", folder, "")
        if manifest is None:
            continue
        packages = {row.package for row in manifest.dependencies if row.kind == "normal"}
        if "metadata:cargo-fuzz" in manifest.entries or (FUZZERS & packages and not manifest.published):
            yield key, "fuzz targets"
        elif others_of(folder):
            yield key, f"code of others, in {others_of(folder)}"
        elif folder in patched:
            yield key, "it stands in for a crate of the registry ([patch])"
        elif manifest.name == "xtask" or manifest.name.startswith("xtask-") or name_of(folder) == "xtask":
            yield key, "tasks of its developers (xtask)"
        elif spaces.refused(folder):
            yield key, "cargo refuses it: the workspace that it needs does not name it"
        elif not any(target.kind in ("lib", "bin") for target in targets[folder]):
            yield key, "it holds tests, benchmarks or examples alone"


def hints_in(spaces: Workspaces, published: Container[str], under: str) -> Iterator[tuple[Key, Hint]]:
    """Yield the crates that look like support code."""
    for folder, manifest in spaces.crates.items():
        if manifest is None or folder in published:
            continue
        named = hint_of(below(folder, under)) or hint_of(manifest.name)
        if not named and not any(target.kind == "lib" for target in manifest.targets):
            named = hint_of_program(name_of(folder))
        if named:
            yield ("crate", folder, ""), Hint(f"its folder is called {named}", strong=True)
        else:
            yield ("crate", folder, ""), Hint("only tests and build scripts use it", strong=False)


def shipped_in(spaces: Workspaces, targets: Mapping[str, list[Target]], published: Container[str]) -> Iterator[Shipped]:
    """Yield the programs and libraries of all crates; a file that two crates build is one program."""
    built: set[str] = set()
    for folder in sorted(spaces.crates):
        manifest = spaces.crates[folder]
        group = spaces.homes.get(folder, folder)
        for target in targets[folder]:
            part: Key = ("crate", folder, "")
            if target.kind == "bin" and target.path not in built:
                built.add(target.path)
                beside = any(other.kind in ("lib", "bin") and other != target for other in targets[folder])
                hint = f"its name is {target.name}" if beside and generates(target.name) else ""
                yield Shipped("program", target.name, part, folder, target.path, group=group, hint=hint)
            elif target.kind == "lib":
                kind = _kind_of(target, manifest)
                yield Shipped(
                    kind=kind,
                    name=manifest.name if manifest is not None else target.name,
                    part=part,
                    root=folder,
                    path=target.path,
                    group=group,
                    published=folder in published,
                    known=_has_a_face(manifest),
                    hosts=hosts_of(target, manifest) if kind != "library" else (),
                    members=(part,),
                )


def _has_a_face(manifest: Manifest | None) -> bool:
    """Tell whether a manifest speaks to users of its own: documentation, a home page, keywords."""
    return manifest is not None and any(f"has:{key}" in manifest.entries for key in FACE)


def _kind_of(target: Target, manifest: Manifest | None) -> ShippedKind:
    if not {"cdylib", "staticlib"} & set(target.crate_types):
        return "library"
    return "wasm-module" if is_wasm(target, manifest) else "native-library"
