"""Follows the answers for each deliverable along a repository's history: what changed, when, and what flipped back.

usage: stability.py CLONE [--commits 200] [--every 1]

Each of the last first-parent commits is judged as `--base` would judge it beside the one before: an answer changes only
beyond the margin. A deliverable flips when an answer that it had before comes back.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

import pygit2
from msgspec import structs

from langfit import compare
from langfit.cache import FactCache
from langfit.model.report import Deliverable
from langfit.repository import open_repository
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, Watch, judge_tree

Told = tuple[str, str, str]  # commit, answer, reason


def first_parents(path: str, most: int, every: int) -> list[str]:
    """Return the ids of the last first-parent commits, the oldest first; every so many of them."""
    repo = pygit2.Repository(path)
    commit = repo.head.peel(pygit2.Commit)
    found = [str(commit.id)]
    while commit.parents and len(found) < most:
        commit = commit.parents[0]
        found.append(str(commit.id))
    return found[::every][::-1]


def followed(path: str, commits: list[str]) -> Iterator[tuple[str, tuple[Deliverable, ...]]]:
    """Yield the deliverables of each commit, judged beside the commit before."""
    book, cache = load(root()), FactCache()
    before = None
    for commit in commits:
        with open_repository(path, commit) as tree:
            report = judge_tree(tree, book, Options(), Watch(), cache)
        if before is not None:
            kept = tuple(compare.settled(item, before, book) for item in report.deliverables)
            report = structs.replace(report, deliverables=kept)
        before = report
        cache.flush()
        yield commit, report.deliverables
    cache.close()


def main() -> int:
    """Print every change of an answer, and the count of those that flipped back."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    commits = first_parents(given.clone, given.commits, given.every)
    history: dict[str, list[Told]] = {}
    for commit, items in followed(given.clone, commits):
        for item in items:
            told = history.setdefault(item.name, [])
            now = (commit[:10], item.advice.answer, item.advice.reason)
            if not told or told[-1][1:] != now[1:]:
                if told:
                    lean = f"{item.fit.lean:+.2f}"
                    print(f"{now[0]} {item.name}: {'/'.join(told[-1][1:])} -> {'/'.join(now[1:])}, lean {lean}")
                told.append(now)
    flips = {name: told for name, told in history.items() if len({row[1] for row in told}) < _turns(told)}
    changes = sum(len(told) - 1 for told in history.values())
    print(f"{len(commits)} commits, {len(history)} deliverables, {changes} changes of answer or reason")
    print(f"{len(flips)} deliverables whose answer flipped back: {', '.join(sorted(flips)) or 'none'}")
    return 0


def _turns(told: list[Told]) -> int:
    answers = [row[1] for row in told]
    return 1 + sum(a != b for a, b in pairwise(answers))


if __name__ == "__main__":
    sys.exit(main())
