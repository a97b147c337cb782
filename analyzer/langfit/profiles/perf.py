"""Reads what `perf script` prints: a line for each event, and its stack below it, leaf first."""

from __future__ import annotations

import re
from typing import NamedTuple

from langfit.profiles.stream import lines
from langfit.profiles.values import DEEPEST, BadProfile, Column, Kind, Profile, Source, Stacks

MOST_SEEN = 20_000  # lines whose frame is remembered
LONGEST_HEAD = 1_000  # characters
_TIME = re.compile(r"\d{1,12}\.\d{1,9}:$")
_PID = re.compile(r"\d{1,10}(?:/\d{1,10})?$")
_ADDRESS = re.compile(r"[0-9a-f]{1,16}$")
KERNEL = ("[kernel", "[guest.kernel", "[vdso]")
CLOCKS = ("cpu-clock", "task-clock")  # their periods are nanoseconds
NOT_CPU = ("sched:", "syscalls:", "block:", "page-fault", "context-switch", "cache-", "branch-")


class _Event(NamedTuple):
    """The line that opens an event."""

    command: str
    time: float
    period: int
    name: str


def read(source: Source, kind: Kind | None = None) -> Profile:
    """Return the profile in the output of `perf script`: the events of its first kind. Raises BadProfile."""
    stacks = Stacks(2)
    first, last, chosen, others = 0.0, 0.0, "", 0
    event: _Event | None = None
    stack: list[int] = []
    seen: dict[str, int | None] = {}  # lines repeat
    commands: dict[str, int] = {}
    for line in lines(source):
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and line.strip():
            if event is None:
                continue
            frame = seen.get(line, -1)
            if frame == -1:
                frame = _frame(line, stacks)
                if len(seen) < MOST_SEEN:
                    seen[line] = frame
            if frame is not None:
                stack.append(frame)
                if len(stack) > DEEPEST:
                    raise BadProfile(f"one of its stacks is deeper than {DEEPEST:,} frames: it is damaged")
            continue
        if event is not None:
            stacks.add(stack, 1, event.period)
        event, stack = None, []
        found = head_of(line) if line else None
        if found is None:
            continue
        chosen = chosen or found.name
        if found.name != chosen:
            others += 1
            continue
        event = found
        first, last = first or found.time, max(last, found.time)
        if found.command in commands or len(commands) < 1_000:
            commands[found.command] = commands.get(found.command, 0) + 1
    if event is not None:
        stacks.add(stack, 1, event.period)
    if not stacks.ends:
        raise BadProfile("no event is in it; print it by `perf script` without -F")
    return _profile(source.path, stacks, kind, (chosen, last - first, max(commands, key=lambda c: commands[c])), others)


def _profile(path: str, stacks: Stacks, kind: Kind | None, about: tuple[str, float, str], others: int) -> Profile:
    event, duration, command = about
    periods = stacks.values[1]
    clock = event.startswith(CLOCKS)
    period = max(set(periods[:100]), key=periods[:100].count) if clock else 0
    cpu: Kind = "other" if event.startswith(NOT_CPU) else "cpu"
    return Profile(
        path=path,
        kind=kind or cpu,
        frames=stacks.frames,
        stacks=stacks.stacks,
        ends=stacks.ends,
        columns=(
            Column("samples", "count", stacks.values[0]),
            Column(event, "nanoseconds" if clock else "", periods),
        ),
        samples=len(stacks.ends),
        period=period,
        period_unit="nanoseconds" if clock else "",
        duration=max(0.0, duration),
        cores=sum(periods) / 1e9 / duration if clock and duration > 0 else None,
        binary=command,
        rows=len(stacks.ends),
        notes=(f"{others:,} events of other kinds than {event} are left out.",) if others else (),
    )


def head_of(line: str) -> _Event | None:
    """Return the event that a line opens: `comm pid time: period event:`, where comm may hold blanks; None for none."""
    words = line[:LONGEST_HEAD].split()
    at = next((number for number, word in enumerate(words) if number and _TIME.match(word)), None)
    if at is None or at + 1 >= len(words):
        return None
    before = words[:at]
    if before[-1].startswith("[") and before[-1].endswith("]"):
        before.pop()
    if len(before) < 2 or not _PID.match(before[-1]):
        return None
    after = words[at + 1 :]
    period = 1
    if after[0].isascii() and after[0].isdecimal() and len(after) > 1:
        period = int(after[0][:18])
        after = after[1:]
    if not after[0].endswith(":"):
        return None
    return _Event(" ".join(before[:-1])[:64], float(words[at][:-1]), period, after[0].rstrip(":"))


def _frame(line: str, stacks: Stacks) -> int | None:
    """Return the frame of a line `address name+0xoffset (object)`, where the name may hold blanks and parentheses."""
    address, _, rest = line.strip().partition(" ")
    if not _ADDRESS.match(address):
        return None
    name, place = rest.strip(), ""
    if name.endswith(")"):
        at = name.removesuffix(" (deleted))").rfind(" (")
        if at >= 0:
            name, place = name[:at], name[at + 2 : -1].removesuffix(" (deleted)")
    base, plus, offset = name.rpartition("+0x")
    if plus and _ADDRESS.match(offset):
        name = base
    if place == "inlined":
        return stacks.frame(name, mark="inlined")
    kernel = place.startswith(KERNEL)
    return stacks.frame(name, place.rpartition("/")[2], "kernel" if kernel else "")
