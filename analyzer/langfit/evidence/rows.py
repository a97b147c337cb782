"""The evidence of a component or deliverable: one row for each rule that holds there."""

from __future__ import annotations

from langfit.evidence.totals import Tally, Total
from langfit.evidence.values import amount_of, holds, judged, strength_of
from langfit.facts.measures import Measures
from langfit.model.evidence import Evidence
from langfit.model.rule import Measure, Rule, Thresholds


def rows_of(measures: Measures, tally: Tally, thresholds: Thresholds, version: str) -> list[tuple[int, Evidence]]:
    """Return rule number and evidence of every rule that holds with a strength above zero.

    `version` is the oldest one that manifests of the code name, for rules that age.
    """
    found: list[tuple[int, Evidence]] = []
    for number, rule in enumerate(measures.rules):
        n = measures.of_rule[number]
        total = tally.totals.get(n)
        if total is None or not total.amount or not holds(measures, number, tally, thresholds):
            continue
        measure = measures.all[n]
        strength = strength_of(rule, judged(measure, total.amount, tally.size, thresholds), version)
        if (
            measure.matcher == "density" and measure.unit == "tokens"
        ):  # a few places in a small component are chance, whatever their density
            strength *= min(1.0, total.amount / thresholds.min_places)
        if strength > 0:
            found.append((number, _row(rule, measure, total, tally, round(strength, 4))))
    return found


def _row(rule: Rule, measure: Measure, total: Total, tally: Tally, strength: float) -> Evidence:
    amount = amount_of(measure, total, tally.size)
    return Evidence(
        rule=rule.id,
        title=rule.title,
        family=rule.family,
        weight=rule.weight,
        suits=rule.suits,
        strength=strength,
        amount=amount.text(),
        count=amount.count,
        value=amount.value,
        unit=amount.unit,
        component=total.component,
        path=total.place.path,
        line=total.place.line,
        code=total.place.code,
    )
