"""What was found: observations of every source of evidence, and the evidence that rules make of their sums."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

from langfit.model import bounds
from langfit.model.bounds import Count, Line, Share
from langfit.model.repository import LanguageId
from langfit.model.rule import Unit, Weight


class Place(Struct, frozen=True, order=True):
    """Where to look: a line of a file of the tree."""

    path: str
    line: int
    column: int = 1
    code: str = ""  # the line, cut


class Observation(NamedTuple):
    """An amount of a measure in a component, from one source of evidence."""

    component: str
    measure: int  # number among the measures of its language
    amount: int  # in the raw unit of the measure: sites, tokens, functions, files or entries
    place: Place
    source: str  # name of the producer, such as "source code"
    dense: int = 1  # the amount at the place, by which places are compared
    lines: int = 0  # of the functions that a measure of functions selects
    functions: int = 0  # likewise
    once: bool = False  # a place that several components share counts once: an entry of a manifest


class Amount(Struct, frozen=True):
    """A measured amount that knows how to be read: `81 lines in 3 functions, 93% of the code in functions`."""

    count: int
    value: float
    unit: Unit
    files: int = 0
    lines: int = 0  # of functions
    functions: int = 0

    def text(self) -> str:
        """Return the amount in words, singular and plural included."""
        match self.unit:
            case "code":
                held = f"{plural(self.lines, 'line')} in {plural(self.functions, 'function')}"
                return f"{held}, {percent(self.value)} of the code in functions"
            case "functions":
                return f"{plural(self.count, 'function')}, {percent(self.value)} of the functions"
            case "files":
                return f"{plural(self.count, 'file')}, {percent(self.value)} of the files"
            case "tokens":
                return f"{self._places()}, {number(self.value)} per 1,000 tokens"
        return self._places()

    def _places(self) -> str:
        where = f" in {plural(self.files, 'file')}" if self.files > 1 else ""
        return plural(self.count, "place") + where


class Evidence(Struct, frozen=True, kw_only=True):
    """What one rule adds to the fit of a component or deliverable, however often it holds there."""

    rule: str
    title: str
    family: str
    weight: Weight
    suits: LanguageId
    strength: Share
    amount: str  # in words: "81 lines in 3 functions, 93% of the code in functions"
    count: Count
    value: bounds.Amount  # in the unit
    unit: Unit
    component: str
    path: str  # the place that carries it
    line: Line
    code: str = ""
    measured: Literal["", "confirmed", "refuted", "undecided"] = ""  # by a profile; "" where none says anything
    measured_share: tuple[float, float, float] | None = None  # of the time, with the ends of its interval


def plural(count: int, noun: str) -> str:
    """Return `1 file`, `2,000 files`, `3 entries`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        noun = noun[:-1] + "ie"
    elif noun.endswith(("s", "x", "ch", "sh")):
        noun += "e"
    return f"{count:,} {noun}s"


def percent(share: float) -> str:
    """Return a share as readers see it: `93%`, `0.4%`, and never 0% of something or 100% of less than all."""
    if 0 < share < 0.01:
        return f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
    return f"{min(share, 0.99) if share < 1 else share:.0%}"


def number(value: float) -> str:
    """Return a value with two digits that count, whole from 10 on."""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"
