"""From tallies to what a report says of components and deliverables, before any advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from langfit.evidence.gather import Gathered
from langfit.evidence.rows import rows_of
from langfit.evidence.totals import Tally, together
from langfit.evidence.values import oldest
from langfit.fit.fit import Balance, Fit, Part, fit_of, fit_of_whole
from langfit.fit.score import points_of
from langfit.languages import LANGUAGES
from langfit.model import report
from langfit.model.evidence import Evidence
from langfit.model.repository import Component, Inventory, LanguageId
from langfit.model.rule import Rulebook

Numbered = list[tuple[int, Evidence]]  # rule number, evidence


class Assessed(NamedTuple):
    """A component with what decides about it."""

    component: Component
    tally: Tally
    rows: Numbered
    version: str
    fit: Fit
    alone: bool  # large enough to be judged by itself


class DeliverableEvidence(NamedTuple):
    """A deliverable as the sum of what is linked into it."""

    tally: Tally
    evidence: tuple[Evidence, ...]
    fit: Fit
    balance: Balance
    parts: list[Part]


class Assessor:
    """Judges components and deliverables of one inventory by the same evidence."""

    def __init__(self, inventory: Inventory, gathered: Gathered, book: Rulebook) -> None:
        self.inventory, self.gathered, self.book = inventory, gathered, book
        self._versions = {manifest.path: manifest.version for manifest in inventory.manifests}
        self._languages = {component.name: component.language for component in inventory.components}
        self._children: dict[str, list[str]] = {}
        for component in inventory.components:
            if component.parent:
                self._children.setdefault(component.parent, []).append(component.name)
        self._part_leans: dict[str, dict[str, Part]] = {}
        self._sums: dict[tuple[str, ...], Tally] = {}

    def components(self) -> list[Assessed]:
        """Return the components that hold code, in order: a crate is judged with its modules."""
        found = []
        for component in self.inventory.components:
            tallies = [self.gathered.whole(name) for name in (component.name, *self._children.get(component.name, ()))]
            known = [tally for tally in tallies if tally is not None]
            if not known:
                continue
            tally = known[0] if len(known) == 1 else together(known)
            rows, version = self._rows(component.language, tally)
            fit = fit_of([row for _, row in rows], tally.size, component.language, self.book)
            alone = component.kind == "custom" or tally.size.tokens >= self.book.thresholds.small_tokens
            if not alone and fit.suits is not None:
                fit = fit._replace(suits=None, why="small", confidence=min(fit.confidence, 0.5))
            found.append(Assessed(component, tally, rows, version, fit, alone))
        return found

    def _rows(self, language: LanguageId, tally: Tally) -> tuple[Numbered, str]:
        version = ""
        if LANGUAGES[language].versioned:
            version = oldest(self._versions.get(path, "") for path in tally.manifests)
        return rows_of(self.gathered.measures[language], tally, self.book.thresholds, version), version

    def whole(self, language: LanguageId, names: Sequence[str], own: Sequence[str] = ()) -> DeliverableEvidence:
        """Return the sum of several components, with the balance of their parts; `own` are those of a main package."""
        tally = self._sum(language, names)
        evidence = tuple(row for _, row in self._rows(language, tally)[0])
        parts = [part for name in names for part in self._parts(name).values()]
        main = next(iter(self._parts(own[0]).values()), None) if len(own) == 1 else None
        fit, balance = fit_of_whole(evidence, tally.size, language, self.book, parts, main)
        return DeliverableEvidence(tally, evidence, fit, balance, parts)

    def tokens(self, component: str) -> int:
        """Return the size of a component by itself, in tokens."""
        return sum(tally.size.tokens for tally in self.gathered.tallies.get(component, {}).values())

    def own_lean(self, component: str) -> float:
        """Return the lean of a component by itself, without the modules of a crate; 0 where it holds no code."""
        return round(sum(part.lean for part in self._parts(component).values()), 4)

    def _sum(self, language: LanguageId, names: Sequence[str]) -> Tally:
        """Add up components of one language; what several deliverables link alike is added up once."""
        key = tuple(names)
        if key not in self._sums:
            tallies = [self.gathered.whole(name) for name in names if self._languages[name] == language]
            self._sums[key] = together(tally for tally in tallies if tally is not None)
        return self._sums[key]

    def _parts(self, component: str) -> Mapping[str, Part]:
        """Return the parts of a component with their leans: itself, or what a custom one cuts."""
        if component not in self._part_leans:
            found = {}
            language = self._languages[component]
            for name, tally in self.gathered.tallies.get(component, {}).items():
                evidence = [row for _, row in self._rows(language, tally)[0]]
                lean = fit_of(evidence, tally.size, language, self.book).lean
                small = tally.size.tokens < self.book.thresholds.min_tokens
                found[name] = Part(tally.size.tokens, 0.0 if small else lean)
            self._part_leans[component] = found
        return self._part_leans[component]


def sides(
    evidence: Iterable[Evidence], language: LanguageId, book: Rulebook
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return evidence for the present language and against it, what weighs most first."""
    rows = sorted(evidence, key=lambda row: (-points_of(row, book), row.rule))
    return tuple(row for row in rows if row.suits == language), tuple(row for row in rows if row.suits != language)


def reported(fit: Fit) -> report.Fit:
    """Return a fit as reports have it."""
    return report.Fit(fit.suits, fit.lean, fit.confidence, fit.why)
