"""What profiles say of a tree: shares with their intervals, by component and by what the time was for."""

from __future__ import annotations

from math import sqrt

from msgspec import Struct

Z = 1.96  # of an interval of 95%
HOT = 0.10  # share of the time below which the functions of a rule refute it, and from which they confirm it
WORTH = 0.20  # share of the time that code must take for a rewrite to be worth a sentence: at most 1.25 times as fast


class Share(Struct, frozen=True):
    """A share of the samples, with the ends of its Wilson interval of 95%.

    Samples come in bursts, from one run, so the doubt is never less than the interval. Without a known number of
    samples `n` is 0 and the interval says nothing.
    """

    count: int
    n: int
    share: float
    low: float
    high: float


def share_of(count: int, n: int) -> Share:
    """Return the share of `count` in `n` samples."""
    if n <= 0:
        return Share(count, 0, 0.0, 0.0, 1.0)
    count = min(max(count, 0), n)
    p = count / n
    middle = p + Z * Z / (2 * n)
    spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    low = (middle - spread) / whole if count else 0.0
    return Share(count, n, p, max(0.0, low), min(1.0, (middle + spread) / whole) if count < n else 1.0)


def unsure(part: float) -> Share:
    """Return a share of something that is no number of samples."""
    return Share(0, 0, part, 0.0, 1.0)


def bound_of(share: float, factor: float = 0.0) -> float | None:
    """Return how many times as fast a program can get when a share of it gets `factor` times as fast (Amdahl).

    Without a factor the share is taken to cost nothing any more. None where nothing would be left.
    """
    left = 1 - share * (1 - (1 / factor if factor else 0.0))
    return 1 / left if left > 1e-9 else None


class Measured(Struct, frozen=True):
    """What a profile says of a component or deliverable."""

    own: Share  # the first function that is not of the runtime is its own: what a rewrite of it alone can save
    exclusive: Share  # the innermost function of the tree is its own: what a rewrite with its libraries can save
    any: Share  # it is somewhere in the stack
    classes: dict[str, float]  # class -> share of what is exclusive to it
    background_gc: tuple[float, float] | None = None  # of all samples: what marking for it may take, a range
    bound: float | None = None  # times as fast as now that the program can get at most, whatever becomes of it


class MeasuredFunction(Struct, frozen=True):
    """A function of the tree that a profile names."""

    component: str
    name: str  # with its receiver, as findings have it
    path: str  # "" where this revision has no such function
    line: int
    exclusive: Share
    any: Share


class ProfileRow(Struct, frozen=True, kw_only=True):
    """A profile that was read, and why it was used or not."""

    path: str
    kind: str
    samples: int | None
    period: int
    duration: float  # seconds; 0 where unknown
    cores: float | None
    taken: str  # a day, "" where unknown
    benchmark: bool
    user: Share | None
    known: Share | None
    found: Share | None
    used: bool
    why: str
    notes: tuple[str, ...] = ()
    blob: str = ""  # of a profile that was found in the tree
