"""The judged revisions of one trend, and what is asked of the commits between them."""

from __future__ import annotations

from collections.abc import Sequence

from langfit.model.errors import LangfitError
from langfit.repository.timeline import Line, Step, Timeline
from langfit.trend import bisection, sampling
from langfit.trend.identity import Went, went_to
from langfit.trend.judging import Assessment, Bench, Row, judge
from langfit.trend.sampling import Chosen

MOST_HOPS = 4  # moves of one folder between two samples


class Records:
    """The samples with what was seen in them by number, and every other commit that was judged on the way."""

    def __init__(self, bench: Bench, line: Line, chosen: Sequence[Chosen]) -> None:
        self.bench = bench
        self.chosen = chosen
        self.judged: dict[int, Assessment | LangfitError] = {}
        self._seen: dict[str, Assessment | LangfitError] = {}
        self._main = line.steps
        self._places = {step.commit: place for place, step in enumerate(line.steps)}
        self._between: dict[tuple[int, int], tuple[Step, ...] | None] = {}

    @property
    def timeline(self) -> Timeline:
        """The repository."""
        return self.bench.timeline

    def look(self, number: int) -> None:
        """Judge a sample."""
        self.judged[number] = self.see(self.chosen[number].commit)

    def see(self, commit: str) -> Assessment | LangfitError:
        """Return what a commit says, judged once."""
        if commit not in self._seen:
            place = self._places.get(commit)
            line = self._main[place:] if place is not None else ()
            self._seen[commit] = judge(commit, line, self.bench)
        return self._seen[commit]

    def between(self, before: int, after: int) -> tuple[Step, ...] | None:
        """Return the first parents after one sample up to another one, the oldest first; None off its line."""
        key = (before, after)
        if key not in self._between:
            self._between[key] = self._steps(self.chosen[before].commit, self.chosen[after].commit)
        return self._between[key]

    def _steps(self, old: str, new: str) -> tuple[Step, ...] | None:
        if old in self._places and new in self._places and self._places[new] <= self._places[old]:
            return self._main[self._places[new] : self._places[old]][::-1]
        steps = self.timeline.line(new, until=old).steps
        if not steps or steps[-1].commit != old:
            return None
        return steps[:-1][::-1]

    def branched(self, before: int, after: int) -> tuple[str, tuple[Step, ...]]:
        """Return where the first parents of two samples parted, "" for nowhere, and those of the later one since then.

        A release of a side branch is no first parent of the next one, and yet both branches left one line.
        """
        known = {step.commit for step in self.timeline.line(self.chosen[before].commit).steps}
        since: list[Step] = []
        for step in self.timeline.line(self.chosen[after].commit).steps:
            if step.commit in known:
                return step.commit, tuple(since[::-1])
            since.append(step)
        return "", ()

    def joined(self, number: int) -> bool:
        """Tell whether the sample before is among the first parents of a sample."""
        return number == 0 or self.between(number - 1, number) is not None

    def went(self, row: Row, before: int, after: int) -> Went | None:
        """Return where the root folder or root file of a row went between two samples, None where it is lost.

        The commit in which it goes is looked for by trees alone, and renames in that commit. Off the line of first
        parents the two samples are compared themselves.
        """
        root, path = row.key.root, row.path
        new = self.chosen[after].commit
        steps = self.between(before, after)
        if steps is None:
            found = went_to(root, path, self.timeline.renames(self.chosen[before].commit, new))
            return Went(*found, new, self.chosen[after].day) if any(found) else None
        last: Went | None = None
        for _ in range(MOST_HOPS):
            target = path if self.timeline.holds(new, root) else root
            if self.timeline.holds(new, target):
                return last
            at = self._goes(steps, target)
            commit = steps[at].commit
            moved = went_to(root, path, self.timeline.renames(self.timeline.parent(commit), commit))
            if not any(moved):
                return last
            last = Went(*moved, commit, sampling.day_of(steps[at].when).isoformat())
            root, path = moved[0] or root, moved[1] or path
            steps = steps[at + 1 :]
            if not steps:
                return last
        return last

    def _goes(self, steps: Sequence[Step], path: str) -> int:
        """Return the number of a step in which a file or folder goes."""
        return bisection.first(len(steps), lambda number: not self.timeline.holds(steps[number].commit, path))
