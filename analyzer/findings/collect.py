"""One pass over the facts of all files: sites that rules select, and the sums from which components are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from analyzer.findings.evidence import evidence_of, holds, message_of
from analyzer.findings.imports import Imports, wanted_of
from analyzer.findings.measures import DEPTH, IN_TEST, NAMED_EDGE, Measures, Wanted
from analyzer.findings.surface import Surface, portable
from analyzer.findings.tally import Sum
from analyzer.fingerprints import LineHashes, component_fingerprint
from analyzer.languages.lines import Ruler
from analyzer.languages.regions import rows_of
from analyzer.model import (
    LANGUAGES,
    Component,
    Cost,
    Evidence,
    Facts,
    File,
    Finding,
    Inventory,
    Judged,
    Language,
    Rulebook,
    Span,
)


class Hit(NamedTuple):
    """A place that a rule selects, before it is known whether the component meets the rule's conditions."""

    rule: int
    path: str
    component: str
    span: Span
    function: str
    name: str
    hash: str


class Ignore(NamedTuple):
    """An in-code request to leave findings of a rule out, on a line and the next."""

    path: str
    line: int
    rule: str
    reason: str


class Findings(NamedTuple):
    """What came out of the facts."""

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    ignores: tuple[Ignore, ...]
    notices: tuple[str, ...]


class Collector:
    """Takes the facts of one file after the other, in any order, and keeps none of them."""

    def __init__(self, inventory: Inventory, book: Rulebook, read: Callable[[File], bytes]) -> None:
        self._inventory = inventory
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
        _Pass(self, file, facts, total).run()

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
        return Findings(tuple(findings), tuple(judged), tuple(sorted(self._ignores)), ())

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
            if (
                measures.of_rule[number] in measures.reporting
                and number in measures.reporting[measures.of_rule[number]]
            ):
                continue
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


class _Pass:
    """The pass over one file."""

    def __init__(self, collector: Collector, file: File, facts: Facts, total: Sum) -> None:
        self.c, self.file, self.facts, self.total = collector, file, facts, total
        self.measures = collector._measures[facts.language]  # noqa: SLF001 - one thing in two classes
        self.ruler: Ruler | None = None
        self.hashes: LineHashes | None = None
        self.hits: dict[int, list[int]] = {}  # measure -> amount, first byte

    def run(self) -> None:
        for kind, names in self.facts.sites.items():
            if kind in self.measures.by_kind:
                for name, packed in names.items():
                    for wanted in self.measures.selecting(kind, name):
                        self._rows(wanted, name, packed)
                self._counts(kind, names)
        self._functions()
        self._imports()
        for measure, (amount, byte) in self.hits.items():
            line, column = self._ruler().place(byte)
            self.total.hit(measure, amount, (self.file.path, line, column))

    def _ruler(self) -> Ruler:
        if self.ruler is None:
            self.ruler = Ruler(self.facts)
        return self.ruler

    def _note(self, measure: int, amount: int, byte: int) -> None:
        known = self.hits.get(measure)
        if known is None:
            self.hits[measure] = [amount, byte]
        else:
            known[0] += amount
            known[1] = min(known[1], byte)

    def _rows(self, wanted: Wanted, name: str, packed: bytes) -> None:
        selector = wanted.selector
        for start, end, depth, owner in rows_of(packed):
            if depth >= NAMED_EDGE and (
                (depth & IN_TEST and not selector.test) or (depth & NAMED_EDGE and not selector.cold)
            ):
                continue
            if depth & DEPTH < selector.in_loop:
                continue
            self._note(wanted.number, 1, start)
            for rule in self.measures.reporting.get(wanted.number, ()):
                function = self.facts.functions[owner].name if owner < len(self.facts.functions) else ""
                self._report(rule, self._ruler().span(start, end), function, name)

    def _counts(self, kind: str, names: dict[str, bytes]) -> None:
        for wanted in self.measures.by_kind[kind]:
            if wanted.everything:
                total, inside = self.facts.counts.get(kind, (0, 0))
                amount = inside if wanted.selector.in_loop else total
                if amount:
                    first = min(int.from_bytes(packed[:4], "little") for packed in names.values())
                    self._note(wanted.number, amount, first)

    def _functions(self) -> None:
        for function in self.facts.functions:
            for trait in function.traits:
                for measure in self.measures.by_trait.get(trait, ()):
                    per = self.measures.all[measure].per
                    amount = 1 if per == "function" else function.lines
                    self._note(measure, amount, self._start_of(function.line))
                    for rule in self.measures.reporting.get(measure, ()):
                        line = function.line
                        span = Span(line, 1, line + function.lines - 1, 1)
                        self._report(rule, span, function.name, function.name)

    def _start_of(self, line: int) -> int:
        starts = self.facts.line_starts
        return int.from_bytes(starts[4 * (line - 1) : 4 * line], "little")

    def _imports(self) -> None:
        kind = "import" if self.facts.language == "go" else "use"
        seen: dict[int, int] = {}
        for path in self.facts.imports:
            answered = self.c.imported(self.facts.language, path)
            if answered:
                first = self._first_of(kind, path)
                for measure in answered:
                    seen[measure] = min(seen.get(measure, first), first)
        crates = {p if self.facts.language == "go" else p.partition("::")[0] for p in self.facts.imports}
        for crate in crates:
            if not self.c._imports.own(crate, self.facts.language):  # noqa: SLF001
                self.total.imports[crate] += 1
        for measure, first in seen.items():
            self._note(measure, 1, first)

    def _first_of(self, kind: str, path: str) -> int:
        """Where an import is declared or, for a Rust path written out in full, first used."""
        places = [self.facts.sites.get(k, {}).get(path) for k in (kind, "call", "macro")]
        return min((int.from_bytes(packed[:4], "little") for packed in places if packed), default=0)

    def _report(self, rule: int, span: Span, function: str, name: str) -> None:
        if self.hashes is None:
            self.hashes = LineHashes(self.c._read(self.file))  # noqa: SLF001
        self.c._hits[self.facts.language].append(  # noqa: SLF001
            Hit(rule, self.file.path, self.file.component, span, function, name, self.hashes.of(span.line))
        )
