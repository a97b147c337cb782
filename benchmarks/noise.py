"""Draw findings that speak against the language of the code, with the lines around them, for a person to judge.

usage: noise.py --repos DIR [--seed N] [NAME ...]

Five per repository where there are as many; what is missing is drawn from the others. stdout gets the sample, stderr
how many findings there are per 1,000 lines of code. DIR holds one clone per repository, as DIR/owner+name/repo,
DIR/owner+name or DIR/owner/name.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import NamedTuple

import pygit2

from langfit.model import Finding, Report
from langfit.scan import Options, accusing, scan
from benchmarks.accuracy import clone_of

NAMES = (
    "cli/cli", "kubernetes-sigs/controller-runtime", "hashicorp/terraform", "LemmyNet/lemmy", "miniflux/v2",
    "usememos/memos",
)  # fmt: skip
SAMPLE, EACH = 30, 5
BEFORE, AFTER, WIDTH = 12, 14, 170  # lines around a place, and columns of them


class Read(NamedTuple):
    """A repository with its report and what it accuses."""

    name: str
    clone: Path
    report: Report
    findings: list[Finding]


def rate(read: Read) -> float:
    """Findings per 1,000 lines of the packages and modules that are judged on their own."""
    leaves = {c.name for c in read.report.components if c.kind in ("package", "module") and not c.name.endswith("/...")}
    lines = sum(v.lines for v in read.report.verdicts if v.component in leaves)
    return len(read.findings) / max(lines, 1) * 1000


def drawn(reads: list[Read], seed: int) -> list[tuple[Read, Finding]]:
    """The sample: the same for the same seed and the same findings."""
    generator = random.Random(seed)
    chosen: list[tuple[Read, Finding]] = []
    rest: list[tuple[Read, Finding]] = []
    for read in reads:
        shuffled = list(read.findings)
        generator.shuffle(shuffled)
        chosen += [(read, finding) for finding in shuffled[:EACH]]
        rest += [(read, finding) for finding in shuffled[EACH:]]
    generator.shuffle(rest)
    return [*chosen, *rest[: max(0, SAMPLE - len(chosen))]]


def shown(number: int, read: Read, finding: Finding) -> str:
    """A finding with what its rule says and the lines around its place."""
    rule = next(text for text in read.report.rules if text.id == finding.rule)
    tree = pygit2.Repository(str(read.clone)).head.peel(pygit2.Commit).tree
    blob = tree[finding.path]
    lines = blob.data.decode("utf-8", "replace").split("\n") if isinstance(blob, pygit2.Blob) else []
    first = max(0, finding.span.line - 1 - BEFORE)
    code = [
        f"{'>' if at + 1 == finding.span.line else ' '} {at + 1} {lines[at][:WIDTH]}"
        for at in range(first, min(len(lines), finding.span.line + AFTER))
    ]
    head = f"### {number}. {read.name} {finding.rule} [{finding.level}] {finding.path}:{finding.span.line}"
    said = f"Component: {finding.component}\nTitle: {rule.title}\nMessage: {finding.message}\nWhy: {rule.why}"
    return "\n".join([head, said, "", *code, ""])


def main() -> int:
    """Print the sample and the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    given = parser.parse_args()
    reads = []
    for name in given.names:
        clone = clone_of(given.repos, name)
        if clone is None:
            print(f"{name}: no clone", file=sys.stderr)
            continue
        report = scan(str(clone), Options())
        reads.append(Read(name, clone, report, list(accusing(report).findings)))
        print(f"{name}: {len(reads[-1].findings)} findings, {rate(reads[-1]):.2f} per 1,000 lines", file=sys.stderr)
    for number, (read, finding) in enumerate(drawn(reads, given.seed), 1):
        print(shown(number, read, finding))
    return 0 if len(reads) == len(given.names) else 1


if __name__ == "__main__":
    sys.exit(main())
