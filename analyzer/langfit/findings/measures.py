"""All measures of a rulebook, numbered, and the indexes that let one pass over the facts of a file answer them all."""

from __future__ import annotations

import re
from typing import NamedTuple

from langfit.model import Language, Measure, Rule, Rulebook, Selector

NAMED_EDGE = 1 << 16  # rows at or above carry a flag: cold or test
IN_TEST = 1 << 17
DEPTH = 0xFFFF


class Wanted(NamedTuple):
    """A measure that selects sites, with what is asked of their rows."""

    number: int
    selector: Selector
    everything: bool  # density over a kind without names and loops beyond one: the counts of the file answer it
    names: re.Pattern[str] | None
    exact: frozenset[str]


class Measures:
    """The measures of all rules of one language."""

    def __init__(self, book: Rulebook, language: Language) -> None:
        self.rules: list[Rule] = [rule for rule in book.rules if rule.language == language]
        self.all: list[Measure] = []
        numbers: dict[Measure, int] = {}

        def number(measure: Measure) -> int:
            if measure not in numbers:
                numbers[measure] = len(self.all)
                self.all.append(measure)
            return numbers[measure]

        self.of_rule = [number(rule.match.measure) for rule in self.rules]
        self.having = [[(number(c.measure), c.at_least) for c in rule.match.having] for rule in self.rules]
        self.lacking = [[(number(c.measure), c.at_least) for c in rule.match.lacking] for rule in self.rules]
        self.reporting: dict[int, list[int]] = {}
        for i, rule in enumerate(self.rules):
            measure = rule.match.measure
            functions = measure.matcher == "function" and rule.match.report != "component"
            if functions or measure.matcher in ("site", "query"):
                self.reporting.setdefault(self.of_rule[i], []).append(i)
        self.by_kind: dict[str, list[Wanted]] = {}
        self.by_trait: dict[str, list[int]] = {}
        self.by_import: list[tuple[int, Measure]] = []
        for n, measure in enumerate(self.all):
            self._file(n, measure)
        asked = [measure for measure in self.all if measure.selector and measure.query]
        self.queries = tuple(sorted({(m.selector.names[0], m.query) for m in asked if m.selector}))
        self._memo: dict[tuple[str, str], tuple[Wanted, ...]] = {}
        self.held: dict[tuple[tuple[str, ...], str], list[tuple[str, int, str]]] = {}  # manifest entries looked up

    def _file(self, n: int, measure: Measure) -> None:
        if measure.selector is not None:
            selector = measure.selector
            stars = [name for name in selector.names if "*" in name]
            pattern = re.compile("|".join(_pattern(name) for name in stars)) if stars else None
            plain = measure.matcher == "density" and not selector.names and selector.in_loop <= 1
            wanted = Wanted(n, selector, plain, pattern, frozenset(selector.names) - set(stars))
            for kind in selector.kinds:
                self.by_kind.setdefault(kind, []).append(wanted)
        elif measure.trait:
            self.by_trait.setdefault(measure.trait, []).append(n)
        elif measure.matcher == "import":
            self.by_import.append((n, measure))

    def selecting(self, kind: str, name: str) -> tuple[Wanted, ...]:
        """The measures that ask for a site of this kind and name and cannot be answered by counts."""
        key = (kind, name)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = tuple(
                w for w in self.by_kind.get(kind, ()) if not w.everything and _asks(w, name)
            )
        return known


def _asks(wanted: Wanted, name: str) -> bool:
    if not wanted.selector.names:
        return True
    return name in wanted.exact or (wanted.names is not None and wanted.names.fullmatch(name) is not None)


def _pattern(name: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\*+", name))
