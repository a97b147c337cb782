"""Who uses what inside the repository: the surface that a move of a component would touch."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.model import Component, Language, Manifest, Share

PORTABLE = {"yes": 1.0, "meaning": 1.0, "partial": 0.5, "weak": 0.5, "none": 0.0}


class Surface:
    """Edges between the components of one repository, gathered file by file."""

    def __init__(self, components: Iterable[Component], manifests: Iterable[Manifest]) -> None:
        self._go: dict[str, str] = {}
        self._rust: dict[str, str] = {}
        self._manifests = tuple(manifests)
        self._crates: dict[str, str] = {}
        for component in components:
            if component.kind == "custom":
                continue
            if component.language == "go" and component.kind == "package":
                self._go[component.name] = component.name
            elif component.language == "rust" and component.kind in ("crate", "module"):
                self._rust[component.name.replace("-", "_")] = component.name
                if component.kind == "crate":
                    self._crates[component.name] = component.manifest
        self.importers: dict[str, set[str]] = {}
        self.used: dict[str, set[str]] = {}

    def add(self, component: str, language: Language, share: Share) -> None:
        """Add the imports of a file of a component."""
        targets = self._go_targets(share) if language == "go" else self._rust_targets(component, share)
        for target in targets:
            if target != component:
                self.importers.setdefault(target, set()).add(component)

    def _go_targets(self, share: Share) -> set[str]:
        own = {path for path, _, _ in share.imports if path in self._go}
        for path in own:
            self.used.setdefault(path, set()).update(share.used.get(path, ()))
        return own

    def _rust_targets(self, component: str, share: Share) -> set[str]:
        crate = component.partition("::")[0].replace("-", "_")
        found = set()
        for path, _, _ in share.imports:
            parts = path.split("::")
            first = crate if parts[0] == "crate" else parts[0]
            for name in ("::".join([first, *parts[1:2]]), first):
                if name in self._rust:
                    found.add(self._rust[name])
                    self.used.setdefault(self._rust[name], set()).add(parts[-1])
                    break
        return found

    def linked_by(self, component: Component) -> tuple[str, ...]:
        """Rust: the crates of the repository that link a crate, or the crate that a module is part of."""
        if component.language != "rust":
            return ()
        if component.kind == "module":
            return (component.parent,)
        by_path = {manifest.path: manifest for manifest in self._manifests}
        own = by_path.get(component.manifest)
        name = own.name if own else component.name
        return tuple(
            sorted(
                other
                for other, path in self._crates.items()
                if other != component.name and path in by_path and name in by_path[path].dependencies
            )
        )


def portable(
    imports: Iterable[str], states: dict[str, str], language: Language
) -> tuple[float | None, tuple[str, ...]]:
    """The share of third-party imports with an equivalent, and those known to have none; None without known imports."""
    known: list[str] = []
    missing: list[str] = []
    mark = "/" if language == "go" else "::"
    for path in imports:
        parts = path.split(mark)
        for length in range(len(parts), 0, -1):
            prefix = mark.join(parts[:length])
            state = states.get(f"{language}:{prefix}") or states.get(f"{language}:{prefix.replace('_', '-')}")
            state = state or states.get(f"{language}:{parts[0]}{mark}*")
            if state:
                known.append(state)
                if state == "none":
                    missing.append(path)
                break
    if not known:
        return None, ()
    good = sum(PORTABLE[state] for state in known)
    return round(good / len(known), 2), tuple(sorted(missing))
