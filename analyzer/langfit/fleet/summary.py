"""What a fleet comes to: coverage first, then what is worth a look, outliers, and what changed since the last run.

There is no score for a repository and no average over repositories, since answers are no scale.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import median

from msgspec import Struct, field

from langfit.fleet import place
from langfit.fleet.changes import Changes, changes_of
from langfit.fleet.model import REASONS, Row, Run
from langfit.model.report import Advice, Answer, Fit
from langfit.model.repository import SKIP_REASONS

SCHEMA = "langfit/fleet-report/1"
TOP, EACH = 10, 2  # deliverables most worth a look, and how many of one repository
STALE = 90 * 86_400  # seconds
ALIKE, FAR = 5, 0.6  # deliverables that play one part, from which one is an outlier; and by how much of the lean
MOST_OUTLIERS = 10
MANY_UNCLEAR = 3
ASKING = ("move", "split")


class Sign(Struct, frozen=True):
    """The part of a piece of evidence that the page shows."""

    rule: str
    title: str
    weight: str
    path: str
    line: int
    strength: float
    amount: str = ""


class Item(Struct, frozen=True, kw_only=True, rename={"for_": "for"}):
    """The part of a deliverable that the report on a fleet reads."""

    name: str
    kind: str
    language: str
    root: str
    lines: int
    fit: Fit
    advice: Advice
    for_: tuple[Sign, ...] = ()
    against: tuple[Sign, ...] = ()
    refute: str = ""
    cost: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    fingerprint: str = ""
    suppressed: str = ""


class _Skip(Struct, frozen=True):
    reason: str


class _Lines(Struct, frozen=True):
    lines: int
    parent: str = ""


class _Files(Struct, frozen=True):
    analysed: int
    skipped: int


class _Report(Struct, frozen=True):
    files: _Files
    deliverables: tuple[Item, ...] = ()
    components: tuple[_Lines, ...] = ()
    skipped: tuple[_Skip, ...] = ()


class _Part(Struct, frozen=True):
    report: _Report


class DeliverableRow(Struct, frozen=True):
    """A deliverable with the repository that it is in."""

    row: Row
    item: Item

    @property
    def sign(self) -> Sign | None:
        """What speaks loudest: for the other language where something is asked, else for its own."""
        rows = self.item.against if self.item.advice.answer in ASKING else self.item.for_ or self.item.against
        counted = [row for row in rows if row.weight != "contextual"]
        return next(iter(counted or rows), None)

    @property
    def worth(self) -> float:
        """How much it is worth a look: a clear lean of much code that engineers would agree with."""
        fit = self.item.fit
        return abs(fit.lean) * (0.1 + fit.confidence) * math.log(self.item.lines + 2)


class Repository(Struct, frozen=True):
    """A row of the table of repositories."""

    row: Row
    files: int = 0
    skipped: int = 0
    lines: int = 0
    answers: dict[str, int] = {}  # answer -> deliverables
    stale: bool = False


class Outlier(Struct, frozen=True):
    """Something that is unlike its kind."""

    repository: str
    name: str
    sentence: str


class Summary(Struct, frozen=True, kw_only=True):
    """All that the report on a fleet says."""

    run: Run
    repositories: tuple[Repository, ...]
    deliverables: tuple[DeliverableRow, ...]
    top: tuple[DeliverableRow, ...]
    reasons: dict[str, tuple[str, ...]]  # why repositories failed -> which
    skipped: dict[str, int]  # why files were skipped -> how many
    answers: dict[str, int]
    lines_by_answer: dict[str, int]
    outliers: tuple[Outlier, ...]
    changes: Changes | None
    notices: tuple[str, ...] = field(default=())


def summary_of(folder: str, run: Run) -> Summary:
    """Return what a run comes to. Raises LangfitError where its files cannot be read."""
    rows = place.read_rows(place.run_path(folder, run.run, place.ROWS))
    repositories: list[Repository] = []
    told: list[DeliverableRow] = []
    skipped: Counter[str] = Counter()
    for row in rows:
        part = place.read_as(folder, row.key, _Part) if row.state != "failed" else None
        repositories.append(_repository(row, part, run.ended))
        if part is not None:
            told += [DeliverableRow(row, item) for item in part.report.deliverables]
            skipped.update(skip.reason for skip in part.report.skipped)
    told.sort(key=lambda one: (-one.worth, one.row.id, one.item.name))
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.state == "failed":
            reasons.setdefault(row.reason, []).append(row.id)
    changes, said = changes_of(folder, run, {row.id: row for row in rows}, _answers_by_mark(told))
    return Summary(
        run=run,
        repositories=tuple(repositories),
        deliverables=tuple(told),
        top=tuple(_top(told)),
        reasons={reason: tuple(names) for reason, names in sorted(reasons.items(), key=lambda one: -len(one[1]))},
        skipped=dict(skipped.most_common()),
        answers=_counted(told, lines=False),
        lines_by_answer=_counted(told, lines=True),
        outliers=tuple(_outliers(told)),
        changes=changes,
        notices=(*_notices(run), *said),
    )


def reason_text(reason: str) -> str:
    """Return why a repository failed, in words."""
    return REASONS.get(reason, reason)


def skip_text(reason: str) -> str:
    """Return why files were skipped, in words."""
    return SKIP_REASONS.get(reason, reason)


def _repository(row: Row, part: _Part | None, now: float) -> Repository:
    if part is None:
        return Repository(row)
    report = part.report
    answers: Counter[str] = Counter(item.advice.answer for item in report.deliverables)
    lines = sum(component.lines for component in report.components if not component.parent)
    stale = bool(row.time) and now - row.time > STALE
    return Repository(row, report.files.analysed, report.files.skipped, lines, dict(answers), stale)


def _answers_by_mark(told: Iterable[DeliverableRow]) -> dict[tuple[str, str], tuple[str, Answer]]:
    return {(one.row.id, one.item.fingerprint): (one.item.name, one.item.advice.answer) for one in told}


def _counted(told: Iterable[DeliverableRow], *, lines: bool) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(("move", "split", "unclear", "stay"), 0)
    for one in told:
        found[one.item.advice.answer] += one.item.lines if lines else 1
    return found


def _top(told: Iterable[DeliverableRow]) -> Iterator[DeliverableRow]:
    """Yield the deliverables most worth a look, what asks for something first, no more than EACH of one repository."""
    rows = [one for one in told if not one.item.suppressed and one.item.advice.answer != "stay"]
    rows.sort(key=lambda one: one.item.advice.answer not in ASKING)  # keeps the order by worth
    taken: Counter[str] = Counter()
    for one in rows:
        if taken[one.row.id] < EACH:
            taken[one.row.id] += 1
            yield one
        if taken.total() == TOP:
            return


def _outliers(told: Iterable[DeliverableRow]) -> Iterator[Outlier]:
    """Yield deliverables that lean unlike others with the same part, and repositories with many unclear ones."""
    rows = list(told)
    parts: dict[tuple[str, str], list[DeliverableRow]] = {}
    for one in rows:
        for role in one.item.roles:
            parts.setdefault((one.item.language, role), []).append(one)
    far: list[tuple[float, Outlier]] = []
    for (_, role), alike in parts.items():
        middle = median(one.item.fit.lean for one in alike)
        for one in alike if len(alike) >= ALIKE else ():
            gap = abs(one.item.fit.lean - middle)
            if gap >= FAR:
                said = f"leans {one.item.fit.lean:+.2f}; of {len(alike)} that play the part {role}, half lean"
                said += f" {'above' if one.item.fit.lean < middle else 'below'} {middle:+.2f}"
                far.append((gap, Outlier(one.row.id, one.item.name, said)))
    far.sort(key=lambda row: (-row[0], row[1].repository, row[1].name))
    seen: set[tuple[str, str]] = set()
    for _, outlier in far:
        if (outlier.repository, outlier.name) not in seen and len(seen) < MOST_OUTLIERS:
            seen.add((outlier.repository, outlier.name))
            yield outlier
    unclear = Counter((one.row.id, one.item.advice.reason) for one in rows if one.item.advice.answer == "unclear")
    for (name, reason), count in unclear.most_common(MOST_OUTLIERS):
        if count >= MANY_UNCLEAR:
            why = "for want of evidence" if reason == "too-little" else "with evidence on both sides"
            yield Outlier(name, "", f"has {count:,} deliverables without a clear answer, {why}")


def _notices(run: Run) -> Iterator[str]:
    reached = run.done + run.known
    if not run.complete:
        share = reached / run.repositories if run.repositories else 0.0
        yield (
            f"This run is incomplete: {share:.1%} of the repositories have a result, and --publish-at asks for"
            f" {run.publish_at:.1%}."
        )
    yield from run.notices
