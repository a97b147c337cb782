"""The measures of a rule book, numbered, with indexes that answer them all in one pass over the facts of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from langfit.model.repository import LanguageId
from langfit.model.rule import Measure, Rule, Rulebook, Selector


class Selecting(NamedTuple):
    """A measure that selects sites, with what is asked of their names."""

    number: int
    selector: Selector
    by_count: bool  # any name, loop depth 0 or 1, cold paths in: the counts of the file answer it
    pattern: re.Pattern[str] | None
    exact: frozenset[str]

    def takes(self, name: str) -> bool:
        """Tell whether a site of this name is selected."""
        if not self.selector.names:
            return True
        return name in self.exact or (self.pattern is not None and self.pattern.fullmatch(name) is not None)


class Measures:
    """The measures of all rules of one language."""

    def __init__(self, book: Rulebook, spoken: LanguageId) -> None:
        self.rules: list[Rule] = [rule for rule in book.rules if rule.language == spoken]
        self.all: list[Measure] = []
        numbers: dict[Measure, int] = {}

        def number(measure: Measure) -> int:
            if measure not in numbers:
                numbers[measure] = len(self.all)
                self.all.append(measure)
            return numbers[measure]

        self.of_rule = [number(rule.match.measure) for rule in self.rules]
        self.requires = [[(number(c.measure), c.at_least) for c in rule.match.requires] for rule in self.rules]
        self.excludes = [[(number(c.measure), c.at_least) for c in rule.match.excludes] for rule in self.rules]
        self.reporting: dict[int, list[int]] = {}  # measure -> rules that report its places one by one
        for i, rule in enumerate(self.rules):
            measure = rule.match.measure
            functions = measure.matcher == "function" and rule.match.report != "component"
            if functions or measure.matcher in ("site", "query"):
                self.reporting.setdefault(self.of_rule[i], []).append(i)
        self.by_kind: dict[str, list[Selecting]] = {}
        self.by_trait: dict[str, list[int]] = {}
        for n, measure in enumerate(self.all):
            self._index(n, measure)
        self.queries = tuple(
            sorted({(m.selector.names[0], m.query) for m in self.all if m.query and m.selector is not None})
        )
        self.wanted = frozenset((*self.by_kind, *self.by_trait))
        self._memo: dict[tuple[str, str], tuple[Selecting, ...]] = {}

    def numbered(self, matcher: str) -> Iterable[tuple[int, Measure]]:
        """Return the measures of one matcher with their numbers."""
        return [(n, measure) for n, measure in enumerate(self.all) if measure.matcher == matcher]

    def _index(self, n: int, measure: Measure) -> None:
        if measure.selector is not None:
            selector = measure.selector
            stars = [name for name in selector.names if "*" in name]
            pattern = re.compile("|".join(_pattern(name) for name in stars)) if stars else None
            by_count = (
                measure.matcher == "density" and not selector.names and selector.in_loop <= 1
                and selector.cold and not selector.test
            )  # fmt: skip
            selecting = Selecting(n, selector, by_count, pattern, frozenset(selector.names) - set(stars))
            for kind in selector.kinds:
                self.by_kind.setdefault(kind, []).append(selecting)
        elif measure.trait:
            self.by_trait.setdefault(measure.trait, []).append(n)

    def selecting(self, kind: str, name: str) -> tuple[Selecting, ...]:
        """Return the measures that ask for a site of this kind and name and are not answered by counts."""
        key = (kind, name)
        known = self._memo.get(key)
        if known is None:
            if len(self._memo) > MOST_NAMES:  # names come from scanned code
                self._memo.clear()
            found = self.by_kind.get(kind, ())
            known = self._memo[key] = tuple(one for one in found if not one.by_count and one.takes(name))
        return known


MOST_NAMES = 100_000  # names whose measures are remembered at a time


def _pattern(name: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\*+", name))
