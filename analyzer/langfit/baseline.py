"""What is known already: subtracted from a report, whether it comes from an older revision or from a file.

A finding is known by its rule, its path and its fingerprint, which stays the same while its line does; what holds for
a component goes by its name alone. A verdict is known by its component and its answer.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from langfit.model import Finding, LangfitError, Report

NAME = "langfit-baseline.json"
SCHEMA = "langfit/baseline/1"
LARGEST = 64 << 20  # bytes; a finding takes about a hundred
REMEDY = "write it again with `langfit baseline write`"

Identity = tuple[str, str, str]  # rule, path ("" for a component), fingerprint


class Known(Struct, frozen=True):
    """Findings and verdicts that are no news."""

    findings: frozenset[Identity]
    answers: dict[str, str]  # component -> answer


def identity(finding: Finding) -> Identity:
    """What stays the same of a finding. What holds for a component is the same finding wherever it is shown."""
    return finding.rule, finding.path if finding.level == "site" else "", finding.fingerprint


def known_of(report: Report) -> Known:
    """All that a report says."""
    findings = frozenset(identity(finding) for finding in report.findings)
    return Known(findings, {verdict.component: verdict.answer for verdict in report.verdicts})


def subtract(report: Report, known: Known) -> Report:
    """What a report says beyond what is known: new findings, and verdicts that are new or have another answer."""
    return structs.replace(
        report,
        findings=tuple(f for f in report.findings if identity(f) not in known.findings),
        verdicts=tuple(v for v in report.verdicts if known.answers.get(v.component) != v.answer),
    )


def stale(report: Report, known: Known, under: str) -> int:
    """How many known things a report no longer says. `under` is the scanned folder, "" for all: what is known of
    other places, or of components as a whole, is then not counted, since nobody looked."""
    now = known_of(report)
    gone = known.findings - now.findings
    if under:
        return sum(path.startswith(f"{under}/") for _, path, _ in gone)
    return len(gone) + sum(now.answers.get(name) != answer for name, answer in known.answers.items())


def text_of(known: Known) -> str:
    """The baseline file: sorted JSON in ASCII, one fingerprint or verdict per line."""
    findings: dict[str, dict[str, list[str]]] = {}
    for rule, path, mark in sorted(known.findings):
        findings.setdefault(rule, {}).setdefault(path, []).append(mark)
    # Not msgspec: it refuses lone surrogates, which stand for the bytes of paths that are not UTF-8.
    rows = {"schema": SCHEMA, "findings": findings, "verdicts": dict(sorted(known.answers.items()))}
    return json.dumps(rows, indent=1) + "\n"


def read(path: str) -> Known:
    """The baseline in a file. Raises LangfitError with one sentence for anything else."""
    try:
        if not Path(path).is_file():
            raise LangfitError(f"There is no baseline at {path}: write one with `langfit baseline write`.")
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        raise LangfitError(f"{path} cannot be read ({_reason(problem)}); check it, or {REMEDY}.") from None
    if len(data) > LARGEST:
        raise LangfitError(f"{path} is larger than {LARGEST >> 20} MiB, which no baseline is; {REMEDY}.")
    try:
        return _known(json.loads(data))
    except (ValueError, RecursionError, msgspec.ValidationError) as problem:
        raise LangfitError(f"{path} is no whole {SCHEMA} ({_reason(problem)}); {REMEDY}.") from None


def _known(rows: Any) -> Known:
    if not isinstance(rows, dict) or rows.get("schema") != SCHEMA:
        raise ValueError("it names another schema")
    table = msgspec.convert(rows.get("findings"), dict[str, dict[str, list[str]]])
    answers = msgspec.convert(rows.get("verdicts"), dict[str, str])
    for path in {path for paths in table.values() for path in paths}:
        if posixpath.isabs(path) or ".." in path.split("/"):
            raise ValueError("a path in it is absolute or leads upwards")
    marks = ((rule, path, mark) for rule, paths in table.items() for path, found in paths.items() for mark in found)
    return Known(frozenset(marks), answers)


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or "unknown reason"
    if isinstance(problem, RecursionError):
        return "it is nested too deeply"
    return str(problem)[:200]
