"""Whether the indexes of packs point into their packs: libgit2 takes their word for it, and dies of a false one."""

from __future__ import annotations

import os
import struct
import sys
from array import array
from functools import lru_cache
from typing import IO

from langfit.model.errors import LangfitError
from langfit.repository.entries import text_of

MAGIC = b"\xfftOc\x00\x00\x00\x02"  # of an index in its second version; the first one begins with its table
FANOUT = 1024  # bytes: 256 numbers of objects, the last one of all
NAME, SUM = 20, 4  # bytes for each object
TAIL = 20  # bytes of the digest of a pack, behind its objects
FAR = 1 << 31  # an offset with this bit is the number of a larger one in a table of its own
MIDX = b"MIDX\x01\x01"  # an index of several packs, with names of 20 bytes
CHUNK = struct.Struct(">4sQ")  # its tables: a name, and where it begins


def check(objects: bytes) -> None:
    """Look at the indexes of all packs in a folder of objects. Raises LangfitError for one that points elsewhere."""
    folder = objects + b"/pack"
    try:
        rows = {row.name: row.stat() for row in os.scandir(folder)}
    except OSError:
        return
    sizes = tuple(sorted((name, row.st_size) for name, row in rows.items() if name.endswith(b".pack")))
    for name, row in sorted(rows.items()):
        if name == b"multi-pack-index" or (name.endswith(b".idx") and name.removesuffix(b".idx") + b".pack" in rows):
            path = folder + b"/" + name
            if not _is_sound(path, row.st_size, row.st_mtime_ns, sizes):
                raise LangfitError(f"{text_of(path)} is damaged: run `git fsck`, or clone the repository again.")


@lru_cache(256)  # a repository is opened once to find settings, once to be read, and once more for its base
def _is_sound(path: bytes, _size: int, _time: int, sizes: tuple[tuple[bytes, int], ...]) -> bool:
    packs = dict(sizes)
    try:
        with open(path, "rb") as file:
            if path.endswith(b".idx"):
                return _of_one(file, packs[os.path.basename(path).removesuffix(b".idx") + b".pack"])
            return _of_many(file, packs)
    except (EOFError, OSError, ValueError, IndexError, struct.error):
        return False


def _of_one(file: IO[bytes], pack: int) -> bool:
    """Whether all offsets of an index lie in a pack of that size."""
    if file.read(len(MAGIC)) != MAGIC:
        file.seek(0)
        count = _numbers(file, "I", FANOUT // 4)[-1]
        rows = file.read(count * (4 + NAME))
        return all(offset < pack - TAIL for (offset,) in struct.iter_unpack(f">I{NAME}x", rows))
    count = _numbers(file, "I", FANOUT // 4)[-1]
    file.seek(count * (NAME + SUM), os.SEEK_CUR)
    offsets = _numbers(file, "I", count)
    highest = max(offsets, default=0)
    if highest < FAR:
        return highest < max(pack - TAIL, 1)
    rest = file.read()[: -2 * TAIL]
    far = _swapped(array("Q", rest[: len(rest) // 8 * 8]))
    return all((far[offset - FAR] if offset >= FAR else offset) < pack - TAIL for offset in offsets)


def _of_many(file: IO[bytes], sizes: dict[bytes, int]) -> bool:
    """Whether all offsets of an index of several packs lie in these."""
    head = file.read(12)
    if head[: len(MIDX)] != MIDX:
        return True  # of another version, which libgit2 leaves alone
    tables = dict(CHUNK.iter_unpack(file.read(CHUNK.size * head[6])))
    ends = sorted((*tables.values(), os.fstat(file.fileno()).st_size - TAIL))

    def table(name: bytes) -> bytes:
        if name not in tables:
            return b""
        file.seek(tables[name])
        return file.read(max(next((end for end in ends if end > tables[name]), 0) - tables[name], 0))

    names = [name for name in table(b"PNAM").split(b"\0") if name]
    bounds = [sizes.get(name.removesuffix(b".idx") + b".pack", 0) - TAIL for name in names]
    rows = table(b"OOFF")
    pairs = _swapped(array("I", rows[: len(rows) // 8 * 8]))
    packs, offsets = pairs[0::2], pairs[1::2]
    if max(packs, default=0) >= max(len(bounds), 1):
        return False
    if max(offsets, default=0) < max(min(bounds, default=0), 1):
        return True
    large = table(b"LOFF")
    far = _swapped(array("Q", large[: len(large) // 8 * 8]))
    return all(
        (far[offset - FAR] if offset >= FAR and far else offset) < bounds[pack]
        for pack, offset in zip(packs, offsets, strict=True)
    )


def _numbers(file: IO[bytes], kind: str, count: int) -> array[int]:
    found = array(kind)
    found.fromfile(file, count)
    return _swapped(found)


def _swapped(numbers: array[int]) -> array[int]:
    """Return numbers as this machine has them; git writes the largest byte first."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
