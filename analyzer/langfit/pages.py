"""What the terminal prints of the rule files: the page of a rule or claim, and the catalogue."""

from __future__ import annotations

from difflib import get_close_matches
from textwrap import fill

from langfit.findings.evidence import UNITS, unit_of
from langfit.model import Claim, LangfitError, Rule, Rulebook
from langfit.rulebook import load
from langfit.rulefiles import root

WIDTH = 80


def page_of(name: str) -> str:
    """The page of a rule, or of a claim written `claim:C5`. Raises LangfitError for an unknown one."""
    book = load(root())
    if name.startswith("claim:"):
        claims = {claim.id: claim for claim in book.claims}
        claim = claims.get(name.removeprefix("claim:"))
        if claim is None:
            message = f"There is no claim {name!r}; claims are claim:C1 to claim:C{len(claims)}."
            raise LangfitError(message)
        return claim_page(claim, book)
    rules = {rule.id: rule for rule in book.rules}
    if name not in rules:
        near = get_close_matches(name, rules, 1)
        hint = f"did you mean {near[0]}?" if near else "`langfit rules` lists all."
        message = f"There is no rule {name!r}; {hint}"
        raise LangfitError(message)
    return rule_page(rules[name])


def rule_page(rule: Rule) -> str:
    """The page of a rule in plain text."""
    hit = next((e.code for e in rule.examples if f"want {rule.id}" in e.code), rule.examples[0].code)
    parts = [
        f"{rule.id}: {rule.title}",
        f"speaks for {rule.suits.capitalize()}, {rule.weight}, family {rule.family}, claims {', '.join(rule.claims)}",
        "",
        *(fill(text, WIDTH) + "\n" for text in (rule.why, scale_of(rule), f"First: {rule.first}")),
        fill(f"Refuted by: {rule.refute}", WIDTH) + "\n",
        *([f"Judged by: {rule.oracle}\n"] if rule.oracle else []),
        "Example:",
        *(f"    {line}" for line in hit.strip("\n").splitlines()),
    ]
    return "\n".join(parts) + "\n"


def scale_of(rule: Rule) -> str:
    """From where the value of a rule counts and where in full, and what newer versions of Go take from it."""
    measure = rule.match.measure
    unit = "of the files" if measure.matcher == "import" else UNITS[unit_of(measure)]
    if rule.scale is None:
        sentences = ["One place is enough for full strength."]
    elif rule.scale.start:
        sentences = [f"Counts from {rule.scale.start:g} {unit} on, and in full from {rule.scale.full:g}."]
    else:
        sentences = [f"Counts from the first place on, and in full from {rule.scale.full:g} {unit}."]
    if rule.match.lines:
        sentences.append(f"Components below {rule.match.lines} lines of code are left out.")
    sentences += [f"From `go {since}` on it counts {factor:g} of that." for since, factor in rule.ageing]
    return " ".join(sentences)


def claim_page(claim: Claim, book: Rulebook) -> str:
    """The page of a claim in plain text, with the rules that rest on it."""
    rules = [rule.id for rule in book.rules if claim.id in rule.claims]
    shown = f"Rules: {', '.join(rules)}" if rules else f"No rule: {claim.unruled}"
    parts = [f"{claim.id} ({claim.section})", "", claim.claim, "", claim.qualification, "", shown, "", *claim.source]
    return "\n".join(fill(part, WIDTH, break_on_hyphens=False) for part in parts) + "\n"


def catalogue() -> str:
    """All rules, one line each, grouped by what they speak about."""
    book = load(root())
    lines = []
    for language in ("go", "rust"):
        for suits in ("rust", "go"):
            rows = [rule for rule in book.rules if rule.language == language and rule.suits == suits]
            if rows:
                lines.append(f"{language.capitalize()} source that speaks for {suits.capitalize()} ({len(rows)})")
                lines.extend(f"  {rule.id:34} {rule.weight:10} {rule.family:11} {rule.title}" for rule in rows)
                lines.append("")
    return "\n".join(lines)
