"""Import paths against the dependency tables: the longest row wins, and own code is no import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from langfit.model import Language, Manifest, Measure

SEPARATORS: dict[str, str] = {"go": "/", "rust": "::"}
OWN_PREFIXES = frozenset(("crate", "self", "super", "Self"))


class Wanted(NamedTuple):
    """The paths that measures want: exact ones, which cover all below them, and those with a `*` for any rest."""

    exact: dict[str, list[int]]  # path -> numbers of measures
    stars: list[tuple[str, int]]  # without the `*`
    roles: dict[str, list[int]]


def wanted_of(language: Language, measures: Iterable[tuple[int, Measure]]) -> Wanted:
    """Index import measures; crates are written with `-` in manifests and `_` in code."""
    wanted = Wanted({}, [], {})
    for number, measure in measures:
        for name in measure.imports:
            normal = _normal(language, name)
            if normal.endswith("*"):
                wanted.stars.append((normal[:-1], number))
            else:
                wanted.exact.setdefault(normal, []).append(number)
        for role in measure.roles:
            wanted.roles.setdefault(role, []).append(number)
    return wanted


def _normal(language: str, name: str) -> str:
    return name if language == "go" else name.replace("-", "_")


def _prefixes(path: str, language: str) -> Iterable[str]:
    """A path and all above it, longest first."""
    mark = SEPARATORS[language]
    while path:
        yield path
        path = path.rpartition(mark)[0]


class Imports:
    """Answers to which of the wanted paths and roles an import belongs."""

    def __init__(self, modules: Mapping[str, Mapping[str, str]], manifests: Iterable[Manifest]) -> None:
        self._roles = {
            language: {_normal(language, pattern): role for pattern, role in table.items()}
            for language, table in modules.items()
        }
        self._stars = {
            language: tuple(sorted((p[:-1] for p in table if p.endswith("*")), key=len, reverse=True))
            for language, table in self._roles.items()
        }
        named = [manifest for manifest in manifests if manifest.name]
        self._own = {
            language: frozenset(_normal(language, m.name) for m in named if m.language == language)
            for language in self._roles
        }

    def own(self, path: str, language: Language) -> bool:
        """Whether a path belongs to a module or crate of the scanned repository itself."""
        if language == "rust":
            first = path.partition("::")[0]
            return first in OWN_PREFIXES or first in self._own["rust"]
        own = self._own["go"]
        return any(prefix in own for prefix in _prefixes(path, "go"))

    def role(self, path: str, language: Language) -> str:
        """The role of the longest row of the dependency table that covers a path; "" for none or for own code."""
        if self.own(path, language):
            return ""
        table = self._roles[language]
        exact = next((prefix for prefix in _prefixes(path, language) if prefix in table), "")
        # `k8s.io/*` covers k8s.io/x; `embassy-*` covers embassy_executor. A longer row, exact or not, wins.
        star = next((s for s in self._stars[language] if path.startswith(s) and len(path) > len(s)), "")
        if not exact and not star:
            return ""
        return table[exact] if len(exact) >= len(star) else table[f"{star}*"]

    def answers(self, path: str, language: Language, wanted: Wanted) -> tuple[int, ...]:
        """The measures that want a path or its role, sorted; none want what the repository holds itself."""
        if self.own(path, language):
            return ()
        found = set(wanted.roles.get(self.role(path, language), ()))
        for prefix in _prefixes(path, language):
            found.update(wanted.exact.get(prefix, ()))
        found.update(number for star, number in wanted.stars if path.startswith(star))
        return tuple(sorted(found))
