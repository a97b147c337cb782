"""Where the CPU of the stage `facts` goes: the share job of the workers over a corpus, in this one process.

usage: profile_facts.py PATH [--rev REV] [--rows N]

Prints two things. First, without a profiler, the CPU seconds of parsing, of query captures, of packing the answer, and
of what is left. Second, with cProfile, the functions in which the rest is spent by their own time; cProfile makes many
small calls look dearer than they are, so those shares rank functions and do not measure them.
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

from langfit import findings, inventory, source
from langfit.findings.share import Sharing
from langfit.languages import TooDeep, go, load, rust, workers
from langfit.model import LANGUAGES, Language
from langfit.rulebook import load as load_rules
from langfit.rulefiles import root

Work = list[tuple[bytes, Language, bool]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--rev")
    parser.add_argument("--rows", type=int, default=25)
    given = parser.parse_args()
    work, job = _work(given.path, given.rev)
    for language in LANGUAGES:
        load(language)
    gc.set_threshold(workers.GC_THRESHOLD)
    full = sum(1 for row in work if row[2])
    print(f"{len(work)} blobs, {sum(len(row[0]) for row in work) / 1e6:.1f} MB; {full} of them to be parsed\n")
    _plain(work, job)
    profile = cProfile.Profile()
    profile.runcall(_all, work, job)
    _functions(profile, given.rows)
    return 0


def _work(path: str, revision: str | None) -> tuple[Work, Sharing]:
    """Every distinct blob that a scan would give to a worker, and the job."""
    work: dict[str, tuple[bytes, Language, bool]] = {}
    with source.open_source(path, revision) as tree:
        taken = inventory.take(tree)
        entries = {entry.path: entry for entry in tree.entries()}
        for file in taken.files:
            if file.language is None or file.size > 4 << 20:
                continue
            try:
                data = tree.read(entries[file.path])
            except source.Unreadable:
                continue
            if not source.refusal(data):
                work[f"{source.blob_id(data)}:{file.role == 'code'}"] = (data, file.language, file.role == "code")
    return list(work.values()), findings.Collector(taken, load_rules(root())).job


def _all(work: Work, job: Sharing) -> None:
    for row in work:
        try:
            job(*row)
        except TooDeep:
            continue


def _plain(work: Work, job: Sharing) -> None:
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

    kept = [(module, name, getattr(module, name)) for module in (go, rust) for name in ("parse", "captures")]
    for module, name, function in kept:
        setattr(module, name, clocked("parse" if name == "parse" else "query captures", function))
    light = process_time()
    _all([row for row in work if not row[2]], job)
    light = process_time() - light
    began = process_time()
    _all([row for row in work if row[2]], job)
    total = process_time() - began
    for module, name, function in kept:
        setattr(module, name, function)
    spent["the rest, in Python"] = total - sum(spent.values())
    spent["tests, vendored and generated paths, looked over"] = light
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
