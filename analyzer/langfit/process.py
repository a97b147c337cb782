"""langfit as a process: how signals end it, and streams that are closed or full."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

WORDS = {signal.SIGINT: "Interrupted.", signal.SIGTERM: "Terminated."}
BY_SIGNAL = 128  # what shells add to the number of the signal that ended a program


class Stopped(BaseException):
    """A signal asks langfit to end. Not an Exception, so that nobody takes it for a mistake and goes on."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = signal.Signals(number)


def run(program: Callable[[], Any]) -> None:
    """Run a program until it ends or a signal ends it: with one word and 130 or 143, and no worker left behind."""
    hold_streams()
    if not sys.warnoptions:  # what a library has to say to whoever programs with it is no news to users
        warnings.simplefilter("ignore")
    # Not those that are ignored, as for what runs in the background of a script.
    mine = [number for number in WORDS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in mine:
        signal.signal(number, _stop)
    stopped = None
    try:
        program()
    except Stopped as asked:
        stopped = asked.number
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)
    if stopped is not None:  # by now everything that was open on the way is closed
        write_line(WORDS[stopped])
        sys.exit(BY_SIGNAL + stopped)


def _stop(number: int, _frame: object) -> None:
    for known in WORDS:  # a second one ends even what does not want to
        signal.signal(known, signal.SIG_DFL)
    raise Stopped(number)


@contextmanager
def unstopped() -> Iterator[None]:
    """Keep signals waiting, so that what starts a process is not stopped half-way."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WORDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hold_streams() -> None:
    """Put a place without end where a standard stream is closed, before a file that is opened takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it stays open as long as langfit runs
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def write_line(line: str) -> None:
    """Write a line to stderr. One that is closed or full loses it: the exit status says the rest."""
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def silence(stream: Any) -> None:
    """Let a stream that cannot be written to go nowhere: what is left in it would be tried again at exit and fail."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
