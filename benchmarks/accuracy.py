"""Judges verdicts against decisions that engineers took, and says how much each confidence is worth.

usage: accuracy.py ATLAS.json --repos DIR [--section NAME] [--title TEXT]

ATLAS.json is a list of rows with `id repo ref paths source_language label reasons strength readable`. DIR holds one
clone per repository, as DIR/owner+name/repo, DIR/owner+name or DIR/owner/name. Each row is judged as one component.
Repositories, not rows, are the unit: shares weigh repositories alike, and the interval of the AUC is a bootstrap over
repositories. Nothing of langfit is fitted to these rows except the map from evidence to confidence, whose table is
made by leaving the row's repository out.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from langfit.model import LangfitError
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan
from benchmarks import sections

UNREADABLE = {"none stated", "language unification", "personal preference"}
ROUNDS = 1000
Row = dict[str, Any]


def clone_of(repos: Path, name: str) -> Path | None:
    """The clone of a repository, wherever the three layouts put it."""
    plus = name.replace("/", "+")
    return next((p for p in (repos / plus / "repo", repos / plus, repos / name) if p.is_dir()), None)


def judge(row: Row, repos: Path) -> Row:
    """A row with its verdict, or with the reason why there is none."""
    clone = clone_of(repos, row["repo"])
    if clone is None:
        return row | {"error": "no clone"}
    options = Options(revision=row["ref"], components={row["id"]: tuple(row["paths"])})
    try:
        report = scan(str(clone), options)
    except LangfitError as problem:
        return row | {"error": str(problem)}
    verdict = next(v for v in report.verdicts if v.component == row["id"])
    return row | {
        "answer": verdict.answer,
        "suits": verdict.suits,
        "lean": verdict.lean,
        "sure": verdict.confidence,
        "for": [(e.rule, e.strength) for e in verdict.evidence_for],
        "against": [(e.rule, e.strength) for e in verdict.evidence_against],
        "lines": verdict.lines,
    }


def auc(rows: Iterable[Row]) -> float:
    """Whether the lean orders the rows as their labels do; 0.5 is chance."""
    found = list(rows)
    rust = [r["lean"] for r in found if r["label"] == "rust"]
    go = [r["lean"] for r in found if r["label"] == "go"]
    if not rust or not go:
        return math.nan
    return float(sum((a > b) + 0.5 * (a == b) for a in rust for b in go) / (len(rust) * len(go)))


def interval(rows: list[Row]) -> tuple[float, float]:
    """The 5th and 95th percentile of the AUC over bootstrap samples of repositories."""
    by_repo = defaultdict(list)
    for row in rows:
        by_repo[row["repo"]].append(row)
    names, generator = sorted(by_repo), random.Random(1)
    values = sorted(
        v
        for _ in range(ROUNDS)
        if not math.isnan(v := auc(r for name in generator.choices(names, k=len(names)) for r in by_repo[name]))
    )
    return (values[len(values) // 20], values[-len(values) // 20]) if values else (math.nan, math.nan)


def weighed(rows: Iterable[Row], holds: Callable[[Row], bool]) -> float:
    """The share of rows that hold, repositories weighed alike."""
    by_repo = defaultdict(list)
    for row in rows:
        by_repo[row["repo"]].append(holds(row))
    return sum(sum(v) / len(v) for v in by_repo.values()) / len(by_repo) if by_repo else math.nan


def lines_of(rows: list[Row]) -> list[str]:
    """The table of the judged rows."""
    out = [
        "| source | rows | n | repositories | cover | right | wrong moves | AUC | 90% interval |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    classes: dict[str, Callable[[Row], bool]] = {
        "all": lambda r: True,
        "reason visible in source": lambda r: not set(r["reasons"]) <= UNREADABLE,
        "strong or medium": lambda r: r["strength"] != "weak",
    }
    for source in ("go", "rust"):
        for name, wanted in classes.items():
            part = [r for r in rows if r["source_language"] == source and wanted(r)]
            answered = [r for r in part if r["answer"] != "unclear"]
            stay = [r for r in part if r["label"] == source]
            low, high = interval(part)
            out.append(
                f"| {source} | {name} | {len(part)} | {len({r['repo'] for r in part})} "
                f"| {weighed(part, lambda r: r['answer'] != 'unclear'):.2f} "
                f"| {weighed(answered, lambda r: r['suits'] == r['label']):.2f} "
                f"| {weighed(stay, lambda r: r['answer'] in ('move', 'split')):.2f} "
                f"| {auc(part):.2f} | {low:.2f} to {high:.2f} |"
            )
    return out


def line_through(rows: list[Row]) -> tuple[float, float]:
    """Base and slope of the straight line from |lean| to the share of right answers, repositories weighed alike.

    Least squares over answered rows; a line that falls, for which more evidence would mean less, becomes a level one.
    """
    sizes = Counter(r["repo"] for r in rows)
    points = [(abs(r["lean"]), float(r["suits"] == r["label"]), 1 / sizes[r["repo"]]) for r in rows]
    total = sum(weight for *_, weight in points) or 1.0
    x = sum(lean * weight for lean, _, weight in points) / total
    y = sum(right * weight for _, right, weight in points) / total
    spread = sum(weight * (lean - x) ** 2 for lean, _, weight in points)
    slope = sum(weight * (lean - x) * (right - y) for lean, right, weight in points) / spread if spread else 0.0
    return (y - slope * x, slope) if slope > 0 else (y, 0.0)


def held_out(rows: list[Row]) -> list[Row]:
    """Answered rows with the confidence that the rows of all other repositories would have given them."""
    answered = [r for r in rows if r["answer"] != "unclear"]
    most = load(root()).settings["sure-most"]
    found = []
    for repo in sorted({r["repo"] for r in answered}):
        base, slope = line_through([r for r in answered if r["repo"] != repo])
        for row in answered:
            if row["repo"] == repo:
                found.append(row | {"held-out": min(max(base + slope * abs(row["lean"]), 0.0), most)})
    return found


def reliability(rows: list[Row]) -> list[str]:
    """Of the verdicts given at each confidence, the share that was right; shipped, and by leaving repositories out."""
    judged = held_out(rows)
    out = [
        "| confidence | verdicts, as shipped | right | verdicts, line from the other repositories | right |",
        "|---|---|---|---|---|",
    ]
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        cells = []
        for key in ("sure", "held-out"):
            part = [r for r in judged if low <= r[key] < low + 0.1]
            share = f"{weighed(part, lambda r: r['suits'] == r['label']):.2f}" if part else "-"
            cells += [str(len(part)), share]
        out.append(f"| {low:.1f} to {low + 0.1:.1f} | {' | '.join(cells)} |")
    base, slope = line_through([r for r in rows if r["answer"] != "unclear"])
    return [*out, "", f"The line through all answered rows: {base:.2f} + {slope:.2f} |lean|."]


def misses(rows: list[Row]) -> str:
    """The answered rows whose answer is not the label, most confident first."""
    wrong = [r for r in rows if r["answer"] != "unclear" and r["suits"] != r["label"]]
    if not wrong:
        return "\nNo answered row differs from its label.\n"
    listed = [
        f"- `{r['id']}` ({r['source_language']}, labelled {r['label']}: {', '.join(r['reasons'])}): {r['answer']}, "
        f"lean {r['lean']:+.2f}; strongest signs {', '.join(name for name, _ in (r['for'] + r['against'])[:3])}"
        for r in sorted(wrong, key=lambda r: -r["sure"])
    ]
    return "\nAnswered otherwise than their engineers decided:\n\n" + "\n".join(listed) + "\n"


def main() -> int:
    """Judge the atlas and print, or write, the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--section", help="the section of docs/accuracy.md to write")
    parser.add_argument("--title", default="")
    parser.add_argument("--rows", type=Path, help="write the judged rows as JSON")
    given = parser.parse_args()
    defaults = {"readable": True, "reasons": ["archetype"], "strength": "strong"}
    rows = [defaults | r for r in json.loads(given.atlas.read_text())]
    rows = [r for r in rows if r["readable"] and r["label"] != "either"]
    load(root())  # a broken rule book stops here, with all its mistakes
    judged = [judge(row, given.repos) for row in rows]
    good = [r for r in judged if "error" not in r]
    for row in sorted(good, key=lambda r: (r["source_language"], r["label"], -r["lean"])):
        print(f"{row['source_language']:4} -> {row['label']:4} {row['lean']:+.2f} {row['answer']:7} {row['sure']:.2f} "
              f"{row['id']} [{', '.join(row['reasons'])}]", file=sys.stderr)  # fmt: skip
    for row in judged:
        if "error" in row:
            print(f"not judged: {row['id']}: {row['error']}", file=sys.stderr)
    text = "\n".join([*lines_of(good), "", *reliability(good), ""])
    print(text)
    if given.section:
        sections.write(Path("docs/accuracy.md"), given.section, f"## {given.title}\n\n{text}{misses(good)}")
    if given.rows:
        given.rows.write_text(json.dumps(judged))
    return 0 if len(good) == len(judged) else 1


if __name__ == "__main__":
    sys.exit(main())
