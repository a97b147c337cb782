"""How the work of a function grows with its input, without a clock on the wall."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

TIMES = 3
MOST = 3.2  # between two (linear) and four (quadratic)
MOST_TIMES = 64
LEAST = 0.02  # seconds; below it two measurements differ by chance


def is_linear(run: Callable[[Any], Any], made: Callable[[int], Any], size: int) -> bool:
    """Tell whether `run` takes about twice as long for an input of twice the size, by the time of this process.

    Where the smaller input takes too little to be measured, both are made larger, up to a limit: what takes no time at
    MOST_TIMES the size is not quadratic.
    """
    most = size * MOST_TIMES
    small, large = made(size), made(2 * size)
    first = _best(run, small)
    while first < LEAST:
        size *= 2
        if size > most:
            return True
        small, large = large, made(2 * size)
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
