"""What runs in the process of a task: `python -m langfit.fleet.child scan TASK` and `... look LIST OUT`.

It sets its own limits before it imports anything that reads a repository. Its exit status says what became of it; the
sentence that goes with it stands on its standard error.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langfit.fleet.model import Limits, Result, Task

REFUSED, MEMORY, FAILED, NO_ROOM = 2, 3, 4, 5
MB = 1 << 20
LARGEST_FILE = 2048 * MB
NO_MEMORY = ("out of memory", "failed to mmap", "could not allocate", "failed to allocate")


def bound(limits: Limits, *, clock: bool = True) -> None:
    """Hold this process and those that it starts to limits. Memory is what it may write to: packs are only mapped."""
    import resource

    def at_most(what: int, amount: int, hard: int) -> None:
        ceiling = resource.getrlimit(what)[1]
        if ceiling != resource.RLIM_INFINITY:
            amount, hard = min(amount, ceiling), min(hard, ceiling)
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (amount, hard))

    at_most(resource.RLIMIT_DATA, limits.memory * MB, limits.memory * MB)
    at_most(resource.RLIMIT_CORE, 0, 0)
    at_most(resource.RLIMIT_FSIZE, LARGEST_FILE, LARGEST_FILE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if clock:
        at_most(resource.RLIMIT_CPU, limits.cpu, limits.cpu + 2)


def end_with_parent() -> None:
    """Have this process killed when the one that started it ends, by whatever means."""
    from langfit.parsing.workers import die_with

    die_with(os.getppid())


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; return the exit status."""
    try:
        end_with_parent()
        if arguments[0] == "look":
            from langfit.fleet.look import look_over

            look_over(arguments[1], arguments[2])
        else:
            from langfit.fleet.model import Task
            from langfit.fleet.place import unpacked

            task = unpacked(arguments[1].encode(), Task)
            bound(task.limits)
            _scan(task)
    except MemoryError:
        return MEMORY
    except OSError as problem:
        return _ended(NO_ROOM, f"{problem.strerror or problem}")
    except Exception as problem:  # noqa: BLE001 - whatever a repository provokes costs its row and prints no traceback
        from langfit.model.errors import LangfitError

        sentence = " ".join(str(problem).split())
        if not isinstance(problem, LangfitError):
            return _ended(FAILED, f"langfit itself has failed ({type(problem).__name__}: {sentence[:200]}).")
        lowered = sentence.lower()
        return _ended(MEMORY if any(words in lowered for words in NO_MEMORY) else REFUSED, sentence)
    return 0


def _ended(status: int, sentence: str) -> int:
    print(sentence.encode("utf-8", "replace").decode(), file=sys.stderr)  # noqa: T201 - what the supervisor reads
    return status


def _scan(task: Task) -> None:
    """Scan the repository of a task and write its result."""
    import gc

    from langfit.fleet.place import put_result

    gc.set_threshold(200_000)  # as for any scan: many values, hardly a cycle
    put_result(task.folder, _result(task))


def _result(task: Task) -> Result:
    from msgspec import structs

    from langfit.cache import FactCache
    from langfit.fleet import keys
    from langfit.fleet.model import RESULT, Cost, Result
    from langfit.fleet.slim import slim
    from langfit.repository import open_repository
    from langfit.scan import Watch, judge_tree

    began = time.monotonic()
    terms = keys.read(task.folder, task.terms)
    options = structs.replace(terms.options, revision=task.seen.commit, jobs=task.jobs, cache=task.cache)
    with open_repository(task.path, task.seen.commit, follow=options.follow_git_links) as tree:
        cache = FactCache() if options.cache else None
        report = judge_tree(tree, terms.book, options, Watch(), cache)
        if cache is not None:
            cache.close()
    source = structs.replace(report.source, path=task.id, branch=task.seen.branch)
    report = slim(structs.replace(report, source=source), with_code=terms.with_code, path=task.path)
    cpu, peak = _used()
    return Result(
        schema=RESULT,
        key=task.key,
        id=task.id,
        terms=task.terms,
        time=task.seen.time,
        branch=task.seen.branch,
        cost=Cost(round(time.monotonic() - began, 3), round(cpu, 3), peak),
        report=report,
    )


def _used() -> tuple[float, int]:
    """Return the processor time of this process and its workers in seconds, and the largest peak of memory in MB."""
    import resource

    rows = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = MB if sys.platform == "darwin" else 1 << 10
    return sum(row.ru_utime + row.ru_stime for row in rows), max(row.ru_maxrss for row in rows) // unit


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
