"""Scans real repositories at HEAD and at a commit years back, checks what must hold, and writes the table of it.

usage: python -m benchmarks.first_scans --repos DIR [--out FILE] [--years N] [--only NAME]

Of each scan three things are checked: judged, left out and skipped files add up to the Go and Rust files that an
independent walk of the same tree finds, the SARIF passes the gate of the tests, and no file of the repository has
changed. Exits with 1 when one of them does not hold, and then writes no table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pygit2
from msgspec import Struct

from benchmarks.clones import clone_of

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import multitool  # noqa: E402 - the gate stands with the tests that share it

REPOSITORIES = (
    "prometheus/prometheus", "hashicorp/terraform", "moby/moby", "tikv/tikv", "tokio-rs/tokio", "linkerd/linkerd2",
    "smoltcp-rs/smoltcp", "LemmyNet/lemmy",
)  # fmt: skip
ANSWERS = ("stay", "move", "split", "unclear")
SOURCES = (".go", ".rs")
UNOPENED = ("symlink", "special")
# By GitHub's own table; the validator's GH1004 still holds older and lower ones.
MOST_RESULTS, MOST_LOCATIONS, MOST_TAGS = 5_000, 1_000, 20
YEAR = 365.25 * 24 * 3600  # seconds
HEAD = """# First scans

Eight repositories, at their newest commit at hand and at one about {years:g} years older, written by
`python -m benchmarks.first_scans --repos DIR`. Each scan read a bare repository without a checkout, with an empty fact
cache and {cores} worker processes, and wrote JSON and SARIF. For each of them:

- judged, left out and skipped files add up to the Go and Rust files of that tree, as counted by a walk of its own;
- the SARIF passes the OASIS schema and the SARIF Multitool with GH1001 to GH1007 switched on; of these, GH1004 counts
  against 1,000 results, fewer than GitHub takes, so here the numbers of GitHub's own table are checked instead;
- no file inside the repository was written, added, removed or touched.

Files are Go and Rust files that were read, lines those of code that is neither support, copied nor generated. Advice is
given to deliverables; alerts are what a dashboard shows of it. Seconds are those of the whole command on a shared
machine, so they tell how large a scan is, not how fast langfit can be: `make bench` measures that.

