"""Counts the walk from opening a repository to its SARIF: modules, functions, and hops between modules.

usage: walk.py [REPOSITORY]

Without a repository: a Go module of two files. The worker runs in this process, without the cache; a hop is a pair of
functions of two modules of which one calls the other. docs/design.md has the numbers beside those of version 0.1.0,
which were counted the same way.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

from langfit import formats
from langfit.parsing import workers
from langfit.parsing.workers import Answer, Task, Work
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan

SMALL = {"go.mod": "module example.com/m\n\ngo 1.24\n", "a.go": 'package main\n\nfunc main() { println("a") }\n'}


class Walk:
    """What a trace has seen."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.functions: set[tuple[str, str]] = set()
        self.hops: set[tuple[tuple[str, str], tuple[str, str]]] = set()

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call; `sys.setprofile` calls this."""
        if event != "call" or (callee := _function(frame)) is None:
            return
        self.modules.add(callee[0])
        if not callee[1].rpartition(".")[2].startswith("<"):
            self.functions.add(callee)
        above = frame.f_back
        while above is not None and (caller := _function(above)) is None:
            above = above.f_back
        if above is not None and caller is not None and caller[0] != callee[0]:
            self.hops.add((caller, callee))


def _function(frame: FrameType) -> tuple[str, str] | None:
    module = str(frame.f_globals.get("__name__", ""))
    return (module, frame.f_code.co_qualname) if module.startswith("langfit") else None


def inline(tasks: Iterable[Task], work: Work, jobs: int, timeout: float) -> Iterator[Answer]:
    """Do the work of the worker processes in this one, which a trace can see."""
    for task in tasks:
        yield Answer(task.key, work(task.data, task.language, task.full), "")


def walked(path: str) -> Walk:
    """Return the trace of a scan of `path`, from opening it to its SARIF; rules are read before."""
    walk, book = Walk(), load(root())
    with mock.patch.object(workers, "run", inline):
        sys.setprofile(walk)
        try:
            formats.render("sarif", scan(path, Options(cache=False, jobs=1), book=book))
        finally:
            sys.setprofile(None)
    return walk


def main() -> int:
    """Print the counts."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SMALL.items():
            Path(folder, name).write_text(text, "utf-8")
        walk = walked(sys.argv[1] if len(sys.argv) > 1 else folder)
    print(f"{len(walk.modules)} modules, {len(walk.functions)} named functions, {len(walk.hops)} hops between modules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
