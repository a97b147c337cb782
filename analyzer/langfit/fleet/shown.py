"""The report on a fleet as text, as JSON and as tables for a spreadsheet."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from langfit.fleet.summary import SCHEMA, DeliverableRow, Repository, Summary, reason_text, skip_text
from langfit.formats import sanitize
from langfit.languages import LANGUAGES
from langfit.model.evidence import percent, plural

NAMED = 5  # repositories of one reason that a text names
MOST_ROWS = 20  # rows of the text's table
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for one
ANSWERS = ("move", "split", "unclear", "stay")


def day(seconds: float) -> str:
    """Return a moment as a date."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


def text(summary: Summary) -> str:
    """Return the report for a terminal: coverage, the ten most worth a look, repositories, outliers, changes."""
    parts = [_coverage(summary), _answers(summary), _top(summary), _repositories(summary)]
    parts += [_outliers(summary), _changes(summary)]
    return sanitize.printable("\n\n".join("\n".join(part) for part in parts if part) + "\n")


def coverage_lines(summary: Summary) -> list[str]:
    """Return what was reached and what was not, in sentences."""
    run = summary.run
    reached = run.done + run.known
    stale = sum(one.stale for one in summary.repositories)
    rows = [
        f"{reached:,} of {plural(run.repositories, 'repository')} have a result: {run.done:,} done in this run,"
        f" {run.known:,} known before, {run.failed:,} failed."
    ]
    for reason, names in summary.reasons.items():
        shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
        rows.append(f"{len(names):,} failed ({reason_text(reason)}): {shown}")
    if summary.skipped:
        said = ", ".join(f"{count:,} {skip_text(reason)}" for reason, count in list(summary.skipped.items())[:NAMED])
        rows.append(f"{plural(sum(summary.skipped.values()), 'file')} skipped in the others: {said}.")
    if stale:
        rows.append(f"{plural(stale, 'repository')} had no commit for 90 days or more.")
    return [*rows, *summary.notices]


def _coverage(summary: Summary) -> list[str]:
    run = summary.run
    return [f"Fleet {run.run}, {day(run.ended)}, langfit {run.version}", *coverage_lines(summary)]


def answer_line(summary: Summary) -> str:
    """Return the answers by number and by lines, in one sentence."""
    total = sum(summary.lines_by_answer.values()) or 1
    said = [
        f"{summary.answers[name]:,} {name} ({percent(summary.lines_by_answer[name] / total)} of the lines)"
        for name in ANSWERS
        if summary.answers[name]
    ]
    what = plural(len(summary.deliverables), "deliverable")
    return f"{what}: {', '.join(said)}." if said else "Nothing that ships was found."


def _answers(summary: Summary) -> list[str]:
    return [answer_line(summary)]


def _top(summary: Summary) -> list[str]:
    rows = ["Most worth a look" if summary.top else "Nothing is worth a look."]
    for number, one in enumerate(summary.top, 1):
        item = one.item
        rows.append(
            f"{number:>2}. {item.advice.answer:7} {one.row.id}: {item.name}, {plural(item.lines, 'line')},"
            f" lean {item.fit.lean:+.2f}"
        )
        rows.append(f"    {item.advice.sentence}")
        if one.sign is not None:
            rows.append(f"    Strongest sign: {one.sign.title}, at {one.sign.path}:{one.sign.line}")
        if item.refute:
            rows.append(f"    What would refute it: {' '.join(item.refute.split())}")
    return rows


def by_size(rows: Iterable[Repository]) -> list[Repository]:
    """Return repositories with what asks for something first, then by size."""
    return sorted(rows, key=lambda r: (-sum(r.answers.get(a, 0) for a in ANSWERS[:2]), -r.lines, r.row.id))


def _repositories(summary: Summary) -> list[str]:
    rows = by_size(one for one in summary.repositories if one.row.state != "failed")
    if not rows:
        return []
    wide = min(40, max(len(one.row.id) for one in rows[:MOST_ROWS]))
    found = [f"{'Repository':{wide}}  {'lines':>9}  move  split  unclear  stay"]
    for one in rows[:MOST_ROWS]:
        counts = [one.answers.get(name, 0) for name in ANSWERS]
        found.append(
            f"{one.row.id:{wide}}  {one.lines:>9,}  {counts[0]:>4}  {counts[1]:>5}  {counts[2]:>7}  {counts[3]:>4}"
        )
    if len(rows) > MOST_ROWS:
        found.append(f"and {len(rows) - MOST_ROWS:,} more (--format csv has all)")
    return found


