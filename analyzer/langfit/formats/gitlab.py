"""GitLab Code Quality: one JSON array, an entry per verdict that asks for something, per finding and per skipped file.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
from collections import Counter

from langfit.formats import door, page
from langfit.model import SKIP_REASONS, Report, Verdict


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
    return door.json_text(_told_apart(entries))


def _verdict(verdict: Verdict) -> dict[str, object]:
    mark = verdict.fingerprint or verdict.component
    return _entry(verdict.sentence, f"langfit/{verdict.answer}", verdict.path, verdict.span.line, "minor", mark)


def _told_apart(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """`entries` with fingerprints that are unique: of two with one fingerprint, GitLab shows the first only."""
    seen: Counter[object] = Counter()
    for entry in entries:
        mark = entry["fingerprint"]
        seen[mark] += 1
        if seen[mark] > 1:  # the same rule again on one line
            entry["fingerprint"] = _hashed(f"{mark}\0{seen[mark]}")
    return entries


def _entry(description: str, check: str, path: str, line: int, severity: str, mark: str) -> dict[str, object]:
    """`mark` is equal for the same thing in another revision."""
    return {
        "description": door.clean(description),
        "check_name": door.clean(check),
        "fingerprint": _hashed(f"{check}\0{path}\0{mark}"),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
