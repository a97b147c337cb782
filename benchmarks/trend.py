"""What a trend costs and tells: seconds without and with the cache, revisions, and each change with its commit.

usage: trend.py CLONE... [--every quarter] [--jobs 0]

The cache is one of its own in a temporary folder. `samples` are seconds without bisection, `whole` with it; the third
run profiles what a revision costs when everything is cached.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, get_args

from msgspec import structs

from langfit.repository.timeline import Timeline
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options
from langfit.trend.chart import change_text
from langfit.trend.page import touches_text
from langfit.trend.request import Clock, Request
from langfit.trend.route import trend_of
from langfit.trend.schema import Every, Trend


class Run(NamedTuple):
    """Seconds of the clock and of this process for one trend."""

    wall: float
    cpu: float
    trend: Trend


BOOK = load(root())


def timed(path: str, asked: Request, options: Options) -> Run:
    """Make a trend, and take its time."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    trend = trend_of(path, asked, options, BOOK)
    return Run(time.perf_counter() - wall, time.process_time() - cpu, trend)


def row(name: str, run: Run) -> str:
    """Return a line of the table."""
    count = len(run.trend.revisions)
    each = f"{run.wall / count:.3f} s ({run.cpu / count:.3f} CPU) a revision"
    return f"{name:28} {run.wall:8.2f} s  {run.cpu:8.2f} CPU s  {each}"


def stages(path: str, trend: Trend, options: Options) -> str:
    """Return what the stages of a scan take per revision when everything is cached, in milliseconds."""
    from langfit.cache import FactCache
    from langfit.scan import judge_tree

    clock, cache = Clock(0), FactCache()
    with Timeline(path) as timeline:
        line = timeline.line(trend.revisions[-1].commit).steps
        places = {step.commit: place for place, step in enumerate(line)}
        clock.lap("other")
        for revision in trend.revisions:
            place = places.get(revision.commit)
            with timeline.at(revision.commit, line[place:] if place is not None else ()) as tree:
                clock.lap("opening")
                judge_tree(tree, BOOK, options, clock, cache)
    cache.close()
    clock.seconds.pop("other")
    rows = sorted(clock.seconds.items(), key=lambda stage: -stage[1])
    return ", ".join(f"{name} {1000 * seconds / len(trend.revisions):.0f}" for name, seconds in rows)


def shown(path: str, args: argparse.Namespace) -> None:
    """Print the figures of one clone."""
    options = Options(jobs=args.jobs)
    samples = Request(every=args.every, bisect=False)
    whole = structs.replace(samples, bisect=True)
    print(f"\n{path} by {args.every}, load {os.getloadavg()[0]:.1f}")
    cold = timed(path, samples, options)
    print(row("samples, nothing cached", cold))
    print(row("bisection on top of that", timed(path, whole, options)))
    print(row("samples, all cached", timed(path, samples, options)))
    warm = timed(path, whole, options)
    print(row("whole, all cached", warm))
    print(f"a cached revision in ms: {stages(path, warm.trend, options)}")
    print(warm.trend.sentence)
    for said in warm.trend.notices:
        print(f"  ! {said}")
    for series in warm.trend.series:
        for move in series.moves:
            print(f"  moved {move.date} {move.commit[:12]} {series.name}: {move.before} to {move.after}")
    for change in warm.trend.changes:
        print(f"  {change.date} {change.commit[:12]} {change.name}: {change_text(change)} ({touches_text(change)})")
        if change.cause is not None:
            print(f"      {change.cause.sentence}")


def main() -> None:
    """Measure each clone with a cache of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--every", choices=[name for name in get_args(Every) if name != "rev"], default="quarter")
    parser.add_argument("--jobs", type=int, default=0)
    args = parser.parse_args()
    gc.set_threshold(200_000)
    for path in args.clones:
        with TemporaryDirectory(prefix="langfit-trend-") as folder:
            os.environ["LANGFIT_CACHE_DIR"] = folder
            shown(str(path), args)


if __name__ == "__main__":
    main()
