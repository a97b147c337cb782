"""SonarQube generic issues, in the shape that its scanner reads since 10.3: rules and the issues that name them.

Every rule is about maintainability. SARIF is no way into SonarQube, which takes each result of it for a vulnerability.
Source: https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format
"""

from __future__ import annotations

from langfit.alerts import Alert, alerts_of
from langfit.formats import descriptors, sanitize
from langfit.formats.words import flow
from langfit.model.report import Finding, Report
from langfit.model.repository import SKIP_REASONS

ENGINE = "langfit"
SKIPPED = "langfit/skipped"
SYNTAX = "langfit/syntax-error"
# Severity in the quality model and in the older one by type. INFO is not known to scanners before 10.8.
ADVICE, COMMENT = ("MEDIUM", "MINOR"), ("LOW", "INFO")

Issue = dict[str, object]


def render(report: Report) -> str:
    """Return the rules in use, and an issue for each alert, each skipped file and each file with syntax errors.

    Notices have no place in this format; the text and JSON formats carry them.
    """
    rows = [row for row in alerts_of(report).rows if row.path]
    issues = [_alert(row) for row in rows]
    issues += [
        _issue(SKIPPED, f"Skipped: {SKIP_REASONS.get(row.reason, row.reason)}", row.path, None)
        for row in sorted(report.skipped)
    ]
    issues += [
        _issue(SYNTAX, "Syntax error: what is inside is in no judgement", row.path, {"startLine": row.line})
        for row in report.syntax_errors
    ]
    used = {str(issue["ruleId"]) for issue in issues}
    return sanitize.json_text({"rules": _rules(report, used), "issues": issues})


def _rules(report: Report, used: set[str]) -> list[Issue]:
    named = {
        **{name: (title, text, ADVICE) for name, (title, text) in descriptors.ADVICE.items()},
        SKIPPED: ("Skipped file.", "What is in such a file is in no judgement.", COMMENT),
        SYNTAX: ("Syntax error.", "What is inside of a syntax error is in no judgement.", COMMENT),
        **{sanitize.clean(text.id): (text.title, flow(text.why) or text.title, COMMENT) for text in report.rules},
    }
    return [_rule(name, *named.get(name, (name, name, COMMENT))) for name in sorted(used)]


def _rule(name: str, title: str, why: str, severities: tuple[str, str]) -> Issue:
    impact, severity = severities
    return {
        "id": sanitize.clean(name),
        "name": sanitize.clean(title),
        "description": sanitize.clean(why),
        "engineId": ENGINE,
        "cleanCodeAttribute": "CONVENTIONAL",
        "type": "CODE_SMELL",
        "severity": severity,
        "impacts": [{"softwareQuality": "MAINTAINABILITY", "severity": impact}],
    }


def _alert(row: Alert) -> Issue:
    span = _range(row.finding) if row.finding is not None else {"startLine": row.line}
    return _issue(row.rule, row.message, row.path, span)


def _issue(rule: str, message: str, path: str, span: dict[str, int] | None) -> Issue:
    """Return an issue; without a span it is on the file. SonarQube drops issues on files that it does not index."""
    location: Issue = {"message": sanitize.clean(message), "filePath": path}
    if span is not None:
        location["textRange"] = span
    return {"ruleId": sanitize.clean(rule), "primaryLocation": location}


def _range(finding: Finding) -> dict[str, int]:
    """Return 0-based columns in UTF-16 units, as SonarQube counts, and only where they mark something.

    The scanner of SonarQube aborts on an empty range or a false column.
    """
    lines = {"startLine": finding.line}
    first, last = finding.column, finding.end_column
    if finding.utf16 is not None:
        first, last = finding.utf16.column, finding.utf16.end_column
    if finding.end_line == finding.line and last > first:
        return {**lines, "endLine": finding.line, "startColumn": first - 1, "endColumn": last - 1}
    return lines
