"""From totals to values in the unit of a measure, to conditions that hold, and to the strength of a rule."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.evidence.totals import Size, Tally, Total
from langfit.facts.measures import Measures
from langfit.model.evidence import Amount
from langfit.model.rule import Measure, Rule, Thresholds

LEAST_FUNCTIONS = 5  # functions that a share counts at least
MOST_DIGITS = 6  # of a part of a version: a manifest may hold anything


def value_of(measure: Measure, amount: float, size: Size, least_tokens: float = 1, least_functions: int = 1) -> float:
    """Return an amount in the unit of its measure: per 1,000 tokens, as a share, or as it is.

    The least sizes keep a handful of lines from looking dense: they are for judging, and not for showing.
    """
    match measure.unit:
        case "tokens":
            return amount / max(size.tokens, least_tokens) * 1000
        case "functions":
            return amount / max(size.functions, least_functions)
        case "files":
            return amount / max(size.files, 1)
        case "code":
            return min(1.0, amount / max(size.function_tokens, 1))
    return float(amount)


def amount_of(measure: Measure, total: Total, size: Size) -> Amount:
    """Return a total as readers see it."""
    value = value_of(measure, total.amount, size)
    return Amount(total.amount, round(value, 4), measure.unit, total.files, total.lines, total.functions)


def holds(measures: Measures, number: int, tally: Tally, thresholds: Thresholds) -> bool:
    """Tell whether code meets the floor of size and the conditions of a rule."""
    if tally.size.tokens < measures.rules[number].match.tokens:
        return False

    def value(measure: int) -> float:
        total = tally.totals.get(measure)
        if total is None:
            return 0.0
        return judged(measures.all[measure], total.amount, tally.size, thresholds)

    return all(value(n) >= least for n, least in measures.requires[number]) and not any(
        value(n) >= least for n, least in measures.excludes[number]
    )


def judged(measure: Measure, amount: float, size: Size, thresholds: Thresholds) -> float:
    """Return the value of an amount for judging."""
    return value_of(measure, amount, size, thresholds.min_tokens, LEAST_FUNCTIONS)


def strength_of(rule: Rule, value: float, version: str) -> float:
    """Return 0..1: where a value stands on the scale of a rule, less what newer versions of Go have taken from it."""
    strength = 1.0
    if rule.scale is not None:
        strength = min(1.0, max(0.0, (value - rule.scale.start) / (rule.scale.full - rule.scale.start)))
    return strength * aged(rule, version)[1]


def aged(rule: Rule, version: str) -> tuple[str, float]:
    """Return the last version of a rule's `ageing` that a version has reached ("" for none), and its factor."""
    wanted = parsed(version)
    reached = [(since, factor) for since, factor in rule.ageing if version and wanted >= parsed(since)]
    return reached[-1] if reached else ("", 1.0)


def oldest(versions: Iterable[str]) -> str:
    """Return the oldest of the versions that manifests name, "" without any."""
    return min((version for version in versions if version), key=parsed, default="")


def parsed(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version."""
    return tuple(int(part[:MOST_DIGITS]) for part in version.split(".")[:2] if part.isdecimal())
