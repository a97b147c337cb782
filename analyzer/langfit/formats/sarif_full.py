"""SARIF 2.1.0 with everything in it, for viewers (Azure DevOps, editors) and archives; not for GitHub.

GitHub opens an alert for each result, whatever its kind and even when it is suppressed: `sarif` is made for it. Here
each verdict is a result, also `stay` and `unclear`, and what was suppressed is there with the reason. Nothing is cut.
"""

from __future__ import annotations

import sarif_om as om
from msgspec import structs

from langfit.formats import descriptors, door, markdown, page, sarif
from langfit.model import Answer, Finding, Report, Span, Suppressed, Verdict

# SARIF wants the level "none" for all kinds but "fail". "open": evaluated, and the information does not decide.
KINDS: dict[Answer, tuple[str, str]] = {
    "move": ("fail", "warning"),
    "split": ("fail", "warning"),
    "stay": ("pass", "none"),
    "unclear": ("open", "none"),
}


def render(report: Report) -> str:
    """One run: a result for each verdict, each finding and each suppressed finding, in this order.

    Findings that speak for the present language are informational, since they accuse nobody. Results without a file
    to point at are left out and counted.
    """
    known = structs.replace(report, findings=(*report.findings, *(row.finding for row in report.suppressed)))
    rules = [descriptors.verdict(answer) for answer in page.ANSWERS]
    rules += [descriptors.rule(text) for text in descriptors.texts(known)]
    index = sarif.index_of(rules)
    results = [_verdict(v, index) for v in page.ranked(report.verdicts) if v.path]
    results += [_finding(f, index) for f in page.ranked_findings(report.findings) if f.path]
    results += [_suppressed(row, index) for row in sorted(report.suppressed, key=_order) if row.finding.path]
    return sarif.log(report, rules, results, len(report.verdicts) + len(known.findings))


def _order(row: Suppressed) -> tuple[str, Span, str, str, str]:
    return row.finding.path, row.finding.span, row.finding.rule, row.finding.component, row.reason


def _suppression(kind: str, reason: str) -> dict[str, str]:
    """How a result came to be suppressed, by a comment ("inSource") or by a file ("external").

    A dict, since sarif_om still calls `status` by its draft name `state`.
    """
    return {"kind": kind, "status": "accepted", "justification": door.clean(reason, keep="\n\t")}


def _verdict(verdict: Verdict, index: dict[str, int]) -> om.Result:
    result = sarif.verdict_result(verdict, index)
    result.kind, result.level = KINDS[verdict.answer]
    result.message.markdown = _page(verdict)
    result.suppressions = []  # SARIF: on all results of a run or on none
    if verdict.ignored:
        result.suppressions = [_suppression("external", verdict.ignored)]
        result.message.markdown += f"\n\n**Suppressed:** {markdown.prose(descriptors.sentence(verdict.ignored))}"
    return _placed(result, verdict.component)


def _suppressed(row: Suppressed, index: dict[str, int]) -> om.Result:
    result = _finding(row.finding, index)
    result.suppressions = [_suppression(row.kind, row.reason)]
    result.message.markdown += f"\n\n**Suppressed:** {markdown.prose(descriptors.sentence(row.reason))}"
    return result


def _finding(finding: Finding, index: dict[str, int]) -> om.Result:
    """A finding with its line in the message, since the viewer of Azure shows the path alone."""
    result = sarif.finding_result(finding, index)
    if finding.suits == finding.rule.partition("/")[0]:
        result.kind, result.level = "informational", "none"
    result.message.markdown = f"Line {finding.span.line}: {markdown.prose(descriptors.sentence(finding.message))}"
    result.suppressions = []
    return _placed(result, finding.component)


def _placed(result: om.Result, component: str) -> om.Result:
    """`result` with its component as logical location, which viewers show above the path."""
    result.locations[0].logical_locations = [
        om.LogicalLocation(fully_qualified_name=door.clean(component), kind="module")
    ]
    return result


def _page(verdict: Verdict) -> str:
    """The message of a verdict in Markdown: what it says, on what evidence, and what would refute it."""
    lines = [f"**{verdict.answer}**, {verdict.confidence:.0%} sure. {markdown.prose(verdict.sentence)}"]
    links = [f"- {markdown.prose(e.title)}: {markdown.code(f'{e.path}:{e.line}')}" for e in sarif.places_of(verdict)]
    if links:
        lines.append("\n".join(["**Evidence**", "", *links]))
    if verdict.first:
        lines.append(f"**Consider first:** {markdown.prose(verdict.first[0])}")
    if verdict.refute:
        lines.append(f"**What would refute this:** {markdown.prose(verdict.refute)}")
    return "\n\n".join(lines)
