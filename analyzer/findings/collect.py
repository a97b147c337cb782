"""One pass over the facts of all files: sites that rules select, and the sums from which components are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from analyzer.findings.evidence import evidence_of, holds, message_of
from analyzer.findings.file_pass import Asked, Hit, Pass
from analyzer.findings.imports import Imports, wanted_of
from analyzer.findings.measures import Measures
from analyzer.findings.surface import Surface, portable
from analyzer.findings.tally import Sum
from analyzer.fingerprints import component_fingerprint
from analyzer.model import (
    LANGUAGES,
    Component,
    Cost,
    Evidence,
    Facts,
    File,
    Finding,
    Ignore,
    Inventory,
    Judged,
    Language,
    Rulebook,
    Span,
)


class Findings(NamedTuple):
    """What came out of the facts."""

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    ignores: tuple[Ignore, ...]


class Collector:
    """Takes the facts of one file after the other, in any order, and keeps none of them."""

    def __init__(self, inventory: Inventory, book: Rulebook, read: Callable[[File], bytes]) -> None:
        self._read = read
        self._components = {component.name: component for component in inventory.components}
        self._measures: dict[Language, Measures] = {x: Measures(book, x) for x in LANGUAGES}
        self._sums: dict[str, Sum] = {}
        self._hits: dict[Language, list[Hit]] = {x: [] for x in LANGUAGES}
        self._imports = Imports(book.modules, inventory.manifests)
        self._wanted = {x: wanted_of(x, self._measures[x].by_import) for x in LANGUAGES}
        self._import_memo: dict[tuple[Language, str], tuple[int, ...]] = {}
        self._ignores: list[Ignore] = []
        self._surface = Surface(inventory.components, inventory.manifests)
        self._portability = book.portability
        self._reported = book.settings["report"]
        self._manifests = {manifest.path: manifest for manifest in inventory.manifests}
        for file in inventory.files:
            if file.language is None and file.path.endswith(".s") and file.component in self._components:
                self._count_assembly(file)

    def _sum(self, component: Component) -> Sum:
        if component.name not in self._sums:
            self._sums[component.name] = Sum(len(self._measures[component.language].all))
        return self._sums[component.name]

    def _count_assembly(self, file: File) -> None:
        component = self._components[file.component]
        total = self._sum(component)
        total.counts["assembly-file"] += 1
        for wanted in self._measures[component.language].by_kind.get("assembly-file", ()):
            total.hit(wanted.number, 1, (file.path, 1, 1))

    def add(self, file: File, facts: Facts) -> None:
        """Take the facts of one file."""
        component = self._components.get(file.component)
        if component is None or file.language != component.language:
            return
        total = self._sum(component)
        if file.role != "code" or facts.generated:
            role = "generated" if file.role == "code" else file.role
            total.add_other(File(file.path, file.blob, file.size, file.language, role, file.component), facts)
            return
        total.add_file(facts)
        self._surface.add(component.name, facts)
        self._ignores.extend(Ignore(file.path, *row) for row in facts.ignores)
        manifest = self._nearest(file.path, component)
        if manifest:
            total.manifests.add(manifest)
        language = facts.language
        asked = Asked(self._measures[language], self.imported, self._imports.own, self._read)
        self._hits[language] += Pass(asked, file, facts, total).run()

    def _nearest(self, path: str, component: Component) -> str:
        name = "go.mod" if component.language == "go" else "Cargo.toml"
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            candidate = f"{folder}/{name}" if folder else name
            if candidate in self._manifests:
                return candidate
        return component.manifest

    def imported(self, language: Language, path: str) -> tuple[int, ...]:
        """The import measures that a path answers."""
        key = (language, path)
        known = self._import_memo.get(key)
        if known is None:
            known = self._import_memo[key] = self._imports.answers(path, language, self._wanted[language])
        return known

    def result(self) -> Findings:
        """Judge conditions and build findings, evidence and tallies, everything sorted."""
        wholes = self._wholes()
        findings: list[Finding] = []
        judged: list[Judged] = []
        for name, component in sorted(self._components.items()):
            total = wholes.get(name)
            if total is None:
                continue
            measures = self._measures[component.language]
            manifests = [self._manifests[path] for path in sorted(total.manifests) if path in self._manifests]
            rows = evidence_of(measures, total, component, manifests)
            evidence = tuple(row for _, row in rows)
            linked = self._surface.linked_by(component)
            judged.append(Judged(component, total.tally(), evidence, self._cost(component, total), linked))
            leaf = name in self._sums
            findings.extend(self._of_component(component, rows, measures, leaf=leaf))
        findings.extend(self._of_places(wholes))
        findings.sort(key=lambda f: (f.path, f.span, f.rule, f.component))
        return Findings(tuple(findings), tuple(judged), tuple(sorted(self._ignores)))

    def _cost(self, component: Component, total: Sum) -> Cost:
        # Imports name packages, modules and crates; a Go module or a custom set of paths is not imported as such.
        known = component.kind in ("package", "crate") or (component.kind == "module" and component.language == "rust")
        share, missing = portable(sorted(total.imports), self._portability, component.language)
        return Cost(
            exported=total.exported,
            used_outside=len(self._surface.used.get(component.name, ())) if known else None,
            importers=len(self._surface.importers.get(component.name, ())) if known else None,
            lines=total.lines,
            portable=share,
            missing=missing,
            generated=round(total.generated / max(1, total.generated + total.lines), 3),
            tests=total.tests,
        )

    def _wholes(self) -> dict[str, Sum]:
        """The sums of all components, parts added into what they are part of."""
        wholes: dict[str, Sum] = {}
        for name in sorted(self._sums):
            part = self._sums[name]
            seen: set[str] = set()
            at: Component | None = self._components[name]
            while at is not None and at.name not in seen:
                seen.add(at.name)
                if at.language == self._components[name].language:
                    wholes.setdefault(at.name, Sum(len(part.values))).merge(part)
                at = self._components.get(at.parent)
        return wholes

    def _of_component(
        self, component: Component, rows: list[tuple[int, Evidence]], measures: Measures, *, leaf: bool
    ) -> Iterable[Finding]:
        for number, row in rows:
            rule = measures.rules[number]
            manifest = rule.match.measure.matcher == "manifest"
            if row.strength < self._reported:
                continue
            if number in measures.reporting.get(measures.of_rule[number], ()):
                continue  # reported place by place
            if not leaf and not (manifest and component.anchor == component.manifest and component.kind != "workspace"):
                continue
            if manifest and component.kind in ("package", "module") and component.parent in self._components:
                continue
            yield Finding(
                rule=rule.id, component=component.name, path=row.path, span=Span(row.line, 1, row.line, 1), function="",
                message=message_of(rule, "", row.count, row.value), family=rule.family, weight=rule.weight,
                suits=rule.suits, fingerprint=component_fingerprint(rule.id, component.name), level="component",
            )  # fmt: skip

    def _of_places(self, wholes: dict[str, Sum]) -> Iterable[Finding]:
        met: dict[tuple[Language, int, str], bool] = {}
        for language in LANGUAGES:
            measures = self._measures[language]
            for hit in self._hits[language]:
                key = (language, hit.rule, hit.component)
                if key not in met:
                    component = self._components[hit.component]
                    own = wholes[hit.component]
                    above = wholes.get(component.parent, own) if component.kind != "custom" else own
                    met[key] = any(holds(measures, hit.rule, total) for total in (own, above))
                if not met[key]:
                    continue
                rule = measures.rules[hit.rule]
                yield Finding(
                    rule=rule.id, component=hit.component, path=hit.path, span=hit.span, function=hit.function,
                    message=message_of(rule, hit.name, 1, 1.0), family=rule.family, weight=rule.weight,
                    suits=rule.suits, fingerprint=hit.hash,
                )  # fmt: skip
