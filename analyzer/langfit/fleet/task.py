"""The task: one repository in a process of its own, tried twice where it died, with a file for whatever comes of it."""

from __future__ import annotations

import json
import signal
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from langfit.fleet import child
from langfit.fleet.look import without_path
from langfit.fleet.model import PASSING, Failure, Limits, Receipt, Task
from langfit.fleet.place import failure_path, packed, put, result_path
from langfit.fleet.processes import Ended, attend

TRIES = 2
AGAIN = ("crashed", "killed", "no-room")  # what may be another time; the rest would end the same way
PAUSE = 2.0  # seconds before a second try where there was no room
LONGEST = 500  # characters of a sentence


def run_one(task: Task, stopped: Callable[[], bool] = lambda: False) -> Receipt:
    """Scan the repository of a task; its result is then in the folder of the fleet, or why there is none.

    May run anywhere that sees the repository and the folder: in a thread, or in a worker of an engine.
    """
    seconds = cpu = 0.0
    peak = tries = 0
    reason = sentence = ""
    while tries < TRIES:
        tries += 1
        ended = _attempt(task, stopped)
        seconds, cpu, peak = seconds + ended.seconds, cpu + ended.cpu, max(peak, ended.peak)
        reason, sentence = _reason(ended, task)
        if not reason or reason not in AGAIN or stopped():
            break
        if reason == "no-room" and tries < TRIES:
            time.sleep(PAUSE)
    receipt = Receipt(
        task.key, "failed" if reason else "done", reason, sentence, round(seconds, 3), round(cpu, 3), peak, tries
    )
    _settle(task, receipt)
    return receipt


def _attempt(task: Task, stopped: Callable[[], bool]) -> Ended:
    # Each attempt has a file of its own: an engine may give a task to two workers.
    said = Path(task.folder, ".said", f"{task.key}.{uuid.uuid4().hex[:12]}")

    def over(seconds: float) -> str:
        if stopped():
            return "stopped"
        return "timeout" if seconds > task.limits.seconds else ""

    words = json.dumps(msgspec.to_builtins(task))
    try:
        return attend(["langfit.fleet.child", "scan", words], said, over)
    except OSError as problem:  # no process, or no file for what it says
        return Ended(child.NO_ROOM, "", problem.strerror or "it could not be started", 0.0, 0.0, 0)


def _reason(ended: Ended, task: Task) -> tuple[str, str]:
    """Return why an attempt has no result, and in which words; "" where it has one."""
    limits = task.limits
    if ended.why == "timeout":
        return "timeout", f"It took longer than {limits.seconds:g} seconds."
    if ended.why:
        return ended.why, "The run was stopped before."
    if ended.status == -signal.SIGXCPU or (ended.status == -signal.SIGKILL and ended.cpu >= limits.cpu):
        return "cpu", f"It took more than {limits.cpu} seconds of processor time."
    if ended.status == 0 and result_path(task.folder, task.key).is_file():
        return "", ""
    last = without_path(ended.said.splitlines()[-1], task.path, task.id)[:LONGEST] if ended.said else ""
    found = {
        0: ("no-room", "Its result is not there."),
        child.REFUSED: ("refused", last),
        child.MEMORY: ("memory", f"It needed more than {limits.memory} MB of memory."),
        child.FAILED: ("mistake", last),
        child.NO_ROOM: ("no-room", f"The result could not be written ({last})."),
        -signal.SIGKILL: ("killed", "Its process was killed; the system may have been short of memory."),
    }
    how = f"died of signal {-ended.status}" if ended.status < 0 else f"ended with status {ended.status}"
    return found.get(ended.status, ("crashed", f"Its process {how}."))


def _settle(task: Task, receipt: Receipt) -> None:
    """Write down why there is no result, or remove what an earlier run wrote down."""
    path = failure_path(task.folder, task.key)
    with suppress(OSError):
        if receipt.state == "done":
            path.unlink(missing_ok=True)
        elif receipt.reason not in PASSING:
            put(path, packed(Failure(receipt.reason, receipt.sentence, receipt.tries, task.limits)))


def is_worth_another(known: Failure, limits: Limits) -> bool:
    """Whether what failed before may do better now: its limits are wider."""
    before = known.limits
    return {
        "timeout": limits.seconds > before.seconds,
        "cpu": limits.cpu > before.cpu,
        "memory": limits.memory > before.memory,
    }.get(known.reason, False)
