"""From raw numbers to strengths: values in the unit of a measure, conditions, scales, and the age of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langfit.findings.measures import Measures
from langfit.findings.tally import Sum
from langfit.model import Component, Evidence, Manifest, Measure, Rule

Memo = dict[tuple[tuple[str, ...], str], list[tuple[str, int, str]]]

LEAST_LINES = 200  # a density over fewer lines says more about chance than about code
LEAST_FUNCTIONS = 5
_ONE = re.compile(r"\b1 (\w+?)s\b")
BROUGHT = {"1.19": "the memory limit", "1.26": "the Green Tea collector"}  # what a Go version did about the collector
DEFAULT_UNITS = {"function": "line", "import": "file", "manifest": "component"}
MOST_DIGITS = 6  # of a part of a version: a manifest may hold anything
UNITS = {
    "kloc": "per 1,000 lines",
    "component": "places",
    "function": "share of functions",
    "file": "per file",
    "line": "share of function lines",
}


def unit_of(measure: Measure) -> str:
    """The key of UNITS for a measure."""
    return measure.per or DEFAULT_UNITS.get(measure.matcher, "kloc")


def value_of(measure: Measure, raw: int, total: Sum, *, floor: bool = True) -> float:
    """A raw number in the unit of its measure. With `floor`, small components count as if they were a little larger:
    that is for judging, and not for showing."""
    match unit_of(measure):
        case "kloc":
            return raw / max(total.lines, LEAST_LINES if floor else 1) * 1000
        case "function":
            return raw / max(total.functions, LEAST_FUNCTIONS if floor else 1)
        case "file":
            return raw / max(total.files, 1)
        case "line":
            return raw / max(total.function_lines, 1)
    return float(raw)


def entries_held(entries: Iterable[str], manifests: Iterable[Manifest]) -> list[tuple[str, int, str]]:
    """(manifest path, line, entry) of each wanted entry that a manifest has."""
    held = []
    for manifest in manifests:
        for entry in entries:
            kind, _, name = entry.partition(":")
            if kind == "dependency":
                for dependency, line in manifest.dependencies.items():
                    if _same(name, dependency):
                        held.append((manifest.path, line, dependency))
            elif entry in manifest.entries:
                held.append((manifest.path, manifest.entries[entry], name))
            elif entry.endswith("*"):
                held.extend(
                    (manifest.path, line, key.partition(":")[2])
                    for key, line in sorted(manifest.entries.items())
                    if key.startswith(entry[:-1])
                )
            elif not name:
                held.extend(
                    (manifest.path, line, key.partition(":")[2])
                    for key, line in sorted(manifest.entries.items())
                    if key.partition(":")[0] == kind
                )
    return held


def _held(entries: tuple[str, ...], manifest: Manifest, memo: Memo) -> list[tuple[str, int, str]]:
    key = (entries, manifest.path)
    if key not in memo:
        memo[key] = entries_held(entries, [manifest])
    return memo[key]


def _same(pattern: str, name: str) -> bool:
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name == pattern or name.startswith(pattern + "/v")


def holds(measures: Measures, number: int, total: Sum) -> bool:
    """Whether a component meets a rule's floor of lines and its conditions."""
    rule = measures.rules[number]
    if total.lines < rule.match.lines:
        return False

    def value(measure: int) -> float:
        return value_of(measures.all[measure], total.values[measure], total)

    return all(value(n) >= least for n, least in measures.having[number]) and not any(
        value(n) >= least for n, least in measures.lacking[number]
    )


def evidence_of(
    measures: Measures, total: Sum, component: Component, manifests: list[Manifest]
) -> list[tuple[int, Evidence]]:
    """(rule number, evidence) of every rule that holds in a component with a strength above zero."""
    rows: list[tuple[int, Evidence]] = []
    _fill_manifest_measures(measures, total, manifests)
    version = go_version(manifests)
    for number, rule in enumerate(measures.rules):
        n = measures.of_rule[number]
        raw = total.values[n]
        place = total.places.get(n)
        if not raw or place is None or not holds(measures, number, total):
            continue
        value = value_of(measures.all[n], raw, total, floor=False)
        strength = strength_of(rule, value_of(measures.all[n], raw, total), version)
        if strength > 0:
            rows.append(
                (number, Evidence(
                    rule=rule.id, family=rule.family, weight=rule.weight, suits=rule.suits,
                    strength=round(strength, 4), count=raw, value=round(value, 4),
                    unit=UNITS[unit_of(measures.all[n])], title=rule.title, path=place[0], line=place[1],
                    files=total.spread[n], code=place[3],
                ))
            )  # fmt: skip
    return rows


def _fill_manifest_measures(measures: Measures, total: Sum, manifests: list[Manifest]) -> None:
    for n, measure in enumerate(measures.all):
        if measure.matcher == "manifest":
            held = [row for manifest in manifests for row in _held(measure.entries, manifest, measures.held)]
            if held:
                total.values[n], total.spread[n] = len(held), len({path for path, _, _ in held})
                total.places[n] = (held[0][0], held[0][1], 1, held[0][2])


def strength_of(rule: Rule, value: float, version: str) -> float:
    """0..1: where a value stands on the rule's scale, less what newer versions of Go have taken from it."""
    strength = 1.0
    if rule.scale is not None:
        strength = min(1.0, max(0.0, (value - rule.scale.start) / (rule.scale.full - rule.scale.start)))
    return strength * aged(rule, version)[1]


def go_version(manifests: Iterable[Manifest]) -> str:
    """The oldest `go` directive of a component's manifests; "" without any."""
    return min((m.version for m in manifests if m.version), key=_version, default="")


def aged(rule: Rule, version: str) -> tuple[str, float]:
    """The last version of a rule's `ageing` that a `go` directive has reached ("" for none), and its factor."""
    reached = [(since, less) for since, less in rule.ageing if version and _version(version) >= _version(since)]
    return reached[-1] if reached else ("", 1.0)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part[:MOST_DIGITS]) for part in text.split(".")[:2] if part.isdecimal())


def message_of(rule: Rule, name: str, count: int, value: float, version: str) -> str:
    """The message of a rule at a place; a name is shown without the path before its package.

    A rule that ages says what the component's `go` directive makes of it: a newer collector takes from its weight.
    """
    if rule.match.measure.query:
        name = ""  # of the query, which tells a reader nothing
    shown = name.rsplit("/", 1)[-1].lstrip(".") if " " not in name else name
    share = unit_of(rule.match.measure) in ("function", "line")
    text = rule.message.format(name=shown or "This", count=count, value=f"{value:.0%}" if share else f"{value:.3g}")
    if count == 1:
        text = _ONE.sub(r"1 \1", text)
    if not rule.ageing:
        return text
    since, factor = aged(rule, version)
    if since:
        remedy = BROUGHT.get(since, "a remedy")
        return f"{text} (counts {factor:.0%} at Go {version}, since Go {since} brought {remedy})"
    since, factor = rule.ageing[-1]
    at = f"go.mod asks for Go {version}" if version else "no go directive says which Go"
    return f"{text} ({at}: from Go {since}, with {BROUGHT.get(since, 'its remedy')}, it counts {factor:.0%})"
