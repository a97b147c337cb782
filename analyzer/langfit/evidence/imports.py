"""Imports as a source of evidence: what a file uses of code from elsewhere, by name and by role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from langfit.facts.measures import Measures
from langfit.languages import LANGUAGES
from langfit.model.evidence import Observation, Place
from langfit.model.repository import Declaration, File, LanguageId, Manifest
from langfit.model.rule import Dependencies, Measure
from langfit.model.summary import FileSummary, Import

SOURCE = "imports"
MOST_PATHS = 200_000  # import paths whose meaning is remembered at a time: they come from scanned code


class _Measured(NamedTuple):
    """The paths that measures want: exact ones, which cover all below them, and those with a `*` for any rest."""

    exact: dict[str, list[int]]  # path -> numbers of measures
    stars: list[tuple[str, int]]  # without the `*`
    roles: dict[str, list[int]]
    using: dict[int, tuple[str, ...]]  # measure -> names of which the file must use one


class Imports:
    """What the import paths of one language mean in a tree."""

    def __init__(
        self,
        spoken: LanguageId,
        measures: Measures,
        dependencies: Dependencies,
        manifests: Iterable[Manifest],
        declared: Iterable[tuple[str, tuple[Declaration, ...]]] = (),
    ) -> None:
        language = LANGUAGES[spoken]
        self._separator = language.separator
        self._normal = language.imports.normal
        self._resolver = language.imports.Resolver([m for m in manifests if m.language == spoken], declared)
        self._wanted = _wanted(measures.numbered("import"), self._normal)
        self._roles = {self._normal(pattern): role for pattern, role in dependencies.roles.items()}
        self._using = {self._normal(pattern): names for pattern, names in dependencies.using.items()}
        self._stars = sorted((p[:-1] for p in self._roles if p.endswith("*")), key=len, reverse=True)
        self._memo: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {}

    def real(self, path: str, file: str) -> str | None:
        """Return an import path as its registry knows it, None for code of the repository itself."""
        found = self._resolver.real(path, file)
        return self._normal(found) if found is not None else None

    def observe(self, file: File, summary: FileSummary) -> Iterator[Observation]:
        """Yield what the imports of a file answer: each measure once, at the first import that does."""
        first: dict[int, Import] = {}
        for row in summary.imports:
            real = self.real(row.path, file.path)
            if real is None:
                continue
            for measure, names in self._answers(real):
                known = first.get(measure)
                if (known is None or (row.line, row.column) < (known.line, known.column)) and _uses(row.uses, names):
                    first[measure] = row
        for measure, row in sorted(first.items()):
            yield Observation(file.component, measure, 1, Place(file.path, row.line, row.column, row.path), SOURCE)

    def packages(self, file: File, summary: FileSummary) -> set[str]:
        """Return the modules, packages or crates from elsewhere that a file imports."""
        found = {self.real(row.path, file.path) for row in summary.imports}
        whole = LANGUAGES[file.language or ""].imports.package_of
        return {whole(path) for path in found if path is not None}

    def _answers(self, path: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Return the measures that want a path or its role, with the names that the file must use for each."""
        known = self._memo.get(path)
        if known is None:
            if len(self._memo) > MOST_PATHS:
                self._memo.clear()
            known = self._memo[path] = self._found(path)
        return known

    def _found(self, path: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        wanted = self._wanted
        role, asked = self._role(path)
        found: dict[int, tuple[str, ...]] = dict.fromkeys(wanted.roles.get(role, ()), asked)
        for prefix in prefixes(path, self._separator):
            found |= {number: wanted.using.get(number, ()) for number in wanted.exact.get(prefix, ())}
        found |= {number: wanted.using.get(number, ()) for star, number in wanted.stars if path.startswith(star)}
        return tuple(sorted(found.items()))

    def _role(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Return the role of the longest row of the dependency table that covers a path, and the names it asks for."""
        exact = next((prefix for prefix in prefixes(path, self._separator) if prefix in self._roles), "")
        # `k8s.io/*` covers k8s.io/x; `embassy-*` covers embassy_executor. A longer row, exact or not, wins.
        star = next((s for s in self._stars if path.startswith(s) and len(path) > len(s)), "")
        if not exact and not star:
            return "", ()
        pattern = exact if len(exact) >= len(star) else f"{star}*"
        return self._roles[pattern], self._using.get(pattern, ())


def _wanted(measures: Iterable[tuple[int, Measure]], normal: Callable[[str], str]) -> _Measured:
    found = _Measured({}, [], {}, {})
    for number, measure in measures:
        for name in measure.imports:
            plain = normal(name)
            if plain.endswith("*"):
                found.stars.append((plain[:-1], number))
            else:
                found.exact.setdefault(plain, []).append(number)
        for role in measure.roles:
            found.roles.setdefault(role, []).append(number)
        if measure.using:
            found.using[number] = measure.using
    return found


def _uses(used: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Tell whether one of the names is used; `Sys*` means every name that begins so."""
    if not names:
        return True
    return any(name.startswith(n[:-1]) if n.endswith("*") else name == n for n in names for name in used)


@lru_cache(maxsize=1 << 16)
def prefixes(path: str, separator: str) -> tuple[str, ...]:
    """Return a path and all above it, longest first."""
    found = []
    while path:
        found.append(path)
        path = path.rpartition(separator)[0]
    return tuple(found)
