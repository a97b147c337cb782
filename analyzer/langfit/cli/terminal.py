"""What is known of the terminal: its width, whether it wants colour and links, and a bar while people wait."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import click

PATIENCE = 2.0  # seconds; shorter scans show no bar
BETWEEN = 0.1  # seconds between two states of the bar

Progress = Callable[[int, int], None]


def width() -> int:
    """Columns for text."""
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns


def coloured(choice: str, stream: Any, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to `stream`; `choice` is auto, always or never.

    In `auto`, NO_COLOR wins, then FORCE_COLOR and CLICOLOR_FORCE; otherwise it must be a terminal that can.
    """
    if stream is None or choice != "auto":
        return stream is not None and choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    able = environment.get("TERM") != "dumb" and environment.get("CLICOLOR") != "0"
    return bool(stream.isatty()) and able


def linked(choice: str, stream: Any, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write links: as for colour, but only ever to a terminal."""
    return coloured(choice, stream, environment) and bool(stream.isatty())


def progress(*, quiet: bool, unit: str = "files") -> Progress:
    """Show how far a scan is: on a terminal, after two seconds, and wiped away at the end."""
    if quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return lambda _done, _total: None
    bar = _Bar(unit)
    context = click.get_current_context(silent=True)
    if context is not None:  # a scan that a mistake or a signal ends must give the cursor back
        context.call_on_close(bar.close)
    return bar.show


class _Bar:
    """A bar that is drawn once waiting takes long. With --base there are two rounds, one after the other."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._began = self._drawn = monotonic()
        self._done = 0
        self._bar: Any = None
        self._task: Any = None

    def show(self, done: int, total: int) -> None:
        """Told after each file."""
        now = monotonic()
        if done < self._done:
            self.close()
            self._began = now
        self._done = done
        if done >= total:
            self.close()
        elif now - self._began >= PATIENCE and now - self._drawn >= BETWEEN:
            self._drawn = now
            if self._bar is None:
                self._open(total)
            self._bar.update(
                self._task,
                completed=done,
                rate=f"{done / (now - self._began):,.{0 if done > now - self._began else 1}f} {self._unit}/s",
            )
            self._bar.refresh()

    def _open(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        # No thread of its own: workers may have to be started again, and forks and threads do not go together.
        able = coloured("auto", sys.stderr)
        console = Console(stderr=True, force_terminal=True, color_system="auto" if able else None)
        self._bar = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._task = self._bar.add_task("", total=total, rate="")
        self._bar.start()

    def close(self) -> None:
        """Wipe the bar away, if there is one."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
