"""The pass over the facts of one file: what the measures of its language count, and the places that rules report."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from analyzer.findings.measures import DEPTH, IN_TEST, NAMED_EDGE, Measures, Wanted
from analyzer.findings.tally import Sum
from analyzer.fingerprints import LineHashes
from analyzer.languages.lines import Ruler
from analyzer.languages.regions import rows_of
from analyzer.model import Facts, File, Language, Span


class Hit(NamedTuple):
    """A place that a rule selects, before it is known whether the component meets the rule's conditions."""

    rule: int
    path: str
    component: str
    span: Span
    function: str
    name: str
    hash: str


class Asked(NamedTuple):
    """What a pass asks of the collector: the measures, who wants an import, what is no import, and the bytes."""

    measures: Measures
    imported: Callable[[Language, str], tuple[int, ...]]
    own: Callable[[str, Language], bool]
    read: Callable[[File], bytes]


class Pass:
    """The pass over one file; `run` adds to the sum of its component and gives the places to report."""

    def __init__(self, asked: Asked, file: File, facts: Facts, total: Sum) -> None:
        self.asked, self.file, self.facts, self.total = asked, file, facts, total
        self.measures = asked.measures
        self.found: list[Hit] = []
        self.ruler: Ruler | None = None
        self.hashes: LineHashes | None = None
        self.hits: dict[int, list[int]] = {}  # measure -> amount, first byte

    def run(self) -> list[Hit]:
        """Count and report."""
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
        return self.found

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
            answered = self.asked.imported(self.facts.language, path)
            if answered:
                first = self._first_of(kind, path)
                for measure in answered:
                    seen[measure] = min(seen.get(measure, first), first)
        crates = {p if self.facts.language == "go" else p.partition("::")[0] for p in self.facts.imports}
        for crate in crates:
            if not self.asked.own(crate, self.facts.language):
                self.total.imports[crate] += 1
        for measure, first in seen.items():
            self._note(measure, 1, first)

    def _first_of(self, kind: str, path: str) -> int:
        """Where an import is declared or, for a Rust path written out in full, first used."""
        places = [self.facts.sites.get(k, {}).get(path) for k in (kind, "call", "macro")]
        return min((int.from_bytes(packed[:4], "little") for packed in places if packed), default=0)

    def _report(self, rule: int, span: Span, function: str, name: str) -> None:
        if self.hashes is None:
            self.hashes = LineHashes(self.asked.read(self.file))
        self.found.append(
            Hit(rule, self.file.path, self.file.component, span, function, name, self.hashes.of(span.line))
        )
