"""The two scales of a verdict: points for Go and for Rust, by family, capped, and the lean between them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from langfit.model import LANGUAGES, Evidence, Language, Rulebook


class Side(Struct, frozen=True):
    """What speaks for one language."""

    language: Language
    points: float  # sum over families, each capped
    families: dict[str, float]  # family -> points
    decisive: bool  # whether one decisive sign stands at half strength or more


class Scales(Struct, frozen=True):
    """Both sides and the lean: -1 (Go) .. +1 (Rust)."""

    go: Side
    rust: Side
    lean: float

    def side(self, language: Language) -> Side:
        """The side of a language."""
        return self.rust if language == "rust" else self.go


def scales_of(evidence: Iterable[Evidence], book: Rulebook) -> Scales:
    """Weigh evidence: points of the weight class times strength, summed by family, capped, and set against each other.

    The lean is (rust - go) / (rust + go + prior): the prior is doubt, so thin evidence leans little.
    """
    rows = tuple(evidence)
    caps = {family.name: family.cap for family in book.families}
    sides = {language: _side(language, rows, caps, book) for language in LANGUAGES}
    go, rust = sides["go"], sides["rust"]
    lean = (rust.points - go.points) / (rust.points + go.points + book.settings["prior"])
    return Scales(go, rust, round(lean, 4))


def _side(language: Language, rows: tuple[Evidence, ...], caps: dict[str, float], book: Rulebook) -> Side:
    families: dict[str, float] = {}
    decisive = False
    for row in rows:
        if row.suits == language:
            points = book.weights[row.weight] * row.strength
            families[row.family] = families.get(row.family, 0.0) + points
            decisive |= row.weight == "decisive" and row.strength >= book.settings["decisive"]
    capped = {family: round(min(points, caps[family]), 4) for family, points in sorted(families.items()) if points > 0}
    return Side(language, sum(capped.values()), capped, decisive)
