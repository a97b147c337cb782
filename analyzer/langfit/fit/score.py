"""The two sides of a fit: points for each language, by family, capped, and the lean between them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from langfit.languages import LANGUAGES
from langfit.model.evidence import Evidence
from langfit.model.repository import LanguageId
from langfit.model.rule import Rulebook


class Side(Struct, frozen=True):
    """What speaks for one language."""

    language: LanguageId
    points: float  # sum over families, each capped
    families: dict[str, float]  # family -> points
    decisive: bool  # whether one decisive sign stands at half strength or more


class Score(Struct, frozen=True):
    """Both sides, and the lean between the poles: -1 (Go) .. +1 (Rust)."""

    sides: dict[LanguageId, Side]
    lean: float


def score_of(evidence: Iterable[Evidence], book: Rulebook) -> Score:
    """Weigh evidence: points of the weight class times strength, summed by family, capped, and set against each other.

    The lean is the difference of the points over their sum and the prior: the prior is doubt, so thin evidence leans
    little.
    """
    rows = tuple(evidence)
    caps = {family.name: family.cap for family in book.families}
    sides = {name: _side(name, rows, caps, book) for name in LANGUAGES}
    difference = sum(LANGUAGES[name].pole * side.points for name, side in sides.items())
    lean = difference / (sum(side.points for side in sides.values()) + book.thresholds.prior)
    return Score(sides, round(lean, 4))


def points_of(row: Evidence, book: Rulebook) -> float:
    """Return the points of a row of evidence before its family is capped."""
    return book.weights[row.weight] * row.strength


def _side(language: LanguageId, rows: tuple[Evidence, ...], caps: dict[str, float], book: Rulebook) -> Side:
    families: dict[str, float] = {}
    decisive = False
    for row in rows:
        if row.suits == language:
            families[row.family] = families.get(row.family, 0.0) + points_of(row, book)
            decisive |= row.weight == "decisive" and row.strength >= book.thresholds.decisive_strength
    capped = {family: round(min(points, caps[family]), 4) for family, points in sorted(families.items()) if points > 0}
    return Side(language, sum(capped.values()), capped, decisive)
