"""Where functions of a profile of a Rust program are from: a crate or module of the tree, another crate, the std."""

from __future__ import annotations

from collections.abc import Callable

from langfit.language import Spot, Symbol
from langfit.languages.paths import folder_of
from langfit.languages.rust.costs import STANDARD
from langfit.languages.rust.imports import normal
from langfit.model.repository import Component, Inventory


def placer(inventory: Inventory, home: str | None = None) -> Callable[[Symbol, str], Spot]:
    """Return what tells where functions are from, by the crates and modules in their names."""
    del home  # crates have names of their own
    crates = _crates(inventory)
    names = {component.name: component for component in inventory.components}
    parts: dict[tuple[str, str], dict[str, int]] = {}
    for file in inventory.files:  # of custom components: by what holds their files
        if file.path in inventory.parts and file.component:
            found = parts.setdefault((inventory.parts[file.path], ""), {})
            found[file.component] = found.get(file.component, 0) + 1
    known: dict[str, Spot] = {}

    def spot(symbol: Symbol, file: str) -> Spot:
        if symbol.package not in known:
            known[symbol.package] = _spot(symbol.package)
        return known[symbol.package]

    def _spot(package: str) -> Spot:
        crate, _, rest = package.partition("::")
        rows = crates.get(crate, ())
        if not rows:
            if crate in STANDARD:
                return Spot("standard")
            return Spot("library", module=crate) if crate else Spot("unknown")
        name, test = rows[0]
        inner = f"{name}::{rest.partition('::')[0]}" if rest else ""
        chosen = inner if inner in names else name
        if inventory.parts:
            votes = parts.get((chosen, ""), {}) or parts.get((name, ""), {})
            chosen = max(sorted(votes), key=votes.__getitem__) if votes else ""
        return Spot("test" if test else "user", chosen, others=(name,) if chosen != name and name in names else ())

    return spot


def _crates(inventory: Inventory) -> dict[str, list[tuple[str, bool]]]:
    """Return the crates by the name that code has for them: component, whether it is there for tests."""
    by_folder: dict[str, Component] = {}
    for component in inventory.components:
        if component.kind == "crate" and component.language == "rust":
            by_folder["" if component.root == "." else component.root] = component
    custom = {folder_of(m.path): m.name for m in inventory.manifests if m.language == "rust" and m.name}
    found: dict[str, list[tuple[str, bool]]] = {}
    for manifest in inventory.manifests:
        if manifest.language != "rust" or not manifest.name:
            continue
        folder = folder_of(manifest.path)
        name = by_folder[folder].name if folder in by_folder else custom[folder]
        for target in manifest.targets:
            if target.kind != "build":
                test = target.kind in ("test", "bench", "example")
                found.setdefault(normal(target.name), []).append((name, test))
        found.setdefault(normal(manifest.name), []).append((name, False))
    return {crate: sorted(rows, key=lambda row: row[1]) for crate, rows in found.items()}
