"""Reads heap profiles of dhat-rs and of `valgrind --tool=dhat`: exact counts by stack, leaf first."""

from __future__ import annotations

import re

import msgspec

from langfit.profiles.stream import whole
from langfit.profiles.values import BAD_JSON, DEEPEST, MOST_ROWS, BadProfile, Column, Kind, Profile, Source, Stacks

MOST_POINTS = 200_000
LARGEST = 16 << 20  # bytes: unlike the others it is read as a whole
_FRAME = re.compile(r"(?:0x[0-9a-fA-F]{1,16}: )?(.{0,4000}?)(?: \(([^()]{1,1000}?)(?::[0-9]{1,9}){0,2}\))?$", re.DOTALL)


class _Point(msgspec.Struct):
    fs: list[int]
    tb: int = 0
    tbk: int = 0
    gb: int = 0
    eb: int = 0


class _File(msgspec.Struct):
    dhatFileVersion: int  # noqa: N815 - the format says so
    pps: list[_Point]
    ftbl: list[str]
    mode: str = ""
    cmd: str = ""
    tu: str = ""
    te: int = 0


def read(source: Source, kind: Kind | None = None) -> Profile:
    """Return the profile in a file of dhat. Raises BadProfile."""
    del kind
    data = whole(source, LARGEST)
    if data.count(b'"fs"') > MOST_POINTS:  # a point takes many times the memory that its text does
        raise BadProfile(f"it has more than {MOST_POINTS:,} stacks; take a shorter one")
    try:
        file = msgspec.json.decode(data, type=_File)
    except BAD_JSON:
        raise BadProfile("its JSON is not that of dhat: it is damaged, or cut off") from None
    if file.dhatFileVersion != 2:
        raise BadProfile(f"it has version {file.dhatFileVersion} of the format, and 2 can be read; update dhat")
    if len(file.ftbl) > MOST_ROWS:
        raise BadProfile(f"it names more than {MOST_ROWS:,} places; take a shorter one")
    stacks = Stacks(4)
    numbers = [_frame(text, stacks) for text in file.ftbl]
    for point in file.pps:
        if len(point.fs) > DEEPEST or any(not 0 <= number < len(numbers) for number in point.fs):
            raise BadProfile("one of its stacks names a place that it does not hold: it is damaged")
        stacks.add([numbers[number] for number in point.fs], point.tb, point.tbk, point.gb, point.eb)
    names = (("alloc_space", "bytes"), ("alloc_objects", "count"), ("peak_space", "bytes"), ("inuse_space", "bytes"))
    columns = tuple(Column(*name, values) for name, values in zip(names, stacks.values, strict=True))
    return Profile(
        path=source.path,
        kind="allocs",
        frames=stacks.frames,
        stacks=stacks.stacks,
        ends=stacks.ends,
        columns=columns,
        duration=file.te / 1e6 if file.tu == "µs" and file.te > 0 else 0.0,
        binary=file.cmd.split(" ")[0].rpartition("/")[2][:200],
        rows=len(stacks.ends),
        negative=sum(value < 0 for value in columns[0].values),
    )


def _frame(text: str, stacks: Stacks) -> int:
    match = _FRAME.match(text[:6_000])
    if match is None:
        return stacks.frame(text[:6_000])
    place = match[2] or ""
    return stacks.frame(match[1], "" if place.startswith("in ") else place)
