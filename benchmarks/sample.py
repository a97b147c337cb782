"""Draws evidence that a briefing shows, with the lines around its place, for a person to judge.

usage: python -m benchmarks.sample --repos DIR [--seed N] [NAME ...]

The question to each is whether the place carries the rule, and whether the message is true there. Five are drawn per
repository where there are as many; what is missing comes from the others.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.clones import clone_of
from langfit.formats.about import MOST_EVIDENCE
from langfit.model.evidence import Evidence
from langfit.model.report import Deliverable
from langfit.repository import open_repository
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan

NAMES = (
    "cli/cli", "kubernetes-sigs/controller-runtime", "hashicorp/terraform", "LemmyNet/lemmy", "miniflux/v2",
    "usememos/memos",
)  # fmt: skip
SAMPLE, EACH = 30, 5
BEFORE, AFTER, WIDTH = 12, 14, 170  # lines around a place, and columns of them


class Drawn(NamedTuple):
    """A row of evidence, and where it is shown."""

    name: str
    clone: Path
    item: Deliverable
    row: Evidence


def shown_of(name: str, clone: Path) -> list[Drawn]:
    """Return the evidence that the briefing of a repository shows, each place once."""
    found: dict[tuple[str, str, int], Drawn] = {}
    for item in scan(str(clone), Options()).deliverables:
        for side in (item.against, item.for_):
            for row in [row for row in side if row.weight != "contextual"][:MOST_EVIDENCE]:
                found.setdefault((row.rule, row.path, row.line), Drawn(name, clone, item, row))
    return list(found.values())


def drawn(pools: list[list[Drawn]], seed: int) -> list[Drawn]:
    """Return the sample: the same for the same seed and the same evidence."""
    generator = random.Random(seed)
    chosen: list[Drawn] = []
    rest: list[Drawn] = []
    for pool in pools:
        shuffled = generator.sample(pool, len(pool))
        chosen += shuffled[:EACH]
        rest += shuffled[EACH:]
    return chosen + generator.sample(rest, min(len(rest), max(0, SAMPLE - len(chosen))))


def told(number: int, one: Drawn, messages: dict[str, str]) -> str:
    """Return a row of evidence with what its rule says and the lines around its place."""
    with open_repository(str(one.clone)) as tree:
        entry = next((entry for entry in tree.entries() if entry.path == one.row.path), None)
        lines = tree.read(entry).decode("utf-8", "replace").split("\n") if entry is not None else []
    at = one.row.line - 1
    window = range(max(0, at - BEFORE), min(len(lines), at + AFTER))
    code = [f"{'>' if line == at else ' '} {line + 1} {lines[line][:WIDTH]}" for line in window]
    head = f"### {number}. {one.name} {one.row.rule} {one.row.path}:{one.row.line}"
    about = f"Deliverable: {one.item.name}, {one.item.advice.answer}\nTitle: {one.row.title}: {one.row.amount}"
    return "\n".join([head, about, f"Why: {messages[one.row.rule]}", "", *code, ""])


def main() -> int:
    """Print the sample; the exit status tells whether all repositories were there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    given = parser.parse_args()
    pools = []
    for name in given.names:
        clone = clone_of(given.repos, name)
        if clone is None:
            print(f"{name}: no clone", file=sys.stderr)
        else:
            pools.append(shown_of(name, clone))
    messages = {rule.id: rule.why for rule in load(root()).rules}
    for number, one in enumerate(drawn(pools, given.seed), 1):
        print(told(number, one, messages))
    return 0 if len(pools) == len(given.names) else 1


if __name__ == "__main__":
    sys.exit(main())
