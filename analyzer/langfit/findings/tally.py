"""What a component is made of, added up file by file; parts are added into the whole."""

from __future__ import annotations

from collections import Counter

from langfit.model import Role, Share, Tally

Place = tuple[str, int, int, str]  # path, line, column, code


class Sum:
    """The growing numbers of one component, by the numbers of the measures that found something in it."""

    def __init__(self) -> None:
        self.files = self.lines = self.functions = self.function_lines = 0
        self.generated = self.tests = self.exported = 0
        self.traits: Counter[str] = Counter()
        self.trait_functions: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.inside: Counter[str] = Counter()
        self.imports: Counter[str] = Counter()
        self.values: Counter[int] = Counter()  # raw numbers
        self.spread: Counter[int] = Counter()  # files in which a measure holds
        self.places: dict[int, Place] = {}  # the first place of the file that has most of it
        self._most: dict[int, int] = {}  # amount in that file
        self.manifests: set[str] = set()

    def add_file(self, share: Share) -> None:
        """Add what does not depend on rules."""
        self.files += 1
        self.lines += share.lines
        self.exported += share.exported
        self.functions += share.functions
        self.function_lines += share.function_lines
        for trait, (lines, number) in share.traits.items():
            self.traits[trait] += lines
            self.trait_functions[trait] += number
        for kind, (total, inside) in share.counts.items():
            self.counts[kind] += total
            self.inside[kind] += inside

    def add_other(self, role: Role, share: Share) -> None:
        """Add a test, generated or vendored file."""
        if role == "test":
            self.tests += 1
            for kind, (total, _) in share.counts.items():
                self.counts[kind] += total
        elif role == "generated":
            self.generated += share.all_lines

    def hit(self, measure: int, amount: int, place: Place) -> None:
        """Add to a measure, once per file and measure; `place` is its first one there."""
        self.values[measure] += amount
        self.spread[measure] += 1
        self._look_at(measure, amount, place)

    def _look_at(self, measure: int, amount: int, place: Place) -> None:
        """Remember where to look first: in the file with the largest amount, or the first such file by path."""
        known = self.places.get(measure)
        if known is None or (-amount, place) < (-self._most[measure], known):
            self.places[measure], self._most[measure] = place, amount

    def merge(self, part: Sum) -> None:
        """Add a part into this whole."""
        for name in ("files", "lines", "functions", "function_lines", "generated", "tests", "exported"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        for name in ("traits", "trait_functions", "counts", "inside", "imports"):
            getattr(self, name).update(getattr(part, name))
        self.manifests |= part.manifests
        self.values.update(part.values)
        self.spread.update(part.spread)
        for measure, place in part.places.items():
            self._look_at(measure, part._most[measure], place)

    def tally(self) -> Tally:
        """The frozen numbers."""
        return Tally(
            self.files, self.lines, self.functions, self.function_lines, dict(sorted(self.traits.items())),
            {kind: (n, self.inside[kind]) for kind, n in sorted(self.counts.items())},
            dict(sorted(self.imports.items())), self.generated, self.tests, self.exported,
            tuple(sorted(self.manifests)),
        )  # fmt: skip
