"""The words of a verdict: humble, with what would prove it wrong."""

from __future__ import annotations

from langfit.model import Answer, Component, Evidence, Language, Rulebook
from langfit.verdicts.scales import Scales, Side

LANGUAGE_NAMES: dict[Language, str] = {"go": "Go", "rust": "Rust"}
MOST_STEPS = 3


def sentence_of(component: Component, answer: Answer, scales: Scales, book: Rulebook, why_unclear: str) -> str:
    """The answer in one sentence."""
    titles = {family.name: family.title for family in book.families}
    here = LANGUAGE_NAMES[component.language]
    there = LANGUAGE_NAMES["rust" if component.language == "go" else "go"]

    def names(language: Language) -> str:
        families = sorted(scales.side(language).families.items(), key=lambda item: (-item[1], item[0]))
        named = [titles[family] for family, _ in families[:3]]
        return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else "".join(named)

    other: Language = "rust" if component.language == "go" else "go"
    if answer == "stay":
        return f"The evidence speaks for staying in {here}: {names(component.language)}."
    if answer == "move":
        return f"Consider {there}: {names(other)} speak for it; measure before anything else."
    if answer == "split":
        return f"Consider {there} for the kernel alone ({names(other)}); the rest may stay in {here}."
    return f"No clear evidence either way: {why_unclear}."


def first_steps(evidence: tuple[Evidence, ...], book: Rulebook) -> tuple[str, ...]:
    """What to do inside the language first: the advice of the strongest rules, each once."""
    advice = {rule.id: rule.first for rule in book.rules}
    steps: list[str] = []
    for row in evidence:
        step = advice.get(row.rule, "")
        if step and step not in steps:
            steps.append(step)
    return tuple(steps[:MOST_STEPS])


def refutation(evidence: tuple[Evidence, ...], side: Side, book: Rulebook) -> str:
    """The one measurement that would prove the verdict wrong: that of the strongest rule of the strongest family."""
    known = {rule.id: rule.refute for rule in book.rules}
    evidence = tuple(sorted(evidence, key=lambda row: -side.families.get(row.family, 0.0)))
    found = (known[row.rule] for row in evidence if known.get(row.rule))
    return next(found, "A CPU and a heap profile under real load.")
