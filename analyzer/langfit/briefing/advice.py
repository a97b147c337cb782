"""The advice for one deliverable: an answer, with a reason of a closed list, from its fit and its place in the world.

Structure, users and history never change a fit; they decide what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from langfit.languages import LANGUAGES, opposite
from langfit.model.evidence import Evidence
from langfit.model.measured import WORTH
from langfit.model.report import Answer, Cut, Deliverable, Reason
from langfit.model.rule import Rulebook

BULK = 0.5  # share of the code in components that lean to the other language, from which a program is a kernel
REST = 0.15  # share of the code that may lean to the present language beside it
KERNELS = frozenset(
    ("compute", "memory")
)  # families that make a kernel; the others are matters of taste or of libraries
CUT_LINES = 500  # of a kernel, from which cutting it out is worth a sentence
CUT_SHARE = 0.02  # of the code of the program
SMALL = 200  # lines below which nothing found means nothing known
MODEST = 500  # lines below which signs on both sides are too few to call it close, or to advise a move
LARGE = 0.5  # strength of evidence from which a library decides


class Choice(NamedTuple):
    """An answer with its reason, and the cut, library or place that it rests on."""

    answer: Answer
    reason: Reason
    cut: Cut | None = None
    evidence: Evidence | None = None


def choose(item: Deliverable, book: Rulebook) -> Choice:
    """Return the answer for a deliverable whose facts are all known but its advice."""
    for rule in (_by_history, _by_users, _by_fit):
        found = rule(item, book)
        if found is not None:
            return found
    return _by_evidence(item, book)


def _by_history(item: Deliverable, book: Rulebook) -> Choice | None:
    del book
    if item.decided is not None:
        return Choice("stay", "decided")
    return Choice("stay", "replaced") if item.replaced else None


def _by_users(item: Deliverable, book: Rulebook) -> Choice | None:
    """Choose for a library, which stays with its users, or for native code, which stays with its host."""
    del book
    if item.kind == "library":
        return Choice("stay", "fits" if item.fit.suits == item.language else "users-of-its-language")
    if item.kind in ("native-library", "wasm-module"):
        return Choice("stay", "fits" if item.fit.suits == item.language else "already-native")
    return None


def _by_fit(item: Deliverable, book: Rulebook) -> Choice | None:
    """Choose where the evidence says which language a program suits."""
    cut = coarse_cut(item)
    if item.fit.suits == item.language:
        return Choice("split", "coarse-cut", cut) if cut is not None else Choice("stay", "fits")
    if item.fit.suits is None:
        return Choice("split", "coarse-cut", cut) if cut is not None else None
    if item.follows:
        return Choice("stay", "users-of-its-language")
    if item.native:
        return Choice("stay", "already-native")
    if item.lines < MODEST or (item.cold and not item.lacking):
        return Choice("stay", "no-gain") if item.cold else _inside(item)
    lacking = _lacking(item, book)
    if lacking is not None:
        return Choice("move", "lacking-library", evidence=lacking)
    fights = next((row for row in item.against if is_conflict(row, book) and row.strength >= LARGE), None)
    if fights is not None:
        return Choice("move", "runtime-conflict", evidence=fights)
    if is_bulk(item, book):
        return Choice("move", "whole-program-kernel")
    if cut is not None:
        return Choice("split", "coarse-cut", cut)
    return _inside(item)


def _by_evidence(item: Deliverable, book: Rulebook) -> Choice:
    """Choose where the evidence says of neither language that a program suits it."""
    cold = next((cut for cut in _coarse(item) if is_cold(cut)), None)
    if cold is not None:
        return Choice("stay", "no-gain", cold)
    if item.fit.why == "broken":
        return Choice("unclear", "too-little")
    if item.lines < SMALL and item.fit.why == "too-little":
        return Choice("unclear", "too-little")
    if not has_case(item, book):
        return Choice("stay", "no-gain")
    if item.lines < MODEST:
        return Choice("unclear", "too-little")
    inside = _inside(item)
    return inside if inside.reason == "not-cuttable" else Choice("unclear", "close")


def _inside(item: Deliverable) -> Choice:
    """Choose for a program with a kernel that is neither its bulk nor behind a coarse boundary."""
    chatty = next((cut for cut in item.cuts if cut.status == "chatty"), None)
    if chatty is not None:
        return Choice("stay", "not-cuttable", chatty)
    return Choice("stay", "no-gain")


def has_case(item: Deliverable, book: Rulebook) -> bool:
    """Tell whether more than taste speaks against the language of a program.

    That is kernels, memory or a platform, and more of it than speaks for the language.

    Where Rust could be Go, handlers and SQL are a reason to be at ease and not one to rewrite.
    """
    if item.fit.lean * LANGUAGES[item.language].pole > 0:
        return False
    points: dict[str, float] = {}
    for row in item.against:
        points[row.family] = points.get(row.family, 0.0) + book.weights[row.weight] * row.strength
    strong = {family for family, value in points.items() if value >= book.thresholds.min_points}
    return bool(strong & (KERNELS | {"target"}))


def is_bulk(item: Deliverable, book: Rulebook) -> bool:
    """Tell whether the bulk of a program is kernels or memory control, with few reasons to stay."""
    here = item.balance.get(item.language, 0.0)
    there = item.balance.get(opposite(item.language).id, 0.0)
    rows = (row for row in item.against if row.family in KERNELS)
    points = sum(book.weights[row.weight] * row.strength for row in rows)
    return there >= BULK and here <= REST and points >= book.thresholds.single_family_points


def is_conflict(row: Evidence, book: Rulebook) -> bool:
    """Tell whether a row of evidence says that the runtime of the language is in the way."""
    return any(rule.id == row.rule and rule.conflict for rule in book.rules)


def coarse_cut(item: Deliverable) -> Cut | None:
    """Return the kernel that could be cut out at a coarse boundary, None where nothing native is needed."""
    if item.native or item.kind not in ("program", "custom"):
        return None
    return next((cut for cut in _coarse(item) if not is_cold(cut) and not item.cold), None)


def _coarse(item: Deliverable) -> Iterator[Cut]:
    for cut in item.cuts:
        if cut.status == "coarse" and cut.lines >= CUT_LINES and cut.lines >= CUT_SHARE * item.lines:
            yield cut


def is_cold(cut: Cut) -> bool:
    """Tell whether a profile shows that a kernel takes too little time to be worth cutting out."""
    return cut.measured is not None and cut.measured.high < WORTH


def _lacking(item: Deliverable, book: Rulebook) -> Evidence | None:
    """Return the evidence for a library that only the other language has in full.

    It must be on the main path of a program that nothing else binds to its language.
    """
    del book
    bound = item.balance.get(item.language, 0.0) > REST or item.missing
    if not item.lacking or bound:
        return None
    rows = (row for row in item.against if row.family == "ecosystem" and row.weight in ("decisive", "strong"))
    return next((row for row in rows if row.strength >= LARGE), None)
