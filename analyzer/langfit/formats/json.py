"""JSON for dashboards and scripts: schema `langfit/report/1`, the widest format; keys are added, never changed."""

from __future__ import annotations

import msgspec

from langfit.formats import door, page
from langfit.model import Component, Evidence, Finding, Report, Verdict

SCHEMA = "langfit/report/1"
DIGITS = 4  # decimals of shares, strengths and rates


def render(report: Report) -> str:
    """The whole report. Rows are sorted by name or place, so that two reports of one revision are equal.

    Strings stand as they are in the repository, except that bytes which are not UTF-8 become U+FFFD: whoever prints
    them must do its own escaping.
    """
    source = {"path": report.path, "revision": report.revision, "remote": report.remote, "branch": report.branch}
    return door.json_text(
        {
            "schema": SCHEMA,
            "version": report.version,
            "source": source,
            "base": report.base,
            "files": {"analysed": report.analysed, "skipped": _skipped_sources(report)},
            "components": [_component(c, report) for c in sorted(report.components, key=lambda c: c.name)],
            "verdicts": [_verdict(v) for v in sorted(report.verdicts, key=lambda v: v.component)],
            "findings": [_finding(f) for f in _by_place(report.findings)],
            "suppressed": [
                {**_finding(row.finding), "reason": row.reason, "kind": row.kind}
                for row in sorted(report.suppressed, key=lambda row: (_place(row.finding), row.reason, row.kind))
            ],
            "skipped": [{"path": row.path, "reason": row.reason} for row in sorted(report.skipped)],
            "notices": list(report.notices),
            "rules": [msgspec.to_builtins(rule) for rule in sorted(report.rules, key=lambda rule: rule.id)],
        }
    )


def _skipped_sources(report: Report) -> int:
    """How many Go and Rust source files were not analysed; rows of manifests and folders are left out."""
    return len({row.path for row in report.skipped if row.path.endswith((".go", ".rs")) and row.reason != "submodule"})


def _component(component: Component, report: Report) -> dict[str, object]:
    return {
        "name": component.name,
        "kind": component.kind,
        "language": component.language,
        "root": component.root,
        "files": component.files,
        "lines": report.lines.get(component.name, 0),
        "parent": component.parent or None,
        "manifest": component.manifest or None,
        "anchor": component.anchor or None,
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "component": verdict.component,
        "language": verdict.language,
        "answer": verdict.answer,
        "suits": verdict.suits,
        "lean": _rounded(verdict.lean),
        "confidence": _rounded(verdict.confidence),
        "sentence": verdict.sentence,
        "for": [_evidence(e) for e in page.ranked_evidence(verdict.evidence_for)],
        "against": [_evidence(e) for e in page.ranked_evidence(verdict.evidence_against)],
        "first": list(verdict.first),
        "refute": verdict.refute,
        "roles": [{"role": role, "evidence": evidence} for role, evidence in verdict.roles],
        "seam": msgspec.to_builtins(verdict.seam),
        "cost": _rounded(msgspec.to_builtins(verdict.cost)),
        "unseen": list(verdict.unseen),
        "linked_by": list(verdict.linked_by),
        "files": verdict.files,
        "path": verdict.path or None,
        "line": verdict.span.line,
        "lines": verdict.lines,
        "fingerprint": verdict.fingerprint,
        "ignored": verdict.ignored or None,
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "rule": evidence.rule,
        "family": evidence.family,
        "weight": evidence.weight,
        "suits": evidence.suits,
        "strength": _rounded(evidence.strength),
        "count": evidence.count,
        "files": evidence.files,
        "value": _rounded(evidence.value),
        "unit": evidence.unit,
        "title": evidence.title,
        "path": evidence.path,
        "line": evidence.line,
        "code": evidence.code,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "component": finding.component,
        "path": finding.path,
        "line": finding.span.line,
        "column": finding.span.column,
        "last_line": finding.span.last_line,
        "last_column": finding.span.last_column,
        "function": finding.function,
        "family": finding.family,
        "weight": finding.weight,
        "suits": finding.suits,
        "level": finding.level,
        "message": finding.message,
        "code": finding.code,
        "fingerprint": finding.fingerprint,
    }


def _by_place(findings: tuple[Finding, ...]) -> list[Finding]:
    return sorted(findings, key=_place)


def _place(finding: Finding) -> tuple[object, ...]:
    return (finding.path, finding.span, finding.rule, finding.component)


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return round(value, DIGITS) if isinstance(value, float) else value
