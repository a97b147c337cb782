"""Turns a flame graph, an SVG of inferno or FlameGraph.pl, back into the stacks that it was drawn from.

It is read by regular expressions over bounded text, never by an XML parser. A frame lies under all that are one row
nearer to the root and reach over it; what its own children do not cover was measured in itself.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from langfit.profiles.folded import counted, numbers_of
from langfit.profiles.stream import whole
from langfit.profiles.values import DEEPEST, LONGEST_NAME, MOST_ROWS, BadProfile, Kind, Profile, Source, Stacks

LARGEST = 24 << 20  # bytes
ROOT = "all"  # the name of the frame below all others
SLACK = 0.3  # pixels by which FlameGraph.pl rounds
_FRAME = re.compile(rb"<title>([^<]{1,8192})</title>\s{0,200}<rect\s([^>]{1,2000})>")
_ATTRIBUTE = re.compile(rb'(fg:x|fg:w|x|y|width)="([0-9.]{1,24})%?"')
_TITLE = re.compile(r"(.*) \(([0-9][0-9,]{0,24}) [^(]{0,60}\)$", re.DOTALL)


class _Box(NamedTuple):
    row: float
    left: float
    right: float
    amount: int
    name: str


def read(source: Source, kind: Kind | None = None) -> Profile:
    """Return the profile that a flame graph shows; `kind` is what its user says of it. Raises BadProfile."""
    text = whole(source, LARGEST)
    boxes = [box for match in _FRAME.finditer(text) if (box := _box(match)) is not None]
    if not boxes:
        raise BadProfile("no frames are in it; draw it by inferno-flamegraph, `cargo flamegraph` or flamegraph.pl")
    if len(boxes) > MOST_ROWS:
        raise BadProfile(f"it draws more than {MOST_ROWS:,} frames; draw it with a larger --minwidth")
    stacks = Stacks(1)
    for stack, own in _stacks(boxes):
        stacks.add(numbers_of(stack, stacks), own)
    if not stacks.ends:
        raise BadProfile("no frame of it has a width of its own; draw it again")
    return counted(source.path, stacks, kind, ("Frames that were too narrow to be drawn are not in it.",))


def _box(match: re.Match[bytes]) -> _Box | None:
    title = _TITLE.match(html.unescape(match[1].decode("utf-8", "surrogateescape")))
    if title is None:
        return None
    try:
        values = {key.decode(): float(value) for key, value in _ATTRIBUTE.findall(match[2])}
        exact = "fg:x" in values and "fg:w" in values
        left = values["fg:x"] if exact else values["x"]
        wide = values["fg:w"] if exact else values["width"]
        count = int(title[2].replace(",", ""))
        return _Box(values["y"], left, left + wide, count, title[1][:LONGEST_NAME])
    except (KeyError, ValueError):
        return None


def _stacks(boxes: list[_Box]) -> Iterator[tuple[list[str], int]]:
    """Yield each stack, leaf first, with what was measured in its leaf itself."""
    above: list[tuple[_Box, list[str]]] = []
    for row in _rows(boxes):
        here: list[tuple[_Box, list[str]]] = []
        inside = [0] * len(above)
        lefts = [box.left for box, _ in above]
        for box in row:
            at = bisect_right(lefts, box.left + SLACK) - 1
            if above and at < 0:
                continue
            if above:
                inside[at] += box.amount
                here.append((box, [box.name, *above[at][1]]))
            else:
                here.append((box, [] if box.name == ROOT else [box.name]))
        for (box, names), below in zip(above, inside, strict=True):
            if box.amount > below:
                yield names, box.amount - below
        above = here
    yield from ((names, box.amount) for box, names in above if box.amount > 0)


def _rows(boxes: list[_Box]) -> list[list[_Box]]:
    """Return the frames by row, from the root on, each row from left to right."""
    by_row: dict[float, list[_Box]] = {}
    for box in sorted(boxes, key=lambda box: (box.row, box.left)):
        by_row.setdefault(box.row, []).append(box)
    if len(by_row) > DEEPEST:
        raise BadProfile(f"it is deeper than {DEEPEST:,} frames: it is damaged")
    rows = list(by_row.values())
    first, last = (sum(box.right - box.left for box in row) for row in (rows[0], rows[-1]))
    rooted = len(rows[0]) == 1 and (len(rows[-1]) > 1 or first >= last) and rows[0][0].name == ROOT
    return rows if rooted else rows[::-1]
