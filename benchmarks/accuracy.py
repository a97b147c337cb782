"""Sets the fit of components beside decisions that engineers took, and measures what each confidence is worth.

usage: python -m benchmarks.accuracy ATLAS.json --repos DIR [--write] [--rows FILE]

ATLAS.json is a list of rows with `id repo ref paths source_language label reasons strength readable`; DIR holds clones.
Each row is judged as one component. archetypes.json, components whose fit nobody disputes, is judged after it.
Repositories, not rows, are the unit: shares weigh repositories alike, and the interval of the AUC is a bootstrap over
repositories. Nothing of langfit is fitted to these rows except the line from lean to confidence, which is shown again
by leaving the row's repository out.
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

from benchmarks.clones import clone_of, write_part
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.evidence import plural
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan

ARCHETYPES = Path(__file__).parent / "archetypes.json"
UNREADABLE = {"none stated", "language unification", "personal preference"}
DEFAULTS = {"readable": True, "reasons": ["archetype"], "strength": "strong"}
ROUNDS = 1000
ALIKE = 3  # factor between numbers of files up to which two components are of a size
Row = dict[str, Any]

NOTES = """\
Cover: rows whose fit is clear. Right: of these, those whose fit is what was decided. Wrong way: of the rows that were
to stay, those whose fit is the other language. Size: the AUC of the number of source files alone, a baseline and no
evidence: young, small components move and old, large ones stay. Alike: the AUC of the lean over pairs of components
whose numbers of files are within a factor of three."""


def judge(row: Row, repos: Path) -> Row:
    """Return a row with its fit, or with the reason why there is none."""
    clone = clone_of(repos, row["repo"])
    if clone is None:
        return row | {"error": "no clone"}
    try:
        report = scan(str(clone), Options(revision=row["ref"], components={row["id"]: tuple(row["paths"])}))
    except LangfitError as problem:
        return row | {"error": str(problem)}
    item = next(item for item in report.deliverables if item.name == row["id"])
    files = next(one.files for one in report.components if one.name == row["id"])
    return {"source_files": files} | row | {
        "suits": item.fit.suits,
        "lean": item.fit.lean,
        "confidence": item.fit.confidence,
        "evidence": [evidence.rule for evidence in (*item.against, *item.for_)],
    }  # fmt: skip


def _right(row: Row) -> bool:
    return bool(row["suits"] == row["label"])


def _answered(row: Row) -> bool:
    return row["suits"] is not None


def _lean(row: Row) -> float:
    return float(row["lean"])


def _size(row: Row) -> float:
    """Return what a small component leaves its language by: its lean if size were all that counted."""
    return float(LANGUAGES[row["source_language"]].pole * row["source_files"])


def auc(rows: Iterable[Row], value: Callable[[Row], float] = _lean, alike: float = math.inf) -> float:
    """Return the chance that a row labelled Rust has the higher value than one labelled Go; 0.5 is chance.

    Pairs whose numbers of files differ by more than the factor `alike` are left out.
    """
    found = list(rows)
    pairs = [
        (value(a), value(b))
        for a in found
        for b in found
        if (a["label"], b["label"]) == ("rust", "go")
        and 1 / alike <= max(a["source_files"], 1) / max(b["source_files"], 1) <= alike
    ]
    return sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs) if pairs else math.nan


def interval(rows: list[Row]) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the AUC over bootstrap samples of repositories."""
    by_repo = defaultdict(list)
    for row in rows:
        by_repo[row["repo"]].append(row)
    names, generator = sorted(by_repo), random.Random(1)
    samples = (generator.choices(names, k=len(names)) for _ in range(ROUNDS))
    values = sorted(v for drawn in samples if not math.isnan(v := auc(r for name in drawn for r in by_repo[name])))
    return (values[len(values) // 20], values[-len(values) // 20]) if values else (math.nan, math.nan)


def weighed(rows: Iterable[Row], holds: Callable[[Row], bool]) -> float:
    """Return the share of rows that hold, repositories weighed alike."""
    by_repo = defaultdict(list)
    for row in rows:
        by_repo[row["repo"]].append(holds(row))
    return sum(sum(v) / len(v) for v in by_repo.values()) / len(by_repo) if by_repo else math.nan


def table(rows: list[Row]) -> list[str]:
    """Return the table of the judged rows."""
    out = [
        "| source | rows | n | repositories | cover | right | wrong way | AUC | 90% interval | size | alike |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|--:|--:|",
    ]
    classes: dict[str, Callable[[Row], bool]] = {
        "all": lambda _: True,
        "reason visible in source": lambda row: not set(row["reasons"]) <= UNREADABLE,
        "strong or medium": lambda row: row["strength"] != "weak",
    }
    for source, spoken in LANGUAGES.items():
        seen: list[list[Row]] = []
        for name, wanted in classes.items():
            part = [row for row in rows if row["source_language"] == source and wanted(row)]
            if part in seen:
                continue
            seen.append(part)
            stay = [row for row in part if row["label"] == source]
            low, high = interval(part)
            shares = [
                weighed(part, _answered),
                weighed(filter(_answered, part), _right),
                weighed(stay, lambda row: _answered(row) and not _right(row)),
                auc(part),
            ]
            sizes = [auc(part, _size), auc(part, alike=ALIKE)]
            out.append(
                f"| {spoken.name} | {name} | {len(part)} | {len({row['repo'] for row in part})} | {_cells(shares)} "
                f"| {low:.2f} to {high:.2f} | {_cells(sizes)} |"
            )
    return out


def _cells(values: Iterable[float]) -> str:
    return " | ".join("-" if math.isnan(value) else f"{value:.2f}" for value in values)


def line_through(rows: list[Row]) -> tuple[float, float]:
    """Return base and slope of the line from |lean| to the share of right answers, repositories weighed alike.

    Least squares over answered rows; a line that falls, for which more evidence would mean less, becomes a level one.
    """
    sizes = Counter(row["repo"] for row in rows)
    points = [(abs(row["lean"]), float(_right(row)), 1 / sizes[row["repo"]]) for row in rows]
    total = sum(weight for *_, weight in points) or 1.0
    x = sum(lean * weight for lean, _, weight in points) / total
    y = sum(right * weight for _, right, weight in points) / total
    spread = sum(weight * (lean - x) ** 2 for lean, _, weight in points)
    slope = sum(weight * (lean - x) * (right - y) for lean, right, weight in points) / spread if spread else 0.0
    return (y - slope * x, slope) if slope > 0 else (y, 0.0)


def held_out(rows: list[Row], most: float) -> list[Row]:
    """Return answered rows with the confidence that the rows of all other repositories would have given them."""
    answered = [*filter(_answered, rows)]
    found = []
    for repo in sorted({row["repo"] for row in answered}):
        base, slope = line_through([row for row in answered if row["repo"] != repo])
        own = (row for row in answered if row["repo"] == repo)
        found += [row | {"held-out": min(max(base + slope * abs(row["lean"]), 0.0), most)} for row in own]
    return found


def reliability(rows: list[Row]) -> list[str]:
    """Return the share of right answers at each confidence; as shipped, and by leaving repositories out."""
    judged = held_out(rows, load(root()).thresholds.confidence_most)
    out = [
        "| confidence | answers, as shipped | right | answers, line from the other repositories | right |",
        "|---|--:|--:|--:|--:|",
    ]
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        cells = []
        for key in ("confidence", "held-out"):
            part = [row for row in judged if low <= row[key] < low + 0.1]
            cells += [str(len(part)), _cells([weighed(part, _right)])]
        out.append(f"| {low:.1f} to {low + 0.1:.1f} | {' | '.join(cells)} |")
    base, slope = line_through([*filter(_answered, rows)])
    return [*out, "", f"The line through all answered rows: {base:.2f} + {slope:.2f} |lean|."]


def misses(rows: list[Row]) -> list[str]:
    """Return the answered rows whose fit is not the label, most confident first."""
    wrong = [row for row in rows if _answered(row) and not _right(row)]
    if not wrong:
        return ["No clear fit differs from its label."]
    listed = [
        f"- `{row['id']}` ({row['source_language']}, decided for {row['label']}: {', '.join(row['reasons'])}): suits "
        f"{row['suits']}, lean {row['lean']:+.2f}; strongest signs {', '.join(row['evidence'][:3])}"
        for row in sorted(wrong, key=lambda row: -row["confidence"])
    ]
    return ["A fit that is not what the engineers decided:", "", *listed]


def judged_rows(path: Path, repos: Path) -> list[Row]:
    """Return all rows that source can answer, judged; each is told on stderr."""
    rows = [DEFAULTS | row for row in json.loads(path.read_text("utf-8"))]
    found = []
    for row in rows:
        if row["readable"] and row["label"] != "either":
            found.append(one := judge(row, repos))
            told = one.get("error") or f"suits {one['suits']}, lean {one['lean']:+.2f}, {one['confidence']:.2f} sure"
            print(f"{one['id']}: {one['source_language']}, decided for {one['label']}: {told}", file=sys.stderr)
    return found


def main() -> int:
    """Judge atlas and archetypes; print the tables, or write them as well. It fails when nothing could be judged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write the parts of docs/accuracy.md")
    parser.add_argument("--rows", type=Path, help="write the judged rows as JSON")
    given = parser.parse_args()
    load(root())  # a broken rule book stops here, with all its mistakes
    parts = {
        "atlas": (given.atlas, "Fit beside decisions that engineers took"),
        "archetypes": (ARCHETYPES, "Fit of components that nobody disputes"),
    }
    everything: list[Row] = []
    for name, (path, title) in parts.items():
        rows = judged_rows(path, given.repos)
        good = [row for row in rows if "error" not in row]
        absent = f"Not judged, since its clone or revision is not at hand: {plural(len(rows) - len(good), 'row')}."
        lines = [f"## {title}", "", *table(good), "", NOTES, "", *reliability(good), "", *misses(good), ""]
        text = "\n".join(lines + ([absent, ""] if len(good) < len(rows) else []))
        print(text)
        if given.write:
            write_part(name, text)
        everything += rows
    if given.rows:
        given.rows.write_text(json.dumps(everything, indent=1), "utf-8")
    return 1 if all("error" in row for row in everything) else 0


if __name__ == "__main__":
    sys.exit(main())
