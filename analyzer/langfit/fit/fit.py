"""Which language a component or a deliverable suits: what the evidence says, whoever uses the code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from langfit.evidence.totals import Size
from langfit.fit.score import Score, Side, score_of
from langfit.languages import LANGUAGES, opposite
from langfit.model.evidence import Evidence
from langfit.model.repository import LanguageId
from langfit.model.rule import Rulebook

Reason = Literal["", "too-little", "close", "one-sign", "broken", "small"]
# Bounds between which something counts more and more, so that a few lines never turn an answer by a jump of the lean.
Ramp = tuple[float, float]
LEANS: Ramp = (0.20, 0.40)  # |lean| of a part: whether it counts for a language when parts are set against each other
MAJORITY: Ramp = (0.45, 0.55)  # share of the code in parts that lean the other way: whether they contradict a sum
CONTRARY: Ramp = (0.0, 0.10)  # by how much the balance of the parts points the other way
LARGE: Ramp = (0.75, 1.25)  # of the size from which sums are diluted
JUDGED: Ramp = (0.80, 1.20)  # of the size from which a main package is judged
NEAR: Ramp = (-0.05, 0.05)  # |lean| beside the threshold from which it answers
SAID: Ramp = (-0.10, 0.0)  # the lean of a main package beside the same threshold
MOST_BY_PARTS = 0.75  # |lean| that the balance of parts can give: what a sum of densities says at best


class Fit(NamedTuple):
    """What the evidence says of some code."""

    lean: float  # -1 (Go) .. +1 (Rust)
    confidence: float  # 0..1
    suits: LanguageId | None
    why: Reason  # why it suits neither
    score: Score


class Part(NamedTuple):
    """A component inside a deliverable: how much code it is, and how it leans."""

    tokens: int
    lean: float


class Balance(NamedTuple):
    """Which share of the code of a deliverable sits in components that lean to each language."""

    shares: dict[LanguageId, float]
    neither: float


def fit_of(evidence: Sequence[Evidence], size: Size, language: LanguageId, book: Rulebook) -> Fit:
    """Return the fit of code of one language by its evidence alone."""
    score = score_of(evidence, book)
    return _answered(score, score.lean, size, language, book)


def fit_of_whole(
    evidence: Sequence[Evidence],
    size: Size,
    language: LanguageId,
    book: Rulebook,
    parts: Iterable[Part],
    main: Part | None = None,
) -> tuple[Fit, Balance]:
    """Return the fit of a deliverable: by the sum of its evidence, and where that is diluted, by its parts.

    Densities over everything that is linked say little of a large program in which each part is clear. So there the
    lean of the sum moves towards the balance of the parts, by the share of the code that leans at all, where both point
    the same way and the sum itself answers nothing. Where parts contradict the sum, it moves as well: where most of
    them do, if it speaks for the present language, and where any more of them do, if it speaks against it. Where all of
    this is close, the main package says what the program is, if it is large enough to be judged.
    """
    score = score_of(evidence, book)
    balance = balance_of(parts)
    marks = book.thresholds
    large = _between(size.tokens / marks.diluted_tokens, LARGE)
    lean = _mixed(score.lean, _balanced(score.lean, balance, language, book), large) if large else score.lean
    if main is not None:
        judged = _between(main.tokens / marks.small_tokens, JUDGED)
        lean = _mixed(lean, _led_by_main(lean, main.lean, language, book), judged)
    return _answered(score, round(lean, 4), size, language, book), balance


def _between(value: float, ramp: Ramp) -> float:
    """Return how far a value is between two bounds, 0..1."""
    low, high = ramp
    return max(0.0, min(1.0, (value - low) / (high - low)))


def _mixed(first: float, second: float, share: float) -> float:
    return first + share * (second - first)


def _led_by_main(lean: float, main: float, language: LanguageId, book: Rulebook) -> float:
    """Return a lean with what a large main package says, where the rest is close.

    There is a doubt where what a program links speaks against its language and its main package does not.
    """
    own = main * LANGUAGES[language].pole
    suits = book.thresholds.suits
    close = _mixed(lean, main, _between(own - suits, SAID))
    doubted = _mixed(lean, (lean + main) / 2, _between(own, LEANS)) if lean * main < 0 else lean
    return _mixed(close, doubted, _between(abs(lean) - suits, NEAR))


def _balanced(lean: float, balance: Balance, language: LanguageId, book: Rulebook) -> float:
    """Return the lean of a sum, moved towards the balance of its parts where it is diluted or contradicted."""
    total = sum(LANGUAGES[name].pole * share for name, share in balance.shares.items())
    towards = max(-MOST_BY_PARTS, min(MOST_BY_PARTS, total))
    moved = _mixed(lean, towards, 1.0 - balance.neither)
    answers = _between(abs(lean) - book.thresholds.suits, NEAR)
    if lean * total >= 0:
        return _mixed(max(lean, moved, key=abs), lean, answers)
    contrary = _between(abs(total), CONTRARY)
    if lean * LANGUAGES[language].pole > 0:  # it speaks for staying: few parts that do not are no contradiction
        against = max(share for name, share in balance.shares.items() if LANGUAGES[name].pole * lean < 0)
        contrary = _mixed(contrary, _between(against, MAJORITY), answers)
    return _mixed(lean, moved, contrary)


def balance_of(parts: Iterable[Part]) -> Balance:
    """Return the shares of code by what its parts lean to."""
    rows = list(parts)
    total = sum(part.tokens for part in rows)
    shares = {
        name: sum(part.tokens * _between(part.lean * spoken.pole, LEANS) for part in rows) / total if total else 0.0
        for name, spoken in LANGUAGES.items()
    }
    return Balance({name: round(share, 4) for name, share in shares.items()}, round(1.0 - sum(shares.values()), 4))


def _answered(score: Score, lean: float, size: Size, language: LanguageId, book: Rulebook) -> Fit:
    marks = book.thresholds
    confidence = round(min(marks.confidence_base + marks.confidence_slope * abs(lean), marks.confidence_most), 3)

    def unclear(why: Reason) -> Fit:
        return Fit(lean, min(confidence, 0.5), None, why, score)

    if size.tokens and size.broken > marks.broken_share * size.tokens:
        return unclear("broken")
    winner = next(name for name, spoken in LANGUAGES.items() if (spoken.pole * lean > 0 or lean == 0))
    side, other = score.sides[winner], score.sides[opposite(winner).id]
    if side.points < marks.min_points:
        return unclear("too-little" if other.points < marks.min_points else "close")
    if abs(lean) < (marks.suits if winner == language else marks.leave):
        return unclear("close")
    if not _carries(side, other, book):
        return unclear("one-sign")
    return Fit(lean, confidence, winner, "", score)


def _carries(side: Side, other: Side, book: Rulebook) -> bool:
    """Tell whether a side is more than one idea: two families, a decisive sign, or a strong family unopposed."""
    marks = book.thresholds
    agreeing = sum(points >= marks.family_points for points in side.families.values())
    strong = max(side.families.values(), default=0.0) >= marks.single_family_points
    return agreeing >= 2 or side.decisive or (strong and other.points < marks.family_points)
