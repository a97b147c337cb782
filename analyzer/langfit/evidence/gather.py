"""Asks every source of evidence about every file, and adds up what they say by component."""

from __future__ import annotations

from collections.abc import Mapping

from langfit.evidence import assembly, code, manifests
from langfit.evidence.imports import Imports
from langfit.evidence.manifests import Nearest
from langfit.evidence.totals import Tally, together
from langfit.facts.measures import Measures
from langfit.facts.spool import Spool
from langfit.languages import LANGUAGES
from langfit.model.repository import Component, Inventory, LanguageId
from langfit.model.rule import Rulebook
from langfit.model.summary import FileSummary


class Gathered:
    """The tallies of all components, and the places that rules may report."""

    def __init__(
        self,
        inventory: Inventory,
        summaries: Mapping[str, FileSummary],
        book: Rulebook,
        measures: Mapping[LanguageId, Measures],
    ) -> None:
        self.measures = measures
        self.tallies: dict[str, dict[str, Tally]] = {}  # component -> part of it (itself, or what a custom one cuts)
        self.spool = Spool()
        self._components = {component.name: component for component in inventory.components}
        self.imports = {
            name: Imports(
                name,
                measures[name],
                book.dependencies[name],
                inventory.manifests,
                [
                    (f.path, s.declarations)
                    for f in inventory.files
                    if f.language == name and (s := summaries.get(f.path))
                ],
            )
            for name in LANGUAGES
        }
        self._entries: dict[str, list[manifests.ManifestEntry]] = {}  # by the path of a manifest
        self._nearest = {name: Nearest(inventory.manifests, spoken.manifests[:1]) for name, spoken in LANGUAGES.items()}

    def add(self, inventory: Inventory, summaries: Mapping[str, FileSummary]) -> None:
        """Take what is known of the files of an inventory that are code."""
        for file in inventory.files:
            component = self._components.get(file.component)
            if component is None:
                continue
            if file.path.endswith(LANGUAGES[component.language].assembly or ("/",)) and file.role != "vendored":
                tally = self._tally(component.name, inventory.parts.get(file.path, component.name))
                tally.observe(assembly.observe(file, self.measures[component.language]))
            summary = summaries.get(file.path)
            if summary is None or file.role != "code" or file.language != component.language:
                continue
            tally = self._tally(component.name, inventory.parts.get(file.path, component.name))
            tally.size.add_file(summary)
            tally.observe(code.observe(file, summary))
            imports = self.imports[component.language]
            tally.observe(imports.observe(file, summary))
            tally.imports.update(imports.packages(file, summary))
            self._manifest(file.path, component, tally)
            if summary.hits:
                self.spool.add(component.name, file.path, summary.hits)

    def whole(self, component: str) -> Tally | None:
        """Return the tally of a component, None where it holds no code."""
        parts = self.tallies.get(component)
        if not parts:
            return None
        return next(iter(parts.values())) if len(parts) == 1 else together(parts.values())

    def _tally(self, component: str, part: str) -> Tally:
        return self.tallies.setdefault(component, {}).setdefault(part, Tally())

    def _manifest(self, path: str, component: Component, tally: Tally) -> None:
        """Observe the manifest that speaks for a file, once per tally."""
        manifest = self._nearest[component.language].of(path)
        if manifest is None or manifest.path in tally.manifests:
            return
        tally.manifests.add(manifest.path)
        if manifest.path not in self._entries:  # one manifest speaks for all modules of a crate
            self._entries[manifest.path] = manifests.entries_of(manifest, self.measures[component.language])
        tally.observe(manifests.observe(component, self._entries[manifest.path]))
