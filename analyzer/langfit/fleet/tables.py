"""The tables of a run: their columns, and the rows that a result comes to. Every one begins with the run and the id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from langfit.fleet.model import Result, Row
from langfit.model.evidence import Evidence
from langfit.model.report import Component, Deliverable, Finding
from langfit.model.rule import Rulebook

Cells = dict[str, Any]

# Table -> its columns with the types of DuckDB, and the columns that it is sorted by.
COLUMNS: dict[str, dict[str, str]] = {
    "runs": {
        "run": "VARCHAR", "version": "VARCHAR", "terms": "VARCHAR", "started": "DOUBLE", "ended": "DOUBLE",
        "repositories": "INTEGER", "done": "INTEGER", "known": "INTEGER", "failed": "INTEGER", "skipped": "INTEGER",
    },
    "repositories": {
        "run": "VARCHAR", "repository": "VARCHAR", "state": "VARCHAR", "reason": "VARCHAR", "sentence": "VARCHAR",
        "key": "VARCHAR", "commit": "VARCHAR", "commit_time": "BIGINT", "branch": "VARCHAR", "owner": "VARCHAR",
        "tags": "VARCHAR[]", "seconds": "DOUBLE", "cpu": "DOUBLE", "peak_mb": "INTEGER", "tries": "INTEGER",
        "files": "INTEGER", "skipped_files": "INTEGER", "lines": "BIGINT",
    },
    "deliverables": {
        "run": "VARCHAR", "repository": "VARCHAR", "name": "VARCHAR", "kind": "VARCHAR", "language": "VARCHAR",
        "root": "VARCHAR", "answer": "VARCHAR", "reason": "VARCHAR", "suits": "VARCHAR", "lean": "DOUBLE",
        "confidence": "DOUBLE", "lines": "BIGINT", "own_share": "DOUBLE", "components": "INTEGER", "cuts": "INTEGER",
        "twin": "VARCHAR", "roles": "VARCHAR[]", "ignored": "BOOLEAN", "path": "VARCHAR", "line": "INTEGER",
        "fingerprint": "VARCHAR", "sentence": "VARCHAR", "refute": "VARCHAR",
    },
    "components": {
        "run": "VARCHAR", "repository": "VARCHAR", "name": "VARCHAR", "kind": "VARCHAR", "language": "VARCHAR",
        "root": "VARCHAR", "role": "VARCHAR", "suits": "VARCHAR", "why": "VARCHAR", "lean": "DOUBLE",
        "confidence": "DOUBLE", "lines": "BIGINT", "files": "INTEGER", "parent": "VARCHAR", "used_by": "INTEGER",
        "kernels": "INTEGER", "path": "VARCHAR",
    },
    "evidence": {
        "run": "VARCHAR", "repository": "VARCHAR", "subject": "VARCHAR", "name": "VARCHAR", "rule": "VARCHAR",
        "family": "VARCHAR", "weight": "VARCHAR", "suits": "VARCHAR", "side": "VARCHAR", "strength": "DOUBLE",
        "count": "BIGINT", "value": "DOUBLE", "unit": "VARCHAR", "component": "VARCHAR", "path": "VARCHAR",
        "line": "INTEGER", "code": "VARCHAR",
    },
    "findings": {
        "run": "VARCHAR", "repository": "VARCHAR", "component": "VARCHAR", "rule": "VARCHAR", "level": "VARCHAR",
        "path": "VARCHAR", "line": "INTEGER", "function": "VARCHAR", "fingerprint": "VARCHAR", "code": "VARCHAR",
    },
    "skipped": {"run": "VARCHAR", "repository": "VARCHAR", "path": "VARCHAR", "reason": "VARCHAR"},
    "rules": {
        "run": "VARCHAR", "rule": "VARCHAR", "title": "VARCHAR", "suits": "VARCHAR", "family": "VARCHAR",
        "weight": "VARCHAR",
    },
}  # fmt: skip
SORTED = {
    "runs": "run",
    "repositories": "repository",
    "deliverables": "repository, name",
    "components": "repository, name",
    "evidence": "repository, subject, name, rule",
    "findings": "repository, component, rule, path, line",
    "skipped": "repository, path",
    "rules": "rule",
}


def repository_cells(run: str, row: Row, result: Result | None) -> Cells:
    """Return the row of a repository, whatever became of it."""
    report = result.report if result is not None else None
    return {
        "run": run, "repository": row.id, "state": row.state, "reason": row.reason, "sentence": row.sentence,
        "key": row.key, "commit": row.commit, "commit_time": row.time, "branch": row.branch, "owner": row.owner,
        "tags": row.tags, "seconds": row.seconds, "cpu": row.cpu, "peak_mb": row.peak, "tries": row.tries,
        "files": report.files.analysed if report else 0, "skipped_files": report.files.skipped if report else 0,
        "lines": sum(c.lines for c in report.components if not c.parent) if report else 0,
    }  # fmt: skip


def cells_of(run: str, result: Result) -> Iterator[tuple[str, Cells]]:
    """Yield the rows of a result, each with the name of its table."""
    here = {"run": run, "repository": result.id}
    report = result.report
    for item in report.deliverables:
        yield "deliverables", here | _deliverable(item)
        yield from (("evidence", here | cells) for cells in _evidence("deliverable", item))
    for component in report.components:
        yield "components", here | _component(component)
        yield from (("evidence", here | cells) for cells in _evidence("component", component))
    for finding in report.findings:
        yield "findings", here | _finding(finding)
    for row in report.skipped:
        yield "skipped", here | {"path": row.path, "reason": row.reason}


def rule_cells(run: str, book: Rulebook) -> Iterable[Cells]:
    """Yield the rules of a run."""
    for rule in book.rules:
        yield {
            "run": run, "rule": rule.id, "title": rule.title, "suits": rule.suits, "family": rule.family,
            "weight": rule.weight,
        }  # fmt: skip


def _deliverable(item: Deliverable) -> Cells:
    return {
        "name": item.name, "kind": item.kind, "language": item.language, "root": item.root,
        "answer": item.advice.answer, "reason": item.advice.reason, "suits": item.fit.suits, "lean": item.fit.lean,
        "confidence": item.fit.confidence, "lines": item.lines, "own_share": item.own_share,
        "components": len(item.components), "cuts": len(item.cuts), "twin": item.twin.name if item.twin else None,
        "roles": item.roles, "ignored": bool(item.suppressed), "path": item.path, "line": item.line,
        "fingerprint": item.fingerprint, "sentence": item.advice.sentence, "refute": item.refute,
    }  # fmt: skip


def _component(item: Component) -> Cells:
    return {
        "name": item.name, "kind": item.kind, "language": item.language, "root": item.root, "role": item.role,
        "suits": item.fit.suits, "why": item.why or item.fit.why, "lean": item.fit.lean,
        "confidence": item.fit.confidence, "lines": item.lines, "files": item.files, "parent": item.parent,
        "used_by": item.used_by, "kernels": len(item.kernels), "path": item.path,
    }  # fmt: skip


def _evidence(subject: str, item: Deliverable | Component) -> Iterator[Cells]:
    for side, rows in (("for", item.for_), ("against", item.against)):
        for row in rows:
            yield {"subject": subject, "name": item.name, "side": side} | _weighed(row)


def _weighed(row: Evidence) -> Cells:
    return {
        "rule": row.rule, "family": row.family, "weight": row.weight, "suits": row.suits, "strength": row.strength,
        "count": row.count, "value": row.value, "unit": row.unit, "component": row.component, "path": row.path,
        "line": row.line, "code": row.code or None,
    }  # fmt: skip


def _finding(row: Finding) -> Cells:
    return {
        "component": row.component, "rule": row.rule, "level": row.level, "path": row.path, "line": row.line,
        "function": row.function, "fingerprint": row.fingerprint, "code": row.code or None,
    }  # fmt: skip
