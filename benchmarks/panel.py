"""Sets the advice on a folder of clones beside what maintainers said of the same code, and prints its precision.

usage: python -m benchmarks.panel PANEL.json --repos DIR [--write]

PANEL.json holds `verdicts` on components and `alerts` at places, each graded by readers: A is worth an afternoon, B is
true and of no use to anybody, C untrue. A clone is scanned at its HEAD. A reader spoke of a deliverable when the
component that was graded is what the deliverable begins with, or holds most of its code.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.clones import clone_of, write_part
from langfit.alerts import ASKING, alerts_of
from langfit.model.errors import LangfitError
from langfit.model.report import Answer, Deliverable, Report
from langfit.renamed import RENAMED
from langfit.scan import Options, scan

GRADES = ("A", "B", "C")
ANSWERS: tuple[Answer, ...] = ("stay", "unclear", "move", "split")
MOST = 0.5  # share of the code of a deliverable from which a component stands for it
Row = dict[str, Any]


class Reporting(NamedTuple):
    """An advice to move or split, with the rows in which readers spoke of the same deliverable, and of parts of it."""

    repo: str
    item: Deliverable
    about: list[Row]
    parts: list[Row]

    @property
    def grade(self) -> str:
        """Return the best grade that readers gave to leaving the language here; "" where none spoke of it."""
        return min((row["grade"] for row in self.about), default="")


def named(row: Row, report: Report) -> set[str]:
    """Return the components that a row speaks of: one, a crate with its modules, or all below a path."""
    name = row["component"]
    whole = name.endswith("...")
    stem = name.removesuffix("...").removesuffix("/").removesuffix(".")
    return {
        one.name
        for one in report.components
        if one.language == row["language"]
        and (stem in (one.name, one.parent) or (whole and one.name.startswith(f"{stem}/" if stem else "")))
    }


def stands_for(item: Deliverable, components: set[str], report: Report) -> bool:
    """Tell whether components are what a deliverable begins with, or most of its code."""
    tokens = {one.name: one.tokens for one in report.components}
    total = sum(tokens[name] for name in item.components)
    held = sum(tokens[name] for name in item.components if name in components)
    return (bool(item.own) and components >= set(item.own)) or (total > 0 and held / total >= MOST)


def asked_of(repo: str, report: Report, rows: Iterable[Row]) -> list[Reporting]:
    """Return what a report advises to move or to split, with what readers said of it."""
    graded = [(row, named(row, report)) for row in rows]
    found = []
    for item in report.deliverables:
        if item.advice.answer in ASKING and not item.suppressed:
            about = [row for row, names in graded if names and stands_for(item, names, report)]
            parts = [row for row, names in graded if row not in about and names & set(item.components)]
            found.append(Reporting(repo, item, about, parts))
    return found


class Tally:
    """What came of all repositories."""

    def __init__(self) -> None:
        self.table: list[str] = []
        self.asked: list[Reporting] = []
        self.rows: list[tuple[Row, bool]] = []  # graded verdicts, and whether an advice still leaves the language there
        self.alerts: list[tuple[Row, bool]] = []  # graded alerts, and whether their place still has one
        self.absent: list[str] = []

    def add(self, repo: str, report: Report, rows: list[Row], places: list[Row]) -> None:
        """Add the report on one repository."""
        asked = asked_of(repo, report, rows)
        self.asked += asked
        self.rows += [(row, any(row in one.about for one in asked)) for row in rows]
        alerts = alerts_of(report).rows
        shown = {(alert.path, alert.rule) for alert in alerts}
        self.alerts += [(row, (row["path"], RENAMED.get(row["rule"], row["rule"])) in shown) for row in places]
        answers = Counter(item.advice.answer for item in report.deliverables)
        cells = [repo, len(report.deliverables), *(answers[answer] for answer in ANSWERS), len(alerts)]
        self.table.append(f"| {' | '.join(map(str, cells))} |")

    def text(self) -> str:
        """Return everything as Markdown."""
        graded = [one for one in self.asked if one.grade]
        good = sum(one.grade == "A" for one in graded)
        told = Counter(row["grade"] for row, _ in self.rows)
        kept = Counter(row["grade"] for row, still in self.rows if still)
        places = Counter(row["grade"] for row, _ in self.alerts)
        alerting = Counter(row["grade"] for row, still in self.alerts if still)
        lines = [
            "## Advice beside what maintainers said",
            "",
            f"{len(self.table)} repositories, {len(self.asked)} times advice to move or to split. Readers spoke of "
            f"{len(graded)} of them: {good} are worth an afternoon, precision {_share(good, len(graded))}.",
            "",
            "| grade | components | still advised to leave | alerts | still shown |",
            "|---|--:|--:|--:|--:|",
            *(f"| {name} | {told[name]} | {kept[name]} | {places[name]} | {alerting[name]} |" for name in GRADES),
            "",
            *(line for one in sorted(self.asked, key=lambda one: (one.grade or "D", one.repo)) for line in _told(one)),
            *(f"- no longer advised, graded A: {row['repo']} `{row['component']}`: {row['should_say']}"
              for row, still in self.rows if row["grade"] == "A" and not still),
            "",
            f"| repository | deliverables | {' | '.join(ANSWERS)} | alerts |",
            f"|---|{'--:|' * (len(ANSWERS) + 2)}",
            *self.table,
        ]  # fmt: skip
        return "\n".join(lines + (["", f"Not there: {', '.join(self.absent)}."] if self.absent else []))


def _told(one: Reporting) -> list[str]:
    advice = one.item.advice
    grade = f"graded {one.grade}" if one.grade else "nobody spoke of it"
    lines = [f"- {one.repo} `{one.item.name}` ({one.item.kind}): {advice.answer}, {advice.reason}; {grade}"]
    for kind, rows in (("", one.about), ("part ", one.parts)):
        lines += [f"  - {kind}`{row['component']}`, {row['grade']}: {row['should_say']}" for row in rows]
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "unknown"


def main() -> int:
    """Scan what was graded; print the comparison, or write it as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write the part of docs/accuracy.md")
    given = parser.parse_args()
    panel: dict[str, list[Row]] = json.loads(given.panel.read_text("utf-8"))
    tally = Tally()
    for repo in sorted({row["repo"] for rows in panel.values() for row in rows}):
        clone = clone_of(given.repos, repo)
        if clone is None:
            tally.absent.append(repo)
            continue
        try:
            report = scan(str(clone), Options())
        except LangfitError as problem:
            print(f"{repo}: {problem}", file=sys.stderr)
            tally.absent.append(repo)
            continue
        verdicts, alerts = ([row for row in panel[kind] if row["repo"] == repo] for kind in ("verdicts", "alerts"))
        tally.add(repo, report, verdicts, alerts)
    text = tally.text()
    print(text)
    if given.write:
        write_part("panel", text)
    return 0 if tally.table else 2


if __name__ == "__main__":
    sys.exit(main())
