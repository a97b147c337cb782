"""What the terminal prints of the rule files: the page of a rule or claim, and the list of all."""

from __future__ import annotations

from textwrap import fill

from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.rule import Claim, Rule, Rulebook, Unit
from langfit.renamed import RENAMED
from langfit.toml.diagnostics import did_you_mean

WIDTH = 80
UNITS: dict[Unit, str] = {
    "tokens": "per 1,000 tokens",
    "functions": "of the functions",
    "files": "of the files",
    "code": "of the code in functions",
    "places": "places",
}


def page_of(name: str, book: Rulebook) -> str:
    """Return the page of a rule, or of a claim written `claim:C5`. Raises LangfitError for an unknown one."""
    if name.startswith("claim:"):
        claims = {claim.id: claim for claim in book.claims}
        claim = claims.get(name.removeprefix("claim:"))
        if claim is None:
            raise LangfitError(f"There is no claim {name!r}; claims are claim:C1 to claim:C{len(claims)}.")
        return claim_page(claim, book)
    rules = {rule.id: rule for rule in book.rules}
    known = RENAMED.get(name, name)
    if known not in rules:
        hint = did_you_mean(name, rules) or " `langfit rules` lists all."
        raise LangfitError(f"There is no rule {name!r}.{hint}")
    return rule_page(rules[known])


def rule_page(rule: Rule) -> str:
    """Return the page of a rule in plain text."""
    hit = next(
        (e.code for e in rule.examples if f"want {rule.id}" in e.code), rule.examples[0].code if rule.examples else ""
    )
    texts = [
        ("", rule.why),
        ("", scale_of(rule)),
        ("Where it is wrong: ", rule.limits),
        ("Try first: ", rule.first),
        ("What would refute it: ", rule.refute),
        ("Can be checked by: ", rule.oracle),
    ]
    claims = f", claims {', '.join(rule.claims)}" if rule.claims else ""
    parts = [
        f"{rule.id}: {rule.title}",
        f"speaks for {LANGUAGES[rule.suits].name}, {rule.weight}, family {rule.family}{claims}",
        "",
        *(fill(f"{head}{text}", WIDTH) + "\n" for head, text in texts if text),
        *(["Example:", *(f"    {line}" for line in hit.strip("\n").splitlines())] if hit else []),
    ]
    return "\n".join(parts) + "\n"


def scale_of(rule: Rule) -> str:
    """Return from where the value of a rule counts and where in full, and what newer versions take from it."""
    unit = UNITS[rule.match.measure.unit]
    share = rule.match.measure.unit in ("functions", "files", "code")

    def shown(value: float) -> str:
        return f"{value:.0%}" if share else f"{value:g}"

    if rule.scale is None:
        sentences = ["One place is enough for full strength."]
    elif rule.scale.start:
        sentences = [f"Counts from {shown(rule.scale.start)} {unit} on, and in full from {shown(rule.scale.full)}."]
    else:
        sentences = [f"Counts from the first place on, and in full from {shown(rule.scale.full)} {unit}."]
    if rule.match.tokens:
        sentences.append(f"Components below {rule.match.tokens} tokens of code are left out.")
    name = LANGUAGES[rule.language].name
    sentences += [f"From {name} {since} on it counts {factor:.0%} of that." for since, factor in rule.ageing]
    return " ".join(sentences)


def claim_page(claim: Claim, book: Rulebook) -> str:
    """Return the page of a claim in plain text, with the rules that rest on it."""
    rules = [rule.id for rule in book.rules if claim.id in rule.claims]
    shown = f"Rules: {', '.join(rules)}" if rules else f"No rule: {claim.unruled}"
    parts = [f"{claim.id} ({claim.section})", "", claim.claim, "", claim.qualification, "", shown, "", *claim.source]
    return "\n".join(fill(part, WIDTH, break_on_hyphens=False) for part in parts) + "\n"


def listing(book: Rulebook) -> str:
    """Return all rules, one line each, grouped by what they speak for."""
    lines = []
    for spoken in LANGUAGES.values():
        for suits in LANGUAGES.values():
            rows = [rule for rule in book.rules if rule.language == spoken.id and rule.suits == suits.id]
            if rows:
                lines.append(f"{spoken.name} source that speaks for {suits.name} ({len(rows)})")
                lines.extend(f"  {rule.id:34} {rule.weight:10} {rule.family:11} {rule.title}" for rule in rows)
                lines.append("")
    return "\n".join(lines)
