"""GitLab Code Quality: one JSON array, an entry per alert, per skipped file and per file with syntax errors.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
from collections import Counter

from langfit.alerts import alerts_of
from langfit.formats import sanitize
from langfit.model.report import Report
from langfit.model.repository import SKIP_REASONS


def render(report: Report) -> str:
    """Return the array. Severity is `minor` for an advice and `info` for all else: langfit is an adviser.

    Notices have no place in this format; the text and JSON formats carry them.
    """
    entries = [
        _entry(row.message, row.rule, row.path, row.line, "info" if row.finding else "minor", row.fingerprint)
        for row in alerts_of(report).rows
        if row.path
    ]
    entries += [
        _entry(
            f"Skipped: {SKIP_REASONS.get(row.reason, row.reason)}", "langfit/skipped", row.path, 1, "info", row.reason
        )
        for row in sorted(report.skipped)
    ]
    entries += [
        _entry(
            "Syntax error: what is inside is in no judgement", "langfit/syntax-error", row.path, row.line, "info", ""
        )
        for row in report.syntax_errors
    ]
    return sanitize.json_text(_distinct(entries))


def _distinct(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return entries with fingerprints that are unique: of two with one fingerprint, GitLab shows the first only."""
    seen: Counter[object] = Counter()
    for entry in entries:
        mark = entry["fingerprint"]
        seen[mark] += 1
        if seen[mark] > 1:  # the same rule again on one line
            entry["fingerprint"] = _hashed(f"{mark}\0{seen[mark]}")
    return entries


def _entry(description: str, check: str, path: str, line: int, severity: str, mark: str) -> dict[str, object]:
    """Return an entry; `mark` is equal for the same thing in another revision."""
    return {
        "description": sanitize.clean(description),
        "check_name": sanitize.clean(check),
        "fingerprint": _hashed(f"{check}\0{path}\0{mark}"),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
