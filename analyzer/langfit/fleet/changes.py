"""What changed since the last run under the same terms, for repositories that have a result in both."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from langfit.fleet import place
from langfit.fleet.model import Row, Run
from langfit.model.errors import LangfitError
from langfit.model.report import Advice, Answer

NONE = "-"  # the answer of what is not there
MOST = 200  # changes that are named; all are counted

Marks = Mapping[tuple[str, str], tuple[str, Answer]]  # repository and fingerprint -> name and answer


class Changed(Struct, frozen=True):
    """A deliverable whose answer changed, that came or that went; NONE where it was or is not there."""

    repository: str
    name: str
    was: str
    now: str


class Changes(Struct, frozen=True):
    """What changed since a run."""

    since: str
    ended: float
    repositories: int  # that both runs have
    matrix: dict[str, int]  # "stay -> move" -> how many
    rows: tuple[Changed, ...]


class _Item(Struct, frozen=True):
    name: str
    advice: Advice
    fingerprint: str = ""


class _Report(Struct, frozen=True):
    deliverables: tuple[_Item, ...] = ()


class _Part(Struct, frozen=True):
    report: _Report


def changes_of(folder: str, run: Run, rows: Mapping[str, Row], now: Marks) -> tuple[Changes | None, list[str]]:
    """Return the changes since the run before, None without one; and what a reader should know about that.

    Only runs under the same terms are compared: under others, the rules would be what changed.
    """
    before = [one for one in place.runs_of(folder) if one.ended < run.ended and one.run != run.run]
    same = next((one for one in before if one.terms == run.terms), None)
    if same is None:
        said = f"The run before, {before[0].run}, had other rules or options: it is not compared." if before else ""
        return None, [said] if said else []
    try:
        old = {row.id: row for row in place.read_rows(place.run_path(folder, same.run, place.ROWS))}
    except LangfitError as error:
        return None, [str(error)]
    both = [name for name, row in rows.items() if row.state != "failed" and _has(old.get(name))]
    moved = {name for name in both if old[name].key != rows[name].key}
    was = {key: value for name in moved for key, value in _marks(folder, old[name]).items()}
    present = {key: value for key, value in now.items() if key[0] in moved}
    found = []
    matrix: dict[str, int] = {}
    for mark in sorted({*was, *present}):
        old_name, old_answer = was.get(mark, ("", NONE))
        name, answer = present.get(mark, (old_name, NONE))
        if old_answer != answer:
            found.append(Changed(mark[0], name, old_answer, answer))
            matrix[f"{old_answer} -> {answer}"] = matrix.get(f"{old_answer} -> {answer}", 0) + 1
    ordered = dict(sorted(matrix.items(), key=lambda one: (-one[1], one[0])))
    return Changes(same.run, same.ended, len(both), ordered, tuple(found[:MOST])), []


def _has(row: Row | None) -> bool:
    return row is not None and row.state != "failed"


def _marks(folder: str, row: Row) -> dict[tuple[str, str], tuple[str, str]]:
    part = place.read_as(folder, row.key, _Part)
    items = part.report.deliverables if part is not None else ()
    return {(row.id, item.fingerprint): (item.name, item.advice.answer) for item in items}
