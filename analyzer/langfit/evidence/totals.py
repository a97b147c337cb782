"""The one consumer of observations: what components, and the deliverables that they make up, come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from langfit.model.evidence import Observation, Place
from langfit.model.summary import FileSummary


class Size:
    """What code there is, tests and generated code left out."""

    __slots__ = ("broken", "exported", "files", "function_tokens", "functions", "lines", "tokens")

    def __init__(self) -> None:
        self.files = self.lines = self.tokens = self.exported = self.functions = self.function_tokens = 0
        self.broken = 0.0  # tokens inside syntax errors

    def add_file(self, summary: FileSummary) -> None:
        """Add a file of code."""
        self.files += 1
        self.lines += summary.lines
        self.tokens += summary.tokens
        self.exported += summary.exported
        self.functions += summary.functions
        self.function_tokens += summary.function_tokens
        self.broken += summary.errors.share * summary.tokens if summary.errors is not None else 0.0

    def add(self, other: Size) -> None:
        """Add the size of a part."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Total:
    """What one measure comes to, and the place that carries it: the densest one of all files."""

    __slots__ = ("amount", "component", "dense", "files", "functions", "lines", "place", "shared")

    def __init__(self, place: Place, component: str) -> None:
        self.amount = self.files = self.lines = self.functions = self.dense = 0
        self.place, self.component = place, component
        self.shared: set[Place] = set()  # places that count once, however many components have them

    def add(self, row: Observation) -> None:
        """Add an observation."""
        if row.once:
            if row.place in self.shared:
                return
            self.shared.add(row.place)
        self.amount += row.amount
        self.files += 1
        self.lines += row.lines
        self.functions += row.functions
        self._look_at(row.dense, row.place, row.component)

    def merge(self, other: Total) -> None:
        """Add the total of a part."""
        both = len(other.shared & self.shared) if other.shared else 0
        self.shared |= other.shared
        self.amount += other.amount - both
        self.files += other.files - both
        self.lines += other.lines
        self.functions += other.functions
        self._look_at(other.dense, other.place, other.component)

    def _look_at(self, dense: int, place: Place, component: str) -> None:
        """Remember where there is most of it, or the first such place by path."""
        if self.dense == 0 or (-dense, place) < (-self.dense, self.place):
            self.dense, self.place, self.component = dense, place, component


class Tally:
    """Everything that is known of a component or of several together."""

    __slots__ = ("imports", "manifests", "size", "totals")

    def __init__(self) -> None:
        self.size = Size()
        self.totals: dict[int, Total] = {}
        self.imports: Counter[str] = Counter()  # modules and crates from elsewhere -> files that import them
        self.manifests: set[str] = set()  # paths of those that speak for its files

    def observe(self, rows: Iterable[Observation]) -> None:
        """Add observations."""
        totals = self.totals
        for row in rows:
            total = totals.get(row.measure)
            if total is None:
                total = totals[row.measure] = Total(row.place, row.component)
            total.add(row)

    def merge(self, other: Tally) -> None:
        """Add a part."""
        self.size.add(other.size)
        for measure, total in other.totals.items():
            mine = self.totals.get(measure)
            if mine is None:
                mine = self.totals[measure] = Total(total.place, total.component)
            mine.merge(total)
        self.imports.update(other.imports)
        self.manifests |= other.manifests


def together(parts: Iterable[Tally]) -> Tally:
    """Return the tally of several parts."""
    whole = Tally()
    for part in parts:
        whole.merge(part)
    return whole
