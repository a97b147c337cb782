"""Source code as a source of evidence: what the measures of rules come to in each file."""

from __future__ import annotations

from collections.abc import Iterator

from langfit.model.evidence import Observation, Place
from langfit.model.repository import File
from langfit.model.summary import FileSummary

SOURCE = "source code"


def observe(file: File, summary: FileSummary) -> Iterator[Observation]:
    """Yield what was measured in a file of a component."""
    component, path = file.component, file.path
    for row in summary.measured:
        place = Place(path, row.line, row.column, row.code)
        yield Observation(component, row.measure, row.amount, place, SOURCE, row.dense, row.lines, row.functions)
