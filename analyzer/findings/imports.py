"""Import paths against the dependency tables: the longest row wins, and own code is no import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.model import Language, Manifest


class Imports:
    """Answers, once per path, to which of the wanted paths and roles an import belongs."""

    def __init__(self, modules: Mapping[str, Mapping[str, str]], manifests: Iterable[Manifest]) -> None:
        self._tables = {
            language: {self._normal(language, pattern): role for pattern, role in table.items()}
            for language, table in modules.items()
        }
        named = [manifest for manifest in manifests if manifest.name]
        self._own: dict[str, tuple[str, ...]] = {
            language: tuple(sorted({self._normal(language, m.name) for m in named if m.language == language}))
            for language in self._tables
        }
        self._memo: dict[tuple[Language, str], str] = {}

    @staticmethod
    def _normal(language: str, name: str) -> str:
        return name if language == "go" else "::".join(part.replace("-", "_") for part in name.split("::"))

    def own(self, path: str, language: Language) -> bool:
        """Whether a path belongs to a module or crate of the scanned repository itself."""
        mark = "/" if language == "go" else "::"
        if language == "rust" and path.partition("::")[0] in ("crate", "self", "super", "Self"):
            return True
        return any(path == name or path.startswith(name + mark) for name in self._own[language])

    def role(self, path: str, language: Language) -> str:
        """The role of the longest row of the dependency table that covers a path; "" for none or for own code."""
        key = (language, path)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = "" if self.own(path, language) else self._role(path, language)
        return known

    def _role(self, path: str, language: Language) -> str:
        table = self._tables[language]
        mark = "/" if language == "go" else "::"
        parts = path.split(mark)
        covering = [prefix for n in range(len(parts), 0, -1) if (prefix := mark.join(parts[:n])) in table][:1]
        # `k8s.io/*` covers k8s.io/x; `embassy-*` covers embassy_executor. A longer row, exact or not, wins.
        covering += [p for p in table if p.endswith("*") and path.startswith(p[:-1]) and len(path) >= len(p)]
        return table[max(covering, key=lambda p: (len(p.rstrip("*")), not p.endswith("*")))] if covering else ""

    def matches(self, path: str, language: Language, wanted: Iterable[str]) -> bool:
        """Whether a path is one of the wanted ones or below it; a trailing `*` stands for any rest."""
        if self.own(path, language):
            return False
        mark = "/" if language == "go" else "::"
        for name in wanted:
            normal = self._normal(language, name)
            if normal.endswith("*"):
                if path.startswith(normal[:-1]):
                    return True
            elif path == normal or path.startswith(normal + mark):
                return True
        return False
