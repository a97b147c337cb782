"""Reads folded stacks: `frame;frame;leaf COUNT`, root first, as stackcollapse and inferno write them."""

from __future__ import annotations

from math import gcd

from langfit.profiles.stream import lines
from langfit.profiles.values import DEEPEST, BadProfile, Column, Kind, Profile, Source, Stacks

MARKS = {"_[k]": "kernel", "_[i]": "inlined", "_[j]": "jit"}
ENTRIES = ("entry_SYSCALL", "do_syscall_64", "el0_svc", "el0t_64_sync", "asm_exc_", "asm_sysvec_")
LEAST_PERIOD = 1_000  # what all counts can be divided by, from which it is taken for the period of the sampler
MOST_COUNTED = 1_000_000  # three hours at 99 Hz: beyond it counts are sums of periods
NO_KIND = "nobody can tell from stacks alone whether they are of CPU time, of waiting or of bytes"


def read(source: Source, kind: Kind | None = None) -> Profile:
    """Return the profile in a file of folded stacks; `kind` is what its user says of it. Raises BadProfile."""
    stacks = Stacks(1)
    skipped = 0
    for line in lines(source):
        frames, _, count = line.rstrip().rpartition(" ")
        if not line.strip():
            continue
        if not (count.isascii() and count.isdecimal() and frames):
            skipped += 1
            if skipped > 100 and skipped > len(stacks.ends):
                raise BadProfile("most of its lines do not end in a number, as folded stacks do")
            continue
        if frames.rpartition(" ")[2].isdecimal() and ";" in frames:
            raise BadProfile("it is a difference of two profiles, which has no shares; fold one of them alone")
        names = split(frames)
        if len(names) > DEEPEST:
            raise BadProfile(f"one of its stacks is deeper than {DEEPEST:,} frames: it is damaged")
        stacks.add(numbers_of(names[::-1], stacks), int(count[:19]))
    if not stacks.ends:
        raise BadProfile("it holds no stacks; take it again")
    notes = (f"{skipped:,} lines of it could not be read.",) if skipped else ()
    return counted(source.path, stacks, kind, notes)


def counted(path: str, stacks: Stacks, kind: Kind | None, notes: tuple[str, ...]) -> Profile:
    """Return the profile of stacks whose counts are samples, or sums of periods: the file does not say which."""
    counts = stacks.values[0]
    step, total = gcd(*counts), sum(counts)
    samples: int | None = total
    if step >= LEAST_PERIOD:
        samples = total // step
        notes = (*notes, f"Its counts are taken for periods of {step:,}.")
    elif total > MOST_COUNTED:
        samples = None
        notes = (*notes, "Its counts are sums of periods, so the number of samples is unknown.")
    return Profile(
        path=path,
        kind=kind or "stacks",
        frames=stacks.frames,
        stacks=stacks.stacks,
        ends=stacks.ends,
        columns=(Column("samples", "count" if samples == total else "", counts),),
        samples=samples,
        period=step if step >= LEAST_PERIOD else 0,
        rows=len(stacks.ends),
        notes=notes,
    )


def split(text: str) -> list[str]:
    """Return the frames of a stack: split at `;` outside of brackets, as names of generic code hold some."""
    if "[" not in text and "{" not in text:
        return text.split(";")
    found, start, depth = [], 0, 0
    for at, character in enumerate(text):
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth = max(0, depth - 1)
        elif character == ";" and not depth:
            found.append(text[start:at])
            start = at + 1
    found.append(text[start:])
    return found if not depth else text.split(";")


def numbers_of(names: list[str], stacks: Stacks) -> list[int]:
    """Return the numbers of frames, leaf first; what is above an entry into the kernel is of the kernel.

    Flame graphs leave out the marks that folded stacks have.
    """
    entry = max((at for at, name in enumerate(names) if name.startswith(ENTRIES)), default=-1)
    return [_frame(name, stacks, kernel=at <= entry) for at, name in enumerate(names)]


def _frame(name: str, stacks: Stacks, *, kernel: bool) -> int:
    mark = MARKS.get(name[-4:], "")
    return stacks.frame(name[:-4] if mark else name, mark=mark or ("kernel" if kernel else ""))
