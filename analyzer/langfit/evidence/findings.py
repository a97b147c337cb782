"""The places that rules report: one by one where a rule speaks of places, and once per component where it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import NamedTuple

from langfit.evidence.gather import Gathered
from langfit.evidence.values import aged
from langfit.facts.measures import Measures
from langfit.fingerprints import component_fingerprint
from langfit.languages import LANGUAGES
from langfit.model.evidence import Evidence
from langfit.model.report import Finding, Utf16
from langfit.model.repository import Component
from langfit.model.rule import Rule, Thresholds
from langfit.model.summary import Hit

MOST = 20_000  # places of a report; the richest of many repositories has a thousand
_MAJOR = re.compile(r"/v\d+(?=/|$| )")


class Reporting(NamedTuple):
    """A component with the evidence that decides what is reported in it."""

    component: Component
    rows: list[tuple[int, Evidence]]  # rule number, evidence
    version: str  # oldest one that its manifests name, for rules that age
    whole: bool  # whether rules that count over a component may report it


class Findings(NamedTuple):
    """The findings of a tree, sorted by place, and how many more places there are than a report holds."""

    rows: list[Finding]
    left: int


def findings_of(asked: Iterable[Reporting], gathered: Gathered, thresholds: Thresholds) -> Findings:
    """Return the findings, at most MOST of them place by place. Uses up the places that were gathered."""
    rows = {one.component.name: one for one in asked}
    found: list[Finding] = []
    for one in rows.values():
        measures = gathered.measures[one.component.language]
        if one.whole:
            found.extend(_counted(one, measures, thresholds))
    places = _site_findings(rows, gathered, thresholds)
    found.extend(make() for make in islice(places, MOST))
    left = sum(1 for _ in places)
    found.sort(key=lambda f: (f.path, f.line, f.column, f.end_line, f.end_column, f.rule, f.component))
    return Findings(found, left)


def stable_name(name: str) -> str:
    """Return the name of a component or deliverable as fingerprints have it: without the major version of a module."""
    return _MAJOR.sub("", name)


def _counted(one: Reporting, measures: Measures, thresholds: Thresholds) -> Iterator[Finding]:
    for number, row in one.rows:
        rule = measures.rules[number]
        if row.strength < thresholds.finding_strength:
            continue
        if rule.match.measure.matcher == "density" and row.count < thresholds.min_places:
            continue
        if number in measures.reporting.get(measures.of_rule[number], ()):
            continue  # reported place by place
        yield Finding(
            rule=rule.id,
            component=one.component.name,
            path=row.path,
            line=row.line,
            column=1,
            end_line=row.line,
            end_column=1,
            message=message_of(rule, "", row.amount, one.version),
            fingerprint=component_fingerprint(rule.id, stable_name(one.component.name)),
            family=rule.family,
            weight=rule.weight,
            suits=rule.suits,
            code=row.code,
            level="component",
        )


def _site_findings(
    asked: Mapping[str, Reporting], gathered: Gathered, thresholds: Thresholds
) -> Iterator[Callable[[], Finding]]:
    """Yield what makes the findings of rules whose evidence is of some strength in the component that holds them."""
    shown: dict[str, dict[int, list[int]]] = {}  # component -> measure -> rules that report its places
    for name, one in asked.items():
        measures = gathered.measures[one.component.language]
        strong = {number for number, row in one.rows if row.strength >= thresholds.finding_strength}
        rules = {m: [rule for rule in row if rule in strong] for m, row in measures.reporting.items()}
        shown[name] = {m: found for m, found in rules.items() if found}
    for name, path, hits in gathered.spool.of(lambda name: bool(shown.get(name))):
        one = asked[name]
        measures = gathered.measures[one.component.language]
        for hit in hits:
            for number in shown[name].get(hit.measure, ()):
                yield partial(_at, measures.rules[number], hit, path, one)


def _at(rule: Rule, hit: Hit, path: str, one: Reporting) -> Finding:
    span = hit.span
    wide = span.shift or span.last_shift
    return Finding(
        rule=rule.id,
        component=one.component.name,
        path=path,
        line=span.line,
        column=span.column,
        end_line=span.last_line,
        end_column=span.last_column,
        message=message_of(rule, hit.name, "1 place", one.version),
        fingerprint=hit.fingerprint,
        family=rule.family,
        weight=rule.weight,
        suits=rule.suits,
        function=hit.function,
        code=hit.code,
        utf16=Utf16(span.column + span.shift, span.last_column + span.last_shift) if wide else None,
    )


def message_of(rule: Rule, name: str, amount: str, version: str) -> str:
    """Return the message of a rule at a place; a name is shown without the path before its package.

    A rule that ages says what the version of the component makes of it: a newer collector takes from its weight.
    """
    if rule.match.measure.query:
        name = ""  # of the query, which tells a reader nothing
    shown = name.rsplit("/", 1)[-1].lstrip(".") if " " not in name else name
    text = rule.message.format(name=shown or "This", amount=amount)
    if not rule.ageing:
        return text
    spoken = LANGUAGES[rule.language]
    since, factor = aged(rule, version)
    if since:
        remedy = spoken.milestones.get(since, "a remedy")
        return f"{text} (counts {factor:.0%} at {spoken.name} {version}, since {since} brought {remedy})"
    since, factor = rule.ageing[-1]
    remedy = spoken.milestones.get(since, "its remedy")
    at = f"it asks for {spoken.name} {version}" if version else f"no manifest says which {spoken.name}"
    return f"{text} ({at}: from {since} on, with {remedy}, it counts {factor:.0%})"
