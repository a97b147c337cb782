"""GitLab Code Quality: one JSON array, an entry per verdict that asks for something, per finding and per skipped file.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib

from analyzer.formats import door, page
from analyzer.model import SKIP_REASONS, Report, Verdict


def render(report: Report) -> str:
    """The array. Severity is `minor` for a move or split and `info` for all else: langfit is an adviser.

    Notices have no place in this format; the text and JSON formats carry them.
    """
    entries = [_verdict(v) for v in page.ranked(report.verdicts) if page.calls_for_action(v) and v.path]
    entries += [
        _entry(f.message, f.rule, f.path, f.span.line, "info", f.fingerprint or f"{f.span.line}:{f.span.column}")
        for f in page.ranked_findings(report.findings)
    ]
    entries += [
        _entry(
            f"Skipped: {SKIP_REASONS.get(row.reason, row.reason)}", "langfit/skipped", row.path, 1, "info", row.reason
        )
        for row in sorted(report.skipped)
    ]
    return door.json_text(entries)


def _verdict(verdict: Verdict) -> dict[str, object]:
    mark = verdict.fingerprint or verdict.component
    return _entry(verdict.sentence, f"langfit/{verdict.answer}", verdict.path, verdict.span.line, "minor", mark)


def _entry(description: str, check: str, path: str, line: int, severity: str, mark: str) -> dict[str, object]:
    """`mark` is equal for the same thing in another revision; GitLab wants fingerprints that are unique besides."""
    key = f"{check}\0{path}\0{mark}".encode("utf-8", "surrogatepass")
    return {
        "description": door.clean(description),
        "check_name": check,
        "fingerprint": hashlib.sha256(key).hexdigest(),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }
