"""Runs a command and says what the whole tree of its processes took."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

EVERY = 0.02  # seconds between two looks at the memory of a process tree


class Failed(Exception):
    """A command could not be started, or ended with a status that says that it did not do its work."""


class Run(NamedTuple):
    """What a command took: seconds of wall clock, CPU seconds of the tree of processes, and what it said."""

    wall: float
    cpu: float
    out: str
    err: str


def note(text: str) -> None:
    """Print progress."""
    print(text, file=sys.stderr, flush=True)


def run(
    command: Sequence[object],
    extra: Mapping[str, str] | None = None,
    folder: Path | None = None,
    fine: Iterable[int] = (0,),
    watch: Callable[[int], None] | None = None,
    limit: float = 0.0,
) -> Run:
    """Run a command to its end; `watch` is called with its process id again and again. Raises Failed.

    A command that takes longer than `limit` seconds (0 for no limit) is killed with all its children, and has failed.

    The CPU is that of the command and of all descendants that were waited for, which langfit and both peers do.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        try:
            child = subprocess.Popen(
                [str(word) for word in command], cwd=folder, env={**os.environ, **(extra or {})},
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip
        except OSError as problem:
            raise Failed(f"{command[0]}: {problem.strerror}") from None
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(child.pid, watch, ended)) if watch else None
        if watcher:
            watcher.start()
        timer = threading.Timer(limit or threading.TIMEOUT_MAX, os.killpg, (child.pid, signal.SIGKILL))
        timer.daemon = True
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for: the object must not do it again
        ended.set()
        if watcher:
            watcher.join()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        if limit and wall >= limit:
            raise Failed(f"{Path(str(command[0])).name} takes longer than {limit:.0f} s")
        if child.returncode not in set(fine):
            said = " ".join(texts[1].split())[-300:]
            raise Failed(f"{Path(str(command[0])).name} ended with {child.returncode}: {said}")
        return Run(wall, usage.ru_utime + usage.ru_stime, *texts)


def _watch(pid: int, watch: Callable[[int], None], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        watch(pid)


class Memory:
    """The most memory that a process tree held at once, in bytes: the sum of the PSS of its processes.

    PSS counts a page that n processes share as 1/n in each, so the sum counts every page once. Reading it stops the
    processes for moments: a run that is watched is not one whose time counts.
    """

    def __init__(self) -> None:
        self.peak = 0

    def __call__(self, pid: int) -> None:
        """Look once."""
        self.peak = max(self.peak, sum(_pss(one) for one in _tree(pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{one}/task"):
                found.extend(map(int, Path(f"/proc/{one}/task/{thread}/children").read_text("ascii").split()))
    return found


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


class Medians:
    """Gathers one figure per name and round, and the reasons why there are none."""

    def __init__(self) -> None:
        self._figures: dict[str, list[float]] = {}
        self.missing: dict[str, str] = {}

    def add(self, name: str, figure: float) -> None:
        """Take the figure of one round."""
        self._figures.setdefault(name, []).append(figure)

    def fail(self, name: str, why: str) -> None:
        """Take note that there is no figure, and why."""
        self.missing.setdefault(name, why)

    def __getitem__(self, name: str) -> float | None:
        figures = self._figures.get(name)
        return median(figures) if figures and name not in self.missing else None

    def least(self, name: str) -> float | None:
        """Return the smallest figure of all rounds."""
        return min(self._figures.get(name, []), default=None)


def ratio(above: float | None, below: float | None) -> float | None:
    """`above` over `below`, None where one of them is missing."""
    return above / below if above is not None and below else None
