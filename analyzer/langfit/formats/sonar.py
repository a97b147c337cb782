"""SonarQube generic issues, in the shape that its scanner reads since 10.3: rules and the issues that name them.

Every rule is about maintainability. SARIF is no way into SonarQube, which takes each result of it for a vulnerability.
Source: https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format
"""

from __future__ import annotations

from langfit.formats import descriptors, door, page
from langfit.model import SKIP_REASONS, Report, Span

ENGINE = "langfit"
SKIPPED = "langfit/skipped"
# Severity in the quality model and in the older one by type. INFO is not known to scanners before 10.8.
ADVICE, REMARK = ("MEDIUM", "MINOR"), ("LOW", "INFO")


def render(report: Report) -> str:
    """All rules, and an issue for each verdict that asks for something, each finding and each skipped file.

    Notices have no place in this format; the text and JSON formats carry them.
    """
    rules = [_rule(f"langfit/{answer}", *descriptors.VERDICTS[answer], ADVICE) for answer in page.ACTIONS]
    rules.append(_rule(SKIPPED, "Skipped file.", "What is in such a file is in no verdict.", REMARK))
    for text in descriptors.texts(report):
        rules.append(_rule(text.id, text.title, page.flow(text.why) or text.title, REMARK))
    verdicts = [v for v in page.ranked(report.verdicts) if page.calls_for_action(v) and v.path]
    issues = [_issue(f"langfit/{v.answer}", v.sentence, v.path, v.span) for v in verdicts]
    issues += [_issue(f.rule, f.message, f.path, f.span) for f in page.ranked_findings(report.findings) if f.path]
    for row in sorted(report.skipped):
        issues.append(_issue(SKIPPED, f"Skipped: {SKIP_REASONS.get(row.reason, row.reason)}", row.path, None))
    return door.json_text({"rules": rules, "issues": issues})


def _rule(name: str, title: str, why: str, severities: tuple[str, str]) -> dict[str, object]:
    impact, severity = severities
    return {
        "id": door.clean(name),
        "name": door.clean(title),
        "description": door.clean(why),
        "engineId": ENGINE,
        "cleanCodeAttribute": "CONVENTIONAL",
        "type": "CODE_SMELL",
        "severity": severity,
        "impacts": [{"softwareQuality": "MAINTAINABILITY", "severity": impact}],
    }


def _issue(rule: str, message: str, path: str, span: Span | None) -> dict[str, object]:
    """Without a span the issue is on the file. SonarQube drops issues on files that it does not index."""
    location: dict[str, object] = {"message": door.clean(message), "filePath": path}
    if span is not None:
        location["textRange"] = _range(span)
    return {"ruleId": door.clean(rule), "primaryLocation": location}


def _range(span: Span) -> dict[str, int]:
    """0-based columns, and only where they mark something: the scanner aborts on an empty range or a false column."""
    lines = {"startLine": span.line}
    if span.last_line == span.line and span.last_column > span.column:
        return {**lines, "endLine": span.line, "startColumn": span.column - 1, "endColumn": span.last_column - 1}
    return lines
