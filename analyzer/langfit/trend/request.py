"""What a trend is asked for, and the clock that ends it."""

from __future__ import annotations

import time
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from langfit.scan import Watch
from langfit.trend.schema import Every


class Request(Struct, frozen=True, kw_only=True):
    """The options of a trend. `seconds` bounds all of it, 0 for no bound."""

    every: Every = "quarter"
    since: date | None = None
    revisions: tuple[str, ...] = ()
    component: str = ""
    same: tuple[tuple[str, str], ...] = ()
    bisect: bool = True
    seconds: float = 0.0


class TimeIsUp(Exception):
    """Raised between two files once the time of the whole trend is up."""


class Progress(NamedTuple):
    """How far a trend is, for whoever shows it."""

    stage: str
    done: int
    total: int


class Clock(Watch):
    """A watch that ends what it watches when time is up: it is told of every file and asked before every revision."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda _done, _total: self.check())
        self._end = time.monotonic() + seconds if seconds else None

    def check(self) -> None:
        """Raise TimeIsUp when it is."""
        if self._end is not None and time.monotonic() >= self._end:
            raise TimeIsUp
