"""Protocol buffers on the wire, as far as profiles use them, with a bound on everything.

What Go's own decoder lets pass in silence is refused: varints of more than ten bytes, lengths beyond the end, groups.
"""

from __future__ import annotations

from collections.abc import Iterator

from langfit.profiles.stream import ENDS
from langfit.profiles.values import BadProfile

LARGEST = 1 << 20  # bytes of one message
MOST_FIELDS = 4_000_000  # of the outermost message
MOST_INNER = 100_000  # fields of one inner message
HEAD = 32  # bytes that hold a key and a length
OVERLONG = "it holds a number of more than 64 bits: it is damaged, or no profile"
DAMAGED = "it does not follow the format of pprof: it is damaged, or no profile"

Field = tuple[int, int | bytes]


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and where it ends. Raises BadProfile."""
    found = shift = 0
    try:
        while True:
            byte = data[at]
            at += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 63:
                raise BadProfile(OVERLONG)
    except IndexError:
        raise BadProfile(ENDS) from None
    if found >> 64:
        raise BadProfile(OVERLONG)
    return found, at


def packed(data: bytes) -> list[int]:
    """Return the numbers of a packed field."""
    if data.isascii():  # no byte says that more of its number follows
        return list(data)
    found = []
    number = shift = 0
    for byte in data:
        if byte < 0x80:
            found.append(number | byte << shift)
            number = shift = 0
        else:
            number |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise BadProfile(OVERLONG)
    if shift:
        raise BadProfile(ENDS)
    if max(found) >> 64:
        raise BadProfile(OVERLONG)
    return found


def signed(number: int) -> int:
    """Return a number as an int64."""
    return number - (1 << 64) if number >> 63 else number


def fields(data: bytes) -> Iterator[Field]:
    """Yield the fields of a message: numbers, and bytes of strings and messages. Raises BadProfile."""
    at, end, count = 0, len(data), 0
    try:
        while at < end:
            count += 1
            key = data[at]  # most numbers have one byte, so a call for each would take most of the time
            at += 1
            if key >= 0x80:
                key, at = varint(data, at - 1)
            kind = key & 7
            if key < 8 or count > MOST_INNER:
                raise BadProfile(DAMAGED)
            if kind not in (0, 2):
                at = _passed(kind, at, end)
                continue
            number = data[at]
            at += 1
            if number >= 0x80:
                number, at = varint(data, at - 1)
            if kind == 0:
                yield key >> 3, number
                continue
            if number > end - at:
                raise BadProfile(ENDS)
            yield key >> 3, data[at : at + number]
            at += number
    except IndexError:
        raise BadProfile(ENDS) from None


def _passed(kind: int, at: int, end: int) -> int:
    """Return the end of a fixed number, which profiles do not have. Raises BadProfile for a group."""
    size = {1: 8, 5: 4}.get(kind)
    if size is None:
        raise BadProfile(DAMAGED)
    if at + size > end:
        raise BadProfile(ENDS)
    return at + size


def messages(stream: Iterator[bytes], wanted: frozenset[int]) -> Iterator[Field]:
    """Yield the wanted fields of the outermost message of a stream, which is never in memory as a whole."""
    data, at, count = b"", 0, 0
    more = True
    while True:
        while more and len(data) - at < HEAD:
            piece = next(stream, b"")
            more = bool(piece)
            data, at = data[at:] + piece, 0
        if at >= len(data):
            return
        count += 1
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = varint(data, at - 1)
        kind, field = key & 7, key >> 3
        if not field or count > MOST_FIELDS:
            raise BadProfile(DAMAGED if not field else f"it has more than {MOST_FIELDS:,} entries; take a shorter one")
        if kind not in (0, 2):
            at = _passed(kind, at, len(data))
            continue
        number, at = varint(data, at)
        if kind == 0:
            if field in wanted:
                yield field, number
            continue
        if number > LARGEST:
            raise BadProfile(DAMAGED)
        while more and len(data) - at < number:
            piece = next(stream, b"")
            more = bool(piece)
            data, at = data[at:] + piece, 0
        if len(data) - at < number:
            raise BadProfile(ENDS)
        if field in wanted:
            yield field, data[at : at + number]
        at += number
