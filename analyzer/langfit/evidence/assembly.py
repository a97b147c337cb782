"""Assembly files as a source of evidence: they are listed and not read."""

from __future__ import annotations

from collections.abc import Iterator

from langfit.facts.measures import Measures
from langfit.model.evidence import Observation, Place
from langfit.model.repository import File

SOURCE = "assembly"


def observe(file: File, measures: Measures) -> Iterator[Observation]:
    """Yield one observation for an assembly file of a component."""
    for number, _ in measures.numbered("assembly"):
        yield Observation(file.component, number, 1, Place(file.path, 1), SOURCE)
