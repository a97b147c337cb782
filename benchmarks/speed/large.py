"""A very large tree: whether a scan of it ends, how much memory it takes, and how many files it does per second.

usage: python -m benchmarks.speed.large [--size FILES] [--repos DIR] [--out FILE]

The tree is made of copies of the corpora, no two files alike, until it has so many source files or MOST bytes of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.clones import write_part
from benchmarks.speed import corpora, langfit, tables
from benchmarks.speed.corpora import Corpus
from benchmarks.speed.goals import MEGABYTE
from benchmarks.speed.processes import Memory, note

SIZE = 300_000  # files
MOST = 2_000_000_000  # bytes


def main() -> int:
    """Write the tree, scan it and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--repos", type=lambda text: Path(text) if text else None, metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langfit-large-") as folder:
        place = Path(folder)
        found = [c for c in corpora.corpora(given.repos, corpora.NAMES, place / "corpora") if isinstance(c, Corpus)]
        if not found:
            print("There is no corpus: install Go or cargo, or give --repos a folder of clones.", file=sys.stderr)
            return 2
        files, size = _write(found, place / "tree", given.size)
        note(f"scanning {files:,} files")
        memory = Memory()
        done = langfit.scan((str(place / "tree"),), place / "cache", watch=memory)
    day = datetime.now(UTC).date().isoformat()
    run = done.run
    row = (day, files, round(size / MEGABYTE), run.wall, run.cpu, files / run.wall, memory.peak // MEGABYTE)
    text = tables.table("day | files | MB | wall s | CPU s | files per s | peak PSS MB", [row])
    write_part("large", text, given.out)
    print(text)
    return 0


def _write(found: list[Corpus], tree: Path, most: int) -> tuple[int, int]:
    """Write copies of all corpora in turn, up to one of the limits; return how many files, and their bytes."""
    files = size = step = 0
    while files < most and size < MOST:
        corpus = found[step % len(found)]
        more, bytes_more = corpora.copies(corpus.folder, tree / f"{step:04}", 1, most - files, mark=f"{step}")
        files, size, step = files + more, size + bytes_more, step + 1
        note(f"written: {files:,} files, {size / MEGABYTE:,.0f} MB")
    return files, size


if __name__ == "__main__":
    sys.exit(main())
