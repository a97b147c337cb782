"""Worker processes that turn bytes into what is asked about them, each file under a wall clock.

The parser is C code: it holds the interpreter's lock, and a hostile file can hang or kill it. So files go to
processes in batches by bytes; an answer comes back per file; a worker that is silent for too long is killed, one that
dies is replaced, and either costs the file it had in hand and nothing else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from langfit.languages import load
from langfit.languages.depth import TooDeep
from langfit.model import Language

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

BATCH_BYTES = 128 * 1024
GC_THRESHOLD = 200_000  # objects: syntax nodes are no cycles, collecting them early only costs time
GRACE = 5.0  # seconds a worker may take to start


class Task(NamedTuple):
    """A blob to read facts from; `full` parses it, otherwise it is only looked over (tests, vendored code)."""

    key: str
    language: Language
    full: bool
    data: bytes


class Answer(NamedTuple):
    """What became of a task: what the job made of it, packed, or the reason why there is nothing."""

    key: str
    packed: bytes
    reason: str


# Turns the bytes of a file into what is asked about it, packed; the last argument is `full` of the task.
Work = Callable[[bytes, Language, bool], bytes]


def _serve(pipe: Connection, work: Work) -> None:
    import gc

    gc.set_threshold(GC_THRESHOLD)
    while True:
        try:
            batch = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        for number, (language, full, data) in enumerate(batch):
            try:
                pipe.send((number, work(data, language, full), ""))
            except TooDeep:
                pipe.send((number, b"", "too-deep"))
            except (KeyboardInterrupt, BrokenPipeError):
                return
            except Exception:  # noqa: BLE001 - whatever a file provokes costs that file and prints no traceback
                pipe.send((number, b"", "crashed"))


class _Worker:
    """One process and the batch that it has in hand."""

    def __init__(self, context: BaseContext, work: Work) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)  # type: ignore[attr-defined]
        self.process.start()
        theirs.close()
        self.batch: list[Task] = []
        self.next = 0
        self.since = time.monotonic() + GRACE

    def give(self, batch: list[Task]) -> None:
        self.batch, self.next = batch, 0
        self.pipe.send([(task.language, task.full, task.data) for task in batch])
        self.since = time.monotonic()

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Group tasks so that each batch holds about BATCH_BYTES."""
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task.data)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def run(tasks: Iterable[Task], work: Work, jobs: int, timeout: float) -> Iterator[Answer]:
    """Answer every task exactly once, in any order; `timeout` in seconds of wall clock per file.

    At most two batches per worker are read ahead, so memory does not grow with the number of tasks.
    """
    supply = batches(tasks)
    first = next(supply, None)
    if first is None:
        return
    import multiprocessing  # a scan that finds everything in the cache needs none of it

    method = "fork" if os.name == "posix" and "fork" in multiprocessing.get_all_start_methods() else "spawn"
    if method == "fork":  # what is loaded here is there in every worker
        for language in sorted({task.language for task in first if task.full}):
            load(language)
    context = multiprocessing.get_context(method)
    idle: list[_Worker] = []
    busy: list[_Worker] = []
    again: list[list[Task]] = [first]
    try:
        while True:
            while len(busy) < max(1, jobs):
                batch = again.pop() if again else next(supply, None)
                if batch is None:
                    break
                worker = idle.pop() if idle else _Worker(context, work)
                try:
                    worker.give(batch)
                except (BrokenPipeError, ConnectionResetError):
                    worker.next = 0  # it died while idle: the batch is taken up below like any other
                busy.append(worker)
            if not busy:
                return
            yield from _listen(busy, idle, again, timeout)
    finally:
        for worker in (*idle, *busy):
            worker.stop()


def _listen(busy: list[_Worker], idle: list[_Worker], again: list[list[Task]], timeout: float) -> Iterator[Answer]:
    """Wait for answers once; move workers between the lists; put what a lost worker had left into `again`."""
    from multiprocessing.connection import wait

    left = min(worker.since for worker in busy) + timeout - time.monotonic()
    ready = set(wait([worker.pipe for worker in busy], max(0.0, left)))
    for worker in list(busy):
        lost = ""
        if worker.pipe in ready:
            try:
                while True:
                    number, packed, reason = worker.pipe.recv()
                    worker.next, worker.since = number + 1, time.monotonic()
                    yield Answer(worker.batch[number].key, packed, reason)
                    if worker.next == len(worker.batch) or not worker.pipe.poll():
                        break
            except (EOFError, ConnectionResetError, OSError):
                lost = "crashed"
        elif time.monotonic() - worker.since >= timeout and not worker.pipe.poll():
            lost = "timeout"
        if lost:
            yield Answer(worker.batch[worker.next].key, b"", lost)
            rest = worker.batch[worker.next + 1 :]
            if rest:
                again.append(rest)
            busy.remove(worker)
            worker.stop()
        elif worker.next == len(worker.batch):
            busy.remove(worker)
            idle.append(worker)