def _outliers(summary: Summary) -> list[str]:
    rows = [f"{one.repository}{': ' if one.name else ''}{one.name} {one.sentence}." for one in summary.outliers]
    return ["Unlike the others", *rows] if rows else []


def _changes(summary: Summary) -> list[str]:
    changes = summary.changes
    if changes is None:
        return []
    rows = [f"Since {changes.since} ({day(changes.ended)}), in {plural(changes.repositories, 'repository')} of both"]
    if not changes.matrix:
        return [*rows, "No answer changed."]
    rows += [f"{count:,} {pair}" for pair, count in changes.matrix.items()]
    rows += [f"{one.repository}: {one.name}, {one.was} -> {one.now}" for one in changes.rows[:MOST_ROWS]]
    return rows


def json_text(summary: Summary) -> str:
    """Return the report for scripts: `langfit/fleet-report/1`."""
    run = summary.run
    value: dict[str, Any] = {
        "schema": SCHEMA,
        **{
            name: getattr(run, name)
            for name in ("run", "version", "terms", "started", "ended", "complete", "publish_at")
        },
        **{name: getattr(run, name) for name in ("repositories", "done", "known", "failed")},
        **{name: getattr(run, name) for name in ("deliverables", "components", "findings")},
        "notices": summary.notices,
        "reasons": summary.reasons,
        "skipped": summary.skipped,
        "stale": [one.row.id for one in summary.repositories if one.stale],
        "answers": summary.answers,
        "lines": summary.lines_by_answer,
        "top": [_top_row(one) for one in summary.top],
        "outliers": summary.outliers,
        "changes": summary.changes,
        "rows": [_repository(one) for one in summary.repositories],
    }
    return sanitize.json_text(msgspec.to_builtins(value))


def _top_row(one: DeliverableRow) -> dict[str, Any]:
    item = one.item
    return {
        "repository": one.row.id, "name": item.name, "kind": item.kind, "language": item.language, "root": item.root,
        "answer": item.advice.answer, "reason": item.advice.reason, "lean": item.fit.lean,
        "confidence": item.fit.confidence, "lines": item.lines, "sentence": item.advice.sentence, "sign": one.sign,
        "refute": item.refute, "cost": item.cost, "fingerprint": item.fingerprint,
    }  # fmt: skip


def _repository(one: Repository) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id, "state": row.state, "reason": row.reason, "sentence": row.sentence, "commit": row.commit,
        "time": row.time, "owner": row.owner, "tags": row.tags, "lines": one.lines, "files": one.files,
        "answers": one.answers, "stale": one.stale, "seconds": row.seconds, "cpu": row.cpu, "peak": row.peak,
        "tries": row.tries, "key": row.key,
    }  # fmt: skip


def csv_text(summary: Summary, table: str) -> str:
    """Return a table for a spreadsheet, `deliverables` or `repositories`. No cell of it is a formula."""
    if table == "repositories":
        head = ["repository", "owner", "tags", "state", "reason", "sentence", "commit", "lines", *ANSWERS, "seconds"]
        rows = [_repository_cells(one) for one in summary.repositories]
    else:
        head = [
            "repository", "owner", "tags", "commit", "name", "kind", "language", "root", "answer", "reason", "suits",
            "lean", "confidence", "lines", "sign", "place", "sentence",
        ]  # fmt: skip
        rows = [_cells(one) for one in summary.deliverables]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return sanitize.printable(out.getvalue())


def _repository_cells(one: Repository) -> Sequence[object]:
    row = one.row
    counts = [one.answers.get(name, 0) for name in ANSWERS]
    said = [row.id, row.owner, " ".join(row.tags), row.state, row.reason, row.sentence, row.commit]
    return [*said, one.lines, *counts, row.seconds]


def _cells(one: DeliverableRow) -> Sequence[object]:
    item, row, sign = one.item, one.row, one.sign
    suits = LANGUAGES[item.fit.suits].name if item.fit.suits else ""
    return [
        row.id, row.owner, " ".join(row.tags), row.commit, item.name, item.kind, item.language, item.root,
        item.advice.answer, item.advice.reason, suits, round(item.fit.lean, 4), round(item.fit.confidence, 4),
        item.lines, sign.rule if sign else "", f"{sign.path}:{sign.line}" if sign else "", item.advice.sentence,
    ]  # fmt: skip


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    line = sanitize.clean(value)
    return f"'{line}" if line.startswith(FORMULA) else line
