"""Stay, move, split or unclear: two families that agree, or one decisive sign, against what speaks for staying."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from langfit.fingerprints import component_fingerprint
from langfit.model import Answer, Component, Judged, Language, Rulebook, Seam, Span, Verdict
from langfit.verdicts.roles import roles_of
from langfit.verdicts.scales import Scales, scales_of
from langfit.verdicts.words import first_steps, refutation, sentence_of

UNSEEN: dict[Language, tuple[str, ...]] = {
    "go": ("no profile was read", "types are known by import only", "generated and test code is left out"),
    "rust": ("no profile was read", "code inside macro arguments is not seen", "generated and test code is left out"),
}


def weigh(judged: Iterable[Judged], book: Rulebook) -> tuple[Verdict, ...]:
    """One verdict for every component that is judged on its own, sorted by name."""
    rows = sorted(judged, key=lambda item: item.component.name)
    return tuple(_verdict(item, book) for item in rows if item.alone and item.component.kind != "workspace")


def _verdict(item: Judged, book: Rulebook) -> Verdict:
    component, tally = item.component, item.tally
    scales = scales_of(item.evidence, book)
    answer, why = answer_of(item, scales, book)
    strongest = sorted(
        item.evidence,
        key=lambda row: (-book.weights[row.weight] * row.strength, row.rule),
    )
    for_, against = (
        tuple(row for row in strongest if (row.suits == component.language) == own) for own in (True, False)
    )
    leading = for_ if answer == "stay" else against or for_
    path, line = component.anchor, 1
    if answer in ("move", "split") and against:
        path, line = against[0].path, against[0].line
    other: Language = "rust" if component.language == "go" else "go"
    return Verdict(
        component=component.name,
        language=component.language,
        answer=answer,
        suits=None if answer == "unclear" else component.language if answer == "stay" else other,
        lean=scales.lean,
        confidence=confidence_of(scales, answer, component, book),
        roles=roles_of(item, book),
        evidence_for=for_,
        evidence_against=against,
        first=first_steps(against, book) if answer != "stay" else (),
        refute=refutation(leading, scales.side(leading[0].suits if leading else component.language), book),
        sentence=sentence_of(component, answer, scales, book, why),
        unseen=UNSEEN[component.language],
        cost=item.cost,
        linked_by=item.linked_by,
        files=tally.files,
        span=Span(line, 1, line, 1),
        path=path,
        fingerprint=component_fingerprint("verdict", component.name, answer),
        lines=tally.lines,
    )


def answer_of(item: Judged, scales: Scales, book: Rulebook) -> tuple[Answer, str]:
    """The answer, and why it is unclear if it is."""
    s = book.settings
    here = item.component.language
    winner: Language = "rust" if scales.lean > 0 else "go"
    side, other = scales.side(winner), scales.side("go" if winner == "rust" else "rust")
    agreeing = sum(points >= s["family"] for points in side.families.values())
    if side.points + other.points == 0:
        return "unclear", "nothing that the rules know was found"
    if side.points < s["mass"]:
        return "unclear", "too little was found"
    lonely = max(side.families.values()) < s["alone"] or other.points >= s["family"]
    if agreeing < 2 and not side.decisive and lonely:
        return "unclear", "only one kind of evidence was found"
    if abs(scales.lean) < (s["answer"] if winner == here else s["leave"]):
        return "unclear", "the evidence on both sides is close"
    if winner == here:
        return "stay", ""
    if other.decisive and not side.decisive:
        return "unclear", "a decisive sign for staying stands against it"
    if item.linked_by:
        return "unclear", f"it is linked into {item.linked_by[0]} and cannot leave it alone"
    if item.cost.importers is not None and item.cost.importers > s["importers"]:
        return "unclear", f"{item.cost.importers} components use it, so its boundary is too wide to move"
    bound = bound_to(item, book)
    if bound:
        return "unclear", f"it is built on {bound}, which has no equivalent there"
    return ("split" if _local(item, here, scales, book) else "move"), ""


def bound_to(item: Judged, book: Rulebook) -> str:
    """An import without an equivalent in the other language that is on the main path: many files have it."""
    least = book.settings["main-path"] * max(item.tally.files, 1)
    found = [name for name in item.cost.missing if item.tally.imports.get(name, 0) >= least]
    return max(found, key=lambda name: (item.tally.imports[name], name), default="")


def _local(item: Judged, here: Language, scales: Scales, book: Rulebook) -> bool:
    """Whether what speaks against the language sits in few files while the rest has reasons to stay."""
    s = book.settings
    against = [row for row in item.evidence if row.suits != here and book.weights[row.weight] > 0 and row.files]
    staying = any(points >= s["family"] for points in scales.side(here).families.values())
    if here == "rust" or not against or item.tally.files < 5 or not staying:
        return False
    points = [(row.files / item.tally.files, book.weights[row.weight] * row.strength) for row in against]
    total = sum(weight for _, weight in points)
    near = sum(weight for share, weight in points if share <= s["split-files"])
    return total > 0 and near / total >= s["split-share"]


def with_seam(verdict: Verdict, seam: Seam | None, why: str) -> Verdict:
    """A split with its seam; without one it is unclear, and `why` says what stands in the way of a cut."""
    if seam is not None:
        return structs.replace(verdict, seam=seam)
    return structs.replace(
        verdict, answer="unclear", suits=None, confidence=min(verdict.confidence, 0.5),
        sentence=f"No clear evidence either way: {why}.",
        fingerprint=component_fingerprint("verdict", verdict.component, "unclear"),
    )  # fmt: skip


def confidence_of(scales: Scales, answer: Answer, component: Component, book: Rulebook) -> float:
    """0..1: the share of verdicts with this lean that are expected to be right; at most one half for `unclear`.

    The line is a straight one through the reliability of the atlas, see docs/accuracy.md.
    """
    del component
    value = book.settings["sure-base"] + book.settings["sure-slope"] * abs(scales.lean)
    return round(min(value, 0.5 if answer == "unclear" else book.settings["sure-most"]), 3)
