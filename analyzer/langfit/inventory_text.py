"""What `langfit components` prints: deliverables with what each links, and support code with the reason."""

from __future__ import annotations

from typing import Any

from langfit.conclusion import KINDS
from langfit.languages import LANGUAGES
from langfit.model.evidence import plural
from langfit.model.report import Component, Deliverable, Report

SCHEMA = "langfit/components/1"
MOST_LINKED = 12  # components that are named under one deliverable


def listing(report: Report) -> str:
    """Return the inventory as text."""
    by_name = {component.name: component for component in report.components}
    lines: list[str] = []
    for item in report.deliverables:
        lines.append(f"{item.name}: {KINDS[item.kind]} in {LANGUAGES[item.language].name}, {item.root}")
        lines += _linked(item, by_name)
    if not report.deliverables:
        lines.append("Nothing here ships: no program and no library was found.")
    inside = {name for item in report.deliverables for name in item.components}
    alone = [c for c in report.components if c.role == "code" and c.name not in inside]
    support = [c for c in report.components if c.role == "support"]
    if alone:
        lines += ["", "Linked into nothing that ships:", *(f"  {c.name}, {plural(c.lines, 'line')}" for c in alone)]
    if support:
        lines += ["", "Support code:", *(f"  {c.name}: {c.why}" for c in support)]
    if report.left_out:
        lines += [
            "",
            *(f"{plural(row.files, 'file')} left out: {row.role}, such as {row.first[0]}" for row in report.left_out),
        ]
    return "\n".join(lines)


def _linked(item: Deliverable, by_name: dict[str, Component]) -> list[str]:
    rows = sorted((by_name[name] for name in item.components if name in by_name), key=lambda c: (-c.lines, c.name))
    lines = [f"  {row.name}, {row.kind}, {plural(row.lines, 'line')}" for row in rows[:MOST_LINKED]]
    if len(rows) > MOST_LINKED:
        lines.append(f"  and {len(rows) - MOST_LINKED:,} more (--format json has all)")
    return lines


def data(report: Report) -> dict[str, Any]:
    """Return the inventory as data, schema `langfit/components/1`."""
    return {
        "schema": SCHEMA,
        "deliverables": [
            {"name": d.name, "kind": d.kind, "language": d.language, "root": d.root, "components": list(d.components)}
            for d in report.deliverables
        ],
        "components": [
            {"name": c.name, "kind": c.kind, "language": c.language, "root": c.root, "role": c.role, "why": c.why,
             "lines": c.lines, "deliverables": list(c.deliverables)}
            for c in report.components
        ],
    }  # fmt: skip
