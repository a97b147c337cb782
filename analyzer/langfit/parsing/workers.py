"""Worker processes that turn bytes into what is asked about them, each file under a clock.

The parser is C code: it holds the interpreter's lock, and a hostile file can hang or kill it. So files go to
processes in batches by bytes; an answer comes back per file; a worker that is silent for too long is killed, one that
dies is replaced, and either costs the file it had in hand and nothing else. Workers end with the process that started
them, whatever ends it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from langfit.model.repository import LanguageId
from langfit.parsing.depth import TooDeep, TooDense
from langfit.process import unstopped

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

BATCH_BYTES = 128 * 1024
GC_THRESHOLD = 200_000  # objects: syntax nodes are no cycles, collecting them early only costs time
GRACE = 5.0  # seconds that a worker may take to start
STEP = 0.25  # seconds between two looks at the clocks; a longer pause was one of this process itself and does not count
PR_SET_PDEATHSIG = 1  # prctl(2)


class Task(NamedTuple):
    """A blob to read; `full` parses it, otherwise it is skimmed (tests, vendored code)."""

    key: str
    language: LanguageId
    full: bool
    data: bytes


class Answer(NamedTuple):
    """What became of a task: the bytes that the job made of it, or the reason why there are none."""

    key: str
    packed: bytes
    reason: str


# Turns the bytes of a file into what is asked about it, encoded; the last argument is `full` of the task.
Work = Callable[[bytes, LanguageId, bool], bytes]


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends, also while it is inside the parser."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def _serve(pipe: Connection, work: Work, parent: int, others: Sequence[Connection]) -> None:
    import gc

    for other in others:  # the parent's ends came along with the fork: as long as they are open, no end is seen
        other.close()
    if others:
        die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # see `unstopped`
    gc.set_threshold(GC_THRESHOLD)
    while True:
        try:
            batch = pipe.recv()
        except (EOFError, OSError):
            return
        for number, (language, full, data) in enumerate(batch):
            try:
                answer = (number, work(data, language, full), "")
            except TooDense:
                answer = (number, b"", "too-dense")
            except TooDeep:
                answer = (number, b"", "too-deep")
            except Exception:  # noqa: BLE001 - whatever a file provokes costs that file and prints no traceback
                answer = (number, b"", "crashed")
            try:
                pipe.send(answer)
            except OSError:
                return


class _Worker:
    """One process, the batch that it has in hand, and the seconds that its present file has taken."""

    def __init__(self, context: BaseContext, work: Work, others: Sequence[Connection], *, forked: bool) -> None:
        self.pipe, theirs = context.Pipe()
        inherited = [*others, self.pipe] if forked else []
        process = context.Process  # type: ignore[attr-defined]
        self.process = process(target=_serve, args=(theirs, work, os.getpid(), inherited), daemon=True)
        with unstopped():  # a signal for all would meet the new process before it knows what to do about it
            self.process.start()
        theirs.close()
        self.batch: list[Task] = []
        self.next = 0
        self.spent = -GRACE

    def give(self, batch: list[Task]) -> None:
        self.batch, self.next = batch, 0
        self.pipe.send([(task.language, task.full, task.data) for task in batch])
        self.spent = min(self.spent, 0.0)

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Yield tasks in groups of about BATCH_BYTES each."""
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
    """Yield an answer to every task exactly once, in any order; `timeout` is in seconds per file.

    At most two batches per worker are read ahead, so memory does not grow with the number of tasks.
    """
    supply = batches(tasks)
    first = next(supply, None)
    if first is None:
        return
    import multiprocessing  # a scan that finds everything in the cache needs none of it

    forked = os.name == "posix" and "fork" in multiprocessing.get_all_start_methods()
    if forked:  # what is loaded here is there in every worker
        for name in sorted({task.language for task in first if task.full}):
            work(b"", name, True)
    pool = _Pool(multiprocessing.get_context("fork" if forked else "spawn"), work, timeout, forked=forked)
    again = [first]
    try:
        while True:
            while len(pool.busy) < max(1, jobs):
                batch = again.pop() if again else next(supply, None)
                if batch is None:
                    break
                pool.give(batch)
            if not pool.busy:
                return
            yield from pool.listen(again)
    finally:
        pool.stop()


class _Pool:
    """The workers of one run: those that wait for work, and those that have some."""

    def __init__(self, context: BaseContext, work: Work, timeout: float, *, forked: bool) -> None:
        self.context, self.work, self.timeout, self.forked = context, work, timeout, forked
        self.idle: list[_Worker] = []
        self.busy: list[_Worker] = []
        self.clock = time.monotonic()

    def give(self, batch: list[Task]) -> None:
        """Hand a batch to a worker that waits, or to a new one."""
        others = [worker.pipe for worker in (*self.idle, *self.busy)]
        worker = self.idle.pop() if self.idle else _Worker(self.context, self.work, others, forked=self.forked)
        try:
            worker.give(batch)
        except (BrokenPipeError, ConnectionResetError):
            worker.next = 0  # it died while idle: the batch is taken up in `listen` like any other
        self.busy.append(worker)

    def listen(self, again: list[list[Task]]) -> Iterator[Answer]:
        """Wait for answers once; move workers between the lists; put what a lost worker had left into `again`."""
        from multiprocessing.connection import wait

        ready = set(wait([worker.pipe for worker in self.busy], STEP))
        now = time.monotonic()
        passed, self.clock = min(now - self.clock, 2 * STEP), now
        for worker in list(self.busy):
            lost = ""
            worker.spent += passed
            if worker.pipe in ready:
                try:
                    yield from self._answers(worker)
                except (EOFError, OSError):
                    lost = "crashed"
            elif worker.spent >= self.timeout and not worker.pipe.poll():
                lost = "timeout"
            if lost:
                yield Answer(worker.batch[worker.next].key, b"", lost)
                if worker.batch[worker.next + 1 :]:
                    again.append(worker.batch[worker.next + 1 :])
                self.busy.remove(worker)
                worker.stop()
            elif worker.next == len(worker.batch):
                self.busy.remove(worker)
                self.idle.append(worker)

    def _answers(self, worker: _Worker) -> Iterator[Answer]:
        while True:
            number, packed, reason = worker.pipe.recv()
            worker.next, worker.spent = number + 1, 0.0
            yield Answer(worker.batch[number].key, packed, reason)
            if worker.next == len(worker.batch) or not worker.pipe.poll():
                return

    def stop(self) -> None:
        """End all workers."""
        for worker in (*self.idle, *self.busy):
            worker.stop()
