"""Shows where the CPU of the stage `facts` goes: the job of the workers over a corpus, in this one process.

usage: python -m benchmarks.profile_facts PATH [--rev REV] [--rows N]

Prints two things. First, without a profiler, the CPU seconds of parsing, of query captures, and of what is left.
Second, with cProfile, the functions in which the rest is spent by their own time; cProfile makes many small calls look
dearer than they are, so those shares rank functions and do not measure them.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.filetree import Unreadable, blob_id, refusal
from langfit.inventory.files import listing
from langfit.languages import LANGUAGES
from langfit.parsing import read, workers
from langfit.parsing.depth import TooDeep
from langfit.parsing.parser import grammar
from langfit.repository import open_repository
from langfit.rulebook import load
from langfit.rulefiles import root

Work = list[tuple[bytes, str, bool]]  # as tasks of the workers: bytes, language, whether to parse them
MAX_SIZE = 4 << 20


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--rev")
    parser.add_argument("--rows", type=int, default=25)
    given = parser.parse_args()
    work, job = _work(given.path, given.rev)
    for spoken in LANGUAGES.values():
        grammar(spoken)
    gc.set_threshold(workers.GC_THRESHOLD)
    full = sum(1 for row in work if row[2])
    print(f"{len(work)} blobs, {sum(len(row[0]) for row in work) / 1e6:.1f} MB; {full} of them to be parsed\n")
    _plain(work, job)
    profile = cProfile.Profile()
    profile.runcall(_all, work, job)
    _functions(profile, given.rows)
    return 0


def _work(path: str, revision: str | None) -> tuple[Work, Summarize]:
    """Return every distinct blob that a scan would give to a worker, and the job."""
    work: dict[str, tuple[bytes, str, bool]] = {}
    with open_repository(path, revision) as tree:
        found = listing(tree)
        entries = {entry.path: entry for entry in tree.entries()}
        reading = found.reading()
        for file in found.files:
            how = reading.get(file.path, "none")
            if how == "none" or file.language is None or file.size > MAX_SIZE:
                continue
            try:
                data = tree.read(entries[file.path])
            except Unreadable:
                continue
            if not refusal(data):
                work[f"{blob_id(data)}:{how}"] = (data, file.language, how == "full")
    book = load(root())
    return list(work.values()), Summarize({name: Measures(book, name) for name in LANGUAGES})


def _all(work: Work, job: Summarize) -> None:
    for row in work:
        try:
            job(*row)
        except TooDeep:
            continue


def _plain(work: Work, job: Summarize) -> None:
    """Print the shares of the parts that are one call each, by clocks around these calls."""
    spent: dict[str, float] = {"parse": 0.0, "query captures": 0.0}

    def clocked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*values: Any) -> Any:
            began = process_time()
            try:
                return function(*values)
            finally:
                spent[name] += process_time() - began

        return inner

    kept = {name: getattr(read, name) for name in ("parse", "captures")}
    for name, function in kept.items():
        setattr(read, name, clocked("parse" if name == "parse" else "query captures", function))
    light = process_time()
    _all([row for row in work if not row[2]], job)
    light = process_time() - light
    began = process_time()
    _all([row for row in work if row[2]], job)
    total = process_time() - began
    for name, function in kept.items():
        setattr(read, name, function)
    spent["the rest, in Python"] = total - sum(spent.values())
    spent["tests, examples and benchmarks, skimmed"] = light
    whole = total + light
    for name, seconds in spent.items():
        print(f"{seconds:8.2f} s  {seconds / whole:5.0%}  {name}")
    print(f"{whole:8.2f} s   100%  all, without a profiler\n")


def _functions(profile: cProfile.Profile, rows: int) -> None:
    """Print the functions with the most time of their own."""
    table: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(pstats.Stats(profile))["stats"]
    whole = sum(row[2] for row in table.values())
    print(f"by function, under cProfile ({whole:.2f} s)\n  own s  share      calls  function")
    for (file, line, name), (_, calls, own, _, _) in sorted(table.items(), key=lambda item: -item[1][2])[:rows]:
        where = f"{Path(file).name}:{line} " if line else ""
        print(f"{own:7.2f}  {own / whole:5.1%} {calls:10,}  {where}{name}")


if __name__ == "__main__":
    sys.exit(main())