| Repository | Commit | Date | Files | Lines | Components | Deliverables | {answers} | Alerts | Seconds | Skipped |
|---|---|---|--:|--:|--:|--:|{marks}--:|--:|---|
"""


class Row(Struct, frozen=True):
    """One scan as the table shows it; `wrong` holds what did not hold."""

    repository: str
    commit: str
    date: str
    files: int
    lines: int
    components: int
    deliverables: int
    answers: dict[str, int]
    alerts: int
    seconds: float
    skipped: dict[str, int]
    wrong: tuple[str, ...]


def commit_before(repo: pygit2.Repository, years: float) -> pygit2.Commit:
    """Return the first commit on first parents that is `years` older than HEAD; the oldest at hand when none is."""
    commit = repo.head.peel(pygit2.Commit)
    until = commit.commit_time - years * YEAR
    while commit.commit_time > until and commit.parent_ids:
        try:
            commit = repo[commit.parent_ids[0]].peel(pygit2.Commit)
        except KeyError:
            break
    return commit


def sources_of(repo: pygit2.Repository, tree: pygit2.Tree) -> int:
    """Count the Go and Rust files of a tree, links included, submodules not; it shares nothing with langfit."""
    found, waiting = 0, [tree]
    while waiting:
        for entry in waiting.pop():
            if entry.type_str == "tree":
                waiting.append(repo[entry.id].peel(pygit2.Tree))
            elif entry.type_str == "blob" and (entry.raw_name or b"").endswith(tuple(map(str.encode, SOURCES))):
                found += 1
    return found


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of the last change in nanoseconds of every file below a folder, by path."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            status = os.lstat(path)
            found[path] = (status.st_size, status.st_mtime_ns)
    return found


def scanned(folder: Path, commit: str, out: Path) -> tuple[dict[str, Any], float]:
    """Return the JSON report on a commit and the seconds it took; the SARIF report is written to `out`.

    Raises CalledProcessError.
    """
    options = ["--rev", commit, "--format", "json", "--show", "all", "--output", f"sarif={out}"]
    command = [sys.executable, "-m", "langfit", "scan", *options, "--", str(folder)]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "LANGFIT_CACHE_DIR": cache}
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        seconds = time.monotonic() - began
    report: dict[str, Any] = json.loads(done.stdout)
    return report, seconds


def beyond(run: dict[str, Any]) -> list[str]:
    """Return what in a SARIF run exceeds what GitHub takes in and shows."""
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    found = []
    if len(results) > MOST_RESULTS:
        found.append(f"SARIF: {len(results)} results")
    if any(len(result.get("relatedLocations", ())) > MOST_LOCATIONS for result in results):
        found.append("SARIF: a result with too many locations")
    if any(len(rule.get("properties", {}).get("tags", ())) > MOST_TAGS for rule in rules):
        found.append("SARIF: a rule with too many tags")
    return found


def row_of(name: str, folder: Path, commit: pygit2.Commit, expected: int) -> Row:
    """Scan a commit and check what must hold."""
    before = listing(folder)
    with tempfile.TemporaryDirectory() as scratch:
        sarif = Path(scratch) / "report.sarif"
        report, seconds = scanned(folder, str(commit.id), sarif)
        wrong = [f"SARIF: {text}" for text in multitool.validate(sarif) if not text.startswith("GH1004:")]
        run = json.loads(sarif.read_bytes())["runs"][0]
        wrong += beyond(run)
    if listing(folder) != before:
        wrong.append("the repository was written to")
    known = accounted(report)
    if known != expected:
        wrong.append(f"{known} files are judged, left out or skipped, and {expected} are there")
    if any(row["advice"]["answer"] not in ANSWERS for row in report["deliverables"]):
        wrong.append("an advice has an unknown answer")
    return Row(
        repository=name,
        commit=str(commit.id)[:10],
        date=time.strftime("%Y-%m-%d", time.gmtime(commit.commit_time)),
        files=report["files"]["analysed"],
        lines=sum(row["lines"] for row in report["components"] if not row["parent"] and row["role"] == "code"),
        components=len(report["components"]),
        deliverables=len(report["deliverables"]),
        answers=Counter(row["advice"]["answer"] for row in report["deliverables"]),
        alerts=len(run["results"]),
        seconds=seconds,
        skipped=Counter(row["reason"] for row in report["skipped"]),
        wrong=tuple(wrong),
    )


def accounted(report: dict[str, Any]) -> int:
    """Count the source files that a report tells of: code of a package or crate, left out by role, or never opened."""
    code = sum(row["files"] for row in report["components"] if not row["parent"])
    left = sum(row["files"] for row in report["left_out"])
    linked = sum(row["reason"] in UNOPENED and row["path"].endswith(SOURCES) for row in report["skipped"])
    return int(code + left + linked)


def shown(row: Row) -> str:
    """Return a row of the table."""
    skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(row.skipped.items())) or "none"
    cells = [
        row.repository, f"`{row.commit}`", row.date, f"{row.files:,}", f"{row.lines:,}", f"{row.components:,}",
        f"{row.deliverables:,}", *(f"{row.answers.get(answer, 0):,}" for answer in ANSWERS), f"{row.alerts:,}",
        f"{row.seconds:.1f}", skipped,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def rows_of(name: str, folder: Path, years: float) -> list[Row]:
    """Return the scans of one repository, HEAD first, each printed as it comes."""
    repo = pygit2.Repository(str(folder))
    rows = []
    for commit in (repo.head.peel(pygit2.Commit), commit_before(repo, years)):
        rows.append(row_of(name, folder, commit, sources_of(repo, commit.tree)))
        print(shown(rows[-1]), flush=True)
        for mistake in rows[-1].wrong:
            print(f"WRONG: {mistake}", flush=True)
    return rows


def main() -> int:
    """Run all scans; the exit status tells whether all checks hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "first-scans.md")
    parser.add_argument("--years", type=float, default=4.0)
    parser.add_argument("--only", action="append", choices=REPOSITORIES, help="some repositories; writes no table")
    given = parser.parse_args()
    if multitool.absent():
        print(multitool.absent(), file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in given.only or REPOSITORIES:
        clone = clone_of(given.repos, name)
        if clone is None:
            print(f"{name}: no clone", file=sys.stderr)
            return 2
        rows += rows_of(name, clone, given.years)
    if any(row.wrong for row in rows):
        return 1
    if not given.only:
        head = HEAD.format(
            years=given.years, cores=os.cpu_count(), answers=" | ".join(ANSWERS), marks="--:|" * len(ANSWERS)
        )
        given.out.write_text(head + "".join(f"{shown(row)}\n" for row in rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
