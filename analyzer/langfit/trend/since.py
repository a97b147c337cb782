"""Since which commit a deliverable has a new answer, and why."""

from __future__ import annotations

from msgspec import structs

from langfit.trend import bisection, sampling, telling
from langfit.trend.cause import cause_of
from langfit.trend.history import Records
from langfit.trend.identity import Chain
from langfit.trend.judging import Assessment, Row, touched
from langfit.trend.schema import Change
from langfit.trend.telling import Transition


def change_of(series: int, chain: Chain, transition: Transition, records: Records, *, bisect: bool) -> Change:
    """Return a change, bisected to a commit where that is wanted and the samples are on one line of first parents."""
    before, after = chain.rows[transition.before], chain.rows[transition.after]
    plain = Change(
        name=after.name,
        from_=before.point,
        to=after.point,
        commit="",
        date=records.chosen[transition.after].day,
        cause=None,
        touches=None,
        after=records.chosen[transition.before].commit,
        at=records.chosen[transition.after].commit,
        series=series,
    )
    found = _bisected(plain, chain, transition, records) if bisect else None
    return found or plain


def _bisected(plain: Change, chain: Chain, transition: Transition, records: Records) -> Change | None:
    """Return the change with its commit: the first one that has the new answer, and whose parent has not.

    A commit in which the deliverable is not there, or that cannot be read, counts as one before the change.
    """
    base, steps = "", records.between(transition.before, transition.after)
    if steps is None:
        base, steps = records.branched(transition.before, transition.after)
    wanted = telling.state_of(chain.rows[transition.after])
    roots = {*chain.roots}
    names = {row.name for row in chain.rows.values()}

    def row_at(commit: str) -> Row | None:
        seen = records.see(commit)
        return _row_of(seen, chain.last, roots, names) if isinstance(seen, Assessment) else None

    def changed(number: int) -> bool:
        row = row_at(steps[number].commit)
        return row is not None and telling.state_of(row) == wanted

    start = row_at(base) if base else None
    if not steps or (start is not None and telling.state_of(start) == wanted):
        return None  # the two are not on one line, or the change is on the other branch
    step = steps[bisection.first(len(steps), changed)]
    new = row_at(step.commit)
    parent = records.timeline.parent(step.commit)
    old = row_at(parent) if parent else None
    if new is None:
        return None
    seen = records.see(step.commit)
    assert isinstance(seen, Assessment)
    files = touched(records.timeline.changed(step.commit), new, seen)
    return structs.replace(
        plain,
        commit=step.commit,
        date=sampling.day_of(step.when).isoformat(),
        cause=cause_of(old, new, plain.to.lean - plain.from_.lean) if old is not None else None,
        touches=files > 0,
        files=files,
    )


def _row_of(seen: Assessment, like: Row, roots: set[str], names: set[str]) -> Row | None:
    """Return the row of a chain in another revision, by its roots and, where several share one, by its names."""
    rows = [
        row
        for row in seen.rows
        if row.key.root in roots and (row.key.language, row.key.kind) == (like.key.language, like.key.kind)
    ]
    named = [row for row in rows if row.name in names]
    found = named if len(rows) > 1 else rows
    return found[0] if found else None
