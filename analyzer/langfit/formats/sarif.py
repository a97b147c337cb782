"""SARIF 2.1.0 for code-scanning dashboards, in the shape that GitHub, Azure DevOps and the OASIS schema all accept.

Advice is no vulnerability: no `security-severity` (it would file each result as a security alert), no `suppressions`
(GitHub opens alerts for suppressed results, so what is ignored is left out) and no `rank` (GitLab sorts by it).
Rules and limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import quote

import sarif_om as om

from langfit.formats import descriptors, door, page, walker
from langfit.model import SKIP_REASONS, Evidence, Finding, Report, Span, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
CATEGORY = "langfit/"  # GitHub reads the part before the slash as the category of the analysis
MAX_RESULTS = 5_000  # GitHub shows no more, whatever is uploaded
EVIDENCE_LINKS = 5  # places linked from the message of a verdict


def render(report: Report) -> str:
    """One run with all rules, a warning for each move and split and a note for each finding.

    Of more than `MAX_RESULTS` results the first are kept: verdicts, then findings by weight, path and line; the cut
    is reported as a notification and in the properties of the run. Every verdict is in the properties of the run.
    """
    rules = [descriptors.verdict(answer) for answer in page.ACTIONS]
    rules += [descriptors.rule(text) for text in descriptors.texts(report)]
    index = index_of(rules)
    verdicts = [v for v in page.ranked(report.verdicts) if page.calls_for_action(v) and v.path]
    findings = page.ranked_findings(f for f in report.findings if f.path)
    total = sum(page.calls_for_action(v) for v in report.verdicts) + len(report.findings)
    results = [verdict_result(v, index) for v in verdicts[:MAX_RESULTS]]
    results += [finding_result(f, index) for f in findings[: MAX_RESULTS - len(results)]]
    return log(report, rules, results, total)


def index_of(rules: list[om.ReportingDescriptor]) -> dict[str, int]:
    """Where each rule stands in the list that a run carries."""
    return {rule.id: position for position, rule in enumerate(rules)}


def log(report: Report, rules: list[om.ReportingDescriptor], results: list[om.Result], total: int) -> str:
    """The whole file, with one run. Of the `total` results that there were, those not in `results` are reported."""
    driver = om.ToolComponent(
        name="langfit",
        full_name="langfit, an adviser on Go and Rust",
        semantic_version=report.version,
        information_uri=descriptors.HOME,
        rules=rules,
        notifications=[descriptors.skip(reason) for reason in sorted({row.reason for row in report.skipped})] or None,
    )
    run = om.Run(
        tool=om.Tool(driver=driver),
        automation_details=om.RunAutomationDetails(id=CATEGORY),
        version_control_provenance=_provenance(report),
        invocations=[
            om.Invocation(
                execution_successful=True,
                tool_execution_notifications=_notifications(report, total - len(results)) or None,
            )
        ],
        column_kind="unicodeCodePoints",
        results=results,
        properties=_run_properties(report, total, len(results)),
    )
    return door.json_text(walker.plain(om.SarifLog(schema_uri=SCHEMA, version="2.1.0", runs=[run])))


@lru_cache(maxsize=8_192)
def uri(path: str) -> str:
    """`path` as a relative URI reference: percent-encoded, bytes that are not UTF-8 included, never out of the root."""
    steps = [step for step in path.split("/") if step not in ("", ".", "..")]
    return quote(door.path_bytes("/".join(steps)), safe="/")


def message(text: str) -> om.Message:
    """`text` as a message without links: brackets in names would be read as `[text](target)`."""
    return om.Message(text=_linkless(text))


def _linkless(text: str) -> str:
    """Brackets get the backslash of SARIF; a blank parts them for the viewer of Azure, which knows no backslashes."""
    apart = door.clean(text, keep="\n\t").replace("](", "] (")
    return re.sub(r"(\\*)([\[\]])", r"\1\1\\\2", apart)


def places_of(verdict: Verdict) -> list[Evidence]:
    """The evidence behind an answer that has a place to look at: the weightiest, no more than fit a message."""
    stay = verdict.evidence_for if verdict.answer in ("stay", "unclear") else ()
    leave = verdict.evidence_against if verdict.answer != "stay" else ()
    return [evidence for evidence in page.ranked_evidence((*stay, *leave)) if evidence.path][:EVIDENCE_LINKS]


def verdict_result(verdict: Verdict, index: dict[str, int]) -> om.Result:
    """A verdict as a warning on the anchor of its component; `index` says where its rule stands."""
    places = places_of(verdict)
    parts = [_linkless(descriptors.sentence(verdict.sentence))]
    if places:
        links = ", ".join(f"[{_linkless(e.title)}]({number})" for number, e in enumerate(places, 1))
        parts.append(f"Evidence: {links}.")
    if verdict.first:
        parts.append(f"Consider first: {_linkless(descriptors.sentence(verdict.first[0]))}")
    if verdict.refute:
        parts.append(f"What would refute this: {_linkless(descriptors.sentence(verdict.refute))}")
    related = [
        om.Location(id=number, physical_location=_place(e.path, _line(e.line)), message=message(e.title))
        for number, e in enumerate(places, 1)
    ]
    rule = f"langfit/{verdict.answer}"
    return om.Result(
        rule_id=rule,
        rule_index=index[rule],
        level="warning",
        message=om.Message(text=" ".join(parts)),
        locations=[om.Location(physical_location=_place(verdict.path, _region(verdict.span)))],
        related_locations=related or None,
        partial_fingerprints=_fingerprints(verdict.fingerprint),
        properties={"component": door.clean(verdict.component), "confidence": round(verdict.confidence, 4)},
    )


def finding_result(finding: Finding, index: dict[str, int]) -> om.Result:
    """A finding as a note on its first line; the rest is related.

    GitHub shows a result in a pull request only when all its lines are new.
    """
    span = finding.span
    related = None
    if span.last_line > span.line:
        whole = om.Region(
            start_line=span.line, start_column=span.column, end_line=span.last_line, end_column=span.last_column
        )
        physical = _place(finding.path, whole)
        related = [om.Location(id=1, physical_location=physical, message=message("The whole of it."))]
    return om.Result(
        rule_id=door.clean(finding.rule),
        rule_index=index[door.clean(finding.rule)],
        level="note",
        message=message(descriptors.sentence(finding.message)),
        locations=[om.Location(physical_location=_place(finding.path, _region(span)))],
        related_locations=related,
        partial_fingerprints=_fingerprints(finding.fingerprint),
        properties={"component": door.clean(finding.component)},
    )


def _fingerprints(mark: str) -> dict[str, str] | None:
    """The only fingerprint that GitHub reads; without one its upload action computes it from the line."""
    return {"primaryLocationLineHash": mark} if mark else None


def _place(path: str, region: om.Region) -> om.PhysicalLocation:
    return om.PhysicalLocation(artifact_location=om.ArtifactLocation(uri=uri(path)), region=region)


def _region(span: Span) -> om.Region:
    """The first line of `span`; where it ends on a later line, the end of the line is left to the reader."""
    ends_here = span.last_line == span.line and span.last_column > span.column
    return om.Region(
        start_line=span.line,
        start_column=span.column,
        end_line=span.line,
        end_column=span.last_column if ends_here else None,
    )


def _line(line: int) -> om.Region:
    return om.Region(start_line=max(line, 1), start_column=1, end_line=max(line, 1))


def _notifications(report: Report, cut: int) -> list[om.Notification]:
    notes = []
    if cut > 0:
        text = (
            f"{cut:,} results were left out: those beyond {MAX_RESULTS:,}, the lightest first, which dashboards do not "
            "show, and those without a file to point at."
        )
        notes.append(om.Notification(level="warning", message=message(text)))
    for number, (reason, count) in enumerate(sorted(Counter(row.reason for row in report.skipped).items())):
        text = f"{page.plural(count, 'file')} skipped: {SKIP_REASONS.get(reason, reason)}."
        paths = sorted({row.path for row in report.skipped if row.reason == reason and uri(row.path)})
        files = [om.PhysicalLocation(artifact_location=om.ArtifactLocation(uri=uri(path))) for path in paths]
        notes.append(
            om.Notification(
                level="note",
                message=message(text),
                descriptor=om.ReportingDescriptorReference(id=f"skipped/{reason}", index=number),
                locations=[om.Location(physical_location=file) for file in files] or None,
            )
        )
    return notes + [om.Notification(level="note", message=message(notice)) for notice in report.notices]


def _provenance(report: Report) -> list[om.VersionControlDetails] | None:
    """Where the code comes from; `git@host:path`, which is no URI, is written as the ssh URI it stands for."""
    remote = re.sub(r"^(?:[^/@:]+@)?([^/:@]+):(?!//)", r"ssh://\1/", report.remote)
    if not re.match(r"(?:https?|ssh|git)://[^/]", remote):
        return None
    return [
        om.VersionControlDetails(
            repository_uri=quote(door.path_bytes(remote), safe="/:@%~+=&?"),
            revision_id=report.revision,
            branch=door.clean(report.branch) or None,
        )
    ]


def _run_properties(report: Report, total: int, shown: int) -> dict[str, object]:
    """What GitHub does not read and other readers may: every verdict, whatever its answer, and what was cut."""
    verdicts: list[object] = [
        {
            "component": door.clean(v.component),
            "language": v.language,
            "answer": v.answer,
            "suits": v.suits,
            "lean": round(v.lean, 4),
            "confidence": round(v.confidence, 4),
        }
        for v in sorted(report.verdicts, key=lambda v: v.component)
    ]
    return {
        "verdicts": verdicts,
        "results": {"found": total, "written": shown, "leftOut": total - shown},
        "files": {"analysed": report.analysed, "skipped": len(report.skipped)},
        "ignoredInCode": sum(row.kind == "inSource" for row in report.suppressed),
        "ignoredByConfiguration": sum(row.kind == "external" for row in report.suppressed),
    }
