"""SARIF 2.1.0 with everything in it, for viewers (Azure DevOps, editors) and archives; not for GitHub.

GitHub opens an alert for each result, whatever its kind and even when it is suppressed: `sarif` is made for it. Here
each deliverable is a result, also those that stay, and what was suppressed is there with the reason. Nothing is cut.
"""

from __future__ import annotations

import sarif_om as om

from langfit.alerts import other_cuts, place_of
from langfit.formats import descriptors, markdown, sanitize, sarif
from langfit.formats.about import deliverable_sections, ranked
from langfit.model.report import Answer, Deliverable, Finding, Report, Suppressed

# SARIF wants the level "none" for all kinds but "fail". "open": evaluated, and the information does not decide.
KINDS: dict[Answer, tuple[str, str]] = {
    "move": ("fail", "warning"),
    "split": ("fail", "warning"),
    "stay": ("pass", "none"),
    "unclear": ("open", "none"),
}


def render(report: Report) -> str:
    """Return one run: a result for each deliverable, each coarse cut, each finding and each suppressed finding.

    Findings that speak for the present language are informational, since they ask for nothing.
    """
    items = [item for item in ranked(report.deliverables) if item.path]
    cuts = [(item, cut) for item in items for cut in other_cuts(item)]
    used = {f"langfit/{item.advice.answer}" for item in items} | ({"langfit/coarse-cut"} if cuts else set())
    used |= {f.rule for f in report.findings} | {row.finding.rule for row in report.suppressed}
    rules = sarif.rules_of(report, used)
    index = sarif.index_of(rules)
    results = [_advice(item, index, report) for item in items]
    for item, cut in cuts:
        text = f"{item.name}: {cut.root} could be cut out: {cut.why}"
        result = sarif.line_result("langfit/coarse-cut", text, cut.path, cut.line, cut.fingerprint, index)
        result.suppressions = []
        results.append(_with_component(result, item.name))
    results += [_finding(f, index) for f in report.findings if f.path]
    results += [_suppressed(row, index) for row in sorted(report.suppressed, key=_order) if row.finding.path]
    total = len(report.deliverables) + len(cuts) + len(report.findings) + len(report.suppressed)
    return sarif.log(report, rules, results, total)


def _order(row: Suppressed) -> tuple[str, int, int, str, str, str]:
    found = row.finding
    return found.path, found.line, found.column, found.rule, found.component, row.reason


def _suppression(kind: str, reason: str) -> dict[str, str]:
    """Return how a result came to be suppressed, by a comment ("inSource") or by a file ("external").

    A dict, since sarif_om still calls `status` by its draft name `state`.
    """
    return {"kind": kind, "status": "accepted", "justification": sanitize.clean(reason, keep="\n\t")}


def _advice(item: Deliverable, index: dict[str, int], report: Report) -> om.Result:
    result = sarif.advice_result(item, index, *place_of(item))
    result.kind, result.level = KINDS[item.advice.answer]
    result.message.markdown = _page(item, report)
    result.suppressions = []  # SARIF: on all results of a run or on none
    if item.suppressed:
        result.suppressions = [_suppression("external", item.suppressed)]
    return _with_component(result, item.name)


def _suppressed(row: Suppressed, index: dict[str, int]) -> om.Result:
    result = _finding(row.finding, index)
    result.suppressions = [_suppression(row.kind, row.reason)]
    result.message.markdown += f"\n\n**Suppressed:** {markdown.prose(descriptors.sentence(row.reason))}"
    return result


def _finding(finding: Finding, index: dict[str, int]) -> om.Result:
    """Return a finding with its line in the message, since the viewer of Azure shows the path alone."""
    result = sarif.finding_result(finding, index)
    if finding.suits == finding.rule.partition("/")[0]:
        result.kind, result.level = "informational", "none"
    result.message.markdown = f"Line {finding.line}: {markdown.prose(descriptors.sentence(finding.message))}"
    result.suppressions = []
    return _with_component(result, finding.component)


def _with_component(result: om.Result, name: str) -> om.Result:
    """Return a result with its deliverable or component as logical location, which viewers show above the path."""
    result.locations[0].logical_locations = [
        om.LogicalLocation(fully_qualified_name=sanitize.clean(name), kind="module")
    ]
    return result


def _page(item: Deliverable, report: Report) -> str:
    """Return the message of an advice in Markdown: what it says, on what evidence, and what would refute it."""
    first, *rest = deliverable_sections(item, report, "briefing")
    lines = [f"**{markdown.words(first.title)}**", *(markdown.words(row) for row in first.items)]
    for section in rest:
        if section.items:
            lines.append(f"**{markdown.words(section.title)}**")
            lines.append("\n".join(f"- {markdown.words(row)}" for row in section.items))
    return "\n\n".join(lines)
