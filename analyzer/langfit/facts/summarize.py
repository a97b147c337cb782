"""From facts to a summary: what one file comes to under the measures of a rule book, done in the workers.

A summary is a small fraction of the facts that it is made of. It holds no path, weight, scale or wording, so what is
cached for a blob survives a rename and every change of a rule but one of what it looks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from langfit.facts.codec import encode_hits, encode_links
from langfit.facts.links import links_of
from langfit.facts.measures import Measures, Selecting
from langfit.fingerprints import LineHashes
from langfit.language import Language
from langfit.model.summary import FileSummary, Hit, Import, Measured, Span
from langfit.parsing.facts import Facts, Function
from langfit.parsing.regions import COLD_FLAG, DEPTH_MASK, NO_FUNCTION, TEST_FLAG
from langfit.parsing.sites import Row

MOST_CODE = 160  # bytes of a line that a report shows
MOST_NAME = 120  # characters of a name of the scanned code that a summary keeps
MOST_HITS = 1_000  # places of one file that are kept; of many thousand real files the richest has 20
MOST_OF_MEASURE = 200  # of these, of one measure
MOST_IMPORTS = 5_000
MOST_DECLARATIONS = 5_000


class _Sum:
    """What one measure has come to so far: its amount by function, and the first place in each.

    Of several kinds of sites the one that the rule names first is shown: an operator rather than an index.
    """

    __slots__ = ("amount", "by_owner", "first", "functions", "lines")

    def __init__(self) -> None:
        self.amount = self.lines = self.functions = 0
        self.by_owner: Counter[int] = Counter()
        self.first: dict[int, tuple[int, int]] = {}  # function index -> rank of the kind, first byte

    def add(self, owner: int, amount: int, byte: int, rank: int = 0) -> None:
        self.amount += amount
        self.by_owner[owner] += amount
        known = self.first.get(owner)
        if known is None or (rank, byte) < known:
            self.first[owner] = (rank, byte)

    def densest(self) -> tuple[int, int]:
        """Return the amount in the densest function, and its first place; what is in no function comes last."""
        owner = max(self.by_owner, key=lambda o: (o != NO_FUNCTION, self.by_owner[o], -self.first[o][1]))
        return self.by_owner[owner], self.first[owner][1]


def summarize(facts: Facts, measures: Measures, spoken: Language) -> FileSummary:
    """Return the summary of a parsed file."""
    return _Summary(facts, measures).made(links=spoken.linked)


class _Summary:
    """One pass over the facts of a file."""

    def __init__(self, facts: Facts, measures: Measures) -> None:
        self.facts, self.measures = facts, measures
        self.sums: dict[int, _Sum] = {}
        self.hits: list[Hit] = []
        self.kept: Counter[int] = Counter()  # hits by measure
        self.cut = False  # whether there were more
        self._hashes: LineHashes | None = None

    def made(self, *, links: bool) -> FileSummary:
        facts = self.facts
        for kind, named in facts.sites.kinds():
            if kind in self.measures.by_kind:
                for name, rows in named.items():
                    for selecting in self.measures.selecting(kind, name):
                        self._select(selecting, kind, name, rows)
                self._count(kind)
        self._functions()
        return FileSummary(
            lines=facts.lines,
            tokens=facts.tokens,
            all_lines=len(facts.positions.starts),
            parsed=True,
            exported=facts.exported,
            functions=len(facts.functions),
            function_tokens=_outermost_tokens(facts.functions),
            measured=tuple(self._measured(number, found) for number, found in sorted(self.sums.items())),
            hits=encode_hits(sorted(self.hits, key=lambda hit: (hit.span, hit.measure, hit.name))),
            links=encode_links(links_of(facts)) if links else b"",
            imports=tuple(self._imports()),
            declarations=tuple(facts.declarations[:MOST_DECLARATIONS]),
            suppressions=facts.suppressions,
            errors=facts.errors,
            overflowed=facts.overflowed or self.cut,
        )

    def _sum(self, measure: int) -> _Sum:
        found = self.sums.get(measure)
        if found is None:
            found = self.sums[measure] = _Sum()
        return found

    def _measured(self, number: int, found: _Sum) -> Measured:
        dense, byte = found.densest()
        line, column = self.facts.positions.place(byte)
        return Measured(number, found.amount, found.lines, found.functions, dense, line, column, self._code(line))

    def _select(self, selecting: Selecting, kind: str, name: str, rows: list[Row]) -> None:
        selector, reports = selecting.selector, selecting.number in self.measures.reporting
        flags = (0 if selector.test else TEST_FLAG) | (0 if selector.cold else COLD_FLAG)
        chosen = [row for row in rows if not row.state & flags and row.state & DEPTH_MASK >= selector.in_loop]
        if not chosen:
            return
        found = self._sum(selecting.number)
        rank = selector.kinds.index(kind)
        for row in chosen:
            found.add(row.owner, 1, row.start, rank)
        if reports:
            for row in chosen[: MOST_OF_MEASURE + 1]:
                function = self.facts.functions[row.owner].name if row.owner < len(self.facts.functions) else ""
                self._hit(selecting.number, self.facts.positions.span(row.start, row.end), function, name)

    def _count(self, kind: str) -> None:
        for selecting in self.measures.by_kind[kind]:
            if not selecting.by_count:
                continue
            inside, rank = selecting.selector.in_loop > 0, selecting.selector.kinds.index(kind)
            for owner, counts in self.facts.sites.counts(kind).items():
                amount, first = (counts.inside, counts.first_inside) if inside else (counts.total, counts.first)
                if amount and first is not None:
                    self._sum(selecting.number).add(owner, amount, first.start, rank)

    def _functions(self) -> None:
        """Add up functions by trait: their tokens, or their number."""
        positions = self.facts.positions
        for index, function in enumerate(self.facts.functions):
            for trait in function.traits & self.measures.by_trait.keys():
                first, last = positions.line(function.start), positions.line(max(function.start, function.end - 1))
                for number in self.measures.by_trait[trait]:
                    counted = self.measures.all[number].unit == "functions"
                    found = self._sum(number)
                    place = function.loop if trait == "kernel" and function.loop >= 0 else function.start
                    found.add(index, 1 if counted else function.tokens, place)
                    found.functions += 1
                    found.lines += last - first + 1
                    if number in self.measures.reporting:
                        self._hit(number, Span(first, 1, last, 1), function.name, function.name)

    def _hit(self, measure: int, span: Span, function: str, name: str) -> None:
        if len(self.hits) >= MOST_HITS or self.kept[measure] >= MOST_OF_MEASURE:
            self.cut = True
            return
        self.kept[measure] += 1
        if self._hashes is None:
            self._hashes = LineHashes(self.facts.data)
        mark, code = self._hashes.of(span.line), self._code(span.line)
        self.hits.append(Hit(measure, span, function[:MOST_NAME], name[:MOST_NAME], mark, code))

    def _code(self, line: int) -> str:
        """Return a line as reports show it: without what surrounds it, and cut."""
        data, start = self.facts.data, self.facts.positions.start_of(line)
        end = data.find(b"\n", start, start + MOST_CODE)
        return data[start : end if end >= 0 else start + MOST_CODE].decode("utf-8", "replace").strip()

    def _imports(self) -> Iterable[Import]:
        for path, start, uses in self.facts.imports[:MOST_IMPORTS]:
            line, column = self.facts.positions.place(start)
            yield Import(path[: MOST_NAME * 2], line, column, tuple(name[:MOST_NAME] for name in uses[:500]))


def _outermost_tokens(functions: list[Function]) -> int:
    """Return the tokens of all functions, those of a function inside another one counted once."""
    total = at = 0
    for function in sorted(functions, key=lambda f: (f.start, -f.end)):
        if function.start >= at:
            total += function.tokens
            at = function.end
    return total
