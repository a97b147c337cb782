"""One process under supervision: a clock, a file for what it says, and nothing left behind when it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from langfit.model.errors import LangfitError

STEP = 0.25  # seconds between two looks at the clock
MOST_SAID = 4_000  # bytes of the end of what it said
# What a process gets of the environment: where programs, text, caches and settings of git are. Never a token.
PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "LANGFIT_CACHE_DIR",
    "PYTHONPATH",
)
PEAK_UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10  # units of the peak of memory in one MB


class Ended(NamedTuple):
    """How a process ended. `status` is negative for a signal; `why` is what `over` said, if it was ended by us."""

    status: int
    why: str
    said: str
    seconds: float
    cpu: float
    peak: int  # MB


class _Usage(NamedTuple):
    """What a process took, with those that it waited for."""

    cpu: float  # seconds
    peak: int  # MB


def attend(command: Sequence[str], said: Path, over: Callable[[float], str]) -> Ended:
    """Run langfit's own module in a process and a session of its own; wait, and end it once `over` gives a reason.

    `over` is asked every quarter of a second with the seconds that have passed. The file `said` takes the output, as a
    pipe would stay open in a process that is left over; it is gone afterwards. Raises LangfitError on Windows.
    """
    if sys.platform == "win32":
        raise LangfitError("A fleet needs the process groups of Linux or macOS: on Windows, run it in WSL.")
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    began = time.monotonic()
    try:
        with open(said, "wb") as output:
            running = subprocess.Popen(  # noqa: S603 - the interpreter that runs this
                # -P: no module of the current folder, which may be one of those that are scanned, is imported.
                [sys.executable, "-P", "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )
        why = ""
        try:
            why = _waited(running.pid, began, over)
        finally:
            status, usage = _reaped(running)
        return Ended(status, why, _end_of(said), time.monotonic() - began, usage.cpu, usage.peak)
    finally:
        with suppress(OSError):
            said.unlink()


def _waited(pid: int, began: float, over: Callable[[float], str]) -> str:
    """Wait until the process has ended, or until there is a reason to end it."""
    handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    try:
        while not _ended(pid, handle):
            why = over(time.monotonic() - began)
            if why:
                return why
        return ""
    finally:
        if handle >= 0:
            os.close(handle)


def _ended(pid: int, handle: int) -> bool:
    """Wait for a step, or less where the process ends before."""
    if handle >= 0:
        return bool(select.select([handle], [], [], STEP)[0])
    until = time.monotonic() + STEP
    while time.monotonic() < until:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
        time.sleep(0.01)
    return False


def _reaped(running: subprocess.Popen[bytes]) -> tuple[int, _Usage]:
    """End whatever is left of the session, and return how its first process ended."""
    # Before the process is waited for, as until then no other one can have its number.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    return running.returncode, _Usage(usage.ru_utime + usage.ru_stime, int(usage.ru_maxrss / PEAK_UNIT))


def _end_of(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - MOST_SAID))
        return file.read(MOST_SAID).decode("utf-8", "replace").strip()
    return ""
