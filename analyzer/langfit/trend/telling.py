"""Which changes of an answer are told: those that last, and behind which there is more than a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from langfit.trend.judging import Row

MOVED = 0.1  # of the lean, from which a change of the answer is more than a crossed threshold


class Transition(NamedTuple):
    """A change of the answer between two samples, by their numbers."""

    before: int
    after: int


def is_structural(old: Row, new: Row) -> bool:
    """Tell whether a structural reason came or went: one whose grounds were not there before, or are no longer there.

    The same reason may come and go because the fit crosses a threshold, while its grounds are there all along.
    """
    if old.point.reason == new.point.reason:
        return False
    return bool({old.point.reason, new.point.reason} & (old.structure ^ new.structure))


def state_of(row: Row) -> tuple[str, str]:
    """Return what has to stay the same for an answer to last."""
    return row.point.answer, row.point.reason


def transitions(rows: Mapping[int, Row]) -> Iterator[Transition]:
    """Yield the changes that are told of one deliverable, whose rows go by number of the revision, in order.

    An answer lasts when two samples in a row have it. A change is told when it lasts, and when the lean moved by
    MOVED with it, or a structural reason came or went. Others only show in the chart.
    """
    samples = sorted(rows.items())
    if not samples:
        return
    settled, last = state_of(samples[0][1]), samples[0]  # the answer that is in force, and its newest sample
    for (number, row), (_, following) in pairwise(samples[1:]):
        state = state_of(row)
        if state == settled:
            last = (number, row)
            continue
        if state != state_of(following):
            continue
        before = last[1].point.lean
        if abs(row.point.lean - before) >= MOVED or is_structural(last[1], row):
            yield Transition(last[0], number)
        settled, last = state, (number, row)
