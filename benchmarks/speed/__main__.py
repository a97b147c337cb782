"""What langfit costs, beside the bare parse of the same files and beside its peers.

usage: python -m benchmarks.speed [--repos DIR] [--rounds N] [--peers DIR] [--limit SECONDS] [--remark TEXT]
                                  [--names OWNER/NAME ...] [--out FILE]

Writes the tables of docs/performance.md. Without --repos, and without a peer, the tables say so. Progress goes to
stderr. Files are written below the folder for temporary files, several times the size of the corpora.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.clones import write_part
from benchmarks.speed import corpora, goals, peers, rounds, single, tables
from benchmarks.speed.corpora import Corpus
from benchmarks.speed.processes import Medians, note
from benchmarks.speed.rounds import Measured

ROUNDS = 5
LIMIT = 900.0  # seconds


def main() -> int:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=lambda text: Path(text) if text else None, metavar="DIR")
    parser.add_argument("--names", nargs="*", default=list(corpora.NAMES), metavar="OWNER/NAME")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers"), metavar="DIR")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for one run of one peer")
    parser.add_argument("--remark", default="", help="a sentence about this run, for the table")
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langfit-bench-") as folder:
        place = Path(folder)
        beside = peers.with_rules(given.peers / "bin", place, given.limit)
        measured: list[Measured] = []
        absent: list[tuple[str, str]] = []
        for found in corpora.corpora(given.repos, given.names, place / "corpora"):
            if isinstance(found, Corpus):
                measured.append(rounds.measure(found, beside, given.rounds, place / "work"))
                shutil.rmtree(place / "work")
            else:
                absent.append(found)
        once = _once([m.corpus for m in measured], given.rounds, place)
        parts = {
            "setting": tables.setting(beside, given.rounds, given.remark, measured, absent),
            "goals": tables.goal_table(goals.goals(measured, once)),
            "cold": tables.cold(measured),
            "changes": tables.changes(measured),
            "peers": tables.peers(measured),
            "small": tables.small(once),
        }
    for name, text in parts.items():
        write_part(name, text, given.out)
        print(f"{text}\n")
    return 0


def _once(found: list[Corpus], number: int, place: Path) -> dict[str, Medians]:
    """Measure what does not depend on the corpora; rules and scaling on the first clone, else on what there is."""
    steps = {
        "starts": single.attempt("starts", single.starts, place),
        "results": single.attempt("results", single.results, number),
    }
    if not found:
        return steps | {name: single.attempt(name, _no_corpus) for name in ("rules", "scaling")}
    one = next((corpus for corpus in found if corpus.repo), found[0])
    return steps | {
        "rules": single.attempt("rules", single.rules, one, number, place),
        "scaling": single.attempt("scaling", single.scaling, one, number, place),
    }


def _no_corpus() -> Medians:
    note("rules, scaling: no corpus")
    raise OSError("no corpus")


if __name__ == "__main__":
    sys.exit(main())
