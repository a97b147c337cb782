"""Adds up the shares of all files: the sums from which components are judged, and the places that rules may report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from langfit.findings.evidence import evidence_of, go_version, message_of
from langfit.findings.imports import Imports, wanted_of
from langfit.findings.measures import Measures
from langfit.findings.share import Sharing
from langfit.findings.spool import Spool
from langfit.findings.surface import Surface, portable
from langfit.findings.tally import Sum
from langfit.fingerprints import component_fingerprint
from langfit.model import (
    LANGUAGES,
    Component,
    Cost,
    Evidence,
    File,
    Finding,
    Ignore,
    Inventory,
    Judged,
    Language,
    Rulebook,
    Share,
    Span,
)


class Findings(NamedTuple):
    """What came out of the facts."""

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    ignores: tuple[Ignore, ...]


class Collector:
    """Takes the share of one file after the other, in any order, and keeps none of them; `job` makes such shares."""

    def __init__(self, inventory: Inventory, book: Rulebook) -> None:
        self._components = {component.name: component for component in inventory.components}
        self._measures: dict[Language, Measures] = {x: Measures(book, x) for x in LANGUAGES}
        self.job = Sharing(self._measures)
        self._sums: dict[str, Sum] = {}
        self._spool = Spool()
        self._imports = Imports(book.modules, inventory.manifests)
        self._wanted = {x: wanted_of(x, self._measures[x].by_import) for x in LANGUAGES}
        self._import_memo: dict[tuple[Language, str], tuple[int, ...]] = {}
        self._ignores: list[Ignore] = []
        self._surface = Surface(inventory.components, inventory.manifests)
        self._portability = book.portability
        self._reported, self._places, self._small = (book.settings[key] for key in ("report", "places", "small"))
        self._manifests = {manifest.path: manifest for manifest in inventory.manifests}
        self._near: dict[tuple[str, str], str] = {}
        for file in inventory.files:
            if file.language is None and file.path.endswith(".s") and file.component in self._components:
                self._count_assembly(file)

    def _sum(self, component: Component) -> Sum:
        if component.name not in self._sums:
            self._sums[component.name] = Sum()
        return self._sums[component.name]

    def _count_assembly(self, file: File) -> None:
        component = self._components[file.component]
        total = self._sum(component)
        total.counts["assembly-file"] += 1
        for wanted in self._measures[component.language].by_kind.get("assembly-file", ()):
            total.hit(wanted.number, 1, (file.path, 1, 1, ""))

    def add(self, file: File, share: Share) -> None:
        """Take the share of one file."""
        component = self._components.get(file.component)
        if component is None or file.language != component.language:
            return
        total = self._sum(component)
        if file.role != "code" or share.generated:
            total.add_other("generated" if file.role == "code" else file.role, share)
            return
        total.add_file(share)
        self._surface.add(component.name, component.language, share)
        self._ignores.extend(Ignore(file.path, *row) for row in share.ignores)
        manifest = self._nearest(file.path, component)
        if manifest:
            total.manifests.add(manifest)
        for measure, amount, line, column, code in share.measured:
            total.hit(measure, amount, (file.path, line, column, code))
        self._count_imports(total, component.language, file.path, share)
        if share.places:
            self._spool.add(component.name, file.path, share.places)

    def _count_imports(self, total: Sum, language: Language, path: str, share: Share) -> None:
        first: dict[int, tuple[int, int, str]] = {}
        crates = set()
        for name, line, column in share.imports:
            crates.add(name if language == "go" else name.partition("::")[0])
            for measure in self._imported(language, name):
                first[measure] = min(first.get(measure, (line, column, name)), (line, column, name))
        for crate in crates:
            if not self._imports.own(crate, language):
                total.imports[crate] += 1
        for measure, place in first.items():
            total.hit(measure, 1, (path, *place))

    def _nearest(self, path: str, component: Component) -> str:
        folder = path.rpartition("/")[0]
        key = (folder, component.name)
        if key not in self._near:
            name = "go.mod" if component.language == "go" else "Cargo.toml"
            at, found = path, component.manifest
            while at:
                at = at.rpartition("/")[0]
                candidate = f"{at}/{name}" if at else name
                if candidate in self._manifests:
                    found = candidate
                    break
            self._near[key] = found
        return self._near[key]

    def _imported(self, language: Language, path: str) -> tuple[int, ...]:
        """The import measures that a path answers."""
        key = (language, path)
        known = self._import_memo.get(key)
        if known is None:
            known = self._import_memo[key] = self._imports.answers(path, language, self._wanted[language])
        return known

    def result(self) -> Findings:
        """Judge conditions and build findings, evidence and tallies, everything sorted."""
        wholes = self._wholes()
        answering = {name: self._answering(name, wholes) for name in wholes}
        findings: list[Finding] = []
        judged: list[Judged] = []
        strengths: dict[str, dict[int, float]] = {}
        versions: dict[str, str] = {}
        # A whole whose parts answer for themselves would only repeat what they say.
        repeating = {self._components[name].parent for name in wholes if answering[name] == name}
        for name, component in sorted(self._components.items()):
            total = wholes.get(name)
            if total is None:
                continue
            measures = self._measures[component.language]
            manifests = [self._manifests[path] for path in sorted(total.manifests) if path in self._manifests]
            rows = evidence_of(measures, total, component, manifests)
            evidence = tuple(row for _, row in rows)
            linked = self._surface.linked_by(component)
            alone = answering[name] == name
            judged.append(Judged(component, total.tally(), evidence, self._cost(component, total), linked, alone))
            versions[name] = go_version(manifests)
            strengths[name] = {number: row.strength for number, row in rows}
            leaf = alone and name not in repeating
            findings.extend(self._of_component(component, rows, measures, versions[name], leaf=leaf))
        findings.extend(self._of_places(answering, strengths, versions))
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
        above = {component.parent for component in self._components.values()}
        for name in sorted(self._sums):
            part = self._sums[name]
            seen: set[str] = set()
            at: Component | None = self._components[name]
            while at is not None and at.name not in seen:
                seen.add(at.name)
                if at.language == self._components[name].language:
                    if at.name == name and name not in above:
                        wholes[name] = part  # nothing is part of it: it is its own whole
                    else:
                        wholes.setdefault(at.name, Sum()).merge(part)
                at = self._components.get(at.parent)
        return wholes

    def _of_component(
        self, component: Component, rows: list[tuple[int, Evidence]], measures: Measures, version: str, *, leaf: bool
    ) -> Iterable[Finding]:
        for number, row in rows:
            rule = measures.rules[number]
            manifest = rule.match.measure.matcher == "manifest"
            if row.strength < self._reported:
                continue
            if rule.match.measure.matcher == "density" and row.count < self._places:
                continue
            if number in measures.reporting.get(measures.of_rule[number], ()):
                continue  # reported place by place
            if not leaf and not (manifest and component.anchor == component.manifest and component.kind != "workspace"):
                continue
            if manifest and component.kind in ("package", "module") and component.parent in self._components:
                continue
            yield Finding(
                rule=rule.id, component=component.name, path=row.path, span=Span(row.line, 1, row.line, 1), function="",
                message=message_of(rule, "", row.count, row.value, version), family=rule.family, weight=rule.weight,
                suits=rule.suits, fingerprint=component_fingerprint(rule.id, component.name), level="component",
                code=row.code,
            )  # fmt: skip

    def _answering(self, name: str, wholes: dict[str, Sum]) -> str:
        """The component that is judged for a component: itself, or the nearest above when it is small."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            above = self._components.get(self._components[name].parent)
            small = wholes[name].lines < self._small
            if not (small and above and above.name in wholes and above.kind != "workspace"):
                return name
            name = above.name
        return name

    def _of_places(
        self, answering: dict[str, str], strengths: dict[str, dict[int, float]], versions: dict[str, str]
    ) -> Iterable[Finding]:
        """The places of rules whose sign is of some strength in the component that is judged for them."""
        shown: dict[str, dict[int, list[int]]] = {}  # component -> measure -> rules that report its places
        for name, component in self._components.items():
            if name in answering:
                strong = strengths[answering[name]]
                reporting = self._measures[component.language].reporting
                rules = {m: [r for r in row if strong.get(r, 0.0) >= self._reported] for m, row in reporting.items()}
                shown[name] = {m: found for m, found in rules.items() if found}
        for name, path, found in self._spool.of(lambda name: bool(shown.get(name))):
            measures = self._measures[self._components[name].language]
            for place in found:
                for number in shown[name].get(place.measure, ()):
                    rule = measures.rules[number]
                    yield Finding(
                        rule=rule.id, component=name, path=path, span=Span(*place.span), function=place.function,
                        message=message_of(rule, place.name, 1, 1.0, versions[answering[name]]), family=rule.family,
                        weight=rule.weight, suits=rule.suits, fingerprint=place.hash, code=place.code,
                    )  # fmt: skip
