"""A report about one deliverable or component alone."""

from __future__ import annotations

from msgspec import structs

from langfit.model.report import Deliverable, Report
from langfit.why import found


def narrowed(report: Report, name: str) -> Report:
    """Return what a report says of one deliverable with its components, or of one component.

    Raises LangfitError for a name that there is not.
    """
    row = found(report, name)
    if isinstance(row, Deliverable):
        inside = {*row.components, *row.own}
        return structs.replace(
            report,
            sentence=row.advice.sentence,
            deliverables=(row,),
            components=tuple(c for c in report.components if c.name in inside),
            findings=tuple(f for f in report.findings if f.component in inside),
        )
    return structs.replace(
        report,
        sentence=f"{row.name} alone; its deliverables are judged as a whole.",
        deliverables=(),
        components=(row,),
        findings=tuple(f for f in report.findings if f.component == row.name),
    )
