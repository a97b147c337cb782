"""Which revisions are looked at: the last commit of each period, releases, or those that a user names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from langfit.model.errors import LangfitError
from langfit.repository.timeline import Step
from langfit.trend.schema import Every

MOST_POINTS = 60
_RELEASE = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")

PERIODS: Mapping[Every, Callable[[date], tuple[int, int]]] = {
    "year": lambda day: (day.year, 0),
    "quarter": lambda day: (day.year, (day.month - 1) // 3),
    "month": lambda day: (day.year, day.month),
}


class Chosen(NamedTuple):
    """A revision to look at."""

    commit: str
    day: str  # YYYY-MM-DD
    tag: str = ""
    when: int = 0


def day_of(when: int) -> date:
    """Return the day of a time in seconds of UTC; a time out of the calendar is its first or last day."""
    try:
        return datetime.fromtimestamp(when, UTC).date()
    except (OverflowError, OSError, ValueError):
        return date.max if when > 0 else date.min


def since_of(text: str) -> date:
    """Return the day that `YYYY`, `YYYY-MM` or `YYYY-MM-DD` begins with. Raises LangfitError for anything else."""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise LangfitError(f"{text!r} is no date: write it as 2024, 2024-06 or 2024-06-30.") from None


def by_period(steps: Sequence[Step], every: Every, since: date | None) -> tuple[list[Chosen], int]:
    """Return the last commit of each period with the newest one, the oldest first, and how many were left out.

    `steps` are first parents, the newest first. Commits whose clock was wrong would stand in a period that is not
    theirs: those that break the order of dates are left out, as few as that takes, and counted.
    """
    period = PERIODS[every]
    last: dict[tuple[int, int], Step] = {}
    for step in steps:  # the newest first, so the first of a period is its last commit
        day = day_of(step.when)
        if since is None or day >= since:
            last.setdefault(period(day), step)
    if steps:
        last[(0, -1)] = steps[0]
    order = {step.commit: place for place, step in enumerate(steps)}
    found = sorted({step.commit: step for step in last.values()}.values(), key=lambda s: -order[s.commit])
    kept = _rising(found)
    return [Chosen(s.commit, day_of(s.when).isoformat(), when=s.when) for s in kept], len(found) - len(kept)


def _rising(steps: Sequence[Step]) -> list[Step]:
    """Return the longest run of steps, not necessarily neighbours, whose times do not go back."""
    ends: list[int] = []  # the least last time of a run of each length
    places: list[int] = []
    before: list[int] = []
    for place, step in enumerate(steps):
        length = bisect_right(ends, step.when)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(step.when)
            places.append(place)
        else:
            ends[length], places[length] = step.when, place
    found: list[Step] = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(steps[at])
        at = before[at]
    if steps and (not found or found[0] != steps[-1]):  # the newest commit is always looked at
        found = [steps[-1], *(step for step in found if step.when <= steps[-1].when)]
    return found[::-1]


def release_of(name: str) -> tuple[int, int, int] | None:
    """Return the version that a tag names, None for a pre-release and for a tag of a module of a larger repository."""
    match = _RELEASE.fullmatch(name)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def label_of(names: Iterable[str]) -> str:
    """Return the tag by which a commit is known: its highest version, else the first name."""
    ranked = sorted(names)
    versions = [(version, name) for name in ranked if (version := release_of(name)) is not None]
    return max(versions)[1] if versions else (ranked[0] if ranked else "")


def by_tag(tags: Mapping[str, Sequence[str]], when: Callable[[str], int], since: date | None) -> list[Chosen]:
    """Return the commits of releases `X.Y` and `X.Y.0` by date; where there are none, those of all versions.

    A commit that bears several tags is there once.
    """
    versions = {commit: [v for name in names if (v := release_of(name)) is not None] for commit, names in tags.items()}
    chosen = [commit for commit, found in versions.items() if any(not version[2] for version in found)]
    if not chosen:
        chosen = [commit for commit, found in versions.items() if found]
    times = {commit: when(commit) for commit in chosen}
    rows = [
        Chosen(commit, day_of(times[commit]).isoformat(), label_of(tags[commit]), times[commit])
        for commit in sorted(chosen, key=lambda commit: (times[commit], max(versions[commit]), commit))
    ]
    return [row for row in rows if since is None or row.day >= since.isoformat()]


def thinned(rows: Sequence[Chosen], most: int = MOST_POINTS) -> list[Chosen]:
    """Return at most `most` rows, evenly spread, the first and the last among them."""
    if len(rows) <= most:
        return list(rows)
    return [rows[round(n * (len(rows) - 1) / (most - 1))] for n in range(most)]


def spread(count: int) -> Iterator[int]:
    """Yield the numbers below `count`, each once: the last, the first, and then from coarse to fine.

    Whenever time is up, what has been looked at covers the whole history.
    """
    seen: set[int] = set()
    for number in (count - 1, 0):
        if 0 <= number < count and number not in seen:
            seen.add(number)
            yield number
    ranges = [(0, count - 1)]
    while ranges:
        further = []
        for low, high in ranges:
            middle = (low + high) // 2
            if middle not in seen and middle >= 0:
                seen.add(middle)
                yield middle
            if high - low > 1:
                further += [(low, middle), (middle, high)]
        ranges = further
