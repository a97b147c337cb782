"""What makes a profile fit to be used, and the sentence that says why one is not.

The numbers are floors of doubt, not of taste: with 500 samples a tenth is known to two or three points, and with fewer
than nine tenths of known functions nobody can say what the rest is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from langfit.model.evidence import percent, plural
from langfit.model.measured import ProfileRow, Share, share_of, unsure
from langfit.profiles.folded import NO_KIND
from langfit.profiles.measure import Counts
from langfit.profiles.values import Profile

LEAST_SAMPLES = 500
LEAST_KNOWN = 0.9
LEAST_FOUND = 0.8
LEAST_CORES = 0.1  # below, CPU is not what the program is short of
CUT = 0.01  # share of stacks that were cut, from which it is said
LONG_AGO = 365  # days
HEAPS = ("heap", "allocs")

WAITS = {
    "mutex": "it counts waiting for locks, which is no CPU time; take a CPU profile",
    "block": "it counts waiting, which is no CPU time; take a CPU profile",
    "goroutine": "it lists goroutines, and says nothing of time; take a CPU profile",
    "threadcreate": "it lists threads, and says nothing of time; take a CPU profile",
    "stacks": f"{NO_KIND}; name it as FILE:cpu if it is of CPU time",
    "other": "it counts neither CPU time nor bytes; take a CPU profile",
}
DIFFERENCE = "a difference of two profiles has no shares; give one of the two"
UNCOUNTED = (
    "its number of samples is unknown, so nobody can say how sure its shares are; give the output of perf script"
)
ELSEWHERE = "no function of this repository is in it: it is of another program, or has no names"
IDLE = (
    "CPU was not what this program was short of: {cores} of a core was busy, so no code of it is slow or fast by this"
)
BENCHMARK = "used to refute and not to confirm: it is of a benchmark, which runs what it was written for"
HEAP = "used for the range of GC alone: it says who allocates, and nothing of CPU time"
USED = "used"
MISSING_CALLS = (
    "System calls and malloc may be missing: pprof-rs drops what its blocklist names, and no function of libc is in it."
    " No share of I/O is given."
)


class Gate(NamedTuple):
    """Whether a profile is used, and why or why not."""

    used: bool
    why: str


def gate_of(profile: Profile, counts: Counts | None) -> Gate:
    """Return whether a profile is used for a tree; without counts, whether it could be, by itself."""
    if profile.negative:
        return Gate(False, DIFFERENCE)
    if profile.kind in HEAPS:
        if counts is not None and not counts.user:
            return Gate(False, ELSEWHERE)
        return Gate(True, HEAP)
    if profile.kind != "cpu":
        return Gate(False, WAITS[profile.kind])
    if profile.samples is None:
        return Gate(False, UNCOUNTED)
    if profile.samples < LEAST_SAMPLES:
        few = plural(profile.samples, "sample")
        return Gate(False, f"it has {few}, and shares need {LEAST_SAMPLES}: take it for longer, or under more load")
    refused = _by_tree(counts) if counts is not None else ""
    if refused:
        return Gate(False, refused)
    if profile.cores is not None and profile.cores < LEAST_CORES:
        return Gate(False, IDLE.format(cores=f"{profile.cores:.2f}"))
    if is_benchmark(profile, counts):
        return Gate(True, BENCHMARK)
    return Gate(True, USED)


def _by_tree(counts: Counts) -> str:
    """Return why a profile is not one of this tree, "" where it is."""
    known, user = counts.share(counts.known).share, counts.user
    if known < LEAST_KNOWN:
        return (
            f"only {percent(known)} of its samples are in functions that anybody knows: it has no names, or is of"
            " another program; build with symbols"
        )
    if not user:
        return ELSEWHERE
    if counts.found < LEAST_FOUND * user:
        return (
            f"only {percent(counts.found / user)} of its samples with code of this repository are in functions that"
            " this revision has: it was taken from another revision or another program; take a new one"
        )
    return ""


def is_benchmark(profile: Profile, counts: Counts | None) -> bool:
    """Tell whether a profile is of a benchmark or a test: by the binary, since only few samples show the harness."""
    return profile.binary.endswith(".test") or (counts is not None and counts.harness > 0)


def is_blocklisted(profile: Profile, counts: Counts) -> bool:
    """Tell whether pprof-rs wrote a profile without what is in libc: no address, labels of threads, no such leaf."""
    return profile.kind == "cpu" and not profile.located and "thread" in profile.labels and not counts.foreign_leaf


def notes_of(profile: Profile, counts: Counts | None, now: int = 0) -> tuple[str, ...]:
    """Return what else should be known of a profile.

    `now` is the time at which to tell its age, that of the commit or of today, in seconds since 1970; 0 for none.
    """
    found = list(profile.notes)
    if profile.kind == "cpu" and profile.rows and profile.cut > CUT * profile.rows:
        part = percent(profile.cut / profile.rows)
        found.append(f"{part} of its stacks were cut, so functions that call them may look smaller than they are.")
    if len([name for name in profile.mappings if name.endswith(".test")]) > 1:
        found.append("It was merged from profiles of several programs.")
    if counts is not None and is_blocklisted(profile, counts):
        found.append(MISSING_CALLS)
    if counts is not None and counts.empty:
        found.append(f"{percent(counts.share(counts.empty).share)} of its samples have no stack.")
    if now and profile.taken and now - profile.taken > LONG_AGO * 86_400:
        found.append(f"It is {(now - profile.taken) // (30 * 86_400)} months old.")
    return tuple(found)


def row_of(profile: Profile, counts: Counts | None, *, blob: str = "", now: int = 0) -> ProfileRow:
    """Return what a report says of a profile; without counts, of a profile alone."""
    gate = gate_of(profile, counts)
    day = datetime.fromtimestamp(profile.taken, UTC).date().isoformat() if 0 < profile.taken < 1 << 36 else ""
    return ProfileRow(
        path=profile.path,
        kind=profile.kind,
        samples=profile.samples,
        period=profile.period,
        duration=profile.duration,
        cores=profile.cores,
        taken=day,
        benchmark=is_benchmark(profile, counts),
        user=counts.share(counts.user) if counts is not None else None,
        known=counts.share(counts.known) if counts is not None else None,
        found=_part(counts) if counts is not None else None,
        used=gate.used,
        why=gate.why,
        notes=notes_of(profile, counts, now),
        blob=blob,
    )


def _part(counts: Counts) -> Share:
    """Return the share of the samples with code of the tree whose function this revision has."""
    if counts.samples is None or counts.total <= 0:
        return unsure(counts.found / counts.user if counts.user else 0.0)
    scale = counts.samples / counts.total
    return share_of(round(counts.found * scale), round(counts.user * scale))
