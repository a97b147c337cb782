"""A file of what is known already, so that only what is new asks for attention.

A finding is known by its rule, its path and its fingerprint, which stays the same while its line does; what holds for
a component goes by its name alone. An advice is known by its deliverable and its answer.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from langfit import regular
from langfit.model.errors import LangfitError
from langfit.model.evidence import plural
from langfit.model.report import Finding, Report
from langfit.renamed import RENAMED

NAME = "langfit-baseline.json"
SCHEMA = "langfit/baseline/2"
BEFORE = "langfit/baseline/1"  # of version 0.1.0: its findings are read, its verdicts were about packages
LARGEST = 64 << 20  # bytes; a finding takes about a hundred
REMEDY = "write it again with `langfit baseline write`"
ASKING = ("move", "split")

Identity = tuple[str, str, str]  # rule, path ("" for a component), fingerprint


class Known(Struct, frozen=True):
    """Findings and advice that are no news."""

    findings: frozenset[Identity]
    advice: dict[str, str]  # fingerprint of a deliverable -> answer


def identity(finding: Finding) -> Identity:
    """Return what stays the same of a finding. What holds for a component is the same finding wherever it is shown."""
    return finding.rule, finding.path if finding.level == "place" else "", finding.fingerprint


def known_of(report: Report) -> Known:
    """Return all that a report says."""
    findings = frozenset(identity(finding) for finding in report.findings)
    return Known(findings, {d.fingerprint: d.advice.answer for d in report.deliverables if d.advice.answer in ASKING})


def apply(report: Report, known: Known, shown: str, under: str = "", whole: Report | None = None) -> Report:
    """Return what a report says beyond what is known, and how much the file holds back.

    `under` is the scanned folder, "" for all: what is known of other places is then not counted as gone. Nor is what
    `whole` says, the report with what a base has as well.
    """
    kept = tuple(f for f in report.findings if identity(f) not in known.findings)
    advice = tuple(d.fingerprint for d in report.deliverables if known.advice.get(d.fingerprint) == d.advice.answer)
    held = len(report.findings) - len(kept)
    said = [
        f"{shown} knows {plural(held, 'finding')} and the advice of {plural(len(advice), 'deliverable')}: left out."
    ]
    gone = stale(whole or report, known, under)
    if gone:
        said.append(f"{plural(gone, 'row')} of {shown} match nothing any more; `langfit baseline write` renews it.")
    return structs.replace(report, findings=kept, known=advice, notices=(*report.notices, *said))


def stale(report: Report, known: Known, under: str = "") -> int:
    """Count the known things that a report no longer says."""
    now = known_of(report)
    gone = known.findings - now.findings
    if under:
        return sum(path.startswith(f"{under}/") for _, path, _ in gone)
    return len(gone) + sum(now.advice.get(mark) != answer for mark, answer in known.advice.items())


def text_of(known: Known) -> str:
    """Return the baseline file: sorted JSON in ASCII, one fingerprint per line."""
    findings: dict[str, dict[str, list[str]]] = {}
    for rule, path, mark in sorted(known.findings):
        findings.setdefault(rule, {}).setdefault(path, []).append(mark)
    # Not msgspec: it refuses lone surrogates, which are the bytes of paths that are not UTF-8.
    rows = {"schema": SCHEMA, "findings": findings, "advice": dict(sorted(known.advice.items()))}
    return json.dumps(rows, indent=1) + "\n"


def read(path: str) -> Known:
    """Return the baseline in a file. Raises LangfitError with one sentence for anything else."""
    try:
        if not Path(path).is_file():
            raise LangfitError(f"There is no baseline at {path}: write one with `langfit baseline write`.")
        data = regular.read(path, LARGEST)
    except (OSError, ValueError) as problem:
        raise LangfitError(f"{path} cannot be read ({_reason(problem)}); check it, or {REMEDY}.") from None
    if len(data) > LARGEST:
        raise LangfitError(f"{path} is larger than {LARGEST >> 20} MiB, which no baseline is; {REMEDY}.")
    try:
        return _known(json.loads(data))
    except (ValueError, RecursionError, msgspec.ValidationError) as problem:
        raise LangfitError(f"{path} is no whole {SCHEMA} ({_reason(problem)}); {REMEDY}.") from None


def _known(rows: Any) -> Known:
    if not isinstance(rows, dict) or rows.get("schema") not in (SCHEMA, BEFORE):
        raise ValueError("it names another schema")
    table = msgspec.convert(rows.get("findings"), dict[str, dict[str, list[str]]])
    advice = msgspec.convert(rows.get("advice"), dict[str, str]) if rows["schema"] == SCHEMA else {}
    for path in {path for paths in table.values() for path in paths}:
        if posixpath.isabs(path) or ".." in path.split("/"):
            raise ValueError("a path in it is absolute or leads upwards")
    marks = (
        (RENAMED.get(rule, rule), path, mark)
        for rule, paths in table.items()
        for path, found in paths.items()
        for mark in found
    )
    return Known(frozenset(marks), advice)


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or "unknown reason"
    if isinstance(problem, RecursionError):
        return "it is nested too deeply"
    return str(problem)[:200]
