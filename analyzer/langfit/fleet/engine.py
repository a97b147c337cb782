"""Where tasks run: threads that each watch a process, or an engine that gives out futures as the standard library does.

Tasks are handed over in windows, so that receipts come while the run goes on and an interrupt has little to cancel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Any, NamedTuple

from langfit.fleet.model import Receipt, Task
from langfit.fleet.task import run_one
from langfit.model.errors import LangfitError

WINDOW = 2  # tasks for each thread
FAR_WINDOW = 5_000  # tasks that an engine has at once
PATIENCE = "30s"  # for a scheduler to answer
RETRIES = 2  # of a task whose worker died
LOOPBACK = re.compile(r"tcp://(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):\d+")
ADDRESS = re.compile(r"(?:tls|tcp)://[^\s/@]+:\d+")

Work = Callable[[Task], Receipt]


class Engine(NamedTuple):
    """An executor, the work it is given, and how many tasks it holds at once."""

    executor: Executor
    work: Work
    window: int


@contextmanager
def threads(jobs: int, stop: Event) -> Iterator[Engine]:
    """Give the engine that needs nothing: `jobs` threads, each with one process. `stop` ends those that run."""
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="langfit-fleet")
    try:
        yield Engine(executor, partial(run_one, stopped=stop.is_set), WINDOW * jobs)
    except BaseException:
        stop.set()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def scheduler(address: str, *, insecure: bool = False) -> Iterator[Engine]:
    """Give an engine of Dask whose scheduler is at an address.

    What reaches a scheduler may run anything on its workers, so plain tcp is for this machine alone unless it is asked
    for. Certificates are those of Dask's own configuration. Raises LangfitError.
    """
    check_address(address, insecure=insecure)
    try:
        import distributed
    except ImportError:
        raise LangfitError("--scheduler needs Dask: run `pip install 'langfit[dask]'`.") from None
    engine: Any = distributed  # its calls have no types
    security = engine.Security() if address.startswith("tls://") else None
    try:
        client: Any = engine.Client(address, security=security, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as problem:
        said = " ".join(str(problem).split())[:200]
        message = f"The scheduler {address} cannot be reached ({said}): check the address and its certificates."
        raise LangfitError(message) from None
    executor = client.get_executor(pure=False, retries=RETRIES)
    try:
        yield Engine(executor, run_one, FAR_WINDOW)
    finally:
        executor.shutdown(wait=False)
        client.close()


def check_address(address: str, *, insecure: bool) -> None:
    """Raise LangfitError for what is no address, and for one that others could listen to."""
    if not ADDRESS.fullmatch(address):
        raise LangfitError(f"{address!r} is no address of a scheduler: give one such as tls://host:8786.")
    if address.startswith("tcp:") and not insecure and not LOOPBACK.fullmatch(address):
        raise LangfitError(
            f"{address} is neither encrypted nor on this machine, and whoever reaches it may run code there: use tls://"
            " with certificates, or --insecure where the network is yours alone."
        )


def receipts(engine: Engine, tasks: Iterable[Task]) -> Iterator[Receipt]:
    """Yield a receipt for every task, in the order in which they end."""
    waiting: dict[Future[Receipt], Task] = {}
    supply = iter(tasks)
    left = True
    while left or waiting:
        while left and len(waiting) < engine.window:
            task = next(supply, None)
            if task is None:
                left = False
                break
            waiting[engine.executor.submit(engine.work, task)] = task
        ended, _ = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
        for future in ended:
            yield _receipt(future, waiting.pop(future))


def _receipt(future: Future[Receipt], task: Task) -> Receipt:
    try:
        return future.result()
    except Exception as problem:  # noqa: BLE001 - of the engine: the task itself raises nothing
        said = f"The engine lost it ({type(problem).__name__})."
        return Receipt(task.key, "failed", "lost", said)
