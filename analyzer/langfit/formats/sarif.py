"""SARIF 2.1.0 for code-scanning dashboards, in the shape that GitHub, Azure DevOps and the OASIS schema all accept.

Advice is no vulnerability: no `security-severity` (it would file each result as a security alert), no `suppressions`
(GitHub opens alerts for suppressed results, so what is ignored is left out) and no `rank` (GitLab sorts by it).
Rules and limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

import sarif_om as om

from langfit.alerts import ASKING, Alert, alerts_of
from langfit.formats import descriptors, sanitize, walker
from langfit.model.evidence import Evidence, plural
from langfit.model.report import Deliverable, Finding, Report, RuleText
from langfit.model.repository import SKIP_REASONS

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
CATEGORY = "langfit/"  # GitHub reads the part before the slash as the category of the analysis
MAX_RESULTS = 5_000  # GitHub shows no more, whatever is uploaded
_BRACKET = re.compile(r"([\[\]])")
EVIDENCE_LINKS = 5  # places linked from the message of an advice


def render(report: Report) -> str:
    """Return one run with the alerts of a report and the rules that they name.

    Every deliverable with its advice is in the properties of the run, whatever its answer.
    """
    alerts = alerts_of(report)
    rows = [row for row in alerts.rows if row.path][:MAX_RESULTS]
    rules = rules_of(report, (row.rule for row in rows))
    index = index_of(rules)
    results = [result_of(row, index, report) for row in rows]
    return log(report, rules, results, len(alerts.rows) + alerts.more)


def rules_of(report: Report, used: Iterable[str]) -> list[om.ReportingDescriptor]:
    """Return the descriptors of the rules that results name, and of no others."""
    texts = {text.id: text for text in report.rules}
    found = []
    for name in sorted(set(used)):
        if name in descriptors.ADVICE:
            found.append(descriptors.advice(name))
        else:
            found.append(descriptors.rule(texts.get(name) or _without_text(name, report)))
    return found


def _without_text(name: str, report: Report) -> RuleText:
    """Return a stand-in for a rule that has findings but no text, since each result must name its rule."""
    known = (*report.findings, *(row.finding for row in report.suppressed))
    found = next(finding for finding in known if finding.rule == name)
    return RuleText(id=name, title=name, suits=found.suits, family=found.family, weight=found.weight, claims=(), why="")


def index_of(rules: list[om.ReportingDescriptor]) -> dict[str, int]:
    """Return where each rule is in the list that a run carries."""
    return {rule.id: position for position, rule in enumerate(rules)}


def log(report: Report, rules: list[om.ReportingDescriptor], results: list[om.Result], total: int) -> str:
    """Return the whole file, with one run; of the `total` results, those not in `results` are counted."""
    reasons = [descriptors.skip(reason) for reason in sorted({row.reason for row in report.skipped})]
    reasons += [descriptors.syntax()] if report.syntax_errors else []
    driver = om.ToolComponent(
        name="langfit",
        full_name="langfit, an adviser on Go and Rust",
        semantic_version=report.version,
        information_uri=descriptors.HOME,
        rules=rules,
        notifications=reasons or None,
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
    return sanitize.json_text(walker.plain(om.SarifLog(schema_uri=SCHEMA, version="2.1.0", runs=[run])))


@lru_cache(maxsize=8_192)
def uri(path: str) -> str:
    """Return a path as a relative URI reference inside the root, bytes that are not UTF-8 percent-encoded."""
    steps = [step for step in path.split("/") if step not in ("", ".", "..")]
    return quote(sanitize.path_bytes("/".join(steps)), safe="/")


def message(text: str) -> om.Message:
    """Return text as a message without links: brackets in names would be read as `[text](target)`."""
    return om.Message(text=_linkless(text))


def _linkless(text: str) -> str:
    """Give brackets the backslash of SARIF; a blank parts them for the viewer of Azure, which knows no backslashes."""
    apart = sanitize.clean(text, keep="\n\t").replace("](", "] (")
    parts: list[str] = []
    for piece in _BRACKET.split(apart):
        if piece in ("[", "]"):
            before = parts[-1] if parts else ""
            slashes = len(before) - len(before.rstrip("\\"))
            parts.append("\\" * slashes + "\\" + piece)  # those before it would escape the one that is added
        else:
            parts.append(piece)
    return "".join(parts)


def result_of(alert: Alert, index: dict[str, int], report: Report) -> om.Result:
    """Return an alert as a result."""
    if alert.finding is not None:
        result = finding_result(alert.finding, index, alert.deliverable.name)
    elif alert.cut is not None:
        result = line_result(alert.rule, alert.message, alert.path, alert.line, alert.fingerprint, index)
        result.properties = {"deliverable": sanitize.clean(alert.deliverable.name)}
    else:
        result = advice_result(alert.deliverable, index, alert.path, alert.line)
    if report.change is not None:
        result.baseline_state = "new"
    return result


def line_result(rule: str, text: str, path: str, line: int, mark: str, index: dict[str, int]) -> om.Result:
    """Return a warning on one line."""
    return om.Result(
        rule_id=rule,
        rule_index=index[rule],
        level="warning",
        message=message(descriptors.sentence(text)),
        locations=[om.Location(physical_location=_place(path, _line(line)))],
        partial_fingerprints=_fingerprints(mark),
    )


def evidence_of(item: Deliverable) -> list[Evidence]:
    """Return the evidence behind an answer that has a place to look at: the weightiest, no more than fit a message."""
    rows = item.against if item.advice.answer in ASKING else item.for_ or item.against
    return [row for row in rows if row.path and row.weight != "contextual"][:EVIDENCE_LINKS]


def advice_result(item: Deliverable, index: dict[str, int], path: str, line: int) -> om.Result:
    """Return the advice for a deliverable as a warning, with links to its evidence."""
    places = evidence_of(item)
    parts = [_linkless(f"{item.name}: {item.advice.sentence}")]
    if places:
        links = ", ".join(f"[{_linkless(e.title)}]({number})" for number, e in enumerate(places, 1))
        parts.append(f"Evidence: {links}.")
    if item.first:
        parts.append(f"Try first: {_linkless(descriptors.sentence(item.first[0]))}")
    if item.refute:
        parts.append(f"What would refute this: {_linkless(descriptors.sentence(item.refute))}")
    rule = f"langfit/{item.advice.answer}"
    result = line_result(rule, "", path, line, item.fingerprint, index)
    result.message = om.Message(text=" ".join(parts))
    result.related_locations = [
        om.Location(id=number, physical_location=_place(e.path, _line(e.line)), message=message(e.title))
        for number, e in enumerate(places, 1)
    ] or None
    result.properties = {"deliverable": sanitize.clean(item.name), "confidence": round(item.fit.confidence, 4)}
    return result


def finding_result(finding: Finding, index: dict[str, int], deliverable: str = "") -> om.Result:
    """Return a finding as a note on its first line; the rest is related.

    GitHub shows a result in a pull request only when all its lines are new.
    """
    related = None
    if finding.end_line > finding.line:
        whole = om.Region(
            start_line=finding.line,
            start_column=finding.column,
            end_line=finding.end_line,
            end_column=finding.end_column,
        )
        related = [
            om.Location(id=1, physical_location=_place(finding.path, whole), message=message("The whole of it."))
        ]
    text = f"{deliverable}: {finding.message}" if deliverable else finding.message
    named = {"deliverable": sanitize.clean(deliverable)} if deliverable else {}
    return om.Result(
        rule_id=sanitize.clean(finding.rule),
        rule_index=index[sanitize.clean(finding.rule)],
        level="note",
        message=message(descriptors.sentence(text)),
        locations=[om.Location(physical_location=_place(finding.path, _region(finding)))],
        related_locations=related,
        partial_fingerprints=_fingerprints(finding.fingerprint),
        properties={"component": sanitize.clean(finding.component)} | named,
    )


def _fingerprints(mark: str) -> dict[str, str] | None:
    """Return the only fingerprint that GitHub reads; without one its upload action computes it from the line."""
    return {"primaryLocationLineHash": mark} if mark else None


def _place(path: str, region: om.Region) -> om.PhysicalLocation:
    return om.PhysicalLocation(artifact_location=om.ArtifactLocation(uri=uri(path)), region=region)


def _region(finding: Finding) -> om.Region:
    """Return the first line of a finding; where it ends on a later line, the end of the line is left to the reader."""
    ends_here = finding.end_line == finding.line and finding.end_column > finding.column
    return om.Region(
        start_line=finding.line,
        start_column=finding.column,
        end_line=finding.line,
        end_column=finding.end_column if ends_here else None,
    )


def _line(line: int) -> om.Region:
    return om.Region(start_line=max(line, 1), start_column=1, end_line=max(line, 1))


def _notifications(report: Report, cut: int) -> list[om.Notification]:
    notes = []
    if cut > 0:
        text = f"{plural(cut, 'more place')} inside advised deliverables: `--format sarif-full` has all."
        notes.append(om.Notification(level="note", message=message(text)))
    counts = Counter(row.reason for row in report.skipped)
    for number, (reason, count) in enumerate(sorted(counts.items())):
        text = f"{plural(count, 'file')} skipped: {SKIP_REASONS.get(reason, reason)}."
        paths = sorted({row.path for row in report.skipped if row.reason == reason and uri(row.path)})
        notes.append(_notification(text, f"skipped/{reason}", number, [(path, 0) for path in paths]))
    if report.syntax_errors:
        count = len(report.syntax_errors)
        text = f"{plural(count, 'file')} with syntax errors: what is inside of them is in no judgement."
        places = [(row.path, row.line) for row in report.syntax_errors]
        notes.append(_notification(text, "syntax-error", len(counts), places))
    return notes + [om.Notification(level="note", message=message(notice)) for notice in report.notices]


def _notification(text: str, name: str, number: int, places: list[tuple[str, int]]) -> om.Notification:
    files = [
        om.PhysicalLocation(artifact_location=om.ArtifactLocation(uri=uri(path)), region=_line(line) if line else None)
        for path, line in places
    ]
    return om.Notification(
        level="note",
        message=message(text),
        descriptor=om.ReportingDescriptorReference(id=name, index=number),
        locations=[om.Location(physical_location=file) for file in files] or None,
    )


def _provenance(report: Report) -> list[om.VersionControlDetails] | None:
    """Return where the code comes from; `git@host:path`, which is no URI, is written as the ssh URI it is short for."""
    remote = re.sub(r"^(?:[^/@:]+@)?([^/:@]+):(?!//)", r"ssh://\1/", report.source.remote)
    if not re.match(r"(?:https?|ssh|git)://[^/]", remote):
        return None
    return [
        om.VersionControlDetails(
            repository_uri=quote(sanitize.path_bytes(remote), safe="/:@%~+=&?"),
            revision_id=report.source.revision,
            branch=sanitize.clean(report.source.branch) or None,
        )
    ]


def _run_properties(report: Report, total: int, shown: int) -> dict[str, object]:
    """Return what GitHub does not read and other readers may: every deliverable with its advice, and what was cut."""
    deliverables: list[object] = [
        {
            "name": sanitize.clean(item.name),
            "kind": item.kind,
            "language": item.language,
            "root": sanitize.clean(item.root),
            "suits": item.fit.suits,
            "lean": round(item.fit.lean, 4),
            "confidence": round(item.fit.confidence, 4),
            "answer": item.advice.answer,
            "reason": item.advice.reason,
        }
        for item in report.deliverables
    ]
    return {
        "sentence": sanitize.clean(report.sentence),
        "deliverables": deliverables,
        "results": {"found": total, "written": shown, "leftOut": total - shown},
        "files": {"analysed": report.files.analysed, "skipped": report.files.skipped},
        "ignoredInCode": sum(row.kind == "inSource" for row in report.suppressed),
        "ignoredByConfiguration": sum(row.kind == "external" for row in report.suppressed),
    }
