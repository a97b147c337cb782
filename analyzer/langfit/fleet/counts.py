"""What the repositories of a run hold, in numbers, from the results alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from langfit.fleet.model import Row
from langfit.fleet.place import read_as


class _Lists(Struct, frozen=True):
    deliverables: tuple[msgspec.Raw, ...] = ()
    components: tuple[msgspec.Raw, ...] = ()
    findings: tuple[msgspec.Raw, ...] = ()


class _Part(Struct, frozen=True):
    report: _Lists


def counts_of(folder: str, rows: Sequence[Row]) -> dict[str, int]:
    """Return the numbers of a manifest: repositories by state, and what was found in those that have a result."""
    found = dict.fromkeys(("repositories", "done", "known", "failed", "deliverables", "components", "findings"), 0)
    for row in rows:
        found["repositories"] += 1
        found[row.state] += 1
    for part in _parts(folder, rows):
        found["deliverables"] += len(part.report.deliverables)
        found["components"] += len(part.report.components)
        found["findings"] += len(part.report.findings)
    return found


def _parts(folder: str, rows: Iterable[Row]) -> Iterator[_Part]:
    for row in rows:
        part = read_as(folder, row.key, _Part) if row.state != "failed" else None
        if part is not None:
            yield part
