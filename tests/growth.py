"""How the work of a function grows with its input, without a clock on the wall."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

TIMES = 3
FACTOR = 4  # of the sizes that are compared
MOST = 9  # between four (linear) and sixteen (quadratic): noise of a busy machine fits on either side
MOST_TIMES = 64
LEAST = 0.02  # seconds; below it two measurements differ by chance


def is_linear(run: Callable[[Any], Any], made: Callable[[int], Any], size: int) -> bool:
    """Tell whether `run` takes about four times as long for four times the input, by the time of this process.

    Where the smaller input takes too little to be measured, both are made larger, up to a limit: what takes no time at
    MOST_TIMES the size is not quadratic.
    """
    most = size * MOST_TIMES
    small, large = made(size), made(FACTOR * size)
    first = _best(run, small)
    while first < LEAST:
        size *= 2
        if size > most:
            return True
        small, large = made(size), made(FACTOR * size)
        first = _best(run, small)
    return _best(run, large) < MOST * first


def _best(run: Callable[[Any], Any], value: Any) -> float:
    gc.disable()
    try:
        best = float("inf")
        for _ in range(TIMES):
            began = time.process_time()
            run(value)
            best = min(best, time.process_time() - began)
        return best
    finally:
        gc.enable()
